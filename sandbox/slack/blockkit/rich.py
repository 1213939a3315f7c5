"""rich_text and what stands in it (docs.slack.dev/reference/block-kit/blocks/rich-text-block)."""

from __future__ import annotations

from sandbox.slack.blockkit.objects import BLOCK_ID
from sandbox.slack.blockkit.rules import Rule, Thing, anything, flag, items, kinds, string, url, whole, word

MANY = 10_000  # no limit is documented
_STYLE = dict.fromkeys(("bold", "italic", "strike", "code", "underline", "highlight", "unlink"), flag)
_STYLED: dict[str, Rule] = {"style": Thing({}, _STYLE | {"client_highlight": flag})}
_ID = string(255)
_LEAVES: dict[str, Rule] = {
    "text": Thing({"text": string(MANY)}, _STYLED),
    "link": Thing({"url": url()}, _STYLED | {"text": string(MANY), "unsafe": flag}),
    "emoji": Thing({"name": string(255)}, _STYLED | {"unicode": string(255), "skin_tone": whole(1, 6)}),
    "user": Thing({"user_id": _ID}, _STYLED),
    "usergroup": Thing({"usergroup_id": _ID}, _STYLED),
    "channel": Thing({"channel_id": _ID}, _STYLED),
    "team": Thing({"team_id": _ID}, _STYLED),
    "broadcast": Thing({"range": word("here", "channel", "everyone")}, {}),
    "color": Thing({"value": string(20)}, {}),
    "date": Thing(
        {"timestamp": whole(0, 10**11), "format": string(1000)},
        _STYLED | {"url": url(), "fallback": string(1000)},
    ),
    "tag": anything,
    "citation": anything,
}
_LINE = {"elements": items(kinds(_LEAVES, " in rich text"), MANY, 0)}
_SECTION = Thing(_LINE, {})
_LIST = Thing(
    {"elements": items(kinds({"rich_text_section": _SECTION}), MANY), "style": word("bullet", "ordered")},
    {"indent": whole(0, 8), "offset": whole(0, 10**6), "border": whole(0, 1)},
)
PARTS: dict[str, Rule] = {
    "rich_text_section": _SECTION,
    "rich_text_list": _LIST,
    "rich_text_quote": Thing(_LINE, {"border": whole(0, 1)}),
    "rich_text_preformatted": Thing(_LINE, {"border": whole(0, 1), "language": string(100)}),
}
RICH_TEXT = Thing({"elements": items(kinds(PARTS, " in rich_text"), MANY)}, {"block_id": BLOCK_ID})
