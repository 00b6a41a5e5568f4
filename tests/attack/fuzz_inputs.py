"""What the fuzz sends: texts in all scripts, numbers in every writing, callback data made up or spoilt, odd files."""

from __future__ import annotations

import random
from collections import deque
from typing import Any

WORDS = (
    "250 kg", "120", "20 %", "15 May", "in 2 weeks", "200 kg mangoes, 120/kg, ready 15 May", "A1 30, A2 50", "12 14",
    "Ratnagiri", "mango", "INR", "India", "Asia/Kolkata", "yes", "no", "back", "cancel", "help", "/start", "/help",
    "/menu", "/privacy", "/rules", "/nothing", "/start s_1", "/start q_1", "/start h_x", "/start o_", "/start p_zz",
    "200 किलो आम, 120/किलो, 15 मई", "आम", "रद्द करें", "२५० किलो", "नमस्ते", "200公斤芒果，每公斤120，5月15日", "芒果",
    "返回", "取消", "二百五十公斤", "كم السعر؟", "٢٥٠ كغ", "сколько стоит?", "1 200,50 кг", "Πόσο κάνει;",
    "いくらですか",
    "얼마예요?", "ราคาเท่าไร", "எவ்வளவு", "কত দাম", "ਕਿੰਨਾ", "ስንት ነው", "quantité: 5 kg", "ünïcödé", "👍", "🥭", "👨‍👩‍👧‍👦",
    "🛍 Market", "🧺 My orders", "➕ Sell", "📦 Orders", "📋 Pick list", "💰 Money", "⚙️ Settings", "🚚 My parcels",
    "👛 Wallet",
)  # fmt: skip
NUMBERS = (
    "1.234,5", "1,5", "１２", "٣", "1_000", "-5", "1e5", "NaN", "", "0", "00", "1", "2", "9", "0.0001", "١٢٠", "२५०",
    "9" * 40,
    "1,200", "1.200", "∞", "½", "１２．５", "5 kg", "5kg", "5 tonnes", "5 lb", "$5", "₹120", "120/quintal", "30 Feb",
    "31/4",
    "29 Feb", "2026-13-01", "1/5/25", "15.05.2026", "yesterday", "0x10", "5%", "90", "101 %", "+5", "--5", "5-6",
    "A1", "A999999",
    "1 0", "1 2 3", "IX", "②", "五", "十五公斤", "पाँच",
)  # fmt: skip
HOSTILE = (
    "<b>bold</b> & <script>", "_*[`~|]()", "'; DROP TABLE orders; --", "=cmd|' /C calc'!A0", "%s %d {0} {name} %(x)s",
    "{quantity} {unit}", "\u202eevil\u202c", "a\u200bb\ufeffc", "nul\x00here", "lone \ud800 half", "a" + "\u0301" * 500,
    "\u2066iso\u2069", "🥭" * 2048, "x" * 4096, " \n\t ", "\x00", "\u200b", "\r\n\r\n", "\x1b[31m", "../../etc/passwd",
    "https://example.org/?a=1&b=2", "http://[", "javascript:alert(1)", "+91 98123 45678", "a@b.example", "\\", "\"",
    "/",
    "/ start", "/start@other_bot x", "/HELP", "//", "/start " + "a" * 64, "\ufdfa" * 300, "\U0001f1ee\U0001f1f3",
    "\u0000\ud83d",
)  # fmt: skip
KINDS = (
    ("text", 42), ("press", 22), ("sticker", 4), ("photo", 4), ("voice", 3), ("document", 3), ("video", 2),
    ("audio", 1),
    ("animation", 1), ("video_note", 1), ("contact", 3), ("location", 3), ("edit", 6), ("edited_place", 1), ("dice", 1),
    ("group", 1), ("inline", 1), ("other", 1),
)  # fmt: skip
VALUES = ("", ":1", ":0", ":-1", ":yes", ":5", ":title", ":R", ":" + "9" * 30, ":2026-99-99")
STRANGE_DATA = (
    "", "x" * 65, ":", "::", "no.such:1:0", "border", "border:NaN:0", "\x00", "\ud800:1:0", "1:1:1:1:1:1", "a:٣:0",
)  # fmt: skip
NAMED = ("+919812345678", "x", "", "٩٨")
EXTRA_DIGITS = str.maketrans("0123456789", "०१२३४५६७८९")


