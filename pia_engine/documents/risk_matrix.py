"""The risk matrix as squares to draw: positions, levels and which risks stand where; the drawing is a template's."""

from dataclasses import dataclass

from pia_engine.documents.report import Report

SQUARE_WIDTH, SQUARE_HEIGHT = 96, 58
ONE_LINE = 13  # characters that fit beside or under a square
PALETTE = 4  # how many shades the style sheet has, from calm to strong


@dataclass(frozen=True, slots=True)
class Square:
    """One square of the matrix; `x` and `y` are its upper left corner in the drawing."""

    x: int
    y: int
    level: str
    shade: int
    before: tuple[str, ...]
    after: tuple[str, ...]


def risk_squares(report: Report) -> tuple[Square, ...]:
    """Lay out the matrix with likelihood growing upwards and impact growing to the right."""
    matrix = report.matrix
    if matrix is None:
        return ()
    rows = len(matrix.likelihoods)
    return tuple(
        Square(
            x=(impact - 1) * SQUARE_WIDTH,
            y=(rows - likelihood) * SQUARE_HEIGHT,
            level=matrix.levels[matrix.level(likelihood, impact)],
            shade=_shade(matrix.level(likelihood, impact), len(matrix.levels)),
            before=tuple(r.reference for r in report.risks if (r.likelihood, r.impact) == (likelihood, impact)),
            after=tuple(
                r.reference for r in report.risks if (r.residual_likelihood, r.residual_impact) == (likelihood, impact)
            ),
        )
        for likelihood in range(1, rows + 1)
        for impact in range(1, len(matrix.impacts) + 1)
    )


def label_lines(label: str) -> tuple[str, ...]:
    """Break a label that is too long for its place into two lines, at the space nearest to its middle."""
    spaces = [place for place, char in enumerate(label) if char == " "]
    if len(label) <= ONE_LINE or not spaces:
        return (label,)
    middle = min(spaces, key=lambda place: abs(place - len(label) / 2))
    return label[:middle], label[middle + 1 :]


def _shade(level: int, levels: int) -> int:
    return round(level * (PALETTE - 1) / max(levels - 1, 1))
