"""The programme's figures as tables in somebody's language: the page, the files, the annual report all show these."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from babel.dates import format_date

from pia_engine.documents.figures import BARS, COLUMNS, Cell, FigureTable, Headline
from pia_engine.errors import N_
from pia_engine.permissions.roles import ROLE_NAMES, Role
from pia_engine.questionnaires.wording import Sentence
from pia_engine.register.language import Language, locale_of
from pia_engine.services import programme_words as words
from pia_engine.services.places import path_to
from pia_engine.services.programme_figures import COMMITMENT_DAYS, WAITING_DAYS, ProgrammeFigures, Waiting
from pia_engine.services.programme_times import MONTH, QUARTER
from pia_engine.workflows.machine import WORKFLOWS
from pia_engine.workflows.outcomes import OUTCOMES

Rows = Sequence[Sequence[Cell]]
INTERNAL = frozenset({"overdue", "vacancies"})
"""Tables that name single records or posts; the published report leaves them out."""


def read_tables(figures: ProgrammeFigures, language: Language) -> tuple[FigureTable, ...]:
    """Every table, in the order of the page."""
    return tuple(table for make in TABLES for table in make(figures, language))


def published_tables(figures: ProgrammeFigures, language: Language) -> tuple[FigureTable, ...]:
    """The tables of the annual report."""
    return tuple(table for table in read_tables(figures, language) if table.id not in INTERNAL)


def read_headlines(figures: ProgrammeFigures, language: Language) -> tuple[Headline, ...]:
    """The numbers to begin with."""
    say, promises = language.say, figures.promises

    def number(name: str, count: int, remark: str = "") -> Headline:
        return Headline(say(name), language.number(count), remark)

    share, kept = figures.share_overdue, promises.share_kept
    late = say(Sentence(words.SHARE_OVERDUE, share=share)) if share is not None else ""
    in_time = say(Sentence(words.SHARE_KEPT, share=kept)) if kept is not None else ""
    past = say(Sentence(words.PAST_DUE, count=promises.overdue)) if promises.overdue else ""
    return (
        number(words.REGISTERED, figures.registered),
        number(words.DETERMINED, figures.determined),
        number(words.PUBLISHED, figures.published),
        number(words.WAITING, figures.waiting, say(Sentence(words.ON_DAY, day=language.day(figures.until_on)))),
        number(words.AUDITS_OVERDUE, figures.audits_overdue, late),
        number(words.PROMISES_OPEN, promises.number_open, " ".join(filter(None, (past, in_time)))),
    )


def _table(
    language: Language, table_id: str, rows: Rows, *, drawn: tuple[int, ...] = (), kind: str = BARS
) -> FigureTable:
    spoken = words.TABLES[table_id]
    return FigureTable(
        id=table_id,
        title=language.say(spoken.title),
        about=language.say(spoken.about),
        columns=tuple(language.say(column) for column in spoken.columns),
        rows=tuple(tuple(row) for row in rows),
        drawn=drawn,
        kind=kind,
    )


def _outcomes(figures: ProgrammeFigures, language: Language) -> Iterator[FigureTable]:
    rows = [(language.say(OUTCOMES[each.name]), each.number) for each in figures.outcomes]
    yield _table(language, "outcomes", rows, drawn=(1,))


def _statuses(figures: ProgrammeFigures, language: Language) -> Iterator[FigureTable]:
    names = WORKFLOWS["full_assessment"].statuses
    rows = [(language.say(names[each.name]), each.number) for each in figures.statuses if each.number]
    yield _table(language, "statuses", rows, drawn=(1,))


def _intake(figures: ProgrammeFigures, language: Language) -> Iterator[FigureTable]:
    rows = [
        (
            _stretch(each.first, figures.stretch, language),
            each.registered,
            each.determined,
            each.decided,
            each.published,
        )
        for each in figures.over_time
    ]
    yield _table(language, "intake", rows, drawn=(1, 4), kind=COLUMNS)


def _times(figures: ProgrammeFigures, language: Language) -> Iterator[FigureTable]:
    rows = [
        (language.say(words.STEPS[each.step]), each.number, each.median, each.ninetieth) for each in figures.durations
    ]
    yield _table(language, "cycle-times", rows, drawn=(2,))
    months: Rows = [
        (_stretch(each.first, figures.stretch, language), *(duration.median for duration in each.durations))
        for each in figures.over_time
    ]
    yield _table(language, "cycle-times-over-time", months, drawn=(1, 2, 3), kind=COLUMNS)


def _backlog(figures: ProgrammeFigures, language: Language) -> Iterator[FigureTable]:
    def by_age(workflow: str) -> list[int]:
        here = [each.by_age for each in figures.backlog if each.workflow == workflow]
        return [sum(ages) for ages in zip(*here, strict=True)] or [0] * (len(WAITING_DAYS) + 1)

    initial, full = by_age("initial_assessment"), by_age("full_assessment")
    names = _ages(WAITING_DAYS, language)
    yield _table(
        language,
        "backlog",
        [(name, one + two, one, two) for name, one, two in zip(names, initial, full, strict=True)],
        drawn=(1,),
    )
    table = _table(language, "waiting", [_waiting(line, language) for line in figures.backlog], drawn=(1,))
    yield replace(table, columns=(*table.columns, *names))


def _waiting(line: Waiting, language: Language) -> tuple[Cell, ...]:
    status = language.say(WORKFLOWS[line.workflow].statuses[line.status])
    name = Sentence(words.STAGED[line.workflow], status=status)
    return (language.say(name), line.number, line.longest, *line.by_age)


def _overdue(figures: ProgrammeFigures, language: Language) -> Iterator[FigureTable]:
    rows = [
        (
            each.reference,
            each.title,
            language.say(words.REVIEWS[each.kind]),
            each.department or "–",
            language.day(each.due_on),
            each.days,
        )
        for each in figures.overdue
    ]
    table = _table(language, "overdue", rows)
    links = tuple(path_to(each.kind, each.reference) for each in figures.overdue)
    yield replace(table, links=links)


def _promises(figures: ProgrammeFigures, language: Language) -> Iterator[FigureTable]:
    promises = figures.promises
    names = _ages(COMMITMENT_DAYS, language)
    ages = [(name, each.number, each.overdue) for name, each in zip(names, promises.by_age, strict=True)]
    yield _table(language, "commitments", ages, drawn=(1,))
    ends = (promises.kept_in_time, promises.kept_late, promises.not_kept, promises.dropped)
    rows = [(language.say(name), number) for name, number in zip(words.ENDS, ends, strict=True)]
    yield _table(language, "commitments-due", rows, drawn=(1,))


def _risk(figures: ProgrammeFigures, language: Language) -> Iterator[FigureTable]:
    rows = [(language.say(words.LEVELS[each.name]), each.number) for each in figures.residual_risk]
    yield _table(language, "residual-risk", rows, drawn=(1,))


def _departments(figures: ProgrammeFigures, language: Language) -> Iterator[FigureTable]:
    rows = [
        (
            each.name,
            each.registered,
            each.published,
            each.waiting,
            each.audits_overdue,
            each.commitments_open,
            each.commitments_overdue,
        )
        for each in figures.departments
    ]
    yield _table(language, "departments", rows, drawn=(1, 3))


def _counted(table_id: str) -> Callable[[ProgrammeFigures, Language], Iterator[FigureTable]]:
    """A table of how often each of some steps was taken."""

    def made(figures: ProgrammeFigures, language: Language) -> Iterator[FigureTable]:
        rows = [(language.say(name), figures.events[event]) for event, name in words.EVENTS[table_id].items()]
        yield _table(language, table_id, rows)

    return made


def _causes(figures: ProgrammeFigures, language: Language) -> Iterator[FigureTable]:
    rows = [
        (language.say(words.CAUSES[each.name]), each.raised, each.renewed, each.set_aside, each.waiting)
        for each in figures.causes
    ]
    yield _table(language, "reconsiderations", rows, drawn=(1,))


def _audits(figures: ProgrammeFigures, language: Language) -> Iterator[FigureTable]:
    rows: Rows = [
        (language.say(words.REVIEWS[kind]), *(sum(figures.events[event] for event in events) for events in steps))
        for kind, steps in words.AUDIT_STEPS.items()
    ]
    yield _table(language, "audits", rows)
    found = [
        (language.say(words.LEVELS[each.severity]), each.number, each.accepted, each.disputed)
        for each in figures.findings
    ]
    yield _table(language, "findings", found, drawn=(1,))


def _vacancies(figures: ProgrammeFigures, language: Language) -> Iterator[FigureTable]:
    city = language.say(N_("The whole city"))
    rows = [
        (language.say(ROLE_NAMES[Role(each.role)]), each.department or city, each.holders) for each in figures.vacancies
    ]
    yield _table(language, "vacancies", rows)


TABLES: tuple[Callable[[ProgrammeFigures, Language], Iterator[FigureTable]], ...] = (
    _intake,
    _outcomes,
    _statuses,
    _times,
    _backlog,
    _overdue,
    _promises,
    _risk,
    _departments,
    _causes,
    _counted("spot-checks"),
    _counted("emergency-exceptions"),
    _counted("vendor-questionnaires"),
    _audits,
    _vacancies,
)


def _ages(bounds: tuple[int, ...], language: Language) -> list[str]:
    """“up to 7 days”, “8 to 30 days”, “more than 90 days”."""
    names = [language.say(Sentence(words.UP_TO, last=bounds[0]))]
    for before, last in itertools.pairwise(bounds):
        names.append(language.say(Sentence(words.BETWEEN, first=before + 1, last=last)))
    return [*names, language.say(Sentence(words.MORE_THAN, last=bounds[-1]))]


def _stretch(first: dt.date, stretch: str, language: Language) -> str:
    """“Jan 2026”, “Q1 2026” or “2026”."""
    pattern = {MONTH: "LLL y", QUARTER: "QQQ y"}.get(stretch, "y")
    return str(format_date(first, pattern, locale=locale_of(language.code)))
