"""The multipart form of an upload, read piece by piece, the file straight to the disk."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from aiohttp import BodyPartReader, web

from tagboat.sandbox.frame import Exchange
from tagboat.sandbox.index.refusals import bad
from tagboat.sandbox.state import Blobs, BlobWriter

_PIECE: Final = 1 << 16
_FIELD_LIMIT: Final = 16 << 20


@dataclass(slots=True)
class Content:
    """The file part: its name and type as the client gave them, and its bytes."""

    filename: str
    content_type: str
    bytes: BlobWriter


@dataclass(slots=True)
class Form:
    """Everything that came: text fields, each a list because names repeat, and the file."""

    fields: dict[str, list[str]] = field(default_factory=dict)
    content: Content | None = None

    def one(self, name: str) -> str:
        """The field's first value, or an empty string."""
        return self.fields.get(name, [""])[0]

    def discard(self) -> None:
        """Drop the file unless it was kept."""
        if self.content is not None:
            self.content.bytes.discard()


async def read_form(request: web.Request, exchange: Exchange, blobs: Blobs, form: Form) -> None:
    """Fill ``form`` from the request; the caller discards it whatever happens.

    Observed behaviour of PyPI: a value of ``UNKNOWN`` counts as not given.
    """
    if request.content_type == "application/x-www-form-urlencoded":
        for name, value in (await request.post()).items():
            form.fields.setdefault(name, []).append(str(value))
        return
    if not request.content_type.startswith("multipart/"):
        return
    try:
        reader = await request.multipart()
        while (part := await reader.next()) is not None:
            if not isinstance(part, BodyPartReader):
                raise bad("Nested multipart bodies are not understood.")
            await _read_part(part, exchange, blobs, form)
    except ValueError as error:
        raise bad(f"The form cannot be read: {error}") from None


async def _read_part(part: BodyPartReader, exchange: Exchange, blobs: Blobs, form: Form) -> None:
    name = part.name or ""
    if part.filename is not None and name != "content":
        raise bad(f"{name}: Should not be a tuple.")
    if name == "content":
        if form.content is not None:
            raise bad("The upload holds more than one file.")
        content_type = part.headers.get("Content-Type", "text/plain")  # as RFC 7578 says
        form.content = Content(part.filename or "", content_type, blobs.writer())
        exchange.key = form.content.filename or exchange.key
        while piece := await part.read_chunk(_PIECE):
            form.content.bytes.write(piece)
            await exchange.progress()
        return
    text = bytearray()
    while piece := await part.read_chunk(_PIECE):
        text += piece
        if len(text) > _FIELD_LIMIT:
            raise bad(f"{name}: Too long.")
    value = text.decode()
    if value.strip() != "UNKNOWN":
        form.fields.setdefault(name, []).append(value)
