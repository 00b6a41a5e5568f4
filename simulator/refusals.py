"""How the Bot API says no: a code, its own words, and the rule those words enforce."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]


class Refusal(Exception):
    """The Bot API refused a call."""

    def __init__(self, code: int, description: str, rule: str, parameters: Mapping[str, int] | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.rule = rule
        self.parameters = dict(parameters or {})

    def answer(self) -> Json:
        """The body a bot receives."""
        body: Json = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return body


class PersonError(Exception):
    """A person (the page, a test) asked for something a phone cannot do."""


def bad(words: str, rule: str) -> Refusal:
    """400, in the words of the Bot API."""
    return Refusal(400, f"Bad Request: {words}", rule)


def forbidden(words: str, rule: str) -> Refusal:
    """403: the bot may not write there."""
    return Refusal(403, f"Forbidden: {words}", rule)


def flood(seconds: int, rule: str) -> Refusal:
    """429 with the seconds to wait."""
    return Refusal(429, f"Too Many Requests: retry after {seconds}", rule, {"retry_after": seconds})


def conflict(words: str, rule: str) -> Refusal:
    """409: two readers of one queue."""
    return Refusal(409, f"Conflict: {words}", rule)
