"""How an order looks to its buyer: its card, what to pay, where it shall go, and how to judge it."""

from __future__ import annotations

from core.catalog.models import Campaign
from core.i18n import N_, Name, _, gettext_of
from core.messaging.screen import Button, Rows, Screen, button
from core.money import Money, zero
from core.notices.case_cards import STATES
from core.notices.terms import offer_rows, offer_words
from core.orders.models import Order
from core.orders.queries import OrderCard, OrderLine
from core.orders.states import OrderState
from handlers.buyer import pairs, shortened, standing, sums
from handlers.words import amount, emoji_of, sale_words

NOTE_SHOWN = 160  # characters of a note or an address; under a picture 1024 units fit in all
LATE_WORDS = {
    "late": N_("🤝 Cancelled late: {sum} is kept unless the waiting list takes your share."),
    "late_kept": N_("🤝 Cancelled late: the farm keeps {sum}."),
}
PLACE_SHOWN = 24  # characters of a pick-up place on a button


def order_screen(card: OrderCard) -> Screen:
    """Everything about one order, and what its buyer may do to it now."""
    return Screen(_card_text(card), _card_rows(card))


def _card_text(card: OrderCard) -> str:
    lines = [
        _("🧾 {number} · {status}", number=Name(card.number), status=standing(card.state, card.harvest_on)),
        _("🕒 Ordered {moment}", moment=card.created_at),
        _("🧑‍🌾 {seller} · {store}", seller=Name(card.seller_name), store=Name(card.store_name)),
        sale_words(card),
        pairs(card.specification),
        _("🔄 Instead: {goods}", goods=Name(card.instead)) if card.instead else "",
        _goods(card),
        where_words(card),
        _("📝 {note}", note=Name(shortened(card.note, NOTE_SHOWN))) if card.note else "",
        *offer_words(card),
        _what_next(card),
        _("⚠️ Case {number}: {state}", number=card.case_id, state=_(STATES[card.case_state])) if card.case_state else "",
        sums(card),
    ]
    return "\n".join(line for line in lines if line)


def _goods(card: OrderCard) -> str:
    """Quantity times price; after a short crop what was asked too."""
    got = amount(card.quantity, card.unit)
    if card.quantity != card.asked:
        asked = amount(card.asked, card.unit)
        return _("⚖️ {got} of {asked} × {price} = {sum}", got=got, asked=asked, price=card.price, sum=card.goods)
    return _("⚖️ {got} × {price} = {sum}", got=got, price=card.price, sum=card.goods)


def where_words(card: OrderCard) -> str:
    """Where it goes, once that was said."""
    if card.delivery == "deliver":
        address = Name(shortened(card.address or "", NOTE_SHOWN))
        if not card.delivery_fee:
            return _("🚚 To: {address} (free)", address=address)
        return _("🚚 To: {address} ({fee})", address=address, fee=card.delivery_fee)
    if card.delivery == "pickup":
        return _("📍 Pick up at: {place}", place=Name(card.pickup_place))
    return ""


def _what_next(card: OrderCard) -> str:
    """The date that matters in this state."""
    if card.receipt_waiting:
        return _("🔎 The co-op checks your receipt.")
    if card.state is OrderState.HELD and card.hold_until is not None:
        return _("⏰ Pay {sum} by {moment}", sum=card.owed, moment=card.hold_until)
    if card.more and card.more_until is not None:
        return _("⏰ Pay {sum} by {moment} for {more} more", sum=card.owed, moment=card.more_until,
                 more=amount(card.more, card.unit))  # fmt: skip
    if card.reason in LATE_WORDS:
        return gettext_of(LATE_WORDS[card.reason], sum=card.paid - card.back)
    if card.state in (OrderState.BALANCE_DUE, OrderState.OVERDUE) and card.balance_due_at is not None:
        return _("⏰ Pay {sum} by {moment}", sum=card.owed, moment=card.balance_due_at)
    if card.state is OrderState.CONSENT_WAIT and card.consent_until is not None and card.offer is None:
        return _("⚖️ Weighed. Take it as it is? Please say so by {moment}", moment=card.consent_until)
    if card.cash_agreed and card.rest:
        return _("💵 {sum} in cash at hand-over", sum=card.rest)
    return ""


