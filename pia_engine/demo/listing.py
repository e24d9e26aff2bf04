"""The demo's assessments with reference, status and public address, for `pia demo --list`."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask
from sqlalchemy import select

from pia_engine.extensions import db
from pia_engine.models import Assessment
from pia_engine.services.publications import find_publication
from pia_engine.services.workflow import status_label


@dataclass(frozen=True, slots=True)
class DemoLine:
    """One assessment; `url` is empty while nothing of it is public."""

    reference: str
    title: str
    stage: str
    status: str
    url: str


def list_demo(app: Flask) -> list[DemoLine]:
    """One line per reference: the full assessment where there is one, else the initial."""
    public_url = app.extensions["pia-settings"].public_url
    newest: dict[str, DemoLine] = {}
    with app.app_context():
        rows = db.session.scalars(
            select(Assessment).order_by(Assessment.reference, Assessment.stage.desc(), Assessment.edition)
        )
        for record in rows:
            published = record.stage == "full" and find_publication(db.session, record)
            newest[record.reference] = DemoLine(
                record.reference,
                record.initiative.title,
                record.stage,
                status_label(record),
                f"{public_url}/register/{record.reference}" if published else "",
            )
    return list(newest.values())
