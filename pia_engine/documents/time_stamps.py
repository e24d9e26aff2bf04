"""The city's own time-stamp authority (RFC 3161): it states that some bytes existed at a moment, and nothing else.

It is not offered to anybody: only this program asks it. So its stamp at the end of a document is the city's word that
the document ends there. The same bytes at the same instant give the same stamp.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence

from asn1crypto import cms, core, tsp, x509  # type: ignore[import-untyped]
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from pia_engine.documents.apart import run_apart
from pia_engine.documents.authority import Authority
from pia_engine.documents.certificates import Credential
from pia_engine.documents.containers import respell_token
from pia_engine.documents.signers import KeySigner, asn1_certificate, certificate_store
from pia_engine.errors import PiaError

POLICY = "2.25.48867598015383859917539281270583914092"  # a number of our own (ITU-T X.667), derived from our name
SERIAL_OCTETS = 16
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
ACCURACY = 1  # second


def own_time_stamper(authority: Authority, now: dt.datetime, *, closes: bool = False) -> OwnTimeStamper:
    """Return the city's time-stamp authority, to state that what it is shown existed at `now`.

    A stamp that closes a document comes without the certificate above its own, which its signature would not cover.
    """
    return OwnTimeStamper(authority, now, closes=closes)


def stamp_bytes(content: bytes, authority: Authority, at: dt.datetime) -> bytes:
    """Return the answer of the city's time-stamp authority over `content`: the bytes of a .tsr file.

    To check: openssl ts -verify -in FILE.tsr -data FILE -CAfile root.crt -untrusted issuing.crt
    """
    stamper = own_time_stamper(authority, at)
    _, request = stamper.request_cms(hashlib.sha256(content).digest(), "sha256")  # type: ignore[no-untyped-call]
    return bytes(run_apart(stamper.async_request_tsa_response(request)).dump())


class OwnTimeStamper(TimeStamper):
    """Answers each request with the one moment it was made for."""

    def __init__(self, authority: Authority, now: dt.datetime, *, closes: bool) -> None:
        super().__init__(include_nonce=False)  # type: ignore[no-untyped-call]  # nobody stands between us and ourselves
        above = SimpleCertificateStore() if closes else certificate_store(authority, authority.tsa.certificate)  # type: ignore[no-untyped-call]
        self._signer = _StampSigner(authority.tsa, above)
        self._now = now.astimezone(dt.UTC).replace(microsecond=0)

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Stamp what the request names."""
        statement = cms.EncapsulatedContentInfo(
            {"content_type": "tst_info", "content": cms.ParsableOctetString(self._statement(req).dump())}
        )
        token = await self._signer.async_sign(
            data_digest=hashlib.sha256(bytes(statement["content"])).digest(),
            digest_algorithm="sha256",
            use_pades=True,  # names the signing certificate in what is signed (RFC 5816), and no second time
            encap_content_info=statement,
        )
        return tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token})

    def _statement(self, request: tsp.TimeStampReq) -> tsp.TSTInfo:
        known = request["message_imprint"].dump() + self._now.isoformat().encode() + request["nonce"].dump()
        serial = int.from_bytes(hashlib.sha256(known).digest()[:SERIAL_OCTETS], "big")
        facts = {
            "version": "v1",
            "policy": POLICY,
            "message_imprint": request["message_imprint"],
            "serial_number": serial,
            "gen_time": self._now,
            "accuracy": {"seconds": ACCURACY},
            "tsa": x509.GeneralName(name="directory_name", value=self._signer.subject),
        }
        if not isinstance(request["nonce"], core.Void):
            facts["nonce"] = request["nonce"]
        return tsp.TSTInfo(facts)


class _StampSigner(KeySigner):
    """Signs with the authority's key, in the one of two equivalent spellings that readers accept at a file's end."""

    def __init__(self, credential: Credential, above: SimpleCertificateStore) -> None:
        super().__init__(credential, above)
        self.subject = asn1_certificate(credential.certificate).subject

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """Sign, and choose the smaller of the two numbers that verify alike."""
        return smaller_signature(await super().async_sign_raw(data, digest_algorithm, dry_run))


def smaller_signature(signature: bytes) -> bytes:
    """Of an ECDSA signature (r, s) and its twin (r, n - s), return the one with the smaller s."""
    r, s = decode_dss_signature(signature)
    return encode_dss_signature(r, min(s, P256_ORDER - s))


def is_smaller_signature(signature: bytes) -> bool:
    """Say whether this is the one of two equivalent signatures that the city's authority makes."""
    return decode_dss_signature(signature)[1] <= P256_ORDER // 2


class StampersInTurn(TimeStamper):
    """Asks outside authorities one after the other; the first that answers stamps, in the spelling readers accept."""

    def __init__(self, stampers: Sequence[TimeStamper]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._stampers = stampers

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """Return the first usable answer; when there is none, raise what the last one said."""
        failure: Exception = OSError("no time-stamp authority is named")
        for stamper in self._stampers:
            try:
                return respell_token(await stamper.async_timestamp(message_digest, md_algorithm))
            except (OSError, ValueError, PiaError) as error:
                failure = error
        raise failure
