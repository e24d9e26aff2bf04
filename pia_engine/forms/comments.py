"""The form of a question's comments: room for a new one and for a reply in each thread, saved together."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from flask_babel import gettext as _

from pia_engine.forms.fields import TextAreaField
from pia_engine.forms.markup import Help
from pia_engine.forms.reviews import TextsForm

COMMENT_LIMIT = 4000
NEW = "new_comment"
_REPLY = "reply_"


def answer_name(thread_id: uuid.UUID) -> str:
    """The field of a reply in a thread."""
    return f"{_REPLY}{thread_id}"


def answered_thread(field: str) -> uuid.UUID | None:
    """The thread a field replies in; None for any other field. Raises ValueError where the name holds no id."""
    return uuid.UUID(field.removeprefix(_REPLY)) if field.startswith(_REPLY) else None


def build_comments_form(threads: Sequence[uuid.UUID]) -> type[TextsForm]:
    """One field for a new comment, one for a reply in each of the threads shown."""
    fields = {
        NEW: _text(
            _("Write a comment"), _("Everybody who works on this assessment can read it. Nothing here is published.")
        )
    }
    fields |= {answer_name(each): _text(_("Your reply"), "", rows=3) for each in threads}
    return type("CommentsForm", (TextsForm,), {"nothing_said": _("Write something first."), **fields})


def _text(label: str, hint: str, *, rows: int = 4) -> TextAreaField:
    return TextAreaField(label, max_length=COMMENT_LIMIT, counted=False, rows=rows, help=Help(hint=hint))
