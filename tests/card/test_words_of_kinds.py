"""What a card says of each kind of send in each state: in the words of what it does, and never untrue."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.card.bulk import over
from bot.card.picture import buttons, picture
from bot.card.presses import too_late
from bot.card.receipt import line, moment
from bot.card.words import held_note, maybe_note, state
from bot.evidence import Fact
from bot.registry import Registry
from bot.sends import TEXTS, Kind, Leg, Send, State
from bot.sends.run import Action, RowState, RunState
from bot.settings import Group, Sender, Settings
from sandbox.slack import blockkit
from tests.test_rules_of_kinds import SENDS

NOW = datetime(2026, 7, 1, 16, 0, tzinfo=UTC)
REGISTRY = Registry([Sender("2065551212", "Main line"), Sender("12345", "Short code")], [Group("weekly")])
DONE = {
    Kind.SEND: "sent",
    Kind.CAMPAIGN: "sent",
    Kind.EVERYONE: "sent",
    Kind.TEST: "sent",
    Kind.CREATE: "stored",
    Kind.SUBSCRIBE: "subscribed",
    Kind.CONTACT: "added",
    Kind.STOP: "stopped",
}
VERB = {Kind.CREATE: "Create", Kind.SUBSCRIBE: "Subscribe", Kind.CONTACT: "Add", Kind.STOP: "Stop"}
NEVER = {  # an opt-out is confirmed in its form: it is never a draft, never held, in doubt or refused
    Kind.STOP: (State.DRAFT, State.HELD, State.MAYBE_SENT, State.REFUSED, State.EXPIRED),
}
TEXTING = TEXTS | {Kind.BULK, Kind.REPEAT}
# An opt-out has no draft; how a run and a repeating campaign go on is told in words of their own.
ALIKE = [kind for kind in Kind if kind not in (Kind.STOP, Kind.BULK, Kind.REPEAT)]
STATES = [one for one in State if one is not State.AWAITING]
ALL = [(kind, one) for kind in Kind for one in STATES if one not in NEVER.get(kind, ())]


def settings() -> Settings:
    return Settings.read(
        {
            "SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s" * 32, "SMS_ADMINS": "U0MAX",
            "WHATCOUNTS_URL": "https://example.com", "WHATCOUNTS_REALM": "r", "WHATCOUNTS_PASSWORD": "p" * 12,
            "SMS_TIMEZONE": "America/Los_Angeles", "SMS_SENDERS": "2065551212=Main line,12345=Short code",
        }
    )  # fmt: skip


def a_send(kind: Kind, where: State, **changes: object) -> Send:
    """One of this kind in this state, as it comes there."""
    is_text = kind in TEXTS | {Kind.CREATE}
    made = replace(
        SENDS[kind], state=where, state_at=NOW, revision=3, asked_by="U0OLIVE", asked_at=NOW, channel="C0SMS",
        text="Tidewater: Hello" if is_text else "", prepared_at=NOW, attempts=0, objections=[],
        email="jon@mydomain.com" if kind is Kind.CONTACT else None,
        customer_key="10442" if kind is Kind.CONTACT else None,
    )  # fmt: skip
    if where not in (State.DRAFT, State.EXPIRED):
        made = replace(made, confirmed_by="U0ANA", due_at=NOW + timedelta(seconds=5))
    if where in (State.HELD, State.REFUSED, State.MAYBE_SENT):
        made = replace(made, why="Why not <there>.", held_by="late")
    return replace(made, **changes)  # type: ignore[arg-type]


def said(send: Send, frozen: bool = False) -> str:
    """Its state as a person reads it, without the marks and with its time as `then`."""
    return re.sub(r"<!date[^>]*>", "then", state(send, frozen)).replace("*", "")


@pytest.mark.parametrize("frozen", [True, False])
@pytest.mark.parametrize(("kind", "where"), ALL)
def test_every_card_is_one_that_slack_takes(kind: Kind, where: State, frozen: bool) -> None:
    text, blocks = picture(a_send(kind, where), settings(), REGISTRY, frozen)
    given = [{"block_id": f"b{at}", **block} for at, block in enumerate(blocks)]
    assert blockkit.message_problems(given, []) == []
    assert text and "None" not in str(blocks) + text and "  " not in said(a_send(kind, where), frozen)


@pytest.mark.parametrize(("kind", "where"), ALL)
def test_a_change_is_never_called_sent_and_a_text_never_a_change(kind: Kind, where: State) -> None:
    send = a_send(kind, where)
    shown = [said(send), too_late(send), line(send), held_note(send, "It is late."), maybe_note(send)]
    shown += [one.label for one in buttons(send)]
    wrong = r"\bchanged\b(?! nothing)" if kind in TEXTING else r"\b[Ss]ent\b|\bsubmitted\b|\bSubmitted\b"
    # "smsops sends it nothing more" and "Sends are frozen" are of texts
    assert [one for one in shown if re.search(wrong, one)] == []


@pytest.mark.parametrize("kind", ALIKE)
def test_the_states_in_the_words_of_the_kind(kind: Kind) -> None:
    done, what = DONE[kind], "sent" if kind in TEXTS else "changed"
    leaves = "It leaves" if kind in TEXTS else f"It is {done}"
    on_its_way = "Sending" if kind in TEXTS else "Asking WhatCounts"
    again = "send it again" if kind in TEXTS else "ask for it again"
    took = "Submitted " if kind in TEXTS else f"{done.capitalize()} then."
    begins = {
        State.DRAFT: f"Draft. Nothing is {what} until someone presses {VERB.get(kind, 'Send')}.",
        State.SCHEDULED: f"Scheduled. {leaves} then, confirmed by <@U0ANA>. It can be cancelled until",
        State.HELD: f"Held: nothing was {what}. Why not &lt;there&gt;.",
        State.SENDING: f"{on_its_way}. The request is on its way to WhatCounts.",
        State.SUBMITTED: took,
        State.REFUSED: f"Not {done}. Why not &lt;there&gt;.",
        State.MAYBE_SENT: f"May have been {done}: nobody knows. Why not &lt;there&gt;. Look in WhatCounts",
        State.CANCELLED: f"Cancelled. Nothing was {what}.",
        State.EXPIRED: f"Expired. Nobody decided for 24 hours. Nothing was {what}.",
    }
    assert {one: said(a_send(kind, one))[: len(begins[one])] for one in begins} == begins
    assert said(a_send(kind, State.MAYBE_SENT)).endswith(f"smsops will not {again}.")


@pytest.mark.parametrize("kind", ALIKE)
def test_what_cannot_be_confirmed_says_so_in_its_words(kind: Kind) -> None:
    stop = [{"rule": "audience", "severity": "stop", "sentence": "Not registered."}]
    send = a_send(kind, State.DRAFT, prepared_at=None, objections=stop)
    what = "sent" if kind in TEXTS else "changed"
    assert said(send) == f"Draft, cannot be {DONE[kind]} yet. Nothing was {what}."
    assert [one.label for one in buttons(send)] == ["Edit", "Cancel"]
    checking = said(a_send(kind, State.DRAFT, prepared_at=None))
    assert checking == (
        "Draft. Reading the text from WhatCounts…" if kind in TEXTS else "Draft. Checking it…"
    )


@pytest.mark.parametrize("kind", ALIKE)
def test_the_buttons_of_each_state(kind: Kind) -> None:
    verb, done = VERB.get(kind, "Send"), DONE[kind].capitalize()
    is_text = kind in TEXTS
    expected = {
        State.DRAFT: [verb, "Edit", "Cancel"],
        State.SCHEDULED: ["Cancel", "Move", "Edit"] if is_text else ["Cancel", "Edit"],
        State.HELD: [f"{verb} Now", "Move", "Cancel"] if is_text else [f"{verb} Now", "Cancel"],
        State.SENDING: [],
        State.SUBMITTED: ["Oops"] if kind in (Kind.SEND, Kind.CAMPAIGN, Kind.EVERYONE) else [],
        State.REFUSED: ["Draft Again"],
        State.MAYBE_SENT: [f"It Was {done}", f"It Was Not {done}"],
        State.CANCELLED: ["Draft Again"],
        State.EXPIRED: ["Draft Again"],
    }
    assert {one: [each.label for each in buttons(a_send(kind, one))] for one in expected} == expected
    held = a_send(kind, State.HELD, held_by="content")
    assert [each.label for each in buttons(held)] == ["Edit", "Cancel"]


@pytest.mark.parametrize(("kind", "where"), ALL)
def test_a_freeze_is_told_of_what_it_holds_and_of_nothing_else(kind: Kind, where: State) -> None:
    is_told = re.search("Sends are (still )?frozen", said(a_send(kind, where), frozen=True)) is not None
    assert is_told == (where in (State.DRAFT, State.SCHEDULED, State.HELD) and kind is not Kind.STOP)


@pytest.mark.parametrize(
    ("kind", "trace"),
    [
        (Kind.SEND, "this text in the phone's history"),
        (Kind.TEST, "this text in the phone's history"),
        (Kind.CAMPAIGN, "a campaign whose name ends in S-7K3QXM"),
        (Kind.EVERYONE, "a campaign whose name ends in S-7K3QXM"),
        (Kind.CREATE, "a message named “Autumn”"),
        (Kind.SUBSCRIBE, "this phone among the contacts of 2065551212"),
        (Kind.CONTACT, "this phone among the contacts of 2065551212"),
    ],
)
def test_a_doubt_says_what_to_look_for(kind: Kind, trace: str) -> None:
    send = a_send(kind, State.MAYBE_SENT)
    assert f"Look in WhatCounts for {trace}" in said(send)
    assert f"Look in WhatCounts for {trace}" in maybe_note(send)


def test_who_looked_is_named_and_the_answer_is_theirs() -> None:
    created = a_send(Kind.CREATE, State.SUBMITTED, settled_by="U0MAX")
    assert said(created) == "Stored, says <@U0MAX>, who looked in WhatCounts."
    text = a_send(Kind.SEND, State.SUBMITTED, settled_by="U0MAX")
    assert said(text) == "Submitted, says <@U0MAX>, who looked in WhatCounts."


@pytest.mark.parametrize(
    ("came", "where", "begins"),
    [
        ("done open", State.SCHEDULED, "Sending. 1 of 2 done."),
        ("done open", State.HELD, "Held. 1 of 2 was submitted. Why not"),
        ("doubt open", State.HELD, "Held. 0 of 2 were submitted. Why not"),
        ("done open", State.CANCELLED, "Cancelled. 1 of 2 was submitted."),
        ("done refused", State.SUBMITTED, "Submitted to 1 of 2 then. WhatCounts took it"),
        ("done done", State.SUBMITTED, "Submitted then. WhatCounts took it"),
        ("refused refused", State.REFUSED, "Not sent. Why not"),
        ("doubt done", State.MAYBE_SENT, "May have been sent: nobody knows. No answer. Look in"),
    ],
)
def test_a_test_says_how_many_of_its_phones_it_is_about(came: str, where: State, begins: str) -> None:
    one, two = came.split()
    legs = [
        Leg(1, "2065551212", "•••••••0111", one, 1, why="No answer."),  # type: ignore[arg-type]
        Leg(2, "2065551212", "•••••••0112", two, 1),  # type: ignore[arg-type]
    ]
    read = said(a_send(Kind.TEST, where, legs=legs))
    assert read.startswith(begins)
    assert "othing was sent" not in read


def test_a_stop_says_what_holds_already_and_what_is_not_done_yet() -> None:
    going = a_send(Kind.STOP, State.SCHEDULED)
    assert said(going) == "Stopping. smsops itself sends it nothing more from there."
    assert [one.label for one in buttons(going)] == ["Cancel"]
    failed = [Leg(1, "2065551212", "•••••••0100", "open", 2, why="WhatCounts is down.")]
    open_one = a_send(Kind.STOP, State.SCHEDULED, legs=failed, claim="c1")
    begins = "Not stopped in WhatCounts yet on 2065551212, asked 2 times: WhatCounts is down."
    assert said(open_one).startswith(begins)
    assert "It is asked again then, until it is done." in said(open_one)
    assert [one.label for one in buttons(open_one)] == ["It Was Stopped"]
    assert "not stopped yet" in line(open_one)
    done = a_send(Kind.STOP, State.SUBMITTED)
    assert said(done).startswith("Stopped then. WhatCounts keeps the opt-out")
    assert buttons(done) == []


@pytest.mark.parametrize(
    ("action", "counts", "is_told"),
    [
        (Action.SEND, {RowState.SUBMITTED: 1, RowState.REFUSED: 2}, True),
        (Action.SEND, {RowState.REFUSED: 3}, False),
        (Action.STOP, {RowState.SUBMITTED: 3}, False),
    ],
)
def test_a_finished_list_says_what_submitted_means_where_something_was(
    action: Action, counts: dict[RowState, int], is_told: bool
) -> None:
    rows = SENDS[Kind.BULK]
    assert rows.run
    run = replace(rows.run, action=action, state=RunState.DONE, ended_at=NOW, counts=counts)
    said = over(replace(rows, run=run, state=State.SUBMITTED, state_at=NOW))
    assert ("WhatCounts took" in said) is is_told
    assert f"{counts.get(RowState.SUBMITTED, 0)} of 3" in said


def test_a_contact_is_shown_masked() -> None:
    text, blocks = picture(a_send(Kind.CONTACT, State.DRAFT), settings(), REGISTRY, False)
    shown = text + str(blocks)
    assert all(part in shown for part in ("j•••@mydomain.com", "•••••••0100", "Main line", "weekly"))
    assert not any(part in shown for part in ("jon@", "2065550100", "10442"))


@pytest.mark.parametrize(
    ("kind", "what", "words"),
    [
        (Kind.SEND, "submitted", "*submitted*"),
        (Kind.SEND, "maybe_sent", "*may have been sent*"),
        (Kind.CREATE, "submitted", "*stored*"),
        (Kind.CREATE, "sending", "*asked WhatCounts*"),
        (Kind.CREATE, "refused", "*not stored*"),
        (Kind.SUBSCRIBE, "maybe_sent", "*may have been subscribed*"),
        (Kind.CONTACT, "submitted", "*added*"),
        (Kind.TEST, "refused", "*not sent (•••••••0111 12345)*"),
        (Kind.STOP, "submitted", "*stopped (•••••••0111 12345)*"),
    ],
)
def test_the_timeline_tells_it_in_the_same_words(kind: Kind, what: str, words: str) -> None:
    send = a_send(kind, State.SUBMITTED)
    detail = {"to": "•••••••0111", "sender": "12345"} if kind in (Kind.TEST, Kind.STOP) else {}
    fact = Fact(at=NOW, who="smsops", what=what, detail=detail)
    assert words in moment(fact, send, settings().timezone)
