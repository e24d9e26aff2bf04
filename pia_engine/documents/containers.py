"""Signature containers as they lie in a file's bytes, found without interpreting the PDF, and read without leniency.

A signature covers every byte of its revision except its own container. So the container itself is held to one exact
spelling: upper-case hexadecimal, zeros as padding, and a structure that could not have been written another way. It
holds what was signed, the certificates that lead to the signer, and for a signature one time stamp; nothing else.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from asn1crypto import algos, cms, core, x509  # type: ignore[import-untyped]

MOST_SIGNATURES = 96
BYTE_RANGE = re.compile(rb"/ByteRange\s{0,4}\[\s{0,4}0\s{1,4}(\d{1,10})\s{1,4}(\d{1,10})\s{1,4}(\d{1,10})\s{0,64}\]")
SPELLING = re.compile(rb"<((?:[0-9A-F]{2})+)>")

SEQUENCE, SET, OCTETS, TAGGED_0, TAGGED_1 = 0x30, 0x31, 0x04, 0xA0, 0xA1
SHORT_LENGTH = 0x80
VERSION_1, VERSION_3, NULL = b"\x02\x01\x01", b"\x02\x01\x03", b"\x05\x00"
NOT_EXACT = (ValueError, TypeError, LookupError, AttributeError, OverflowError)


@dataclass(frozen=True, slots=True)
class Container:
    """One signature's container: it lies in `start:end`, and the signature covers `0:start` and `end:covers_to`."""

    start: int
    end: int
    covers_to: int
    signed_data: cms.SignedData | None

    def covered(self, data: bytes) -> bytes:
        """Return the bytes the signature covers."""
        return data[: self.start] + data[self.end : self.covers_to]

    @property
    def is_stamp(self) -> bool:
        """Say whether this is a time stamp over the document, not somebody's signature."""
        return self.signed_data is not None and is_statement_of_time(self.signed_data)


def find_containers(data: bytes) -> tuple[Container, ...]:
    """Return the signatures' containers, oldest first; one that is spelt or built wrongly has no signed data."""
    found = sorted(_ranges(data), key=lambda each: each[2])[:MOST_SIGNATURES]
    return tuple(Container(start, end, covers_to, read_exactly(data[start:end])) for start, end, covers_to in found)


def _ranges(data: bytes) -> Iterator[tuple[int, int, int]]:
    for match in BYTE_RANGE.finditer(data):
        start, end, rest = map(int, match.groups())
        if 0 < start < end:
            yield start, end, end + rest


def read_exactly(spelt: bytes) -> cms.SignedData | None:
    """Read a container, or return None unless it is spelt and built in the one accepted way."""
    match = SPELLING.fullmatch(spelt)
    if match is None:
        return None
    padded = bytes.fromhex(match[1].decode())
    try:
        info = cms.ContentInfo.load(padded)
        built = build_anew(info["content"], stamped=True)
    except NOT_EXACT:
        return None
    return info["content"] if padded == built.ljust(len(padded), b"\0") else None


def respell_token(token: cms.ContentInfo) -> cms.ContentInfo:
    """Write a time-stamp token of any authority in the one accepted way: without what its signature does not cover.

    ValueError when it cannot be written so.
    """
    try:
        return cms.ContentInfo.load(build_anew(token["content"], stamped=False))
    except NOT_EXACT as error:
        raise ValueError(str(error)) from error


def time_token(signed: cms.SignedData) -> cms.SignedData | None:
    """Return the time stamp beside a signature, if it has one."""
    (signer,) = signed["signer_infos"]
    attributes = signer["unsigned_attrs"]
    return None if isinstance(attributes, core.Void) else attributes[0]["values"][0]["content"]


def is_statement_of_time(signed: cms.SignedData) -> bool:
    """Say whether what is signed is a statement of time (RFC 3161)."""
    return bool(signed["encap_content_info"]["content_type"].native == "tst_info")


