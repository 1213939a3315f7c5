"""Every spelling of a date that WhatCounts may use; one that cannot be read keeps its words."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.whatcounts import Message
from bot.whatcounts.dates import moment

MORNING = datetime(2018, 3, 16, 9, 10, 50)  # noqa: DTZ001  # WhatCounts names no zone


@pytest.mark.parametrize(
    "written",
    [
        "Mar 16, 2018 9:10:50 AM",
        "Mar 16, 2018 09:10:50 AM",
        "Mar 16, 2018, 9:10:50 AM",
        "Mar 16, 2018, 9:10:50\u202fAM",
        "Mar 16, 2018\u00a09:10:50\u00a0am",
        "  Mar  16, 2018 9:10:50 AM ",
        "March 16, 2018 9:10:50 AM",
        "2018-03-16 09:10:50",
        "2018-03-16T09:10:50",
    ],
)
def test_every_spelling_is_the_same_moment(written: str) -> None:
    assert moment(written) == MORNING


@pytest.mark.parametrize(("written", "hour"), [("12:00:00 AM", 0), ("12:00:00 PM", 12), ("11:59:59 PM", 23)])
def test_twelve_is_midnight_or_noon(written: str, hour: int) -> None:
    read = moment(f"Jan 31, 2018 {written}")
    assert read is not None
    assert read.hour == hour


@pytest.mark.parametrize(
    "written",
    [
        None,
        "",
        "yesterday",
        "Mar 32, 2018 9:10:50 AM",
        "Foo 16, 2018 9:10:50 AM",
        "Mar 16, 2018 13:10:50 PM",
        "Mar 16, 2018 0:10:50 AM",
        "2018-13-16 09:10:50",
        "1521191450",
        "Mar 16, 2018",
        "2018-03-16 09:10:50Z",
    ],
)
def test_what_is_no_date_is_none(written: str | None) -> None:
    assert moment(written) is None


@given(st.text())
def test_no_text_is_an_error(written: str) -> None:
    moment(written)


@given(st.datetimes(min_value=datetime(1000, 1, 1), timezones=st.none()))  # noqa: DTZ001  # as above
def test_what_gson_writes_is_read(when: datetime) -> None:
    when = when.replace(microsecond=0)
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    hour, half = when.hour % 12 or 12, "AM" if when.hour < 12 else "PM"
    clock = f"{hour}:{when.minute:02}:{when.second:02} {half}"
    assert moment(f"{months[when.month - 1]} {when.day}, {when.year} {clock}") == when


@pytest.mark.parametrize("field", ["createdDate", "createDate"])
def test_a_message_keeps_the_words_and_the_moment(field: str) -> None:
    message = Message.model_validate({"id": 1, field: "Mar 16, 2018 9:10:50 AM", "updatedDate": "soon"})
    assert (message.created_at_raw, message.created_at) == ("Mar 16, 2018 9:10:50 AM", MORNING)
    assert (message.updated_at_raw, message.updated_at) == ("soon", None)


@pytest.mark.parametrize("written", [1521191450000, True, {"year": 2018}])
def test_a_date_of_another_kind_breaks_nothing(written: object) -> None:
    message = Message.model_validate({"id": 1, "createdDate": written})
    assert (message.created_at_raw, message.created_at) == (str(written), None)
