"""Groups: who is in, with which rights, and what bots hear about it."""

from __future__ import annotations

from simulator.posting import PRESENT, bots_in, post, reowned, spoken, tell_bots
from simulator.refusals import Json, PersonError
from simulator.snapshot import person_view
from simulator.world import ALL_RIGHTS, SUPERGROUP_BASE, BotAccount, Chat, Member, Person, World

_ADMIN_RIGHTS = (
    "can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members", "can_promote_members",
    "can_change_info", "can_invite_users", "can_pin_messages", "can_post_stories", "can_edit_stories",
    "can_delete_stories", "can_send_welcome_messages",
)  # fmt: skip
Someone = Person | BotAccount


def shaped(member: Member, user: Json) -> Json:
    """ChatMember in Bot API form."""
    shape: Json = {"status": member.status, "user": user}
    if member.status == "creator":
        shape["is_anonymous"] = False
    elif member.status == "administrator":
        rights = {
            name: member.rights.get(name, name in {"can_manage_chat", "can_pin_messages"}) for name in _ADMIN_RIGHTS
        }
        shape |= {"can_be_edited": False, "is_anonymous": False, **rights}
    elif member.status == "restricted":
        rights = {
            name: member.rights.get(name, True) for name in (*ALL_RIGHTS, "can_react_to_messages", "can_edit_tag")
        }
        shape |= {"is_member": True, "until_date": 0, **rights}
    elif member.status == "kicked":
        shape["until_date"] = 0
    return shape


def tell_chat(world: World, chat: Chat) -> None:
    """The page redraws the group's head."""
    world.events.tell("chat", lambda: {"chat": chat.head(world.bots)})


def create(
    world: World, owner: Person, title: str, members: list[Person], bots: list[BotAccount], *, big: bool
) -> Chat:
    """A new group; bots chosen at once are told as members of it."""
    world.next_group += 1
    number = world.next_group
    chat_id = SUPERGROUP_BASE - number if big else -number
    chat = Chat(str(chat_id), chat_id, "supergroup" if big else "group", title=title)
    chat.members[owner.id] = Member("creator")
    for person in members:
        chat.members.setdefault(person.id, Member())
    world.chats[chat.key] = chat
    for bot in bots:
        _seat(world, chat, owner, bot, Member())
    tell_chat(world, chat)
    spoken(world, chat, owner, {"supergroup_chat_created" if big else "group_chat_created": True})
    return chat


def _seat(world: World, chat: Chat, actor: Someone, who: Someone, seat: Member) -> None:
    """Give somebody a new status and tell the bots that may know."""
    old = chat.members.get(who.id, Member("left"))
    chat.members[who.id] = seat
    change = {
        "chat": chat.shape(),
        "from": actor.shape(),
        "date": world.now(),
        "old_chat_member": shaped(old, who.shape()),
        "new_chat_member": shaped(seat, who.shape()),
    }
    if isinstance(who, BotAccount):
        who.mailbox.put("my_chat_member", change, chat.key)
    for bot in bots_in(world, chat):
        if bot.id != who.id and chat.members[bot.id].status == "administrator":
            bot.mailbox.put("chat_member", change, chat.key)
    tell_chat(world, chat)


def joined(world: World, chat: Chat, actor: Person, who: Someone, seat: Member) -> None:
    """Somebody is added."""
    if isinstance(who, BotAccount) and not who.can_join_groups:
        raise PersonError(f"@{who.username} can't join groups")
    if chat.members.get(who.id, Member("left")).status in PRESENT:
        raise PersonError(f"{who.first_name} is already in the group")
    _seat(world, chat, actor, who, seat)
    spoken(world, chat, actor, {"new_chat_members": [who.shape()]})


def left(world: World, chat: Chat, actor: Someone, who: Someone, *, status: str) -> None:
    """Somebody goes or is put out; a basic group says so to the one who went as well."""
    if chat.members.get(who.id, Member("left")).status not in PRESENT:
        raise PersonError(f"{who.first_name} is not in the group")
    if chat.kind == "supergroup":
        _seat(world, chat, actor, who, Member(status))
        notice = post(world, chat, actor, {"left_chat_member": who.shape()})
        tell_bots(world, chat, "message", notice.body)
        return
    notice = post(world, chat, actor, {"left_chat_member": who.shape()})
    for bot in bots_in(world, chat):
        bot.mailbox.put("message", reowned(world, notice.body, bot.id), chat.key)
    _seat(world, chat, actor, who, Member(status))


def set_rights(world: World, chat: Chat, actor: Person, who: Someone | None, wanted: Json) -> None:
    """The group's permissions, or one member's seat."""
    if who is None:
        chat.permissions |= {name: bool(value) for name, value in wanted.get("rights", {}).items()}
        tell_chat(world, chat)
        return
    status = str(wanted.get("status") or ("administrator" if wanted.get("admin") else "member"))
    if status == "restricted" and chat.kind != "supergroup":
        raise PersonError("members are restricted in supergroups only")
    _seat(world, chat, actor, who, Member(status, dict(wanted.get("rights", {}))))


def migrate(world: World, chat: Chat, actor: Person) -> Chat:
    """A group becomes a supergroup with a new id; both sides say so."""
    if chat.kind != "group" or chat.migrated_to is not None:
        raise PersonError("only a group that has not moved can move")
    new_id = SUPERGROUP_BASE + chat.id
    fresh = Chat(str(new_id), new_id, "supergroup", title=chat.title)
    fresh.members = {who: Member(seat.status, dict(seat.rights)) for who, seat in chat.members.items()}
    fresh.permissions = dict(chat.permissions)
    world.chats[fresh.key] = fresh
    spoken(world, chat, actor, {"migrate_to_chat_id": new_id})
    chat.migrated_to = new_id
    tell_chat(world, chat)
    tell_chat(world, fresh)
    spoken(world, fresh, actor, {"migrate_from_chat_id": chat.id})
    return fresh


def block(world: World, chat: Chat, *, blocked: bool) -> int | None:
    """A person blocks or unblocks a bot."""
    if chat.person is None:
        raise PersonError("only a private chat can be blocked")
    if chat.blocked == blocked:
        return None
    chat.blocked = blocked
    bot = world.bots[chat.bot_id]
    seats = [Member("member"), Member("kicked")]
    change = {
        "chat": chat.shape(),
        "from": chat.person.shape(),
        "date": world.now(),
        "old_chat_member": shaped(seats[not blocked], bot.shape()),
        "new_chat_member": shaped(seats[blocked], bot.shape()),
    }
    tell_chat(world, chat)
    view = person_view(world, chat.person)
    world.events.tell("user", lambda: {"user": view})
    return bot.mailbox.put("my_chat_member", change, chat.key)
