"""Messages on their way: to the mail server, or into `instance/mail/` when none is set up, and read from there again.

What they say is `messages`. A message's identity comes from its job, so sending twice is recognisably the same one.
"""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import hashlib
import os
import re
import smtplib
import ssl
import tempfile
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pia_engine.errors import N_, Invalid, NotFound
from pia_engine.jobs.context import JobContext
from pia_engine.jobs.messages import Letter, write_notice, write_vendor_message
from pia_engine.settings import Settings

TIMEOUT_SECONDS = 20
_NAME = re.compile(r"[0-9a-f]{32}\.eml")


@dataclass(frozen=True, slots=True)
class Message:
    """A kept message as its reader would see it; `name` is its file."""

    name: str
    to: str
    subject: str
    date: dt.datetime
    body: str


def send_notice(context: JobContext) -> None:
    """Tell one person of one step."""
    with context.read() as session:
        letter = write_notice(session, context.payload, public_url=context.settings.public_url)
    deliver(letter, context)


def send_vendor_message(context: JobContext) -> None:
    """Invite a vendor, ask for a clarification, or give the receipt."""
    kind = context.payload["job_kind"]
    with context.read() as session:
        letter = write_vendor_message(session, kind, context.payload, public_url=context.settings.public_url)
    deliver(letter, context)


def send_account_message(context: JobContext) -> None:
    """Send what the sign-in library wrote. Its text is kept secret: it may open an account."""
    subject = " ".join(context.payload["subject"].split())
    deliver(Letter(context.payload["to"], subject, context.payload["token"]), context)


def deliver(letter: Letter, context: JobContext) -> None:
    """Hand the message to the mail server, or keep it in the mail folder when the installation has none."""
    settings = context.settings
    identity = hashlib.sha256(context.payload["job_key"].encode()).hexdigest()[:32]
    if settings.smtp_url:
        _send(_compose(letter, settings, identity=identity, now=context.now, encoding="quoted-printable"), settings)
    else:
        message = _compose(letter, settings, identity=identity, now=context.now, encoding="8bit")
        _keep(settings.mail_folder, f"{identity}.eml", message.as_bytes(policy=email.policy.SMTP))


def list_messages(folder: Path, *, limit: int = 200) -> list[Message]:
    """Kept messages, newest first."""
    if not folder.is_dir():
        return []
    found = [_read(path) for path in folder.iterdir() if _NAME.fullmatch(path.name)]
    return sorted(found, key=lambda message: (message.date, message.name), reverse=True)[:limit]


def read_message(folder: Path, name: str) -> Message:
    """One kept message. Raises NotFound for any name that is not exactly the name of one."""
    path = folder / name
    if not _NAME.fullmatch(name) or not path.is_file():
        raise NotFound(N_("There is no such message. It may have been cleared away."))
    return _read(path)


def _compose(letter: Letter, settings: Settings, *, identity: str, now: dt.datetime, encoding: str) -> EmailMessage:
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"] = settings.mail_from
    message["To"] = letter.to
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{identity}@{urlsplit(settings.public_url).hostname or 'localhost'}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.body, charset="utf-8", cte=encoding)
    return message


def _send(message: EmailMessage, settings: Settings) -> None:
    server = urlsplit(settings.smtp_url)
    if server.scheme not in ("smtp", "smtps") or not server.hostname:
        raise Invalid(N_("PIA_SMTP_URL is not an address of a mail server: write smtp://host:587 or smtps://host:465."))
    with _connect(server.scheme, server.hostname, server.port) as connection:
        if server.username:
            connection.login(unquote(server.username), unquote(server.password or ""))
        connection.send_message(message)


def _connect(scheme: str, host: str, port: int | None) -> smtplib.SMTP:
    tls = ssl.create_default_context()
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port or 465, timeout=TIMEOUT_SECONDS, context=tls)
    connection = smtplib.SMTP(host, port or 587, timeout=TIMEOUT_SECONDS)
    connection.ehlo()
    if connection.has_extn("starttls"):
        connection.starttls(context=tls)
        connection.ehlo()
    return connection


def _keep(folder: Path, name: str, content: bytes) -> None:
    """Write whole or not at all; a second time replaces the first by the same."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(prefix=".", suffix=".draft", dir=folder)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, folder / name)
    except OSError:
        Path(draft).unlink(missing_ok=True)
        raise


def _read(path: Path) -> Message:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_content().replace("\r\n", "\n")
    subject = str(message["Subject"]).strip()  # a long one is folded right after its name
    return Message(path.name, str(message["To"]), subject, parsedate_to_datetime(message["Date"]), body)
