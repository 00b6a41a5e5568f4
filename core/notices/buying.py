"""What buyers hear from reserving to the harvest: holds, deposits, cancellations, money back."""

from __future__ import annotations

from datetime import date

from core.catalog.words import amount, sale_words
from core.events import EventKind
from core.i18n import Name, _
from core.messaging.screen import Button, Rows, Screen, button
from core.notices.endings import arithmetic, late_rule, short_rows
from core.notices.lookup import (
    active_buyers,
    buyer,
    campaign,
    card,
    goods,
    money,
    payment,
    reason_words,
    refund,
    still,
    sums,
)
from core.notices.registry import Fact, notice
from core.orders.card import OrderCard, order_card
from core.orders.states import OrderState


def _lines(*lines: str) -> str:
    return "\n".join(line for line in lines if line)


def _payer(fact: Fact) -> list[int]:
    """Whose payment it is; nobody for money from nobody that we know."""
    member_id = payment(fact).member_id
    return [] if member_id is None else [member_id]


def _payers_order(fact: Fact) -> OrderCard | None:
    """The order of the payment, as long as its reader buys it: what a new buyer pays and owes is the new buyer's."""
    order_id = payment(fact).order_id
    found = order_card(fact.session, order_id) if order_id is not None else None
    return found if found is not None and found.buyer_id == fact.member_id else None


@notice(13, EventKind.ORDER_HELD, to=buyer)
def order_held(fact: Fact) -> Screen | None:
    """Reserved; the deposit is due within the hold."""
    found = still(fact, OrderState.HELD)
    if found is None or found.hold_until is None:
        return None
    told = _("🔒 Reserved {goods}. Pay {sum} by {time}.", goods=goods(found), sum=found.owed, time=found.hold_until)
    return Screen(_lines(told, sums(found)), _pay(found, _("💳 Pay deposit {sum}", sum=found.owed)), edit=False)


@notice(14, EventKind.DEPOSIT_DUE, to=buyer, quiet="H", klass="R", deadline="hold_until")
def deposit_due(fact: Fact) -> Screen | None:
    """Ten minutes before the hold ends."""
    found = still(fact, OrderState.HELD)
    if found is None or found.receipt_waiting:
        return None
    told = _("⏰ {goods}: deposit {sum} still open.", goods=goods(found), sum=found.owed)
    return Screen(_lines(told, sums(found)), _pay(found, _("💳 Pay deposit {sum}", sum=found.owed)), edit=False)


@notice(15, EventKind.DEPOSIT_PAID, to=buyer)
def deposit_paid(fact: Fact) -> Screen | None:
    """Paid; when it will be ready, and where it shall go."""
    found = card(fact)
    about = _("🌱 Ready about {day}.", day=found.harvest_on) if found.harvest_on else ""
    told = _("✅ {goods}: deposit paid.", goods=goods(found))
    return Screen(_lines(told, about, sums(found)), _with_delivery(found), edit=False)


@notice(16, EventKind.ORDER_EXPIRED, to=buyer, quiet="S")
def expired(fact: Fact) -> Screen | None:
    """The hold ran out."""
    found = card(fact)
    told = _("⌛ {goods}: the reservation ended. Nothing was charged.", goods=goods(found))
    if found.paid:
        told = _("⌛ {goods}: the reservation ended.", goods=goods(found))
    again = ((button(_("🛒 Again"), "bsale", found.campaign_id),),)
    return Screen(_lines(told, sums(found)), again, edit=False)


@notice(22, EventKind.BALANCE_DUE, to=buyer, quiet="H", deadline="until")
def harvest_ready(fact: Fact) -> Screen | None:
    """The crop is in: the balance is due. After a short crop it says what share there is, and why (26)."""
    found = still(fact, OrderState.BALANCE_DUE, OrderState.OVERDUE)
    if found is None or found.balance_due_at is None:
        return None
    told = _("🎉 {goods}: {crop} is ready! Balance {sum} by {time}.", goods=goods(found), crop=sale_words(found),
             sum=found.owed, time=found.balance_due_at)  # fmt: skip
    if "taken_back_by" in fact.data:
        told = _("↩️ {goods}: the farmer took the question back, all stays as agreed. Balance {sum} by {time}.",
                 goods=goods(found), sum=found.owed, time=found.balance_due_at)  # fmt: skip
    rows = (*_pay(found, _("💳 Pay balance {sum}", sum=found.owed)), *_delivery(found))
    return Screen(_lines(told, sums(found)), rows, edit=False)