def build_anew(signed: cms.SignedData, *, stamped: bool) -> bytes:
    """Write a signature anew from the parts that signatures vouch for; everything else is fixed.

    Only with `stamped` a signature keeps the time stamp beside it; a time stamp has never anything beside it.
    """
    (signer,) = signed["signer_infos"]
    certificates = signer_chain(signed)
    is_time = is_statement_of_time(signed)
    digest = _tagged(SEQUENCE, signer["digest_algorithm"]["algorithm"].dump() + NULL)
    signer_info = _tagged(
        SEQUENCE,
        VERSION_1
        + _tagged(
            SEQUENCE,
            certificates[0].issuer.dump() + certificates[0]["tbs_certificate"]["serial_number"].dump(),
        )
        + digest
        + _tagged(TAGGED_0, _sorted(each.dump() for each in signer["signed_attrs"]))
        + _signature_algorithm(signer["signature_algorithm"])
        + _tagged(OCTETS, signer["signature"].native)
        + (b"" if is_time or not stamped else _time_stamp_beside(signer)),
    )
    signed_data = _tagged(
        SEQUENCE,
        (VERSION_3 if is_time else VERSION_1)
        + _tagged(SET, digest)
        + _content(signed["encap_content_info"])
        + _tagged(TAGGED_0, _sorted(each.dump() for each in certificates))
        + _tagged(SET, signer_info),
    )
    return _tagged(SEQUENCE, cms.ContentType("signed_data").dump() + _tagged(TAGGED_0, signed_data))


def signer_certificate(signed: cms.SignedData) -> x509.Certificate:
    """Return the certificate of the one signer."""
    (signer,) = signed["signer_infos"]
    serial = signer["sid"].chosen["serial_number"].native
    for each in signed["certificates"]:
        if each.chosen.serial_number == serial:
            return each.chosen
    raise ValueError(serial)


def signer_chain(signed: cms.SignedData) -> list[x509.Certificate]:
    """Return the certificates that lead from the one signer upwards, without a root that vouches for itself."""
    chain = [signer_certificate(signed)]
    others = [each.chosen for each in signed["certificates"] if each.chosen.self_signed == "no"]
    while above := [each for each in others if each.subject == chain[-1].issuer and each not in chain]:
        chain.append(min(above, key=lambda each: bytes(each.dump())))
    return chain


def _content(content: cms.EncapsulatedContentInfo) -> bytes:
    """The name of the content, and for a statement of time the statement itself."""
    if content["content_type"].native == "tst_info":
        statement = _tagged(OCTETS, bytes(content["content"]))
        return _tagged(SEQUENCE, cms.ContentType("tst_info").dump() + _tagged(TAGGED_0, statement))
    return _tagged(SEQUENCE, cms.ContentType("data").dump())


def _signature_algorithm(algorithm: algos.SignedDigestAlgorithm) -> bytes:
    """RSA states that it has no parameters, elliptic curves leave them out (RFC 8017, RFC 5754); no other is read."""
    kind = algorithm.signature_algo
    if kind not in ("ecdsa", "rsassa_pkcs1v15"):
        raise ValueError(kind)
    return _tagged(SEQUENCE, algorithm["algorithm"].dump() + (NULL if kind == "rsassa_pkcs1v15" else b""))


def _time_stamp_beside(signer: cms.SignerInfo) -> bytes:
    attributes = signer["unsigned_attrs"]
    if isinstance(attributes, core.Void):
        return b""
    (attribute,) = attributes
    (token,) = attribute["values"]
    if attribute["type"].native != "signature_time_stamp_token" or not is_statement_of_time(token["content"]):
        raise ValueError(attribute["type"].native)
    built = build_anew(token["content"], stamped=False)
    return _tagged(TAGGED_1, _tagged(SEQUENCE, attribute["type"].dump() + _tagged(SET, built)))


def _sorted(elements: Iterator[bytes]) -> bytes:
    """The elements of a set in the order that DER gives them."""
    return b"".join(sorted(elements))


def _tagged(tag: int, content: bytes) -> bytes:
    """Write one element in DER: tag, shortest possible length, content."""
    length = len(content)
    if length < SHORT_LENGTH:
        return bytes([tag, length]) + content
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, SHORT_LENGTH | len(octets)]) + octets + content
