"""One step as the tests of who may take it see it: the record it starts from, who may, where it leads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from pia_engine.models import WorkflowRecord
from pia_engine.services.places import path_of
from tests.factories.people import PASSWORD
from tests.factories.walks import Walk

REASON = {"reason": "A reason that others can read."}
SIGNED = {**REASON, "password": PASSWORD}
ADVISED = {**REASON, "recommendation": "approve"}
OVERRULED = {**REASON, "overrules": "The advice counts on a law that has changed."}


@dataclass(frozen=True)
class Case:
    """One step: the record it starts from, who may take it, where it leads."""

    workflow: str
    action: str
    make: Callable[[Walk], WorkflowRecord]
    may: tuple[str, ...]
    leads_to: str
    given: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.workflow}-{self.action}-{self.leads_to}"

    def url(self, record: WorkflowRecord) -> str:
        match self.workflow:
            case "initiative":
                return f"/initiatives/{record.reference}/actions/{self.action}"
            case "annual_audit":
                return f"/audits/{record.reference}/actions/{self.action}"
            case "vendor_response":
                return f"/vendor-responses/{record.reference}/actions/{self.action}"
            case "policy" if self.action in ("adopt", "withdraw"):
                return f"/policy/draft/{self.action}"
            case "initial_assessment" | "full_assessment":
                stage = "initial" if self.workflow == "initial_assessment" else "full"
                return f"/assessments/{record.reference}/{stage}/actions/{self.action}"
        return f"{path_of(record)}/actions/{self.action}"
