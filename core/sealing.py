"""Personal data at rest: AES-GCM under the installation's key, bound to the row it stands in; keys come from outside.

A sealed value reads `1.<key>.<nonce and ciphertext>`; `<key>` names the key, so that older ones still open what they
sealed. Beside a telephone number stands its keyed mark, by which it is found without being read.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Any

Secrets = Callable[[], Sequence[str]]
_NONCE = 12


class Unreadable(Exception):
    """A sealed value that no key at hand opens, or that was changed or moved to another row."""


class _Key:
    """What is made of one secret: a name, a key to seal with, a key to mark with."""

    def __init__(self, secret: str) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # here: parts that seal nothing stay small

        self.name = self._derived(secret, "name")[:4].hex()
        self.cipher = AESGCM(self._derived(secret, "seal"))
        self.marking = self._derived(secret, "mark")

    @staticmethod
    def _derived(secret: str, purpose: str) -> bytes:
        return hmac.digest(secret.encode(), f"farmgate personal data {purpose}".encode(), hashlib.sha256)


class _Ring:
    """The keys at hand, the newest first; asked for when first needed, and again when one is missing."""

    def __init__(self) -> None:
        self._secrets: Secrets | None = None
        self._newest: list[_Key] = []
        self._known: dict[str, _Key] = {}

    def use(self, secrets: Secrets) -> None:
        self._secrets, self._newest = secrets, []

    def load(self) -> None:
        if self._secrets is None:
            raise RuntimeError("no secret key was handed in: core.sealing.use")
        self._newest = [_Key(secret) for secret in self._secrets()]
        self._known |= {key.name: key for key in self._newest}

    @property
    def all(self) -> list[_Key]:
        if not self._newest:
            self.load()
        return self._newest

    def named(self, name: str) -> _Key:
        if name not in self._known:
            self.load()  # another process may have changed it meanwhile
        if name not in self._known:
            raise Unreadable(f"no key at hand is called {name}")
        return self._known[name]


_RING = _Ring()


def use(secrets: Secrets) -> None:
    """Say where the secrets are, the newest first; for the composition root."""
    _RING.use(secrets)


def sealed(text: str, place: str) -> str:
    """`text` sealed by the newest key for this place (table, column, row)."""
    key, nonce = _RING.all[0], os.urandom(_NONCE)
    inside = key.cipher.encrypt(nonce, text.encode(), place.encode())
    return f"1.{key.name}.{urlsafe_b64encode(nonce + inside).decode()}"


def opened(value: str, place: str) -> str:
    """What was sealed for this place. Raises Unreadable."""
    from cryptography.exceptions import InvalidTag

    try:
        version, name, body = value.split(".")
        inside = urlsafe_b64decode(body)
    except ValueError:
        raise Unreadable(f"{place} holds no sealed value") from None
    if version != "1":
        raise Unreadable(f"{place} is sealed in a way that came later")
    try:
        return _RING.named(name).cipher.decrypt(inside[:_NONCE], inside[_NONCE:], place.encode()).decode()
    except InvalidTag:
        raise Unreadable(f"{place} was changed, or belongs elsewhere") from None


def mark(text: str) -> str:
    """What a text is found by: the same for the same text, and nothing without the key."""
    return hmac.digest(_RING.all[0].marking, text.encode(), hashlib.sha256).hex()


def marks(text: str) -> list[str]:
    """Its marks under every key at hand: rows marked by an older one are found too."""
    return [hmac.digest(key.marking, text.encode(), hashlib.sha256).hex() for key in _RING.all]


def is_newest(value: str) -> bool:
    """Whether the newest key sealed it."""
    return value.startswith(f"1.{_RING.all[0].name}.")


class Sealed:
    """A text of a mapped row that is sealed in its column `<name>_sealed`, and marked in `<name>_mark` if `marked`.

    Reads and writes like a plain attribute once the row has its id.
    """

    def __init__(self, *, marked: bool = False) -> None:
        self.marked = marked

    def __set_name__(self, _owner: type, name: str) -> None:
        self.name = name

    def __get__(self, row: Any, _owner: type) -> Any:  # the text, or this description on the class
        if row is None:
            return self
        value = getattr(row, f"{self.name}_sealed")
        return None if value is None else opened(value, self.place(row))

    def __set__(self, row: Any, text: str | None) -> None:
        setattr(row, f"{self.name}_sealed", sealed(text, self.place(row)) if text else None)
        if self.marked:
            setattr(row, f"{self.name}_mark", mark(text) if text else None)

    def place(self, row: Any) -> str:
        """What binds a sealed value to its row."""
        if row.id is None:
            raise ValueError(f"{self.name} of a row without an id cannot be sealed: flush it first")
        return f"{row.__tablename__}.{self.name}:{row.id}"
