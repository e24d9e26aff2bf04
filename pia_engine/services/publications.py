"""Order a publication, and record it once its files exist. Making the files is `jobs.publish`.

What becomes of a published edition later is said in further copies of its file (`services.copies`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.models import Assessment, LogEntry, Publication, PublishedCopy
from pia_engine.permissions.roles import SYSTEM, Actor
from pia_engine.services.annual_audits import cancel_open_audits
from pia_engine.services.copies import SignedFile, record_first_copy
from pia_engine.services.outbox import queue_job
from pia_engine.services.transparency_log import Kind, append_entry, find_entry_by_key
from pia_engine.services.unsettled import check_settled
from pia_engine.services.workflow import apply_action, check_action
from pia_engine.workflows.full_assessment import Action, Status


@dataclass(frozen=True, slots=True)
class PublishedFiles:
    """What was made for one edition: digests name the stored bytes. There is an original where parts are withheld."""

    title: str
    summary: str
    search_text: str
    pdf_digest: str
    json_digest: str
    renew_on: dt.date
    original_digest: str = ""


def order_publication(session: Session, assessment: Assessment, *, actor: Actor, now: dt.datetime) -> None:
    """Have the approved edition rendered, signed and put before the public by the worker."""
    check_action(session, assessment, Action.PUBLISH, actor=actor)
    check_settled(session, assessment)
    apply_action(session, assessment, Action.PUBLISH, actor=actor, now=now)
    queue_job(
        session,
        "publish",
        key=f"publish:{assessment.id}",
        payload={"assessment": str(assessment.id)},
        now=now,
    )


def record_original(session: Session, assessment: Assessment, digest: str, *, now: dt.datetime) -> LogEntry:
    """Enter the signed original, parts of which are withheld, in the log before anything is published that names it.

    The first one stays: a publication that was begun twice goes on with the original that is in the log.
    """
    facts: dict[str, str | int] = {"reference": assessment.reference, "edition": assessment.edition}
    return append_entry(session, Kind.ORIGINAL, key=_original_key(assessment), digest=digest, facts=facts, now=now)


def find_original(session: Session, assessment: Assessment) -> LogEntry | None:
    """The original of an edition in the log; None when nothing of it was withheld, or it is not signed yet."""
    return find_entry_by_key(session, _original_key(assessment))


def record_publication(
    session: Session, assessment: Assessment, files: PublishedFiles, *, now: dt.datetime
) -> Publication:
    """Record that the files exist; the edition before this one is superseded. Doing it twice is the same as once."""
    known = find_publication(session, assessment)
    if known is not None:
        return known
    previous = _supersede_previous(session, assessment, now=now)
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
        original_digest=files.original_digest,
        published_at=now,
    )
    session.add(publication)
    session.flush()
    record_first_copy(session, publication, SignedFile(files.pdf_digest, files.renew_on), now=now)
    details = {"pdf": files.pdf_digest, "json": files.json_digest}
    if files.original_digest:
        details["original"] = files.original_digest
    apply_action(session, assessment, Action.COMPLETE_PUBLICATION, actor=SYSTEM, now=now, details=details)
    _log(session, publication, now=now)
    if previous is not None:
        queue_standing(session, previous, now=now)
    queue_job(session, "pages", key=f"pages:{publication.id}", payload={"reference": assessment.reference}, now=now)
    return publication


def queue_standing(session: Session, publication: Publication, *, now: dt.datetime) -> None:
    """Have it signed into the file itself what has become of the edition."""
    what = "retracted" if publication.retracted_at else "superseded"
    payload = {"assessment": str(publication.assessment_id)}
    queue_job(session, "standing", key=f"standing:{publication.id}:{what}", payload=payload, now=now)


def find_publication(session: Session, assessment: Assessment) -> Publication | None:
    return session.scalars(select(Publication).where(Publication.assessment_id == assessment.id)).one_or_none()


def find_by_pdf(session: Session, pdf_digest: str) -> Publication | None:
    """Which publication a file is, whichever of its copies it is, by the hash of the whole file.

    Which copy it is says `copies.find_copy`.
    """
    is_one_of_them = PublishedCopy.digest == pdf_digest
    return session.scalars(select(Publication).join(Publication.copies).where(is_one_of_them)).one_or_none()


def find_by_original(session: Session, digest: str) -> Publication | None:
    """Which publication the public document of a signed original is; the original itself is kept inside the city."""
    if not digest:
        return None
    return session.scalars(select(Publication).where(Publication.original_digest == digest)).one_or_none()


def list_publications(session: Session, *, reference: str = "", current_only: bool = True) -> list[Publication]:
    """Published editions, newest first."""
    query = select(Publication).order_by(Publication.published_at.desc(), Publication.id.desc())
    if reference:
        query = query.where(Publication.reference == reference)
    if current_only:
        query = query.where(Publication.is_current)
    return list(session.scalars(query))


def find_newest(session: Session, reference: str) -> Publication | None:
    """The edition published last under a reference, whether it stands or was withdrawn."""
    newest = select(Publication).where(Publication.reference == reference).order_by(Publication.edition.desc())
    return session.scalars(newest.limit(1)).first()


def _supersede_previous(session: Session, assessment: Assessment, *, now: dt.datetime) -> Publication | None:
    previous = session.scalars(
        select(Publication).where(Publication.reference == assessment.reference, Publication.is_current)
    ).one_or_none()
    if previous is None:
        return None
    previous.is_current, previous.superseded_at = False, now
    session.flush()
    if previous.assessment.status == Status.PUBLISHED:
        apply_action(session, previous.assessment, Action.SUPERSEDE, actor=SYSTEM, now=now)
        cancel_open_audits(session, previous.assessment, now=now)
    return previous


def _log(session: Session, publication: Publication, *, now: dt.datetime) -> None:
    """Every edition after the first is a correction: the log names the file it takes the place of."""
    facts: dict[str, str | int] = {
        "reference": publication.reference,
        "edition": publication.edition,
        "record_sha256": publication.json_digest,
    }
    if publication.original_digest:
        facts["original_sha256"] = publication.original_digest
    before = _find_edition_before(session, publication)
    if before is not None:
        facts |= {"corrects_edition": before.edition, "corrects_sha256": before.pdf_digest}
    kind = Kind.PUBLICATION if before is None else Kind.CORRECTION
    key = f"publication:{publication.reference}:{publication.edition}"
    append_entry(session, kind, key=key, digest=publication.pdf_digest, facts=facts, now=now)


def _find_edition_before(session: Session, publication: Publication) -> Publication | None:
    earlier = select(Publication).where(
        Publication.reference == publication.reference, Publication.edition < publication.edition
    )
    return session.scalars(earlier.order_by(Publication.edition.desc()).limit(1)).first()


def _original_key(assessment: Assessment) -> str:
    return f"original:{assessment.reference}:{assessment.edition}"
