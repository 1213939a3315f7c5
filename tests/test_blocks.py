"""Block Kit shapes keep Slack's limits, whatever is put into them."""

from __future__ import annotations

import pytest

from bot.blocks import all_facts


@pytest.mark.parametrize(
    ("many", "sections"), [(0, []), (1, [1]), (10, [10]), (11, [10, 1]), (25, [10, 10, 5])]
)
def test_a_section_has_ten_fields_at_most(many: int, sections: list[int]) -> None:
    made = all_facts([(f"Name {n}", str(n)) for n in range(many)])
    assert [len(one["fields"]) for one in made] == sections
    assert [one["text"].split("\n")[1] for block in made for one in block["fields"]] == [
        str(n) for n in range(many)
    ]
