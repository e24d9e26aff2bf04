"""What was done to a signed file since it was signed, named by its kind. Whether anything was done is `checking`.

Two states of a file are compared part by part (`parts`), in time that grows with the file: the signed state with the
whole file, or the file that was published with the one at hand. Without the published file, a changed byte is still
found where the format keeps sums of its own: packed pages, attached files, and the metadata's word on the record.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from xml.parsers import expat

from asn1crypto import cms  # type: ignore[import-untyped]

from pia_engine.documents.containers import Container, find_containers
from pia_engine.documents.parts import UNREADABLE, Parts, read_parts
from pia_engine.errors import N_

MOST_REVISIONS, MOST_PAGES_NAMED = 256, 12
LARGEST_CONTAINER = 4 * 1024**2
OWN_MARK = b"urn:pia-engine:record:"
RECORD_ID, RECORD_SHA256 = re.compile(rb'recordId="([^"]{1,100})"'), re.compile(rb'contentSha256="([0-9a-f]{64})"')
OBJECT, END = re.compile(rb"\d\s{1,4}obj\b"), re.compile(rb"%%EOF\s{0,4}\Z")


class Kind(StrEnum):
    """How the file was altered."""

    CHANGED = "changed"
    REWRITTEN = "rewritten"
    ADDED = "added"
    AFTER_END = "after_end"
    CUT_BACK = "cut_back"
    CUT_OFF = "cut_off"


class Part(StrEnum):
    """Where."""

    PAGE = "page"
    RECORD = "record"
    METADATA = "metadata"
    NOTE = "note"
    FORM = "form"
    SIGNATURE = "signature"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was done; `pages` counts from 1 and is empty where pages are not the matter."""

    kind: Kind
    part: Part | None = None
    pages: tuple[int, ...] = ()


SENTENCES: dict[tuple[Kind, Part | None], str] = {
    (Kind.CHANGED, Part.PAGE): N_("What a page shows was changed after it was signed (page %(pages)s)."),
    (Kind.CHANGED, Part.RECORD): N_("The attached record was changed after it was signed."),
    (Kind.CHANGED, Part.METADATA): N_("The description of the file (its metadata) was changed after it was signed."),
    (Kind.CHANGED, Part.NOTE): N_("A link or a note on a page was changed after it was signed (page %(pages)s)."),
    (Kind.CHANGED, Part.FORM): N_("A field or a place for a signature was changed after it was signed."),
    (Kind.CHANGED, Part.SIGNATURE): N_("A signature itself was changed."),
    (Kind.CHANGED, Part.OTHER): N_(
        "Bytes of the file were changed after it was signed: not in what can be told to be a page, the attached "
        "record or the description of the file, but elsewhere."
    ),
    (Kind.REWRITTEN, None): N_(
        "The whole file was written anew by another program, so its signatures no longer belong to these bytes."
    ),
    (Kind.ADDED, Part.PAGE): N_("Something was added to what a page shows after it was signed (page %(pages)s)."),
    (Kind.ADDED, Part.RECORD): N_("The attached record was replaced after the file was signed."),
    (Kind.ADDED, Part.METADATA): N_(
        "The description of the file (its metadata) was replaced after the file was signed."
    ),
    (Kind.ADDED, Part.NOTE): N_("A note or another annotation was added after it was signed (page %(pages)s)."),
    (Kind.ADDED, Part.FORM): N_("A field was filled in, changed or signed after the city closed the file."),
    (Kind.ADDED, Part.OTHER): N_("Something that is none of the pages was added after the file was signed."),
    (Kind.AFTER_END, None): N_("Bytes were added after the end of the document."),
    (Kind.CUT_BACK, None): N_(
        "The file was cut back to an earlier state: what the city added at the end, such as a signature or a "
        "word on its standing, is missing."
    ),
    (Kind.CUT_OFF, None): N_("The end of the file is missing, as after a download that broke off."),
}


def sentence_of(change: Change) -> str:
    """The sentence for a change, for translation; `%(pages)s` is filled with `page_numbers`."""
    return SENTENCES[(change.kind, change.part)]


def page_numbers(change: Change) -> str:
    """The pages by number, shortened when there are many."""
    shown = ", ".join(map(str, change.pages[:MOST_PAGES_NAMED]))
    return f"{shown} …" if len(change.pages) > MOST_PAGES_NAMED else shown


