"""What a document carries so that its signatures can be checked decades later: certificates and revocation lists.

They go into the file's store for that (DSS, ISO 32000-2, 12.8.4.3) just before the closing stamp. The lists are of that
moment, so they were issued after every signature they are to vouch for.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import crl as asn1_crl  # type: ignore[import-untyped]
from asn1crypto import ocsp as asn1_ocsp
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.validation.dss import DocumentSecurityStore

from pia_engine.documents.authority import Authority
from pia_engine.documents.containers import Container, find_containers, signer_certificate, time_token
from pia_engine.documents.outside_authorities import asn1_certificate, chain_above
from pia_engine.documents.outside_evidence import Evidence as OutsideEvidence
from pia_engine.documents.outside_evidence import outside_evidence
from pia_engine.documents.trust import Purpose, Trust, is_list_by, read_trust
from pia_engine.errors import PiaError


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that one closing adds."""

    certificates: tuple[x509.Certificate, ...]
    lists: tuple[asn1_crl.CertificateList, ...]
    answers: tuple[asn1_ocsp.OCSPResponse, ...] = ()

    def write(self, writer: IncrementalPdfFileWriter) -> None:
        """Put it into the file, beside what is there already."""
        DocumentSecurityStore.supply_dss_in_writer(
            writer,
            None,
            certs=map(asn1_certificate, self.certificates),
            crls=self.lists,
            ocsps=self.answers,
        )


def gather_evidence(pdf: bytes, *, authority: Authority, now: datetime) -> Evidence:
    """Sign the city's own lists anew, and ask about the certificates of others that signed or stamped."""
    trust = read_trust(authority.folder)
    moment = now.replace(microsecond=0)
    own = [*map(_asn1_list, (*authority.revocation_lists(moment), *_lists_of_earlier(trust, authority)))]
    outside = tuple(_outside_authorities(trust))
    fresh, closed = _strangers(pdf, (*trust.roots, *trust.others))
    certificates = [*authority.chain, *trust.others, authority.tsa.certificate]
    answered = [outside_evidence(fresh, authorities=outside, since=moment), *_newer(closed, outside, moment)]
    certificates += [above for each in (*fresh, *closed) for above in chain_above(each, outside)]
    return Evidence(
        tuple(dict.fromkeys(certificates)),
        (*own, *(each for answer in answered for each in answer.crls)),
        tuple(each for answer in answered for each in answer.ocsps),
    )


def _newer(
    closed: Sequence[x509.Certificate], outside: Sequence[x509.Certificate], moment: datetime
) -> Iterator[OutsideEvidence]:
    """What is said today of who signed before the last closing: welcome, but the file holds enough without it.

    Decades later those authorities may be gone, or have revoked what counted then; neither may stop a renewal.
    """
    for each in closed:
        with contextlib.suppress(PiaError):
            yield outside_evidence([each], authorities=outside, since=moment)


def _outside_authorities(trust: Trust) -> Iterator[x509.Certificate]:
    for purpose in Purpose:
        if purpose in trust.outside:
            yield from (*trust.outside[purpose].roots, *trust.outside[purpose].others)


def _strangers(pdf: bytes, own: Sequence[x509.Certificate]) -> tuple[list[x509.Certificate], list[x509.Certificate]]:
    """Certificates of others that signed or stamped since the file was last closed by the city, and before that."""
    fresh: list[x509.Certificate] = []
    closed: list[x509.Certificate] = []
    for container in find_containers(pdf):
        signers = list(_signers(container))
        if container.is_stamp and all(chain_above(each, own) for each in signers):
            closed, fresh = closed + fresh, []
        fresh += [each for each in signers if not chain_above(each, own)]
    return fresh, closed


def _signers(container: Container) -> Iterator[x509.Certificate]:
    """Whoever made a signature or stamp, and whoever stamped the time beside it."""
    if container.signed_data is not None:
        token = None if container.is_stamp else time_token(container.signed_data)
        for signed in (container.signed_data, token):
            if signed is not None:
                yield x509.load_der_x509_certificate(signer_certificate(signed).dump())


def _lists_of_earlier(trust: Trust, authority: Authority) -> Iterator[x509.CertificateRevocationList]:
    """The last lists of issuing authorities that were replaced; those still in office have just signed new ones."""
    replaced = [each for each in trust.others if each not in authority.chain]
    for revoked in trust.lists:
        if any(is_list_by(revoked, each) for each in replaced):
            yield revoked


def _asn1_list(revoked: x509.CertificateRevocationList) -> asn1_crl.CertificateList:
    return asn1_crl.CertificateList.load(revoked.public_bytes(serialization.Encoding.DER))
