"""The unhappy ends in the state machine of money: late, given up, refused, weighed, cancelled whole, not delivered."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from core.catalog.models import Campaign
from core.money import Money
from core.orders import closing, consent, terms
from core.orders.cancel import cancel_sale
from core.orders.forfeit import forfeit, more_time
from core.orders.models import Order
from core.orders.terms_back import take_back
from core.orders.undelivered import Bearer, Cause, fail_delivery, settle_undelivered, try_again
from tests.orders import model
from tests.orders.machine import PICK, BuyersMachine
from tests.orders.model import Deal

LEFT = {"packed", "dispatched", "at_pickup", "delivery_failed", "delivered"}


class EndsMachine(BuyersMachine):
    """What goes wrong, on both sides."""

    @precondition(lambda self: self.deals)
    @rule(pick=PICK)
    def asks_for_more_time(self, pick: int) -> None:
        deal, order = self._deal(pick)
        done = self._try(lambda s: more_time(s, self._buyer(deal), s.get_one(Order, order), now=self.now))
        assert (done is not None) == (deal.state == "balance_due" and not deal.asked_more)
        if done is not None and deal.late_at is not None:
            deal.asked_more, deal.late_at = True, deal.late_at + model.MORE

    @precondition(lambda self: any(deal.state == "overdue" for deal in self.deals))
    @rule(pick=PICK)
    def staff_give_up(self, pick: int) -> None:
        deal, order = self._one(pick, "overdue")
        grace_over = deal.late_at is not None and deal.late_at + model.GIVEN_UP / 2 <= self.now
        done = self._try(lambda s: forfeit(s, self.market.operator, s.get_one(Order, order), now=self.now))
        assert (done is not None) == grace_over
        if done is not None:
            assert done.kept.minor + done.back.minor == deal.paid
            self.book.give_up(deal, self.deals)

    @precondition(lambda self: any(deal.given is not None for deal in self.deals))
    @rule(pick=PICK, takes=st.booleans())
    def answers_a_short_crop(self, pick: int, takes: bool) -> None:
        deal, order = self._deal(pick)
        verb: Any = consent.accept_share if takes else consent.decline_share
        done = self._try(lambda s: (verb(s, self._buyer(deal), s.get_one(Order, order), now=self.now), True))
        is_short = deal.given is not None and deal.given < deal.asked
        if takes:
            assert bool(done) == (is_short and deal.state in {"allocated", "balance_due", "ready"})
            deal.accepted = deal.accepted or bool(done)
            return
        assert bool(done) == deal.may_refuse
        if done:
            self.book.end(deal, "cancelled")
            self.book.over(deal.sale, self.deals)

    @precondition(lambda self: any(deal.state == "allocated" for deal in self.deals))
    @rule(pick=PICK, grams=st.integers(1, 60_000))
    def is_weighed(self, pick: int, grams: int) -> None:
        deal, order = self._one(pick, "allocated")
        weight = Decimal(grams) / 1000
        done = self._try(lambda s: consent.weigh(s, self.market.farmer, s.get_one(Order, order), weight, now=self.now))
        assert (done is not None) == (weight <= (deal.given or 0) * 10)
        if done is not None:
            self.book.weigh(deal, weight, self.now)

    @precondition(lambda self: any(deal.state == "consent_wait" for deal in self.deals))
    @rule(pick=PICK, takes=st.booleans())
    def answers_a_weight_or_other_terms(self, pick: int, takes: bool) -> None:
        deal, order = self._one(pick, "consent_wait")
        verb: Any = consent.accept_weight if takes else consent.refuse_weight
        if deal.thinks:
            verb = terms.accept_terms if takes else terms.refuse_terms
        self._must(lambda s: verb(s, self._buyer(deal), s.get_one(Order, order), now=self.now))
        if takes:
            self.book.consent(deal, self.now, said=True)
        else:
            self.book.refuse(deal, self.deals)

    @precondition(lambda self: any(deal.state == "balance_due" for deal in self.deals))
    @rule(pick=PICK, percent=st.integers(1, 210), is_other=st.booleans())
    def the_farmer_asks_for_other_terms(self, pick: int, percent: int, is_other: bool) -> None:
        """A higher price, or other goods at any price, of all whose balance is due."""
        sold = self._one(pick, "balance_due")[0].sale
        campaign, price = self.ids[self.sales.index(sold)], sold.price * percent // 100
        done = self._try(lambda s: self._proposed(s, s.get_one(Campaign, campaign), price, is_other))
        asked = [deal for deal in self.deals if deal.sale is sold and deal.may_be_asked(price, is_other=is_other)]
        fits = 0 < price <= 2 * sold.price and (is_other or price > sold.price)
        thinking = any(deal.sale is sold and deal.thinks for deal in self.deals)
        assert (done or 0) == (len(asked) if fits and not thinking else 0)
        for deal in asked if done else ():
            deal.state, deal.consent_at = "consent_wait", self.now + model.CONSENT
            deal.offer, deal.thinks = (price, is_other), True

    @precondition(lambda self: any(deal.state == "consent_wait" for deal in self.deals))
    @rule(pick=PICK)
    def the_farmer_takes_the_question_back(self, pick: int) -> None:
        sold = self._one(pick, "consent_wait")[0].sale
        campaign = self.ids[self.sales.index(sold)]
        thinking = [deal for deal in self.deals if deal.sale is sold and deal.state == "consent_wait" and deal.thinks]
        done = self._try(lambda s: take_back(s, self.market.farmer, s.get_one(Campaign, campaign), now=self.now))
        assert (done or 0) == len(thinking)
        for deal in thinking:
            self.book.consent(deal, self.now, said=False)
            deal.offer = None

    def _proposed(self, session: Any, campaign: Campaign, price: int, is_other: bool) -> int:
        farmer, cost = self.market.farmer, Money(price, "INR")
        if is_other:
            terms.write_goods(session, farmer, campaign, "Grade B", now=self.now)
            terms.price_goods(session, farmer, campaign, cost, now=self.now)
        else:
            terms.write_price(session, farmer, campaign, cost, now=self.now)
        return terms.propose(session, farmer, campaign, now=self.now).asked

    @precondition(lambda self: len(self.deals) > 4)
    @rule(sale=PICK)
    def the_farmer_cancels_the_sale(self, sale: int) -> None:
        sold, campaign = self.sales[sale % 3], self.ids[sale % 3]
        done = self._try(lambda s: cancel_sale(
            s, self.market.farmer, s.get_one(Campaign, campaign), "cannot", now=self.now
        ))  # fmt: skip
        left = any(deal.sale is sold and deal.state in LEFT for deal in self.deals)
        assert (done is not None) == (sold.state in model.BEFORE_HARVEST | {"allocated"} and not left)
        if done is None:
            return
        ended = [deal for deal in self.deals if deal.sale is sold and deal.state in model.BEFORE_PACKED]
        assert (done.orders, done.total_back.minor) == (len(ended), sum(deal.paid for deal in ended))
        for deal in ended:
            self.book.end(deal, "cancelled")
        sold.state = "over"

    @rule(longer=st.booleans())
    def the_farmer_decides_a_small_sale(self, longer: bool) -> None:
        sold, campaign = self.sales[1], self.ids[1]
        sure = sold.reserved - sum(deal.asked for deal in self.deals if deal.sale is sold and deal.state == "held")
        verb: Any = closing.extend if longer else closing.go_anyway
        done = self._try(lambda s: (verb(
            s, self.market.farmer, s.get_one(Campaign, campaign), now=self.now
        ), s.get_one(Campaign, campaign).closes_at))  # fmt: skip
        open_still = sold.state in {"open", "closed"} and sure < sold.minimum
        assert (done is not None) == (open_still and not (longer and sold.extended))
        if done is None:
            return
        if longer:
            sold.extended, sold.again, sold.closes, sold.state = True, None, done[1], "open"
            sold.harvest_on = sold.harvest_on.replace(day=sold.harvest_on.day + 3)
        else:
            sold.minimum = 0
            sold.state = "confirmed" if sold.state == "closed" else sold.state

    @precondition(lambda self: any(deal.state in {"dispatched", "at_pickup"} for deal in self.deals))
    @rule(pick=PICK, cause=st.sampled_from(list(Cause)))
    def is_not_handed_over(self, pick: int, cause: Cause) -> None:
        deal, order = self._one(pick, "dispatched", "at_pickup")
        self._must(lambda s: fail_delivery(s, self.market.farmer, s.get_one(Order, order), cause, now=self.now))
        deal.state = "delivery_failed"

    @precondition(lambda self: any(deal.state == "delivery_failed" for deal in self.deals))
    @rule(pick=PICK, again=st.booleans(), bearer=st.sampled_from(list(Bearer)))
    def is_tried_again_or_settled(self, pick: int, again: bool, bearer: Bearer) -> None:
        deal, order = self._one(pick, "delivery_failed")
        if again:
            self._must(lambda s: try_again(s, self.market.farmer, s.get_one(Order, order), now=self.now))
            deal.state = "dispatched" if deal.carrier else "at_pickup"
            return
        with self.database.writing() as session:
            found = session.get_one(Order, order)
            plan = settle_undelivered(session, self.market.operator, found, bearer, now=self.now)
        assert (plan.goods + plan.delivery + plan.back).minor == deal.paid
        goods = min(deal.paid, deal.deposit_share) if bearer is Bearer.BUYER else 0
        delivery = min(deal.paid - goods, deal.fee) if bearer is Bearer.BUYER else 0
        self.book.keep(deal, goods, delivery)
        self.book.leave(deal, "settled_undelivered", self.deals)

    def _one(self, pick: int, *states: str) -> tuple[Deal, int]:
        some = [deal for deal in self.deals if deal.state in states]
        deal = some[pick % len(some)]
        return deal, deal.id
