"""The sentences of an answer about a file: headline, what was checked, what to do. Keyed by `verification.Answer`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from pia_engine.errors import N_

HEADLINES: Mapping[str, str] = {
    "current": N_("This file is genuine and current."),
    "superseded": N_("This file is genuine, but it was superseded on %(when)s."),
    "withdrawn": N_("This file is genuine, but the city withdrew it on %(when)s."),
    "disposed": N_("This file is genuine, but the city's records of it have been disposed of since."),
    "original": N_("This file is genuine, but it is not for the public: it is the full version the city keeps."),
    "signed": N_("This file is genuine. Not one byte was changed since it was signed."),
    "unlisted": N_("The signatures in this file are genuine, but the file is not in the city's register."),
    "altered": N_("This file is not what was signed."),
    "cut_back": N_("This file is not what was published: it is an earlier, unfinished state of it."),
    "foreign": N_("This file is signed, but not by this city."),
    "not_counted": N_("This file cannot be relied on: a signature in it does not count."),
    "unknown_authority": N_("This file cannot be judged with the certificates used here: get the city's bundle anew."),
    "unsigned": N_("This file is not a signed document of the city."),
    "unreadable": N_("This file could not be examined."),
}

SEND_IT = N_("Do not rely on the file and do not pass it on. Send it to the city and say where you got it.")
GET_ANEW = N_("Get the document anew from the city's register.")
ADVICE: Mapping[str, tuple[str, ...]] = {
    "current": (),
    "superseded": (N_("Read the newer edition in the city's register before you rely on this one."),),
    "withdrawn": (N_("Do not rely on it: look in the city's register for what holds now."),),
    "disposed": (N_("The register does not have it any more, so only the log still says that it was published."),),
    "original": (
        N_("Parts of it are withheld from the public, each for a stated reason. Read the public version instead."),
        N_("If you were not meant to have it, send it back to the city and do not pass it on."),
    ),
    "signed": (N_("Whether it still stands, only the city's register or its log can say."),),
    "unlisted": (
        N_("Ask the city which document this is, and do not rely on it before you have an answer."),
        N_("It may have been signed shortly before the city's records were restored from a backup."),
    ),
    "altered": (SEND_IT, GET_ANEW),
    "cut_back": (GET_ANEW,),
    "foreign": (
        N_("Anybody can sign a file in any name. Only the city's own certificates show that the city did."),
        GET_ANEW,
    ),
    "not_counted": (SEND_IT, GET_ANEW),
    "unknown_authority": (
        N_("Get the bundle anew from the city's page for checking documents, and check the file again with that."),
        N_("Do not rely on the file before: if the new bundle does not know the authority either, it is not genuine."),
    ),
    "unsigned": (N_("It may be a printout, a scan, a draft, or somebody else's document."), GET_ANEW),
    "unreadable": (GET_ANEW,),
}

CHECKED_KNOWN = N_(
    "The fingerprint of your whole file was compared with those of all files the city ever published. It is one of "
    "them, so every byte, every page and every signature is the same."
)
NOT_KNOWN = N_("The fingerprint of your file is that of no file the city ever published.")
EVERY_SIGNATURE = N_(
    "Then each signature was held against the bytes it covers and against the city's certificates, and the last one "
    "against the end of the file."
)
CHECKED_LISTED = (NOT_KNOWN, EVERY_SIGNATURE)
CHECKED_ALONE = (
    N_("Each signature was held against the bytes it covers and against the certificates you trust."),
    N_("Neither the city's register nor its log was asked."),
)
CHECKED_LOGGED = (
    CHECKED_ALONE[0],
    N_("Then the fingerprint of the whole file was looked up in the city's log, as far as it was read."),
)
LOG_ALONE = N_(
    "Its fingerprint stands in the log that was read, but that alone proves nothing: only the city's own page for "
    "checking documents (/verify) can still vouch for it."
)
CHECKED_CASE = N_(
    "The seal over the list of files, every file against that list, and every audit trail from its first event to its "
    "last."
)

ENDED: Mapping[str, str] = {
    "superseded": N_("This edition was superseded on %(when)s."),
    "withdrawn": N_("This edition was withdrawn on %(when)s."),
}
DISPOSED_ON = N_("The city's records of it were disposed of on %(when)s, because the time to keep them was over.")
REASON = N_("The reason the city gives: %(reason)s")
NEWER_COPY = N_(
    "The city has signed a newer copy of this edition since, which says what became of it. Both are genuine."
)
RENEWED_COPY = N_(
    "The city has signed a newer copy since, so that it can be checked for longer. It says the same. Both are genuine."
)
UNLISTED = N_("This exact file is not among those the city published.")
FINGERPRINT = N_("SHA-256 of the file: %(sha256)s")
POSITION = N_("Entry %(position)s of the city's transparency log.")
ROLES: Mapping[str, str] = {"seal": N_("Seal of the city"), "stamp": N_("Time stamp")}
SAYS_OF_ITSELF = N_("The file says of itself: %(words)s (signed on %(when)s).")
NAMELESS = N_("A signature without a readable name")
SIGNED: Mapping[str, str] = {
    "person": N_("Signed by %(name)s, on %(when)s."),
    "seal": N_("Sealed by %(name)s on %(when)s."),
    "stamp": N_("Time-stamped by %(name)s on %(when)s."),
}
SIGNED_SOMETIME = N_("Signed by %(name)s.")
STATED = N_("Stated with the signature: %(reason)s.")
NOT_COUNTED = N_("A signature in the name of %(name)s does not count: %(problem)s.")


def advice_on(answer: str, ended: str | None) -> tuple[str, ...]:
    """What to do. Whoever has the full version of an edition that ended is not led to its public one."""
    if ended and answer == "original":
        return (*ADVICE[ended], *ADVICE[answer][1:])
    return ADVICE[answer]


def in_words(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%d, %H:%M UTC")


def day_in_words(instant: datetime) -> str:
    """The day of an instant, in the time zone it is given in."""
    return instant.strftime("%Y-%m-%d")
