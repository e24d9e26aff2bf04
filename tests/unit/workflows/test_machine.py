"""What the tables allow, asked of the machine."""

from __future__ import annotations

import pytest

from pia_engine.errors import NotPossible
from pia_engine.workflows.diagram import mermaid
from pia_engine.workflows.machine import WORKFLOWS, next_status

MOVES = [
    (name, source, row.action, row.dest)
    for name, workflow in WORKFLOWS.items()
    for row in workflow.transitions
    for source in row.sources
]


@pytest.mark.parametrize(("name", "source", "action", "dest"), MOVES)
def test_every_row_leads_where_it_says(name: str, source: str, action: str, dest: str) -> None:
    assert next_status(WORKFLOWS[name], source, action) == dest


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_move_the_table_lacks_is_refused_with_both_names(name: str) -> None:
    workflow = WORKFLOWS[name]
    for row in workflow.transitions:
        for status in set(workflow.statuses) - set(row.sources):
            with pytest.raises(NotPossible) as refusal:
                next_status(workflow, status, row.action)
            assert row.label in str(refusal.value)
            assert workflow.label(status) in str(refusal.value)


def test_the_library_offers_no_way_around_the_table() -> None:
    for workflow in WORKFLOWS.values():
        assert not [name for name in workflow.machine.events if name.startswith("to_")]
        assert workflow.machine.models == []


def test_a_diagram_shows_every_move() -> None:
    for workflow in WORKFLOWS.values():
        drawing = mermaid(workflow)
        for row in workflow.transitions:
            for source in row.sources:
                assert f"{source} --> {row.dest} : {row.label}" in drawing
