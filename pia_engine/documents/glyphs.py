"""Which characters the shipped fonts can print; a document with any other would break the archive profile."""

import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from pia_engine.documents.report import Answer, Report, Table
from pia_engine.errors import N_, Invalid

FONTS = Path(__file__).resolve().parent / "fonts"
WHITE_SPACE = frozenset("\n\r\t")
NEVER_PRINTED = frozenset({"Cc", "Cn", "Co", "Cs"})  # control, unassigned, private use, half of a pair
SELECTORS = frozenset(map(chr, range(0xFE00, 0xFE10)))  # choose a look for the character before; print nothing
NAMED_AT_MOST = 8
TITLE, SUMMARY, COVER = N_("Title"), N_("Summary in plain words"), N_("Cover")
RISKS, MATRIX, MEASURES = N_("Risk register"), N_("Risk matrix"), N_("What the city has promised")
SOURCES, ADVICE, CONDITIONS, SIGNERS = N_("Sources"), N_("Advice"), N_("Conditions"), N_("Sign-offs")
HEARD, WITHHELD = N_("Who was heard"), N_("What is withheld, and why")
CANNOT_PRINT = N_(
    "The document cannot be printed: no font of this service has %(characters)s (in: %(where)s). "
    "Replace these characters there, for example by words; an administrator can have a font added."
)


@cache
def printable_characters() -> frozenset[str]:
    """Collect the characters that a family of shipped fonts has both upright and bold, and those that print nothing."""
    known = frozenset().union(*map(_characters_of_family, sorted(FONTS.glob("*-Regular.ttf"))))
    return WHITE_SPACE | SELECTORS | {char for char in known if unicodedata.category(char) not in NEVER_PRINTED}


def _characters_of_family(upright: Path) -> frozenset[str]:
    bold = upright.with_name(upright.name.replace("-Regular.", "-Bold."))
    return _characters(upright) & _characters(bold)


def _characters(path: Path) -> frozenset[str]:
    with TTFont(path, lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))


def missing_glyphs(text: str) -> tuple[str, ...]:
    """List the characters of `text` that cannot be printed, each once, in order of appearance."""
    composed = unicodedata.normalize("NFC", text)
    if frozenset(composed) <= printable_characters():
        return ()
    return tuple(dict.fromkeys(char for char in composed if char not in printable_characters()))


def require_glyphs(report: Report) -> None:
    """Refuse a report with characters that cannot be printed, naming them and the first place they stand in."""
    require_printable(report_texts(report))


def require_printable(texts: Iterable[tuple[str, str]]) -> None:
    """The same for any texts, each with the place it stands in."""
    for place, text in texts:
        missing = missing_glyphs(text)
        if missing:
            raise Invalid(CANNOT_PRINT, characters=name_characters(missing), where=place)


def name_characters(characters: tuple[str, ...]) -> str:
    """Name characters so that a person can find them: as they look and by number."""
    named = [_name(char) for char in characters[:NAMED_AT_MOST]]
    return ", ".join(named) + (" …" if len(characters) > NAMED_AT_MOST else "")


def _name(char: str) -> str:
    code = f"U+{ord(char):04X}"
    return f"“{char}” ({code})" if char.isprintable() else code


def report_texts(report: Report) -> Iterator[tuple[str, str]]:
    """Walk every text the document prints, each with the place where a person finds it."""
    yield from _front_texts(report)
    for section in report.sections:
        heading = f"{section.number} {section.title}".strip()
        yield heading, f"{section.number}{section.title}{section.intro}"
        for entry in section.entries:
            place = f"{heading} – {entry.question}"
            yield place, "\n".join((entry.question, entry.provenance or "", *answer_texts(entry.answer)))
    yield from _back_texts(report)


def _front_texts(report: Report) -> Iterator[tuple[str, str]]:
    yield TITLE, report.title
    yield SUMMARY, report.summary
    cover = (report.reference, report.edition, report.city_name, report.department, report.status_line, report.notice)
    yield COVER, "\n".join((*cover, *(part for fact in report.facts for part in fact)))
    for line in report.foundations:
        yield line.title, f"{line.title}{line.standing}{line.explanation}"


def answer_texts(answer: Answer) -> Iterator[str]:
    if isinstance(answer, str):
        yield answer
    elif isinstance(answer, Table):
        yield from (answer.caption, *answer.columns)
        for row in answer.rows:
            yield from row
    else:
        yield from answer


def _back_texts(report: Report) -> Iterator[tuple[str, str]]:
    for risk in report.risks:
        details = "".join(f"{label}{text}" for label, text in risk.details)
        yield f"{RISKS} – {risk.reference}", f"{risk.title}{risk.affected}{details}{risk.reference}{risk.mitigations}"
    if report.matrix:
        yield MATRIX, "".join((*report.matrix.likelihoods, *report.matrix.impacts, *report.matrix.levels))
    for line in report.mitigations:
        yield f"{MEASURES} – {line.reference}", f"{line.measure}{line.owner}{line.due}{line.status}"
    for source in report.sources:
        yield f"{SOURCES} – {source.title}", f"{source.title}{source.note}{source.address}"
    yield from _last_texts(report)


def _last_texts(report: Report) -> Iterator[tuple[str, str]]:
    for heard in report.heard:
        said = (heard.who, heard.about, heard.asked, heard.asked_on, heard.reply, heard.replied_on, heard.effect)
        yield f"{HEARD} – {heard.who}", "".join(said)
    for statement in report.statements:
        yield f"{HEARD} – {statement.who}", f"{statement.who}{statement.filed_on}{statement.text}"
    for part in report.withheld:
        yield WITHHELD, f"{part.where}{part.what}{part.ground}"
    yield ADVICE, f"{report.advice}{report.recommendation}"
    yield CONDITIONS, "\n".join(report.conditions)
    for signed in report.sign_offs:
        yield (
            f"{SIGNERS} – {signed.name}",
            f"{signed.name}{signed.role}{signed.decision}{signed.reason}{signed.overrules}",
        )
