"""[📣 Share] and inline mode: a sale posted into any chat by whoever likes it, with the way to reserve and no more."""

from __future__ import annotations

from sqlalchemy import func, select

from core.members.models import Member
from core.messaging.models import Inbox
from tests.kit.golden import same_as_golden
from tests.kit.shop import Shop
from tests.stories.farming import grower, on_sale
from tests.stories.market import farm, paused, photographed, sale


def test_a_buyer_shares_a_sale_into_a_group_and_a_friend_reserves_from_it(shop: Shop) -> None:
    sale_id = sale(shop)
    photographed(shop, sale_id)
    asha, bela = shop.buyer("Asha"), shop.buyer("Bela")
    group = shop.group(asha, "Neighbours", bela)
    asha.start(f"s_{sale_id}")
    asha.reset_counts()
    query = asha.taps("📣 Share")["switch_inline_query"]
    assert (query, asha.tap_count) == (f"#{sale_id}", 1)
    (offer,) = asha.asks_inline(query, chat=group.window)
    assert offer["type"] == "photo"  # the bot has shown it before: the messenger knows the picture
    asha.posts_offered(chat=group.window)
    posted = group.window.messages()[-1]
    assert posted["from"]["id"] == asha.id
    assert posted["via_bot"]["username"] == "farmgate_bot"
    assert posted["caption"].splitlines()[1] == "200 kg, ₹240/kg, ready Fri 15 May"
    group.taps_as(bela, "🛒 Reserve")
    bela.sees("🥭 Alphonso · ₹240/kg")
    bela.taps("5 kg")
    bela.sees("5 kg ₹1,200: deposit ₹240 now")


def test_a_farmer_shares_from_the_sales_own_card(shop: Shop) -> None:
    gopal = grower(shop)
    sale_id = on_sale(shop, gopal)
    gopal.taps("📦 Orders")
    gopal.taps("🥭 Mango")
    begin = len(gopal.transcript())
    query = gopal.taps("📣 Share")["switch_inline_query"]
    (offer,) = gopal.asks_inline(query)
    assert (offer["id"], offer["title"]) == (str(sale_id), "🥭 Mango")
    gopal.posts_offered()
    shop.settles()
    gopal.sees_not("I did not understand")  # it is a post, no answer to anything
    gopal.taps("🛒 Reserve")
    gopal.sees("🥭 Mango · ₹120/kg")
    same_as_golden("share", gopal.transcript()[begin:])


def test_words_find_open_sales_and_nothing_personal_is_told(shop: Shop) -> None:
    gopal = farm(shop)
    mango = sale(shop, gopal)
    tomato = sale(shop, gopal, crop="tomato", title="", quantity=50, price=30)
    asha = shop.buyer()
    asha.start(f"s_{mango}")
    asha.taps("5 kg")
    asha.taps("✅ Reserve")
    assert [one["id"] for one in asha.asks_inline("")] == [str(tomato), str(mango)]
    assert [one["id"] for one in asha.asks_inline("Alphonso")] == [str(mango)]
    assert [one["id"] for one in asha.asks_inline("tomato")] == [str(tomato)]
    assert [one["id"] for one in asha.asks_inline(str(mango))] == [str(mango)]
    told = str(asha.asks_inline("mango"))
    for private in ("Asha", "5 kg", "A1", str(asha.id), asha.number):
        assert private not in told
    paused(shop, mango)
    assert asha.asks_inline("Alphonso") == []
    assert asha.asks_inline(f"#{mango}") == []
    assert asha.offered["button"] == {"text": "🛍 0 sales like that. See the market", "start_parameter": "market"}


def test_pages_go_on_where_the_last_one_ended(shop: Shop) -> None:
    gopal = farm(shop)
    sales = [sale(shop, gopal, title=f"Mango {number}") for number in range(9)]
    asha = shop.buyer()
    first = [int(one["id"]) for one in asha.asks_inline("mango")]
    then = [int(one["id"]) for one in asha.asks_inline("mango", offset="1")]
    assert (len(first), sorted(first + then)) == (8, sales)
    assert asha.asks_inline("mango", offset="99") == []
    assert len(asha.asks_inline("mango", offset="-1")) == 8


def test_a_stranger_who_only_asks_is_not_written_down(shop: Shop) -> None:
    sale_id = sale(shop)
    with shop.database.reading() as session:
        before = session.scalar(select(func.count()).select_from(Member))
    stranger = shop.person("Zoya")
    assert [one["id"] for one in stranger.asks_inline("mango")] == [str(sale_id)]
    for hostile in ("'; DROP TABLE member; --", "%", "\u202e\u200b", "🥭" * 128, "#99999999999999999"):
        stranger.asks_inline(hostile)
    shop.settles()
    with shop.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Member)) == before
        assert not session.scalar(select(func.count()).select_from(Inbox).where(Inbox.state == "quarantined"))
