"""What was queued for a buyer who has handed the order over meanwhile is not sent: it is no longer theirs to read."""

from __future__ import annotations

from datetime import timedelta

from core.orders.handing import give, take_over
from core.orders.settle import start_payment
from tests.test_notices import DAY, Post, box, remind

__all__ = ["box"]


def test_a_letter_about_an_order_that_went_on_is_dropped_not_dead(box: Post) -> None:
    asha, binu = box.buyer(), box.buyer()
    order = box.held(asha, DAY)
    remind(box, order, DAY, DAY + timedelta(hours=5))
    assert len(box.tell()) == 1
    start_payment(box.session, asha, order, "sandbox", now=DAY)
    take_over(box.session, binu, give(box.session, asha, order, now=DAY), now=DAY)
    sent = [screen.text for screen in box.send(DAY)]
    assert [text for text in sent if "still open" in text] == []
