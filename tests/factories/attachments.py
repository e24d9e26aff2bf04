"""Attached files, taken in by the real services."""

from __future__ import annotations

import io

from pia_engine.documents.storage import open_storage
from pia_engine.models import Assessment, Attachment
from pia_engine.services.attachments import add_attachments
from pia_engine.services.receiving import Intake, examine
from pia_engine.settings import Settings
from tests.factories.walks import Walk

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n"


def attach(
    walk: Walk, record: Assessment, question: str, *, settings: Settings, name: str = "plan.pdf", content: bytes = PDF
) -> Attachment:
    """The author attaches one file."""
    intake = Intake(storage=open_storage(settings.attachments_folder))
    examined = [examine(name, io.BytesIO(content), intake)]
    (outcome,) = add_attachments(
        walk.session, record, question, examined=examined, intake=intake, actor=walk.who("amara"), now=walk.now
    )
    assert outcome.attachment is not None, outcome.problem
    return outcome.attachment
