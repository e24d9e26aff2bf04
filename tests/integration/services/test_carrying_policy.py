"""A register carried into an assessment under another policy: ratings and findings that mean something else stay."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from pia_engine.models import Assessment
from pia_engine.models.catalogue import answers_of
from pia_engine.models.default_rules import DEFAULT_RULES
from pia_engine.permissions.records import decider_role
from pia_engine.questionnaires.registers import RATED
from pia_engine.services.assessments import begin_new_edition, begin_update
from pia_engine.services.carrying import policy_leaves_out
from pia_engine.services.policies import begin_draft, current_policy
from pia_engine.services.templates import preview_template, use_template
from tests.factories.walks import Walk
from tests.integration.web.forms import send, text_of

SMALLER = {
    **DEFAULT_RULES["matrix"],
    "likelihoods": ["Seldom", "Sometimes", "Often"],
    "severities": ["Small", "Real", "Grave"],
    "cells": [["low", "low", "medium"], ["low", "medium", "high"], ["medium", "high", "high"]],
}
HARSHER = {**DEFAULT_RULES["matrix"], "cells": [["high"] * 5] * 5}
OTHER_WORDS = {**DEFAULT_RULES["matrix"], "likelihoods": ["1 in 1000", "1 in 100", "1 in 50", "1 in 10", "Daily"]}
RENAMED_LEVELS = {**DEFAULT_RULES["matrix"], "levels": {"low": "Green", "medium": "Amber", "high": "Red"}}


def adopt(session: Session, walk: Walk, **rules: Any) -> None:
    """Another version of the policy is in force from now on."""
    before, draft = current_policy(session), begin_draft(session, actor=walk.who("petra"), now=walk.now)
    before.status = "superseded"
    session.flush()
    draft.rules, draft.status = {**draft.rules, **rules}, "adopted"
    draft.adopted_on, draft.adopted_by = dt.date(2026, 3, 2), "City Council"
    session.flush()


def carried(session: Session, walk: Walk, published: Assessment, way: str) -> Assessment:
    """An assessment begun from the published one under the policy now in force."""
    if way == "edition":
        return begin_new_edition(session, published, actor=walk.who("amara"), now=walk.now)
    if way == "update":
        initial = walk.initial("submitted", "More of it")
        return begin_update(session, initial, published, actor=walk.who("petra"), now=walk.now)
    target = walk.full(title="Another one")
    use_template(session, target, published, actor=walk.who("amara"), now=walk.now)
    return target


def rows(record: Assessment, question: str) -> list[dict[str, str]]:
    return answers_of(record.sheet)[question]  # type: ignore[return-value]


def ratings_in(risks: Any) -> set[str]:
    return {field for risk in risks for field in risk} & set(RATED)


@pytest.mark.parametrize("way", ["edition", "update", "template"])
@pytest.mark.parametrize("matrix", [SMALLER, HARSHER, OTHER_WORDS], ids=["smaller", "harsher", "other words"])
def test_risks_wait_to_be_rated_again_under_another_matrix(
    session: Session, walk: Walk, way: str, matrix: dict[str, Any]
) -> None:
    published = walk.full("published")
    [before] = rows(published, "risks")
    adopt(session, walk, matrix=matrix)
    following = carried(session, walk, published, way)
    assert rows(following, "risks") == [{field: text for field, text in before.items() if field not in RATED}]
    assert rows(published, "risks") == [before]
    assert policy_leaves_out(session, published, following)
    assert decider_role(session, following) == "executive"


@pytest.mark.parametrize("way", ["edition", "update", "template"])
def test_the_same_matrix_keeps_every_rating(session: Session, walk: Walk, way: str) -> None:
    published = walk.full("published")
    adopt(session, walk, matrix=RENAMED_LEVELS, risk_appetite="Little.")
    following = carried(session, walk, published, way)
    assert rows(following, "risks") == rows(published, "risks")
    assert rows(following, "principles") == rows(published, "principles")
    assert not policy_leaves_out(session, published, following)


@pytest.mark.parametrize("way", ["edition", "update", "template"])
def test_findings_on_principles_the_policy_gave_up_stay_behind(session: Session, walk: Walk, way: str) -> None:
    published = walk.full("published")
    kept = [principle for principle in DEFAULT_RULES["principles"] if principle["id"] in ("open", "safe")]
    adopt(session, walk, principles=[*kept, {"id": "green", "name": "Green", "text": "Saves power."}])
    following = carried(session, walk, published, way)
    assert [row["principle"] for row in rows(following, "principles")] == ["open", "safe"]
    assert rows(following, "risks") == rows(published, "risks")


def test_pages_say_why_the_ratings_are_gone(
    session: Session, walk: Walk, client_for: Callable[[str], FlaskClient]
) -> None:
    published, target = walk.full("published").reference, walk.full(title="Under the same policy").reference
    session.commit()
    client, said = client_for("amara"), "another version of the policy: risks come without the ratings"
    assert said not in text_of(client.get(f"/assessments/{target}/full/template/{published}").text)
    adopt(session, walk, matrix=SMALLER)
    target = walk.full(title="Under another policy").reference
    session.commit()
    preview = f"/assessments/{target}/full/template/{published}"
    assert said in text_of(client.get(preview).text)
    assert send(client, preview).status_code == 303
    register = text_of(client.get(f"/assessments/{target}/full/risks").text)
    assert "Ratings made with another risk matrix are not taken over. Rate each risk again." in register


def test_the_preview_shows_what_would_be_carried(session: Session, walk: Walk) -> None:
    published = walk.full("published")
    adopt(session, walk, matrix=SMALLER, principles=[{"id": "green", "name": "Green", "text": "Saves power."}])
    shown = preview_template(session, walk.full(title="Another one"), published)
    assert not ratings_in(shown["risks"])
    assert "principles" not in shown
