"""Each kind of record: its class, what it is called, and the address of its page."""

from __future__ import annotations

from pia_engine.models import (
    AnnualAudit,
    AnnualReport,
    Assessment,
    Commitment,
    Disposal,
    EmergencyException,
    Initiative,
    PolicyVersion,
    ProgrammeAudit,
    Reconsideration,
    SpotCheck,
    VendorResponse,
    Withholding,
    WorkflowRecord,
)

CLASSES: dict[str, type[WorkflowRecord]] = {
    "initiative": Initiative,
    "initial_assessment": Assessment,
    "full_assessment": Assessment,
    "vendor_response": VendorResponse,
    "annual_audit": AnnualAudit,
    "policy": PolicyVersion,
    "emergency_exception": EmergencyException,
    "spot_check": SpotCheck,
    "commitment": Commitment,
    "reconsideration": Reconsideration,
    "programme_audit": ProgrammeAudit,
    "disposal": Disposal,
    "annual_report": AnnualReport,
    "withholding": Withholding,
}
_FOLDERS = {
    "initiative": "initiatives",
    "initial_assessment": "assessments",
    "full_assessment": "assessments",
    "annual_audit": "audits",
    "emergency_exception": "emergency-exceptions",
    "spot_check": "spot-checks",
    "commitment": "commitments",
    "reconsideration": "reconsiderations",
    "programme_audit": "programme-audits",
    "disposal": "disposals",
    "annual_report": "annual-reports",
    "withholding": "withholdings",
}


def title_of(record: WorkflowRecord) -> str:
    """What a record is called where several are listed: mostly its initiative's title."""
    match record:
        case Initiative() | PolicyVersion() | Disposal():
            return record.title
        case AnnualAudit() | SpotCheck() | Withholding():
            return record.assessment.initiative.title
        case ProgrammeAudit() | AnnualReport():
            return str(record.year)
        case Commitment():
            return record.initiative.title if record.initiative else record.text
        case Assessment() | VendorResponse() | EmergencyException() | Reconsideration():
            return record.initiative.title
    raise TypeError(type(record).__name__)


def path_of(record: WorkflowRecord) -> str:
    """The address of a record's page, below the public address."""
    if isinstance(record, VendorResponse):
        return f"/assessments/{record.assessment_reference}"
    if isinstance(record, PolicyVersion):
        return f"/policy/versions/{record.number}"
    return path_to(record.workflow_name, record.reference)


def path_to(workflow: str, reference: str) -> str:
    """The same for a record known by its workflow and its reference alone; of the policy, the version in force."""
    return f"/{_FOLDERS[workflow]}/{reference}" if workflow in _FOLDERS else "/policy"
