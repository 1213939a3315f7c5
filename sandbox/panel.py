"""What stands beside the channel on the page: the handsets, the bot's life, and faults to order."""

from __future__ import annotations

from datetime import UTC
from itertools import islice
from typing import TYPE_CHECKING, Any

from sandbox.whatcounts.realm import known_phones

if TYPE_CHECKING:
    from sandbox.process import BotProcess
    from sandbox.slack import Slack
    from sandbox.whatcounts import WhatCountsEmulator

# What the page offers for the next send must not be used up by a reading of the stored messages.
SENDS = {"timeout_after": "send"}
SHOWN = 24  # handsets; a page of thousands shows nothing


class Panel:
    """Tells the page how the two ends and the bot are doing, and carries out what is ordered there."""

    def __init__(self, slack: Slack, whatcounts: WhatCountsEmulator, bot: BotProcess) -> None:
        self._slack = slack
        self._whatcounts = whatcounts
        self._bot = bot

    def phones(self) -> dict[str, dict[str, Any]]:
        """The first handsets by number, each with its owner and what it received, oldest first."""
        owners = known_phones(self._whatcounts.realm, self._whatcounts.sent)
        return {
            number: {
                "label": owners[number] or None,
                "texts": [
                    {
                        "sender": text.sender,
                        "text": text.text,
                        "at": text.at.astimezone(UTC).isoformat(),
                        "campaign": text.campaign,
                    }
                    for text in texts
                ],
            }
            for number, texts in islice(self._whatcounts.handsets().items(), SHOWN)
        }

    def control(self) -> dict[str, Any]:
        """The bot's state and last lines, whether Slack is down, how often each fault will still strike,
        where WhatCounts' own page is, how many handsets there are and how many texts they got."""
        waiting: dict[str, int | bool] = {}
        for fault in self._whatcounts.faults.active:
            waiting[fault.name] = True if fault.left is None else waiting.get(fault.name, 0) + fault.left
        return {
            "bot": self._bot.state,
            "log": self._bot.tail().splitlines(),
            "slack_down": bool(self._slack.faults.down),
            "faults": waiting,
            "whatcounts_page": self._whatcounts.page,
            "handsets": len(known_phones(self._whatcounts.realm, self._whatcounts.sent)),
            "texts": len(self._whatcounts.sent),
        }

    async def act(self, action: dict[str, Any]) -> dict[str, Any]:
        """Carry out an order of the page; {"ok": true}, or false with a `notice` that says why not."""
        try:
            await self._carry_out(action)
        except (ValueError, TypeError, RuntimeError, TimeoutError) as error:
            return {"ok": False, "notice": str(error) or "That did not work."}
        finally:
            self._slack.changed()
        return {"ok": True}

    async def _carry_out(self, action: dict[str, Any]) -> None:
        match action:
            case {"action": "kill_bot"}:
                await self._bot.kill()
            case {"action": "start_bot"}:
                await self._bot.start()
                await self._bot.wait_ready()
            case {"action": "slack_down", "on": bool(on)}:
                self._slack.faults.down = on
            case {"action": "whatcounts", "fault": str(name), "times": int(times)}:
                self._whatcounts.faults.next(name, times=times, operation=SENDS.get(name))
            case {"action": "whatcounts", "fault": str(name)}:
                self._whatcounts.faults.always(name, operation=SENDS.get(name))
            case {"action": "reset_faults"}:
                self._whatcounts.faults.clear()
                self._slack.faults.clear()
            case _:
                raise ValueError("The sandbox does not know this order.")
