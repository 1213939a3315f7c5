"""How much of a file is read: each has its sentence where it is passed."""

from __future__ import annotations

MOST_BYTES = 10_000_000  # Slack's own limit of a file in a form (docs.slack.dev, file input element)
MOST_ROWS = 100_000  # at one text a second these take 28 hours
LAST_ROW = 1_048_576  # of a worksheet of Excel, blank ones counted
MOST_COLUMNS = 200
ROW_CHARACTERS = 100_000  # of one row with all its cells; a cell of Excel holds 32,767

HEAD_BYTES = 65_536  # what encoding and delimiter are judged by
SAMPLE_CHARACTERS = 16_384  # what clevercsv is given: its time grows faster than its text
LOOKED_AT = 2_000  # rows by which the column is chosen
