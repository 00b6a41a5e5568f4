"""Script 9 as a group plays it: it is added, reads of sales, sees the card move; nobody else may turn the knobs."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import delete, select

from core.catalog.models import Campaign, GroupPost
from core.members.models import GroupChat
from core.messaging.models import Card
from core.orders.cancel import crop_lost
from handlers.turn import ANONYMOUS
from simulator.window import labels_of, text_of
from tests.kit.golden import same_as_golden
from tests.kit.people import Group
from tests.kit.phone import Phone
from tests.kit.shop import Shop
from tests.stories.farming import bought, grower, on_sale
from tests.stories.market import actor_of, member_id, paused, photographed, resumed


def village(shop: Shop, *others: Phone, title: str = "Hill village") -> tuple[Phone, Group]:
    """A group that somebody set up for all crops."""
    meena = shop.buyer("Meena")
    group = shop.group(meena, title, *others)
    group.adds_bot("g")
    group.taps_as(meena, "English ✓")
    group.taps_as(meena, "Crops: all ✓")
    return meena, group


def stored(shop: Shop) -> GroupChat:
    with shop.database.reading() as session:
        group = session.scalars(select(GroupChat)).one()
        session.expunge(group)
        return group


def buttons_of(group: Group) -> list[str]:
    """All that can be pressed in the group."""
    return [label for message in group.window.bot_messages() for label in labels_of(message)]


def texts_of(group: Group) -> list[str]:
    return [text_of(message) for message in group.window.bot_messages()]


def becomes(shop: Shop, state: str, chat_id: int | None = None) -> None:
    """Wait until what the messenger told us has arrived."""
    over = time.monotonic() + 10
    while stored(shop).state != state or chat_id not in (None, stored(shop).chat_id):
        assert time.monotonic() < over, stored(shop).state
        time.sleep(0.05)
    shop.settles()


def moved_to(shop: Shop, chat_id: int) -> None:
    becomes(shop, "active", chat_id)


def test_a_group_is_set_up_in_five_taps_from_the_link(shop: Shop) -> None:
    meena = shop.buyer("Meena")
    group = shop.group(meena, "Hill village")
    meena.types("/group")
    assert "👥 Add me to your group" in meena.buttons()
    meena.reset_counts()
    # the link, the group chosen, "add" pressed: three taps in the messenger itself
    meena.taps("👥 Add me to your group", reacts=False, to=group.id)
    meena.tap_count += 2
    group.sees("I tell this group what ripens. Language?")
    group.transcript()
    group.taps_as(meena, "English ✓")
    group.sees("Which crops?")
    group.transcript()
    group.taps_as(meena, "Crops: all ✓")
    group.sees("✅ Done: all crops. New sales appear here.")
    assert meena.tap_count <= 5
    assert stored(shop).state == "active"
    same_as_golden("group_setup", group.transcript())


def test_a_group_may_choose_its_crops(shop: Shop) -> None:
    meena = shop.buyer("Meena")
    group = shop.group(meena, "Hill village")
    group.adds_bot("g")
    group.taps_as(meena, "English ✓")
    group.taps_as(meena, "🍅 Tomato")
    group.taps_as(meena, "✅ Only these")
    group.sees("✅ Done: 🍅 Tomato.")
    gopal = grower(shop)
    on_sale(shop, gopal, crop="mango")
    on_sale(shop, gopal, crop="tomato", price=30)
    assert group.sees("🍅 Tomato · 200 kg, ₹30/kg, ready Fri 15 May")
    assert "Mango" not in "\n".join(group.transcript()[-3:])


@pytest.mark.covers("PRE03")
def test_a_sale_is_posted_once_and_a_reader_reserves_in_private(shop: Shop) -> None:
    asha = shop.person("Asha")
    _meena, group = village(shop, asha)
    on_sale(shop, grower(shop))
    group.sees("🥭 Mango · 200 kg, ₹120/kg, ready Fri 15 May")
    assert group.buttons() == ["🛒 Reserve", "❓ Ask"]
    group.taps_as(asha, "🛒 Reserve")
    asha.sees("🥭 Mango · ₹120/kg")
    asha.taps("5 kg")
    asha.taps("✅ Reserve")
    asha.sees("✅ Reserved A1")
    assert asha.tap_count <= 4
    with shop.database.reading() as session:
        assert len(session.scalars(select(GroupPost)).all()) == 1


def test_one_card_moves_in_steps_of_five_per_cent_and_at_most_once_a_minute(shop: Shop) -> None:
    _meena, group = village(shop)
    sale_id = on_sale(shop, grower(shop))
    bought(shop, sale_id, "Asha", 60)
    shop.later(seconds=31)
    group.sees("🥭 ▓░░░░ 60/200 kg · 1 buyer · 13 days")
    before = len(group.window.bot_messages())
    bought(shop, sale_id, "Ben", 8)
    shop.later(minutes=5)
    assert "60/200 kg" in group.screen(), "4 per cent more is not worth an edit"
    bought(shop, sale_id, "Chen", 8)
    shop.later(minutes=5)
    group.sees("🥭 ▓░░░░ 76/200 kg · 3 buyers · 13 days")
    bought(shop, sale_id, "Dora", 24)
    shop.later(seconds=31)
    assert "76/200 kg" in group.screen(), "the minute is not over"
    shop.later(seconds=31)
    group.sees("🥭 ▓▓░░░ 100/200 kg · 4 buyers · 13 days")
    assert len(group.window.bot_messages()) == before, "one card edits itself"
    assert "Asha" not in "\n".join(group.transcript()), "nothing personal"


def test_the_card_says_sold_out_and_the_last_post_is_not_made(shop: Shop) -> None:
    _meena, group = village(shop)
    sale_id = on_sale(shop, grower(shop), quantity=100)
    bought(shop, sale_id, "Asha", 100)
    group.sees("🥭 ▓▓▓▓▓ 100/100 kg · 1 buyer · 🎉 all reserved")
    assert group.buttons() == []
    shop.later(days=12, hours=10)
    group.sees_not("last day,")


def test_the_last_day_is_posted_and_the_card_freezes_when_the_sale_closes(shop: Shop) -> None:
    _meena, group = village(shop)
    sale_id = on_sale(shop, grower(shop))
    bought(shop, sale_id, "Asha", 50)
    shop.later(minutes=1)
    with shop.database.reading() as session:
        closes = session.get_one(Campaign, sale_id).closes_at
    assert closes is not None
    shop.later(seconds=(closes - shop.clock.now()).total_seconds() - 86000)
    group.sees("⏳ 🥭 Mango: last day, 150 kg left.")
    shop.later(days=1)
    shop.later(minutes=2)  # the card may have changed with the day, and changes once a minute
    group.sees("🥭 ▓░░░░ 50/200 kg · 1 buyer · 🔒 closed", anywhere=True)
    assert buttons_of(group) == [], "nobody can reserve any more"
    group.sees("🥭 Mango · 200 kg, ₹120/kg, ready Fri 15 May\n🧑‍🌾 Gopal's farm\n🔒 closed", anywhere=True)
    assert [text for text in texts_of(group) if "last day" in text] == []
    with shop.database.reading() as session:
        assert session.scalars(select(GroupPost.frozen)).all() == [True]


def test_a_pause_takes_the_buttons_from_the_post_and_going_on_gives_them_back(shop: Shop) -> None:
    _meena, group = village(shop)
    shop.later(hours=11)  # at night: the post goes out in the morning, with the picture
    sale_id = on_sale(shop, grower(shop))
    photographed(shop, sale_id)
    shop.later(hours=10)
    group.sees("🥭 Mango · 200 kg", anywhere=True)
    paused(shop, sale_id)
    shop.settles()
    (post,) = [message for message in group.window.bot_messages() if "photo" in message]
    assert (labels_of(post), text_of(post).splitlines()[-1]) == ([], "⏸ paused")
    resumed(shop, sale_id)
    shop.settles()
    (post,) = [message for message in group.window.bot_messages() if "photo" in message]
    assert labels_of(post) == ["🛒 Reserve", "❓ Ask"]
    assert "paused" not in text_of(post)


def test_a_post_that_was_made_before_it_could_change_is_not_posted_anew(shop: Shop) -> None:
    _meena, group = village(shop)
    gopal = grower(shop)
    sale_id = on_sale(shop, gopal)
    group.sees("🥭 Mango · 200 kg")
    before = len(group.window.bot_messages())
    with shop.database.writing() as session:
        session.execute(delete(Card).where(Card.key.like("first:%")))
        sale, actor = session.get_one(Campaign, sale_id), actor_of(session, member_id(shop, gopal))
        crop_lost(session, actor, sale, "rain", now=shop.clock.now())
    shop.later(minutes=2)
    assert len(group.window.bot_messages()) == before


def test_a_lost_crop_is_the_last_word_of_the_card(shop: Shop) -> None:
    _meena, group = village(shop)
    gopal = grower(shop)
    sale_id = on_sale(shop, gopal)
    bought(shop, sale_id, "Asha", 50)
    shop.later(minutes=1)
    group.sees("50/200 kg")
    farmer_id = member_id(shop, gopal)
    with shop.database.writing() as session:
        campaign = session.get_one(Campaign, sale_id)
        crop_lost(session, actor_of(session, farmer_id), campaign, "rain", now=shop.clock.now())
    shop.later(minutes=2)
    group.sees("🥭 Mango · 🌧 crop lost, deposits return")
    shop.later(days=2)
    assert "crop lost" in group.screen()


def test_a_sale_that_opens_at_night_is_posted_in_the_morning(shop: Shop) -> None:
    _meena, group = village(shop)
    gopal = grower(shop)
    shop.later(hours=11)  # 22:00 in India
    sale_id = on_sale(shop, gopal)
    group.sees_not("ready")
    bought(shop, sale_id, "Asha", 50)
    shop.later(minutes=1)
    group.sees_not("kg")
    shop.later(hours=10)
    group.sees("🥭 Mango · 200 kg, ₹120/kg", anywhere=True)
    group.sees("50/200 kg · 1 buyer", anywhere=True)


def test_another_member_cannot_change_the_groups_settings(shop: Shop) -> None:
    ben = shop.person("Ben")
    meena = shop.buyer("Meena")
    group = shop.group(meena, "Hill village", ben)
    group.adds_bot("g")
    group.taps_as(ben, "English ✓", reacts=False)
    ben.sees_toast("This is not yours to do.")
    assert stored(shop).state == "setup"
    group.taps_as(meena, "English ✓")
    group.taps_as(meena, "Crops: all ✓")
    group.types_as(ben, "/group")
    group.sees("This is not yours to do.")
    group.types_as(meena, "/group")
    group.sees("Language?")


def test_a_stranger_does_not_set_up_from_afar_a_group_that_nobody_answers_for(shop: Shop) -> None:
    meena, mallory = shop.buyer("Meena"), shop.buyer("Mallory")
    shop.group(meena, "Hill village").adds_bot("g")
    with shop.database.writing() as session:
        group = session.scalars(select(GroupChat)).one()
        group.added_by = None  # as when an administrator who stays anonymous added it
        group_id = group.id
    for data in (f"glang:{group_id}:0:hi", f"gcrops:{group_id}:0:2"):
        mallory.taps_stale(mallory.newest()["message_id"], data)
        mallory.sees_toast("I cannot find that.")
    assert (stored(shop).added_by, stored(shop).language, stored(shop).state) == (None, "en", "setup")


def test_an_administrator_who_stays_anonymous_opens_the_settings_and_whose_group_it_is_changes_them(
    shop: Shop,
) -> None:
    ben = shop.person("Ben")
    meena = shop.buyer("Meena")
    group = shop.group(meena, "Hill village", ben)
    group.adds_bot("g")
    group.taps_as(meena, "English ✓")
    group.taps_as(meena, "Crops: all ✓")
    chat = {"id": group.id, "type": "group", "title": "Hill village"}
    nobody = {"id": ANONYMOUS, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
    said = {"message_id": 900, "date": 1, "chat": chat, "from": nobody, "sender_chat": chat}
    before = len(group.window.bot_messages())
    shop.receives({"message": {**said, "text": "hello everybody"}}, {"message": {**said, "text": "/group"}})
    group.sees("Language?")
    assert len(group.window.bot_messages()) == before + 1
    assert stored(shop).state == "active"
    group.taps_as(ben, "English ✓", reacts=False)
    ben.sees_toast("This is not yours to do.")
    group.taps_as(meena, "English ✓")
    group.sees("🥭 Which crops?")


def test_a_personal_command_in_the_group_is_moved_to_private(shop: Shop) -> None:
    asha = shop.buyer("Asha")
    _meena, group = village(shop, asha)
    group.types_as(asha, "/settings")
    group.sees("That is between you and me.")
    assert group.buttons() == ["💬 Open our chat"]
    group.types_as(asha, "hello everybody", reacts=False)
    group.sees_not("understand")


def test_what_members_show_each_other_is_left_alone(shop: Shop) -> None:
    gopal = grower(shop)
    _meena, group = village(shop, gopal)
    gopal.does("photo", photo="mango", chat=group.id, reacts=False)
    gopal.does("text", text="200 kg mango, 120/kg, ready 15 May", chat=group.id, reacts=False)
    gopal.does("sticker", chat=group.id, reacts=False)
    group.sees_not("kg", within=1.0)
    assert group.screen().startswith("✅ Done")


def test_a_group_that_takes_no_pictures_reads_the_words(shop: Shop) -> None:
    _meena, group = village(shop)
    group.sets_rights(can_send_photos=False)
    shop.later(hours=11)
    sale_id = on_sale(shop, grower(shop))
    photographed(shop, sale_id)
    shop.later(hours=10)
    group.sees("🥭 Mango · 200 kg, ₹120/kg", anywhere=True)
    assert not [message for message in group.window.bot_messages() if "photo" in message]
    assert buttons_of(group) == ["🛒 Reserve", "❓ Ask"]
    paused(shop, sale_id)
    shop.settles()
    assert (buttons_of(group), stored(shop).state) == ([], "active")


def test_without_rights_whoever_added_me_is_told_and_tries_again(shop: Shop) -> None:
    meena = shop.buyer("Meena")
    group = shop.group(meena, "Hill village")
    group.sets_rights(can_send_messages=False)
    group.adds_bot("g", reacts=False)
    meena.sees("I can't post here. Admin: allow 'Send messages', then press [Try again].", anywhere=True)
    assert stored(shop).state == "no_rights"
    meena.taps("🔁 Try again")
    shop.settles()
    meena.sees("I can't post here.", anywhere=True)
    assert stored(shop).state == "no_rights"
    group.sets_rights(can_send_messages=True)
    meena.taps("🔁 Try again")
    group.sees("Language?", anywhere=True)
    group.taps_as(meena, "English ✓")
    group.taps_as(meena, "Crops: all ✓")
    assert stored(shop).state == "active"


def test_a_group_that_puts_me_out_hears_nothing_more(shop: Shop) -> None:
    _meena, group = village(shop)
    group.removes_bot()
    becomes(shop, "gone")
    on_sale(shop, grower(shop))
    with shop.database.reading() as session:
        assert session.scalars(select(GroupPost)).all() == []


def test_a_group_that_becomes_a_supergroup_is_followed_once(shop: Shop) -> None:
    _meena, group = village(shop)
    old_id = group.id
    new_id = group.migrates()
    moved_to(shop, new_id)
    assert new_id != old_id
    on_sale(shop, grower(shop))
    group.sees("🥭 Mango · 200 kg", anywhere=True)
    with shop.database.reading() as session:
        assert len(session.scalars(select(GroupPost)).all()) == 1


def test_a_move_that_only_a_send_tells_of_is_followed_too(shop: Shop) -> None:
    _meena, group = village(shop)
    old_id = group.id
    new_id = group.migrates()
    moved_to(shop, new_id)
    with shop.database.writing() as session:  # as if the two messages about it had been lost
        session.scalars(select(GroupChat)).one().chat_id = old_id
    on_sale(shop, grower(shop))
    group.sees("🥭 Mango · 200 kg", anywhere=True)
    assert stored(shop).chat_id == new_id


def test_the_farmer_finds_the_way_into_a_group_under_share(shop: Shop) -> None:
    gopal = grower(shop)
    sale_id = on_sale(shop, gopal)
    gopal.sees("is on sale", anywhere=True)
    gopal.taps("📣 Share")
    gopal.sees(f"?start=s_{sale_id}")
    assert "👥 Add me to your group" in gopal.buttons()
