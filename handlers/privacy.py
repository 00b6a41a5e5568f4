"""/privacy and /rules: what is stored of a person, in words; which rules hold and whether they were accepted."""

from __future__ import annotations

from core.catalog.errors import AgreementMissing
from core.errors import Refusal
from core.i18n import N_, Name, _
from core.members import service as members
from core.members.cards import MemberCard, about
from core.members.queries import member
from core.messaging.screen import Button, Screen, button
from core.orders.queries import my_orders
from core.personal import export as personal
from core.settings import service as settings
from handlers.routes import command, press, refused
from handlers.turn import Reply, Turn

ORDERS_SHOWN = 5
RULES = N_(
    "Farms sell before harvest, buyers reserve with a deposit. Crop fails: all money back. "
    "Not paid in time: the deposit may go to the farm. Tell the truth about goods and people."
)


@command("privacy")
@press("oprivacy")
async def show_privacy(turn: Turn) -> Reply:
    """What is stored, what for, and who sees it."""
    told = _(
        "🔒 Stored: your name, number and language; a farm's place; your orders, payments, addresses, reviews. "
        "The farm sees your name and address to deliver. Groups see nothing of you. "
        "Raw messages are deleted after 14 days. Money records are kept by law."
    )
    return Screen(told, ((button(_("Export"), "oexport"), button(_("🗑 Delete me"), "oforget")),))


@press("oexport")
async def export(turn: Turn) -> Reply:
    """What is stored of this person: a short list to read, and a file with all of it."""
    card = about(turn.session, turn.who.member_id)
    lines = my_orders(turn.session, turn.who.member_id, limit=ORDERS_SHOWN)
    told = _facts(card)
    told += [_("🧾 {number}: {sum}, {moment}", number=Name(line.number), sum=line.total, moment=line.created_at)
             for line in lines]  # fmt: skip
    personal.ask_export(turn.session, turn.actor, member(turn.session, turn.who.member_id), now=turn.now)
    whole = Screen(_("📦 Everything stored about you."), export=turn.who.member_id, edit=False)
    return Screen("\n".join(fact for fact in told if fact), ((button(_("⬅️ Back"), "oprivacy"),),)), whole


def _facts(card: MemberCard) -> list[str]:
    farm = card.farm
    return [
        _("🔒 Member {number}: {name}, since {moment}", number=card.member_id, name=Name(card.name), moment=card.since),
        _("📞 {phone}", phone=Name(card.phone)) if card.phone else "",
        _("💬 @{username}", username=Name(card.username)) if card.username else "",
        _("🌱 {store}", store=Name(farm.store_name)) if farm else "",
        _("📍 {place}", place=Name(farm.place)) if farm and farm.place else "",
        _("📍 {latitude}, {longitude}", latitude=Name(farm.latitude), longitude=Name(farm.longitude))
        if farm and farm.latitude and farm.longitude else "",
        _("📜 Rules {version} accepted {moment}", version=Name(card.agreed_version), moment=card.agreed_at)
        if card.agreed_version and card.agreed_at else "",
    ]  # fmt: skip


@command("rules")
@press("orules")
async def show_rules(turn: Turn) -> Reply:
    """The agreement in a few words, where it stands in full, its version, and who accepted it when."""
    return _rules(turn)


def _rules(turn: Turn) -> Screen:
    person = member(turn.session, turn.who.member_id)
    version = settings.get_text(turn.session, "agreement_version")
    told = [_("📜 Rules, version {version}", version=Name(version)), _(RULES)]
    rows: list[tuple[Button, ...]] = []
    address = settings.get_text(turn.session, "agreement_url")
    if address:
        rows.append((Button(_("📜 Read all"), url=address),))
    if members.has_agreed(turn.session, person) and person.agreed_at is not None:
        told.append(_("✅ You accepted them {moment}.", moment=person.agreed_at))
    else:
        rows.append((button(_("✅ I accept"), "oaccept"),))
    return Screen("\n".join(told), tuple(rows))


@press("oaccept")
async def accept(turn: Turn) -> Reply:
    """The version in force is accepted; its time is kept."""
    members.agree(turn.session, member(turn.session, turn.who.member_id), now=turn.now)
    return _rules(turn)


@refused(AgreementMissing)
def rules_first(turn: Turn, _error: Refusal) -> Reply:
    """New rules came since: accept them, then press again."""
    return _rules(turn).fresh()
