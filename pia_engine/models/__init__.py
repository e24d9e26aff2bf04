"""Mapped classes, one file per aggregate, on a plain declarative base. Importing this maps them all."""

from pia_engine.models.annual_audits import AnnualAudit
from pia_engine.models.api_keys import ApiKey
from pia_engine.models.assessments import Assessment, Determination, Revision
from pia_engine.models.attachments import Attachment
from pia_engine.models.base import Base, Traced, WorkflowRecord
from pia_engine.models.city import City, Department, KnownQuestionnaire, PolicyVersion, ReferenceCounter
from pia_engine.models.commitments import Commitment
from pia_engine.models.consultations import Consultation, Observer
from pia_engine.models.discussion import Comment, Contribution
from pia_engine.models.exceptions import EmergencyException
from pia_engine.models.initiatives import Initiative
from pia_engine.models.outbox import OutboxJob
from pia_engine.models.people import BrowserSession, Deputy, Designation, Person
from pia_engine.models.programme import AnnualReport, Finding, ProgrammeAudit
from pia_engine.models.publications import Publication, PublishedCopy
from pia_engine.models.reconsiderations import Reconsideration, SpotCheck
from pia_engine.models.records import CaseFile, Disposal, LegalHold, Tombstone
from pia_engine.models.reminders import Snooze
from pia_engine.models.reviews import RequestedChange, Review, SignOff
from pia_engine.models.sheets import Answer, AnswerSheet, AnswerVersion, Draft
from pia_engine.models.trail import AuditEvent
from pia_engine.models.transparency import LogCheckpoint, LogEntry
from pia_engine.models.vendor_responses import AnswerEvaluation, VendorResponse
from pia_engine.models.withholdings import Withholding

__all__ = [
    "AnnualAudit",
    "AnnualReport",
    "Answer",
    "AnswerEvaluation",
    "AnswerSheet",
    "AnswerVersion",
    "ApiKey",
    "Assessment",
    "Attachment",
    "AuditEvent",
    "Base",
    "BrowserSession",
    "CaseFile",
    "City",
    "Comment",
    "Commitment",
    "Consultation",
    "Contribution",
    "Department",
    "Deputy",
    "Designation",
    "Determination",
    "Disposal",
    "Draft",
    "EmergencyException",
    "Finding",
    "Initiative",
    "KnownQuestionnaire",
    "LegalHold",
    "LogCheckpoint",
    "LogEntry",
    "Observer",
    "OutboxJob",
    "Person",
    "PolicyVersion",
    "ProgrammeAudit",
    "Publication",
    "PublishedCopy",
    "Reconsideration",
    "ReferenceCounter",
    "RequestedChange",
    "Review",
    "Revision",
    "SignOff",
    "Snooze",
    "SpotCheck",
    "Tombstone",
    "Traced",
    "VendorResponse",
    "Withholding",
    "WorkflowRecord",
]
