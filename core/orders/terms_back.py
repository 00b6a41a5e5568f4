"""A farmer takes other terms back before all have answered: who still thinks owes what was agreed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from core.catalog.models import Campaign
from core.errors import Changed
from core.orders.ending import locked_orders
from core.orders.states import OrderState
from core.orders.terms import draft_of, go_on, opened, standing
from core.permissions import Actor


def take_back(session: Session, actor: Actor, campaign: Campaign, *, now: datetime) -> int:
    """Ask nobody any more; answers that were given stand. How many were still asked: they may be asked anew.

    What nobody has answered is a draft again, to be put right. Refuses NotFound, Changed (nobody thinks any more).
    """
    campaign = opened(session, actor, campaign)
    waiting = locked_orders(session, campaign, frozenset({OrderState.CONSENT_WAIT}))
    asked = standing(session, campaign)
    thinking = [order for order in waiting if order.thinks]
    if asked is None or not thinking:
        raise Changed
    for order in thinking:
        order.proposal_id = None
        go_on(session, order, "take_back", None, now, taken_back_by=actor.member_id)
    nobody_answered = not (asked.accepted or asked.refused or asked.unheard)
    asked.proposal.until = None if nobody_answered and draft_of(session, campaign) is None else now
    asked.proposal.updated_at, asked.proposal.rev = now, asked.proposal.rev + 1
    campaign.rev, campaign.updated_at = campaign.rev + 1, now
    session.flush()
    return len(thinking)