@notice(26, EventKind.ORDER_ALLOCATED, to=buyer, quiet="H")
def short_crop(fact: Fact) -> Screen | None:
    """The share after a short crop, with the arithmetic; a full share needs no message of its own."""
    found = card(fact)
    if fact.data.get("given") == fact.data.get("asked"):
        return None
    back = money(fact, "back", found.total.currency)
    told = _("⚖️ The crop came short. You get {got} of {asked}.", got=found.quantity,
             asked=amount(found.asked, found.unit))  # fmt: skip
    surplus = _("↩️ {back} of your deposit is back in your wallet.", back=back) if back else ""
    return Screen(_lines(told, arithmetic(fact, found), surplus, sums(found)), short_rows(found), edit=False)


@notice(23, EventKind.BALANCE_REMINDER, to=buyer, quiet="H", klass="R", deadline="until")
def balance_reminder(fact: Fact) -> Screen | None:
    """A day, and three hours, before the balance is late."""
    found = still(fact, OrderState.BALANCE_DUE)
    if found is None or found.balance_due_at is None or found.receipt_waiting:
        return None
    told = _("⏰ {goods}: {sum} open until {time}.", goods=goods(found), sum=found.owed, time=found.balance_due_at)
    more = ((button(_("More time"), "bmore", found.id, found.rev),),) if "order.more_time" in found.actions else ()
    rows = (*_pay(found, _("💳 Pay balance {sum}", sum=found.owed)), *more)
    return Screen(_lines(told, sums(found)), rows, edit=False)


@notice(24, EventKind.BALANCE_OVERDUE, to=buyer, quiet="H")
def balance_overdue(fact: Fact) -> Screen | None:
    """The window is over: how long the goods are held, and what happens then."""
    found = still(fact, OrderState.OVERDUE)
    if found is None:
        return None
    told = _("⚠️ {goods}: the balance {sum} is late.", goods=goods(found), sum=found.owed)
    rows = (*_pay(found, _("💳 Pay balance {sum}", sum=found.owed)), (button(_("📞 Human"), "human"),))
    return Screen(_lines(told, late_rule(fact, found), sums(found)), rows, edit=False)


@notice(25, EventKind.BALANCE_PAID, to=buyer)
def balance_paid(fact: Fact) -> Screen | None:
    """Paid in full: the farm packs."""
    found = card(fact)
    told = _("✅ {goods}: paid in full. The farm packs it now.", goods=goods(found))
    return Screen(_lines(told, sums(found)), _with_delivery(found), edit=False)


@notice(57, EventKind.PART_PAID, to=buyer)
def part_paid(fact: Fact) -> Screen | None:
    """Less came than is owed: what is still to pay."""
    found = card(fact)
    told = _("💳 {goods}: {sum} came.", goods=goods(found), sum=money(fact, "paid", found.total.currency))
    rows = _pay(found, _("💳 Pay the rest {sum}", sum=found.owed))
    return Screen(_lines(told, sums(found), _until(found)), rows, edit=False)


@notice(27, EventKind.ORDER_CANCELLED, to=buyer, quiet="H")
def order_ended(fact: Fact) -> Screen | None:
    """Crop lost, too few buyers, called off, or the buyer's own cancellation: what went back."""
    found = card(fact)
    why = {
        "crop_lost": _("🌧 {goods}: the crop is lost. We are sorry.", goods=goods(found)),
        "target_missed": _("🙏 {goods}: not enough buyers, the sale does not go ahead.", goods=goods(found)),
        "called_off": _("🚫 {goods}: the co-op called this sale off.", goods=goods(found)),
        "sale_cancelled": _("🚫 {goods}: the farmer cancelled this sale. We are sorry.", goods=goods(found)),
        "short_crop": _("⚖️ {goods}: the crop came too short for you.", goods=goods(found)),
        "terms_unheard": _("⌛ {goods}: without your word to the other goods it ends here.", goods=goods(found)),
    }.get(found.reason or "", _("❌ {goods}: cancelled.", goods=goods(found)))
    return Screen(_lines(why, sums(found)), ((button(_("🧾 Details"), "border", found.id),),), edit=False)


def _owner(fact: Fact) -> list[int]:
    """Whose refund it is; nobody for money from nobody that we know."""
    member_id = refund(fact).member_id
    return [] if member_id is None else [member_id]


def _wallet_owner(fact: Fact) -> list[int]:
    """Whose wallet the money left."""
    return [] if refund(fact).farm_id is not None else _owner(fact)


def _farm_owner(fact: Fact) -> list[int]:
    """Whose farm's earnings went out."""
    return [] if refund(fact).farm_id is None else _owner(fact)


