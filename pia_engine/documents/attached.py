"""The record inside a document of the city: the machine-readable half of what was signed, exactly as it was signed."""

from __future__ import annotations

import io

from pyhanko.pdf_utils.reader import PdfFileReader


def read_record(pdf: bytes) -> bytes:
    """The record attached to a document that this program made, which holds one file and no other."""
    root = PdfFileReader(io.BytesIO(pdf)).root
    content: bytes = root["/Names"]["/EmbeddedFiles"]["/Names"][1]["/EF"]["/F"].data
    return content
