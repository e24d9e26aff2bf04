"""What keeps a policy from being adopted: one small change to a sound one for each rule, with its sentence."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from pia_engine.models.default_rules import DEFAULT_RULES
from pia_engine.models.policy_rules import rules_of
from pia_engine.permissions.policies import find_faults


def sound() -> dict[str, Any]:
    document = deepcopy(DEFAULT_RULES)
    for law in document["authorities"]:
        law["citation"] = "City Code, chapter 1"
    return document


def said(document: dict[str, Any]) -> list[tuple[str, str]]:
    return [(fault.section, str(fault.sentence)) for fault in find_faults(rules_of(document))]


def test_a_sound_policy_has_no_fault() -> None:
    assert said(sound()) == []


def test_a_new_city_has_only_its_citations_to_write() -> None:
    found = said(DEFAULT_RULES)
    assert {section for section, _ in found} == {"authorities"}
    assert len(found) == len(DEFAULT_RULES["authorities"])
    assert "“The public records law” still has no citation of your own." in found[2][1]


CASES: list[tuple[tuple[object, ...], object, str, str]] = [
    (("principles",), [], "principles", "There is no principle."),
    (("principles", 0, "name"), " ", "principles", "A principle has no name."),
    (("principles", 0, "text"), "", "principles", "The principle “Lawful and fair” says nothing yet."),
    (("principles", 1, "name"), "lawful AND fair", "principles", "“lawful AND fair” stands here twice."),
    (("authorities",), [], "authorities", "No law or rule is named."),
    (("authorities", 0, "citation"), "", "authorities", "“The city’s charter and ordinances” has no citation."),
    (("authorities", 0, "name"), "", "authorities", "A law or rule has no name."),
    (("risk_appetite",), "  ", "appetite", "Nothing is said about the risk the city accepts."),
    (("matrix", "likelihoods", 0), "", "matrix", "A word of the matrix is missing."),
    (("matrix", "severities", 1), "Hardly noticed", "matrix", "“Hardly noticed” stands here twice."),
    (("matrix", "levels", "low"), "High", "matrix", "“High” stands here twice."),
    (("matrix", "cells", 2, 2), "", "matrix", "A field of the matrix has no level."),
    (("matrix", "cells"), [["medium"] * 5] * 4 + [["high"] * 5], "matrix", "No field of the matrix is “Low”."),
    (("matrix", "cells", 4, 4), "medium", "matrix", "“Almost certain” with “Grave harm” is Medium, yet “Likely”"),
    (("matrix", "cells", 0, 0), "high", "matrix", "yet “Very unlikely” with “Hardly noticed” is High."),
    (
        ("decider_by_residual_risk", "low"),
        "",
        "deciders",
        "Nobody who may decide is named for the remaining risk “Low”",
    ),
    (("decider_by_residual_risk", "high"), "auditor", "deciders", "Nobody who may decide is named"),
    (
        ("decider_by_residual_risk", "low"),
        "executive",
        "deciders",
        "A greater risk cannot be accepted by a lower office",
    ),
    (("first_audit_months",), 0, "periods", "A period is not between 1 and 120 months, or 1 and 365 days."),
    (("vendor_link_days",), 366, "periods", "A period is not between"),
    (("audit_months_by_residual_risk", "high"), 30, "periods", "“High” risk is audited less often than “Medium” risk."),
    (("audit_notice_days",), 365, "periods", "Auditors would be told of an audit before the one before it is due."),
    (("outcomes", "no_pia", "decider"), "auditor", "outcomes", "Nobody who may determine is named"),
    (("outcomes", "update", "required"), [], "outcomes", "Nothing is required with the outcome “Update of a published"),
    (("outcomes", "no_pia", "expires_months"), 0, "outcomes", "has to run out after 1 to 120 months, or never."),
    (("retention",), [], "retention", "Nothing is said about how long records are kept."),
    (("retention", 0, "basis"), "", "retention", "gives no reason for how long it is kept."),
    (("retention", 1, "years"), 0, "retention", "has to be kept 1 to 200 years, or for good."),
    (("retention", 1, "kind"), "published", "retention", "Two rows say how long “Assessments that were published” are"),
    (("withholding_grounds", 0, "text"), "", "grounds", "The ground “Security” is not explained."),
    (("withholding_grounds", 0, "id"), "other", "grounds", "“Security” is missing."),
    (("controls",), [{"id": "a", "name": "Fog", "text": ""}], "controls", "The measure “Fog” is not described."),
]


@pytest.mark.parametrize(("place", "value", "section", "sentence"), CASES)
def test_each_fault_is_named_with_its_section(
    place: tuple[Any, ...], value: object, section: str, sentence: str
) -> None:
    document = sound()
    part: Any = document
    for step in place[:-1]:
        part = part[step]
    part[place[-1]] = value
    found = said(document)
    assert any(where == section and sentence in text for where, text in found), found
    assert {where for where, _ in found} == {section}
