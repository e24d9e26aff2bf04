"""Authorities that a file brings along, in its signatures and in its store of evidence (DSS).

They are found in the bytes, before anything is read as a PDF, and are believed only when a trusted root vouches for
them. So a document stays checkable with certificates from before the city replaced its issuing authority.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from asn1crypto import x509 as asn1_x509  # type: ignore[import-untyped]
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509.oid import NameOID

from pia_engine.documents.containers import Container, signer_chain
from pia_engine.documents.outside_authorities import chain_above, is_authority
from pia_engine.documents.trust import Trust

MOST_STREAMS = 2000
"""A century of renewals adds fewer; whoever adds more only keeps their own file from being believed."""
HEADER = 4
_STREAM = re.compile(rb"stream\r?\n(?=\x30\x82)")
UNREADABLE = (ValueError, UnsupportedAlgorithm, x509.InvalidVersion, x509.DuplicateExtension)


def stored_certificates(pdf: bytes) -> tuple[x509.Certificate, ...]:
    """The certificates that lie in the file as streams of their own, which is how its store of evidence keeps them."""
    found: dict[bytes, x509.Certificate] = {}
    for match in islice(_STREAM.finditer(pdf), MOST_STREAMS):
        start = match.end()
        der = pdf[start : start + HEADER + int.from_bytes(pdf[start + 2 : start + HEADER])]
        if der not in found:
            with contextlib.suppress(*UNREADABLE):
                found[der] = x509.load_der_x509_certificate(der)
    return tuple(found.values())


def with_carried(trust: Trust, containers: Sequence[Container], stored: Sequence[x509.Certificate]) -> Trust:
    """Add the authorities that the file brings along: they are believed only when a root vouches for them.

    Of those in the store only the city's own are added, and only once the root's signature on them was checked, so that
    nobody can make a search for a way to the root long.
    """
    own = (*trust.roots, *trust.others)
    vouched = tuple(each for each in stored if each not in own and chain_above(each, own) and _is_authority(each))
    brought = {each.dump(): each for container in containers for each in _above_the_signer(container)}
    others = tuple(_read(list(brought.values())))
    outside = {purpose: replace(each, others=each.others + others) for purpose, each in trust.outside.items()}
    return replace(trust, others=(*trust.others, *vouched, *others), outside=outside)


def is_of_unknown_authority(
    certificate: asn1_x509.Certificate, told: Trust, stored: Sequence[x509.Certificate]
) -> bool:
    """Say whether it claims an authority of this city that neither the trusted certificates nor the file know by name.

    A stranger's authority comes under another city's name, or under a name that is known and does not vouch for it.
    """
    for each in _read([certificate]):
        with contextlib.suppress(*UNREADABLE):
            is_ours = any(_organisation(each.issuer) == _organisation(root.subject) for root in told.roots)
            known = {*_names((*told.roots, *told.others)), *_names(stored)}
            return is_ours and each.issuer not in known
    return False


def _above_the_signer(container: Container) -> list[asn1_x509.Certificate]:
    return signer_chain(container.signed_data)[1:] if container.signed_data is not None else []


def _read(certificates: Sequence[asn1_x509.Certificate]) -> Iterator[x509.Certificate]:
    for each in certificates:
        with contextlib.suppress(*UNREADABLE):
            yield x509.load_der_x509_certificate(each.dump())


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return is_authority(certificate)
    except UNREADABLE:
        return False


def _names(certificates: Sequence[x509.Certificate]) -> Iterator[x509.Name]:
    for each in certificates:
        with contextlib.suppress(*UNREADABLE):
            yield each.subject


def _organisation(name: x509.Name) -> list[str | bytes]:
    return [each.value for each in name.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)]