class Inputs:
    """One stream of inputs; the same seed gives the same stream for the same market."""

    def __init__(self, seed: int, actions: list[str]) -> None:
        self.random = random.Random(seed)
        self._actions = actions
        self.seen: deque[str] = deque(maxlen=400)  # data of buttons that were really shown
        self._numbers = 0

    def kind(self) -> str:
        """What comes next."""
        names, weights = zip(*KINDS, strict=True)
        return str(self.random.choices(names, weights)[0])

    def text(self) -> str:
        """Words, a number, something hostile, or one of them spoilt; at most what the messenger lets through."""
        pool = self.random.choices((WORDS, NUMBERS, HOSTILE), (4, 4, 2))[0]
        said = self.random.choice(pool)
        for _ in range(self.random.choice((0, 0, 1, 2))):
            said = self._spoilt(said)
        return said[:4096]

    def data(self) -> str | None:
        """Callback data: as it was shown, spoilt, made up of a real action, or never seen."""
        chance = self.random.random()
        if self.seen and chance < 0.6:
            shown = self.random.choice(self.seen)
            return shown if chance < 0.35 else self._spoilt_data(shown)
        if chance < 0.92:
            value = self.random.choice(VALUES)
            return f"{self.random.choice(self._actions)}:{self.random.randrange(12)}:{self.random.randrange(4)}{value}"
        return self.random.choice((*STRANGE_DATA, None))

    def content(self, kind: str, user: int) -> dict[str, Any]:
        """The part of a message that says what it is."""
        self._numbers += 1
        name = f"file{self._numbers}"
        file = {"file_id": name, "file_unique_id": f"u{name}", "file_size": self.random.choice((0, 900, 10**9))}
        sized = {**file, "width": 20_000, "height": 20_000}
        album = {"media_group_id": str(self._numbers // 3)} if self.random.random() < 0.3 else {}
        caption = {"caption": self.text()[:1024]} if self.random.random() < 0.4 else {}
        made: dict[str, dict[str, Any]] = {
            "sticker": {"sticker": {**sized, "type": "regular", "is_animated": False, "is_video": False}},
            "photo": {"photo": [sized], **album, **caption},
            "voice": {"voice": {**file, "duration": 3}, **caption},
            "document": {"document": {**file, "file_name": "../../x", "mime_type": self.random.choice(
                ("image/svg+xml", "application/zip", "image/png", ""))}, **album, **caption},
            "video": {"video": {**sized, "duration": 3}, **caption}, "audio": {"audio": {**file, "duration": 3}},
            "animation": {"animation": {**sized, "duration": 3}, "document": file},
            "video_note": {"video_note": {**file, "length": 1, "duration": 1}},
            "contact": {"contact": {"phone_number": self.random.choice(NAMED), "first_name": "X",
                                    **self.random.choice(({}, {"user_id": user}, {"user_id": 4711}))}},
            "location": {"location": {"latitude": self.random.uniform(-90, 90),
                                      "longitude": self.random.uniform(-180, 180)}},
            "dice": {"dice": {"emoji": "🎲", "value": 3}},
        }  # fmt: skip
        return made.get(kind) or {"text": self.text()}

    def _spoilt(self, said: str) -> str:
        at = self.random.randrange(len(said) + 1)
        other = self.random.choice(self.random.choice((WORDS, NUMBERS, HOSTILE)))
        ways = (said[:at] + other + said[at:], said[:at], said[at:], said[::-1], said.upper(), f"{said} {other}",
                said.translate(EXTRA_DIGITS),
                said[:at] + chr(self.random.randrange(1, 0xD7FF)) + said[at:])  # fmt: skip
        return self.random.choice(ways)

    def _spoilt_data(self, shown: str) -> str:
        action, *rest = shown.split(":")
        where = self.random.randrange(len(rest) + 1)
        if where == 0:
            return ":".join([self.random.choice(self._actions), *rest])
        rest[where - 1] = self.random.choice(("0", "1", "7", "-1", "x", "9" * 18, "٣", "", rest[where - 1] + "1"))
        return ":".join([action, *rest])
