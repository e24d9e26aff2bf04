"""Whatever is done to a signed file after the last signature, the check notices."""

import random
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from pia_engine.documents import checking
from pia_engine.documents.authority import Authority
from pia_engine.documents.checking import Trust, check_document, read_trust
from pia_engine.documents.containers import Container, find_containers
from pia_engine.documents.increments import Act
from pia_engine.documents.time_stamps import own_time_stamper
from pia_engine.documents.trust import Outside, Purpose
from tests.factories.signed_files import CHANGES, flipped, stamped

SPREAD, INSIDE_CONTAINER = 60, 60


def updated(pdf: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    writer, output = IncrementalPdfFileWriter(BytesIO(pdf)), BytesIO()
    change(writer)
    writer.write(output)
    return output.getvalue()


def end_of_revisions(pdf: bytes) -> list[int]:
    return [match.end() for match in re.finditer(rb"%%EOF\s*", pdf)]


@pytest.fixture(scope="module")
def trust(authority: Authority) -> Trust:
    return read_trust(authority.folder)


@pytest.fixture(scope="module")
def last(signed: bytes) -> Container:
    return find_containers(signed)[-1]


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


def test_every_earlier_state_but_a_closed_one_is_noticed(renewed: bytes, trust: Trust) -> None:
    """Seal, two approvers, closing; standing, closing; closing again: what was published once stays genuine."""
    *earlier, last = end_of_revisions(renewed)
    seen = [check_document(renewed[:end], trust=trust) for end in earlier]
    assert last == len(renewed)
    assert [each.valid for each in seen] == [False, False, False, False, True, False, True]
    assert [each.alterations for each in seen] == [
        checking.NO_SIGNATURE,
        checking.CUT_BACK,
        checking.CUT_BACK,
        checking.CUT_BACK,
        None,
        checking.CUT_BACK,
        None,
    ]


def test_missing_end_is_noticed(signed: bytes, trust: Trust) -> None:
    check = check_document(signed[:-1], trust=trust)
    assert (check.valid, check.alterations) == (False, checking.CUT_OFF)


@pytest.mark.parametrize("change", CHANGES)
def test_update_appended_to_the_file_is_noticed(
    signed: bytes, trust: Trust, change: Callable[[IncrementalPdfFileWriter], None]
) -> None:
    check = check_document(updated(signed, change), trust=trust)
    assert (check.valid, check.alterations) == (False, checking.ADDED)
    assert all(each.intact for each in check.signatures)


@pytest.mark.parametrize("change", CHANGES)
def test_update_with_the_time_stamp_of_somebody_else_is_noticed(
    signed: bytes, trust: Trust, stranger: Authority, signed_at: datetime, change: Callable[..., None]
) -> None:
    """A public time-stamp authority stamps anybody's bytes, even when the city trusts its time."""
    trusting = replace(trust, outside={Purpose.TIME_STAMPS: Outside(read_trust(stranger.folder).roots)})
    forged = stamped(updated(signed, change), own_time_stamper(stranger, signed_at + timedelta(days=1)))
    for believed in (trust, trusting):
        check = check_document(forged, trust=believed)
        assert (check.valid, check.alterations) == (False, checking.ADDED)
        assert all(each.intact for each in check.signatures)
    assert check.signatures[-1].trusted


@pytest.mark.parametrize("change", CHANGES)
def test_update_signed_by_somebody_else_is_noticed(
    signed: bytes, trust: Trust, stranger: Authority, signed_at: datetime, change: Callable[..., None]
) -> None:
    forged = Act(stranger, "City of Aldermere", signed_at).close(updated(signed, change))
    check = check_document(forged, trust=trust)
    assert (check.valid, check.alterations) == (False, checking.ADDED)


def test_document_closed_by_somebody_else_in_place_of_the_city_is_noticed(
    signed: bytes, trust: Trust, stranger: Authority, signed_at: datetime
) -> None:
    before = end_of_revisions(signed)[-2]
    check = check_document(Act(stranger, "City", signed_at).close(signed[:before]), trust=trust)
    assert (check.valid, check.alterations) == (False, checking.ADDED)


def test_file_written_anew_by_another_program_is_noticed(signed: bytes, trust: Trust, tmp_path: Path) -> None:
    (tmp_path / "signed.pdf").write_bytes(signed)
    subprocess.run(["qpdf", tmp_path / "signed.pdf", tmp_path / "anew.pdf"], check=True)
    check = check_document((tmp_path / "anew.pdf").read_bytes(), trust=trust)
    assert not check.valid
    assert check.alterations in (checking.CHANGED, checking.CUT_OFF, checking.NO_SIGNATURE)


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n%%EOF", b"/ByteRange [0 1 2 3]", b"/ByteRange [0 5 9 1] <00>" * 99])
def test_file_that_is_no_signed_document_gets_an_answer(data: bytes, trust: Trust) -> None:
    assert not check_document(data, trust=trust).valid
