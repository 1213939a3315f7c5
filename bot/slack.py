"""The one client of Slack's Web API: every call goes through it, and none before Slack takes it again."""

from __future__ import annotations

from typing import Any

from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.allowance import Allowance
from bot.metrics import Metrics


class Resting(SlackClientError):
    """Slack said "too many" of this method; it was not asked, for `seconds` more."""

    def __init__(self, method: str, seconds: float) -> None:
        super().__init__(f"{method} rests")
        self.seconds = seconds


class SlackClient(AsyncWebClient):
    """slack_sdk's client, which waits out a 429 by method and makes no call twice.

    Calls that can wait ask `allowance` for their turn first; those of a listener (views.open, users.info)
    have seconds, and are made at once or not at all.
    """

    def __init__(self, allowance: Allowance, metrics: Metrics, **more: Any) -> None:
        # its own handlers would post a card twice after a broken connection
        super().__init__(retry_handlers=[], **more)
        self.allowance, self.metrics = allowance, metrics

    async def api_call(self, api_method: str, **more: Any) -> AsyncSlackResponse:
        """Raises Resting, SlackApiError, SlackClientError, aiohttp.ClientError, TimeoutError."""
        if left := self.allowance.rests(api_method):
            raise Resting(api_method, left)
        try:
            with self.metrics.slack(api_method):
                return await super().api_call(api_method, **more)
        except SlackApiError as error:
            if (seconds := retry_after(error)) is not None:
                self.allowance.rest(api_method, seconds)
            raise


def retry_after(error: Exception) -> float | None:
    """The seconds for which Slack wants no such call, of a 429 (docs.slack.dev, rate limits); else None."""
    response: Any = getattr(error, "response", None)
    if getattr(response, "status_code", 0) != 429:
        return None
    headers = {str(name).lower(): value for name, value in response.headers.items()}
    said = str(headers.get("retry-after", ""))
    return float(said) if said.isdecimal() else 1.0
