"""The records that keep the programme alive, each kind in a module of its own; what all of them offer, together.

A module may offer `MAKERS` (workflow name to a function that walks the real services to a status), `CASES` (rows for
the test of steps by role) and `PLACES` (a function that gives one record's address parts, by blueprint or endpoint).
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator
from importlib import import_module
from types import ModuleType

from pia_engine.models import WorkflowRecord
from tests.factories.steps import Case
from tests.factories.walks import Walk

Maker = Callable[[Walk, str], WorkflowRecord]


def _modules() -> Iterator[ModuleType]:
    for found in sorted(pkgutil.iter_modules(__path__), key=lambda each: each.name):
        yield import_module(f"{__name__}.{found.name}")


def makers() -> dict[str, Maker]:
    """For each workflow, how to reach one of its statuses."""
    return {name: make for module in _modules() for name, make in getattr(module, "MAKERS", {}).items()}


def cases() -> tuple[Case, ...]:
    """Every step of these records with who may take it."""
    return tuple(case for module in _modules() for case in getattr(module, "CASES", ()))


def places(walk: Walk) -> dict[str, dict[str, str]]:
    """Address parts of one record of each kind."""
    found: dict[str, dict[str, str]] = {}
    for module in _modules():
        if hasattr(module, "PLACES"):
            found |= module.PLACES(walk)
    return found
