"""Settings: each one read, each one refused with its name, no secret ever shown."""

from __future__ import annotations

from datetime import date, time
from zoneinfo import ZoneInfo

import pytest

from bot.errors import SettingsError
from bot.settings import Caps, Delays, Group, QuietHours, Rate, Sender, Settings, names

TOKEN = "xoxb-1111-2222-bottoken"
SIGNING = "8f742231b10e8888abcd99yyyzzz85a5"
PASSWORD = "pa55 word/&=%+é"
REQUIRED = {
    "SLACK_BOT_TOKEN": TOKEN,
    "SLACK_SIGNING_SECRET": SIGNING,
    "WHATCOUNTS_URL": "https://api.whatcounts.net",
    "WHATCOUNTS_REALM": "my account",
    "WHATCOUNTS_PASSWORD": PASSWORD,
    "SMS_ADMINS": "U0MAX,W0EVA",
    "SMS_SENDERS": "2065551212=Main line,12345=Short code,PINE",
    "SMS_TIMEZONE": "America/Los_Angeles",
}
EVERYTHING = REQUIRED | {
    "SLACK_API_URL": "http://127.0.0.1:8080/api",
    "SLACK_APP_TOKEN": "xapp-1-token",
    "WHATCOUNTS_CLIENT_NAME": "smsops",
    "WHATCOUNTS_CLIENT_AUTH": "client secret",
    "WHATCOUNTS_TEXT_API": "rest",
    "DATABASE_URL": "postgres://ana:hunter%402@db:5433/sms?sslmode=require",
    "HOST": "127.0.0.1",
    "PORT": "8000",
    "SMS_APPROVERS": "U0ANA",
    "SMS_OPERATORS": "*, U0OLIVE",
    "SMS_CHANNELS": "C0SMS, G0OPS",
    "SMS_GROUPS": "weekly, vip@America/New_York, a@b@Europe/Paris",
    "SMS_TEST_PHONES": "+1 206 555 0100, (206) 555-0101",
    "SMS_BRAND": "Pine & Co",
    "SMS_DELAY_SECONDS": "phone=0, everyone=600",
    "SMS_APPROVAL": "campaign",
    "SMS_QUIET_HOURS": "20:00-09:00",
    "SMS_RATE": "send=2",
    "SMS_CAPS": "hour=9",
    "SMS_BULK_LIMIT": "0",
    "SMS_ALARM_CHANNEL": "C0ALARM",
    "SMS_BLACKOUT": "2026-12-25,2026-11-26",
    "SMS_RETENTION_DAYS": "30",
    "METRICS_TOKEN": "0123456789abcdef",
}
SECRETS = (TOKEN, SIGNING, PASSWORD, "xapp-1-token", "client secret", "hunter", "0123456789abcdef")

# Every setting with a value that a tired person could give it.
WRONG = {
    "SLACK_BOT_TOKEN": ["xapp-1-token", "xoxb-", " xoxb-1", "xoxb-1\n"],
    "SLACK_SIGNING_SECRET": ["short", TOKEN, "two words of more than sixteen"],
    "SLACK_API_URL": [
        "http://slack.com/api/",
        "slack.com",
        "https://u:hunter2@slack.com/api/",
        "https://slack.com/api?x=1",
    ],
    "SLACK_APP_TOKEN": [TOKEN],
    "WHATCOUNTS_URL": [
        "http://api.whatcounts.net",
        "https://api.whatcounts.net/rest/sms/sendMessage",
        "ftp://api.whatcounts.net",
        "https://realm:hunter2@api.whatcounts.net",
        "https://",
        "https://host:port",
        "a b",
        "http://127.0.0.1.evil.test",
    ],
    "WHATCOUNTS_REALM": ["a:b", "two\nlines"],
    "WHATCOUNTS_PASSWORD": ["hunter2 ", "hunter2\n", "hun\x00ter2"],
    "WHATCOUNTS_CLIENT_NAME": ["a:b", "two\nlines"],
    "WHATCOUNTS_CLIENT_AUTH": ["hunter2\n"],
    "WHATCOUNTS_TEXT_API": ["soap", "HTTP"],
    "DATABASE_URL": [
        "smsops.db",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///a.db?mode=memory",
        "mysql://ana:hunter2@db/sms",
        "postgresql://ana:hunter2@db:port/sms",
        "postgresql+asyncpg://ana:hunter2@db/sms",
    ],
    "HOST": ["example.com", "0.0.0.0:80"],
    "PORT": ["http", "0", "70000", "-1", "३"],
    "SMS_ADMINS": ["*", ",", "@max", "S0", "max@example.com", "U0MAX,U0MAX"],
    "SMS_APPROVERS": ["s0approvers", "ana"],
    "SMS_OPERATORS": ["S0-1", "all"],
    "SMS_CHANNELS": ["#sms", "U0MAX"],
    "SMS_SENDERS": [",", "206-555-1212=Main line", "=Main", "12345=a,12345=b", "1234567890123456"],
    "SMS_GROUPS": ["weekly@Mars/Base", "@America/New_York", "weekly,weekly", "vip,vip@America/New_York"],
    "SMS_TEST_PHONES": ["12", "2065550100,+12065550100"],
    "SMS_TIMEZONE": ["Los_Angeles", "America", "../etc/passwd", "/etc/passwd", "PST"],
    "SMS_BRAND": ["x" * 41, "two\nlines"],
    "SMS_DELAY_SECONDS": ["5", "phone=soon", "phone=-1", "group=5,group=6", "campaign=5"],
    "SMS_APPROVAL": ["always"],
    "SMS_QUIET_HOURS": ["9-17", "20:00", "20:00-25:00", "09:00-09:00", "20:00-09:00-10:00", "eu"],
    "SMS_RATE": ["send=0", "1", "send=1.5"],
    "SMS_CAPS": ["person=0", "day=5"],
    "SMS_BULK_LIMIT": ["many", "-1"],
    "SMS_ALARM_CHANNEL": ["#alarm", "C0A,C0B"],
    "SMS_BLACKOUT": ["25.12.2026", "2026-02-30"],
    "SMS_RETENTION_DAYS": ["0", "forever"],
    "METRICS_TOKEN": ["short"],
}


