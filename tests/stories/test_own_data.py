"""What a person may ask of the shop: all that is stored about them as a file, and to be forgotten."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import Any

from sqlalchemy import select, text

from core.catalog.models import Campaign
from core.members.queries import member
from core.members.service import actor_of, share_phone
from core.messaging.keeping import keep
from core.messaging.media import note_kept
from core.messaging.models import Media
from core.migrations.tables import metadata
from core.orders.delivery_choice import choose_delivery
from core.orders.queries import my_orders, order_for
from core.personal.erase import erase
from core.personal.export import archive
from core.verify import broken
from tests.kit.phone import Phone
from tests.kit.shop import Shop
from tests.stories.farming import bought, grower, on_sale
from tests.stories.market import member_id

CANARY, STREET = "+919811122233", "7 Canary Street"


def _known(shop: Shop, sale_id: int) -> Phone:
    """A buyer of whom much is known: number, address, note, an open order."""
    asha = bought(shop, sale_id, "Ashalata", 2)
    with shop.database.writing() as session:
        share_phone(session, member(session, member_id(shop, asha)), contact_user_id=1, user_id=1, phone=CANARY)
    return asha


def _everything(shop: Shop) -> str:
    """Every text of every row, as a thief would read it from the file."""
    with shop.database.reading() as session:
        rows = [list(map(tuple, session.execute(select(table)))) for table in metadata.sorted_tables]
    return repr(rows)  # of plain tuples: a row's own repr leaves out the middle of long texts


def test_the_export_comes_as_a_file_with_all_of_mine_and_nothing_of_others(shop: Shop) -> None:
    sale_id = on_sale(shop, grower(shop))
    asha, other = _known(shop, sale_id), bought(shop, sale_id, "Kirandeep", 3)
    asha.types("/privacy")
    asha.taps("Export")
    shop.settles()
    asha.sees("📦 Everything stored about you.", anywhere=True)
    files = [message for message in asha.window.bot_messages() if "document" in message]
    assert [message["document"]["file_name"] for message in files] == ["farmgate.zip"]
    with shop.database.reading() as session:
        made = archive(session, member_id(shop, asha), shop.config.media_dir)
    with zipfile.ZipFile(io.BytesIO(made)) as whole:
        told: dict[str, Any] = json.loads(whole.read("data.json"))
    assert told["member"][0]["phone"] == CANARY
    assert len(told["orders"]) == 1
    assert told["orders"][0]["buyer_id"] == member_id(shop, asha)
    assert told["payments"]
    assert told["messages_received"]
    everything = json.dumps(told, ensure_ascii=False)
    assert "Kirandeep" not in everything
    assert str(other.id) not in everything


def _leafs_through(gopal: Phone, sees: str) -> None:
    """The farmer reads who ordered, and presses a button under that."""
    for label in ("📦 Orders", "🥭 Mango", "🧾 Orders"):
        gopal.taps(label)
    gopal.sees(sees)
    gopal.taps("⬅️ Back")


def test_the_export_of_a_farmer_names_no_buyer(shop: Shop) -> None:
    gopal = grower(shop)
    bought(shop, on_sale(shop, gopal), "Kirandeep", 3)
    _leafs_through(gopal, "Kirandeep")
    shop.settles()
    with shop.database.reading() as session:
        made = archive(session, member_id(shop, gopal), shop.config.media_dir)
    with zipfile.ZipFile(io.BytesIO(made)) as whole:
        assert "Kirandeep" not in whole.read("data.json").decode()


def test_deleted_a_farmers_own_words_about_the_goods_are_gone(shop: Shop) -> None:
    gopal = grower(shop, "Gopalrao")
    sale_id = on_sale(shop, gopal)
    with shop.database.writing() as session:
        sale = session.get_one(Campaign, sale_id)
        sale.subtitle, sale.keywords, sale.attributes = "Grown by Gopalrao", "Gopalrao", {"Grower": "Gopalrao"}
        sale.region, sale.state = "Gopalrao's valley", "done"
        erase(session, actor_of(session, member_id(shop, gopal)), member(session, member_id(shop, gopal)),
              now=shop.clock.now())  # fmt: skip
    assert "Gopalrao" not in _everything(shop)


def test_who_is_owed_or_owes_is_told_what_stands_in_the_way(shop: Shop) -> None:
    asha = _known(shop, on_sale(shop, grower(shop)))
    asha.types("/privacy")
    asha.taps("🗑 Delete me", reacts=False)
    told = asha.sees_toast("Not yet")
    assert re.search(r"Not yet: A\d+ is still open\. Receive or cancel it first\.", told)


def test_deleted_nothing_in_the_database_names_the_person_and_the_sums_still_stand(shop: Shop) -> None:
    gopal = grower(shop)
    sale_id = on_sale(shop, gopal)
    asha = bought(shop, sale_id, "Ashalata", 2, paid=False)
    _leafs_through(gopal, "Ashalata")
    with shop.database.writing() as session:
        share_phone(session, member(session, member_id(shop, asha)), contact_user_id=1, user_id=1, phone=CANARY)
        picture = Media(kind="photo", owner_id=member_id(shop, asha), created_at=shop.clock.now())
        session.add(picture)
        note_kept(picture, keep("document", CANARY.encode(), shop.config.media_dir))
    shop.later(minutes=31)  # the reservation ended unpaid
    number = member_id(shop, asha)
    assert any(shop.config.media_dir.glob("*/*"))
    asha.types("/privacy")
    asha.taps("🗑 Delete me")
    asha.sees("Sums of money stay, without your name.")
    asha.taps("🗑 Delete for good")
    asha.sees("✅ Deleted. I do not know you any more.")
    shop.settles()
    stored = _everything(shop)
    assert "Ashalata" not in stored
    assert CANARY not in stored
    assert not any(shop.config.media_dir.glob("*/*"))
    with shop.database.reading() as session:
        gone = member(session, number)
        assert (gone.name, gone.phone) == ("–", None)
        assert broken(session) == []
    asha.start()
    asha.taps("English")  # a stranger
    assert member_id(shop, asha) != number


def test_numbers_and_addresses_are_sealed_in_the_database_and_read_by_whom_they_are_for(shop: Shop) -> None:
    sale_id = on_sale(shop, grower(shop))
    asha = _known(shop, sale_id)
    with shop.database.writing() as session:
        buyer = actor_of(session, member_id(shop, asha))
        order = order_for(session, buyer, my_orders(session, buyer.member_id, limit=1)[0].id)
        choose_delivery(session, buyer, order, "deliver", address=STREET, now=shop.clock.now())
    with shop.database.reading() as session:
        raw = repr([session.execute(text(f"SELECT * FROM {name}")).all() for name in ("member", "orders")])
    assert CANARY not in raw
    assert STREET not in raw
    with shop.database.reading() as session:
        order = order_for(session, buyer, order.id)
        assert order.address == STREET
