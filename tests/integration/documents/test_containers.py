"""A container has one spelling: nothing that no signature covers can be changed in it, or hidden in it."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from asn1crypto import cms, core  # type: ignore[import-untyped]
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding

from pia_engine.documents import checking, containers
from pia_engine.documents.authority import Authority
from pia_engine.documents.checking import Trust, check_document, read_trust
from pia_engine.documents.containers import find_containers, read_exactly, respell_token
from pia_engine.documents.signers import asn1_certificate
from pia_engine.documents.time_stamps import P256_ORDER
from tests.factories.signed_files import content_of, flipped, with_content

IN_EACH = 14


@pytest.fixture(scope="module")
def trust(authority: Authority) -> Trust:
    return read_trust(authority.folder)


def test_flipped_bit_in_any_container_is_noticed(superseded: bytes, trust: Trust) -> None:
    """Seal, approvers, both closing stamps, and the words on the cover: each from its first byte to its padding."""
    chance = random.Random(2026)
    unnoticed = []
    for container in find_containers(superseded):
        used = len(content_of(superseded, container))
        content = bytes.fromhex(superseded[container.start + 1 : container.end - 1].decode())
        for offset in [*range(0, used, used // IN_EACH), used, len(content) - 1]:
            changed = with_content(superseded, container, flipped(content, offset, 1 << chance.randrange(8)))
            check = check_document(changed, trust=trust)
            if check.valid or check.alterations != checking.CHANGED:
                unnoticed.append((container.start, offset))
    assert unnoticed == []


def element(tag: int, content: bytes) -> bytes:
    return containers._tagged(tag, content)


def with_note(content: cms.ContentInfo, _: Authority) -> None:
    (signer,) = content["content"]["signer_infos"]
    signer["unsigned_attrs"] = cms.CMSAttributes(
        [{"type": "1.2.3.4", "values": cms.SetOfAny([core.Any(core.UTF8String("hidden"))])}]
    )


def with_another_certificate(content: cms.ContentInfo, authority: Authority) -> None:
    content["content"]["certificates"].append(
        cms.CertificateChoices("certificate", asn1_certificate(authority.issuing.certificate))
    )


def with_a_list(content: cms.ContentInfo, authority: Authority) -> None:
    lists = authority.revocation_lists(authority.root.certificate.not_valid_before_utc)
    written = lists[0].public_bytes(Encoding.DER)
    content["content"]["crls"] = cms.RevocationInfoChoices(
        [cms.RevocationInfoChoice("crl", cms.CertificateList.load(written))]
    )


def with_the_twin_signature(content: cms.ContentInfo, _: Authority) -> None:
    (signer,) = content["content"]["signer_infos"]
    r, s = decode_dss_signature(signer["signature"].native)
    signer["signature"] = encode_dss_signature(r, P256_ORDER - s)


def with_another_version(content: cms.ContentInfo, _: Authority) -> None:
    content["content"]["version"] = "v4"


HIDING = [
    with_note,
    with_another_certificate,
    with_a_list,
    with_the_twin_signature,
    with_another_version,
]


@pytest.mark.parametrize("hide", HIDING)
def test_closing_stamp_can_be_written_in_no_other_way(
    signed: bytes, trust: Trust, authority: Authority, hide: Callable[[cms.ContentInfo, Authority], None]
) -> None:
    last = find_containers(signed)[-1]
    content = cms.ContentInfo.load(content_of(signed, last))
    hide(content, authority)
    changed = with_content(signed, last, content.dump(force=True))
    assert changed != signed
    assert not check_document(changed, trust=trust).valid


def spelt(content: bytes) -> bytes:
    return b"<" + content.hex().upper().encode() + b"00>"


@pytest.mark.parametrize("beside", ["nothing", "twice", "two values", "another attribute", "noted"])
def test_signature_has_one_time_stamp_beside_it_and_nothing_else(
    signed: bytes, authority: Authority, monkeypatch: pytest.MonkeyPatch, beside: str
) -> None:
    content = cms.ContentInfo.load(content_of(signed, find_containers(signed)[0]))
    (signer,) = content["content"]["signer_infos"]
    (attribute,) = signer["unsigned_attrs"]
    noted = cms.ContentInfo.load(attribute["values"][0].dump())
    with_note(noted, authority)
    name, token = attribute["type"].dump(), attribute["values"][0].dump()
    forged = {
        "nothing": b"",
        "twice": 2 * attribute.dump(),
        "two values": element(0x30, name + element(0x31, token + token)),
        "another attribute": element(0x30, cms.CMSAttributeType("1.2.3.4").dump() + element(0x31, token)),
        "noted": element(0x30, name + element(0x31, noted.dump(force=True))),
    }
    with monkeypatch.context() as patched:
        patched.setattr(containers, "_time_stamp_beside", lambda _: element(0xA1, forged[beside]))
        written = spelt(containers.build_anew(content["content"], stamped=True))
    assert read_exactly(spelt(content.dump())) is not None
    assert read_exactly(written) is None


def test_stamp_of_an_outside_authority_loses_what_its_signature_does_not_cover(
    signed: bytes, authority: Authority
) -> None:
    exact = cms.ContentInfo.load(content_of(signed, find_containers(signed)[-1]))
    loose = exact.copy()
    for hide in (with_note, with_a_list):
        hide(loose, authority)
    loose = cms.ContentInfo.load(loose.dump(force=True))
    assert loose.dump() != exact.dump()
    assert respell_token(loose).dump() == exact.dump()


def test_what_is_no_stamp_cannot_be_respelt() -> None:
    with pytest.raises(ValueError, match=r"\w"):
        respell_token(cms.ContentInfo({"content_type": "data", "content": b"nothing"}))
