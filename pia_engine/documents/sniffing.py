"""What an attached file is, told from its bytes, and what it may be called. Neither the browser nor the name decides.

Office files are zip archives: only their table of contents is read and two small members that name the kind, never
more than `MEMBER_LIMIT` bytes of either. Nothing is unpacked, opened or executed.
"""

from __future__ import annotations

import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

import puremagic

from pia_engine.documents.content_types import plain_member, read_content_types
from pia_engine.errors import N_, Invalid

CHUNK = 256 * 1024
HEAD = 8 * 1024
NAME_LIMIT = 200
ENTRY_LIMIT = 10_000
MEMBER_LIMIT = 1024 * 1024
UNPACKED_LIMIT = 500 * 1024 * 1024

_ENTRY_MARK = b"PK\x01\x02"
_OOXML = "application/vnd.openxmlformats-officedocument"
_ODF = "application/vnd.oasis.opendocument"
_TYPES_MEMBER, _MIMETYPE = "[Content_Types].xml", "mimetype"
_READABLE = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_TEXT_CONTROLS = frozenset(b"\t\n\f\r")
_NOT_IN_TEXT = bytes(code for code in (*range(32), 127) if code not in _TEXT_CONTROLS)
_JOINERS = "\u200c\u200d"  # several scripts cannot be written without them
_FORBIDDEN_IN_NAMES = str.maketrans(dict.fromkeys('"*:<>?|', "-"))


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file: how it is served, and the endings its name may have."""

    id: str
    media_type: str
    endings: tuple[str, ...]


KINDS: Mapping[str, Kind] = {
    kind.id: kind
    for kind in (
        Kind("pdf", "application/pdf", ("pdf",)),
        Kind("docx", f"{_OOXML}.wordprocessingml.document", ("docx",)),
        Kind("xlsx", f"{_OOXML}.spreadsheetml.sheet", ("xlsx",)),
        Kind("pptx", f"{_OOXML}.presentationml.presentation", ("pptx",)),
        Kind("odt", f"{_ODF}.text", ("odt",)),
        Kind("ods", f"{_ODF}.spreadsheet", ("ods",)),
        Kind("odp", f"{_ODF}.presentation", ("odp",)),
        Kind("csv", "text/csv", ("csv",)),
        Kind("txt", "text/plain", ("txt",)),
        Kind("png", "image/png", ("png",)),
        Kind("jpeg", "image/jpeg", ("jpg", "jpeg")),
        Kind("webp", "image/webp", ("webp",)),
    )
}
_BY_ENDING = {ending: kind for kind in KINDS.values() for ending in kind.endings}
_SIGNED = {KINDS[name].media_type: KINDS[name] for name in ("pdf", "png", "jpeg", "webp")}
_OFFICE = tuple(KINDS[name] for name in ("docx", "xlsx", "pptx"))
_OPEN_OFFICE = {KINDS[name].media_type: KINDS[name] for name in ("odt", "ods", "odp")}
_TEXTS = ("txt", "csv")
_PROGRAM_FOLDERS = frozenset({"basic", "scripts", "macrosheets", "activex"})
_MARKUP = frozenset({"image/svg+xml", "text/html", "application/xml", "text/xml"})


def clean_name(given: str) -> str:
    """The name to keep: without folders, control characters and tricks of direction, and never empty."""
    name = unicodedata.normalize("NFC", given.replace("\\", "/").rpartition("/")[2])
    kept = "".join(letter for letter in name if letter in _JOINERS or unicodedata.category(letter)[0] != "C")
    plain = " ".join(kept.translate(_FORBIDDEN_IN_NAMES).split()).strip(". ")
    stem, dot, ending = plain.rpartition(".")
    if not dot:
        return plain[:NAME_LIMIT] or "file"
    return f"{stem[: NAME_LIMIT - len(ending) - 1].rstrip()}.{ending}" if len(ending) < NAME_LIMIT else "file"


def sniff(file: BinaryIO, name: str, *, allowed: frozenset[str]) -> Kind:
    """The kind the bytes say, when it is one of `allowed` and the cleaned `name` agrees. Raises Invalid otherwise."""
    named = _BY_ENDING.get(name.rpartition(".")[2].casefold())
    if named is None or named.id not in allowed:
        raise _not_allowed(allowed)
    found = _kind_of(file, named)
    if found is None:
        raise Invalid(
            N_("The name ends like a %(kind)s file, but its content is something else. Save it again and attach that."),
            kind=named.id.upper(),
        )
    return found


def _not_allowed(allowed: frozenset[str]) -> Invalid:
    return Invalid(
        N_("Files of this kind cannot be attached. These can: %(kinds)s."),
        kinds=", ".join(kind.id.upper() for kind in KINDS.values() if kind.id in allowed),
    )


def _kind_of(file: BinaryIO, named: Kind) -> Kind | None:
    """The kind of the content when it is the one the name claims, else None."""
    file.seek(0)
    head = file.read(HEAD)
    if named.id in _TEXTS:
        return named if _is_plain_text(file, head) else None
    if named.media_type in _SIGNED:
        found = _SIGNED.get(_signature(head))
    else:
        found = _office_kind(file) if head.startswith(b"PK\x03\x04") else None
    return found if found is named else None


def _signature(head: bytes) -> str:
    """The media type of the best fitting signature; empty when none is known."""
    try:
        return str(puremagic.magic_string(head)[0].mime_type)
    except (puremagic.PureError, ValueError):
        return ""


def _is_plain_text(file: BinaryIO, head: bytes) -> bool:
    """Text in UTF-8 or a single-byte alphabet: no control characters anywhere, and no page or drawing in disguise."""
    begins = head.lstrip(b"\xef\xbb\xbf \t\r\n\f")
    if begins.startswith((b"<", b"%PDF", b"{\\rtf")) or _signature(begins) in _MARKUP:
        return False
    return all(len(chunk) == len(chunk.translate(None, _NOT_IN_TEXT)) for chunk in chunks(file))


def chunks(file: BinaryIO) -> Iterator[bytes]:
    """The whole file from its beginning, a piece at a time."""
    file.seek(0)
    while piece := file.read(CHUNK):
        yield piece


def _office_kind(file: BinaryIO) -> Kind | None:
    try:
        _check_table_is_small(file)
        with zipfile.ZipFile(file) as archive:
            _check_contents(archive.infolist())
            return _open_document_kind(archive) or _open_xml_kind(archive)
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise Invalid(N_("The file is damaged or locked with a password. Save it again and attach that.")) from error


def _check_table_is_small(file: BinaryIO) -> None:
    """Count the entries before anything reads them: a table of millions would fill the memory."""
    count, tail = 0, b""
    for piece in chunks(file):
        count += (tail + piece).count(_ENTRY_MARK)
        tail = piece[1 - len(_ENTRY_MARK) :]
    if count > ENTRY_LIMIT:
        raise _unpacks_too_large()


def _unpacks_too_large() -> Invalid:
    return Invalid(N_("The file would unpack to far more than it seems to hold. Attach it as a PDF instead."))


def _check_contents(entries: list[zipfile.ZipInfo]) -> None:
    if sum(entry.file_size for entry in entries) > UNPACKED_LIMIT:
        raise _unpacks_too_large()
    members = [plain_member(entry.filename) for entry in entries]
    if any(_holds_a_program(member) for member in members):
        raise _has_macros()
    if len(set(members)) < len(members):
        raise ValueError("two members under one name: programs differ in which of them they read")


def _has_macros() -> Invalid:
    return Invalid(N_("The file holds macros, which are programs. Save it without them, or as a PDF, and attach that."))


def _holds_a_program(member: str) -> bool:
    *folders, name = member.split("/")
    return not _PROGRAM_FOLDERS.isdisjoint(folders) or name.startswith(("vbaproject", "vbadata"))


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    """A small member, in full; KeyError when there is none, ValueError when it is not small or oddly packed."""
    entry = archive.getinfo(name)
    if entry.compress_type not in _READABLE:
        raise ValueError(name)
    with archive.open(entry) as member:
        content = member.read(MEMBER_LIMIT + 1)
    if len(content) > MEMBER_LIMIT:
        raise ValueError(name)
    return content


def _open_document_kind(archive: zipfile.ZipFile) -> Kind | None:
    if _MIMETYPE not in archive.namelist():
        return None
    if _TYPES_MEMBER in archive.namelist():
        raise ValueError("claims to be two kinds of office file at once")
    return _OPEN_OFFICE.get(_member(archive, _MIMETYPE).decode("ascii", "replace").strip())


def _open_xml_kind(archive: zipfile.ZipFile) -> Kind | None:
    """The kind its one main part has, as the entries about parts that are really there say."""
    if _TYPES_MEMBER not in archive.namelist():
        return None
    types = read_content_types(_member(archive, _TYPES_MEMBER))
    if types.names_programs:
        raise _has_macros()
    found = types.main_types(frozenset(map(plain_member, archive.namelist())))
    return next((kind for kind in _OFFICE if found == {f"{kind.media_type}.main+xml"}), None)
