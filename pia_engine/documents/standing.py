"""What becomes of a published document: the city signs the Standing place on its cover, and renews what makes it last.

The published file stays as it is and valid. Both steps give a new copy that begins with the very same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO

from asn1crypto import crl as asn1_crl  # type: ignore[import-untyped]
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import ValidationInfoReadingError
from pyhanko.stamp import BaseStamp, BaseStampStyle

from pia_engine.documents.authority import Authority
from pia_engine.documents.checking import require_genuine
from pia_engine.documents.containers import find_containers, time_token
from pia_engine.documents.glyphs import require_printable
from pia_engine.documents.increments import Act
from pia_engine.documents.rendering import locale_for, press_page
from pia_engine.documents.report import STANDING_FIELD
from pia_engine.documents.signers import seal_signer
from pia_engine.errors import N_, PiaError
from pia_engine.templating import document_environment

RENEW_BEFORE = timedelta(days=60)
SIZES = ("words", "long", "longest")
MARKS = re.compile(rb"/\w+\s*<<[^<>]*>>\s*BDC|\bEMC\b")  # tags of the little page, which mean nothing on the cover


def sign_standing(
    pdf: bytes, *, authority: Authority, words: str, reference: str, city_name: str, now: datetime
) -> bytes:
    """Write `words` into the empty Standing place, sign them with the city's seal, and close the file again."""
    words = " ".join(words.split())
    require_printable([(STANDING_FIELD, words)])
    look = _Written(page=_set_in_type(words, reference=reference, language=_language(pdf), now=now))
    act = Act(authority, city_name, now)
    signed = act.sign(pdf, STANDING_FIELD, seal_signer(authority), reason=f"{reference}: {words}", look=look)
    return require_genuine(act.close(signed), trust=authority.folder)


def renew_document(pdf: bytes, *, authority: Authority, now: datetime) -> bytes:
    """Add fresh revocation lists and a new closing stamp, so that the file can be checked for another year."""
    _reader(pdf)
    return require_genuine(Act(authority, "", now).close(pdf), trust=authority.folder)


def renewal_due(pdf: bytes) -> datetime:
    """Say when the file should be renewed: well before the newest list of any authority in it goes out of date.

    Authorities outside the city make lists that live for days. One issued after the signatures has said all it can say;
    one issued before is to be followed by the next, so the file is renewed when it runs out.
    """
    newest: dict[bytes, tuple[datetime, datetime]] = {}
    for issuer, issued, until in _lists(pdf):
        newest[issuer] = max((issued, until), newest.get(issuer, (issued, until)))
    if not newest:
        raise PiaError(N_("The document carries nothing that could be renewed: it was not signed by this program."))
    signed_at = _first_stamped(pdf)
    long = [until - RENEW_BEFORE for issued, until in newest.values() if until - issued > 2 * RENEW_BEFORE]
    old = [until for issued, until in newest.values() if issued < signed_at and until - issued <= 2 * RENEW_BEFORE]
    return min(long + old)


def _first_stamped(pdf: bytes) -> datetime:
    """When the first signature was made, by the stamp beside it."""
    tokens = (time_token(each.signed_data) for each in find_containers(pdf) if each.signed_data is not None)
    token = next(tokens, None)
    if token is None:
        return datetime.min.replace(tzinfo=UTC)
    stated: datetime = token["encap_content_info"]["content"].parsed["gen_time"].native
    return stated


def _lists(pdf: bytes) -> Iterator[tuple[bytes, datetime, datetime]]:
    """Each revocation list in the file: whose it is, by name and key, when it was issued, and until when it holds."""
    try:
        store = DocumentSecurityStore.read_dss(_reader(pdf))
    except ValidationInfoReadingError:
        return
    for reference in store.crls:
        revoked = asn1_crl.CertificateList.load(reference.get_object().data)
        said = revoked["tbs_cert_list"]
        issued, until = said["this_update"].native, said["next_update"].native
        if until is not None:
            yield revoked.issuer.dump() + (revoked.authority_key_identifier or b""), issued, until


def _language(pdf: bytes) -> str:
    reader = _reader(pdf)
    empty = {name for name, _, _ in enumerate_sig_fields(reader, filled_status=False)}
    if STANDING_FIELD not in empty:
        raise PiaError(
            N_("This document has no empty place for its standing: the city has written there already, or never can.")
        )
    return str(reader.root.get("/Lang", "en"))


def _reader(pdf: bytes) -> PdfFileReader:
    try:
        return PdfFileReader(BytesIO(pdf))
    except PdfError as error:
        raise PiaError(N_("This is not a PDF document that can be signed. Make the document again.")) from error


def _set_in_type(words: str, *, reference: str, language: str, now: datetime) -> bytes:
    """Lay the words out with our own fonts, as large as they fit."""
    template = document_environment(language).get_template("documents/standing.html")
    direction = locale_for(language).text_direction
    for size in SIZES:
        page = template.render(words=words, reference=reference, language=language, direction=direction, size=size)
        pressed = press_page(page, reference=reference, created_at=now, record=b"{}")
        if PdfFileReader(BytesIO(pressed)).root["/Pages"]["/Count"] == 1:
            return pressed
    raise PiaError(N_("The sentence on the document's standing is too long for its place. Shorten it."))


@dataclass(frozen=True)
class _Written(BaseStampStyle):
    """The look of the signed place: one page of another PDF."""

    page: bytes = b""

    def create_stamp(self, writer: BasePdfFileWriter, box: BoxConstraints, text_params: dict[str, str]) -> BaseStamp:
        return _Drawn(writer, self, box)


class _Drawn(BaseStamp):
    """Draws the one page as it is; its fonts come along, its tags do not."""

    def as_form_xobject(self) -> generic.StreamObject:
        assert self.writer is not None
        page = PdfFileReader(BytesIO(self.style.page)).root["/Pages"]["/Kids"][0]
        drawn = generic.StreamObject(
            {
                pdf_name("/Type"): pdf_name("/XObject"),
                pdf_name("/Subtype"): pdf_name("/Form"),
                pdf_name("/BBox"): generic.ArrayObject(map(generic.FloatObject, page["/MediaBox"])),
                pdf_name("/Resources"): self.writer.import_object(page["/Resources"]),
            },
            stream_data=MARKS.sub(b"", page["/Contents"].data),
        )
        drawn.compress()  # type: ignore[no-untyped-call]
        return drawn
