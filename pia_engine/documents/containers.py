"""Signature containers as they lie in a file's bytes, found without interpreting the PDF, and read without leniency.

A signature covers every byte of its revision except its own container. So the container itself is held to one exact
spelling: upper-case hexadecimal, zeros as padding, and a structure that could not have been written another way.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from asn1crypto import cms, x509  # type: ignore[import-untyped]

MOST_SIGNATURES = 32
BYTE_RANGE = re.compile(rb"/ByteRange\s{0,4}\[\s{0,4}0\s{1,4}(\d{1,10})\s{1,4}(\d{1,10})\s{1,4}(\d{1,10})\s{0,64}\]")
SPELLING = re.compile(rb"<((?:[0-9A-F]{2})+)>")

SEQUENCE, SET, OCTETS, TAGGED_0 = 0x30, 0x31, 0x04, 0xA0
SHORT_LENGTH = 0x80
VERSION_1, NULL = b"\x02\x01\x01", b"\x05\x00"


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
        built = _built_anew(info["content"])
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError):
        return None
    return info["content"] if padded == built.ljust(len(padded), b"\0") else None


def _built_anew(signed: cms.SignedData) -> bytes:
    """Write the container anew from the parts that signatures vouch for; everything else is fixed."""
    (signer,) = signed["signer_infos"]
    certificate = signer_certificate(signed)
    digest = _tagged(SEQUENCE, signer["digest_algorithm"]["algorithm"].dump() + NULL)
    signer_info = _tagged(
        SEQUENCE,
        VERSION_1
        + _tagged(SEQUENCE, certificate.issuer.dump() + certificate["tbs_certificate"]["serial_number"].dump())
        + digest
        + _tagged(TAGGED_0, signer["signed_attrs"].contents)
        + _tagged(SEQUENCE, signer["signature_algorithm"]["algorithm"].dump())
        + _tagged(OCTETS, signer["signature"].native),
    )
    signed_data = _tagged(
        SEQUENCE,
        VERSION_1
        + _tagged(SET, digest)
        + _tagged(SEQUENCE, cms.ContentType("data").dump())
        + _tagged(TAGGED_0, b"".join(each.chosen.dump() for each in signed["certificates"]))
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


def _tagged(tag: int, content: bytes) -> bytes:
    """Write one element in DER: tag, shortest possible length, content."""
    length = len(content)
    if length < SHORT_LENGTH:
        return bytes([tag, length]) + content
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, SHORT_LENGTH | len(octets)]) + octets + content
