"""One line of the doctor's: how it stands with one thing, and the cure where it does not stand well."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Mark = Literal["ok", "note", "FAIL"]


@dataclass(frozen=True)
class Line:
    """`FAIL database: ...`; a note is worth knowing and no failure."""

    mark: Mark
    what: str
    said: str

    def __str__(self) -> str:
        return f"{self.mark:4} {self.what}: {self.said}"


def _marked(mark: Mark) -> Callable[[str, str], Line]:
    return lambda what, said: Line(mark, what, said)


ok, note, fail = _marked("ok"), _marked("note"), _marked("FAIL")