def _ripens(card: OrderCard) -> str:
    if card.state is not OrderState.RESERVED or card.harvest_on is None:
        return ""
    return _("🌱 Ready about {day}", day=card.harvest_on)


def _card_rows(card: OrderCard) -> Rows:
    rows = [*pay_rows(card), *_answer_rows(card), *delivery_rows(card), *receive_rows(card), *review_rows(card)]
    rows += case_rows(card)
    if "order.track" in card.actions:
        rows.append((button(_("📍 Track"), "btrack", card.id),))
    if "order.note" in card.actions:
        rows.append((button(_("📝 Note to farmer"), "bnote", card.id, card.rev),))
    if "order.message" in card.actions:
        rows.append((button(_("💬 Message"), "bsay", card.id),))
    rows += _new_plans(card)
    if "order.cancel" in card.actions:
        rows.append((button(_("❌ Cancel order"), "bcancel", card.id, card.rev),))
    rows.append((button(_("🧺 My orders"), "borders"),))
    return tuple(rows)


def _answer_rows(card: OrderCard) -> Rows:
    """What the buyer is asked about this order: another weight, a smaller share, more time."""

    def act(label: str, action: str) -> Button:
        return button(label, action, card.id, card.rev)

    rows: list[tuple[Button, ...]] = []
    if "order.consent" in card.actions and card.offer is not None:
        rows += offer_rows(card)
    elif "order.consent" in card.actions:
        rows += [(act(_("Accept"), "bok"),), (act(_("Refuse: full refund"), "bno"),)]
    if "order.decline" in card.actions:
        rows.append((act(_("Accept"), "bacc"), act(_("Refund all"), "bref")))
    if "order.more_time" in card.actions:
        rows.append((act(_("More time"), "bmore"),))
    return tuple(rows)


def _new_plans(card: OrderCard) -> Rows:
    """[✏️ Change] for where it goes and how much it is, [🤝 Hand over]."""
    changes = "order.change" in card.actions or (card.delivery is not None and "order.deliver_to" in card.actions)
    change = (button(_("✏️ Change"), "bchange", card.id, card.rev),) if changes else ()
    give = (button(_("🤝 Hand over"), "bgive", card.id, card.rev),) if "order.give" in card.actions else ()
    return ((*change, *give),) if change or give else ()


def pay_rows(card: OrderCard) -> Rows:
    """[💳 Pay deposit] or [💳 Pay balance], when something is to pay now."""
    if "order.pay" not in card.actions or not card.owed or card.receipt_waiting:
        return ()
    is_deposit = card.state in (OrderState.HELD, OrderState.RESERVED)
    label = _("💳 Pay deposit {sum}", sum=card.owed) if is_deposit else _("💳 Pay balance {sum}", sum=card.owed)
    return ((button(label, "bpay", card.id, card.rev),),)


def delivery_rows(card: OrderCard) -> Rows:
    """Where it shall go, as long as nobody said and somebody paid."""
    if card.delivery is not None or "order.deliver_to" not in card.actions:
        return ()
    return tuple((each,) for each in way_buttons(card).values())


def way_buttons(card: OrderCard) -> dict[str, Button]:
    """A button for each way that the sale offers."""
    ways: dict[str, Button] = {}
    if card.delivery_offered is not None:
        fee = card.delivery_offered
        label = _("🚚 Deliver {fee}", fee=fee) if fee else _("🚚 Deliver (free)")
        ways["deliver"] = button(label, "bsend", card.id, card.rev, "deliver")
    if card.pickup_place:
        label = _("📍 Pick up at {place}", place=Name(card.pickup_place[:PLACE_SHOWN]))
        ways["pickup"] = button(label, "bsend", card.id, card.rev, "pickup")
    return ways


