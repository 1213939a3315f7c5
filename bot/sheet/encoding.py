"""Which encoding a file is in: by its mark, by its bytes, by being UTF-8 to its end; else by likelihood.

Digits and delimiters are the same in all of them but UTF-16; what differs is the space, dash or mark that
stands between the digits.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from charset_normalizer import from_bytes

from bot.sheet.limits import HEAD_BYTES
from bot.sheet.unreadable import AS_CSV, Unreadable

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

# Those that spreadsheets write. Others are not asked for: any of them can be read from any bytes.
USUAL = [
    "cp1252", "mac_roman", "latin_1", "iso8859_15", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255",
    "cp1256", "cp850", "cp437", "mac_cyrillic", "koi8_r", "cp932", "gb18030", "big5", "cp949",
]  # fmt: skip
WESTERN = ("cp1252", "mac_roman", "cp850")  # tried too: a few odd bytes tell little of their language

ODD = re.compile(rb"[^\r\n]*[\x80-\xff][^\r\n]*")


@dataclass(frozen=True)
class Looked:
    """What one look through the bytes tells: an encoding that is certain, or the lines by which to guess."""

    encoding: str | None
    odd: bytes = b""


def look_through(file: BinaryIO) -> Looked:
    """Read the file once, in pieces. Raises Unreadable for what is not text."""
    file.seek(0)
    head = file.read(HEAD_BYTES)
    for mark, name in MARKS:
        if head.startswith(mark):
            return Looked(name)
    if b"\x00" in head and (wide := _wide(head)):
        return Looked(wide)
    decoder = codecs.getincrementaldecoder("utf-8")()
    odd, is_utf8 = b"", True
    for piece in _pieces(file):
        _refuse_binary(piece)
        if is_utf8:
            try:
                decoder.decode(piece, final=not piece)
            except UnicodeDecodeError:
                is_utf8 = False
        if len(odd) < HEAD_BYTES and not piece.isascii():
            odd += b"\n".join(ODD.findall(piece))[:HEAD_BYTES]
    return Looked("utf-8" if is_utf8 else None, odd[:HEAD_BYTES])


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    """The whole file, and an empty piece as its end."""
    file.seek(0)
    while piece := file.read(HEAD_BYTES):
        yield piece
    yield b""


def _wide(head: bytes) -> str | None:
    """UTF-16 without its mark: of ASCII characters every second byte is NUL, all on one side."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    most = max(even, odd)
    if most < len(head) / 8 or min(even, odd) > most / 50:
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


CONTROLS = bytes(set(range(0x20)) - set(b"\t\n\r\f\v\x1a\x1b\x1c\x1d\x1e\x1f"))


def _refuse_binary(piece: bytes) -> None:
    """A few control characters come along with what people paste; a NUL, or many, are no text."""
    controls = len(piece) - len(piece.translate(None, CONTROLS))
    if b"\x00" in piece and controls < len(piece) / 100:
        raise Unreadable("This file has NUL bytes in it: it is damaged, or not a CSV.", AS_CSV)
    if controls > len(piece) / 100 or b"\x00" in piece:
        raise Unreadable("This is not text: it is a program's own file, not a CSV.", AS_CSV)


def likely(odd: bytes) -> Sequence[str]:
    """Encodings that these lines may be in, the likeliest first; never none."""
    guessed = [one.encoding for one in from_bytes(odd, cp_isolation=USUAL)]
    return list(dict.fromkeys([*guessed[:2], *WESTERN]))
