"""How the program logs: one line an event on standard error; nothing that people told us, no token, no link.

Tracebacks name files, lines and the kind of error, never its words nor local variables: those hold what people wrote.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from typing import Any, TextIO, cast

import structlog
from structlog.typing import EventDict

# what nobody should read in a log, whoever put it there by mistake
_SECRETS = (
    (re.compile(r"(?<!\d)\d{5,}:[\w-]{4,}"), "<token>"),  # also within an address of the Bot API
    (re.compile(r"(?<![\w-])[\w-]{43}(?![\w-])|(?<=_)[\w-]{43}\b"), "<link>"),
    (re.compile(r"(?<=://)[^\s/@]+@"), "<password>@"),
    (re.compile(r"\+\d[\d ()-]{6,}\d"), "<phone>"),
    (re.compile(r"[\w.+-]+@[\w-]+\.\w+"), "<mail>"),
)
_DEEPEST = 5  # causes of causes


class _StandardError:
    """Standard error as it is when a line is written: whoever replaced it meanwhile may have closed the former."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def configure(level: int = logging.INFO) -> None:
    """Log key=value lines of this level and above to standard error; lines of the libraries from warnings on."""
    structlog.configure(
        processors=_PROCESSORS,
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=cast("TextIO", _StandardError())),
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, _Libraries)]:
        root.removeHandler(handler)
    root.addHandler(_Libraries(logging.WARNING))


def bare(error: BaseException) -> str:
    """A traceback without the words of the error, and of what caused it."""
    lines: list[str] = []
    current: BaseException | None = error
    for _ in range(_DEEPEST):
        if current is None:
            break
        lines.append(f"{type(current).__name__}\n{''.join(traceback.format_tb(current.__traceback__))}".rstrip())
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return "\nafter ".join(lines)


def scrubbed(text: str) -> str:
    """The text without what looks like a token, a one-time link, a password, a phone number or an address of mail."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text


def _bare_errors(_logger: object, _method: str, line: EventDict) -> EventDict:
    error = line.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    elif isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        line["exception"] = bare(error)
    return line


def _scrub(_logger: object, _method: str, line: EventDict) -> EventDict:
    for key, value in line.items():
        if isinstance(value, str) and key not in ("timestamp", "level"):
            line[key] = scrubbed(value)
        elif not isinstance(value, str | int | float | bool | None):
            line[key] = scrubbed(str(value))
    return line


_PROCESSORS: list[Any] = [
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _bare_errors,
    _scrub,
    structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"], bool_as_flag=False),
]


class _Libraries(logging.Handler):
    """Lines of the libraries, in the same form: the first line of what they say, for the rest may repeat our data."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        line: dict[str, Any] = {"library": record.name, "exc_info": error}
        said = record.getMessage().partition("\n")[0]
        log = structlog.get_logger()
        (log.error if record.levelno >= logging.ERROR else log.warning)(said, **line)
