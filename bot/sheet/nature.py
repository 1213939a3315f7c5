"""What a file is that is no CSV, told by how it begins; its name is not asked: anybody may choose it."""

from __future__ import annotations

import re

from bot.sheet.unreadable import AS_CSV, Unreadable

EXCEL = "In the spreadsheet choose File, Save As, CSV UTF-8, and give that file."
UNPACK = "Unpack it, and give the CSV that is in it."

# The first bytes, by the formats' own descriptions (as `file` and the list of file signatures have them).
BEGINNINGS: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF-", "This is a PDF, not a CSV.", "Export the list as CSV where it was made, and give that."),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "This is an old Excel workbook (.xls), not a CSV.", EXCEL),
    (b"{\\rtf", "This is a document of a word processor, not a CSV.", AS_CSV),
    (b"\x1f\x8b", "This is a compressed file (gzip), not a CSV.", UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "This is a compressed file (7z), not a CSV.", UNPACK),
    (b"Rar!", "This is a compressed file (RAR), not a CSV.", UNPACK),
    (b"BZh", "This is a compressed file (bzip2), not a CSV.", UNPACK),
    (b"\xfd7zXZ\x00", "This is a compressed file (xz), not a CSV.", UNPACK),
    (b"\x28\xb5\x2f\xfd", "This is a compressed file (zstd), not a CSV.", UNPACK),
    (b"\x89PNG", "This is a picture, not a CSV.", "Give the list itself, saved as CSV UTF-8."),
    (b"\xff\xd8\xff", "This is a picture, not a CSV.", "Give the list itself, saved as CSV UTF-8."),
    (b"GIF8", "This is a picture, not a CSV.", "Give the list itself, saved as CSV UTF-8."),
    (b"SQLite format 3\x00", "This is a database, not a CSV.", "Export the list as CSV, and give that."),
    (b"PAR1", "This is a Parquet file, not a CSV.", "Export the list as CSV, and give that."),
    (b"BEGIN:VCARD", "This is a vCard, not a CSV.", "Export the contacts as CSV, and give that."),
    (b"bplist0", "This is a property list, not a CSV.", AS_CSV),
)  # fmt: skip

ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")

# What lies in a zip stands in it by name (ECMA-376; ODF 1.3, part 2).
ZIPPED: tuple[tuple[bytes, str, str], ...] = (
    (b"xl/", "This is an Excel workbook (.xlsx), not a CSV.", EXCEL),
    (b"opendocument.spreadsheet", "This is an OpenDocument spreadsheet (.ods), not a CSV.", EXCEL),
    (b"word/", "This is a Word document, not a CSV.", AS_CSV),
    (b"Index/", "This is a Numbers spreadsheet, not a CSV.",
     "In Numbers choose File, Export To, CSV, and give that file."),
)  # fmt: skip

HTML = re.compile(rb"<(!doctype html|html|head|body|table|meta|script|div)\b", re.IGNORECASE)
XML = re.compile(rb"<\?xml")
JSON = re.compile(rb'\{\s*("|\}|$)|\[\s*[\[{"\]]|\[\s*-?\d+\s*,?\s')


def refuse_other(head: bytes) -> None:
    """Raises Unreadable for what begins as some other kind of file does; `head`: its first bytes."""
    for begins, what, cure in BEGINNINGS:
        if head.startswith(begins):
            raise Unreadable(what, cure)
    if head.startswith(ZIP):
        what, cure = next(((what, cure) for name, what, cure in ZIPPED if name in head), _ZIP)
        raise Unreadable(what, cure)
    text = head.replace(b"\x00", b"").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    text = text.removeprefix(b"\xef\xbb\xbf").lstrip()
    if HTML.match(text):
        raise Unreadable("This is a web page (HTML), not a CSV, whatever its name says.", AS_CSV)
    if XML.match(text):
        raise Unreadable("This is XML, not a CSV.", AS_CSV)
    if JSON.match(text):
        raise Unreadable("This is JSON, not a CSV.", "Export the list as CSV, and give that.")


_ZIP = ("This is a zip archive, not a CSV.", UNPACK)
