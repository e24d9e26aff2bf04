"""The tables the records live by: every row complete, every status reachable, owned, and left again."""

from __future__ import annotations

from collections import Counter

import pytest

from pia_engine.jobs.messages import NEWS
from pia_engine.permissions.people import RULES
from pia_engine.permissions.records import GUARDS
from pia_engine.permissions.roles import Role
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services.notices import _ROLE_PARTIES
from pia_engine.workflows.machine import WORKFLOWS, Transition, Workflow

ROWS = [pytest.param(w, row, id=f"{w.name}-{row.action}") for w in WORKFLOWS.values() for row in w.transitions]
TABLES = [pytest.param(workflow, id=name) for name, workflow in WORKFLOWS.items()]
PARTIES = {"author", "keeper", "agency_signatory", "signatory_needed", "decider", "initiative_author", *_ROLE_PARTIES}
OWNERS = {*Role, "decider", None}


@pytest.mark.parametrize(("workflow", "row"), ROWS)
def test_each_move_has_a_known_permission_guards_and_people_to_tell(workflow: Workflow, row: Transition) -> None:
    assert Permission(row.permission) in RULES
    assert set(row.guards) <= GUARDS.keys()
    assert set(row.notice) <= PARTIES
    assert row.reason in ("", "optional", "required")
    assert row.dest in workflow.statuses
    assert set(row.sources) <= workflow.statuses.keys()


SILENT = {
    # Steps nobody is told of, and why.
    ("annual_audit", "cancel"),  # its edition was replaced: whoever replaced it was told of that
    ("annual_report", "publish"),  # the letter goes out when the document is there
    ("full_assessment", "publish"),  # the same
    ("full_assessment", "supersede"),  # the new edition's publication is told of
    ("initiative", "begin_assessment"),  # only its own author begins it
    ("policy", "supersede"),  # the new version's adoption is told of
    ("vendor_response", "begin"),  # nothing to do for anybody yet
    ("vendor_response", "query"),  # the vendor gets a letter of its own
    ("vendor_response", "reissue"),  # the same
}


def test_each_step_tells_somebody_or_is_among_those_that_need_not() -> None:
    silent = {(name, row.action) for name, table in WORKFLOWS.items() for row in table.transitions if not row.notice}
    assert silent == SILENT


@pytest.mark.parametrize("workflow", TABLES)
def test_whoever_owns_a_status_can_take_a_step_from_it(workflow: Workflow) -> None:
    for status, owner in workflow.owners.items():
        if owner in (None, "decider") or (workflow.name, status) == ("initiative", "in_assessment"):
            continue  # an initiative being assessed moves with its assessment
        can = {role for row in workflow.actions_from(status) for role in RULES[Permission(row.permission)].roles}
        assert owner in can, f"{workflow.name}, {status}: {owner}"


@pytest.mark.parametrize(("workflow", "row"), ROWS)
def test_each_event_is_named_subject_colon_past_verb(workflow: Workflow, row: Transition) -> None:
    subject, _, verb = row.event.partition(":")
    assert subject in {workflow.name.replace("_", "-"), "publication"}
    assert verb
    assert row.event == row.event.lower().replace("_", "-")


def test_no_two_moves_are_recorded_as_the_same_event() -> None:
    counted = Counter(row.event for workflow in WORKFLOWS.values() for row in workflow.transitions)
    assert [event for event, count in counted.items() if count > 1] == []


def test_each_event_somebody_is_told_of_has_its_words() -> None:
    told = {row.event for workflow in WORKFLOWS.values() for row in workflow.transitions if row.notice}
    assert told == NEWS.keys()


@pytest.mark.parametrize("workflow", TABLES)
def test_each_status_is_reachable_and_only_final_ones_are_dead_ends(workflow: Workflow) -> None:
    reached = {workflow.initial}
    while True:
        further = {row.dest for row in workflow.transitions if reached & set(row.sources)} - reached
        if not further:
            break
        reached |= further
    assert reached == workflow.statuses.keys()
    left = {source for row in workflow.transitions for source in row.sources}
    assert workflow.statuses.keys() - left == workflow.final


@pytest.mark.parametrize("workflow", TABLES)
def test_each_open_status_has_an_owner_and_each_final_one_none(workflow: Workflow) -> None:
    assert set(workflow.owners.values()) <= OWNERS
    assert {status for status, owner in workflow.owners.items() if owner is None} == workflow.final


@pytest.mark.parametrize("workflow", TABLES)
def test_each_action_and_each_status_reads_differently(workflow: Workflow) -> None:
    labels = [row.label for row in workflow.transitions]
    assert len(set(labels)) == len(labels)
    assert len(set(workflow.statuses.values())) == len(workflow.statuses)
