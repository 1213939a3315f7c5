"""Files that the app uploads: an address first, then the bytes, then where it is shared."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class File:
    """One file; `content` is None until its bytes came, `channels` where it was shared."""

    id: str
    secret: str
    name: str
    length: int
    content: bytes | None = None
    channels: list[str] = field(default_factory=list)
