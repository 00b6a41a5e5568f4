"""What farmers hear: the co-op's decisions, reservations, harvest checks, pick lists, money, reviews."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select

from core.catalog import queries as catalog
from core.catalog.rest import room
from core.catalog.words import amount, crop_words, sale_words
from core.events import Event, EventKind
from core.i18n import Name, _, ngettext_of, today
from core.members import queries as members
from core.messaging.screen import Rows, Screen, button
from core.notices.endings import rest_rows
from core.notices.lookup import campaign, card, farmer, goods, money, reason_words
from core.notices.registry import Fact, notice
from core.orders.states import ENDS
from core.reputation.models import Review
from core.settings.service import get_int


def _reviewed(fact: Fact) -> list[int]:
    """The farmer whose order was reviewed."""
    review = fact.session.get_one(Review, fact.subject_id)
    return [members.farm(fact.session, review.farm_id).member_id]


@notice(1, EventKind.FARM_APPROVED, to=farmer, quiet="H")
def farm_approved(_fact: Fact) -> Screen | None:
    """The co-op knows the farm now."""
    return Screen(_("✅ You can sell now."), ((button(_("➕ Sell"), "fsell"),),), edit=False)


@notice(2, EventKind.FARM_REJECTED, EventKind.FARM_ASKED_CHANGE, to=farmer, quiet="H")
def farm_sent_back(fact: Fact) -> Screen | None:
    """Something is missing, or the co-op said no; either may be answered with a farm submitted anew."""
    why = reason_words(fact.data.get("reason"))
    told = _("⚠️ Your farm. Missing: {what}", what=why)
    if fact.kind is EventKind.FARM_REJECTED:
        told = _("❌ Your farm was not accepted. Missing: {what}", what=why)
    return Screen(told, ((button(_("✏️ Fix"), "grow"), button(_("📞 Human"), "human")),), edit=False)


@notice(3, EventKind.DRAFT_IDLE, to=farmer, quiet="H", klass="R")
def draft_idle(fact: Fact) -> Screen | None:
    """A sale was begun a day ago."""
    found = campaign(fact)
    if found.state != "draft":
        return None
    told = _("📝 Your {crop} sale is saved.", crop=crop_words(found.crop))
    go_on = button(_("▶ Continue"), "fcont", found.id, found.rev)
    rows = ((go_on, button(_("🗑 Delete"), "fdel", found.id, found.rev)),)
    return Screen(told, rows, edit=False)


@notice(4, EventKind.CAMPAIGN_OPENED, to=farmer, quiet="H")
def listing_open(fact: Fact) -> Screen | None:
    """On sale."""
    found = campaign(fact)
    if found.state != "open":
        return None
    told = _("✅ {crop} is on sale: {got}.", crop=sale_words(found), got=amount(found.capacity, found.unit))
    share = (button(_("📣 Share"), "gshare", found.id),)
    return Screen(told, (share, *_see(found.id)), photo=_photo(fact), edit=False)


@notice(5, EventKind.LISTING_ASKED_CHANGE, EventKind.LISTING_REJECTED, to=farmer, quiet="H")
def listing_sent_back(fact: Fact) -> Screen | None:
    """The co-op asks for a change, or said no: of that sale nothing can be mended."""
    found, why = campaign(fact), reason_words(fact.data.get("reason"))
    if fact.kind is EventKind.LISTING_REJECTED:
        told = _("❌ {crop} was not accepted: {why}", crop=sale_words(found), why=why)
        return Screen(told, ((button(_("📞 Human"), "human"),),), edit=False)
    told = _("✏️ {crop}: please change: {what}", crop=sale_words(found), what=why)
    rows: Rows = ()
    if found.state == "draft":
        rows = ((button(_("✏️ Fix"), "fcont", found.id, found.rev),),)
    return Screen(told, rows, edit=False)


@notice(11, EventKind.CAMPAIGN_SOLD_OUT, to=farmer, quiet="H")
def sold_out(fact: Fact) -> Screen | None:
    """Everything is reserved."""
    found = campaign(fact)
    told = _("🎉 {crop}: all {got} reserved!", crop=sale_words(found), got=amount(found.capacity, found.unit))
    return Screen(told, _see(found.id), edit=False)


@notice(10, EventKind.TARGET_MISSED, to=farmer, quiet="H")
def target_missed(fact: Fact) -> Screen | None:
    """Not enough buyers; the buyers hear it with their cancellation."""
    found = campaign(fact)
    if found.rest_of is not None and found.minimum is None:
        told = _("🙏 {crop}: nobody took the rest of the harvest. {quantity} is free.", crop=sale_words(found),
                 quantity=amount(found.capacity, found.unit))  # fmt: skip
        return Screen(told, rest_rows(found.id) if room(fact.session, found) else (), edit=False)
    return Screen(_("🙏 {crop}: not enough buyers. All deposits return.", crop=sale_words(found)), edit=False)


@notice(17, EventKind.DAILY_SUMMARY, to=farmer, quiet="H", klass="R")
def new_reservations(fact: Fact) -> Screen | None:
    """In the evening, when somebody reserved."""
    count = int(fact.data.get("count") or 0)
    if not count or today(fact.at) != today(fact.now):
        return None
    told = ngettext_of("📈 Today {count} new reservation.", "📈 Today {count} new reservations.", count)
    return Screen(told, ((button(_("📦 Orders"), "forders"),),), edit=False)


@notice(18, EventKind.GROWING_UPDATE_DUE, to=farmer, quiet="H", klass="R")
def growing_due(fact: Fact) -> Screen | None:
    """Buyers like to see it grow."""
    found = campaign(fact)
    if found.state not in ("open", "closed", "confirmed"):
        return None
    told = _("📷 Photo of your {crop}? Your buyers would like to see it.", crop=sale_words(found))
    rows = ((button(_("📷 Send"), "fgrow", found.id), button(_("Skip"), "fskip", found.id)),)
    return Screen(told, rows, edit=False)


@notice(20, EventKind.HARVEST_CHECK, to=farmer, quiet="H", klass="R")
def harvest_check(fact: Fact) -> Screen | None:
    """Three days before, on the day, and two days after."""
    found = campaign(fact)
    if found.state not in ("open", "paused", "closed", "confirmed", "harvesting"):
        return None
    told = _("🌾 Is {crop} ready? {got} reserved.", crop=sale_words(found), got=amount(found.reserved, found.unit))
    rows = (
        (button(_("✅ Ready"), "fready", found.id, found.rev), button(_("📉 Less"), "fless", found.id, found.rev)),
        (button(_("❌ Lost"), "flost", found.id, found.rev), button(_("⏳ Later"), "flater", found.id, found.rev)),
    )
    return Screen(told, rows, edit=False)


@notice(29, EventKind.PICK_LIST_DUE, to=farmer, quiet="H")
def pick_list_due(fact: Fact) -> Screen | None:
    """The evening before a day with orders to pick."""
    found = campaign(fact)
    count = int(fact.data.get("count") or 0)
    if not count:
        return None
    told = ngettext_of("📋 Tomorrow {count} order, {quantity}.", "📋 Tomorrow {count} orders, {quantity}.", count,
                       quantity=amount(Decimal(fact.data["quantity"]), found.unit))  # fmt: skip
    return Screen(told, ((button(_("📋 Pick list"), "fpick", found.id),),), edit=False)


@notice(42, EventKind.REVIEW_RECEIVED, to=_reviewed, quiet="H", klass="R")
def review_received(fact: Fact) -> Screen | None:
    """What a buyer said."""
    found = fact.session.get_one(Review, fact.subject_id)
    face = {1: "👍", 0: "😐", -1: "👎"}[found.score]
    if not found.text:
        return Screen(_("{face} A buyer said how it was, without words.", face=face), edit=False)
    return Screen(_("{face} A buyer said: {text}", face=face, text=Name(found.text)), edit=False)


@notice(49, EventKind.BALANCE_PAID, EventKind.CASH_AGREED, to=farmer, quiet="H", klass="R")
def ready_to_pack(fact: Fact) -> Screen | None:
    """An order may be packed."""
    found = card(fact)
    return Screen(_("📦 {goods}: ready to pack.", goods=goods(found)), edit=False)


def _with_list(fact: Fact) -> Iterable[int]:
    """The farmer on whose pick list the order stood."""
    return farmer(fact) if fact.data.get("listed") else ()


@notice(63, EventKind.ORDER_REDIRECTED, to=_with_list, quiet="H")
def redirected(fact: Fact) -> Screen | None:
    """The buyer of an order on the pick list wants it elsewhere; told once, as it stands now."""
    found = card(fact)
    if found.state in ENDS or fact.at < _newest(fact):
        return None
    told = _("✏️ {goods}: now the buyer picks it up.", goods=goods(found))
    if found.delivery == "deliver":
        told = _("✏️ {goods}: now to {address}.", goods=goods(found), address=Name(found.address or ""))
    waits = _("It waits off the list until {sum} more is paid.", sum=found.owed) if found.owed else ""
    text = "\n".join(line for line in (told, waits) if line)
    return Screen(text, ((button(_("📋 Pick list"), "fpick", found.campaign_id),),), edit=False)


def _newest(fact: Fact) -> datetime:
    mine = (Event.kind == fact.kind.value, Event.subject_kind == fact.subject_kind, Event.subject_id == fact.subject_id)
    return fact.session.execute(select(func.max(Event.at)).where(*mine)).scalar_one()


@notice(104, EventKind.ORDER_COMPLETED, to=farmer, quiet="H")
def earned(fact: Fact) -> Screen | None:
    """A buyer has it: the farmer's share is earned, and free after the payout delay."""
    found = card(fact)
    paid = money(fact, "paid", found.total.currency)
    share = money(fact, "share", found.total.currency) if "share" in fact.data else paid
    days = get_int(fact.session, "payout_days")
    lines = [_("💰 {goods}: received by the buyer. {share} is yours now.", goods=goods(found), share=share)]
    if days:
        lines = [_("💰 {goods}: received by the buyer. {share} is yours, free after {days} d.", goods=goods(found),
                   share=share, days=days)]  # fmt: skip
    if share != paid:
        only_delivery = paid - share == found.delivery_fee
        lines.append(
            _("Paid {paid}: the rest is the delivery.", paid=paid) if only_delivery
            else _("Paid {paid}: the rest is delivery and the co-op's fee.", paid=paid)
        )  # fmt: skip
    return Screen("\n".join(lines), ((button(_("💰 Money"), "fmoney"),),), edit=False)


def _see(campaign_id: int) -> Rows:
    return ((button(_("👀 See"), "bsale", campaign_id), button(_("📦 Orders"), "forders")),)


def _photo(fact: Fact) -> int | None:
    photos = catalog.listing(fact.session, fact.subject_id).photos
    return photos[0] if photos else None
