"""Sign a checkpoint over the log as it stands, have it time-stamped, and put the log before the public.

Each step leaves something whole, so a worker killed at any point loses nothing: the next run goes on from there.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.documents.signers import open_stamping
from pia_engine.documents.time_stamps import stamp_bytes
from pia_engine.jobs.context import JobContext
from pia_engine.models import LogCheckpoint
from pia_engine.register.live import PublicFolder
from pia_engine.register.log_keys import LogKey, make_log_key, open_log_key
from pia_engine.register.log_pages import publish_log
from pia_engine.register.log_store import check_continues, find_newest_checkpoint, given_out, read_tree
from pia_engine.register.pages import open_press
from pia_engine.register.signed_notes import Checkpoint, sign
from pia_engine.settings import Settings


def sign_log(context: JobContext) -> None:
    """Sign what was added since the last checkpoint and publish it. Doing it twice is the same as once."""
    settings = context.settings
    with context.read() as session:
        signed = _sign_if_needed(session, _key_of(session, settings), settings)
    if signed is not None:
        with context.write() as session:
            _record(session, signed)
    with context.read() as session:
        publish_log(session, open_press(session, settings))


def _key_of(session: Session, settings: Settings) -> LogKey:
    """The log's key, made for a log that was never signed; a lost one is never replaced silently."""
    if find_newest_checkpoint(session) is None:
        make_log_key(settings.keys_folder)
    return open_log_key(settings.keys_folder, settings.public_url)


def _sign_if_needed(session: Session, key: LogKey, settings: Settings) -> LogCheckpoint | None:
    """A checkpoint over all there is, unless this key has signed it. Raises PiaError rather than sign a fork."""
    given = given_out(session, PublicFolder(settings.public_folder))  # before the tree, which may grow meanwhile
    tree = read_tree(session)
    if not tree.size or _is_signed(session, tree.size, key.verifier.text()):
        return None
    check_continues(tree, given)
    return _signed(Checkpoint(key.name, tree.size, tree.root()), key, settings, now=clock.now())


def _signed(checkpoint: Checkpoint, key: LogKey, settings: Settings, *, now: dt.datetime) -> LogCheckpoint:
    """The row of a checkpoint, signed and time-stamped now."""
    note = sign(checkpoint, name=key.name, key=key.key).document()
    return LogCheckpoint(
        size=checkpoint.size,
        root=checkpoint.root.hex(),
        verifier=key.verifier.text(),
        note=note,
        stamp=stamp_bytes(note, open_stamping(settings), now),
        signed_at=now,
    )


def _record(session: Session, signed: LogCheckpoint) -> None:
    """Keep the checkpoint, unless another worker signed the same a moment ago."""
    if not _is_signed(session, signed.size, signed.verifier):
        session.add(signed)


def _is_signed(session: Session, size: int, verifier: str) -> bool:
    query = select(LogCheckpoint.id).where(LogCheckpoint.size == size, LogCheckpoint.verifier == verifier)
    return session.scalars(query).first() is not None
