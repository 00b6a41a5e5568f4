"""What a bot sent with a call, whichever of the four encodings it chose."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from simulator.refusals import Json, bad

_NAME = re.compile(rb'\bname="((?:[^"\\]|\\.)*)"')
_FILE_NAME = re.compile(rb'filename="((?:[^"\\]|\\.)*)"')
_TYPE = re.compile(rb"content-type:\s*([^\r\n;]+)", re.I)
_TRUE = frozenset({"true", "1", "yes", "True"})


@dataclass(frozen=True)
class Upload:
    """A file that came with a call."""

    name: str
    mime: str
    data: bytes


@dataclass(frozen=True)
class Params:
    """Named values of one call; JSON values may arrive as text or as themselves."""

    values: Json = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)

    def __contains__(self, name: str) -> bool:
        return self.values.get(name) not in (None, "") or name in self.files

    def text(self, name: str, default: str = "") -> str:
        """A string; numbers and booleans are spelled."""
        value = self.values.get(name, default)
        if value is None:
            return default
        return value if isinstance(value, str) else json.dumps(value)

    def integer(self, name: str, default: int = 0) -> int:
        """A whole number; what is not one counts as absent, as on the real server."""
        try:
            return int(self.values.get(name, default))
        except (TypeError, ValueError, OverflowError):
            return default

    def number(self, name: str) -> float:
        """A decimal, required."""
        try:
            return float(self.values[name])
        except (KeyError, TypeError, ValueError):
            raise bad(f"{name} is empty", f"{name} is a number") from None

    def flag(self, name: str) -> bool:
        """A boolean in any of the usual spellings."""
        value = self.values.get(name, False)
        return value if isinstance(value, bool) else str(value) in _TRUE

    def structure(self, name: str, what: str) -> Any:
        """A JSON value, or None when it was not given."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise bad(f"can't parse {what} JSON object", f"{name} is JSON") from None


async def read(request: web.Request) -> Params:
    """Query string, form, JSON or multipart; the body wins over the query."""
    values: Json = dict(request.query)
    if request.method != "POST" or not request.can_read_body:
        return Params(values)
    body = await request.read()
    # aiohttp's own parsing of this header costs as much as the rest of a call.
    header = request.headers.get("Content-Type", "")
    kind = header.partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return _multipart(values, body, header)
    if kind == "application/json":
        return Params(values | _json_object(body))
    return Params(values | dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)))


def _json_object(body: bytes) -> Json:
    try:
        value = json.loads(body)
    except ValueError:
        raise bad("can't parse JSON object", "the body is a JSON object") from None
    if not isinstance(value, dict):
        raise bad("object expected", "the body is a JSON object")
    return value


def _multipart(values: Json, body: bytes, content_type: str) -> Params:
    # aiogram sends every call as multipart; splitting the body by hand costs a tenth of a streaming reader.
    boundary = content_type.partition("boundary=")[2].split(";")[0].strip().strip('"')
    files: dict[str, Upload] = {}
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary.encode())[1:-1]:
        head, _, data = part.partition(b"\r\n\r\n")
        name = _NAME.search(head)
        if name is None:
            continue
        key = name.group(1).decode("utf-8", "replace")
        file_name = _FILE_NAME.search(head)
        if file_name is None:
            values[key] = data.decode("utf-8", "replace")
        else:
            mime = _TYPE.search(head)
            files[key] = Upload(
                file_name.group(1).decode("utf-8", "replace"),
                mime.group(1).decode().strip() if mime else "application/octet-stream",
                data,
            )
    return Params(values, files)
