"""Slack's own charts, as plain dicts: slack_sdk cannot serialise `data_visualization` (its 3.47 drops it).

The form and the limits: docs.slack.dev, data visualization block, read in November 2026.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.blocks import shorten

View = dict[str, Any]

TITLE, AXIS, LABEL = 50, 50, 20  # characters
SERIES, POINTS, CHARTS = 6, 20, 2  # charts: of one message


def bars(title: str, labels: Sequence[str], series: Mapping[str, Sequence[int]], x: str, y: str) -> View:
    """A bar chart: for each label a bar of each series. At most 20 labels and 6 series."""
    names = [shorten(label, LABEL) for label in labels]
    assert len(set(names)) == len(names) <= POINTS
    assert 0 < len(series) <= SERIES
    return {
        "type": "data_visualization",
        "title": shorten(title, TITLE),
        "chart": {
            "type": "bar",
            "series": [
                {"name": shorten(name, LABEL), "data": _points(names, values)}
                for name, values in series.items()
            ],
            "axis_config": {
                "categories": names, "x_label": shorten(x, AXIS), "y_label": shorten(y, AXIS),
            },
        },
    }  # fmt: skip


def _points(labels: Sequence[str], values: Sequence[int]) -> list[View]:
    return [{"label": label, "value": value} for label, value in zip(labels, values, strict=True)]
