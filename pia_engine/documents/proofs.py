"""What one signature container proves: that it fits the bytes, who made it, and when. `checking` judges the whole file.

The time of a signature is the one stamped beside it, never what the signer said. A certificate counts when it was in
force and not revoked at that time.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from asn1crypto import cms  # type: ignore[import-untyped]
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from pyhanko.sign.general import CMSExtractionError, CMSStructuralError
from pyhanko.sign.validation import async_validate_cms_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.status import SignatureStatus, TimestampSignatureStatus
from pyhanko_certvalidator import ValidationContext

from pia_engine.documents.carried import is_of_unknown_authority, stored_certificates, with_carried
from pia_engine.documents.certificates import SEAL_NAME
from pia_engine.documents.containers import Container, signer_certificate, signer_chain, time_token
from pia_engine.documents.outside_authorities import asn1_certificate
from pia_engine.documents.time_stamps import is_smaller_signature
from pia_engine.documents.trust import Outside, Purpose, Trust, is_list_by
from pia_engine.errors import N_

# A forged file is the subject here, not an error of the program: no tracebacks on the console for it.
logging.getLogger("pyhanko.sign.validation").setLevel(logging.CRITICAL)

# What reading a garbled certificate or signature may raise, besides the errors meant for it.
NOT_A_SIGNATURE = (
    SignatureValidationError,
    CMSExtractionError,
    CMSStructuralError,
    UnsupportedAlgorithm,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    OverflowError,
    NotImplementedError,
)
DIGESTS = ("sha256", "sha384", "sha512")


class Problem:
    """Why a signature does not count: sentences for translation."""

    BROKEN = N_("the signature does not match the file")
    UNTRUSTED = N_("the certificate was not issued by this city")
    UNKNOWN = N_("the certificates used here do not know the authority that issued its certificate")
    WRONG_TIME = N_("the time of signing lies outside the time the certificate was valid for")
    NO_TIME = N_("no time stamp that counts says when it was made")
    REVOKED = N_("the certificate had been revoked before")
    COMPROMISED = N_("the key of this time stamp is known to others, so a newer copy of the document is needed")


@dataclass(frozen=True, slots=True)
class Proof:
    """What is known of one container. `at` is the trusted time; None as long as nothing vouches for it."""

    certificate: asn1_x509.Certificate | None = None
    is_intact: bool = False
    is_trusted: bool = False
    is_outside: bool = False
    is_seal: bool = False
    is_city_stamp: bool = False
    at: datetime | None = None
    stamped_by: str = ""
    problem: str | None = Problem.BROKEN
    path: tuple[asn1_x509.Certificate, ...] = ()

    @property
    def is_good(self) -> bool:
        """Say whether the signature fits and counts."""
        return self.problem is None

    @property
    def name(self) -> str:
        return self._said("common_name")

    @property
    def role(self) -> str:
        return self._said("title")

    @property
    def organisation(self) -> str:
        return self._said("organization_name")

    def _said(self, what: str) -> str:
        said = self.certificate.subject.native.get(what) if self.certificate is not None else None
        return said if isinstance(said, str) else ""


async def prove(pdf: bytes, containers: Sequence[Container], trust: Trust) -> list[Proof]:
    """Hold every container against the bytes it covers and against whom is trusted."""
    stored = stored_certificates(pdf)
    told = with_carried(trust, containers, stored)
    proofs = [await _prove_one(pdf, container, told) for container in containers]
    last = proofs[-1]
    if last.is_city_stamp and is_compromised(last, trust):
        proofs[-1] = replace(last, is_trusted=False, problem=Problem.COMPROMISED)
    is_untrusted = containers[-1].is_stamp and last.problem == Problem.UNTRUSTED
    if is_untrusted and last.certificate and is_of_unknown_authority(last.certificate, told, stored):
        proofs[-1] = replace(last, problem=Problem.UNKNOWN)
    return proofs


def is_closing_stamp(container: Container, proof: Proof) -> bool:
    """Say whether this is the city's own stamp in its one spelling; one whose key leaked is one, but has a problem."""
    if not proof.is_city_stamp or container.signed_data is None:
        return False
    (signer,) = container.signed_data["signer_infos"]
    alone = len(container.signed_data["certificates"]) == 1
    return alone and is_smaller_signature(signer["signature"].native)


async def _prove_one(pdf: bytes, container: Container, trust: Trust) -> Proof:
    if container.signed_data is None or container.covers_to > len(pdf):
        return Proof()
    try:
        covered = container.covered(pdf)
        if container.is_stamp:
            return await prove_stamp(container.signed_data, covered, trust)
        return await prove_signature(container.signed_data, covered, trust)
    except NOT_A_SIGNATURE:
        return Proof()


async def prove_stamp(signed: cms.SignedData, stamped: bytes, trust: Trust) -> Proof:
    """Say whose time stamp this is and what time it states of `stamped`."""
    statement = signed["encap_content_info"]["content"].parsed
    at = statement["gen_time"].native
    imprint = statement["message_imprint"]
    fits = _digest(imprint["hash_algorithm"]["algorithm"].native, stamped) == imprint["hashed_message"].native
    proof = Proof(signer_certificate(signed), at=at)
    outside = trust.outside.get(Purpose.TIME_STAMPS, Outside())
    for authorities in (trust, outside):
        status = await async_validate_cms_signature(
            signed,
            status_cls=TimestampSignatureStatus,
            validation_context=_context(authorities, at),
            status_kwargs={"timestamp": at},
        )
        found = _judged(proof, signed, status, trust, fits=fits, at=at)
        if found.problem != Problem.UNTRUSTED:
            break
    is_city_stamp = found.is_trusted and authorities is trust
    return replace(found, is_outside=not is_city_stamp, is_city_stamp=is_city_stamp, stamped_by=found.name)


