"""What reading a file takes does not grow with the file, nor with a cell in it."""

from __future__ import annotations

import contextlib
import tempfile
import tracemalloc
from collections.abc import Iterator

import pytest

from bot.sheet import Unreadable, open_sheet

ROOM = 2_000_000  # bytes


@contextlib.contextmanager
def little(more_than: int = 0) -> Iterator[None]:
    """What is in here takes no more than that and a little."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < more_than + ROOM
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", ["Ana", "Zoë"])
def test_thousands_of_rows_take_no_more_than_a_few(name: str) -> None:
    with tempfile.TemporaryFile() as file:
        for n in range(10_000):
            file.write(f"{name} {n};206555{n:04}\n".encode("cp1252"))
        with little():
            assert sum(1 for one in open_sheet(file) if one.phone) == 10_000


@pytest.mark.parametrize("cell", [b"x" * 5_000_000, b'"' + b"x\n" * 2_500_000, b"," * 5_000_000])
def test_a_cell_of_megabytes_is_not_read_to_its_end(cell: bytes) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(b"phone,note\n2065550100," + cell + b"\n")
        with little(), pytest.raises(Unreadable):
            open_sheet(file)
