"""One file per thing that a person can type; every module here holds one `command`."""

from __future__ import annotations

import importlib
import pkgutil

from bot.command import Command


def load() -> list[Command]:
    """The commands, by file name. A file is all it takes to add one."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return [importlib.import_module(f"{__name__}.{name}").command for name in names]
