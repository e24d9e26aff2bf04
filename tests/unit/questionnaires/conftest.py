"""The tiny questionnaires, one per feature, by name."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

import pytest

from pia_engine.questionnaires.definition import Questionnaire
from pia_engine.questionnaires.loading import load_file

TINY = Path(__file__).parents[2] / "questionnaires"


@functools.cache
def _tiny(name: str) -> Questionnaire:
    return load_file(TINY / f"{name}.v1.yaml")


@pytest.fixture
def tiny() -> Callable[[str], Questionnaire]:
    return _tiny
