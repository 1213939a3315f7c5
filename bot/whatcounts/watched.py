"""Who counts what is asked of WhatCounts is told: which operation, how long each request took, what came."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

from bot.errors import Refused, Unavailable, Uncertain


class TooLate(Unavailable):
    """The request was ready, but its time had passed; not a byte of it left."""


OPERATION: ContextVar[str] = ContextVar("operation", default="other")


class Count(Protocol):
    """What is told."""

    def operated(self, operation: str, outcome: str) -> None:
        """An operation has ended so: done, refused, too late, unreached, doubt, failed."""

    def called(self, operation: str, seconds: float) -> None:
        """One HTTP request took so long."""


class Nobody:
    """Counts nothing."""

    def operated(self, operation: str, outcome: str) -> None:
        pass

    def called(self, operation: str, seconds: float) -> None:
        pass


@contextmanager
def watched(count: Count, operation: str) -> Iterator[None]:
    """Inside, requests are part of this operation; what it raises says what came of it."""
    token, outcome = OPERATION.set(operation), "failed"
    try:
        yield
        outcome = "done"
    except TooLate:
        outcome = "too late"
        raise
    except Refused:
        outcome = "refused"
        raise
    except Unavailable:
        outcome = "unreached"
        raise
    except Uncertain:
        outcome = "doubt"
        raise
    finally:
        OPERATION.reset(token)
        count.operated(operation, outcome)


@contextmanager
def timed(count: Count) -> Iterator[None]:
    """One HTTP request, until its answer is read or lost."""
    began = time.perf_counter()
    try:
        yield
    finally:
        count.called(OPERATION.get(), time.perf_counter() - began)
