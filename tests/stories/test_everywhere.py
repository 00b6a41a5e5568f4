"""Script 12: what works everywhere, and bad input: the answer says what was expected, and the draft is kept."""

from __future__ import annotations

import pytest

from tests.kit.phone import Phone
from tests.kit.shop import Shop

HELP_LINES_MOST = 6


def selling(shop: Shop) -> Phone:
    """Gopal is asked when his mangoes are ready."""
    gopal = shop.farmer()
    for label in ("➕ Sell", "🥭 Mango", "200 kg"):
        gopal.taps(label)
    gopal.sees("When is it ready?")
    return gopal


def test_help_in_the_middle_keeps_the_question(shop: Shop) -> None:
    gopal = selling(shop)
    gopal.types("/help")
    gopal.sees("What you began is kept: just answer.")
    assert len(gopal.screen().splitlines()) <= HELP_LINES_MOST
    gopal.types("15 May")
    gopal.sees("Price of one kg?")


def test_language_settings_and_privacy_in_the_middle_keep_the_draft(shop: Shop) -> None:
    gopal = selling(shop)
    gopal.types("/privacy")
    gopal.sees("🔒 Stored: your name, number and language")
    assert gopal.buttons()[:2] == ["Export", "🗑 Delete me"]
    gopal.taps("Export")
    gopal.sees(gopal.number)
    gopal.types("/settings")
    gopal.types("/language")
    gopal.taps("English")
    gopal.sees("💾 You were selling 🥭 Mango (2 of 5)", anywhere=True)
    gopal.taps("▶ Continue")
    gopal.sees("When is it ready?")


@pytest.mark.parametrize("word", ["0", "menu", "BACK", "/menu"])
def test_the_way_home_is_always_open(shop: Shop, word: str) -> None:
    gopal = selling(shop)
    gopal.types(word)
    gopal.sees("Gopal, what next?")
    gopal.taps("➕ Sell")
    gopal.sees("You were selling 🥭 Mango (2 of 5)")


def test_cancel_says_what_was_kept_and_works_when_nothing_goes_on(shop: Shop) -> None:
    gopal = selling(shop)
    gopal.types("cancel")
    gopal.sees("Stopped. What you had written is kept for 30 days.")
    gopal.types("/cancel")
    gopal.sees("Nothing was going on.")


def test_a_draft_is_offered_after_start_and_after_a_link(shop: Shop) -> None:
    gopal = selling(shop)
    shop.later(days=4)
    gopal.start()
    gopal.sees("💾 You were selling 🥭 Mango (2 of 5), saved Fri 1 May")
    gopal.taps("🗑 Delete")
    gopal.start()
    gopal.sees("Gopal, what next?")
    gopal.sees_not("You were selling")


def test_a_tampered_link_is_a_plain_start(shop: Shop) -> None:
    asha = shop.buyer()
    for payload in ("abc", "x_1", "s_", "s_999999", "p_nonsense", "o_nonsense", "c_nonsense"):
        asha.start(payload)
        assert asha.screen()


def test_three_misses_lead_to_a_person_who_is_told(shop: Shop) -> None:
    meera = shop.owner()
    gopal = shop.farmer()
    gopal.types("qwertz")
    gopal.sees("I did not understand.")
    gopal.types("asdf")
    gopal.sees("I did not understand.")
    gopal.types("yxcv")
    gopal.sees("Shall a person from the co-op write to you?")
    gopal.taps("📞 Human")
    gopal.sees_toast("The co-op is told.")
    gopal.taps("📞 Human")
    gopal.sees_toast("The co-op knows already.")
    shop.settles()
    meera.sees("📞 Gopal asks for a person.", anywhere=True)
    gopal.types("/help")
    gopal.types("qwertz")
    gopal.sees_not("Shall a person")  # an answer in between starts the count anew


def test_an_operator_answers_through_the_bot(shop: Shop) -> None:
    meera, asha = shop.owner(), shop.buyer()
    asha.types("/help")
    asha.taps("📞 Human")
    shop.settles()
    meera.taps("✍️ Answer here")
    meera.types("I call you at 5 <b>sharp</b>.")
    meera.sees("✅ Passed on to Asha.")
    asha.sees("💬 Meera of the co-op: I call you at 5 <b>sharp</b>.", anywhere=True)


