"""A voice note reaches a person: staff hears it, knows who said it, and answers in writing or by voice."""

from __future__ import annotations

from tests.kit.shop import Shop

SOUND = b"OggS two hundred kilos of mangoes"


def test_a_farmers_voice_note_is_heard_by_staff_who_answer_with_one_button(shop: Shop) -> None:
    meera, gopal = shop.owner(), shop.farmer()
    gopal.taps("➕ Sell")
    gopal.taps("🥭 Mango")
    gopal.sends_voice(SOUND)
    said = gopal.sees("🎤 Your voice note is with the co-op. A person listens to it and writes to you.")
    assert "Write how much, for example: 250 kg" in said
    shop.settles()
    card = meera.sees("🎤 Gopal left a voice note.", anywhere=True)
    assert f"Phone: {gopal.number}" in card
    assert meera.attachment("voice") == SOUND
    meera.taps("👤 Who is it")
    meera.sees("🌱 Gopal's farm")
    assert "voice" not in meera.newest()
    meera.taps("✍️ Answer here")
    meera.types("Shall I put 200 kg on sale for you?")
    meera.sees("✅ Passed on to Gopal.")
    gopal.sees("💬 Meera of the co-op: Shall I put 200 kg on sale for you?", anywhere=True)
    gopal.types("200")  # what was asked is still open
    gopal.sees("3 of 5")


def test_a_buyer_speaks_and_staff_speaks_back(shop: Shop) -> None:
    ravi, asha = shop.operator("Ravi"), shop.buyer()
    asha.sends_voice(SOUND)
    asha.sees("A person listens to it")
    shop.settles()
    ravi.sees("🎤 Asha left a voice note.", anywhere=True)
    ravi.taps("✍️ Answer here")
    ravi.sees("write or speak 1 message")
    ravi.sends_voice(b"OggS come on Monday")
    ravi.sees("✅ Passed on to Asha.")
    shop.settles()
    asha.sees("🎤 Ravi of the co-op answers you.", anywhere=True)
    assert asha.attachment("voice") == b"OggS come on Monday"
    asha.taps("📞 Human")
    asha.sees_toast("The co-op knows already.")


def test_each_of_several_voice_notes_is_heard_but_no_flood_of_them(shop: Shop) -> None:
    ravi, asha = shop.operator("Ravi"), shop.buyer()
    for number in range(10):
        asha.sends_voice(b"OggS %d" % number)
        asha.sees("A person listens to it")
    asha.sends_voice(b"OggS more")
    asha.sees("📞 The co-op has 10 messages of yours from this hour. Please wait for the answer.")
    shop.settles()
    heard = [message for message in ravi.window.bot_messages() if "voice" in message]
    assert len(heard) == 10
    shop.later(hours=1, minutes=1)
    asha.sends_voice(b"OggS again")
    asha.sees("A person listens to it")


def test_who_lets_nobody_send_voice_notes_reads_at_least_who_spoke(shop: Shop) -> None:
    ravi, asha = shop.operator("Ravi"), shop.buyer()
    ravi.control.post("/control/users", {"id": ravi.id, "forbids_voice": True})
    asha.sends_voice(SOUND)
    shop.settles()
    ravi.sees("🎤 Asha left a voice note.", anywhere=True)
    ravi.taps("✍️ Answer here")
    ravi.sees("To Asha")


def test_staff_are_told_that_a_voice_note_of_theirs_goes_nowhere(shop: Shop) -> None:
    ravi = shop.operator("Ravi")
    ravi.sends_voice(SOUND)
    ravi.sees("I have no use for this now.")
