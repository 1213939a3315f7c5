"""Everything that the process is told from outside, read once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic import BeforeValidator as By
from pydantic_core import ErrorDetails

from bot.errors import SettingsError
from bot.settings import addresses, readers
from bot.settings.readers import group, is_usergroup, sender
from bot.settings.values import Caps, Delays, Group, People, QuietHours, Rate, Sender

__all__ = [
    "Approval",
    "Caps",
    "Delays",
    "Group",
    "People",
    "QuietHours",
    "Rate",
    "Sender",
    "Settings",
    "group",
    "is_usergroup",
    "sender",
]

TextApi = Literal["http", "rest"]
Approval = Literal["none", "everyone", "campaign"]
Secret = Annotated[SecretStr, By(addresses.secret)]
LongSecret = Annotated[SecretStr, By(addresses.long_secret)]
BotToken = Annotated[SecretStr, By(addresses.beginning("xoxb-", "copy the Bot User OAuth Token"))]
AppToken = Annotated[SecretStr, By(addresses.beginning("xapp-", "copy the app-level token"))]


def environment_name(field: str) -> str:
    """The environment's name for a field: those of others as they are, ours with SMS_."""
    if field == "delays":
        return "SMS_DELAY_SECONDS"
    theirs = field in ("database_url", "host", "port", "metrics_token")
    return field.upper() if theirs or field.startswith(("slack_", "whatcounts_")) else f"SMS_{field.upper()}"


# What to write for a setting that has no default.
NEEDED = {
    "SLACK_BOT_TOKEN": "the Bot User OAuth Token, from the Slack app's page OAuth & Permissions",
    "SLACK_SIGNING_SECRET": "the Signing Secret, from the Slack app's page Basic Information",
    "WHATCOUNTS_URL": "the address where you log in to WhatCounts, such as https://api.whatcounts.net",
    "WHATCOUNTS_REALM": "the realm (account name) in WhatCounts",
    "WHATCOUNTS_PASSWORD": "the realm's API password",
    "SMS_ADMINS": "the Slack user ids of the admins, comma-separated",
    "SMS_SENDERS": "the sender codes, such as 2065551212=Main line,12345=Short code",
    "SMS_TIMEZONE": "the account's time zone, such as America/Los_Angeles",
}


class Settings(BaseModel):
    """What was set; the comments say what a setting is where its name does not."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, alias_generator=environment_name
    )

    slack_bot_token: BotToken
    slack_signing_secret: LongSecret
    slack_api_url: Annotated[str, By(addresses.slack_api_url)] = "https://slack.com/api/"
    slack_app_token: AppToken | None = None  # Socket Mode when set

    whatcounts_url: Annotated[str, By(addresses.whatcounts_url)]  # the bare origin
    whatcounts_realm: Annotated[str, By(addresses.realm)]
    whatcounts_password: Secret
    whatcounts_client_name: Annotated[str, By(addresses.client_name)] | None = None
    whatcounts_client_auth: Secret | None = None
    whatcounts_text_api: Annotated[TextApi, By(readers.one_of("http", "rest"))] = "http"  # for one-off texts

    database_url: Annotated[str, By(addresses.database_url)] = Field("sqlite:///smsops.db", repr=False)
    host: Annotated[str, By(addresses.listening_host)] = "0.0.0.0"
    port: Annotated[int, By(readers.whole(1, 65535))] = 3000

    admins: Annotated[People, By(readers.admins)]
    approvers: Annotated[People, By(readers.people)] = People()
    operators: Annotated[People, By(readers.people)] = People()
    channels: Annotated[frozenset[str], By(readers.channels)] = frozenset()  # empty: wherever it is

    senders: Annotated[tuple[Sender, ...], By(readers.senders)]  # the first is the default
    groups: Annotated[tuple[Group, ...], By(readers.groups)] = ()
    test_phones: Annotated[tuple[str, ...], By(readers.phones)] = ()  # normal form, "12065551212"
    timezone: Annotated[ZoneInfo, By(readers.zone)]  # the account's
    brand: Annotated[str, By(readers.line(40))] | None = None

    delays: Annotated[Delays, By(readers.numbers(Delays, 0, 86_400))] = Delays()
    approval: Annotated[Approval, By(readers.one_of("none", "everyone", "campaign"))] = "everyone"
    quiet_hours: Annotated[Literal["us", "off"] | QuietHours, By(readers.quiet_hours)] = "us"
    rate: Annotated[Rate, By(readers.numbers(Rate, 1, 1000))] = Rate()
    caps: Annotated[Caps, By(readers.numbers(Caps, 1, 1_000_000))] = Caps()
    bulk_limit: Annotated[int, By(readers.whole(0, 1_000_000))] = 100
    alarm_channel: Annotated[str, By(readers.channel)] | None = None
    blackout: Annotated[tuple[date, ...], By(readers.dates)] = ()  # days on which nothing goes out
    retention_days: Annotated[int, By(readers.whole(1, 36_500))] = 730
    metrics_token: LongSecret | None = None

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Settings:
        """The settings of this environment; an empty value counts as not set.

        Raises SettingsError, one line: the first thing that is wrong by name, and what else is.
        """
        problems = _unknown(environ)
        try:
            settings = cls.model_validate({name: environ[name] for name in names() if environ.get(name)})
        except ValidationError as error:
            problems |= {str(wrong["loc"][0]): _sentence(wrong) for wrong in error.errors()}
        problems |= {name: text for name, text in _together(environ).items() if name not in problems}
        if problems:
            raise SettingsError(_one_line(problems))
        return settings


def names() -> list[str]:
    """Every setting's name in the environment."""
    return [environment_name(field) for field in Settings.model_fields]


def _unknown(environ: Mapping[str, str]) -> dict[str, str]:
    # Compared without the prefix, which would make every two names alike, and which people confuse too.
    known = {_bare(name): name for name in names()}
    found = {}
    for name in sorted(set(environ) - set(known.values())):
        if name.startswith(("SMS_", "WHATCOUNTS_")):
            near = get_close_matches(_bare(name), known, n=1)
            hint = f"; did you mean {known[near[0]]}?" if near else "."
            found[name] = f"there is no such setting{hint}"
    return found


def _bare(name: str) -> str:
    return re.sub("^(SMS|WHATCOUNTS|SLACK)_", "", name)


def _sentence(wrong: ErrorDetails) -> str:
    if wrong["type"] == "missing":
        return f"it is required: {NEEDED[str(wrong['loc'][0])]}."
    return str(wrong["ctx"]["error"])


def _together(environ: Mapping[str, str]) -> dict[str, str]:
    """What is wrong only because of something else in the environment."""
    pair = ("WHATCOUNTS_CLIENT_NAME", "WHATCOUNTS_CLIENT_AUTH")
    found = {
        name: f"it is required beside {other}."
        for name, other in (pair, pair[::-1])
        if environ.get(other) and not environ.get(name)
    }
    url = environ.get("DATABASE_URL") or Settings.model_fields["database_url"].default
    disk = addresses.disk_problem(url, environ)
    return found | ({"DATABASE_URL": disk} if disk else {})


def _one_line(problems: dict[str, str]) -> str:
    (name, sentence), *others = problems.items()
    more = f" ({len(others)} more: {', '.join(name for name, _ in others)}.)" if others else ""
    return f"{name}: {sentence}{more}"
