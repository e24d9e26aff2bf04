"""The policy's services: reading, ids that stay, sections kept apart, and what a comparison says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from pia_engine.errors import Invalid, NotAllowed, NotFound, NotPossible, Stale
from pia_engine.models import PolicyVersion
from pia_engine.models.default_rules import DEFAULT_RULES
from pia_engine.models.policy_rules import read_rules, rules_of
from pia_engine.permissions.policies import list_faults
from pia_engine.services import policies
from pia_engine.services.policies import (
    adopt_policy,
    begin_draft,
    current_policy,
    get_policy,
    save_section,
    withdraw_draft,
)
from pia_engine.services.policy_comparison import compare_rules
from pia_engine.services.policy_sections import SECTIONS, policy_digest, section_content, section_digest
from tests.factories.policies import make_sound
from tests.factories.walks import Walk


def save(walk: Walk, draft: PolicyVersion, section: str, content: dict[str, Any], first: str = "petra") -> bool:
    seen = section_digest(draft, section)
    return save_section(walk.session, draft, section, content, seen=seen, actor=walk.who(first), now=walk.now)


def begun(walk: Walk, first: str = "petra") -> PolicyVersion:
    return begin_draft(walk.session, actor=walk.who(first), now=walk.now)


def adopt(walk: Walk, draft: PolicyVersion, first: str = "helen") -> None:
    make_sound(walk.session, draft, actor=walk.who("petra"), now=walk.now)
    adopt_policy(
        walk.session, draft, adopted_by="City council", instrument="Resolution 4", adopted_on=walk.now.date(),
        changes="Citations.", seen=policy_digest(draft), actor=walk.who(first), now=walk.now,
    )  # fmt: skip


def test_what_an_older_document_does_not_say_is_as_the_defaults_have_it() -> None:
    rules = rules_of({"risk_appetite": "None.", "outcomes": {"no_pia": {**DEFAULT_RULES["outcomes"]["no_pia"]}}})
    assert rules.risk_appetite == "None."
    assert rules.outcomes["full_pia"].required == tuple(DEFAULT_RULES["outcomes"]["full_pia"]["required"])
    assert rules.matrix.level(5, 5) == "high"
    assert rules.matrix.level(1, 1) == "low"
    assert rules.matrix.level(9, 9) == "high"


def test_a_damaged_document_names_its_version(session: Session) -> None:
    policy = current_policy(session)
    policy.rules = {**policy.rules, "matrix": {**DEFAULT_RULES["matrix"], "cells": [["low"]]}}
    with pytest.raises(Invalid, match=r"Policy version 1 cannot be read"):
        read_rules(policy)


@pytest.mark.parametrize("first", ["amara", "daniel", "sofia", "victor", "ingrid", "adam", "otto"])
def test_others_can_neither_begin_nor_change_nor_withdraw_a_draft(walk: Walk, first: str) -> None:
    draft = begun(walk)
    actor = walk.who(first)
    content = {"risk_appetite": "Anything goes."}
    with pytest.raises(NotAllowed):
        begin_draft(walk.session, actor=actor, now=walk.now)
    with pytest.raises(NotAllowed):
        save(walk, draft, "appetite", content, first)
    with pytest.raises(NotAllowed):
        withdraw_draft(walk.session, draft, actor=actor, now=walk.now, reason="No.")
    with pytest.raises(NotAllowed):
        adopt(walk, draft, first)


def test_two_who_begin_a_draft_at_the_very_same_moment_begin_one(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    begun(walk)
    monkeypatch.setattr(policies, "find_draft", lambda session: None)
    with pytest.raises(NotPossible, match="A version is being drafted already"):
        begun(walk, "helen")


def test_rules_that_cannot_work_keep_a_draft_from_being_adopted(walk: Walk) -> None:
    draft = begun(walk)
    make_sound(walk.session, draft, actor=walk.who("petra"), now=walk.now)
    assert list_faults(walk.session, draft) == []
    broken = {
        "outcomes": ["no_pia", "full_pia"],
        "default": "no_pia",
        "rules": [{"id": "a", "because": "b", "points": 5}],
    }
    draft.rules = {**draft.rules, "thresholds": {"initial-assessment": broken}}
    faults = list_faults(walk.session, draft)
    assert faults
    assert {fault.section for fault in faults} == {"thresholds"}
    with pytest.raises(NotPossible, match="The threshold rules: "):
        adopt_policy(
            walk.session, draft, adopted_by="c", instrument="i", adopted_on=walk.now.date(), changes="c",
            seen=policy_digest(draft), actor=walk.who("helen"), now=walk.now,
        )  # fmt: skip


def test_an_entry_keeps_its_id_and_a_new_one_gets_one_nobody_had(walk: Walk) -> None:
    draft = begun(walk)
    entries = section_content(draft, "principles")["principles"]
    renamed = {**entries[0], "name": "Lawful"}
    forged = {"id": "safe_2", "name": "Kept safe", "text": "Twice."}
    twice = {"id": entries[1]["id"], "name": "Again", "text": "The same id once more."}
    save(walk, draft, "principles", {"principles": [renamed, *entries[1:], forged, twice]})
    ids = [each.id for each in read_rules(draft).principles]
    assert ids == [*(entry["id"] for entry in entries), "kept_safe", "again"]


def test_an_entry_that_comes_back_under_its_name_is_the_same_one(walk: Walk) -> None:
    draft = begun(walk)
    grounds = section_content(draft, "grounds")["withholding_grounds"]
    save(walk, draft, "grounds", {"withholding_grounds": grounds[1:]})
    back = {"id": "", "name": "Security", "text": "Again."}
    save(walk, draft, "grounds", {"withholding_grounds": [*grounds[1:], back]})
    assert read_rules(draft).withholding_grounds[-1].id == "security"


def test_a_section_that_somebody_else_saved_meanwhile_is_not_overwritten(walk: Walk) -> None:
    draft = begun(walk)
    seen = section_digest(draft, "appetite")
    save(walk, draft, "appetite", {"risk_appetite": "Helen’s."}, "helen")
    with pytest.raises(Stale):
        save_section(
            walk.session, draft, "appetite", {"risk_appetite": "Petra’s."}, seen=seen, actor=walk.who("petra"),
            now=walk.now,
        )  # fmt: skip
    assert read_rules(draft).risk_appetite == "Helen’s."


@pytest.mark.parametrize(
    ("section", "content"),
    [
        ("appetite", {"risk_appetite": "x", "thresholds": {}}),
        ("appetite", {}),
        ("appetite", {"risk_appetite": "x" * 20_001}),
        ("principles", {"principles": [{"id": "a"}]}),
        ("principles", {"principles": [{"id": "", "name": "n", "text": "t"}] * 201}),
        ("periods", {"audit_months_by_residual_risk": {}, "first_audit_months": 1, "vendor_link_days": 1,
                     "audit_notice_days": 1}),
        ("matrix", {"matrix": {**DEFAULT_RULES["matrix"], "cells": []}}),
        ("retention", {"retention": [{"record": "r", "years": "many", "basis": ""}]}),
    ],
)  # fmt: skip
def test_what_could_not_be_read_again_is_not_stored(walk: Walk, section: str, content: dict[str, Any]) -> None:
    draft = begun(walk)
    before = draft.rules
    with pytest.raises(Invalid):
        save(walk, draft, section, content)
    assert draft.rules == before
    with pytest.raises(NotFound):
        save_section(walk.session, draft, "thresholds", {}, seen="", actor=walk.who("petra"), now=walk.now)


def test_an_adopted_version_cannot_be_changed_or_adopted_again(walk: Walk) -> None:
    draft = begun(walk)
    adopt(walk, draft)
    with pytest.raises(NotPossible):
        save(walk, draft, "appetite", {"risk_appetite": "Other."})
    with pytest.raises(NotPossible):
        adopt_policy(
            walk.session, draft, adopted_by="c", instrument="i", adopted_on=walk.now.date(), changes="c",
            seen=policy_digest(draft), actor=walk.who("helen"), now=walk.now,
        )  # fmt: skip
    assert current_policy(walk.session) is draft
    assert get_policy(walk.session, 1, actor=walk.who("amara")).status == "superseded"


def test_an_incomplete_draft_is_not_adopted(walk: Walk) -> None:
    draft = begun(walk)
    with pytest.raises(NotPossible, match="Things to put right before this version can be adopted: 4"):
        adopt_policy(
            walk.session, draft, adopted_by="c", instrument="i", adopted_on=walk.now.date(), changes="c",
            seen=policy_digest(draft), actor=walk.who("helen"), now=walk.now,
        )  # fmt: skip
    assert (draft.status, current_policy(walk.session).number) == ("draft", 1)


def changed(walk: Walk, section: str, change: Callable[[dict[str, Any]], None]) -> list[tuple[str, str, str]]:
    """What a comparison says after one change to one section."""
    before = current_policy(walk.session)
    document = {**DEFAULT_RULES, **{key: _copy(value) for key, value in before.rules.items()}}
    change(document)
    found = compare_rules(read_rules(before), rules_of(document))
    assert [each.section for each in found] == [section]
    return [(str(change.what), str(change.before), str(change.after)) for change in found[0].changes]


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(part) for key, part in value.items()}
    return [_copy(part) for part in value] if isinstance(value, list) else value


def test_a_comparison_says_each_change_as_it_read_and_as_it_reads(walk: Walk) -> None:
    def reword(document: dict[str, Any]) -> None:
        document["principles"][0]["text"] = "Within the law."
        document["principles"].append({"id": "kind", "name": "Kind", "text": "We are."})
        del document["principles"][1]
        document["principles"][1:3] = reversed(document["principles"][1:3])

    said = changed(walk, "principles", reword)
    assert said[0][0] == "Lawful and fair"
    assert said[0][2] == "Lawful and fair\nWithin the law."
    assert ("Kind", "", "Kind\nWe are.") in said
    assert any(what == "For a stated purpose" and after == "" for what, _, after in said)
    assert said[-1][0] == "The order"


@pytest.mark.parametrize(
    ("section", "change", "what", "before", "after"),
    [
        ("matrix", lambda d: d["matrix"]["cells"][4].__setitem__(0, "medium"),
         "“Almost certain” with “Hardly noticed”", "Low", "Medium"),
        ("deciders", lambda d: d["decider_by_residual_risk"].update(medium="executive"),
         "Remaining risk “Medium” is accepted by", "Senior privacy official", "Executive (city manager)"),
        ("periods", lambda d: d.update(vendor_link_days=30), "Days a vendor’s link works", "21", "30"),
        ("outcomes", lambda d: d["outcomes"]["no_pia"].update(expires_months=None),
         "No PIA needed: months until it runs out", "36", "never"),
        ("retention", lambda d: d["retention"][0].update(years=50),
         "Published assessments and their documents: years kept", "for good", "50"),
        ("retention", lambda d: d["retention"][2].update(classification="restricted"),
         "Vendors’ answers: classification", "Confidential", "Restricted"),
        ("appetite", lambda d: d.update(risk_appetite="None."), "What the city says",
         DEFAULT_RULES["risk_appetite"], "None."),
        ("thresholds", lambda d: d.update(thresholds={"initial-assessment": {"rules": [{"id": "cameras"}]}}),
         "Rules for “initial-assessment”", "the rules that come with the questionnaire", "cameras"),
        ("controls", lambda d: d.update(controls=[{"id": "fog", "name": "Fog", "text": "Blurs."}]), "Fog", "",
         "Fog\nBlurs."),
    ],
)  # fmt: skip
def test_each_section_s_changes_are_said_in_words(
    walk: Walk, section: str, change: Callable[[dict[str, Any]], None], what: str, before: str, after: str
) -> None:
    assert (what, before, after) in changed(walk, section, change)


def test_a_smaller_matrix_is_said_by_its_size(walk: Walk) -> None:
    def shrink(document: dict[str, Any]) -> None:
        document["matrix"]["likelihoods"].pop()
        document["matrix"]["cells"].pop()

    assert ("Size", "5 × 5", "4 × 5") in changed(walk, "matrix", shrink)


def test_every_key_of_the_document_is_edited_in_exactly_one_section() -> None:
    keys = [key for section in SECTIONS.values() for key in section]
    assert sorted([*keys, "thresholds"]) == sorted(DEFAULT_RULES)