def refusal(environ: dict[str, str]) -> str:
    """What the person who starts it reads."""
    with pytest.raises(SettingsError) as caught:
        Settings.read(environ)
    return str(caught.value)


def test_required_settings_are_enough_and_the_rest_has_its_documented_default() -> None:
    settings = Settings.read(REQUIRED | {"PATH": "/bin", "SMS_BRAND": ""})
    assert settings.slack_bot_token.get_secret_value() == TOKEN
    assert settings.whatcounts_password.get_secret_value() == PASSWORD
    assert (settings.slack_api_url, settings.slack_app_token) == ("https://slack.com/api/", None)
    assert settings.whatcounts_text_api == "http"
    assert (settings.database_url, settings.host, settings.port) == ("sqlite:///smsops.db", "0.0.0.0", 3000)
    assert settings.admins.ids == {"U0MAX", "W0EVA"}
    assert not settings.approvers
    assert not settings.operators
    assert settings.channels == frozenset()
    assert settings.senders[0] == Sender("2065551212", "Main line")
    assert settings.senders[2] == Sender("PINE", "PINE")
    assert (settings.groups, settings.test_phones, settings.brand) == ((), (), None)
    assert settings.timezone == ZoneInfo("America/Los_Angeles")
    assert settings.delays == Delays(phone=5, group=60, everyone=300)
    assert (settings.approval, settings.quiet_hours) == ("everyone", "us")
    assert (settings.rate, settings.caps) == (Rate(send=1, other=10), Caps(person=200, hour=500))
    assert (settings.bulk_limit, settings.retention_days) == (100, 730)
    assert (settings.alarm_channel, settings.blackout, settings.metrics_token) == (None, (), None)


def test_every_setting_is_read() -> None:
    settings = Settings.read(EVERYTHING)
    assert set(EVERYTHING) == set(names())
    assert settings.model_fields_set == set(Settings.model_fields)
    assert settings.slack_api_url == "http://127.0.0.1:8080/api/"
    assert settings.database_url == "postgresql+psycopg://ana:hunter%402@db:5433/sms?sslmode=require"
    assert settings.operators.anyone
    assert "U0OLIVE" in settings.operators
    assert "*" not in settings.operators
    assert settings.channels == {"C0SMS", "G0OPS"}
    assert settings.groups[:2] == (Group("weekly"), Group("vip", "America/New_York"))
    assert settings.groups[2] == Group("a@b", "Europe/Paris")
    assert settings.test_phones == ("12065550100", "12065550101")
    assert settings.delays == Delays(phone=0, group=60, everyone=600)
    assert settings.quiet_hours == QuietHours(time(20), time(9))
    assert (settings.rate, settings.caps) == (Rate(send=2, other=10), Caps(person=200, hour=9))
    assert settings.blackout == (date(2026, 11, 26), date(2026, 12, 25))


