"""Replay what happened in Aldermere: every step of every timeline through the service a person would have used.

No row is inserted past a service. Each step runs at the time the timeline gives; signatures alone carry the moment
the demo is loaded, because a signature's time must be true.
"""

from __future__ import annotations

import datetime as dt
import importlib.resources
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from flask import Flask
from flask_security import hash_password
from ruamel.yaml import YAML
from sqlalchemy.orm import Session

from pia_engine.demo.chapter import Chapter
from pia_engine.demo.people import PASSWORD, found_aldermere
from pia_engine.demo.steps import STEPS
from pia_engine.errors import N_, NotPossible
from pia_engine.extensions import db, start_writing
from pia_engine.jobs.worker import drain
from pia_engine.models import Person
from pia_engine.services.cities import find_city

FILES = (
    "school-route-cameras.yaml",
    "smart-parking-sensors.yaml",
    "licence-plate-readers.yaml",
    "tree-inventory.yaml",
    "library-loan-stations.yaml",
    "garden-plots.yaml",
    "annual-reports.yaml",
)


@dataclass(frozen=True, slots=True)
class TimelineStep:
    """One line of a timeline."""

    at: dt.datetime
    order: int
    step: str
    by: str
    chapter: Chapter = field(compare=False)


def load_demo(app: Flask, report: Callable[[str], None]) -> None:
    """Found Aldermere and replay its history. Refuses a database that already has a city."""
    with app.app_context():
        start_writing()
        if find_city(db.session) is not None:
            raise NotPossible(N_("This installation already has a city; the demo is loaded only into an empty one."))
        people = found_aldermere(db.session, password_hash=hash_password(PASSWORD))
        db.session.commit()
        chapters = [_read_chapter(name, people) for name in FILES]
        for line in sorted(_lines(chapters), key=lambda line: (line.at, line.order)):
            _take(app, line, db.session, report)


def _take(app: Flask, line: TimelineStep, session: Session, report: Callable[[str], None]) -> None:
    report(f"{line.at:%Y-%m-%d}  {line.chapter.title}: {line.step.replace('_', ' ')}")
    STEPS[line.step](session, line.chapter, line.by, line.at)
    session.commit()
    drain(app, now=line.at)


def _lines(chapters: list[Chapter]) -> Iterator[TimelineStep]:
    for chapter in chapters:
        for order, line in enumerate(chapter.content["timeline"]):
            yield TimelineStep(_instant(line["on"]), order, line["step"], line["by"], chapter)


def _instant(value: dt.datetime) -> dt.datetime:
    return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


def _read_chapter(name: str, people: dict[str, Person]) -> Chapter:
    text = importlib.resources.files("pia_engine.demo").joinpath("aldermere", name).read_text(encoding="utf-8")
    return Chapter(YAML(typ="safe").load(text), {first: person.id for first, person in people.items()})