def name_changes(pdf: bytes, *, signed_to: int, all_intact: bool, original: bytes | None = None) -> tuple[Change, ...]:
    """Name what was done to a file of which is known that something was.

    `signed_to` is where the last signature that counts ended, 0 for none; `all_intact` whether each fits the file,
    whoever made it. `original` is the file that was published.
    """
    if original is not None and original.startswith(pdf):
        is_whole = _ends_well(pdf) and b"startxref" in original[len(pdf) :]
        return (Change(Kind.CUT_BACK if is_whole else Kind.CUT_OFF),)
    if original is not None and pdf.startswith(original):
        return _added(pdf, len(original))
    containers = find_containers(pdf)
    if not all(_is_in_place(pdf, each) for each in containers):
        return _displaced(pdf, original)
    if not containers:
        return _without_signatures(pdf)
    if not all(_fits(pdf, each) for each in containers if each.covers_to <= len(pdf)):
        return tuple(_changed(pdf, original))
    if containers[-1].covers_to > len(pdf):
        return (Change(Kind.CUT_OFF),)
    if not all_intact or (original is not None and len(original) == len(pdf)):
        return (Change(Kind.CHANGED, Part.SIGNATURE),)
    return _added(pdf, signed_to) if signed_to < len(pdf) else (Change(Kind.CUT_BACK),)


def names_itself_ours(pdf: bytes) -> bool:
    """Whether the file says of itself that this program made it; anybody can say so."""
    return OWN_MARK in pdf


def _ends_well(pdf: bytes) -> bool:
    return END.search(pdf, max(0, len(pdf) - 16)) is not None


def _is_in_place(pdf: bytes, container: Container) -> bool:
    """Whether a container lies where its signature says, as far as the file reaches."""
    if container.end > len(pdf):
        return True
    return pdf[container.start : container.start + 1] == b"<" and pdf[container.end - 1 : container.end] == b">"


def _displaced(pdf: bytes, original: bytes | None) -> tuple[Change, ...]:
    """Signatures point to places where they are not: another program wrote the file, or bytes were put in or taken."""
    changed = tuple(_changed(pdf, original))
    if pdf.count(b"startxref") > 1:
        return changed
    told = tuple(each for each in changed if each.part not in (Part.OTHER, Part.FORM))
    return (Change(Kind.REWRITTEN), *told) if original is not None else (Change(Kind.REWRITTEN),)


def _without_signatures(pdf: bytes) -> tuple[Change, ...]:
    """A file without a signature: cut off, cut before the first one, or written anew without them."""
    if pdf.startswith(b"%PDF-") and not END.search(pdf, max(0, len(pdf) - 1024)):
        return (Change(Kind.CUT_OFF),)
    if not names_itself_ours(pdf):
        return ()
    parts = read_parts(pdf)
    is_prepared = parts is not None and "Seal" in parts.fields and b"/ByteRange" not in pdf
    return (Change(Kind.CUT_BACK if is_prepared else Kind.REWRITTEN),)


def _fits(pdf: bytes, container: Container) -> bool:
    """Whether the sum in a signature or time stamp is that of the bytes it covers; says nothing about who signed."""
    spelt = pdf[container.start + 1 : container.end - 1]
    if len(spelt) > LARGEST_CONTAINER:
        return False
    try:
        name, stated = _stated_sum(bytes.fromhex(spelt.decode("ascii")))
        whole = hashlib.new(name, pdf[: container.start])
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError):
        return False
    whole.update(memoryview(pdf)[container.end : container.covers_to])
    return whole.digest() == stated


def _stated_sum(spelt: bytes) -> tuple[str, bytes]:
    signed = cms.ContentInfo.load(spelt)["content"]
    (signer,) = signed["signer_infos"]
    held = signed["encap_content_info"]
    if held["content_type"].native == "tst_info":
        imprint = held["content"].parsed["message_imprint"]
        return imprint["hash_algorithm"]["algorithm"].native, imprint["hashed_message"].native
    sums = {each["type"].native: each["values"] for each in signer["signed_attrs"]}
    return signer["digest_algorithm"]["algorithm"].native, sums["message_digest"][0].native


