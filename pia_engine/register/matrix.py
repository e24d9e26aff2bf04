"""The risk matrix as squares to draw, of any size the policy gives it; the drawing itself is a template's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pia_engine.models.policy_rules import RISK_LEVELS, RiskMatrix
from pia_engine.register.risks import Risk

SQUARE_WIDTH, SQUARE_HEIGHT = 120, 66
LEFT, TOP = 150, 8
ROOM_BELOW = 64
LINE = 18
SHORT_LABEL = 15


@dataclass(frozen=True, slots=True)
class Square:
    """One square: where it stands, its level (an id, and in the policy's words), and the risks in it."""

    x: int
    y: int
    level: str
    name: str
    before: tuple[str, ...]
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Label:
    """A word of the scale and where it stands."""

    x: int
    y: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DrawnMatrix:
    """Everything a picture of the matrix needs: likelihood grows upwards, harm to the side."""

    width: int
    height: int
    squares: tuple[Square, ...]
    likelihoods: tuple[Label, ...]
    severities: tuple[Label, ...]
    levels: tuple[tuple[str, str], ...]


def drawn_matrix(matrix: RiskMatrix, risks: Sequence[Risk]) -> DrawnMatrix:
    """Lay out the matrix and put each risk into its two squares."""
    down, across = len(matrix.likelihoods), len(matrix.severities)
    return DrawnMatrix(
        width=LEFT + across * SQUARE_WIDTH,
        height=TOP + down * SQUARE_HEIGHT + ROOM_BELOW,
        squares=tuple(
            _square(matrix, risks, likelihood, severity)
            for likelihood in range(down, 0, -1)
            for severity in range(1, across + 1)
        ),
        likelihoods=tuple(
            Label(LEFT - 10, TOP + (down - number) * SQUARE_HEIGHT + SQUARE_HEIGHT // 2 + 5, _lines(word))
            for number, word in enumerate(matrix.likelihoods, start=1)
        ),
        severities=tuple(
            Label(LEFT + number * SQUARE_WIDTH + SQUARE_WIDTH // 2, TOP + down * SQUARE_HEIGHT + LINE + 2, _lines(word))
            for number, word in enumerate(matrix.severities)
        ),
        levels=tuple((level, matrix.levels[level]) for level in RISK_LEVELS),
    )


def _square(matrix: RiskMatrix, risks: Sequence[Risk], likelihood: int, severity: int) -> Square:
    level = matrix.level(likelihood, severity)
    here = (likelihood, severity)
    return Square(
        x=LEFT + (severity - 1) * SQUARE_WIDTH,
        y=TOP + (len(matrix.likelihoods) - likelihood) * SQUARE_HEIGHT,
        level=level,
        name=matrix.levels[level],
        before=tuple(each.reference for each in risks if (each.likelihood, each.severity) == here),
        left=tuple(each.reference for each in risks if (each.residual_likelihood, each.residual_severity) == here),
    )


def _lines(word: str) -> tuple[str, ...]:
    """A long label on two lines, broken at the space nearest to its middle."""
    spaces = [place for place, letter in enumerate(word) if letter == " "]
    if len(word) <= SHORT_LABEL or not spaces:
        return (word,)
    middle = min(spaces, key=lambda place: abs(place - len(word) // 2))
    return (word[:middle], word[middle + 1 :])