async def prove_signature(signed: cms.SignedData, covered: bytes, trust: Trust) -> Proof:
    """Say who signed `covered`, and when by the time stamp beside the signature."""
    (signer,) = signed["signer_infos"]
    certificate = signer_certificate(signed)
    token = time_token(signed)
    stamp = await prove_stamp(token, signer["signature"].native, trust) if token is not None else Proof()
    at = stamp.at if stamp.is_good else None
    proof = replace(Proof(certificate), at=at, stamped_by=stamp.name if stamp.is_good else "")
    if token is not None and not stamp.is_intact:
        return proof
    digest = _digest(signer["digest_algorithm"]["algorithm"].native, covered)
    for purpose in (None, Purpose.APPROVERS, Purpose.SEALS):
        authorities = trust if purpose is None else trust.outside.get(purpose, Outside())
        status = await async_validate_cms_signature(
            signed,
            status_cls=SignatureStatus,
            raw_digest=digest,
            validation_context=_context(authorities, at or certificate.not_valid_before),
        )
        found = _judged(proof, signed, status, trust, fits=True, at=at)
        if purpose is Purpose.SEALS and found.is_trusted and not _is_named(certificate, trust):
            found = replace(found, is_trusted=False, problem=Problem.UNTRUSTED)
        if found.problem != Problem.UNTRUSTED:
            break
    is_seal = purpose is Purpose.SEALS if purpose is not None else _is_named_as_seal(certificate)
    return replace(found, is_outside=purpose is not None, is_seal=is_seal and found.is_trusted)


def _judged(
    proof: Proof, signed: cms.SignedData, status: SignatureStatus, trust: Trust, *, fits: bool, at: datetime | None
) -> Proof:
    if not (fits and status.intact and status.valid):
        return proof
    path = _path(status)
    known = {each.dump() for each in path}
    issued = status.trusted and all(each.dump() in known for each in signer_chain(signed))
    problem = None
    if not issued:
        problem = Problem.UNTRUSTED if at is None or _is_in_force(status.signing_cert, at) else Problem.WRONG_TIME
    elif at is None:
        problem = Problem.NO_TIME
    elif any(when <= at for when, _ in _revocations(path, trust)):
        problem = Problem.REVOKED
    counts = issued and problem is not Problem.REVOKED
    return replace(proof, is_intact=True, is_trusted=counts, problem=problem, path=tuple(path))


def _is_in_force(certificate: asn1_x509.Certificate, at: datetime) -> bool:
    return bool(certificate.not_valid_before <= at <= certificate.not_valid_after)


def _path(status: SignatureStatus) -> list[asn1_x509.Certificate]:
    """The certificates from the root down to the signer."""
    if status.validation_path is None:
        return []
    return list(status.validation_path.iter_certs(include_root=True))


def _context(authorities: Trust | Outside, moment: datetime) -> ValidationContext:
    return ValidationContext(
        trust_roots=[asn1_certificate(each) for each in authorities.roots],
        other_certs=[asn1_certificate(each) for each in authorities.others],
        allow_fetching=False,
        moment=moment,
    )


def _is_named_as_seal(certificate: asn1_x509.Certificate) -> bool:
    """A person's certificate names a role, whatever the person is called."""
    named = certificate.subject.native
    return "title" not in named and str(named.get("common_name")).endswith(SEAL_NAME)


def _is_named(certificate: asn1_x509.Certificate, trust: Trust) -> bool:
    return certificate.dump() in {asn1_certificate(each).dump() for each in trust.outside[Purpose.SEALS].named}


def is_compromised(proof: Proof, trust: Trust) -> bool:
    """Say whether somebody else may hold the key: then the time it states proves nothing any more."""
    harmless = (x509.ReasonFlags.superseded, x509.ReasonFlags.cessation_of_operation)
    return any(reason not in harmless for _, reason in _revocations(proof.path, trust))


def _revocations(path: Sequence[asn1_x509.Certificate], trust: Trust) -> list[tuple[datetime, x509.ReasonFlags | None]]:
    """When and why certificates of a path were revoked, by the lists of those who issued them."""
    issuers = {each.subject.dump(): x509.load_der_x509_certificate(each.dump()) for each in path}
    found = []
    for each in path:
        for revoked in trust.lists if each.issuer.dump() in issuers else ():
            line = revoked.get_revoked_certificate_by_serial_number(each.serial_number)
            if line is not None and is_list_by(revoked, issuers[each.issuer.dump()]):
                found.append((line.revocation_date_utc, _reason(line)))
    return found


def _reason(line: x509.RevokedCertificate) -> x509.ReasonFlags | None:
    try:
        return line.extensions.get_extension_for_class(x509.CRLReason).value.reason
    except x509.ExtensionNotFound:
        return None


def _digest(algorithm: str, content: bytes) -> bytes:
    if algorithm not in DIGESTS:
        raise ValueError(algorithm)
    return hashlib.new(algorithm, content).digest()
