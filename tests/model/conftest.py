"""The model says what happened itself."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """What the bot logs about its troubles is not in question, and there are thousands."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)
