"""The city's seal, or its time stamp, beside a file. Inside a PDF they are `signatures`.

The seal is a detached CMS signature (RFC 5652) over the bytes, the time stamp an answer of its authority (RFC 3161).

Any program that knows CMS can check it, for example `openssl cms -verify -binary -inform DER -in manifest.json.p7s
-content manifest.json -CAfile root.crt -purpose any`. A time stamp beside the signature says when it was made. With a
key in the key folder, the same bytes sealed at the same instant give the same seal.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from asn1crypto import cms, tsp  # type: ignore[import-untyped]
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes

from pia_engine.documents.apart import run_apart
from pia_engine.documents.authority import Authority
from pia_engine.documents.containers import build_anew, time_token
from pia_engine.documents.proofs import NOT_A_SIGNATURE, is_compromised, prove_signature, prove_stamp
from pia_engine.documents.signers import seal_signer
from pia_engine.documents.time_stamps import own_time_stamper
from pia_engine.documents.trust import Trust

LARGEST_SEAL = 1024 * 1024


@dataclass(frozen=True, slots=True)
class SealCheck:
    """Whether the seal fits the bytes, whether it is this city's, and what it says of itself."""

    is_intact: bool
    is_trusted: bool
    organisation: str = ""
    sealed_at: dt.datetime | None = None


def seal_bytes(content: bytes, *, authority: Authority, at: dt.datetime) -> bytes:
    """The detached signature of the city's seal over `content`, time-stamped."""
    signing = seal_signer(authority).async_sign_general_data(
        content,
        "sha256",
        detached=True,
        signed_attr_settings=PdfCMSSignedAttributes(signing_time=at),
        timestamper=own_time_stamper(authority, at),
    )
    return bytes(run_apart(signing).dump())


def check_seal(content: bytes, seal: bytes, *, trust: Trust | None) -> SealCheck:
    """Hold a seal against the bytes it should be over, and against whom is trusted (None: nobody)."""
    if len(seal) > LARGEST_SEAL:
        return SealCheck(False, False)
    try:
        signed = cms.ContentInfo.load(seal, strict=True)["content"]
        if build_anew(signed, stamped=True) != seal:
            return SealCheck(False, False)
        proof = run_apart(prove_signature(signed, content, trust or Trust(())))
    except NOT_A_SIGNATURE:
        return SealCheck(False, False)
    return SealCheck(
        is_intact=proof.is_intact,
        is_trusted=proof.is_good and proof.is_seal,
        organisation=proof.organisation,
        sealed_at=_stated_time(signed) if proof.is_intact else None,
    )


def is_stamped_by_city(content: bytes, answer: bytes, *, trust: Trust) -> bool:
    """Say whether this is the answer of the city's own time-stamp authority (a .tsr file) over `content`."""
    if len(answer) > LARGEST_SEAL:
        return False
    try:
        token = tsp.TimeStampResp.load(answer, strict=True)["time_stamp_token"]["content"]
        proof = run_apart(prove_stamp(token, content, trust))
    except NOT_A_SIGNATURE:
        return False
    return proof.is_good and proof.is_city_stamp and not is_compromised(proof, trust)


def _stated_time(signed: cms.SignedData) -> dt.datetime | None:
    """What the time stamp says, whether or not it counts."""
    token = time_token(signed)
    return token["encap_content_info"]["content"].parsed["gen_time"].native if token is not None else None
