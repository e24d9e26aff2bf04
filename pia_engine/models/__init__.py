"""Mapped classes, one file per aggregate, on a plain declarative base. Importing this maps them all."""

from pia_engine.models.annual_audits import AnnualAudit
from pia_engine.models.assessments import Assessment, Determination, Revision
from pia_engine.models.attachments import Attachment
from pia_engine.models.base import Base, Traced, WorkflowRecord
from pia_engine.models.city import City, Department, KnownQuestionnaire, PolicyVersion, ReferenceCounter
from pia_engine.models.discussion import Comment, Contribution
from pia_engine.models.initiatives import Initiative
from pia_engine.models.outbox import OutboxJob
from pia_engine.models.people import BrowserSession, Deputy, Designation, Person
from pia_engine.models.publications import Publication
from pia_engine.models.reviews import RequestedChange, Review, SignOff
from pia_engine.models.sheets import Answer, AnswerSheet, AnswerVersion, Draft
from pia_engine.models.trail import AuditEvent
from pia_engine.models.vendor_responses import AnswerEvaluation, VendorResponse

__all__ = [
    "AnnualAudit",
    "Answer",
    "AnswerEvaluation",
    "AnswerSheet",
    "AnswerVersion",
    "Assessment",
    "Attachment",
    "AuditEvent",
    "Base",
    "BrowserSession",
    "City",
    "Comment",
    "Contribution",
    "Department",
    "Deputy",
    "Designation",
    "Determination",
    "Draft",
    "Initiative",
    "KnownQuestionnaire",
    "OutboxJob",
    "Person",
    "PolicyVersion",
    "Publication",
    "ReferenceCounter",
    "RequestedChange",
    "Review",
    "Revision",
    "SignOff",
    "Traced",
    "VendorResponse",
    "WorkflowRecord",
]
