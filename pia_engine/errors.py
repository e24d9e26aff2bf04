"""Every error the product raises on purpose, each carrying a sentence for the person who meets it.

How a status code or a page is made of them is decided in `web`; nothing here knows Flask.
"""

from __future__ import annotations


def N_(text: str) -> str:
    """Mark a sentence for translation here; it is translated where it is shown."""
    return text


class PiaError(Exception):
    """Something a person can read and act on. `sentence` may hold `%(name)s` places, filled from `values`.

    `place` says where the way on is, in words of `permissions.whereabouts`; the site makes a link of it.
    """

    status = 400

    def __init__(self, sentence: str, *, who_can_help: str = "", place: str = "", **values: object) -> None:
        super().__init__(sentence % values if values else sentence)
        self.sentence = sentence
        self.values = values
        self.who_can_help = who_can_help
        self.place = place


class NotFound(PiaError):
    """No such record, or none that this reader may know of."""

    status = 404


class NotAllowed(PiaError):
    """This person may not do it; `who_can_help` says who may."""

    status = 403


class NotPossible(PiaError):
    """The person may, but the record does not allow it now: the sentence says what is missing."""

    status = 409


class Stale(PiaError):
    """Somebody else saved in the meantime; the caller still holds both texts."""

    status = 409


class Gone(PiaError):
    """It was here once, and deliberately is no more (an expired link, a withdrawn page)."""

    status = 410


class Invalid(PiaError):
    """What was given does not fit; the sentence says what would. `field` is where a form says so."""

    status = 422
    field = "reason"


class TooLarge(PiaError):
    """More bytes than are taken in; the sentence says how many may come."""

    status = 413
