"""The people and channels of the sandbox's workspace; the ids are fixed, so that tests can name them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sandbox.slack.record import Json

TEAM, TEAM_NAME, DOMAIN, ELSEWHERE = "T0SANDBOX", "Sandbox", "sandbox", "T0ELSEWHERE"
BOT_USER, BOT_ID, APP = "U0BOT", "B0BOT", "A0SMSOPS"
CREATED = 1_700_000_000


@dataclass(frozen=True)
class Person:
    """One user of the workspace, or of another one (`is_stranger`)."""

    id: str
    name: str
    role: str = ""
    colour: str = "5f6b7a"
    team: str = TEAM
    zone: str = "America/Los_Angeles"
    is_guest: bool = False
    is_stranger: bool = False
    is_bot: bool = False

    @property
    def handle(self) -> str:
        """The user name, as in `user_name` of a slash command."""
        return self.name.lower().replace(" ", ".")

    def to_dict(self, now: float) -> Json:
        """The `user` object of users.info."""
        offset = zone_offset(self.zone, now)
        shown = {
            "id": self.id,
            "team_id": self.team,
            "name": self.handle,
            "deleted": False,
            "color": self.colour,
        }
        shown |= {"real_name": self.name, "tz": self.zone, "tz_label": self.zone, "tz_offset": offset}
        shown["profile"] = {"real_name": self.name, "display_name": self.name, "team": self.team}
        if self.is_stranger:
            return shown | {"is_stranger": True, "is_bot": False, "is_app_user": False, "updated": CREATED}
        flags = {"is_admin": False, "is_owner": False, "is_primary_owner": False, "is_app_user": False}
        guest = {"is_restricted": self.is_guest, "is_ultra_restricted": self.is_guest}
        return shown | flags | guest | {"is_bot": self.is_bot, "updated": CREATED}


def zone_offset(zone: str, now: float) -> int:
    """Seconds east of UTC in that zone at that moment."""
    offset = datetime.fromtimestamp(now, ZoneInfo(zone)).utcoffset()
    return int(offset.total_seconds()) if offset else 0


@dataclass
class Channel:
    """One conversation and who is in it; a DM names its person in `person`."""

    id: str
    name: str
    members: set[str] = field(default_factory=set)
    is_private: bool = False
    is_ext_shared: bool = False
    is_archived: bool = False
    person: str | None = None

    @property
    def is_dm(self) -> bool:
        """A conversation of one person with the bot."""
        return self.person is not None

    @property
    def typed_name(self) -> str:
        """`channel_name` as Slack puts it into a slash command."""
        if self.is_dm:
            return "directmessage"
        return "privategroup" if self.is_private else self.name

    def to_dict(self) -> Json:
        """The `channel` object of conversations.info."""
        common: Json = {
            "id": self.id,
            "created": CREATED,
            "is_archived": self.is_archived,
            "is_im": self.is_dm,
        }
        if self.is_dm:
            return common | {"user": self.person, "is_org_shared": False, "is_user_deleted": False}
        common |= {"name": self.name, "name_normalized": self.name, "creator": "U0MAX", "is_general": False}
        common |= {"is_channel": not self.is_private, "is_group": self.is_private, "is_mpim": False}
        common |= {
            "is_private": self.is_private,
            "is_member": BOT_USER in self.members,
            "is_org_shared": False,
        }
        common |= {
            "is_shared": self.is_ext_shared,
            "is_ext_shared": self.is_ext_shared,
            "is_pending_ext_shared": False,
        }
        blank = {"value": "", "creator": "", "last_set": 0}
        return common | {"context_team_id": TEAM, "topic": blank, "purpose": blank, "previous_names": []}


@dataclass
class UserGroup:
    """A user group: its handle, who is in it; `users` may be changed."""

    id: str
    handle: str
    users: list[str] = field(default_factory=list)
    is_disabled: bool = False


@dataclass
class World:
    """Everybody, every channel and every user group, by id."""

    people: dict[str, Person]
    channels: dict[str, Channel]
    groups: dict[str, UserGroup] = field(default_factory=dict)

    def person(self, user: str) -> Person:
        """That person; LookupError for an id that nobody has."""
        if user not in self.people:
            raise LookupError(f"nobody has the id {user}: there are {', '.join(self.people)}")
        return self.people[user]

    def channel(self, channel: str) -> Channel:
        """That channel; LookupError for an id that none has."""
        if channel not in self.channels:
            raise LookupError(f"no channel has the id {channel}: there are {', '.join(self.channels)}")
        return self.channels[channel]

    def seen_by(self, user: str) -> list[Channel]:
        """The channels that this person is in."""
        return [channel for channel in self.channels.values() if user in channel.members]

    def names(self) -> dict[str, str]:
        """What people read for an id: "@Olive Park", "#sms"."""
        people = {person.id: f"@{person.name}" for person in self.people.values()}
        people |= {group.id: f"@{group.handle}" for group in self.groups.values()}
        return people | {
            channel.id: f"#{channel.name}" for channel in self.channels.values() if not channel.is_dm
        }


def dm(user: str) -> str:
    """The id of the conversation of this person with the bot: U0OLIVE -> D0OLIVE."""
    return "D0" + user.removeprefix("U0")


def sandbox_world() -> World:
    """A fresh world as the page and the tests know it."""
    people = [
        Person("U0OLIVE", "Olive Park", "operator", "2b7a4b"),
        Person("U0ANA", "Ana Silva", "approver", "8a4baf", zone="America/New_York"),
        Person("U0MAX", "Max Weber", "admin", "b35c1e", zone="Europe/Berlin"),
        Person("U0OTTO", "Otto Lind", "outsider", "3a6ea5"),
        Person("U0GUEST", "Gia Guest", "guest", "7a7a2b", is_guest=True),
        Person("U0ALIEN", "Alex Elsewhere", "stranger", "a5343a", team=ELSEWHERE, is_stranger=True),
        Person(BOT_USER, "smsops", "app", "1264a3", is_bot=True),
    ]
    full = {"U0OLIVE", "U0ANA", "U0MAX", "U0OTTO"}
    channels = [
        Channel("C0SMS", "sms", {*full, "U0GUEST", BOT_USER}),
        Channel("C0RANDOM", "random", set(full)),
        Channel("C0SHARED", "partners", {*full, "U0ALIEN", BOT_USER}, is_ext_shared=True),
    ]
    channels += [Channel(dm(p.id), p.name, {p.id, BOT_USER}, person=p.id) for p in people if not p.is_bot]
    groups = [
        UserGroup("S0LEADS", "leads", ["U0ANA", "U0GUEST"]),
        UserGroup("S0GONE", "gone", ["U0OTTO"], is_disabled=True),
    ]
    return World(
        {person.id: person for person in people},
        {channel.id: channel for channel in channels},
        {group.id: group for group in groups},
    )
