"""Bot API servers older or newer than our libraries: what they leave out, or say in new words, stops nobody."""

from __future__ import annotations

from sqlalchemy import select

from core.members.models import GroupChat
from core.messaging import inbox
from tests.kit.shop import Shop, shop

__all__ = ["shop"]
GROUP = {"id": -1001234567890123, "type": "supergroup", "title": "Hill Town"}
OLD_RIGHTS = dict.fromkeys(
    ("can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages", "can_restrict_members",
     "can_promote_members", "can_change_info", "can_invite_users"), False,
)  # fmt: skip


def _set_aside(shop: Shop) -> list[str]:
    with shop.database.reading() as session:
        return [str(row.error) for row in inbox.quarantined(session)]


def test_a_server_that_knows_fewer_rights_makes_us_an_administrator(shop: Shop) -> None:
    meera = shop.owner()
    us = {"id": shop.config.bot_id, "is_bot": True, "first_name": "Farmgate"}
    change = {
        "chat": GROUP, "from": meera.sender, "date": 1, "old_chat_member": {"status": "left", "user": us},
        "new_chat_member": {"status": "administrator", "user": us, **OLD_RIGHTS},
    }  # fmt: skip
    shop.receives({"my_chat_member": change})
    with shop.database.reading() as session:
        assert session.scalars(select(GroupChat.chat_id)).all() == [GROUP["id"]]
    assert _set_aside(shop) == []


def test_what_our_library_cannot_read_of_a_message_is_not_read(shop: Shop) -> None:
    asha = shop.buyer()
    poll = {"id": "1", "question": "How many?", "options": [], "total_voter_count": 0, "is_closed": False,
            "is_anonymous": True, "type": "regular", "allows_multiple_answers": False}  # fmt: skip
    forwarded = {"type": "of a kind to come", "date": 1}
    shop.receives(
        {"message": asha.message(poll=poll)}, {"message": asha.message(text="/menu", forward_origin=forwarded)}
    )
    asha.sees("what next?")
    assert _set_aside(shop) == []


def test_a_message_that_nobody_sent_is_passed_over(shop: Shop) -> None:
    said = {"message_id": 1, "date": 1, "chat": GROUP, "text": "/group"}
    shop.receives({"message": said}, {"edited_message": said})
    assert _set_aside(shop) == []


def test_kinds_that_nobody_asked_for_are_not_read(shop: Shop) -> None:
    seen = {"chat": GROUP, "message_id": 3, "date": 1, "old_reaction": [], "new_reaction": [{"type": "new"}]}
    shop.receives({"message_reaction": seen}, {"chat_member": {}}, {"channel_post": {"chat": GROUP}})
    assert _set_aside(shop) == []


def test_a_press_needs_no_more_than_its_chat_and_its_data(shop: Shop) -> None:
    asha = shop.buyer()
    card = {"message_id": 7, "date": 0, "chat": {"id": asha.id, "type": "private"}}
    shop.receives({"callback_query": {"id": "1", "from": asha.sender, "message": card, "data": "langs:0:0"}})
    asha.sees("Language?")
    assert _set_aside(shop) == []
