"""Whose signatures count, and for what: read from a folder of certificates, the key folder or one the city hands out.

`root.crt` is the city's root, the other `*.crt` are its authorities below, `*.crl` their revocation lists. Authorities
outside the city count only for what their folder says: `approvers/` for people, `time-stamps/` for time stamps that are
not the closing one, `seals/` for the very seal whose own certificate lies there, too.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding

from pia_engine.documents.authority import ROOT
from pia_engine.documents.outside_authorities import is_authority, split_authorities
from pia_engine.errors import N_, PiaError

Found = TypeVar("Found")
NO_ROOT = N_("There is no root certificate to trust. Get the city's root certificate (root.crt) first.")
OTHER_ROOT = N_(
    "A certificate in the trust folder vouches for itself, but is not the one of root.crt. A city has one root: take "
    "the other one out, and get the folder again from the city if you did not put it there."
)


class Purpose(StrEnum):
    """What an authority outside the city is trusted for; also the name of its folder."""

    APPROVERS = "approvers"
    TIME_STAMPS = "time-stamps"
    SEALS = "seals"


@dataclass(frozen=True, slots=True)
class Outside:
    """Authorities outside the city; `named` are the certificates that count by themselves, not for their issuer."""

    roots: tuple[x509.Certificate, ...] = ()
    others: tuple[x509.Certificate, ...] = ()
    named: tuple[x509.Certificate, ...] = ()


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose signatures count: root certificates, the authorities below them, lists of what was revoked."""

    roots: tuple[x509.Certificate, ...]
    others: tuple[x509.Certificate, ...] = ()
    lists: tuple[x509.CertificateRevocationList, ...] = ()
    outside: Mapping[Purpose, Outside] = field(default_factory=dict)


def read_trust(folder: Path) -> Trust:
    """Read a trust folder. Its root is the certificate in `root.crt`; whatever else claims to be one is refused."""
    found = {purpose: _certificates(folder / purpose) for purpose in Purpose}
    lists = [list_of(path) for place in (folder, *(folder / each for each in Purpose)) for path in _files(place, "crl")]
    trust = _trust(_certificates(folder), lists, found)
    _check_root(folder / f"{ROOT}.crt", trust)
    return trust


def trust_in(certificates: Sequence[x509.Certificate]) -> Trust:
    """Sort certificates into roots and the authorities below them; at least one root is needed."""
    return _trust(certificates, (), {})


def trust_to_text(trust: Trust) -> str:
    """Write all of it as one text, for a process that has no files."""
    outside = {
        purpose: _texts((*each.roots, *each.others, *each.named)) for purpose, each in sorted(trust.outside.items())
    }
    return json.dumps({"": _texts((*trust.roots, *trust.others)), "lists": _texts(trust.lists), **outside})


def trust_from_text(text: str) -> Trust:
    """Read what `trust_to_text` wrote."""
    said = {name: [base64.b64decode(each) for each in each_of] for name, each_of in json.loads(text).items()}
    certificates = {name: [*map(x509.load_der_x509_certificate, said[name])] for name in said if name != "lists"}
    own = certificates.pop("")
    return _trust(
        own,
        [*map(x509.load_der_x509_crl, said["lists"])],
        {Purpose(name): found for name, found in certificates.items()},
    )


def certificates_of(path: Path) -> list[x509.Certificate]:
    """The certificates in a file, and nothing else that may lie in it."""
    return _read(path, _certificates_in)


def list_of(path: Path) -> x509.CertificateRevocationList:
    """The revocation list in a file."""
    return _read(path, _list_in)


def is_list_by(revoked: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    """Say whether this authority signed the list."""
    try:
        return revoked.issuer == issuer.subject and revoked.is_signature_valid(issuer.public_key())  # type: ignore[arg-type]
    except (TypeError, ValueError, UnsupportedAlgorithm):
        return False


def _trust(
    certificates: Sequence[x509.Certificate],
    lists: Sequence[x509.CertificateRevocationList],
    outside: Mapping[Purpose, Sequence[x509.Certificate]],
) -> Trust:
    roots, others = split_authorities(certificates)
    if not roots:
        raise PiaError(NO_ROOT)
    sorted_out = {
        purpose: Outside(*split_authorities(found), tuple(each for each in found if not is_authority(each)))
        for purpose, found in outside.items()
        if found
    }
    return Trust(roots, others, tuple(lists), sorted_out)


def _check_root(path: Path, trust: Trust) -> None:
    if not path.is_file():
        raise PiaError(NO_ROOT)
    if set(trust.roots) != {certificates_of(path)[0]}:
        raise PiaError(OTHER_ROOT)


def _texts(parts: Iterable[x509.Certificate | x509.CertificateRevocationList]) -> list[str]:
    return [base64.b64encode(each.public_bytes(Encoding.DER)).decode() for each in parts]


def _files(folder: Path, kind: str) -> Iterator[Path]:
    return iter(sorted(each for each in folder.glob(f"*.{kind}") if not each.name.startswith(".")))


def _certificates(folder: Path) -> list[x509.Certificate]:
    return [each for path in _files(folder, "crt") for each in certificates_of(path)]


def _certificates_in(content: bytes) -> list[x509.Certificate]:
    is_text = content.startswith(b"-----BEGIN")
    return x509.load_pem_x509_certificates(content) if is_text else [x509.load_der_x509_certificate(content)]


def _list_in(content: bytes) -> x509.CertificateRevocationList:
    is_text = content.startswith(b"-----BEGIN")
    return x509.load_pem_x509_crl(content) if is_text else x509.load_der_x509_crl(content)


def _read(path: Path, read: Callable[[bytes], Found]) -> Found:
    try:
        return read(path.read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise PiaError(
            N_("A certificate or a list in the trust folder cannot be read. Get the folder again from the city.")
        ) from error
