"""The bundle for checking documents without the city: its certificates, lists of revoked ones, and the whole log.

`/verify/bundle.zip` is written anew whenever the log or a certificate changes; the same content is the same bytes.
Reading one, and a folder it was unpacked to, is the business of `trust_bundles`.
"""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.documents.trust import Purpose, certificates_of, list_of
from pia_engine.models import LogCheckpoint, LogEntry
from pia_engine.register.live import LiveFile, PublicFolder
from pia_engine.register.log_store import find_newest_checkpoint, find_published

if TYPE_CHECKING:
    from pia_engine.register.pages import Page, PagePress

ADDRESS = "/verify/bundle.zip"
README, CITY = "README.txt", "city.json"
KEY, CHECKPOINT, STAMP, ENTRIES = "log/key", "log/checkpoint", "log/checkpoint.tsr", "log/entries.jsonl"
LONG_AGO = (1980, 1, 1, 0, 0, 0)
FORMAT = 1
KEPT_SECONDS = 24 * 3600

README_TEXT = """\
Checking documents of {city} without its website
================================================

This bundle holds everything that is needed to find out whether a document of
{city} is genuine, whether it was changed, and whether it still stands.

  *.crt                the city's certificates; root.crt is the one to trust
  *.crl                lists of certificates that were revoked
  approvers/ seals/ time-stamps/
                       certificates of others the city relies on, if it does
  log/entries.jsonl    every entry of the city's transparency log, one a line
  log/checkpoint       what the city signed over all of them
  log/key              the public key of that signature
  log/checkpoint.tsr   the city's own time stamp over the checkpoint
  city.json            where the city's site is

With PIA Engine on your computer:

  pia verify FILE.pdf --trust bundle.zip --offline

Without --offline it also asks {site} what became of the
document since this bundle was made; nothing of your file is sent.

With nothing but openssl, see docs/how-to/verify.md of PIA Engine.

The log adds what became of a document. It makes nothing genuine by itself: a
document's own signatures have to be valid, and the log counts only because
the city's own authority stamped its checkpoint.

Whoever gave you this bundle could have put other certificates into it. So
compare the fingerprint of root.crt with one you got another way, on paper or
from the city's own page {site}/verify:

  openssl x509 -in root.crt -noout -fingerprint -sha256

"pia verify" prints the fingerprint it believed with every answer, and with
--root FINGERPRINT it refuses every other root. The certificates in seals/,
time-stamps/ and approvers/ are believed as well, each for what its folder
says: compare them in the same way with what the city states.
"""


def bundle_page(press: PagePress, session: Session) -> Iterator[Page]:
    """The bundle at its address, with the log as it was signed last; none before there is a certificate to trust."""
    certificates = certificate_files(press.settings.keys_folder)
    if not certificates:
        return
    checkpoint, published = find_newest_checkpoint(session), find_published(press.public)
    present = press.public.read_map().get(ADDRESS)
    if present and published and (checkpoint is None or checkpoint.size < published.size):
        yield ADDRESS, present  # a backup was restored: readers hold a longer log already
        return
    files = certificates | _about(press) | (_log_files(session, checkpoint) if checkpoint else {})
    yield ADDRESS, press.public.keep(pack(files), "zip", name="bundle.zip")


def forget_older_bundles(public: PublicFolder) -> None:
    """Delete those the map shows no more: each holds all that those before it held, so yesterday's need not stay.

    To be called when the map has changed, never before: a process that ends in between leaves the old one whole.
    """
    public.forget(
        LiveFile(path.stem, "zip")
        for path in public.store.glob("*.zip")
        if time.time() - path.stat().st_mtime > KEPT_SECONDS
    )


def certificate_files(folder: Path) -> dict[str, bytes]:
    """Certificates and lists of a key folder by the name they have in a bundle, and never a key.

    Each is read and written anew, so that nothing else in a file (a key in a combined PEM) gets out with it.
    """
    places = {"": folder} | {f"{purpose}/": folder / purpose for purpose in Purpose}
    return {
        f"{prefix}{path.name}": written(path)
        for prefix, place in places.items()
        for kind, written in WRITTEN.items()
        for path in sorted(place.glob(kind))
        if not path.name.startswith(".")
    }


def certificates_anew(path: Path) -> bytes:
    """The certificates of a file as PEM."""
    return b"".join(each.public_bytes(Encoding.PEM) for each in certificates_of(path))


def list_anew(path: Path) -> bytes:
    """The revocation list of a file as DER."""
    return list_of(path).public_bytes(Encoding.DER)


WRITTEN: Mapping[str, Callable[[Path], bytes]] = {"*.crt": certificates_anew, "*.crl": list_anew}


def pack(files: Mapping[str, bytes]) -> bytes:
    """A ZIP of these files: the same files are the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, LONG_AGO)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            archive.writestr(entry, files[name])
    return out.getvalue()


def _about(press: PagePress) -> dict[str, bytes]:
    site = press.settings.public_url
    said = {"format": FORMAT, "city": press.city.name, "site": site}
    return {
        README: README_TEXT.format(city=press.city.name, site=site).encode(),
        CITY: json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True).encode(),
    }


def _log_files(session: Session, checkpoint: LogCheckpoint) -> dict[str, bytes]:
    query = select(LogEntry.body).order_by(LogEntry.position).limit(checkpoint.size)
    files = {
        KEY: f"{checkpoint.verifier}\n".encode(),
        CHECKPOINT: checkpoint.note,
        ENTRIES: b"".join(body + b"\n" for body in session.scalars(query)),
    }
    return files | ({STAMP: checkpoint.stamp} if checkpoint.stamp else {})
