"""How the log of this installation stands: does what is stored, signed and shown hold together?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.errors import PiaError
from pia_engine.models import LogCheckpoint, LogEntry
from pia_engine.register.live import PublicFolder
from pia_engine.register.log_keys import open_log_key
from pia_engine.register.log_store import check_continues, find_newest_checkpoint, find_published, given_out, read_tree
from pia_engine.register.merkle import leaf_hash
from pia_engine.register.signed_notes import read_checkpoint, read_note, read_verifier
from pia_engine.services.audit_heads import check_seals
from pia_engine.services.transparency_log import count_entries
from pia_engine.settings import Settings


@dataclass(frozen=True, slots=True)
class StatusLine:
    """One sentence about the log, and whether it is good news."""

    text: str
    is_good: bool = True


def log_status(session: Session, settings: Settings) -> Iterator[StatusLine]:
    """Everything there is to say, the entries first."""
    public = PublicFolder(settings.public_folder)
    yield StatusLine(f"Entries: {count_entries(session)}")
    yield from _altered_entries(session)
    try:
        check_continues(read_tree(session), given_out(session, public))
    except PiaError as problem:
        yield StatusLine(str(problem), is_good=False)
    checkpoint = find_newest_checkpoint(session)
    if checkpoint is None:
        yield StatusLine("Nothing is signed yet: the worker signs the first entry.")
        return
    yield from _about_checkpoint(checkpoint)
    yield _about_key(checkpoint, settings)
    yield _about_public(checkpoint, public)
    yield from about_seal(session)


def about_seal(session: Session) -> Iterator[StatusLine]:
    """Whether the internal audit trail still begins with what was sealed into the log, each time it was sealed."""
    seals = list(check_seals(session))
    if not seals:
        yield StatusLine("The audit trail is not sealed into the log yet: the daily sweep does it.")
        return
    broken = [seal.entry for seal in seals if not seal.is_whole]
    first = broken[0] if broken else seals[-1].entry
    number, day = first.position, first.recorded_at.date()
    if not broken:
        yield StatusLine(f"The audit trail still begins with what entry {number} of the log sealed on {day}.")
        return
    yield StatusLine(
        f"The audit trail is NOT what entry {number} of the log sealed on {day} ({len(broken)} of {len(seals)} seals "
        "do not fit). Events were changed or taken away since. Compare with your backups. "
        "While the newest seal does not fit, no other is entered.",
        is_good=False,
    )


def _altered_entries(session: Session) -> Iterator[StatusLine]:
    """Entries that do not have their hash or their place any more."""
    query = select(LogEntry.position, LogEntry.body, LogEntry.leaf_hash).order_by(LogEntry.position)
    for expected, (position, body, known) in enumerate(session.execute(query.execution_options(yield_per=1000))):
        if position != expected:
            yield StatusLine(f"Entry {expected} is missing.", is_good=False)
            return
        if leaf_hash(body).hex() != known:
            yield StatusLine(f"Entry {position} is not what was hashed.", is_good=False)


def _about_checkpoint(checkpoint: LogCheckpoint) -> Iterator[StatusLine]:
    note = read_note(checkpoint.note)
    signed = read_checkpoint(note)
    yield StatusLine(f"Newest checkpoint: {checkpoint.size} entries, signed at {checkpoint.signed_at.isoformat()}")
    yield StatusLine(f"Root: {checkpoint.root}")
    yield StatusLine(f"Time stamp: {'there' if checkpoint.stamp else 'none'}")
    agrees = (signed.size, signed.root.hex()) == (checkpoint.size, checkpoint.root)
    if not agrees or not read_verifier(checkpoint.verifier).is_signed(note):
        yield StatusLine("The newest checkpoint does not say what was signed.", is_good=False)


def _about_key(checkpoint: LogCheckpoint, settings: Settings) -> StatusLine:
    try:
        text = open_log_key(settings.keys_folder, settings.public_url).verifier.text()
    except PiaError as problem:
        return StatusLine(str(problem), is_good=False)
    if text == checkpoint.verifier:
        return StatusLine(f"Public key: {text}")
    return StatusLine(f"Public key: {text}. The newest checkpoint is still signed with {checkpoint.verifier}.")


def _about_public(checkpoint: LogCheckpoint, public: PublicFolder) -> StatusLine:
    shown = find_published(public)
    if shown is None:
        return StatusLine("Nothing of the log is shown to the public yet.")
    if shown.size == checkpoint.size:
        return StatusLine("The public is shown the newest checkpoint.")
    return StatusLine(f"The public is shown a checkpoint over {shown.size} entries; the worker brings it up to date.")
