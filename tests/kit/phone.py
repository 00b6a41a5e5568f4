"""One person and their phone."""

from __future__ import annotations

import time
from base64 import b64encode
from typing import Any
from urllib.parse import parse_qs, urlsplit

from simulator.client import Control, ControlError, Json
from simulator.window import DEADLINE, SHOWN, Insider, Window, labels_of, plain, text_of
from tests.kit.transcript import Transcript


class Phone:
    """One person and their private chat with the bot."""

    def __init__(
        self,
        api_url: str,
        first_name: str = "Asha",
        language: str = "en",
        *,
        deadline: float = DEADLINE,
        user_id: int | None = None,
        username: str | None = None,
        phone_number: str | None = None,
        bot: int | None = None,
        insider: Insider | None = None,
    ) -> None:
        self.control = Control(api_url)
        wanted = {"first_name": first_name, "language_code": language, "id": user_id}
        extra = {"username": username, "phone_number": phone_number}
        wanted |= {name: value for name, value in extra.items() if value is not None}
        made = self.control.post("/control/users", wanted)
        known = self.control.post("/control/bots", {"id": bot} if bot else {})
        self.id: int = made["id"]
        self.name = first_name
        self.number: str = made["user"]["phone_number"]
        self.bot_id: int = known["id"]
        self.bot_username: str = known["bot"]["username"]
        self.window = Window(self.control, f"{self.id}:{self.bot_id}", deadline, insider)
        self._story = Transcript(self.window)
        self.last: Json = {}
        self.offered: Json = {}
        self.tap_count = self.typed_count = self.photo_count = 0

    @property
    def sender(self) -> Json:
        """This person in Bot API form."""
        return {"id": self.id, "is_bot": False, "first_name": self.name}

    def message(self, **said: Any) -> Json:
        """A message of this person in Bot API form, as some other server may tell it: with what it must have alone."""
        chat = {"id": self.id, "type": "private"}
        return {"message_id": 77, "date": 1, "chat": chat, "from": self.sender, **said}

    # ---- acts

    def does(
        self, verb: str, *, reacts: bool = True, kinds: list[str] | None = None, line: str = "", **fields: Any
    ) -> Json:
        """Any act of the control protocol, then the bot's reaction to it."""
        self._story.note(f"🧑 {line or verb}")
        self.last = self.control.post("/control/act", {"as": self.id, "bot": self.bot_id, "do": verb, **fields})
        self.window.acted = self.last["seq"]
        if reacts and self.last["chat"] == self.window.key:
            self.window.settles(self.last["seq"], kinds or SHOWN[:4])
        return self.last

    def start(self, payload: str | None = None, *, reacts: bool = True) -> None:
        """Press Start, perhaps through a deep link; counted as one tap."""
        self.tap_count += 1
        self.does("start", payload=payload, reacts=reacts, line=f"starts {payload or ''}".rstrip())

    def opens(self, link: str, *, reacts: bool = True) -> None:
        """Follow a t.me link to the bot, as from a poster or a mail."""
        payload = parse_qs(urlsplit(link).query).get("start", [None])[0]
        self.start(payload, reacts=reacts)

    def taps(self, label: str, *, reacts: bool = True, chat: Window | None = None, **fields: Any) -> Json:
        """Press the newest button that is called so (exactly, else beginning so, else holding these words)."""
        window = chat or self.window
        place = {} if chat is None else {"chat": chat.key}
        self._story.note(f"🧑 taps [{label}]")

        def press() -> str | None:
            try:
                wanted = {"as": self.id, "bot": self.bot_id, "do": "press", "label": label, **place, **fields}
                self.last = self.control.post("/control/act", wanted)
            except ControlError as error:
                if "no button" in str(error) or "no chat" in str(error):
                    return None
                raise
            return "pressed"

        window.waits(press, f"a button [{label}]")
        self.tap_count += 1
        self.window.acted = self.last["seq"]
        window.acted = self.last["seq"]
        moved = self.window if self.last["chat"] == self.window.key else window
        if reacts and not {"copied", "switch_inline_query", "web_app"} & set(self.last):
            if "payment_id" in self.last:
                self._paid(str(fields.get("outcome", "ok")))
            elif "url" not in self.last or "message_id" in self.last:
                moved.settles(self.last["seq"], SHOWN[:4])
        return self.last

    def taps_stale(self, message_id: int, data: str, *, reacts: bool = True) -> Json:
        """Press a button by its data, also one that is no longer shown."""
        self.tap_count += 1
        return self.does("press", message_id=message_id, data=data, reacts=reacts, line=f"taps an old button {data}")

    def types(self, text: str, *, reacts: bool = True) -> None:
        """Type a message and send it."""
        self.typed_count += 1
        self.does("text", text=text, reacts=reacts, line=f"types: {text}")

    def replies(self, text: str, to: str, *, reacts: bool = True) -> None:
        """Answer the newest message that holds these words."""
        target = next(m for m in reversed(self.window.messages(60)) if plain(to) in text_of(m))
        self.typed_count += 1
        self.does("text", text=text, reply_to=target["message_id"], reacts=reacts, line=f"replies: {text}")

    def edits(self, text: str, *, was: str | None = None, reacts: bool = True) -> None:
        """Change one's own newest text, or the newest that reads `was`."""
        own = [m for m in self.window.messages(60) if m["by"] == "person" and "text" in m]
        own = [m for m in own if was in (None, m["text"])]
        self.does("edit", message_id=own[-1]["message_id"], text=text, reacts=reacts, line=f"changes to: {text}")

    def sends_photo(self, name: str = "mango", *, caption: str = "", reacts: bool = True) -> None:
        """Send a built-in picture (or base64)."""
        self.photo_count += 1
        self.does(
            "photo", photo=name, caption=caption, reacts=reacts, line=f"sends a photo of {name[:12]} {caption}".rstrip()
        )

    def sends_album(self, *names: str, caption: str = "", reacts: bool = True) -> None:
        """Send several pictures at once."""
        self.photo_count += len(names)
        self.does("album", photos=list(names), caption=caption, reacts=reacts, line=f"sends an album of {len(names)}")

    def sends_voice(self, sound: bytes = b"", *, reacts: bool = True) -> None:
        """Send a voice note, silent unless a sound is given; counted as typed."""
        self.typed_count += 1
        self.does("voice", data=b64encode(sound).decode(), reacts=reacts, line="sends a voice note")

    def sends_document(self, file_name: str, *, reacts: bool = True, **fields: Any) -> None:
        """Send a file."""
        self.does("document", file_name=file_name, reacts=reacts, line=f"sends a file {file_name}", **fields)

    def sends_sticker(self, *, reacts: bool = True) -> None:
        """Send a sticker."""
        self.does("sticker", reacts=reacts, line="sends a sticker")

    def shares_contact(self, of: Phone | None = None, *, reacts: bool = True) -> None:
        """Share one's own number (one tap), or somebody else's."""
        self.tap_count += 1
        owner: Json = {} if of is None else {"user": of.id}
        self.does("contact", reacts=reacts, line=f"shares a number{' of ' + of.name if of else ''}", **owner)

    def shares_place(self, latitude: float = 18.52, longitude: float = 73.86, *, reacts: bool = True) -> None:
        """Share a place (one tap)."""
        self.tap_count += 1
        self.does("location", latitude=latitude, longitude=longitude, reacts=reacts, line="shares a place")

    def pays(self, outcome: str = "ok", *, reacts: bool = True) -> Json:
        """Pay the newest invoice (one tap) and wait for the end of it; gives the payment."""
        self.tap_count += 1
        invoice = self.window.waits(self._invoice, "an invoice to pay")
        self.does("pay", message_id=invoice["message_id"], outcome=outcome, reacts=False, line=f"pays ({outcome})")
        return self._paid(outcome) if reacts else self.last

    def _invoice(self) -> Json | None:
        return next((message for message in reversed(self.window.bot_messages()) if "invoice" in message), None)

    def _paid(self, outcome: str) -> Json:
        path = f"/control/payments/{self.last['payment_id']}"
        over = time.monotonic() + self.window.deadline + 5
        payment = self.control.get(path)
        while payment["state"] in {"open", "waiting", "shipping"} and time.monotonic() < over:
            self.control.expect(self.window.key, int(payment["seq"]), 1.0, ["payment"])
            payment = self.control.get(path)
        if payment["state"] == "paid":
            self.window.settles(self.last["seq"], ["message", "edit"])
        elif outcome in {"ok", "twice"}:
            self._story.note(f"🏦 {payment['state']}: {payment['error']}")
        return payment

    def blocks(self) -> None:
        """Block the bot."""
        self.does("block", reacts=False, line="blocks the bot")

    def unblocks(self) -> None:
        """Unblock the bot."""
        self.does("unblock", reacts=False, line="unblocks the bot")

    def asks_inline(self, query: str, *, offset: str = "", chat: Window | None = None) -> list[Json]:
        """Type @bot and words in any chat; gives the results offered, and keeps the whole answer in `offered`."""
        place = {} if chat is None else {"chat": chat.key}
        asked = self.does("inline", query=query, offset=offset, reacts=False, line=f"asks inline: {query}", **place)
        number = asked["inline_query_id"]
        over = time.monotonic() + self.window.deadline
        while time.monotonic() < over:
            self.offered = self.control.get("/control/state")["inline"][number]
            if self.offered["results"] is not None:
                return list(self.offered["results"])
            time.sleep(0.05)
        raise AssertionError(f"no inline results for {query!r}")

    def posts_offered(self, number: int = 0, *, chat: Window | None = None) -> None:
        """Post one of the results last offered, in the private chat or another."""
        place = {} if chat is None else {"chat": chat.key}
        chosen = {"inline_query_id": self.offered["id"], "result_id": self.offered["results"][number]["id"]}
        self.does("choose", reacts=False, line=f"posts the offer {number + 1}", **chosen, **place)

    # ---- looking

    def sees(self, words: str, *, anywhere: bool = False) -> str:
        """Wait for a message with these words; gives its text."""
        return self.window.sees(words, anywhere=anywhere)

    def sees_not(self, words: str, *, within: float | None = None) -> None:
        """These words do not come."""
        self.window.sees_not(words, within=within)

    def sees_toast(self, words: str = "") -> str:
        """Wait for a toast or alert since the last act; gives its text."""

        def look() -> str | None:
            found = self.control.get(f"/control/toasts?after_seq={self.window.acted}")["toasts"]
            own = [plain(toast["text"]) for toast in found if toast["user"] == self.id]
            return next((text for text in own if plain(words) in text), None)

        return self.window.waits(look, f"a toast with {words!r}")

    def buttons(self) -> list[str]:
        """Labels on the newest bot message, then those of the reply keyboard."""
        shown = self.window.bot_messages()
        return (labels_of(shown[-1]) if shown else []) + self.window.keyboard()

    def screen(self) -> str:
        """The text of the newest bot message."""
        shown = self.window.bot_messages()
        return text_of(shown[-1]) if shown else ""

    def screens(self, count: int = 3) -> str:
        """The last screens, drawn."""
        return self.window.screens(count)

    def newest(self) -> Json:
        """The newest bot message in Bot API form."""
        return self.window.bot_messages()[-1]

    def picture(self) -> bytes:
        """The bytes of the newest picture the bot sent."""
        photos = [m["photo"] for m in self.window.bot_messages() if "photo" in m]
        assert photos, f"no picture; the last screens were:\n{self.screens()}"
        return self.control.raw(f"/control/files/{photos[-1][-1]['file_id']}")

    def attachment(self, kind: str) -> bytes:
        """The bytes of the newest `document` or `voice` the bot sent."""
        sent = [m[kind] for m in self.window.bot_messages() if kind in m]
        assert sent, f"no {kind}; the last screens were:\n{self.screens()}"
        return self.control.raw(f"/control/files/{sent[-1]['file_id']}")

    def transcript(self) -> list[str]:
        """Readable lines of all that happened in this chat."""
        return self._story.lines()

    def reset_counts(self) -> None:
        """Start counting anew."""
        self.tap_count = self.typed_count = self.photo_count = 0
