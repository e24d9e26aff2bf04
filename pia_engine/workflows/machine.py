"""The one file that imports `transitions`: what may follow, and what a move leads to.

One machine per table, made once. Subjects are throwaway objects never registered with the machine, so no record
is ever decorated and nothing leaks. Who may move, and whether the record allows it, is decided elsewhere: a
failing condition in the library makes a trigger return False silently, so no guard stands here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import ModuleType
from typing import Any

from transitions import Machine

from pia_engine.errors import N_, NotPossible
from pia_engine.workflows import (
    annual_audit,
    annual_report,
    commitment,
    disposal,
    emergency_exception,
    full_assessment,
    initial_assessment,
    initiative,
    policy,
    programme_audit,
    reconsideration,
    spot_check,
    vendor_response,
    withholding,
)


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of a workflow table."""

    action: str
    sources: tuple[str, ...]
    dest: str
    label: str
    permission: str
    event: str
    notice: tuple[str, ...]
    guards: tuple[str, ...] = ()
    reason: str = ""  # "", "optional" or "required"


@dataclass(frozen=True, slots=True)
class Workflow:
    """One table with its machine. `name` is what a record says its life is called."""

    name: str
    initial: str
    statuses: dict[str, str]
    owners: dict[str, str | None]
    final: frozenset[str]
    transitions: tuple[Transition, ...]
    machine: Machine

    def transition(self, action: str) -> Transition:
        """The row of an action. Raises NotPossible for an action this table does not have."""
        for row in self.transitions:
            if row.action == action:
                return row
        raise NotPossible(N_("There is no such step for this record."))

    def actions_from(self, status: str) -> tuple[Transition, ...]:
        """Rows that lead on from a status, in table order."""
        return tuple(row for row in self.transitions if status in row.sources)

    def label(self, status: str) -> str:
        return self.statuses[status]


class _Subject:
    """Stands in for a record while the machine is asked; thrown away afterwards."""

    def __init__(self, status: str) -> None:
        self.state = status


def _row(row: dict[str, Any]) -> Transition:
    return Transition(
        action=str(row["trigger"]),
        sources=tuple(str(s) for s in row["source"]),
        dest=str(row["dest"]),
        label=row["label"],
        permission=row["permission"],
        event=row["event"],
        notice=tuple(row["notice"]),
        guards=tuple(row.get("guards", ())),
        reason=row.get("reason", ""),
    )


def _workflow(name: str, table: ModuleType) -> Workflow:
    rows = tuple(_row(row) for row in table.TRANSITIONS)
    statuses: type[StrEnum] = table.Status
    machine = Machine(
        model=None,
        states=[str(status) for status in statuses],
        transitions=[{"trigger": r.action, "source": list(r.sources), "dest": r.dest} for r in rows],
        initial=str(table.INITIAL),
        auto_transitions=False,
        send_event=False,
    )
    return Workflow(
        name=name,
        initial=str(table.INITIAL),
        statuses={str(s): spec["label"] for s, spec in table.STATUSES.items()},
        owners={str(s): spec["owner"] for s, spec in table.STATUSES.items()},
        final=frozenset(str(s) for s in table.FINAL),
        transitions=rows,
        machine=machine,
    )


WORKFLOWS: dict[str, Workflow] = {
    name: _workflow(name, table)
    for name, table in {
        "initiative": initiative,
        "initial_assessment": initial_assessment,
        "full_assessment": full_assessment,
        "vendor_response": vendor_response,
        "annual_audit": annual_audit,
        "policy": policy,
        "emergency_exception": emergency_exception,
        "spot_check": spot_check,
        "commitment": commitment,
        "reconsideration": reconsideration,
        "programme_audit": programme_audit,
        "disposal": disposal,
        "annual_report": annual_report,
        "withholding": withholding,
    }.items()
}


def next_status(workflow: Workflow, status: str, action: str) -> str:
    """Where `action` leads from `status`. Raises NotPossible when the table has no such move."""
    row = workflow.transition(action)
    if status not in row.sources:
        raise NotPossible(
            N_("“%(action)s” is not possible while the status is “%(status)s”."),
            action=row.label,
            status=workflow.label(status),
        )
    subject = _Subject(status)
    if not workflow.machine.events[action].trigger(subject):
        raise NotPossible(N_("There is no such step for this record."))
    return subject.state
