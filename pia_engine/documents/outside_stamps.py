"""Time stamps (RFC 3161) from authorities outside the city: several addresses, asked in order until one answers well.

A request holds a hash and a random number, nothing about the document or a person. An answer counts only when its
stamp is over that hash, signed, and by an authority the city has adopted.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta

from asn1crypto import algos, cms, tsp  # type: ignore[import-untyped]
from cryptography import x509
from pyhanko.sign.general import CMSExtractionError, CMSStructuralError
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from pia_engine import clock
from pia_engine.documents.asking import NoAnswer, ask, host_of
from pia_engine.documents.outside_authorities import asn1_certificate, split_authorities
from pia_engine.errors import N_

LARGEST_STAMP = 256 * 1024
CLOCKS_APART = timedelta(minutes=4)  # a certificate for one act begins five minutes before it
QUESTION = "application/timestamp-query"
NOT_A_STAMP = (
    TimestampRequestError,
    SignatureValidationError,
    CMSExtractionError,
    CMSStructuralError,
    PathError,
    ValidationError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
)

log = logging.getLogger(__name__)


class OutsideStamper(TimeStamper):
    """Asks the addresses in order; the next one is asked when one does not answer, or not as it should."""

    def __init__(self, urls: Sequence[str], *, trusted: Sequence[x509.Certificate]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._urls = tuple(urls)
        self._trusted = tuple(trusted)

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        for url in self._urls:
            try:
                return await self._stamp(url, message_digest, md_algorithm)
            except NoAnswer as problem:
                log.warning("%s", problem)
            except NOT_A_STAMP as problem:
                log.warning("%s sent no usable time stamp (%s: %s)", host_of(url), type(problem).__name__, problem)
        raise NoAnswer(
            N_(
                "None of the outside time-stamp authorities (%(hosts)s) gave a usable stamp, so nothing was signed. "
                "It is tried again by itself; if this goes on, see PIA_TSA_URLS and “pia keys status”."
            ),
            hosts=", ".join(map(host_of, self._urls)),
        )

    async def _stamp(self, url: str, digest: bytes, algorithm: str) -> cms.ContentInfo:
        nonce, request = self.request_cms(digest, algorithm)  # type: ignore[no-untyped-call]
        question = request.dump()
        answer = await asyncio.to_thread(ask, url, question=question, kind=QUESTION, most_bytes=LARGEST_STAMP)
        response = tsp.TimeStampResp.load(answer, strict=True)
        if response["status"]["status"].native not in ("granted", "granted_with_mods"):
            raise ValueError("refused")
        token = response["time_stamp_token"]
        await self._check(token, digest, algorithm, nonce)
        return token

    async def _check(self, token: cms.ContentInfo, digest: bytes, algorithm: str, nonce: int) -> None:
        stamped = token["content"]["encap_content_info"]["content"].parsed
        imprint = tsp.MessageImprint(
            {"hash_algorithm": algos.DigestAlgorithm({"algorithm": algorithm}), "hashed_message": digest}
        )
        same_hash = stamped["message_imprint"]["hashed_message"].native == imprint["hashed_message"].native
        if not same_hash or stamped["nonce"].native != nonce:
            raise ValueError("not what was asked")
        if abs(stamped["gen_time"].native - clock.now()) > CLOCKS_APART:
            raise ValueError("its clock and the clock of this computer differ by minutes")
        roots, others = split_authorities(self._trusted)
        context = ValidationContext(
            trust_roots=[asn1_certificate(each) for each in roots],
            other_certs=[asn1_certificate(each) for each in others],
            allow_fetching=False,
        )
        status = await validate_tst_signed_data(token["content"], context, lambda _: digest)
        if not (status["intact"] and status["valid"] and status["trust_problem_indic"] is None):
            raise ValueError("not trusted")
