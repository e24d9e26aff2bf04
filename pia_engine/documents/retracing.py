"""What a file went through after each of its signatures, as pyHanko's own rules judge it: a second opinion, and a slow
one, for its time grows with the square of the file. So it runs only when asked for, in a process within limits.
"""

from collections.abc import Iterator
from io import BytesIO

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel, SuspiciousModification

from pia_engine.documents.parts import NOT_A_PDF
from pia_engine.errors import N_

UNTOUCHED = N_("nothing was added after it")
PROOFS = N_("only proofs and time stamps were added after it")
SIGNED = N_("only signatures and what belongs to them were added after it")
OTHER = N_("other things were changed after it")
NOT_READ = N_("it could not be followed")

LEVELS = {
    ModificationLevel.NONE: UNTOUCHED,
    ModificationLevel.LTA_UPDATES: PROOFS,
    ModificationLevel.FORM_FILLING: SIGNED,
}


def retrace(pdf: bytes) -> Iterator[tuple[str, str]]:
    """Each signature by its field's name, and a sentence on what came after it, for translation."""
    try:
        signatures = PdfFileReader(BytesIO(pdf)).embedded_signatures
    except NOT_A_PDF:
        return
    for each in signatures:
        try:
            each.compute_integrity_info()
            judged = each.diff_result
            level = ModificationLevel.NONE if judged is None else getattr(judged, "modification_level", None)
            sentence = (
                OTHER if isinstance(judged, SuspiciousModification) or level is None else LEVELS.get(level, OTHER)
            )
        except NOT_A_PDF:
            sentence = NOT_READ
        yield str(each.field_name), sentence
