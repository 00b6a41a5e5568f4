"""Everything the simulator knows: bots, people, chats, messages. Plain data; the verbs live elsewhere."""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from collections.abc import Callable, Container
from dataclasses import dataclass, field

from simulator.events import Events
from simulator.faults import Faults
from simulator.files import Files
from simulator.limits import Limits
from simulator.log import Log
from simulator.mailbox import Mailbox
from simulator.refusals import Json, PersonError

KEPT_PRIVATE = 500
KEPT_GROUP = 3000
FIRST_USER = 1001
FIRST_GROUP = 5001
SUPERGROUP_BASE = -1_001_000_000_000

ALL_RIGHTS = (
    "can_send_messages", "can_send_audios", "can_send_documents", "can_send_photos", "can_send_videos",
    "can_send_video_notes", "can_send_voice_notes", "can_send_polls", "can_send_other_messages",
    "can_add_web_page_previews", "can_change_info", "can_invite_users", "can_pin_messages", "can_manage_topics",
)  # fmt: skip


@dataclass(slots=True)
class Person:
    """Someone with a phone."""

    id: int
    first_name: str
    last_name: str
    username: str
    language_code: str
    phone_number: str
    forbids_voice: bool = False

    def shape(self) -> Json:
        """The Bot API's User."""
        return {
            "id": self.id,
            "is_bot": False,
            "first_name": self.first_name,
            **({"last_name": self.last_name} if self.last_name else {}),
            **({"username": self.username} if self.username else {}),
            **({"language_code": self.language_code} if self.language_code else {}),
        }


@dataclass(slots=True)
class BotAccount:
    """A bot and the switches BotFather would hold."""

    id: int
    token: str
    username: str
    first_name: str
    mailbox: Mailbox
    can_join_groups: bool = True
    can_read_all_group_messages: bool = False
    supports_inline_queries: bool = True
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    menu_buttons: dict[int, Json] = field(default_factory=dict)

    def shape(self) -> Json:
        """The Bot API's User, as others see a bot."""
        return {"id": self.id, "is_bot": True, "first_name": self.first_name, "username": self.username}


@dataclass(slots=True)
class Post:
    """A message in Bot API form, with what only the simulator knows about it."""

    body: Json
    by_bot: int | None
    edited: bool = False
    paid: int = 0
    silent: bool = False
    fixed: bool = False
    inline_id: str | None = None

    @property
    def id(self) -> int:
        """The message id in its chat."""
        return int(self.body["message_id"])

    def view(self) -> Json:
        """As the control protocol shows it."""
        view = {**self.body, "edited": self.edited, "by": "bot" if self.by_bot else "person"}
        if self.by_bot:
            view["bot_id"] = self.by_bot
        if self.silent:
            view["silent"] = True
        if "invoice" in self.body:
            view["paid"] = self.paid
        return view


@dataclass(slots=True)
class Member:
    """A person or bot in a group."""

    status: str = "member"
    rights: dict[str, bool] = field(default_factory=dict)


@dataclass(slots=True)
class Chat:
    """A private chat between one person and one bot, or a group."""

    key: str
    id: int
    kind: str
    title: str = ""
    person: Person | None = None
    bot_id: int = 0
    started: bool = False
    blocked: bool = False
    members: dict[int, Member] = field(default_factory=dict)
    permissions: dict[str, bool] = field(default_factory=lambda: dict.fromkeys(ALL_RIGHTS, True))
    posts: dict[int, Post] = field(default_factory=dict)
    last_id: int = 0
    pinned: int | None = None
    keyboard: Json | None = None
    migrated_to: int | None = None

    def shape(self) -> Json:
        """The Bot API's Chat."""
        if self.person is None:
            return {"id": self.id, "type": self.kind, "title": self.title}
        shape = {"id": self.id, "type": "private", "first_name": self.person.first_name}
        if self.person.last_name:
            shape["last_name"] = self.person.last_name
        if self.person.username:
            shape["username"] = self.person.username
        return shape

    def head(self, bots: Container[int]) -> Json:
        """Without its messages, as the control protocol shows it."""
        head: Json = {"key": self.key, "id": self.id, "type": self.kind, "pinned": self.pinned}
        head["migrated_to"] = self.migrated_to
        if self.person is not None:
            seats = {"user": self.person.id, "bot": self.bot_id, "members": [], "bots": []}
            return head | seats | {"blocked": self.blocked, "started": self.started}
        listed = [{"id": who, "status": member.status} for who, member in self.members.items()]
        return head | {
            "title": self.title,
            "permissions": self.permissions,
            "members": [seat for seat in listed if seat["id"] not in bots],
            "bots": [seat for seat in listed if seat["id"] in bots],
        }

    def keep(self, post: Post) -> None:
        """Store a message; the oldest fall out of a full chat."""
        self.posts[post.id] = post
        if len(self.posts) > (KEPT_PRIVATE if self.person else KEPT_GROUP):
            del self.posts[next(iter(self.posts))]


