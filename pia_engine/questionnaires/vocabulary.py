"""The terms of the Data Privacy Vocabulary that questions may name, as shipped with the program."""

from __future__ import annotations

import csv
import functools
from collections.abc import Mapping
from importlib import resources
from types import MappingProxyType

_FILE = "dpv-2.3-terms.csv"


@functools.cache
def vocabulary_terms() -> Mapping[str, str]:
    """The English label of every term, by its short name such as “dpv:Location”."""
    text = resources.files(__package__).joinpath("data", _FILE).read_text("utf-8")
    return MappingProxyType({row["term"]: row["label"] for row in csv.DictReader(text.splitlines())})
