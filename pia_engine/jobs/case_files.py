"""Make a case file that somebody ordered, and remove bytes that no record names any longer."""

from __future__ import annotations

import datetime as dt
import hashlib
import tempfile
import uuid
from collections.abc import Iterator
from typing import BinaryIO

from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.documents.case_archives import Fetch, write_case_file
from pia_engine.documents.seals import seal_bytes
from pia_engine.documents.signers import open_sealing
from pia_engine.documents.storage import PIECE, Storage, open_storage
from pia_engine.errors import N_, PiaError
from pia_engine.jobs.context import JobContext
from pia_engine.models import CaseFile
from pia_engine.register.live import PublicFolder
from pia_engine.register.pages import build_all_pages
from pia_engine.services.case_files import contents_of, record_case_file
from pia_engine.services.stored_bytes import list_unnamed
from pia_engine.settings import Settings

JUST_WRITTEN = dt.timedelta(hours=1)
"""Bytes this young may belong to a record that is not committed yet."""


def make_case_file(context: JobContext) -> None:
    """Write the archive beside the disk's other drafts, keep it under its SHA-256, and say that it is there."""
    key = uuid.UUID(context.payload["case_file"])
    storage = open_storage(context.settings.documents_folder)
    with tempfile.TemporaryFile() as draft:
        with context.read() as session:
            _see_one_state(session)
            ordered = session.get(CaseFile, key)
            if ordered is None or ordered.made_at is not None:
                return
            at = ordered.ordered_at
            contents = contents_of(session, ordered.initiative, reference=ordered.reference, instant=at)
            authority = open_sealing(context.settings, now=clock.now())
            manifest = write_case_file(
                contents.members(),
                contents.described,
                draft,
                instant=at,
                fetch=fetch_from(context.settings),
                seal=lambda content: seal_bytes(content, authority=authority, at=at),
            )
        digest, size = measure(draft)
        storage.put_file(draft, digest)
    with context.write() as session:
        made = session.get(CaseFile, key)
        if made is not None:
            record_case_file(session, made, digest=digest, manifest=manifest, size=size, now=context.now)


def _see_one_state(session: Session) -> None:
    """Whatever is written meanwhile is not seen: SQLite reads so always, PostgreSQL when it is told."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def fetch_from(settings: Settings) -> Fetch:
    """Reads from the installation's stores, checking every file on the way."""
    stores = _stores(settings)

    def fetch(store: str, digest: str) -> Iterator[bytes]:
        return stores[store].open_pieces(digest)

    return fetch


def measure(file: BinaryIO) -> tuple[str, int]:
    """The SHA-256 of a file, and its size."""
    file.seek(0)
    whole, size = hashlib.sha256(), 0
    while piece := file.read(PIECE):
        whole.update(piece)
        size += len(piece)
    return whole.hexdigest(), size


def forget_bytes(context: JobContext) -> None:
    """Remove what the payload names, but for what a record still names. Doing it twice is the same as once."""
    stores = _stores(context.settings)
    before = context.now - JUST_WRITTEN
    for name, digests in context.payload.get("stores", {}).items():
        with context.write() as session:  # nobody else writes meanwhile, so what is unnamed stays so
            young = [each for each in list_unnamed(session, name, digests)
                     if not stores[name].remove(each, before=before)]  # fmt: skip
        if young:
            raise PiaError(N_("%(count)s files were written only now; they are removed later."), count=len(young))
    published = context.payload.get("published", [])
    if published:
        with context.read() as session:
            PublicFolder(context.settings.public_folder).withdraw([f"/register/{each}" for each in published])
            build_all_pages(session, context.settings)


def _stores(settings: Settings) -> dict[str, Storage]:
    return {
        "documents": open_storage(settings.documents_folder),
        "attachments": open_storage(settings.attachments_folder),
    }
