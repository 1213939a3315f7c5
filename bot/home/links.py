"""From a list to a card: the address of its message; pure."""

from __future__ import annotations

from bot.sends import Send


def address(send: Send, workspace: str | None) -> str | None:
    """Of its card; None where that is not known. `workspace`: `https://example.slack.com/` (auth.test).

    The form is that of chat.getPermalink's answers (docs.slack.dev), which would be a call for each line.
    """
    if not (workspace and send.card_channel and send.card_ts):
        return None
    return f"{workspace.rstrip('/')}/archives/{send.card_channel}/p{send.card_ts.replace('.', '')}"
