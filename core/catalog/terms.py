"""The product configuration: categories, types, brands and attribute names, kept by staff."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.catalog import crops
from core.catalog.errors import TermExists
from core.catalog.models import Term
from core.errors import BadInput, NotFound
from core.i18n import Name, _
from core.permissions import Actor, require
from core.text import clean

KINDS = frozenset({"category", "type", "brand", "attribute"})
NAME_MOST = 64


def ensure_categories(session: Session) -> None:
    """At the first start: the categories of the crops we know. Later the list belongs to the staff."""
    if terms(session, "category"):
        return
    for position, name in enumerate(dict.fromkeys(crop.category for crop in crops.load().values())):
        session.add(Term(kind="category", name=name, position=position))
    session.flush()


def terms(session: Session, kind: str) -> list[Term]:
    """All terms of a kind, in their order."""
    found = select(Term).where(Term.kind == kind).order_by(Term.position, Term.id)
    return list(session.execute(found).scalars())


def term(session: Session, term_id: int) -> Term:
    """The term with this id."""
    found = session.get(Term, term_id)
    if found is None:
        raise NotFound
    return found


def category_term(session: Session, name: str) -> Term | None:
    """The category that still has this name."""
    found = select(Term).where(Term.kind == "category", Term.name == name)
    return session.execute(found).scalar_one_or_none()


def add_term(session: Session, actor: Actor, kind: str, name: str) -> Term:
    """Add a category, type, brand or attribute name at the end of its list. Raises TermExists."""
    require("campaign.curate", actor)
    if kind not in KINDS:
        raise BadInput(field=_("List"), reason=_("not in the list"), example=_("fruit"))
    last = session.execute(select(func.max(Term.position)).where(Term.kind == kind)).scalar_one()
    added = Term(kind=kind, name=_free_name(session, kind, name), position=0 if last is None else last + 1)
    session.add(added)
    session.flush()
    return added


def rename_term(session: Session, actor: Actor, renamed: Term, name: str) -> None:
    """Call a term differently, wherever it stands."""
    require("campaign.curate", actor)
    if clean(name, NAME_MOST) != renamed.name:
        renamed.name = _free_name(session, renamed.kind, name)
    session.flush()


def order_terms(session: Session, actor: Actor, kind: str, ids: Sequence[int]) -> None:
    """Put the terms of a kind in this order; those not named follow in their old order."""
    require("campaign.curate", actor)
    place = {term_id: position for position, term_id in enumerate(ids)}
    for position, each in enumerate(sorted(terms(session, kind), key=lambda one: place.get(one.id, len(place)))):
        each.position = position
    session.flush()


def _free_name(session: Session, kind: str, name: str) -> str:
    cleaned = clean(name, NAME_MOST)
    if not cleaned:
        raise BadInput(field=_("Name"), reason=_("it is missing"), example=_("fruit"))
    if session.execute(select(Term.id).where(Term.kind == kind, Term.name == cleaned)).first() is not None:
        raise TermExists(name=Name(cleaned))
    return cleaned
