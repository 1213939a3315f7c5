"""Block Kit's rules: what Slack refuses, each problem with the JSON pointer of its place.

From Slack's reference (docs.slack.dev/reference/block-kit). `rules` are the words; `objects`, `rich`,
`elements` and `blocks` the tables; `surfaces` the whole. Of data_table and data_visualization only the
surface is checked.
"""

from sandbox.slack.blockkit.surfaces import message_problems, options_problems, view_problems

__all__ = ["message_problems", "options_problems", "view_problems"]
