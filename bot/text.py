"""What an SMS text costs and whether it may be sent: encoding, parts, the character that makes it dearer."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

# 3GPP TS 23.038 (GSM 03.38), 6.2.1: the default alphabet, in the order of its codes, without ESC (0x1B).
GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# 6.2.1.1: the extension table; each of these is ESC and one more septet.
GSM_EXTENSION = frozenset("\f^{}\\[~]|€")

# Units that one part holds when it travels alone, and when it is one of several (6 bytes go to the header
# that joins them). Vonage, which carries WhatCounts' texts, counts so: developer.vonage.com, "concatenation
# and encoding".
ALONE = {"GSM-7": 160, "UCS-2": 70}
JOINED = {"GSM-7": 153, "UCS-2": 67}

# HTTP Send Message to Phone: "limited to 160 characters"; taken to be UTF-16 units, as Java counts.
LIMIT = 160

# Characters that turn the direction of what is read: the text on the card would not be the text on the phone.
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True)
class Measure:
    """How a text travels. `units` are septets (GSM-7) or UTF-16 units (UCS-2); `characters` are code points.

    `costly` is the first character that makes the text UCS-2, else the first that counts twice in GSM-7,
    else None.
    """

    encoding: Literal["GSM-7", "UCS-2"]
    units: int
    parts: int
    costly: str | None
    characters: int


def measure(text: str) -> Measure:
    """How `text` travels over the air. An empty text has no parts."""
    encoding: Literal["GSM-7", "UCS-2"] = "GSM-7"
    costly = next((c for c in text if c not in GSM_BASIC and c not in GSM_EXTENSION), None)
    if costly is None:
        costly = next((c for c in text if c in GSM_EXTENSION), None)
        sizes = [2 if c in GSM_EXTENSION else 1 for c in text]
    else:
        encoding = "UCS-2"
        sizes = [utf16_units(c) for c in text]
    return Measure(encoding, sum(sizes), _parts(sizes, encoding), costly, len(text))


def _parts(sizes: list[int], encoding: str) -> int:
    """Parts needed for characters of these sizes; a surrogate or escape pair is never cut in two."""
    if sum(sizes) <= ALONE[encoding]:
        return 1 if sizes else 0
    parts, used = 1, 0
    for size in sizes:
        if used + size > JOINED[encoding]:
            parts, used = parts + 1, 0
        used += size
    return parts


def describe(text: str) -> str:
    """Length and cost for people: `21 characters, 2 parts instead of 1 because of “—”`."""
    size = measure(text)
    parts = f"{size.parts} part" + ("s" if size.parts != 1 else "")
    said = f"{size.characters} characters, {parts}"
    if size.costly is None:
        return f"{said}, {size.encoding}"
    plainer = measure("".join(c if c in GSM_BASIC else "?" for c in text)).parts
    if plainer < size.parts:
        return f"{said} instead of {plainer} because of {_shown(size.costly)}"
    return f"{said}, UCS-2 because of {_shown(size.costly)}" if size.encoding == "UCS-2" else f"{said}, GSM-7"


def _shown(character: str) -> str:
    """In quotes, unless it is one."""
    return f"the quote {character}" if curly(character) else f"“{character}”"


# The quotes that phones and word processors put in; each makes a whole text UCS-2.
_STRAIGHT = str.maketrans(dict.fromkeys("‘’‚‛′", "'") | dict.fromkeys("“”„‟″", '"'))


def straight(text: str) -> str:
    """The text with plain quotes, which cost no more than a letter."""
    return text.translate(_STRAIGHT)


def curly(text: str) -> bool:
    """Whether there is a quote to be made straight."""
    return straight(text) != text


def utf16_units(text: str) -> int:
    """Length as Java counts it, which is what WhatCounts' limit of 160 is taken to mean."""
    return sum(2 if ord(c) > 0xFFFF else 1 for c in text)


def invisible(what: str, text: str, allowed: str = "") -> str | None:
    """Why `text` is not what it looks like, as a sentence for people; None if it is.

    Control characters, half characters and those that turn the direction of reading.
    """
    odd = next((c for c in text if _is_unfit(c) and c not in allowed), None)
    if odd is None:
        return None
    found = f"The {what} has a control character in it ({_name(odd)})."
    return f"{found} Remove it, or type the {what} anew."


def problem(text: str, allowed: str = "") -> str | None:
    """Why `text` cannot be sent as an SMS, as a sentence for people; None if it can.

    `allowed`: control characters that may be in it, beside the line break.
    """
    if not text.strip():
        return "The text is empty."
    if (odd := invisible("text", text, allowed)) is not None:
        return odd
    if (units := utf16_units(text)) > LIMIT:
        note = " (an emoji counts as two or more)" if units != len(text) else ""
        return (
            f"The text has {units} characters{note}; WhatCounts takes {LIMIT}. Shorten it by {units - LIMIT}."
        )
    return None


def _is_unfit(character: str) -> bool:
    """A control, half a surrogate pair or what stands for it, a line separator, or one that turns the reading
    direction.
    """
    if character == "\n":
        return False
    is_odd = unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}
    return is_odd or character in TURNING or character == "\ufffd"


def _name(character: str) -> str:
    known = {"\t": "a tab", "\r": "a carriage return", "\ufffd": "where one was cut or could not be read"}
    return known.get(character, f"U+{ord(character):04X}")


_TOKEN = re.compile(r"<([^<>]+)>")
_ENTITY = re.compile(r"&(amp|lt|gt);")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">"}


def unslack(text: str) -> str:
    """What the person typed, from the text of a slash command that Slack escaped (`should_escape`).

    Links become what was typed (a link under other words keeps both), mentions become `@name` or `#name`.
    Source: docs.slack.dev, formatting message text: escaping `&`, `<`, `>` and the `<...>` forms.
    """
    return _ENTITY.sub(lambda found: _ENTITIES[found[1]], _TOKEN.sub(_typed, text))


def _typed(found: re.Match[str]) -> str:
    target, _, label = found[1].partition("|")
    if target[:1] in {"@", "#"}:
        return target[0] + (label or target[1:]).lstrip(target[0])
    if target[:1] == "!":
        return _special(target[1:], label)
    return _link(target, label)


def _special(target: str, label: str) -> str:
    """`<!here>`, `<!subteam^S1|@team>`, `<!date^...|fallback>`: the words that a reader saw."""
    kind, _, rest = target.partition("^")
    if kind == "date":
        return label or rest
    return "@" + (label or rest or kind).lstrip("@")


def _link(target: str, label: str) -> str:
    scheme, _, address = target.partition(":")
    if scheme in {"mailto", "tel"}:
        return label or address
    if not label or label in target:
        return label or target
    return f"{label} ({target})"  # the words hide the address; an SMS has no hidden addresses
