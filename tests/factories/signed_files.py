"""Signed files taken apart and put together again, for tests of what holds them together."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path

from asn1crypto import cms  # type: ignore[import-untyped]
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import InvisSigSettings
from pyhanko.sign.signers.pdf_signer import PdfTimeStamper
from pyhanko.sign.timestamps import TimeStamper

from pia_engine.documents.apart import run_apart
from pia_engine.documents.authority import Authority
from pia_engine.documents.containers import Container


def flipped(data: bytes, offset: int, mask: int) -> bytes:
    return data[:offset] + bytes([data[offset] ^ mask]) + data[offset + 1 :]


def content_of(pdf: bytes, container: Container) -> bytes:
    """What a container holds, without the padding."""
    padded = bytes.fromhex(pdf[container.start + 1 : container.end - 1].decode())
    return bytes(cms.ContentInfo.load(padded).dump())


def with_content(pdf: bytes, container: Container, content: bytes) -> bytes:
    """The file with another content in the container, spelt as it should be."""
    room = container.end - container.start - 2
    spelt = content.hex().upper().ljust(room, "0").encode()
    assert len(spelt) == room
    return pdf[: container.start + 1] + spelt + pdf[container.end - 1 :]


def stamped(pdf: bytes, stamper: TimeStamper, *, field: str = "Stranger") -> bytes:
    """The file with a document time stamp of whomever at its end."""
    output = BytesIO()
    maker = PdfTimeStamper(stamper, field_name=field, invis_settings=InvisSigSettings(box_out_of_bounds=True))
    run_apart(maker.async_timestamp_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), "sha256", output=output))
    return output.getvalue()


def written_over(writer: IncrementalPdfFileWriter) -> None:
    page = writer.find_page_for_modification(0)[0].get_object()
    stamp = generic.StreamObject(stream_data=b"/Artifact BMC BT /F1 40 Tf 100 400 Td (REJECTED) Tj ET EMC")
    page["/Contents"] = generic.ArrayObject([page.raw_get("/Contents"), writer.add_object(stamp)])
    writer.update_container(page)


def swapped_record(writer: IncrementalPdfFileWriter) -> None:
    attached = writer.root["/Names"]["/EmbeddedFiles"]["/Names"][1].get_object()
    other = generic.StreamObject({pdf_name("/Type"): pdf_name("/EmbeddedFile")}, stream_data=b'{"other":true}')
    attached["/EF"]["/F"] = writer.add_object(other)
    writer.update_container(attached["/EF"])


def noted_in_the_margin(writer: IncrementalPdfFileWriter) -> None:
    page = writer.find_page_for_modification(0)[0].get_object()
    corners = generic.ArrayObject([generic.NumberObject(place) for place in (10, 10, 30, 30)])
    note = {
        pdf_name("/Type"): pdf_name("/Annot"),
        pdf_name("/Subtype"): pdf_name("/Text"),
        pdf_name("/Rect"): corners,
    }
    page["/Annots"] = generic.ArrayObject([writer.add_object(generic.DictionaryObject(note))])
    writer.update_container(page)


CHANGES = (written_over, swapped_record, noted_in_the_margin)


def openssl(command: Sequence[str | Path], authority: Authority, at: datetime) -> subprocess.CompletedProcess[str]:
    """Let OpenSSL verify something for this city, at a given time."""
    trust = ["-CAfile", authority.folder / "root.crt", "-attime", str(int(at.timestamp()))]
    return subprocess.run(["openssl", *command, *trust], capture_output=True, text=True, check=False)