@notice(38, EventKind.PAYOUT_DONE, to=_farm_owner, quiet="H")
def farm_paid_out(fact: Fact) -> Screen | None:
    """The co-op sent a farm's earnings, or could not."""
    found = refund(fact)
    money = ((button(_("💰 Money"), "fmoney"),),)
    if found.state != "done":
        why = reason_words(found.reference)
        told = _(
            "💰 {sum} could not be sent ({why}); it is free again.\npaid 0 · owed {sum}", sum=found.amount, why=why
        )
        return Screen(told, money, edit=False)
    if not found.reference:
        return Screen(_("💰 {sum} sent.\npaid {sum} · owed 0", sum=found.amount), money, edit=False)
    told = _("💰 {sum} sent, ref {ref}.\npaid {sum} · owed 0", sum=found.amount, ref=Name(found.reference))
    return Screen(told, ((_copy(found.reference),), *money), edit=False)


def _copy(reference: str) -> Button:
    return Button(_("📋 Copy"), copy=reference)


@notice(28, EventKind.PAYOUT_DONE, to=_wallet_owner, quiet="S")
def payout_done(fact: Fact) -> Screen | None:
    """The co-op paid out from the wallet, or could not."""
    found = refund(fact)
    if found.state != "done":
        if found.kind == "order":
            return None  # it was in the wallet all the time
        why = reason_words(found.reference)
        told = _("👛 {sum} could not be sent ({why}); it is in your wallet again.", sum=found.amount, why=why)
        return Screen(told, edit=False)
    if not found.reference:
        return Screen(_("👛 {sum} sent to you.", sum=found.amount), edit=False)
    told = _("👛 {sum} sent, ref {ref}.", sum=found.amount, ref=Name(found.reference))
    return Screen(told, ((_copy(found.reference),),), edit=False)


@notice(45, EventKind.MONEY_TO_CREDIT, to=_payer)
def money_to_credit(fact: Fact) -> Screen | None:
    """Real money that found no debt: it is safe, and theirs."""
    found = payment(fact)
    kept = money(fact, "amount", found.currency)
    if found.state == "stray":
        told = _("💱 {sum} came in a currency that this shop does not take. The co-op sends it back to you.", sum=kept)
        if by := fact.data.get("back_by"):
            told = _lines(told, _("back {sum} by {day}", sum=kept, day=date.fromisoformat(by)))
        return Screen(told, ((button(_("📞 Human"), "human"),),), edit=False)
    told = _("👛 {sum} came for an order that needed no payment. It is in your wallet.", sum=kept)
    if fact.data.get("why") == "excess":
        told = _("👛 {sum} more came than there was to pay. It is in your wallet.", sum=kept)
    order = _payers_order(fact)
    return Screen(_lines(told, sums(order) if order else ""), ((button(_("👛 Wallet"), "bwallet"),),), edit=False)


@notice(46, EventKind.TRANSFER_REJECTED, to=_payer)
def transfer_rejected(fact: Fact) -> Screen | None:
    """The co-op did not find the transfer."""
    found = payment(fact)
    why = reason_words(fact.data.get("reason"))
    told = _("🔎 The co-op did not find your transfer of {sum}: {why}", sum=found.amount, why=why)
    order = _payers_order(fact)
    if order is None:
        return Screen(told, edit=False)
    see = button(_("🧾 Order {number}", number=order.number), "border", order.id)
    return Screen(_lines(told, sums(order), _until(order)), ((see,),), edit=False)


@notice(21, EventKind.DATE_MOVED, to=active_buyers, quiet="H")
def date_moved(fact: Fact) -> Screen | None:
    """The harvest comes later."""
    moved = date.fromisoformat(fact.data["date"])
    told = _("📅 {crop}: now ready about {day}. Nothing else of your order changes.", crop=sale_words(campaign(fact)),
             day=moved)  # fmt: skip
    return Screen(told, edit=False)


def _until(found: OrderCard) -> str:
    """By when it must be paid; nothing while nothing is, or while the time is stopped."""
    until = found.hold_until if found.state is OrderState.HELD else found.balance_due_at
    return _("⏰ Pay {sum} by {moment}", sum=found.owed, moment=until) if found.owed and until else ""


def _pay(found: OrderCard, label: str) -> Rows:
    return ((button(label, "bpay", found.id, found.rev),),) if found.owed else ()


def _delivery(found: OrderCard) -> Rows:
    return () if found.delivery else ((button(_("🚚 Delivery"), "border", found.id),),)


def _with_delivery(found: OrderCard) -> Rows:
    return (*_delivery(found), (button(_("🧾 Order"), "border", found.id),))
