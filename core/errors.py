"""Refusals: what people are told when a verb says no. The docstring is the message, translated on the way out."""

from __future__ import annotations

from core.i18n import gettext_of


def words_of(docstring: str) -> str:
    """The message in a refusal's docstring: its first paragraph on one line; what follows is for programmers."""
    return " ".join(docstring.strip().split("\n\n")[0].split())


class Refusal(Exception):
    """This cannot be done now."""

    def __init__(self, **params: object) -> None:
        self.params = params
        super().__init__(type(self).__name__, params)

    def text(self) -> str:
        """The message in the language being spoken, its placeholders filled."""
        return gettext_of(words_of(type(self).__doc__ or ""), **self.params)


class NotFound(Refusal):
    """I cannot find that. It may have ended."""


class NotAllowed(Refusal):
    """This is not yours to do."""


class YourOwn(NotAllowed):
    """This is yours: another person decides on it."""


class Changed(Refusal):
    """This changed. Here is how it stands now."""


class BadInput(Refusal):
    """I could not read {field}: {reason}. Example: {example}"""


class OutOfBounds(Refusal):
    """{field} must be between {least} and {most}. Example: {example}"""


class ShopNotOpen(Refusal):
    """The shop opens soon. The co-op is still setting it up."""
