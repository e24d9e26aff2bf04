"""What can be done to a signed PDF, each kind by its name, and the words that have to name it."""

from __future__ import annotations

import io
import re
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from pia_engine.documents.tampering import Change, Kind, Part

ALTERED, CUT_BACK = "This file is not what was signed.", "This file is not what was published"


@dataclass(frozen=True)
class Tamper:
    """One thing to do to a file; `said` stands in the answer, `change` is what it is called inside."""

    make: Callable[[bytes], bytes]
    said: str
    change: Change
    headline: str = ALTERED


def flipped(pdf: bytes, offset: int) -> bytes:
    return pdf[:offset] + bytes([pdf[offset] ^ 1]) + pdf[offset + 1 :]


def _stream_at(pdf: bytes, number: int) -> int:
    """Where the data of an object's stream begin in the file."""
    found = re.search(rb"(?:^|[\r\n])%d 0 obj\b.*?stream\r?\n" % number, pdf, re.DOTALL)
    assert found
    return found.end()


def page_flipped(pdf: bytes) -> bytes:
    page = PdfFileReader(io.BytesIO(pdf)).root["/Pages"]["/Kids"][0]
    content = page.raw_get("/Contents")
    content = content if isinstance(content, generic.IndirectObject) else list.__getitem__(content, 0)
    return flipped(pdf, _stream_at(pdf, content.idnum) + 40)


def record_flipped(pdf: bytes) -> bytes:
    names = PdfFileReader(io.BytesIO(pdf)).root["/Names"]["/EmbeddedFiles"]["/Names"]
    return flipped(pdf, _stream_at(pdf, names[1]["/EF"].raw_get("/F").idnum) + 20)


def metadata_flipped(pdf: bytes) -> bytes:
    place = pdf.index(b'pia:recordId="')
    end = pdf.index(b'"', place + len('pia:recordId="'))
    return flipped(pdf, end - 1)


def rewritten(pdf: bytes) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "a.pdf", Path(folder) / "b.pdf"
        source.write_bytes(pdf)
        subprocess.run(["qpdf", source, target], check=True)
        return target.read_bytes()


def updated(pdf: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    """The file with an update appended to it, as any editor does it."""
    writer = QuietWriter(io.BytesIO(pdf))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


class QuietWriter(IncrementalPdfFileWriter):
    """Changes what it is told to and nothing else: by itself it would write its name into the metadata."""

    def _update_meta(self) -> None:
        pass


def _words_over_the_page(writer: IncrementalPdfFileWriter) -> None:
    page = writer.find_page_for_modification(0)[0].get_object()
    stamp = generic.StreamObject(stream_data=b"/Artifact BMC BT /F1 40 Tf 100 400 Td (REJECTED) Tj ET EMC")
    page["/Contents"] = generic.ArrayObject([page.raw_get("/Contents"), writer.add_object(stamp)])
    writer.update_container(page)


def _another_record(writer: IncrementalPdfFileWriter) -> None:
    attached = writer.root["/Names"]["/EmbeddedFiles"]["/Names"][1].get_object()
    other = generic.StreamObject({pdf_name("/Type"): pdf_name("/EmbeddedFile")}, stream_data=b'{"other":true}')
    attached["/EF"]["/F"] = writer.add_object(other)
    writer.update_container(attached["/EF"])


def _a_note(writer: IncrementalPdfFileWriter) -> None:
    page = writer.find_page_for_modification(0)[0].get_object()
    corners = generic.ArrayObject([generic.NumberObject(place) for place in (10, 10, 30, 30)])
    note = {
        pdf_name("/Type"): pdf_name("/Annot"),
        pdf_name("/Subtype"): pdf_name("/Text"),
        pdf_name("/Rect"): corners,
        pdf_name("/Contents"): generic.TextStringObject("Not so."),
    }
    known = list(list.__iter__(page["/Annots"])) if "/Annots" in page else []
    page["/Annots"] = generic.ArrayObject([*known, writer.add_object(generic.DictionaryObject(note))])
    writer.update_container(page)


def ends(pdf: bytes) -> list[int]:
    """Where each state of the document ends."""
    return [match.end() for match in re.finditer(rb"%%EOF\s*", pdf)]


CUT = "cut back to an earlier state"
TAMPERS: dict[str, Tamper] = {
    "a byte of a page": Tamper(page_flipped, "What a page shows was changed", Change(Kind.CHANGED, Part.PAGE, (1,))),
    "a byte of the record": Tamper(
        record_flipped, "The attached record was changed", Change(Kind.CHANGED, Part.RECORD)
    ),
    "a byte of the metadata": Tamper(
        metadata_flipped, "The description of the file (its metadata) was changed", Change(Kind.CHANGED, Part.METADATA)
    ),
    "written anew": Tamper(rewritten, "written anew by another program", Change(Kind.REWRITTEN)),
    "words added to a page": Tamper(
        lambda pdf: updated(pdf, _words_over_the_page),
        "Something was added to what a page shows after it was signed (page 1)",
        Change(Kind.ADDED, Part.PAGE, (1,)),
    ),
    "the record replaced": Tamper(
        lambda pdf: updated(pdf, _another_record),
        "The attached record was replaced after the file was signed",
        Change(Kind.ADDED, Part.RECORD),
    ),
    "a note added": Tamper(
        lambda pdf: updated(pdf, _a_note),
        "A note or another annotation was added after it was signed (page 1)",
        Change(Kind.ADDED, Part.NOTE, (1,)),
    ),
    "bytes after the end": Tamper(
        lambda pdf: pdf + b"\n% hello\n", "Bytes were added after the end", Change(Kind.AFTER_END)
    ),
    "cut back by one state": Tamper(lambda pdf: pdf[: ends(pdf)[-2]], CUT, Change(Kind.CUT_BACK), CUT_BACK),
    "cut back to the first signature": Tamper(lambda pdf: pdf[: ends(pdf)[1]], CUT, Change(Kind.CUT_BACK), CUT_BACK),
    "cut back before the signatures": Tamper(lambda pdf: pdf[: ends(pdf)[0]], CUT, Change(Kind.CUT_BACK), CUT_BACK),
    "the end missing": Tamper(lambda pdf: pdf[:-300], "The end of the file is missing", Change(Kind.CUT_OFF)),
}
