"""Checks any field of any form may carry. Whether a questionnaire is complete is judged elsewhere."""

from __future__ import annotations

from typing import Any

from wtforms.validators import StopValidation


class Answered:
    """Refuses an empty answer with the sentence given; prints no attribute into the page."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence

    def __call__(self, form: Any, field: Any) -> None:
        if field.data in (None, "", []) and not field.errors:
            raise StopValidation(str(self.sentence))
