"""Files: those that the app uploads (an address, the bytes, where it is shared), and those of people."""

from __future__ import annotations

import mimetypes
import secrets
from dataclasses import dataclass, field
from urllib.parse import quote

from sandbox.slack.record import Json
from sandbox.slack.world import TEAM

LARGEST = 10_000_000  # bytes of a file in a form (docs.slack.dev, file input element)


@dataclass
class File:
    """One file; `content` is None until its bytes came, `channels` where it is shared, `user` who gave it."""

    id: str
    secret: str
    name: str
    length: int
    content: bytes | None = None
    channels: list[str] = field(default_factory=list)
    user: str = ""
    at: int = 0
    is_deleted: bool = False

    @classmethod
    def given(cls, user: str, name: str, content: bytes, at: float) -> File:
        """As a person puts it into a form."""
        return cls(fresh_id(), secrets.token_hex(8), name, len(content), content, user=user, at=int(at))

    def to_dict(self, url: str) -> Json:
        """The file object (docs.slack.dev/reference/objects/file-object); `url` is where the bytes lie."""
        kind = self.name.rpartition(".")[2].lower() if "." in self.name else ""
        kept = mimetypes.guess_type(self.name)[0] or "application/octet-stream"
        is_text = kept.startswith("text/")  # docs.slack.dev/messaging/working-with-files
        address = f"{url}/files-pri/{TEAM}-{self.id}"
        return {
            **{"id": self.id, "created": self.at, "timestamp": self.at},
            **{"name": self.name, "title": self.name},
            **{"mimetype": kept},
            **{"filetype": kind or "binary", "pretty_type": kind.upper() or "Binary", "user": self.user},
            **{"mode": "snippet" if is_text else "hosted", "editable": is_text, "size": self.length},
            **{"user_team": TEAM},
            **{"is_external": False, "external_type": "", "is_public": False, "public_url_shared": False},
            **{"display_as_bot": False, "username": "", "url_private": f"{address}/{quote(self.name)}"},
            **{"url_private_download": f"{address}/download/{quote(self.name)}"},
            **{"comments_count": 0, "is_starred": False, "shares": {}},
            **{"channels": [], "groups": [], "ims": []},
            **{"has_more_shares": False, "has_rich_preview": False, "file_access": "visible"},
        }


def fresh_id() -> str:
    """An id that no file had before."""
    return f"F0{secrets.token_hex(4).upper()}"
