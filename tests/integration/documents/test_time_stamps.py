"""The city's own time-stamp authority, as OpenSSL sees it."""

from __future__ import annotations

import hashlib
import re
import subprocess
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import tsp  # type: ignore[import-untyped]
from pyhanko.sign.timestamps import TimeStamper

from pia_engine.documents.apart import run_apart
from pia_engine.documents.authority import Authority
from pia_engine.documents.checking import CUT_BACK, check_document
from pia_engine.documents.signatures import Approver, sign_document
from pia_engine.documents.time_stamps import (
    POLICY,
    StampersInTurn,
    is_smaller_signature,
    own_time_stamper,
    stamp_bytes,
)
from pia_engine.documents.trust import Outside, Purpose, read_trust
from tests.factories.signed_files import openssl

CHECKPOINT = b"aldermere.example/log\n7\nrZ0=\n"


def statement(answer: bytes) -> tsp.TSTInfo:
    token = tsp.TimeStampResp.load(answer)["time_stamp_token"]["content"]
    return token["encap_content_info"]["content"].parsed


def test_openssl_accepts_a_stamp_over_any_bytes(authority: Authority, signed_at: datetime, tmp_path: Path) -> None:
    (tmp_path / "checkpoint").write_bytes(CHECKPOINT)
    (tmp_path / "other").write_bytes(CHECKPOINT + b"\n")
    (tmp_path / "checkpoint.tsr").write_bytes(stamp_bytes(CHECKPOINT, authority, signed_at))
    issuing = authority.folder / "issuing.crt"
    command = ["ts", "-verify", "-in", tmp_path / "checkpoint.tsr", "-untrusted", issuing, "-data"]
    assert "Verification: OK" in openssl([*command, tmp_path / "checkpoint"], authority, signed_at).stdout
    assert "Verification: OK" not in openssl([*command, tmp_path / "other"], authority, signed_at).stdout


def test_openssl_accepts_the_answer_to_its_own_question(
    authority: Authority, signed_at: datetime, tmp_path: Path
) -> None:
    (tmp_path / "checkpoint").write_bytes(CHECKPOINT)
    question = tmp_path / "question.tsq"
    asking = ["openssl", "ts", "-query", "-data", tmp_path / "checkpoint", "-sha512", "-cert", "-out", question]
    subprocess.run(asking, check=True, capture_output=True)
    request = tsp.TimeStampReq.load(question.read_bytes())
    answer = run_apart(own_time_stamper(authority, signed_at).async_request_tsa_response(request)).dump()
    (tmp_path / "answer.tsr").write_bytes(answer)
    assert statement(answer)["nonce"].native == request["nonce"].native
    command = ["ts", "-verify", "-in", tmp_path / "answer.tsr", "-queryfile", question]
    assert "Verification: OK" in openssl(command, authority, signed_at).stdout


def test_stamp_states_what_it_was_asked(authority: Authority, signed_at: datetime) -> None:
    stated = statement(stamp_bytes(CHECKPOINT, authority, signed_at + timedelta(microseconds=900)))
    assert stated["policy"].native == POLICY
    assert stated["gen_time"].native == signed_at
    assert stated["message_imprint"]["hashed_message"].native == hashlib.sha256(CHECKPOINT).digest()
    assert stated["tsa"].native["common_name"] == "City of Aldermere Time stamps"


def test_same_bytes_at_the_same_instant_get_the_same_stamp_and_no_other_bytes_its_number(
    authority: Authority, signed_at: datetime
) -> None:
    assert len({stamp_bytes(CHECKPOINT, authority, signed_at) for _ in range(3)}) == 1
    others = [(b"other", signed_at), (CHECKPOINT, signed_at + timedelta(seconds=1)), (CHECKPOINT, signed_at)]
    assert len({statement(stamp_bytes(*(bytes_, authority, at)))["serial_number"].native for bytes_, at in others}) == 3


def test_of_two_equivalent_signatures_always_the_smaller_is_made(authority: Authority, signed_at: datetime) -> None:
    for second in range(12):
        answer = stamp_bytes(CHECKPOINT, authority, signed_at + timedelta(seconds=second))
        (signer,) = tsp.TimeStampResp.load(answer)["time_stamp_token"]["content"]["signer_infos"]
        assert is_smaller_signature(signer["signature"].native)


def test_stamps_certificate_may_do_nothing_else(authority: Authority) -> None:
    shown = subprocess.run(
        ["openssl", "x509", "-in", authority.folder / "tsa.crt", "-noout", "-purpose", "-ext", "extendedKeyUsage"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "X509v3 Extended Key Usage: critical\n    Time Stamping" in shown
    assert "Time Stamp signing : Yes" in shown
    assert "S/MIME signing : No" in shown


@pytest.mark.usefixtures("unchecked")
def test_outside_authority_stamps_every_signature_and_the_city_still_closes(
    brief: bytes, authority: Authority, stranger: Authority, approvers: list[Approver], signed_at: datetime
) -> None:
    outside = replace(authority, stampers=(own_time_stamper(stranger, signed_at),))
    signed = sign_document(
        brief, authority=outside, approvers=approvers, city_name="City", reference="PIA-1", now=signed_at
    )
    own = read_trust(authority.folder)
    assert not check_document(signed, trust=own).valid
    both = replace(own, outside={Purpose.TIME_STAMPS: Outside(read_trust(stranger.folder).roots)})
    check = check_document(signed, trust=both)
    assert check.valid
    assert [each.is_stamp for each in check.signatures] == [False, False, False, True, True]
    before = [match.end() for match in re.finditer(rb"%%EOF\s*", signed)][-2]
    assert check_document(signed[:before], trust=both).alterations == CUT_BACK


def test_next_authority_is_asked_when_one_does_not_answer(authority: Authority, signed_at: datetime) -> None:
    class Silent(TimeStamper):
        async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> Any:
            raise OSError("nobody there")

    digest = hashlib.sha256(CHECKPOINT).digest()
    asked = StampersInTurn([Silent(), own_time_stamper(authority, signed_at)])
    token = run_apart(asked.async_timestamp(digest, "sha256"))
    assert token["content"]["encap_content_info"]["content"].parsed["gen_time"].native == signed_at
    with pytest.raises(OSError, match="nobody there"):
        run_apart(StampersInTurn([Silent()]).async_timestamp(digest, "sha256"))
