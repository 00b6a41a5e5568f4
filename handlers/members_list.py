"""[👥 Members]: search, one member's card, roles given and taken, one-time links for operators and couriers."""

from __future__ import annotations

from core.errors import NotFound
from core.i18n import N_, Name, _, ngettext_of
from core.members import cards, claims, invites, queries
from core.members import service as members
from core.members.cards import MemberCard
from core.members.human import answer_member
from core.messaging.media import shown
from core.messaging.screen import Button, Screen, button, rows_of
from core.notices.staff_cards import licence_line
from core.permissions import Role, may, require
from handlers.home import MEMBERS, keyboard
from handlers.paging import moves, page_of
from handlers.publish_photo import incoming
from handlers.routes import expects, link, press, tile
from handlers.states import Deciding, Looking
from handlers.turn import Reply, Turn

ROLE_WORDS = {
    Role.CONSUMER: N_("🧺 buyer"), Role.FARMER: N_("🌱 farmer"), Role.COURIER: N_("🚚 courier"),
    Role.OFFICER: N_("🧭 field officer"), Role.OPERATOR: N_("🛠 operator"), Role.OWNER: N_("🔑 owner"),
}  # fmt: skip
GIVEN = (Role.FARMER, Role.COURIER, Role.OPERATOR, Role.OWNER)  # a farm makes a farmer, but the role can be taken


@tile(MEMBERS)
@press("omems")
async def show_members(turn: Turn) -> Reply:
    """The newest members, a page at a time; what is written is searched for."""
    require("queue.see", turn.actor)
    page = page_of(turn)
    words = str(turn.data.get("words", "")) if turn.state == Looking.members.state and turn.press else ""
    await turn.goto(Looking.members, words=words)
    return _page(turn, words, page)


@expects(Looking.members, example=N_("Write a name or a store, for example: Gopal"), digits_press=True)
async def search(turn: Turn) -> Reply:
    """Members whose name or store holds these words."""
    require("queue.see", turn.actor)
    words = turn.text[:64]
    await turn.keep(words=words)
    return _page(turn, words, 0).fresh()


def _page(turn: Turn, words: str, page: int) -> Screen:
    found = queries.members(turn.session, words=words, page=page)
    buttons = [(button(_label(line), "omem", line.member_id),) for line in found.lines]
    turned = moves("omems", page, more=found.total > (page + 1) * queries.PAGE)
    invite = [button(_("➕ Courier"), "oinv", value="courier")]
    if may("role.grant", turn.actor):
        invite.append(button(_("➕ Operator"), "oinv", value="operator"))
    head = ngettext_of("👥 {count} member.", "👥 {count} members.", found.total)
    told = (
        _("“{words}”. Write other words to search again.", words=Name(words)) if words else _("Write a name to search.")
    )
    return Screen("\n".join([head, told]), tuple(row for row in (*buttons, turned, tuple(invite)) if row))


def _label(line: queries.MemberLine) -> str:
    icons = "".join(_(ROLE_WORDS[role]).split(" ")[0] for role in Role if role in line.roles)
    return _("{icons} {name}", icons=icons, name=Name(line.store_name or line.name or f"№{line.member_id}"))


@press("omem")
async def show_member(turn: Turn) -> Reply:
    """One member's card; the owner gives and takes roles here."""
    return _card(turn, cards.member_card(turn.session, turn.actor, turn.pressed_id))


def _card(turn: Turn, card: MemberCard) -> Screen:
    roles = ", ".join(_(ROLE_WORDS[role]) for role in Role if role in card.roles)
    licence = shown(turn.session, card.licence_media_id)
    facts = [
        _("👤 {number}: {name}", number=card.member_id, name=Name(card.name or "?")),
        roles,
        _("📞 {phone}", phone=Name(card.phone)) if card.phone else "",
        _("🌱 {store}", store=Name(card.farm.store_name)) if card.farm else "",
        _("Since {moment}. Rules accepted: {version}", moment=card.since, version=Name(card.agreed_version or "–")),
        licence_line(card, is_shown=bool(licence)),
        _("🚫 Cannot be reached by messages.") if card.unreachable else "",
    ]
    rows = (*_links(card), *_role_rows(turn, card), _back())
    return Screen("\n".join(fact for fact in facts if fact), rows, bare=True, **licence)


