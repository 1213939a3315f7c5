"""The words of Block Kit's rules: each looks at one JSON value, and says what is wrong and where."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

# value, JSON pointer, problems so far (added to)
Rule = Callable[[Any, str, list[str]], None]


def say(problems: list[str], at: str, what: str) -> None:
    """One problem, written as Slack writes it."""
    problems.append(f"{what} [json-pointer:{at or '/'}]")


def string(most: int, least: int = 1, pattern: str = "", like: str = "") -> Rule:
    """A string of `least` to `most` characters; `like` names the pattern's meaning."""

    def rule(value: Any, at: str, problems: list[str]) -> None:
        if not isinstance(value, str):
            say(problems, at, "must be a string")
        elif len(value) < least:
            say(problems, at, f"must be more than {least - 1} characters")
        elif len(value) > most:
            say(problems, at, f"must be less than {most + 1} characters")
        elif pattern and not re.fullmatch(pattern, value):
            say(problems, at, f"must be {like}")

    return rule


def url(most: int = 3000) -> Rule:
    """A web address."""
    return string(most, pattern=r"(https?|mailto|tel|slack):\S+", like="a valid URL")


def whole(least: int, most: int) -> Rule:
    """A whole number."""

    def rule(value: Any, at: str, problems: list[str]) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            say(problems, at, "must be an integer")
        elif not least <= value <= most:
            say(problems, at, f"must be between {least} and {most}")

    return rule


def number(value: Any, at: str, problems: list[str]) -> None:
    """Any number."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        say(problems, at, "must be a number")


def flag(value: Any, at: str, problems: list[str]) -> None:
    """true or false."""
    if not isinstance(value, bool):
        say(problems, at, "must be a boolean")


def anything(_value: Any, _at: str, _problems: list[str]) -> None:
    """Not looked at."""


def word(*choices: str) -> Rule:
    """One of these strings."""

    def rule(value: Any, at: str, problems: list[str]) -> None:
        if value not in choices:
            say(problems, at, f"must be one of {', '.join(choices)}, not {value!r}")

    return rule


def items(each: Rule, most: int, least: int = 1) -> Rule:
    """An array of `least` to `most` things."""

    def rule(value: Any, at: str, problems: list[str]) -> None:
        if not isinstance(value, list):
            say(problems, at, "must provide an array")
            return
        if len(value) < least:
            say(problems, at, f"no fewer than {least} items allowed")
        if len(value) > most:
            say(problems, at, f"no more than {most} items allowed")
        for nth, one in enumerate(value):
            each(one, f"{at}/{nth}", problems)

    return rule


@dataclass(frozen=True)
class Thing:
    """An object with known fields; `also` looks at the whole once each field is well; `open`: others too."""

    required: Mapping[str, Rule]
    optional: Mapping[str, Rule]
    also: Rule = anything
    open: bool = False

    def __call__(self, value: Any, at: str, problems: list[str]) -> None:
        """A `Rule`."""
        if not isinstance(value, dict):
            say(problems, at, "must provide an object")
            return
        before, known = len(problems), {**self.required, **self.optional}
        for name in self.required.keys() - value.keys():
            say(problems, at, f"missing required field: {name}")
        for name, field in value.items():
            if name in known:
                known[name](field, f"{at}/{name}", problems)
            elif name != "type" and not self.open:
                say(problems, at, f"invalid additional property: {name}")
        if len(problems) == before:
            self.also(value, at, problems)


def kinds(table: Mapping[str, Rule], where: str = "") -> Rule:
    """An object whose `type` says which rule is for it; `where` ends the message about any other type."""

    def rule(value: Any, at: str, problems: list[str]) -> None:
        if not isinstance(value, dict):
            say(problems, at, "must provide an object")
        elif "type" not in value:
            say(problems, at, "missing required field: type")
        elif not isinstance(value["type"], str) or value["type"] not in table:
            say(problems, at, f"unsupported type: {value['type']}{where}")
        else:
            table[value["type"]](value, at, problems)

    return rule


def one_of(*names: str) -> Rule:
    """Exactly one of these fields must be there."""

    def rule(value: Any, at: str, problems: list[str]) -> None:
        if sum(name in value for name in names) != 1:
            say(problems, at, f"must have exactly one of {', '.join(names)}")

    return rule


def some_of(*names: str) -> Rule:
    """At least one of these fields must be there."""

    def rule(value: Any, at: str, problems: list[str]) -> None:
        if not any(value.get(name) for name in names):
            say(problems, at, f"must have at least one of {', '.join(names)}")

    return rule


def both(*rules: Rule) -> Rule:
    """All of these rules."""

    def rule(value: Any, at: str, problems: list[str]) -> None:
        for each in rules:
            each(value, at, problems)

    return rule
