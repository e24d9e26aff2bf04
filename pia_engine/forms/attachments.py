"""The forms about attached files: choosing some, and agreeing to remove or put back one."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from werkzeug.datastructures import FileStorage
from wtforms import ValidationError

from pia_engine.forms import markup
from pia_engine.forms.base import CityForm
from pia_engine.forms.fields import CityField
from pia_engine.forms.markup import tag
from pia_engine.forms.validators import Answered

AT_ONCE = 10
"""The files one post may bring."""


class FilesField(CityField):
    """One or several files. What a browser cannot send again is never shown again: people choose anew."""

    def __init__(self, *args: Any, endings: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.endings = endings

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = [each for each in valuelist if isinstance(each, FileStorage) and each.filename]

    def control(self) -> Markup:
        css = markup.classes("govuk-file-upload", "govuk-file-upload--error" if self.errors else "")
        accept = ",".join(f".{ending}" for ending in self.endings)
        kind = {"class": css, "type": "file", "multiple": True, "accept": accept}
        return tag("input", {**self.control_attributes(), **kind})


class FilesForm(CityForm):
    """What to attach."""

    files = FilesField(
        _l("Choose one or several files"),
        [Answered(_l("Choose a file first."))],
    )

    def validate_files(self, field: FilesField) -> None:
        """Each file is looked at and scanned, which others wait for: so many, and no more."""
        if len(field.data) > AT_ONCE:
            said = _("Attach up to %(most)s files at once. You chose %(chosen)s.", most=AT_ONCE, chosen=len(field.data))
            raise ValidationError(str(said))


class PlainFileForm(CityForm):
    """Asks for nothing but the decision."""
