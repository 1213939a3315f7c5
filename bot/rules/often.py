"""How often: the same twice to the same people, too many of one person, too many in an hour."""

from __future__ import annotations

from datetime import timedelta

from bot.moments import account_time
from bot.rules.facts import Facts, Objection
from bot.sends import Kind, State
from bot.sends.history import HOUR, LEFT, REPEAT, Earlier

SHOWN = 80  # characters of the earlier text


def repeat(facts: Facts) -> Objection | None:
    """The same to the same people: within 24 h to many, within 10 minutes to one phone (product.md 5.6).

    Tests are exempt. A correction is not: it has words of its own, and the wrong ones once more are the
    mistake. What is confirmed all the same is so for this earlier one alone.
    """
    if facts.send.kind is Kind.TEST:
        return None
    found = next((one for one in facts.earlier if _is_same(facts, one)), None)
    if found is None:
        return None
    when = account_time(found.at, facts.terms.zone)
    gap = _span(abs(facts.leaves_at - found.at))
    text = found.text or facts.text
    cut = text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
    if found.state in LEFT:
        did = "may have been sent" if found.state is State.MAYBE_SENT else "was sent"
        said = f"The same {did} to {_whom(found)} {gap} before, {when}, as {found.id}."
    else:
        said = f"The same is scheduled for {_whom(found)} as {found.id}, {when}."
    sentence = f"{said} Send it once more only if they shall get it twice."
    return Objection("repeat", "look", sentence, found.id, quote=cut)


def _whom(found: Earlier) -> str:
    if found.phones is None:
        return "them"
    return "1 of these phones" if found.phones == 1 else f"{found.phones:,} of these phones"


def same_text(facts: Facts) -> Objection | None:
    """The words of one of the last texts to these people, from longer ago than the repeat guard looks.

    Other times of the same repeating campaign do not count.
    """
    others = (one for one in facts.history.told if not is_same_campaign(facts, one.series))
    found = next((one for one in others if _words(one.text) == _words(facts.text)), None)
    if found is None or repeat(facts) is not None:
        return None
    when = account_time(found.at, facts.terms.zone)
    said = f"These are the words that they got as {found.id}, {when}."
    if not facts.is_to_many:  # "Your table is ready" is said to one person more than once
        return Objection("same text", "notice", said, found.id)
    return Objection("same text", "look", f"{said} Send them once more only if that is meant.", found.id)


def is_same_campaign(facts: Facts, series: str | None) -> bool:
    """Whether another text is one time of the same repeating campaign."""
    return series is not None and series == facts.send.series


def _is_same(facts: Facts, other: Earlier) -> bool:
    """The same message, or the same words; also of a correction that says the wrong thing again.

    Other times of the same repeating campaign do not count (product.md 5.6).
    """
    if is_same_campaign(facts, other.series):
        return False
    if abs(facts.leaves_at - other.at) > REPEAT[facts.is_to_many]:
        return False
    is_message = facts.is_to_many and facts.send.message is not None and other.message == facts.send.message
    return is_message or _words(other.text) == _words(facts.text)


def _words(text: str | None) -> str:
    return " ".join((text or "").split()).casefold()


def _span(gap: timedelta) -> str:
    minutes = int(gap.total_seconds() // 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"


def caps(facts: Facts) -> Objection | None:
    """At most so many texts of one person in a day of the account's zone, and of all in an hour (`SMS_CAPS`).

    Those count that left, or may have, and those whose turn is before this one. A campaign counts as one,
    and so does a bulk run that another person approved; of any other bulk run each phone counts.
    """
    if not facts.send.is_text:
        return None
    most, history = facts.terms.caps, facts.history
    day = facts.leaves_at.astimezone(facts.terms.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    if history.of_person >= most.person:
        until = day + timedelta(days=1)
        said = f"Who asks for this has had {most.person} texts on this day, and may have no more."
    elif history.in_hour >= most.hour:
        until = facts.leaves_at + HOUR
        said = f"In the hour before it would leave there are {most.hour} texts already, the most in an hour."
    else:
        return None
    after = account_time(until, facts.terms.zone)
    way = f"Move it to after {after}, or an admin sets SMS_CAPS."
    return Objection("caps", "stop", f"{said} {way}")
