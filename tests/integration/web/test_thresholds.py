"""The threshold rules of a policy draft in the browser: who may change them, and that nothing unsound gets in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.models import Determination, PolicyVersion
from pia_engine.services import determinations, policies
from pia_engine.services.thresholds import get_rule_book
from tests.factories.people import PERSONAS
from tests.factories.walks import Walk
from tests.fixtures.city import token_in
from tests.integration.web.forms import fields_of, send, text_of

HOME = "/policy/versions/2/thresholds"
Client = Callable[[str], FlaskClient]
Fresh = Callable[[], Session]


@pytest.fixture
def draft(session: Session, walk: Walk) -> PolicyVersion:
    """Version 2 of the policy, being drafted."""
    version = policies.begin_draft(session, actor=walk.who("petra"), now=walk.now)
    session.commit()
    return version


def rules_in(fresh: Fresh) -> list[dict[str, Any]]:
    with fresh() as session:
        policy = session.scalars(select(PolicyVersion).where(PolicyVersion.number == 2)).one()
        return list(get_rule_book(session, policy).document["rules"])


def is_own(fresh: Fresh) -> bool:
    with fresh() as session:
        policy = session.scalars(select(PolicyVersion).where(PolicyVersion.number == 2)).one()
        return get_rule_book(session, policy).is_own


def rule_form(client: FlaskClient, path: str = f"{HOME}/new-rule", /, **changes: object) -> dict[str, Any]:
    return {**fields_of(client.get(path).text), **changes}


SIMPLE: dict[str, Any] = {
    "because": "Sound can be overheard.",
    "source": "Council decision 12",
    "effect": "leads",
    "outcome": "delegated_review",
    "g0_d0_question": "technologies",
    "g0_d0_asked": "technologies",
    "g0_d0_way": "includes_any",
    "g0_d0_options": ["microphone", "hidden"],
}


def test_officer_reads_the_rules_that_come_with_the_questionnaire(draft: PolicyVersion, client_for: Client) -> None:
    text = text_of(client_for("petra").get(HOME).text)
    assert "This version uses the rules that come with the questionnaire" in text
    assert "Cameras can show who was where and with whom" in text
    assert "It fires when “Technology used” includes Cameras or video" in text


def test_officer_adds_a_rule_question_first_then_what_it_offers(
    draft: PolicyVersion, client_for: Client, fresh: Fresh
) -> None:
    client = client_for("petra")
    before = rules_in(fresh)
    first = rule_form(client, because=SIMPLE["because"], effect="leads", outcome="delegated_review")
    first |= {"g0_d0_question": "technologies", "press": "show"}
    shown = client.post(f"{HOME}/new-rule", data=first)
    assert shown.status_code == 200
    assert "Microphones or sound sensors" in text_of(shown.text)
    given = fields_of(shown.text)
    assert given["because"] == "Sound can be overheard."
    given |= {"g0_d0_way": "includes_any", "g0_d0_options": ["microphone", "hidden"]}
    given.pop("press", None)
    assert client.post(f"{HOME}/new-rule", data=given).status_code == 303
    added = rules_in(fresh)[-1]
    assert len(rules_in(fresh)) == len(before) + 1
    assert added == {
        "id": "sound-can-be-overheard",
        "because": "Sound can be overheard.",
        "outcome": "delegated_review",
        "when": {"question": "technologies", "includes_any": ["microphone", "hidden"]},
    }
    assert "The city has its own rules in this version." in text_of(client.get(HOME).text)


def test_officer_combines_conditions_in_groups(draft: PolicyVersion, client_for: Client, fresh: Fresh) -> None:
    client = client_for("petra")
    grown = client.post(f"{HOME}/new-rule", data=rule_form(client, **SIMPLE, press="add-0"))
    assert "Condition 2" in text_of(grown.text)
    grown = client.post(f"{HOME}/new-rule", data={**fields_of(grown.text), "press": "group"})
    assert "Group 2" in text_of(grown.text)
    given = {
        **fields_of(grown.text),
        "match": "all",
        "g0_match": "any",
        "g0_d1_question": "vendor_involved",
        "g0_d1_asked": "vendor_involved",
        "g0_d1_way": "includes_any",
        "g0_d1_options": "yes",
        "g1_d0_question": "people_groups",
        "g1_d0_asked": "people_groups",
        "g1_d0_way": "at_least",
        "g1_d0_value": "3",
    }
    given.pop("press", None)
    assert client.post(f"{HOME}/new-rule", data=given).status_code == 303
    assert rules_in(fresh)[-1]["when"] == {
        "all": [
            {
                "any": [
                    {"question": "technologies", "includes_any": ["microphone", "hidden"]},
                    {"question": "vendor_involved", "equals": "yes"},
                ]
            },
            {"question": "people_groups", "at_least": 3},
        ]
    }


def test_a_condition_is_removed_and_the_others_stay(draft: PolicyVersion, client_for: Client) -> None:
    client = client_for("petra")
    grown = client.post(f"{HOME}/new-rule", data=rule_form(client, **SIMPLE, press="add-0"))
    less = client.post(f"{HOME}/new-rule", data={**fields_of(grown.text), "press": "drop-0-1"})
    kept = fields_of(less.text)
    assert kept["g0_d0_options"] == ["microphone", "hidden"]
    assert "g0_d1_question" not in kept


def test_another_question_starts_its_condition_anew(draft: PolicyVersion, client_for: Client, fresh: Fresh) -> None:
    client = client_for("petra")
    given = rule_form(client, **{**SIMPLE, "g0_d0_question": "data_kinds"})
    answer = client.post(f"{HOME}/new-rule", data=given)
    assert answer.status_code == 422
    assert "Say what the answer has to be." in text_of(answer.text)
    assert "Genetic information" in text_of(answer.text)
    assert not is_own(fresh)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"because": ""}, "Say why this matters"),
        ({"effect": ""}, "Choose what the rule does."),
        ({"effect": "adds", "points": ""}, "Write a whole number."),
        ({"effect": "adds", "points": "many"}, "Write a number in digits"),
        ({"effect": "adds", "points": "101"}, "100 or less"),
        ({"effect": "counts", "needed": "0", "reached": "full_pia"}, "1 or more"),
        ({"outcome": "half_pia"}, "Choose from the options shown here."),
        ({"g0_d0_options": []}, "Say with what the answer is compared."),
        ({"g0_d0_way": "less_than", "g0_d0_value": "x"}, "Write a number in digits"),
        ({"g0_d0_way": "less_than", "g0_d0_value": "1"}, "Counting fewer than two choices"),
        ({"g0_d0_options": ["elsewhere"]}, "Choose from the options shown here."),
        ({"g0_d0_question": "", "g0_d0_asked": ""}, "Choose at least one question"),
        ({"g0_d0_question": "nowhere", "g0_d0_asked": "nowhere"}, "Choose from the options shown here."),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_is_saved(
    changes: dict[str, object], said: str, draft: PolicyVersion, client_for: Client, fresh: Fresh
) -> None:
    client = client_for("petra")
    answer = client.post(f"{HOME}/new-rule", data=rule_form(client, **{**SIMPLE, **changes}))
    assert answer.status_code == 422
    assert said in text_of(answer.text)
    assert "Council decision 12" in answer.text
    assert not is_own(fresh)


def test_points_may_be_written_before_the_rule_that_counts_them(
    draft: PolicyVersion, client_for: Client, fresh: Fresh
) -> None:
    client = client_for("petra")
    given = rule_form(client, f"{HOME}/rules/points-together", needed="9000")
    assert client.post(f"{HOME}/rules/points-together", data=given).status_code == 303
    page = text_of(client.get(HOME).text)
    assert "thing to put right before this version can be adopted" in page
    assert "9000 are never reached" in page
    assert next(rule for rule in rules_in(fresh) if rule["id"] == "points-together")["points"] == {"at_least": 9000}


def test_officer_changes_moves_and_removes_a_rule(draft: PolicyVersion, client_for: Client, fresh: Fresh) -> None:
    client = client_for("petra")
    saved = send(client, f"{HOME}/rules/cameras", because="Cameras see everybody.", outcome="delegated_review")
    assert saved.status_code == 303
    assert rules_in(fresh)[1]["because"] == "Cameras see everybody."
    page = client.get(HOME).text
    seen = fields_of(page)["seen"]
    moved = client.post(f"{HOME}/rules/cameras/move", data={"csrf_token": token_in(page), "seen": seen, "step": "up"})
    assert moved.status_code == 303
    assert rules_in(fresh)[0]["id"] == "cameras"
    asked = client.get(f"{HOME}/rules/cameras/remove")
    assert "Remove this rule?" in text_of(asked.text)
    assert send(client, f"{HOME}/rules/cameras/remove").status_code == 303
    assert "cameras" not in {rule["id"] for rule in rules_in(fresh)}


def test_officer_changes_the_default_and_goes_back_to_the_rules_as_shipped(
    draft: PolicyVersion, client_for: Client, fresh: Fresh
) -> None:
    client = client_for("petra")
    shipped = rules_in(fresh)
    assert send(client, f"{HOME}/default", default="delegated_review").status_code == 303
    assert is_own(fresh)
    assert "Delegated review." in text_of(client.get(HOME).text)
    assert send(client, f"{HOME}/as-shipped").status_code == 303
    assert not is_own(fresh)
    assert rules_in(fresh) == shipped


def test_two_officers_do_not_overwrite_each_other(draft: PolicyVersion, client_for: Client, fresh: Fresh) -> None:
    petra, helen = client_for("petra"), client_for("helen")
    hers = rule_form(petra, **SIMPLE)
    assert send(helen, f"{HOME}/default", default="full_pia").status_code == 303
    answer = petra.post(f"{HOME}/new-rule", data=hers)
    assert answer.status_code == 409
    assert "Somebody else changed the rules" in text_of(answer.text)
    assert fields_of(answer.text)["because"] == "Sound can be overheard."
    assert petra.post(f"{HOME}/new-rule", data=fields_of(answer.text)).status_code == 303
    assert rules_in(fresh)[-1]["id"] == "sound-can-be-overheard"


def test_who_comes_second_reads_the_stored_rule_beside_their_own(draft: PolicyVersion, client_for: Client) -> None:
    petra, helen = client_for("petra"), client_for("helen")
    hers = rule_form(petra, f"{HOME}/rules/cameras", because="Cameras are everywhere.")
    saved = send(helen, f"{HOME}/rules/cameras", because="Cameras see everybody.", outcome="delegated_review")
    assert saved.status_code == 303
    answer = petra.post(f"{HOME}/rules/cameras", data=hers)
    assert answer.status_code == 409
    said = text_of(answer.text)
    assert "The rule as it is stored now Cameras see everybody. Delegated review" in said
    assert "It fires when “Technology used” includes Cameras or video" in said
    assert fields_of(answer.text)["because"] == "Cameras are everywhere."
    assert petra.post(f"{HOME}/rules/cameras", data=fields_of(answer.text)).status_code == 303


def test_an_adopted_version_is_read_and_never_changed(client_for: Client, draft: PolicyVersion) -> None:
    client = client_for("petra")
    page = client.get("/policy/versions/1/thresholds")
    assert page.status_code == 200
    assert "Add a rule" not in text_of(page.text)
    assert client.get("/policy/versions/1/thresholds/new-rule").status_code == 409


@pytest.mark.parametrize("first", sorted(PERSONAS))
def test_only_those_who_draft_the_policy_change_its_rules(
    first: str, draft: PolicyVersion, client_for: Client, fresh: Fresh
) -> None:
    client = client_for(first)
    may = first in ("petra", "helen")
    token = token_in(client.get("/account").text)
    given = {"csrf_token": token, "seen": "x", "step": "up"}
    for path in ("new-rule", "rules/cameras", "rules/cameras/remove", "rules/cameras/move", "default", "as-shipped"):
        assert (client.post(f"{HOME}/{path}", data=given).status_code != 403) is may, path
    assert (client.get(f"{HOME}/try").status_code == 200) is (first in ("petra", "helen", "victor", "ingrid"))
    assert (client.get(HOME).status_code == 200) is (first in ("petra", "helen", "victor", "ingrid"))
    assert not is_own(fresh)


def test_officer_tries_a_rule_change_on_everything_before(
    session: Session, walk: Walk, draft: PolicyVersion, client_for: Client, fresh: Fresh
) -> None:
    walk.initial("submitted", "Cameras at the pool")
    determined = walk.initial("determined", "Cameras in the park")
    walk.initial("draft", "Not handed in yet")
    session.commit()
    client = client_for("petra")
    assert "No assessment would come out otherwise. 2 were compared." in text_of(client.get(f"{HOME}/try").text)
    assert send(client, f"{HOME}/rules/cameras/remove").status_code == 303
    page = text_of(client.get(f"{HOME}/try").text)
    assert "2 assessments would come out otherwise. 2 were compared." in page
    assert "Of 1 that an officer determined, 1 came out as the rules then said, and 0 as these rules would say." in page
    assert "Fires no longer: Cameras can show who was where and with whom" in page
    assert "Cameras in the park" in page
    assert "Not handed in yet" not in page
    with fresh() as looked:
        assert looked.scalars(select(Determination.computed_outcome)).all() == ["full_pia"]
        assert determinations.compute_outcome(looked, looked.merge(determined)).outcome == "full_pia"
