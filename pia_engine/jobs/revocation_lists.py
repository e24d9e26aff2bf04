"""Keep the published lists of revoked certificates fresh: who checks a document must never find one that has run out.

Doing it twice is the same as once: lists that are young are not signed again, and pages that say the same stay.
"""

from __future__ import annotations

import datetime as dt

from cryptography import x509

from pia_engine import clock
from pia_engine.documents.authority import ISSUING, ROOT, write_lists
from pia_engine.documents.signers import open_keys
from pia_engine.jobs.context import JobContext
from pia_engine.register.pages import build_verification_pages
from pia_engine.settings import Settings

YOUNG = dt.timedelta(days=7)


def renew_lists(context: JobContext) -> None:
    """Sign new lists when one is older than a week, and put them beside the page on checking documents."""
    now = clock.now()
    if not are_young(context.settings, now=now):
        write_lists(open_keys(context.settings), now)
    with context.read() as session:
        build_verification_pages(session, context.settings)


def are_young(settings: Settings, *, now: dt.datetime) -> bool:
    """Whether both published lists are there and were signed within the last week."""
    try:
        lists = [
            x509.load_der_x509_crl((settings.keys_folder / f"{name}.crl").read_bytes()) for name in (ROOT, ISSUING)
        ]
    except (OSError, ValueError):
        return False
    return all(now - each.last_update_utc < YOUNG for each in lists)
