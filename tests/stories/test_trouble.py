"""What goes wrong reaches staff in words, with what to do: updates set aside, letters not sent, people to call."""

from __future__ import annotations

from sqlalchemy import update

from core.messaging import inbox, outbox
from core.messaging.models import Inbox, Outbox
from core.messaging.screen import Screen
from tests.kit.shop import Shop
from tests.stories import market


def test_an_update_set_aside_is_tried_again_from_chat(shop: Shop) -> None:
    meera, asha = shop.owner(), shop.buyer()
    sender = {"id": asha.id, "is_bot": False, "first_name": "Asha"}
    chat = {"id": asha.id, "type": "private", "first_name": "Asha"}
    message = {"message_id": 9000, "date": 1, "chat": chat, "from": sender, "text": "/help"}
    with shop.database.writing() as session:
        inbox.store(session, shop.config.bot_id, [{"update_id": 1, "message": message}], shop.clock.now())
        broken = {"state": "quarantined", "error": "ZeroDivisionError: division by zero\nmore"}
        session.execute(update(Inbox).where(Inbox.update_id == 1).values(**broken))
    meera.taps("✅ To decide")
    meera.taps("⚠️ Set aside: 1")
    meera.sees("from Asha")
    meera.sees("They sent: /help")
    meera.sees("It failed: ZeroDivisionError: division by zero")
    meera.sees("What to do: try again once.")
    meera.taps("🔁 Try again")
    meera.sees("0 things wait")
    asha.sees("🛍 Market: see what ripens", anywhere=True)


def test_a_letter_that_was_given_up_is_sent_again_or_put_aside(shop: Shop) -> None:
    meera, asha = shop.owner(), shop.buyer()
    now = shop.clock.now()
    with shop.database.writing() as session:
        letters = [
            outbox.screen_letter(Screen(f"News {number}"), dedup=f"t:{number}", bot_id=shop.config.bot_id,
                                 chat_id=asha.id, now=now) for number in (1, 2)
        ]  # fmt: skip
        outbox.put(session, letters, now)
        dead = {"state": "dead", "error": "Bad Request: message is too strange"}
        session.execute(update(Outbox).where(Outbox.dedup.startswith("t:")).values(**dead))
    meera.taps("✅ To decide")
    meera.taps("✉️ Not sent: 2")
    meera.sees("to Asha")
    meera.sees("Not sent: Bad Request: message is too strange")
    meera.taps("🔁 Try again")
    meera.sees("It said: News 2")
    shop.app.sender_bell.ring()
    asha.sees("News 1", anywhere=True)
    old = meera.newest()
    meera.taps("🗑 Seen")
    meera.sees("0 things wait")
    asha.sees_not("News 2")
    pressed = next(row for row in old["reply_markup"]["inline_keyboard"])[0]["callback_data"]
    meera.taps_stale(old["message_id"], pressed)
    meera.sees_toast("This changed.")


def test_late_payers_and_people_nobody_reaches_stand_on_the_call_list(shop: Shop) -> None:
    meera = shop.owner()
    sale_id = market.sale(shop)
    asha, bela = shop.person("Asha"), shop.buyer("Bela")
    asha.start(f"s_{sale_id}")
    for label in ("2 kg", "✅ Reserve", "💳 Pay deposit"):
        asha.taps(label)
    asha.sees("Paid ₹96")
    market.harvested(shop, sale_id)
    shop.later(days=2, hours=1)
    shop.later(days=1, hours=1)  # the grace is over; a day later it would be given up
    bela.blocks()
    shop.settles()
    meera.taps("✅ To decide")
    meera.taps("📞 Call list")
    meera.sees("A1 Asha")
    meera.sees("balance late. paid ₹96 · owed ₹384")
    meera.sees("Bela")
