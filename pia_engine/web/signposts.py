"""Where a refusal leads: the symbolic places that guards name, as links on the record at hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from pia_engine.errors import N_, NotAllowed, PiaError
from pia_engine.forms.questions import field_name
from pia_engine.models import Assessment, VendorResponse, WorkflowRecord
from pia_engine.permissions.people import may
from pia_engine.permissions.roles import DEPARTMENT_ROLES
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services.places import path_of
from pia_engine.web.access import actor


@dataclass(frozen=True, slots=True)
class Signpost:
    """One link: what there is to be found, and its address."""

    text: str
    url: str


def signpost(refusal: PiaError, record: WorkflowRecord | None) -> Signpost | None:
    """The way on from a refusal; None when it names none, or none that this reader may go."""
    place = refusal.place or ("roles" if isinstance(refusal, NotAllowed) and refusal.who_can_help else "")
    kind, _colon, detail = place.partition(":")
    if kind not in PLACES:
        return None
    text, address = PLACES[kind]
    url = address(record, detail)
    return Signpost(_(text), url) if url else None


def _roles(_record: WorkflowRecord | None, role: str) -> str:
    if not may(actor(), Permission.POLICY_VIEW):
        return ""
    anchor = "departments" if role in DEPARTMENT_ROLES else f"role-{role}" if role else None
    return url_for("roles.chart", _anchor=anchor)


def _section(record: WorkflowRecord | None, detail: str) -> str:
    section, _colon, question = detail.partition(":")
    anchor = field_name(question)
    match record:
        case Assessment():
            reference, stage = record.reference, record.stage
            return url_for("sections.edit", reference=reference, stage=stage, section=section, _anchor=anchor)
        case None | VendorResponse():  # a vendor's pages say what is missing themselves
            return ""
    return f"{path_of(record)}/sections/{section}#{anchor}"


def _changes(record: WorkflowRecord | None, _detail: str) -> str:
    return url_for("assessments.changes", reference=record.reference) if record else ""


def _review(record: WorkflowRecord | None, _detail: str) -> str:
    return url_for("assessments.review", reference=record.reference) if record else ""


def _verdicts(record: WorkflowRecord | None, _detail: str) -> str:
    return url_for("vendor.judge", reference=record.reference) if record else ""


def _responsible(record: WorkflowRecord | None, _detail: str) -> str:
    return _on_page("responsible")(record, "") if isinstance(record, Assessment) else _page(record)


def _page(record: WorkflowRecord | None) -> str:
    return path_of(record) if record else ""


def _on_page(anchor: str) -> Callable[[WorkflowRecord | None, str], str]:
    """A part of the record's own page."""
    return lambda record, _detail: f"{path_of(record)}#{anchor}" if record else ""


def _foreword(record: WorkflowRecord | None, _detail: str) -> str:
    return f"{path_of(record)}/text" if record else ""


def _step(record: WorkflowRecord | None, action: str) -> str:
    return f"{path_of(record)}/actions/{action}" if record else ""


def _initiative(_record: WorkflowRecord | None, reference: str) -> str:
    return url_for("initiatives.show", reference=reference)


PLACES: dict[str, tuple[str, Callable[[WorkflowRecord | None, str], str]]] = {
    "assessments": (
        N_("Open the assessment"),
        lambda _record, reference: url_for("assessments.show", reference=reference),
    ),
    "changes": (N_("Go to the requested changes"), _changes),
    "findings": (N_("Go to the findings"), _on_page("findings")),
    "foreword": (N_("Go to the foreword"), _foreword),
    "holds": (N_("Open the initiative"), _initiative),
    "initiatives": (N_("Open the initiative"), _initiative),
    "policy": (N_("See everything that is to be put right"), lambda _record, _detail: url_for("policy.draft.check")),
    "responsible": (N_("See who that is"), _responsible),
    "retention": (
        N_("See how long records are kept"),
        lambda _record, _detail: url_for("policy.show", _anchor="retention"),
    ),
    "review": (N_("Go to the review"), _review),
    "roles": (N_("See who that is"), _roles),
    "sections": (N_("Go to the question"), _section),
    "steps": (N_("Do this instead"), _step),
    "vendors": (
        N_("See the vendor's answers"),
        lambda _record, reference: url_for("vendor.judge", reference=reference),
    ),
    "verdicts": (N_("Go to the answers"), _verdicts),
    "withholdings": (N_("Go to what is withheld"), lambda _record, reference: f"/withholdings/{reference}"),
    "withholdings-of": (
        N_("Go to what is withheld"),
        lambda _record, reference: f"/assessments/{reference}/withholdings",
    ),
}
"""What each place is called in a link, and its address for the record at hand. An empty address means: no link."""
