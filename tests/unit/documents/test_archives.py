"""An archive that shows one directory to this program and another to everybody else."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from pia_engine.documents.archives import open_archive
from pia_engine.errors import Invalid

END, END64, LOCATOR = "<4s4H2LH", "<4sQ2H2L4Q", "<4sLQL"


def archive(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", allowZip64=False) as written:
        for name, content in files.items():
            info = zipfile.ZipInfo(name)
            info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 3, 0o100644 << 16
            written.writestr(info, content)
    return made.getvalue()


def hiding_all_but_the_first(whole: bytes) -> bytes:
    """The same bytes with a short directory, whose only entry carries the long one in its comment."""
    _magic, _disk, _first, _here, count, _length, start, _comment = struct.unpack(END, whole[-22:])
    directory = whole[start:-22]
    first = bytearray(directory[: 46 + struct.unpack("<H", directory[28:30])[0]])
    long_one = start + len(first)
    record = struct.pack(END64, b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, len(directory), long_one)
    hidden = directory + record + struct.pack(LOCATOR, b"PK\x06\x07", 0, long_one + len(directory), 1)
    first[32:34] = struct.pack("<H", len(hidden))
    short = bytes(first) + hidden
    return whole[:start] + short + struct.pack(END, b"PK\x05\x06", 0, 0, 1, 1, len(short), start, 0)


def test_an_archive_with_one_directory_is_read() -> None:
    assert set(open_archive(io.BytesIO(archive({"index.html": b"page", "records/a.jsonl": b"{}"}))).entries) == {
        "index.html",
        "records/a.jsonl",
    }


def test_a_second_directory_that_others_would_not_see_is_refused() -> None:
    whole = hiding_all_but_the_first(archive({"index.html": b"page", "records/a.jsonl": b"{}"}))
    assert len(zipfile.ZipFile(io.BytesIO(whole)).infolist()) == 2
    with pytest.raises(Invalid, match="two directories"):
        open_archive(io.BytesIO(whole))