def test_what_is_written_after_asking_for_a_person_goes_to_the_co_op_and_so_does_every_reply(shop: Shop) -> None:
    meera, asha = shop.owner(), shop.buyer()
    asha.types("/help")
    asha.taps("📞 Human")
    asha.sees("✍️ Write here what it is about", anywhere=True)
    asha.types("The courier never came")
    asha.sees("✉️ The co-op has it, and writes to you here.")
    asha.types("I waited all day")
    shop.settles()
    meera.sees("“The courier never came”", anywhere=True)
    meera.taps("✅ To decide")
    meera.taps("📞 People: 1")
    meera.sees("“The courier never came”\n“I waited all day”")
    meera.taps("✍️ Answer here")
    meera.types("He comes at 5.")
    asha.sees("💬 Meera of the co-op: He comes at 5.", anywhere=True)
    asha.types("Thank you")
    shop.settles()
    meera.sees("“Thank you”", anywhere=True)
    for _time in range(10):
        asha.types("Hello?")
    asha.sees("📞 The co-op has 10 messages of yours from this hour.")
    asha.types("menu")
    asha.types("qwertz")
    asha.sees("I did not understand.")


def test_who_asks_for_a_person_in_the_middle_of_something_keeps_it_and_may_still_write(shop: Shop) -> None:
    meera, gopal = shop.owner(), selling(shop)
    gopal.types("/help")
    gopal.taps("📞 Human")
    gopal.sees("📞 Would you like to say what it is about?", anywhere=True)
    gopal.types("15 May")
    gopal.sees("4 of 5. Price of one kg?")
    gopal.taps("✍️ Write to the co-op")
    gopal.types("My scales are broken")
    shop.settles()
    meera.sees("“My scales are broken”", anywhere=True)


def test_an_operator_writes_to_whoever_has_a_user_name(shop: Shop) -> None:
    meera = shop.owner()
    asha = shop.person("Asha", username="asha_k")
    asha.start()
    asha.types("/help")
    asha.taps("📞 Human")
    shop.settles()
    meera.sees("📞 Asha asks for a person.", anywhere=True)
    assert meera.taps("💬 Write", reacts=False)["url"] == "https://t.me/asha_k"


def test_a_digit_in_any_script_presses_the_button_it_counts(shop: Shop) -> None:
    asha = shop.person("Asha")
    asha.start()
    asha.types("1")
    asha.sees("Do you grow or buy?")
    asha.types("9")
    asha.sees("Reply 1 or 2 to press a button above.")
    asha.types("२")
    asha.sees("Welcome, Asha.")


def test_stickers_voice_and_photos_are_told_what_was_expected(shop: Shop) -> None:
    gopal = selling(shop)
    gopal.sends_sticker()
    gopal.sees("15 May")
    gopal.types("menu")
    gopal.sends_sticker()
    gopal.sees("I can keep photos, voice, places. For this, please write.")
    gopal.taps("➕ Sell")
    gopal.sees("(2 of 5)")


def test_a_message_edited_later_has_no_effect_of_its_own(shop: Shop) -> None:
    gopal = shop.farmer()
    gopal.types("hello there")
    gopal.edits("200 kg mangoes Alphonso, 120/kg, ready 15 May")
    gopal.sees("You changed an earlier message; what I noted stays.")


def test_an_unknown_command_is_answered(shop: Shop) -> None:
    asha = shop.buyer()
    asha.types("/abrakadabra now")
    asha.sees("I did not understand.")
    asha.types("/help@another_bot", reacts=False)
    asha.types("/help@farmgate_bot")
    asha.sees("🛍 Market: see what ripens")


@pytest.mark.parametrize(
    "data", ["nonsense", "oyes:1", "oyes:-1:0", "oyes:1:1:zz", "omem:99999:0", "crop:0:0:nothing", "lang:0:0:xx", "::"]
)
def test_forged_buttons_are_refused_in_words(shop: Shop, data: str) -> None:
    meera = shop.owner()
    meera.taps_stale(meera.newest()["message_id"], data)
    assert meera.window.touched(meera.window.acted) or meera.sees_toast("")
    meera.types("/help")
    meera.sees("To decide")


def test_personal_commands_in_a_group_lead_to_the_private_chat(shop: Shop) -> None:
    asha = shop.buyer()
    group = shop.group(asha, "Neighbours")
    group.adds_bot(reacts=False)
    shop.settles()
    for command in ("/settings", "/privacy", "/help", "/cancel"):
        group.types_as(asha, command)
        group.sees("Please write to me in private.")
    group.types_as(asha, "menu", reacts=False)
    group.sees_not("what next?")


def test_a_second_start_does_not_ask_for_the_language_again(shop: Shop) -> None:
    asha = shop.buyer()
    asha.start()
    asha.sees("Asha, what next?")
    asha.sees_not("Language?")
