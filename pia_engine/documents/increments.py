"""Appending to a document: a signature in a prepared place, or the stamp that closes it. What came before stays.

Each step is a new revision of the file (ISO 32000-1, 7.5.6). Who signs and why is decided in `signatures`, `standing`.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign import signers
from pyhanko.sign.fields import InvisSigSettings, MDPPerm, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_signer import PdfSigningSession, PdfTimeStamper
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.stamp import BaseStampStyle
from pyhanko.stamp.noop import NoOpStampStyle

from pia_engine.documents.apart import run_apart
from pia_engine.documents.authority import Authority
from pia_engine.documents.containers import find_containers
from pia_engine.documents.evidence import gather_evidence
from pia_engine.documents.report import SEAL_FIELD
from pia_engine.documents.time_stamps import StampersInTurn, own_time_stamper
from pia_engine.errors import N_, PiaError

# It warns that nothing is fetched from the network; that is the point.
logging.getLogger("pyhanko.sign.signers").setLevel(logging.ERROR)

CLOSING, OUTSIDE = "Closing time stamp of the city", "Time stamp of an independent authority"


@dataclass(frozen=True, slots=True)
class Act:
    """What all that is appended on one occasion has in common."""

    authority: Authority
    city_name: str
    now: datetime

    def sign(
        self, pdf: bytes, field: str, signer: signers.Signer, *, reason: str, look: BaseStampStyle | None = None
    ) -> bytes:
        """Add one signature in the named place, with a time stamp beside it; `look` is what the page shows there."""
        metadata = signers.PdfSignatureMetadata(
            field_name=field,
            subfilter=SigSeedSubFilter.PADES,
            md_algorithm="sha256",
            certify=field == SEAL_FIELD,
            docmdp_permissions=MDPPerm.FILL_FORMS,
            reason=reason,
            location=self.city_name,
        )
        made = _DatedSigner(metadata, signer, self.now, stamper=self._stamper(), look=look or NoOpStampStyle())
        output = BytesIO()
        try:
            run_apart(made.async_sign_pdf(Increment(BytesIO(pdf)), existing_fields_only=True, output=output))
        except (SigningError, PdfError, OSError, ValueError) as error:
            raise _not_signed(error) from error
        return output.getvalue()

    def close(self, pdf: bytes) -> bytes:
        """Add what later readers need to check all signatures, then the stamp of the city that nothing may follow."""
        if self.authority.stampers:
            pdf = self._stamp(pdf, self._stamper(), OUTSIDE)
        return self._stamp(pdf, own_time_stamper(self.authority, self.now, closes=True), CLOSING, closes=True)

    def _stamp(self, pdf: bytes, stamper: TimeStamper, name: str, *, closes: bool = False) -> bytes:
        made = PdfTimeStamper(
            stamper,
            field_name=f"TimeStamp{len(find_containers(pdf)) + 1}",
            invis_settings=InvisSigSettings(box_out_of_bounds=True),
            readable_field_name=name,
        )
        writer, output = Increment(BytesIO(pdf)), BytesIO()
        try:
            if closes:
                gather_evidence(pdf, authority=self.authority, now=self.now).write(writer)
            run_apart(made.async_timestamp_pdf(writer, "sha256", output=output))
        except (SigningError, PdfError, OSError, ValueError) as error:
            raise _not_signed(error) from error
        return output.getvalue()

    def _stamper(self) -> TimeStamper:
        if self.authority.stampers:
            return StampersInTurn(self.authority.stampers)
        return own_time_stamper(self.authority, self.now)


class Increment(IncrementalPdfFileWriter):
    """Appends to a file and leaves its metadata alone: PDF/A needs it byte for byte as it was declared."""

    def _update_meta(self) -> None:
        pass


class _DatedSigner(signers.PdfSigner):
    """Signs at a given time."""

    def __init__(
        self,
        metadata: signers.PdfSignatureMetadata,
        signer: signers.Signer,
        now: datetime,
        *,
        stamper: TimeStamper,
        look: BaseStampStyle,
    ) -> None:
        super().__init__(metadata, signer=signer, timestamper=stamper, stamp_style=look)
        self._now = now

    def init_signing_session(self, pdf_out, existing_fields_only: bool = False) -> PdfSigningSession:  # type: ignore[no-untyped-def]
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self._now
        return session


def _not_signed(error: Exception) -> PiaError:
    return PiaError(
        N_("The document could not be signed (%(detail)s). Nothing was published; ask your administrator."),
        detail=str(error),
    )