@dataclass(slots=True)
class Payment:
    """One attempt to pay an invoice."""

    id: str
    user: int
    invoice: Json
    chat: str
    message_id: int
    outcome: str
    state: str = "open"
    error: str = ""
    query: str = ""
    shipping_option: str = ""
    charge: str = ""

    def shape(self) -> Json:
        """As the control protocol shows it."""
        return {
            "id": self.id,
            "user": self.user,
            "bot": self.invoice["bot"],
            "chat": self.chat,
            "message_id": self.message_id,
            "currency": self.invoice["currency"],
            "total_amount": self.invoice["total_amount"],
            "payload": self.invoice["payload"],
            "outcome": self.outcome,
            "state": self.state,
            "error": self.error,
            "telegram_payment_charge_id": f"tg{self.charge}" if self.charge else None,
            "provider_payment_charge_id": f"pr{self.charge}" if self.charge else None,
        }


@dataclass
class World:
    """All of it, with its logs and switches."""

    provider_tokens: frozenset[str] = frozenset()
    log: Log = field(default_factory=Log)
    events: Events = field(default_factory=Events)
    limits: Limits = field(default_factory=Limits)
    faults: Faults = field(default_factory=Faults)
    files: Files = field(default_factory=Files)
    bots: dict[int, BotAccount] = field(default_factory=dict)
    people: dict[int, Person] = field(default_factory=dict)
    chats: dict[str, Chat] = field(default_factory=dict)
    callbacks: dict[str, Json] = field(default_factory=dict)
    toasts: deque[Json] = field(default_factory=lambda: deque(maxlen=100))
    inline: dict[str, Json] = field(default_factory=dict)
    inline_posts: dict[str, tuple[str, int]] = field(default_factory=dict)
    open_payments: dict[str, Payment] = field(default_factory=dict)
    payments: dict[str, Payment] = field(default_factory=dict)
    invoice_links: dict[str, Json] = field(default_factory=dict)
    config: Json = field(default_factory=dict)
    next_user: int = FIRST_USER
    next_group: int = FIRST_GROUP
    late: set[asyncio.Task[None]] = field(default_factory=set)
    on_new_bot: Callable[[BotAccount], None] | None = None

    def now(self) -> int:
        """Unix time on the messenger's clock."""
        return int(time.time() + self.limits.settings.clock_offset)

    def fresh_id(self) -> str:
        """An id nobody can guess: queries, payments, albums."""
        return str(random.getrandbits(62))  # ids of a simulator guard nothing

    def bot_named(self, bot_id: int | None) -> BotAccount:
        """A bot by id; the first one when nobody is named."""
        if not self.bots:
            raise PersonError("there is no bot")
        if bot_id is None:
            return next(iter(self.bots.values()))
        if bot_id not in self.bots:
            raise PersonError(f"no bot {bot_id}")
        return self.bots[bot_id]

    def person_named(self, user_id: object) -> Person:
        """A person by id."""
        person = self.people.get(user_id) if isinstance(user_id, int) else None
        if person is None:
            raise PersonError(f"no user {user_id!r}")
        return person

    def private_chat(self, person: Person, bot: BotAccount) -> Chat:
        """Their chat, opened when it is new."""
        key = f"{person.id}:{bot.id}"
        chat = self.chats.get(key)
        if chat is None:
            chat = self.chats[key] = Chat(key, person.id, "private", person=person, bot_id=bot.id)
            opened = chat
            self.events.tell("chat", lambda: {"chat": opened.head(self.bots)})
        return chat

    def forget_chats(self, *, keep_people: bool) -> None:
        """A reset: bots and their webhooks stay, all else goes."""
        stores: tuple[dict[str, object] | deque[Json], ...] = (
            self.chats, self.callbacks, self.toasts, self.inline, self.inline_posts,
            self.open_payments, self.payments, self.invoice_links,
        )  # type: ignore[assignment] # dict is invariant in its value type  # fmt: skip
        for store in stores:
            store.clear()
        if not keep_people:
            self.people.clear()
        for bot in self.bots.values():
            bot.mailbox.clear()
        self.faults.active.clear()
        self.log.entries.clear()
        self.events.clear()


def oldest_dropped(store: dict[str, Json], keep: int) -> None:
    """Bound a dictionary by dropping its oldest entries."""
    while len(store) > keep:
        del store[next(iter(store))]
