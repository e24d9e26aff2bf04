"""By which day a published assessment is looked at again: the day of its open annual audit."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pia_engine.models import AnnualAudit
from pia_engine.workflows import annual_audit


def review_date(session: Session, assessment_id: uuid.UUID) -> dt.date | None:
    """None while no audit is open: a new version is being written, or the next day is not set yet."""
    return session.scalar(
        select(func.min(AnnualAudit.due_on)).where(
            AnnualAudit.assessment_id == assessment_id,
            AnnualAudit.status.not_in([str(status) for status in annual_audit.FINAL]),
        )
    )
