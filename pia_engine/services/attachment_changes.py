"""Files that came or went since somebody signed: no signature becomes void by them, so whoever signs next is told."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, selectinload

from pia_engine.models import Assessment, Attachment, Contribution
from pia_engine.permissions.signatures import signatures_in_force


def list_changed_since(session: Session, assessment: Assessment, since: dt.datetime) -> list[Attachment]:
    """Files attached after a moment and still there, and files that were there and were removed; oldest first."""
    came = and_(Attachment.uploaded_at > since, Attachment.removed_at.is_(None))
    went = and_(Attachment.uploaded_at <= since, Attachment.removed_at > since)
    rows = session.scalars(
        select(Attachment)
        .options(selectinload(Attachment.uploader))
        .where(Attachment.assessment_id == assessment.id, or_(came, went))
        .order_by(Attachment.id)
    )
    return list(rows)


def list_changed_since_signed(session: Session, assessment: Assessment) -> list[Attachment]:
    """The same since the oldest sign-off in force, an expert's or an official's; none while nobody has signed."""
    experts = select(Contribution.signed_at).where(
        Contribution.assessment_id == assessment.id,
        Contribution.signed_at.is_not(None),
        Contribution.voided_at.is_(None),
        Contribution.withdrawn_at.is_(None),
    )
    signed = [at for at in session.scalars(experts) if at is not None]
    signed += [each.signed_at for each in signatures_in_force(session, assessment)]
    return list_changed_since(session, assessment, min(signed)) if signed else []
