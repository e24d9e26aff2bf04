"""The closing report of an audit as a download, and what its page says of it."""

from __future__ import annotations

from flask import Response, current_app
from flask_babel import gettext as _

from pia_engine.documents.storage import open_storage
from pia_engine.errors import N_, NotPossible
from pia_engine.extensions import db
from pia_engine.services.audit_reports import CLOSED
from pia_engine.services.copies import find_newest_copy
from pia_engine.services.findings import Audit
from pia_engine.settings import Settings


def send_report(audit: Audit) -> Response:
    """The sealed file. Raises NotPossible while there is none."""
    if not audit.report_digest:
        raise NotPossible(N_("There is no closing report yet. It is made within minutes after the audit is closed."))
    newest = find_newest_copy(db.session(), audit)
    settings: Settings = current_app.extensions["pia-settings"]
    return Response(
        open_storage(settings.documents_folder).get(newest.digest if newest else audit.report_digest),
        mimetype="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{audit.reference}.pdf"',
            "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )


def report_state(audit: Audit) -> str:
    """Nothing before the audit is closed, a word while the report is made, nothing more once it can be loaded."""
    if audit.status != CLOSED or audit.report_digest:
        return ""
    return str(_("The closing report is being made and sealed. Open this page again in a minute."))