def receive_rows(card: OrderCard) -> Rows:
    """[✅ Received], once it is delivered."""
    if "order.receive" not in card.actions:
        return ()
    return ((button(_("✅ Received"), "bgot", card.id, card.rev),),)


def case_rows(card: OrderCard) -> list[tuple[Button, ...]]:
    """[⚠️ Problem], or the case there is."""
    if "order.complain" in card.actions:
        return [(button(_("⚠️ Problem"), "kprob", card.id, card.rev),)]
    return [] if card.case_id is None else [(button(_("⚖️ Case {number}", number=card.case_id), "kcase", card.case_id),)]


def review_rows(card: OrderCard) -> Rows:
    """[👍 Good][😐 Medium][👎 Bad], once the goods are there and nothing was said yet."""
    if "order.review" not in card.actions or "order.receive" in card.actions:
        return ()
    labels = {"1": _("👍 Good"), "0": _("😐 Medium"), "-1": _("👎 Bad")}
    return (tuple(button(label, "bscore", card.id, value=score) for score, label in labels.items()),)


def held_screen(order: Order, campaign: Campaign) -> Screen:
    """What follows [✅ Reserve]: the number, and the deposit's button. From what is in hand: nothing is read for it."""
    done = _("✅ Reserved {number}: {goods}, {got}", number=Name(order.number), goods=sale_words(campaign),
             got=amount(order.quantity, campaign.unit))  # fmt: skip
    when = _("⏰ Pay {sum} by {moment}", sum=order.deposit, moment=order.hold_until) if order.hold_until else ""
    owed = _("paid {paid} · owed {owed}", paid=zero(order.currency), owed=order.total)
    pay = button(_("💳 Pay deposit {sum}", sum=order.deposit), "bpay", order.id, order.rev)
    note = button(_("📝 Note to farmer"), "bnote", order.id, order.rev)
    cancel = button(_("❌ Cancel order"), "bcancel", order.id, order.rev)
    return Screen(_lines(done, when, owed), ((pay,), (note, cancel)))


def reserved_screen(card: OrderCard) -> Screen:
    """Reserved without a deposit: where it shall go is asked at once."""
    return money_screen(card, _("✅ Reserved {number}: {goods}, {got}", number=Name(card.number),
                                goods=sale_words(card), got=amount(card.quantity, card.unit)))  # fmt: skip


def money_screen(card: OrderCard, headline: str) -> Screen:
    """What follows a payment: what was paid, then, the first time, where it shall go."""
    question = delivery_rows(card)
    ask = _("Where shall it go?") if question else ""
    rows = question or (*pay_rows(card), *_track_row(card))
    return Screen(_lines(headline, _ripens(card), _what_next(card), ask, sums(card)), rows)


def placed_screen(card: OrderCard, *, back: Money) -> Screen:
    """What follows the choice of delivery, and what went back to the wallet by it."""
    headline = _("✅ {number}: noted.", number=Name(card.number))
    returned = _("👛 {sum} is back in your wallet.", sum=back) if back else ""
    return Screen(_lines(headline, where_words(card), returned, sums(card)), (*pay_rows(card), *_track_row(card)))


def _track_row(card: OrderCard) -> Rows:
    see = button(_("🧾 {number}", number=Name(card.number)), "border", card.id)
    if "order.track" not in card.actions:
        return ((see,),)
    return ((button(_("📍 Track"), "btrack", card.id), see),)


def order_line(line: OrderLine) -> str:
    """One order in a list."""
    return _(
        "{emoji} {number} · {got} · {sum}\n     {status}", emoji=emoji_of(line.crop), number=Name(line.number),
        got=amount(line.quantity, line.unit), sum=line.total, status=standing(line.state, line.harvest_on),
    )  # fmt: skip


def _lines(*lines: str) -> str:
    return "\n".join(line for line in lines if line)
