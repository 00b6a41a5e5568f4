"""What a bot may ask about chats and their members."""

from __future__ import annotations

from simulator.access import chat_named, must_be_in
from simulator.groups import left, shaped
from simulator.methods.call import Call, Method
from simulator.posting import PRESENT
from simulator.refusals import Json, bad
from simulator.world import Chat


def get_chat(call: Call) -> Json:
    """ChatFullInfo."""
    chat = chat_named(call.world, call.bot, call.params)
    if chat.person is None:
        must_be_in(call.bot, chat)
    info = {
        **chat.shape(),
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(
            (
                "unlimited_gifts",
                "limited_gifts",
                "unique_gifts",
                "premium_subscription",
                "gifts_from_channels",
            ),
            False,
        ),
    }
    if chat.person is None:
        info["permissions"] = chat.permissions
    if chat.pinned is not None and chat.pinned in chat.posts:
        info["pinned_message"] = chat.posts[chat.pinned].body
    return info


def member_shape(call: Call, chat: Chat, user_id: int) -> Json:
    """ChatMember of one of the six statuses."""
    who = call.world.people.get(user_id) or call.world.bots.get(user_id)
    member = chat.members.get(user_id)
    if who is None:
        raise bad("user not found", "user_id names someone the bot has met")
    if member is None:
        return {"status": "left", "user": who.shape()}
    return shaped(member, who.shape())


def _group(call: Call) -> Chat:
    chat = chat_named(call.world, call.bot, call.params)
    if chat.person is None:
        must_be_in(call.bot, chat)
    return chat


def get_chat_member(call: Call) -> Json:
    """One member."""
    chat = _group(call)
    user_id = call.params.integer("user_id")
    if chat.person is not None:
        if user_id not in {chat.person.id, call.bot.id}:
            raise bad("user not found", "a private chat has two members")
        who = chat.person if user_id == chat.person.id else call.bot
        return {"status": "member", "user": who.shape()}
    return member_shape(call, chat, user_id)


def get_chat_administrators(call: Call) -> list[Json]:
    """Administrators, other bots left out."""
    chat = _group(call)
    if chat.person is not None:
        raise bad("there are no administrators in the private chat", "only groups have administrators")
    return [
        member_shape(call, chat, user_id)
        for user_id, member in chat.members.items()
        if member.status in {"creator", "administrator"} and (user_id not in call.world.bots or user_id == call.bot.id)
    ]


def get_chat_member_count(call: Call) -> int:
    """How many are in."""
    chat = _group(call)
    return 2 if chat.person else sum(member.status in PRESENT for member in chat.members.values())


def leave_chat(call: Call) -> bool:
    """The bot goes by itself."""
    chat = chat_named(call.world, call.bot, call.params)
    if chat.person is not None:
        raise bad("chat member status can't be changed in private chats", "a bot leaves groups only")
    must_be_in(call.bot, chat)
    left(call.world, chat, call.bot, call.bot, status="left")
    return True


METHODS: dict[str, Method] = {
    "getchat": get_chat,
    "getchatmember": get_chat_member,
    "getchatadministrators": get_chat_administrators,
    "getchatmembercount": get_chat_member_count,
    "leavechat": leave_chat,
}
