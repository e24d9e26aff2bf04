"""Flask-Security's messages go through the outbox like every other message."""

from __future__ import annotations

from typing import Any

import uuid6
from flask_security import MailUtil

from pia_engine import clock
from pia_engine.extensions import db
from pia_engine.services.outbox import queue_job


class OutboxMail(MailUtil):
    """Queues instead of sending: a dead mail server keeps nobody waiting."""

    def send_mail(  # noqa: PLR0917 - the library's signature
        self,
        template: str,
        subject: str,
        recipient: str | tuple[str, str],
        sender: Any,
        body: str | None,
        html: str | None,
        **kwargs: Any,
    ) -> None:
        queue_job(
            db.session,
            "account-message",
            key=f"account-message:{uuid6.uuid7()}",
            payload={
                "to": recipient if isinstance(recipient, str) else recipient[1],
                "subject": subject,
                "token": body,
            },
            now=clock.now(),
        )
        db.session.commit()