def _changed(pdf: bytes, original: bytes | None) -> Iterator[Change]:
    """In which parts bytes inside the signed file were changed."""
    parts = read_parts(pdf) if pdf.count(b"startxref") <= MOST_REVISIONS else None
    before = read_parts(original) if original is not None else None
    found: Sequence[Change] = ()
    if parts is not None:
        found = tuple(_differences(before, parts, Kind.CHANGED) if before else _damages(parts))
    if not found and original is not None and len(original) == len(pdf):
        found = tuple(_in_a_signature(pdf, original))
    yield from found or (Change(Kind.CHANGED, Part.OTHER),)


def _in_a_signature(pdf: bytes, original: bytes) -> Iterator[Change]:
    place = next((at for at, (one, other) in enumerate(zip(original, pdf, strict=True)) if one != other), -1)
    if any(each.start <= place < each.end for each in find_containers(original)):
        yield Change(Kind.CHANGED, Part.SIGNATURE)


def _damages(parts: Parts) -> Iterator[Change]:
    """What no longer fits the sums the format keeps: packed pages, attached files, the metadata's word on them."""
    pages = tuple(number for number, page in enumerate(parts.pages, 1) if page.content == UNREADABLE)
    if pages:
        yield Change(Kind.CHANGED, Part.PAGE, pages)
    if UNREADABLE in parts.attached.values():
        yield Change(Kind.CHANGED, Part.RECORD)
    elif not _metadata_fits(parts):
        yield Change(Kind.CHANGED, Part.METADATA)


def _metadata_fits(parts: Parts) -> bool:
    text = parts.metadata_bytes
    if parts.metadata == UNREADABLE or not _is_well_formed(text):
        return False
    sums, names = RECORD_SHA256.findall(text), RECORD_ID.findall(text)
    known = {hashlib.sha256(each).hexdigest().encode(): each for each in parts.records}
    if len(sums) != 1 or len(names) != 1 or sums[0] not in known:
        return False
    try:
        record = json.loads(known[sums[0]])
        stated = record.get("reference") if isinstance(record, dict) else None
    except (ValueError, RecursionError):
        return True
    return not isinstance(stated, str) or stated.encode() == names[0]


def _is_well_formed(text: bytes) -> bool:
    reader = expat.ParserCreate()
    reader.StartDoctypeDeclHandler = _refuse
    try:
        reader.Parse(text, True)
    except (expat.ExpatError, ValueError):
        return False
    return True


def _refuse(*_declared: object) -> None:
    raise ValueError("metadata declares no document type")


def _added(pdf: bytes, signed_to: int) -> tuple[Change, ...]:
    """What was put behind the signed state: bytes that mean nothing, or a new state of the document."""
    behind = pdf[signed_to:]
    if b"startxref" not in behind:
        return (Change(Kind.CUT_OFF if OBJECT.search(behind) else Kind.AFTER_END),)
    if behind.count(b"startxref") > MOST_REVISIONS:
        return (Change(Kind.ADDED, Part.OTHER),)
    before, after = read_parts(pdf[:signed_to]), read_parts(pdf)
    if before is None or after is None:
        return (Change(Kind.ADDED, Part.OTHER),)
    return tuple(_differences(before, after, Kind.ADDED)) or (Change(Kind.ADDED, Part.OTHER),)


def _differences(before: Parts, after: Parts, kind: Kind) -> Iterator[Change]:
    """In which parts two states differ; the rest counts only when no part does."""
    most = range(1, max(len(before.pages), len(after.pages)) + 1)
    old, new = dict(enumerate(before.pages, 1)), dict(enumerate(after.pages, 1))
    shown = tuple(n for n in most if n not in old or n not in new or old[n].content != new[n].content)
    noted = tuple(n for n in most if n in old and n in new and old[n].notes != new[n].notes)
    found = [Change(kind, Part.PAGE, shown)] if shown else []
    found += [Change(kind, Part.NOTE, noted)] if noted else []
    found += [Change(kind, Part.RECORD)] if before.attached != after.attached else []
    found += [Change(kind, Part.METADATA)] if before.metadata != after.metadata else []
    found += [Change(kind, Part.FORM)] if before.fields != after.fields else []
    yield from found or ([Change(kind, Part.OTHER)] if before.rest != after.rest else [])
