"""How this server behaves where the documents are silent; a test may choose another guess."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Literal, get_args

PathPlus = Literal["double_decode", "space", "literal"]
OptOutAnswer = Literal["success_false", "500", "empty_array", "silent_ok"]


@dataclass
class Habits:
    """The guesses. Their defaults are the nastiest that the documents allow."""

    # The pages write spaces in a path as `+` and show them back as spaces, which plain JAX-RS does not do:
    # the application seems to decode a second time. `%25` then breaks, and a literal `+` becomes a space.
    path_plus: PathPlus = "double_decode"
    # What a send to an opted-out phone is answered: not documented; only that the phone gets no text.
    opted_out: OptOutAnswer = "success_false"
    # "The realm must be defined first … the password after": enforced only when asked.
    realm_before_password: bool = False
    # Seconds between the answer to a send and the text on the handset.
    delivery_delay: float = 0.0

    def set(self, name: str, value: Any) -> None:
        """Change one habit by name; raises ValueError for a name or a value that there is not."""
        if name not in {field.name for field in fields(self)}:
            raise ValueError(f"no habit is called {name!r}")
        choices = {"path_plus": get_args(PathPlus), "opted_out": get_args(OptOutAnswer)}.get(name)
        if choices and value not in choices:
            raise ValueError(f"{name} is one of {', '.join(choices)}, not {value!r}")
        if not choices and (not isinstance(value, bool | int | float) or value < 0):
            raise ValueError(f"{name} cannot be {value!r}")
        setattr(self, name, value)
