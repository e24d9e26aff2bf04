"""Whatever is done to a signed file after the last signature, the check notices."""

import random
import re
from collections.abc import Callable
from io import BytesIO

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from pia_engine.documents import checking
from pia_engine.documents.authority import Authority
from pia_engine.documents.checking import Trust, check_document, read_trust
from pia_engine.documents.containers import Container, find_containers

SPREAD, INSIDE_CONTAINER = 60, 60


@pytest.fixture(scope="module")
def trust(authority: Authority) -> Trust:
    return read_trust(authority.folder)


@pytest.fixture(scope="module")
def last(signed: bytes) -> Container:
    return find_containers(signed)[-1]


def flipped(data: bytes, offset: int, mask: int) -> bytes:
    return data[:offset] + bytes([data[offset] ^ mask]) + data[offset + 1 :]


def test_flipped_byte_anywhere_in_the_file_is_noticed(signed: bytes, trust: Trust) -> None:
    step = (len(signed) - 1) // (SPREAD - 1)
    offsets = {0, len(signed) - 1, *range(0, len(signed), step)}
    chance = random.Random(2026)
    unnoticed = [
        offset
        for offset in sorted(offsets)
        if check_document(flipped(signed, offset, 1 << chance.randrange(8)), trust=trust).valid
    ]
    assert unnoticed == []


def test_flipped_byte_of_the_last_container_is_noticed_even_where_no_signature_covers_it(
    signed: bytes, trust: Trust, last: Container
) -> None:
    used = 2 * len(last.signed_data.dump()) if last.signed_data else 0
    step = max(1, used // INSIDE_CONTAINER)
    offsets = [*range(last.start, last.start + used + 60, step), last.end - 3, last.end - 2, last.end - 1]
    for offset in offsets:
        for mask in (0x01, 0x20):  # 0x20 turns a hexadecimal capital into a small letter of the same value
            assert not check_document(flipped(signed, offset, mask), trust=trust).valid, (offset, mask)


def test_flipped_bit_of_the_container_spelt_correctly_is_noticed(signed: bytes, trust: Trust, last: Container) -> None:
    content = bytes.fromhex(signed[last.start + 1 : last.end - 1].decode())
    used = len(last.signed_data.dump()) + 40 if last.signed_data else 0
    chance = random.Random(2026)
    for offset in range(0, used, 23):
        changed = flipped(content, offset, 1 << chance.randrange(8)).hex().upper().encode()
        forged = signed[: last.start + 1] + changed + signed[last.end - 1 :]
        assert not check_document(forged, trust=trust).valid, offset


def test_padding_of_the_container_may_hold_nothing(signed: bytes, trust: Trust, last: Container) -> None:
    assert signed[last.end - 9 : last.end] == b"00000000>"
    forged = signed[: last.end - 9] + b"DEADBEEF>" + signed[last.end :]
    assert check_document(forged, trust=trust).alterations == checking.CHANGED


@pytest.mark.parametrize("tail", [b"\n", b"\0", b"% hello\n", b"%%EOF\n"])
def test_bytes_after_the_end_are_noticed(signed: bytes, trust: Trust, tail: bytes) -> None:
    check = check_document(signed + tail, trust=trust)
    assert (check.valid, check.alterations) == (False, checking.ADDED)
    assert not any(each.covers_whole_file for each in check.signatures)


def test_earlier_revision_is_noticed(signed: bytes, trust: Trust) -> None:
    ends = [match.end() for match in re.finditer(rb"%%EOF\s*", signed)]
    assert len(ends) == 4
    for end in ends[1:-1]:
        check = check_document(signed[:end], trust=trust)
        assert (check.valid, check.alterations) == (False, checking.CUT_BACK)
    assert check_document(signed[: ends[0]], trust=trust).alterations == checking.NO_SIGNATURE


def test_missing_end_is_noticed(signed: bytes, trust: Trust) -> None:
    check = check_document(signed[:-1], trust=trust)
    assert (check.valid, check.alterations) == (False, checking.CUT_OFF)


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


@pytest.mark.parametrize("change", [written_over, swapped_record, noted_in_the_margin])
def test_update_appended_to_the_file_is_noticed(
    signed: bytes, trust: Trust, change: Callable[[IncrementalPdfFileWriter], None]
) -> None:
    writer = IncrementalPdfFileWriter(BytesIO(signed))
    change(writer)
    output = BytesIO()
    writer.write(output)
    check = check_document(output.getvalue(), trust=trust)
    assert (check.valid, check.alterations) == (False, checking.ADDED)
    assert all(each.intact for each in check.signatures)


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n%%EOF", b"/ByteRange [0 1 2 3]", b"/ByteRange [0 5 9 1] <00>" * 99])
def test_file_that_is_no_signed_document_gets_an_answer(data: bytes, trust: Trust) -> None:
    assert not check_document(data, trust=trust).valid
