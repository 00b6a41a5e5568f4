"""What a member hears of roles that another gave or took: what is different now, and by whom."""

from __future__ import annotations

from collections.abc import Iterable

from core.events import EventKind
from core.i18n import N_, Name, _
from core.members import queries as members
from core.members.service import actor_of
from core.messaging.screen import Screen, button
from core.notices.registry import Fact, notice
from core.permissions import Role

GIVEN = {
    Role.FARMER: N_("🌱 You may sell here now."),
    Role.COURIER: N_("🚚 You carry for the co-op now. Your parcels come here by themselves."),
    Role.OFFICER: N_("🧭 You are a field officer of the co-op now."),
    Role.OPERATOR: N_("🛠 You decide for the co-op now: ✅ To decide shows what waits."),
    Role.OWNER: N_("🔑 You are an owner of this shop now."),
}
TAKEN = {
    Role.FARMER: N_("🌱 You cannot sell here any more."),
    Role.COURIER: N_("🚚 You do not carry for the co-op any more."),
    Role.OFFICER: N_("🧭 You are no field officer of the co-op any more."),
    Role.OPERATOR: N_("🛠 You do not decide for the co-op any more."),
    Role.OWNER: N_("🔑 You are no owner of this shop any more."),
}


def _member(fact: Fact) -> Iterable[int]:
    return [fact.subject_id]


@notice(61, EventKind.ROLE_GIVEN, to=_member, quiet="S")
def role_given(fact: Fact) -> Screen | None:
    """Somebody gave the member a role that is still held."""
    role = Role(fact.data["role"])
    return _screen(fact, _(GIVEN[role])) if role in _held(fact) else None


@notice(62, EventKind.ROLE_TAKEN, to=_member, quiet="S")
def role_taken(fact: Fact) -> Screen | None:
    """Somebody took a role away that was not given again."""
    role = Role(fact.data["role"])
    return None if role in _held(fact) else _screen(fact, _(TAKEN[role]))


def _held(fact: Fact) -> frozenset[Role]:
    return actor_of(fact.session, fact.subject_id).roles


def _screen(fact: Fact, told: str) -> Screen:
    by = members.member(fact.session, fact.actor_id or fact.subject_id).name
    changed = _("{name} of the co-op changed it.", name=Name(by))
    return Screen("\n".join([told, changed]), ((button(_("📞 Human"), "human"),),), edit=False)
