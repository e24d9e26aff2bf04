"""What an answer rests on when somebody else's certificates are used: which of them were believed, and up to when.

A folder or bundle may come from anybody, so whoever reads the answer is told what to compare with the city's word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from pia_engine.documents.trust import Purpose, Trust, is_list_by
from pia_engine.errors import N_, Invalid
from pia_engine.register.verdict_words import day_in_words

ROOT = N_(
    "Believed was the root certificate with the SHA-256 fingerprint %(fingerprint)s. Compare it with the one the city "
    "printed."
)
OUTSIDE = N_("Believed as well, for what lies in %(folder)s/: %(name)s, SHA-256 fingerprint %(fingerprint)s.")
LISTS_END = N_("The lists of revoked certificates end on %(day)s; what was revoked since is not known.")
LIST_MISSING = N_("A list of revoked certificates is missing here; what was revoked is not known.")
OTHER_ROOT = N_(
    "The root certificate there has the SHA-256 fingerprint %(found)s, not the one you named. Nothing was checked: get "
    "the bundle again from the city, or ask where this one came from."
)


def check_root(trust: Trust, wanted: str) -> None:
    """Raises Invalid unless the root has this SHA-256 fingerprint, in whatever way it is written."""
    found = {_fingerprint(each) for each in trust.roots}
    if found != {wanted.replace(":", "").replace(" ", "").lower()}:
        raise Invalid(OTHER_ROOT, found=", ".join(sorted(found)))


def lines_on(trust: Trust, *, now: datetime, translate: Callable[[str], str] = str) -> Iterator[str]:
    """Whom the answer believed, and whether more may have been revoked than is known."""
    for root in dict.fromkeys(trust.roots):
        yield translate(ROOT) % {"fingerprint": _fingerprint(root)}
    for purpose, outside in sorted(trust.outside.items()):
        for each in outside.named if purpose is Purpose.SEALS else outside.roots:
            said = {"folder": purpose.value, "name": each.subject.rfc4514_string(), "fingerprint": _fingerprint(each)}
            yield translate(OUTSIDE) % said
    ends = [_list_ends(trust, each) for each in (*trust.roots, *trust.others)]
    if None in ends:
        yield translate(LIST_MISSING)
    over = [end for end, needed in zip(ends, _needed(trust, now), strict=True) if end is not None and end < needed]
    if over:
        yield translate(LISTS_END) % {"day": day_in_words(min(over))}


def _needed(trust: Trust, now: datetime) -> Iterator[datetime]:
    """Up to when each authority's list has to reach: one that is over revokes nothing any more."""
    return (min(now, each.not_valid_after_utc) for each in (*trust.roots, *trust.others))


def _list_ends(trust: Trust, authority: x509.Certificate) -> datetime | None:
    """When the newest list of an authority ends; None without any."""
    ends = [each.next_update_utc or each.last_update_utc for each in trust.lists if is_list_by(each, authority)]
    return max(ends, default=None)


def _fingerprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(SHA256()).hex()