@pytest.mark.parametrize(
    "pasted",
    [
        "api.whatcounts.net", "https://API.whatcounts.net/", "https://api.whatcounts.net/rest",
        "https://api.whatcounts.net/rest/sms/", "https://api.whatcounts.net/bin/api_web",
        "api.whatcounts.net/api_web/",
    ],
)  # fmt: skip
def test_pasted_forms_of_the_whatcounts_address_are_understood(pasted: str) -> None:
    assert Settings.read(REQUIRED | {"WHATCOUNTS_URL": pasted}).whatcounts_url == "https://api.whatcounts.net"


@pytest.mark.parametrize("url", ["http://127.0.0.1:8081", "http://localhost:8081", "http://[::1]:8081"])
def test_plain_http_is_accepted_on_this_machine_only(url: str) -> None:
    assert Settings.read(REQUIRED | {"WHATCOUNTS_URL": url}).whatcounts_url == url


@pytest.mark.parametrize("given", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_form_of_a_postgresql_address_is_understood(given: str) -> None:
    url = Settings.read(REQUIRED | {"DATABASE_URL": f"{given}://ana:p%2Fw@/sms?host=%2Ftmp"}).database_url
    assert url == "postgresql+psycopg://ana:p%2Fw@/sms?host=%2Ftmp"


def test_no_setting_lacks_a_wrong_value_in_the_table() -> None:
    assert set(WRONG) == set(names())


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in WRONG for value in WRONG[name]])
def test_a_wrong_value_is_refused_in_one_line_naming_the_setting_and_no_secret(name: str, value: str) -> None:
    said = refusal(EVERYTHING | {name: value})
    assert said.startswith(f"{name}: ")
    assert len(said.splitlines()) == 1
    assert "hunter" not in said
    assert not [secret for secret in SECRETS if secret in said]
    assert "more:" not in said


@pytest.mark.parametrize("name", REQUIRED)
def test_a_missing_or_empty_required_setting_is_named_with_what_to_write(name: str) -> None:
    for environ in ({**REQUIRED, name: ""}, {key: value for key, value in REQUIRED.items() if key != name}):
        assert refusal(environ).startswith(f"{name}: it is required: ")


def test_an_unknown_name_of_ours_is_refused_with_the_nearest_known_one() -> None:
    said = refusal(REQUIRED | {"SMS_ADMIN": "U0MAX"})
    assert said == "SMS_ADMIN: there is no such setting; did you mean SMS_ADMINS?"
    assert refusal(REQUIRED | {"WHATCOUNTS_PASWORD": "x"}).endswith("did you mean WHATCOUNTS_PASSWORD?")
    assert refusal(REQUIRED | {"SMS_Q": ""}) == "SMS_Q: there is no such setting."
    assert refusal(REQUIRED | {"SMS_DATABASE_URL": "x"}).endswith("did you mean DATABASE_URL?")
    Settings.read(REQUIRED | {"SMSOPS_NO_SKIP": "1", "SLACK_WEBHOOK": "x"})


def test_several_errors_name_the_first_and_count_the_others() -> None:
    said = refusal(REQUIRED | {"SMS_CHANNEL": "C0SMS", "SMS_ADMINS": "max", "PORT": "x"})
    assert said.startswith("SMS_CHANNEL: there is no such setting; did you mean SMS_CHANNELS?")
    assert said.endswith(" (2 more: PORT, SMS_ADMINS.)")


def test_an_api_client_needs_both_its_name_and_its_authentication() -> None:
    pair = {"WHATCOUNTS_CLIENT_NAME", "WHATCOUNTS_CLIENT_AUTH"}
    for name in pair:
        (other,) = pair - {name}
        assert refusal(REQUIRED | {name: "x"}) == f"{other}: it is required beside {name}."


@pytest.mark.parametrize("mark", ["DYNO", "RENDER", "RAILWAY_ENVIRONMENT", "FLY_APP_NAME", "K_SERVICE"])
def test_sqlite_is_refused_where_the_disk_is_not_kept(mark: str) -> None:
    there = REQUIRED | {mark: "web.1"}
    assert refusal(there).startswith("DATABASE_URL: an SQLite file on ")
    there["DATABASE_URL"] = "sqlite:////data/sms.db"
    assert refusal(there).startswith("DATABASE_URL: an SQLite file on ")
    kept = Settings.read(there | {"DATABASE_URL": "sqlite:////data/sms.db?durable=1"})
    assert kept.database_url == "sqlite:////data/sms.db"
    Settings.read(there | {"DATABASE_URL": "postgres://ana@db/sms"})


def test_no_secret_is_in_repr_or_str_or_a_dump() -> None:
    settings = Settings.read(EVERYTHING)
    shown = repr(settings) + str(settings) + repr(settings.model_dump(exclude={"database_url"}))
    assert not [secret for secret in SECRETS if secret in shown]


def test_settings_cannot_be_changed_after_they_were_read() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings.read(REQUIRED).port = 1
