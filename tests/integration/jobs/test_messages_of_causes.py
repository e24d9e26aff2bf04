"""What people are told of causes to look again and of spot checks, as the letters say it."""

from __future__ import annotations

from flask import Flask
from sqlalchemy.orm import Session

from pia_engine.jobs.mail import list_messages
from pia_engine.jobs.worker import drain
from pia_engine.services import due_causes
from tests.factories.governance.looking_again import CHANGE, cleared, drawn, raised
from tests.factories.walks import Walk


def letters(app: Flask, session: Session, walk: Walk, address: str) -> dict[str, str]:
    session.commit()
    drain(app, walk.now)
    found = list_messages(app.extensions["pia-settings"].mail_folder)
    return {each.subject.partition(" (")[0]: each.body for each in found if each.to == address}


def test_the_officer_is_told_that_something_was_reported_and_not_what(app: Flask, session: Session, walk: Walk) -> None:
    cause = raised(walk, cleared(walk)).reference
    body = letters(app, session, walk, "petra@city.example")["There is a cause to look again"]
    assert f"http://127.0.0.1:8000/reconsiderations/{cause}\n" in body
    assert "Done by: Sofia Security" in body
    assert CHANGE not in body


def test_what_ran_out_undecided_reaches_the_senior_official(app: Flask, session: Session, walk: Walk) -> None:
    cleared(walk)
    walk.now = walk.now.replace(year=2029)
    due_causes.raise_expiries(session, now=walk.now)
    due_causes.escalate_expiries(session, now=walk.now)
    assert "A determination has run out, and nobody has decided yet" in letters(
        app, session, walk, "helen@city.example"
    )


def test_a_drawn_decision_is_told_with_the_way_to_its_page(app: Flask, session: Session, walk: Walk) -> None:
    check = drawn(walk).reference
    found = letters(app, session, walk, "helen@city.example")
    body = found["A delegated decision was drawn for a spot check"]
    assert f"http://127.0.0.1:8000/spot-checks/{check}\n" in body
