"""What stands in a record where something is withheld: telling a mark from the thing itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def is_mark(value: object) -> bool:
    """Whether a value, row or field is the mark that it is withheld."""
    return isinstance(value, dict) and value.get("withheld") is True


def is_withheld(answer: Mapping[str, Any] | None) -> bool:
    """Whether the whole answer is withheld."""
    return answer is not None and is_mark(answer["value"])