def _links(card: MemberCard) -> tuple[tuple[Button, ...], ...]:
    write = [Button(_("💬 Write"), url=f"https://t.me/{card.username}")] if card.username else []
    rows: list[tuple[Button, ...]] = [(*write, button(_("✍️ Answer here"), "oans", card.member_id))]
    if card.farm is not None and card.farm.state == "pending":
        rows.append((button(_("🌱 Decide on the farm"), "oc", card.farm.id, value="f"),))
    return tuple(rows)


def _role_rows(turn: Turn, card: MemberCard) -> tuple[tuple[Button, ...], ...]:
    """[➕ role] or [➖ role], for the owner only."""
    if not may("role.grant", turn.actor):
        return ()
    offered = [role for role in GIVEN if role is not Role.FARMER or role in card.roles]
    return rows_of([_role_button(card, role) for role in offered], 2)


def _role_button(card: MemberCard, role: Role) -> Button:
    word = _(ROLE_WORDS[role])
    if role in card.roles:
        return button(_("➖ {role}", role=word), "orole", card.member_id, value=f"-{role.value}")
    return button(_("➕ {role}", role=word), "orole", card.member_id, value=f"+{role.value}")


@press("oans")
async def ask_answer(turn: Turn) -> Reply:
    """What shall I tell them? It is passed on under the writer's name."""
    card = cards.member_card(turn.session, turn.actor, turn.pressed_id)
    await turn.goto(Deciding.answer, to=card.member_id)
    told = _("✍️ To {name}: write or speak 1 message, I pass it on under your name.", name=Name(card.name))
    return Screen(told, ((button(_("⬅️ Back"), "omem", card.member_id),),), edit=False)


@expects(Deciding.answer, takes="text voice", example=N_("Write what I shall pass on, for example: I call you at 5."))
async def pass_on(turn: Turn) -> Reply:
    """The message goes to the member."""
    member = queries.member(turn.session, int(turn.data.get("to", 0)))
    voice = incoming(turn) if turn.kind == "voice" else None
    answer_member(turn.session, turn.actor, member, turn.text, voice=voice, now=turn.now)
    await turn.goto(None)
    return Screen(_("✅ Passed on to {name}.", name=Name(member.name)), (_back(),), edit=False)


def _back() -> tuple[Button, ...]:
    return (button(_("⬅️ Back"), "omems"),)


@press("orole")
async def change_role(turn: Turn) -> Reply:
    """A role is given or taken; the last owner stays."""
    value = turn.pressed_value
    if value[1:] not in {role.value for role in GIVEN} or value[0] not in "+-":
        raise NotFound
    member = queries.member(turn.session, turn.pressed_id)
    change = members.grant_role if value[0] == "+" else members.revoke_role
    change(turn.session, turn.actor, member, Role(value[1:]), now=turn.now)
    return _card(turn, cards.member_card(turn.session, turn.actor, member.id))


@press("oinv")
async def invite(turn: Turn) -> Reply:
    """A link to pass on: whoever opens it first is an operator, or a courier."""
    if turn.press is not None and turn.press.value == "operator":
        token, prefix = invites.invite_operator(turn.session, turn.actor, now=turn.now), "p"
        told = _("🔑 A link for one new operator. Send it only to them; it works once, for {days} days.", days=7)
    else:
        token, prefix = invites.invite_courier(turn.session, turn.actor, now=turn.now), "k"
        told = _("🔑 A link for one new courier. Send it only to them; it works once, for {days} days.", days=7)
    address = f"https://t.me/{turn.bot.username}?start={prefix}_{token}"
    return Screen(f"{told}\n{address}", (_back(),))


@link("k_")
async def become_courier(turn: Turn) -> Reply:
    """The link that staff gave to a new courier."""
    claims.use_claim(turn.session, turn.text, queries.member(turn.session, turn.who.member_id), now=turn.now)
    return keyboard(Role.COURIER, _("🚚 You carry for the co-op now. Your parcels come here by themselves."), True)
