"""Adopting the policy: on the text that was looked at, and by somebody who did not write it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.models import PolicyVersion
from pia_engine.services.policies import begin_draft, save_section
from pia_engine.services.policy_sections import section_digest
from pia_engine.services.thresholds import change_default, get_rule_book
from tests.factories.deputies import stand_in
from tests.factories.policies import SOUND, make_sound
from tests.factories.walks import Walk
from tests.integration.web.forms import fields_of, send

Clients = Callable[[str], FlaskClient]
Fresh = Callable[[], Session]
ADOPT = "/policy/draft/adopt"
CHANGED_IT = "You changed this draft. Somebody else who may adopt it has to."


@pytest.fixture
def draft(session: Session, walk: Walk) -> PolicyVersion:
    """Begun and completed by Petra."""
    begun = begin_draft(session, actor=walk.who("petra"), now=walk.now)
    make_sound(session, begun, actor=walk.who("petra"), now=walk.now)
    session.commit()
    return begun


def say(walk: Walk, draft: PolicyVersion, text: str, first: str) -> None:
    """One sentence about the risk the city accepts, saved by somebody."""
    actor: Any = walk.who(first)
    seen = section_digest(draft, "appetite")
    save_section(walk.session, draft, "appetite", {"risk_appetite": text}, seen=seen, actor=actor, now=walk.now)
    walk.session.commit()


def status_of(fresh: Fresh) -> str:
    with fresh() as later:
        return later.scalars(select(PolicyVersion.status).where(PolicyVersion.number == 2)).one()


@pytest.mark.parametrize("part", ["appetite", "thresholds"])
def test_a_draft_that_changed_since_the_page_was_opened_is_not_adopted(
    draft: PolicyVersion, walk: Walk, session: Session, client_for: Clients, fresh: Fresh, part: str
) -> None:
    helen = client_for("helen")
    old = {**fields_of(helen.get(ADOPT).text), **SOUND}
    if part == "appetite":
        say(walk, draft, "Whatever is useful.", "petra")
    else:
        book, petra = get_rule_book(session, draft), walk.who("petra")
        other = "delegated_review" if book.document["default"] != "delegated_review" else "full_pia"
        change_default(session, draft, other, seen=book.digest, actor=petra, now=walk.now)
        session.commit()
    refused = helen.post(ADOPT, data=old)
    assert refused.status_code == 409
    assert "This draft has changed since you opened the page. Nothing was adopted." in refused.text
    for typed in (SOUND["adopted_by"], SOUND["instrument"], SOUND["changes"]):
        assert typed in refused.text
    assert status_of(fresh) == "draft"
    assert helen.post(ADOPT, data=fields_of(refused.text)).status_code == 303
    assert status_of(fresh) == "adopted"


def test_a_form_without_the_mark_adopts_nothing(draft: PolicyVersion, client_for: Clients, fresh: Fresh) -> None:
    assert send(client_for("helen"), ADOPT, **SOUND, seen="").status_code == 409
    assert status_of(fresh) == "draft"


def test_who_changed_the_draft_cannot_adopt_it(
    draft: PolicyVersion, walk: Walk, client_for: Clients, fresh: Fresh
) -> None:
    helen = client_for("helen")
    old = {**fields_of(helen.get(ADOPT).text), **SOUND}
    say(walk, draft, "What Helen wants.", "helen")
    for answer in (helen.get(ADOPT), helen.post(ADOPT, data=old)):
        assert answer.status_code == 403
        assert CHANGED_IT in answer.text
    assert CHANGED_IT in helen.get("/policy/draft").text
    assert status_of(fresh) == "draft"


@pytest.mark.parametrize("writer", ["sofia", "helen"])
def test_what_a_deputy_or_the_person_stood_in_for_changed_keeps_both_from_adopting(
    draft: PolicyVersion, walk: Walk, session: Session, client_for: Clients, fresh: Fresh, writer: str
) -> None:
    stand_in(walk, "sofia", "helen")
    session.commit()
    assert client_for("sofia").get(ADOPT).status_code == 200
    say(walk, draft, "One more sentence.", writer)
    for first in ("sofia", "helen"):
        answer = client_for(first).get(ADOPT)
        assert answer.status_code == 403
        assert "changed this draft. Somebody else who may adopt it has to." in answer.text
    assert status_of(fresh) == "draft"
