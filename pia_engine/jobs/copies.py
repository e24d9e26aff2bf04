"""Sign a further copy of a published file: with a word of what became of it, or with fresh proofs.

Doing it twice is the same as once: a file that says it already, or has been renewed, is left alone. A worker that is
killed between keeping the bytes and recording them leaves bytes that nothing names, and the next one makes them anew.
"""

from __future__ import annotations

import uuid

from pia_engine import clock
from pia_engine.documents.signers import open_sealing
from pia_engine.documents.standing import renew_document, renewal_due, sign_standing
from pia_engine.documents.storage import open_storage
from pia_engine.jobs.context import JobContext
from pia_engine.models import Publication
from pia_engine.services.copies import SignedFile, Why, add_copy
from pia_engine.services.renewals import find_renewal_due, get_document
from pia_engine.services.standings import find_standing_due
from pia_engine.settings import Settings


def say_standing(context: JobContext) -> None:
    """Sign into the file of the edition named in the payload that it was superseded or withdrawn, and when."""
    assessment_id = uuid.UUID(context.payload["assessment"])
    with context.read() as session:
        due = find_standing_due(session, assessment_id, public_url=context.settings.public_url)
    if due is None:
        return
    now = clock.now()
    signed = sign_standing(
        open_storage(context.settings.documents_folder).get(due.digest),
        authority=open_sealing(context.settings, now=now),
        words=due.words,
        reference=due.reference,
        city_name=due.city_name,
        now=now,
    )
    file = keep_signed(signed, context.settings)
    with context.write() as session:
        publication = session.get(Publication, due.publication)
        if publication is not None:
            add_copy(session, publication, file, why=due.why, after=due.after, now=context.now)


def renew(context: JobContext) -> None:
    """Renew the proofs of the copy named in the payload, unless there is a newer one by now."""
    copy_id = uuid.UUID(context.payload["copy"])
    with context.read() as session:
        due = find_renewal_due(session, copy_id)
    if due is None:
        return
    now = clock.now()
    pdf = open_storage(context.settings.documents_folder).get(due.digest)
    renewed = renew_document(pdf, authority=open_sealing(context.settings, now=now), now=now)
    file = keep_signed(renewed, context.settings)
    with context.write() as session:
        document = get_document(session, copy_id)
        if document is not None:
            add_copy(session, document, file, why=Why.RENEWED, after=due.number, now=context.now)


def keep_signed(pdf: bytes, settings: Settings) -> SignedFile:
    """Put signed bytes into the store of documents, and say by when they are to be renewed."""
    return SignedFile(open_storage(settings.documents_folder).put(pdf), renewal_due(pdf).date())
