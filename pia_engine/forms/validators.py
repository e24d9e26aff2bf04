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


class AnsweredWith:
    """Refuses an empty answer only while another field has this value: its field may be there for nothing."""

    def __init__(self, other: str, value: str, sentence: str) -> None:
        self.other, self.value, self.sentence = other, value, sentence

    def __call__(self, form: Any, field: Any) -> None:
        if form[self.other].data == self.value and field.data in (None, "", []) and not field.errors:
            raise StopValidation(str(self.sentence))
