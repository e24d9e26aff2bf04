"""What a file is comes from its bytes; what it may be called is cleaned."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping

import pytest

from pia_engine.documents import sniffing
from pia_engine.documents.sniffing import KINDS, NAME_LIMIT, clean_name, sniff
from pia_engine.errors import Invalid
from pia_engine.settings import ATTACHMENT_KINDS

ALL = frozenset(KINDS)
OOXML = "application/vnd.openxmlformats-officedocument"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(20)
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n"
WEBP = b"RIFF" + struct.pack("<I", 40) + b"WEBPVP8 " + bytes(32)
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01" + bytes(20)


def archive(members: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return file.getvalue()


def office(kind: str, **more: str) -> bytes:
    types = f'<Types><Override PartName="/x.xml" ContentType="{OOXML}.{kind}.main+xml"/></Types>'
    return archive({"[Content_Types].xml": types, "x.xml": "<x/>", **more})


def open_document(kind: str, **more: str) -> bytes:
    return archive({"mimetype": f"application/vnd.oasis.opendocument.{kind}", "content.xml": "<x/>", **more})


DOCX = f"{OOXML}.wordprocessingml.document.main+xml"


def typed(main: str, *more: str, before: str = "", part: str = "x.xml") -> bytes:
    entries = "".join(f"<Override {each}/>" for each in (f'PartName="/x.xml" ContentType="{main}"', *more))
    return archive({"[Content_Types].xml": f"{before}<Types>{entries}</Types>", part: "<x/>"})


GENUINE = {
    "plan.pdf": PDF,
    "plan.docx": office("wordprocessingml.document"),
    "list.XLSX": office("spreadsheetml.sheet"),
    "talk.pptx": office("presentationml.presentation"),
    "plan.odt": open_document("text"),
    "list.ods": open_document("spreadsheet"),
    "talk.odp": open_document("presentation"),
    "list.csv": "name,street\nRenée,Mühlweg\n".encode("cp1252"),
    "note.txt": "\ufeffNaïve café ☕\r\n\tصباح".encode(),
    "map.png": PNG,
    "photo.jpg": JPEG,
    "photo.jpeg": JPEG,
    "photo.webp": WEBP,
}


@pytest.mark.parametrize("name", GENUINE)
def test_every_allowed_kind_is_known_by_its_bytes(name: str) -> None:
    ending = name.rpartition(".")[2].lower()
    assert ending in sniff(io.BytesIO(GENUINE[name]), name, allowed=ALL).endings


@pytest.mark.parametrize("name", GENUINE)
def test_name_and_content_must_agree(name: str) -> None:
    """Each genuine file under every name that means another kind; text is anything without control characters."""
    own = sniff(io.BytesIO(GENUINE[name]), name, allowed=ALL).id
    others = [kind for kind in KINDS.values() if kind.id != own and {kind.id, own} != {"csv", "txt"}]
    for kind in others:
        with pytest.raises(Invalid):
            sniff(io.BytesIO(GENUINE[name]), f"file.{kind.endings[0]}", allowed=ALL)


DISGUISED = {
    "drawing.png": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "drawing.txt": b"\n <svg xmlns='http://www.w3.org/2000/svg'/>",
    "page.csv": b"<!doctype html><script>alert(1)</script>",
    "page.txt": b"<?xml version='1.0'?><a/>",
    "program.pdf": b"MZ\x90\0\x03" + bytes(60),
    "program.txt": b"MZ\x90\0\x03" + bytes(60),
    "old.docx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "sound.webp": b"RIFF\x28\0\0\0WAVEfmt " + bytes(32),
    "late.pdf": b"\0" * 20 + PDF,
    "zip.docx": archive({"readme.txt": "hello"}),
    "cut.docx": office("wordprocessingml.document")[:-30],
    "half.docx": b"PK\x03\x04" + bytes(50),
}


@pytest.mark.parametrize("name", DISGUISED)
def test_a_file_in_disguise_is_refused(name: str) -> None:
    with pytest.raises(Invalid):
        sniff(io.BytesIO(DISGUISED[name]), name, allowed=ALL)


@pytest.mark.parametrize("name", ["drawing.svg", "page.html", "run.exe", "old.doc", "list.xlsm", "none", "", "a.js"])
def test_kinds_not_on_the_list_are_refused_with_the_list(name: str) -> None:
    with pytest.raises(Invalid, match="PDF, DOCX"):
        sniff(io.BytesIO(PDF), name, allowed=ALL)


def test_a_city_may_shorten_the_list() -> None:
    with pytest.raises(Invalid, match=r"These can: PDF\."):
        sniff(io.BytesIO(PNG), "map.png", allowed=frozenset({"pdf"}))


@pytest.mark.parametrize(
    "content",
    [
        office("wordprocessingml.document", **{"word/vbaProject.bin": "x"}),
        office("wordprocessingml.document", **{"word/activeX/activeX1.xml": "x"}),
        office("wordprocessingml.document", **{"xl/macrosheets/sheet1.xml": "x"}),
        office("wordprocessingml.document", **{"word\\vbaProject.bin": "x"}),
        typed("application/vnd.ms-word.document.macroEnabled.main+xml"),
        typed("application/vnd.ms-word.document.macro&#69;nabled.main+xml"),
        typed(DOCX, 'PartName="/word/other.bin" ContentType="application/vnd.ms-office.vbaProject"'),
        typed(DOCX, 'PartName="/xl/other.xml" ContentType="application/vnd.ms-excel.MacroSheet+xml"'),
    ],
)
def test_office_file_with_macros_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid, match="macros"):
        sniff(io.BytesIO(content), "plan.docx", allowed=ALL)


@pytest.mark.parametrize(
    "member", ["Basic/Standard/Module1.xml", "Object 1/Basic/Standard/Module1.xml", "Object 1\\Scripts\\python\\a.py"]
)
def test_open_document_with_macros_is_refused(member: str) -> None:
    content = open_document("text", **{member: "x"})
    with pytest.raises(Invalid, match="macros"):
        sniff(io.BytesIO(content), "plan.odt", allowed=ALL)


UNSOUND = {
    "the kind stands in a comment only": typed("application/xml", before=f"<!-- {DOCX} -->", part="evil.exe"),
    "the main part is not there": typed(DOCX, part="evil.exe"),
    "two main parts of different kinds": typed(
        DOCX, f'PartName="/x.xml" ContentType="{OOXML}.spreadsheetml.sheet.main+xml"'
    ),
    "a document type is declared": typed("&kind;", before=f'<!DOCTYPE Types [<!ENTITY kind "{DOCX}">]>'),
    "two lists of parts": office("wordprocessingml.document", **{"[content_types].xml": "<Types/>"}),
    "two kinds at once": office("wordprocessingml.document", mimetype="application/vnd.oasis.opendocument.text"),
    "not XML": archive({"[Content_Types].xml": f'"{DOCX}"', "x.xml": "<x/>"}),
}


@pytest.mark.parametrize("why", UNSOUND)
def test_office_file_whose_list_of_parts_is_unsound_is_refused(why: str) -> None:
    with pytest.raises(Invalid):
        sniff(io.BytesIO(UNSOUND[why]), "plan.docx", allowed=ALL)


def test_a_file_whose_main_type_is_the_default_of_an_ending_is_known() -> None:
    """Some libraries write it so."""
    types = f'<t:Types xmlns:t="x"><t:Default Extension="xml" ContentType="{DOCX}"/></t:Types>'
    content = archive({"[Content_Types].xml": types.encode("utf-16"), "word/document.xml": "<x/>"})
    assert sniff(io.BytesIO(content), "plan.docx", allowed=ALL).id == "docx"


def test_office_file_that_would_unpack_to_too_much_is_refused_without_unpacking_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sniffing, "UNPACKED_LIMIT", 1_000_000)
    bomb = office("wordprocessingml.document", **{"word/document.xml": "0" * 2_000_000})
    assert len(bomb) < 5_000
    with pytest.raises(Invalid, match="unpack"):
        sniff(io.BytesIO(bomb), "plan.docx", allowed=ALL)


def test_office_file_with_a_table_of_endless_length_is_refused_before_it_is_read() -> None:
    many = office("wordprocessingml.document", **{f"word/{n}.xml": "" for n in range(sniffing.ENTRY_LIMIT)})
    with pytest.raises(Invalid, match="unpack"):
        sniff(io.BytesIO(many), "plan.docx", allowed=ALL)


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_the_member_that_names_the_kind_is_read_only_so_far(method: int) -> None:
    content = archive({"[Content_Types].xml": " " * 2 * sniffing.MEMBER_LIMIT}, method)
    with pytest.raises(Invalid, match="damaged"):
        sniff(io.BytesIO(content), "plan.docx", allowed=ALL)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("plan.pdf", "plan.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        (r"C:\Users\amara\plan.pdf", "plan.pdf"),
        ("..", "file"),
        ("", "file"),
        ("/", "file"),
        (".pdf", "pdf"),
        ("plan\r\nSet-Cookie: x=1.pdf", "planSet-Cookie- x=1.pdf"),
        ("plan\0.pdf", "plan.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("\u2066plan\u2069\u200f.pdf", "plan.pdf"),
        ('say "hello"?.txt', "say -hello--.txt"),
        ("  many   spaces .txt", "many spaces.txt"),
        ("pla\ud800n.pdf", "plan.pdf"),
        ("Übersicht – Straße.pdf", "Übersicht – Straße.pdf"),
        ("می\u200cخواهم.pdf", "می\u200cخواهم.pdf"),
    ],
)
def test_a_name_keeps_its_words_and_loses_its_tricks(given: str, kept: str) -> None:
    assert clean_name(given) == kept


def test_a_long_name_keeps_its_ending() -> None:
    kept = clean_name("a" * 500 + ".docx")
    assert len(kept) == NAME_LIMIT
    assert kept.endswith("a.docx")
    assert len(clean_name("a." + "b" * 500)) <= NAME_LIMIT


def test_settings_and_sniffing_know_the_same_kinds() -> None:
    assert tuple(KINDS) == ATTACHMENT_KINDS
