"""Settings of the installation, from the environment (prefix FARMGATE_) and `.env`; checked before anything starts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from babel.numbers import is_currency
from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from core.clock import zone_names
from core.i18n import negotiate, shipped_languages
from core.kept import add_secret, kept_secrets

PUBLIC_BOT_API = "https://api.telegram.org"
DATABASES = "examples: sqlite:///var/farmgate.db, postgresql://user:password@host/farmgate"
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Config(BaseSettings):
    """What docs/configuration.md describes, one field a variable."""

    model_config = SettingsConfigDict(env_prefix="FARMGATE_", env_file=".env", extra="ignore")

    bot_token: str | None = None
    bot_api_url: str = PUBLIC_BOT_API
    database_url: str | None = None
    data_dir: Path = Path("./var")
    public_url: str | None = None
    webhook_secret: str | None = None
    owner_ids: Annotated[tuple[int, ...], NoDecode] = ()
    web_host: str = "127.0.0.1"
    web_port: int = 8080
    valkey_url: str | None = None
    payment_provider_token: str | None = None
    secret_key: str | None = None
    smtp_url: str | None = None
    currency: str | None = None
    default_language: str = "en"
    timezone: str | None = None
    bulk_per_second: Positive = 25.0
    chat_per_second: Positive = 1.0
    group_per_minute: Positive = 20.0
    lease_seconds: Positive = 60.0
    send_seconds: Positive = 30.0
    checkout_seconds: Positive = 8.0

    @field_validator("owner_ids", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, int):
            return (value,)
        if isinstance(value, str):
            parts = value.replace(",", " ").split()
            if not all(part.isascii() and part.isdecimal() for part in parts):
                raise ValueError("must be messenger ids: whole numbers with commas between them, for example 1234567")
            return tuple(int(part) for part in parts)
        return value

    @field_validator(
        "bot_token", "database_url", "currency", "timezone", "public_url", "webhook_secret", mode="before"
    )  # fmt: skip
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return value or None

    @field_validator("bot_token")
    @classmethod
    def _is_token(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[0-9]+:[A-Za-z0-9_-]+", value):
            raise ValueError("does not look like a token; one looks like 123456:ABC-DEF1234ghIkl")
        return value

    @field_validator("database_url")
    @classmethod
    def _is_database(cls, value: str | None) -> str | None:
        if value is None:
            return None
        try:
            parsed = make_url(value)
        except (ArgumentError, ValueError):  # which repeat the address, with its password
            raise ValueError(f"is no address of a database; {DATABASES}") from None
        if parsed.drivername != "sqlite" and parsed.get_backend_name() != "postgresql":
            raise ValueError(f"begins with {parsed.drivername}:, which is no database we keep; {DATABASES}")
        if parsed.drivername == "sqlite" and parsed.database in (None, "", ":memory:"):
            raise ValueError(f"names no file; {DATABASES}")
        return value

    @field_validator("timezone")
    @classmethod
    def _is_zone(cls, value: str | None) -> str | None:
        if value is not None and value not in zone_names():
            raise ValueError("is not a time zone; one is called like Asia/Kolkata")
        return value

    @field_validator("currency")
    @classmethod
    def _is_currency(cls, value: str | None) -> str | None:
        if value is not None and not is_currency(value.upper()):
            raise ValueError("is not a currency; one is three letters, for example INR")
        return value and value.upper()

    @field_validator("default_language")
    @classmethod
    def _is_language(cls, value: str) -> str:
        if negotiate(value) is None:
            raise ValueError(f"is not a language we speak; there is {', '.join(shipped_languages())}")
        return negotiate(value) or value

    @field_validator("webhook_secret")
    @classmethod
    def _is_secret(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", value):
            raise ValueError("must be 16 to 256 letters A-Z a-z, digits, _ or -; leave it empty to have one made")
        return value

    @field_validator("web_port")
    @classmethod
    def _is_port(cls, value: int) -> int:
        if not 0 <= value <= 65535:
            raise ValueError("is no port; they go from 0 (any free one) to 65535, for example 8080")
        return value

    @field_validator("bot_api_url", "public_url")
    @classmethod
    def _is_http(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None:
            return None
        api = info.field_name == "bot_api_url"
        example = "for example " + ("http://127.0.0.1:8081" if api else "https://shop.example.org")
        if not value.startswith(("http://", "https://")):
            raise ValueError(f"must begin with http:// or https://, {example}")
        if not api and value.startswith("http://") and info.data.get("bot_api_url") == PUBLIC_BOT_API:
            raise ValueError(f"must begin with https://: the messenger sends to no other address, {example}")
        try:
            is_whole = bool(urlsplit(value).hostname) and urlsplit(value).port != 0
        except ValueError:
            is_whole = False
        if not is_whole or re.search(r"[\s\x00-\x1f]", value):
            raise ValueError(f"is no whole address, {example}")
        return value.rstrip("/")

    @property
    def url(self) -> str:
        """Where the database is."""
        return self.database_url or f"sqlite:///{self.data_dir / 'farmgate.db'}"

    @property
    def is_sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    @property
    def database_file(self) -> Path | None:
        """The file of an SQLite database."""
        return Path(make_url(self.url).database or "") if self.is_sqlite else None

    @property
    def media_dir(self) -> Path:
        return self.data_dir / "media"

    @property
    def bot_id(self) -> int:
        """The bot's id is the part of its token before the colon."""
        return int((self.bot_token or "0:").split(":")[0])

    @property
    def key_file(self) -> Path:
        """Where the secrets stand when they are not set: one a line, the newest first, readable by their owner only."""
        return self.data_dir / "secret.key"

    def keys(self) -> list[str]:
        """The installation's secrets, the newest first; the first is made when it is first asked for."""
        if self.secret_key:
            return [key.strip() for key in self.secret_key.split(",") if key.strip()]
        return kept_secrets(self.key_file)

    def add_key(self) -> None:
        """Put a new secret before those that are there."""
        add_secret(self.key_file)


@dataclass(frozen=True, slots=True)
class BotFacts:
    """What a handler may need to know of the bot it answers for."""

    id: int
    username: str
    media_dir: Path
    default_language: str = "en"
    is_demo: bool = False  # the sandbox provider is offered in demo and tests only
    has_invoices: bool = False  # a payment provider token is configured
    has_inline: bool = False  # @name works in any chat: a switch of @BotFather
