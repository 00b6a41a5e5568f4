"""What groups read of a sale: that it opened, how far it is, its last day; never anything personal."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from core.catalog import queries as catalog
from core.catalog.lines import CampaignLine
from core.catalog.models import Campaign
from core.catalog.words import amount, emoji_of, per_unit, sale_words
from core.events import EventKind
from core.i18n import Name, _, ngettext_of, today
from core.members.models import GroupChat
from core.messaging import outbox
from core.messaging.screen import Button, Rows, Screen, button
from core.notices.registry import Fact, GroupFact, group_notice, notice
from core.orders.queries import Progress, campaign_progress

STEPS = 5  # blocks of the bar
_ENDED_EMPTY = frozenset({"failed", "crop_failed", "cancelled", "removed"})
_FIRST, _LAST_DAY = "first:{id}", "last_day:{id}"  # the cards that these posts are
_CAN_SELL_NO_MORE = (
    EventKind.CAMPAIGN_CLOSED, EventKind.TARGET_MISSED, EventKind.CROP_LOST, EventKind.CAMPAIGN_REMOVED,
    EventKind.CAMPAIGN_PAUSED, EventKind.HARVEST_ENTERED,
)  # fmt: skip


@group_notice(6, EventKind.CAMPAIGN_OPENED, quiet="H", opens=True)
def sale_opened(fact: GroupFact) -> Screen | None:
    """The one post of a sale, with its photo and the way into the private chat."""
    sale = fact.campaign
    if sale.state != "open" or sale.harvest_on is None:
        return None
    line = catalog.listing(fact.session, sale.id).line
    return replace(_first_post(fact, line), photo=line.photo, edit=False)


@group_notice(
    8, EventKind.CAMPAIGN_PROGRESS, EventKind.CAMPAIGN_SOLD_OUT, EventKind.CAMPAIGN_CLOSED, EventKind.TARGET_MISSED,
    EventKind.HARVEST_ENTERED, EventKind.CROP_LOST, EventKind.CAMPAIGN_REMOVED, EventKind.CAMPAIGN_PAUSED,
    EventKind.CAMPAIGN_RESUMED, quiet="S",
)  # fmt: skip
def sale_progress(fact: GroupFact) -> Screen | None:
    """🥭 ▓▓▓▓░ 164/200 kg · 14 buyers · 2 days: one message that edits itself, and says at last how it ended."""
    sale = fact.campaign
    card = f"campaign:{sale.id}"
    if sale.state in _ENDED_EMPTY:  # the shares went back, so the bar would say nothing
        return Screen(_how_it_ended(fact), card=card, silent=True)
    seen = campaign_progress(fact.session, sale)
    told = _("{picture} {bar} {sold}/{offered} · {buyers} · {stands}", picture=emoji_of(sale.crop), bar=_bar(seen),
             sold=seen.reserved, offered=amount(seen.capacity, sale.unit), stands=_stands(sale, fact.now),
             buyers=ngettext_of("{count} buyer", "{count} buyers", seen.buyers))  # fmt: skip
    rows = _reserve(sale) if sale.state == "open" and sale.left > 0 else ()
    return Screen(told, rows, card=card, silent=True)


@group_notice(9, EventKind.CAMPAIGN_CLOSING, quiet="H")
def last_day(fact: GroupFact) -> Screen | None:
    """A day before the sale closes, while something is left."""
    sale = fact.campaign
    if sale.state != "open" or sale.left <= 0:
        return None
    told = _("⏳ {sale}: last day, {left} left.", sale=sale_words(sale), left=amount(sale.left, sale.unit))
    return Screen(told, _reserve(sale), card=_LAST_DAY.format(id=sale.id), edit=False)


@group_notice(171, *_CAN_SELL_NO_MORE, EventKind.CAMPAIGN_RESUMED, quiet="S")
def first_post_now(fact: GroupFact) -> Screen | None:
    """The post of a sale loses its buttons when nobody can reserve any more, and has them again when one can."""
    return _in_place(fact, _first_post(fact, catalog.listing(fact.session, fact.campaign.id).line))


@group_notice(172, *_CAN_SELL_NO_MORE, quiet="S")
def last_day_is_over(fact: GroupFact) -> Screen | None:
    """Nobody presses [🛒 Reserve] under "last day" when it is over."""
    sale = fact.campaign
    if sale.state == "open":
        return None
    return _in_place(fact, Screen(_how_it_ended(fact), card=_LAST_DAY.format(id=sale.id)))


def _added_by(fact: Fact) -> list[int]:
    added_by = fact.session.get_one(GroupChat, fact.subject_id).added_by
    return [] if added_by is None else [added_by]


@notice(58, EventKind.GROUP_RIGHTS_LOST, to=_added_by, tell_actor=True)
def rights_lost(fact: Fact) -> Screen | None:
    """The bot is in a group and may not write there: told in private to whoever brought it."""
    group = fact.session.get_one(GroupChat, fact.subject_id)
    if group.state != "no_rights":
        return None
    told = _("👥 {group}: I can't post here. Admin: allow 'Send messages', then press [Try again].",
             group=Name(group.title))  # fmt: skip
    return Screen(told, ((button(_("🔁 Try again"), "gtry", group.id),),), edit=False)


def _first_post(fact: GroupFact, line: CampaignLine) -> Screen:
    """What is sold, by whom, and the way in; how it ended where it did."""
    sale = fact.campaign
    told = _("{sale} · {quantity}, {price}, ready {day}", sale=sale_words(sale), price=per_unit(sale.price, sale.unit),
             quantity=amount(sale.capacity, sale.unit), day=sale.harvest_on)  # fmt: skip
    lines = [told, _("🧑‍🌾 {store}", store=Name(line.farm_name))]
    if sale.state != "open":
        lines.append(_stands(sale, fact.now))
    rows = _reserve(sale) if sale.state == "open" else ()
    return Screen("\n".join(lines), rows, card=_FIRST.format(id=sale.id))


def _in_place(fact: GroupFact, shown: Screen) -> Screen | None:
    """The card as it is now, where there is one to change: a group that never had it reads nothing new."""
    card = outbox.card_of(fact.session, fact.group.bot_id, fact.group.chat_id, shown.card or "")
    return replace(shown, silent=True) if card is not None else None


def _how_it_ended(fact: GroupFact) -> str:
    return _("{sale} · {stands}", sale=sale_words(fact.campaign), stands=_stands(fact.campaign, fact.now))


def _reserve(sale: Campaign) -> Rows:
    return ((Button(_("🛒 Reserve"), start=f"s_{sale.id}"), Button(_("❓ Ask"), start=f"q_{sale.id}")),)


def _bar(seen: Progress) -> str:
    full = min(seen.percent, 100) * STEPS // 100
    return "▓" * full + "░" * (STEPS - full)


def _stands(sale: Campaign, now: datetime) -> str:
    """How long it still runs, or how it ended."""
    ended = {
        "paused": _("⏸ paused"), "closed": _("🔒 closed"), "confirmed": _("🔒 closed"),
        "harvesting": _("🌾 harvest"), "allocated": _("🌾 harvested"), "done": _("🌾 harvested"),
        "failed": _("🙏 too few buyers, deposits return"), "crop_failed": _("🌧 crop lost, deposits return"),
        "cancelled": _("🚫 called off"), "removed": _("🚫 called off"),
    }  # fmt: skip
    if sale.state in ended:
        return ended[sale.state]
    if sale.left <= 0:
        return _("🎉 all reserved")
    if sale.closes_at is None:
        return _("open")
    days = (today(sale.closes_at) - today(now)).days
    return ngettext_of("{count} day", "{count} days", days) if days > 0 else _("last day")
