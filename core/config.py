"""Settings of the installation, from the environment (prefix FARMGATE_) and `.env`; checked before anything starts."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from zoneinfo import available_timezones

from babel.numbers import is_currency
from pydantic import field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from core.i18n import negotiate, shipped_languages

PUBLIC_BOT_API = "https://api.telegram.org"


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
    bulk_per_second: float = 25.0
    chat_per_second: float = 1.0
    group_per_minute: float = 20.0
    send_seconds: float = 30.0
    checkout_seconds: float = 8.0

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

    @field_validator("bot_token", "database_url", "currency", "timezone", "public_url", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return value or None

    @field_validator("timezone")
    @classmethod
    def _is_zone(cls, value: str | None) -> str | None:
        if value is not None and value not in available_timezones():
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

    @field_validator("bot_api_url")
    @classmethod
    def _is_http(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://, for example http://127.0.0.1:8081")
        return value.rstrip("/")

    @property
    def url(self) -> str:
        """Where the database is."""
        return self.database_url or f"sqlite:///{self.data_dir / 'farmgate.db'}"

    @property
    def is_sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    @property
    def media_dir(self) -> Path:
        return self.data_dir / "media"

    @property
    def bot_id(self) -> int:
        """The bot's id is the part of its token before the colon."""
        return int((self.bot_token or "0:").split(":")[0])

    def key(self) -> str:
        """The installation's secret, made on first use and kept beside the data, readable by its owner only."""
        if self.secret_key:
            return self.secret_key
        self.data_dir.mkdir(parents=True, exist_ok=True)
        path = self.data_dir / "secret.key"
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_hex(32))
        return path.read_text().strip()


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
