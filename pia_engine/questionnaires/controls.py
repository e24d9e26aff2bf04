"""The controls of the NIST SP 800-53 revision 5 privacy baseline, as shipped with the program."""

from __future__ import annotations

import csv
import functools
import re
from dataclasses import dataclass
from importlib import resources

_FILE = "nist-800-53r5-privacy-baseline.csv"
_LEADING_ZERO = re.compile(r"(?<=[-(])0")


@dataclass(frozen=True, slots=True)
class Control:
    """A control by the id people write: “SI-12(1)”, where the list itself says “SI-12(01)”."""

    id: str
    title: str
    family: str


@functools.cache
def privacy_baseline() -> tuple[Control, ...]:
    """Every control of the baseline, in its order."""
    text = resources.files(__package__).joinpath("data", _FILE).read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return tuple(Control(_LEADING_ZERO.sub("", row["control"]), row["title"], row["family"]) for row in rows)


def find_control(control_id: str) -> Control | None:
    """The control of the baseline with this id, or None."""
    return _by_id().get(control_id)


@functools.cache
def _by_id() -> dict[str, Control]:
    return {control.id: control for control in privacy_baseline()}
