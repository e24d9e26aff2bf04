"""Order a publication, and record it once its files exist. Making the files is `jobs.publish`."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.models import Assessment, Publication
from pia_engine.permissions.roles import SYSTEM, Actor
from pia_engine.services.annual_audits import cancel_open_audits
from pia_engine.services.outbox import queue_job
from pia_engine.services.workflow import apply_action
from pia_engine.workflows.full_assessment import Action, Status


@dataclass(frozen=True, slots=True)
class PublishedFiles:
    """What was made for one edition: digests name the stored bytes."""

    title: str
    summary: str
    search_text: str
    pdf_digest: str
    json_digest: str


def order_publication(session: Session, assessment: Assessment, *, actor: Actor, now: dt.datetime) -> None:
    """Have the approved edition rendered, signed and put before the public by the worker."""
    apply_action(session, assessment, Action.PUBLISH, actor=actor, now=now)
    queue_job(
        session,
        "publish",
        key=f"publish:{assessment.id}",
        payload={"assessment": str(assessment.id)},
        now=now,
    )


def record_publication(
    session: Session, assessment: Assessment, files: PublishedFiles, *, now: dt.datetime
) -> Publication:
    """Record that the files exist; the edition before this one is superseded. Doing it twice is the same as once."""
    known = find_publication(session, assessment)
    if known is not None:
        return known
    _supersede_previous(session, assessment, now=now)
    publication = Publication(
        assessment_id=assessment.id,
        reference=assessment.reference,
        edition=assessment.edition,
        title=files.title,
        summary=files.summary,
        department=assessment.department.name,
        search_text=files.search_text,
        pdf_digest=files.pdf_digest,
        json_digest=files.json_digest,
        published_at=now,
    )
    session.add(publication)
    session.flush()
    apply_action(
        session,
        assessment,
        Action.COMPLETE_PUBLICATION,
        actor=SYSTEM,
        now=now,
        details={"pdf": files.pdf_digest, "json": files.json_digest},
    )
    queue_job(session, "pages", key=f"pages:{publication.id}", payload={"reference": assessment.reference}, now=now)
    return publication


def _supersede_previous(session: Session, assessment: Assessment, *, now: dt.datetime) -> None:
    previous = session.scalars(
        select(Publication).where(Publication.reference == assessment.reference, Publication.is_current)
    ).one_or_none()
    if previous is None:
        return
    previous.is_current, previous.superseded_at = False, now
    session.flush()
    if previous.assessment.status == Status.PUBLISHED:
        apply_action(session, previous.assessment, Action.SUPERSEDE, actor=SYSTEM, now=now)
        cancel_open_audits(session, previous.assessment, now=now)


def find_publication(session: Session, assessment: Assessment) -> Publication | None:
    return session.scalars(select(Publication).where(Publication.assessment_id == assessment.id)).one_or_none()


def find_by_pdf(session: Session, pdf_digest: str) -> Publication | None:
    """Which publication a file is, by the hash of the whole file."""
    return session.scalars(select(Publication).where(Publication.pdf_digest == pdf_digest)).one_or_none()


def list_publications(session: Session, *, reference: str = "", current_only: bool = True) -> list[Publication]:
    """Published editions, newest first."""
    query = select(Publication).order_by(Publication.published_at.desc(), Publication.id.desc())
    if reference:
        query = query.where(Publication.reference == reference)
    if current_only:
        query = query.where(Publication.is_current)
    return list(session.scalars(query))
