"""What may be shown of an e-mail address and of a customer key; a phone's mask is in `bot.phones`."""

from __future__ import annotations

import re

from bot import phones

_EMAIL = re.compile(r"[^\s@<>()\[\],;:|]+@[^\s@<>()\[\],;:|]+\.[^\s@<>()\[\],;:|]+")


def mask_email(email: str) -> str:
    """`j•••@mydomain.com`: enough to know it again for who knows it."""
    name, _, domain = email.rpartition("@")
    return f"{name[: len(name) > 1]}•••@{domain}"


def mask_key(key: str) -> str:
    """`•••42`; of a short key nothing."""
    return "•••" + (key[-2:] if len(key) > 5 else "")


def mask_words(text: str) -> str:
    """What somebody wrote, with the phone numbers and e-mail addresses in it masked: it is kept for good."""
    return phones.hide(_EMAIL.sub(lambda found: mask_email(found[0]), text))
