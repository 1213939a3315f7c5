"""What Slack tells of the app itself: that it was taken out of the workspace, or its token away.

Then no card can be drawn and no press arrives: what nobody can see, nobody can stop. So nothing leaves until
an admin of the app that is installed again lifts the freeze. Neither event needs a scope.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from bot.command import Part
from bot.sends import Ask
from bot.wiring import Bot

log = logging.getLogger(__name__)

UNSEEN = "so nobody could see a card or press Cancel"

installation = Part("installation")


@installation.event("app_uninstalled")
async def uninstalled(bot: Bot, ask: Ask, event: Mapping[str, Any]) -> None:
    await _freeze(bot, ask, event, f"smsops was removed from Slack, {UNSEEN}")


@installation.event("tokens_revoked")
async def revoked(bot: Bot, ask: Ask, event: Mapping[str, Any]) -> None:
    """`tokens` names the people and bots whose tokens they were (docs.slack.dev, tokens_revoked)."""
    if (event.get("tokens") or {}).get("bot"):
        await _freeze(bot, ask, event, f"the app's token was revoked in Slack, {UNSEEN}")


async def _freeze(bot: Bot, ask: Ask, event: Mapping[str, Any], why: str) -> None:
    pulled = await bot.sends.freeze_for(ask, event["type"], why)
    log.error("%s. %s", why, "Sends are frozen." if pulled else "Sends were frozen already.")
    bot.wake.set()
