"""`pia keys`: what signs in the city's name, how long it holds, and making it anew or taking it back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pia_engine.cli.screen import open_app, say
from pia_engine.errors import N_, NotPossible, PiaError

if TYPE_CHECKING:
    from datetime import datetime

    from cryptography import x509

    from pia_engine.documents.key_status import KeyLine
    from pia_engine.settings import Settings

ROTATABLE = ("seal", "time-stamps", "issuing")
LABEL_WIDTH = 34
LEAKED = ("key_compromise", "ca_compromise", "aa_compromise")


@click.group()
def keys() -> None:
    """Look after the keys that sign in the city's name. What to do when, stands in docs/how-to/keys.md."""


@keys.command()
@click.pass_context
def status(context: click.Context) -> None:
    """Say of each key where it lies, its fingerprint, how long it holds. Exit 1 when something needs you."""
    from pia_engine import clock
    from pia_engine.documents.key_status import examine_keys
    from pia_engine.settings import Settings

    settings, now = Settings(), clock.now()
    if not settings.keys_folder.is_dir():
        say(f"There are no keys in {settings.keys_folder} yet: run “pia init”.")
        context.exit(1)
    lines = examine_keys(settings, now=now)
    for line in lines:
        if not line.is_past:
            _print_line(line, now)
    _print_past([line for line in lines if line.is_past])
    bad = [line for line in lines if line.problem]
    say("All keys are in order." if not bad else f"To do ({len(bad)}):")
    for line in bad:
        say(f"  {line.what}: {line.problem}")
    context.exit(1 if bad else 0)


@keys.command()
@click.argument("kind", type=click.Choice(ROTATABLE))
@click.option("--yes", is_flag=True, help="Do not ask.")
def rotate(kind: str, yes: bool) -> None:
    """Make a new key and certificate. The old certificate is kept for checking; the old private key is destroyed.

    A new issuing authority brings a new seal and new time stamps with it.
    """
    from pia_engine import clock
    from pia_engine.documents.key_care import Kind, rotate
    from pia_engine.documents.signers import open_keys
    from pia_engine.extensions import db
    from pia_engine.services.cities import get_city
    from pia_engine.services.key_events import record_rotation

    with open_app(writes=True) as app:
        settings = app.extensions["pia-settings"]
        _check_lies_here(settings, kind)
        session, now = db.session(), clock.now()
        authority, city_name = open_keys(settings), get_city(session).name
        _ask(f"Make the key of “{kind}” anew and destroy the old one?", yes)
        done = rotate(authority, Kind(kind), city_name=city_name, now=now)
        record_rotation(session, old={each.kept_as: f"{each.old.serial_number:x}" for each in done}, now=now)
        session.commit()
        _publish(settings)
    for each in done:
        say(f"New: {_fingerprint(each.new)}, valid until {each.new.not_valid_after_utc.date()}")
        say(
            f"  the old certificate is kept as {each.kept_as} (serial {each.old.serial_number:x}); its key is destroyed"
        )
    say("Documents sealed before stay genuine. Make a backup of the key folder now, and destroy the older ones.")


@keys.command()
@click.argument("serial")
@click.option("--reason", required=True, help="key_compromise, superseded, cessation_of_operation, ….")
@click.option("--yes", is_flag=True, help="Do not ask.")
def revoke(serial: str, reason: str, yes: bool) -> None:
    """Take a certificate back, by the serial number “pia keys status” shows. New lists are published at once."""
    from pia_engine import clock
    from pia_engine.documents.key_care import own_certificates, revoke_certificate
    from pia_engine.documents.signers import open_keys
    from pia_engine.extensions import db
    from pia_engine.services.key_events import record_revocation_event

    number = _serial_number(serial)
    with open_app(writes=True) as app:
        settings = app.extensions["pia-settings"]
        session, now = db.session(), clock.now()
        authority = open_keys(settings)
        known = {each.serial_number: name for name, each in own_certificates(settings.keys_folder).items()}
        named = known.get(number, "which is not kept here, as those of people for one act")
        _ask(f"Revoke certificate {number:x} ({named})? This cannot be undone.", yes)
        revoke_certificate(authority, number, reason=reason, now=now)
        record_revocation_event(session, serial=f"{number:x}", reason=reason, now=now)
        session.commit()
        _publish(settings)
    say(f"Revoked: {number:x}. The new lists are published.")
    kind = {"seal.crt": "seal", "tsa.crt": "time-stamps", "issuing.crt": "issuing"}.get(known.get(number, ""))
    if kind:
        say(f"It is in use: make a new key with “pia keys rotate {kind}” before anything else is published.")
    if reason in LEAKED:
        say("If its key is known to others, go on with “When a key leaks” in docs/how-to/keys.md.")


@keys.command()
def lists() -> None:
    """Sign and publish fresh lists of what was revoked. The worker does it every week."""
    from pia_engine import clock
    from pia_engine.documents.authority import write_lists
    from pia_engine.documents.revocation import PUBLISHED_LIFE
    from pia_engine.documents.signers import open_keys

    with open_app() as app:
        settings = app.extensions["pia-settings"]
        now = clock.now()
        write_lists(open_keys(settings), now)
        _publish(settings)
    say(f"The lists are published, and hold until {(now + PUBLISHED_LIFE).date()}.")


@keys.command("renew-documents")
@click.option("--yes", is_flag=True, help="Do not ask.")
def renew_documents(yes: bool) -> None:
    """Stamp every published document anew, after a key leaked and was made anew. The worker does it, one by one."""
    from pia_engine import clock
    from pia_engine.extensions import db
    from pia_engine.services.renewals import hasten_renewals, queue_renewals

    with open_app(writes=True):
        _ask("Renew every published document now?", yes)
        session, now = db.session(), clock.now()
        hasten_renewals(session, now=now)
        queued = 0
        while found := queue_renewals(session, now=now):
            queued += found
        session.commit()
    say(f"Documents to be renewed: {queued}. The worker does it now.")


@keys.command()
@click.argument("purpose", type=click.Choice(("seal", "time-stamps")))
@click.argument("certificates", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
def adopt(purpose: str, certificates: tuple[Path, ...], yes: bool) -> None:
    """Let a seal or time stamps from an outside authority count as this city's from now on.

    CERTIFICATES are files or folders with the authorities above it, up to the root. The seal itself is the one the
    settings name. Compare what is printed with what the authority told you on paper.
    """
    from pia_engine import clock
    from pia_engine.documents.outside_authorities import SEALS, STAMPS, adopt, read_certificates
    from pia_engine.extensions import db
    from pia_engine.services.key_events import record_adoption

    given = [each for path in certificates for each in read_certificates(path)]
    with open_app(writes=True) as app:
        settings = app.extensions["pia-settings"]
        wanted = _seal_with_chain(settings, given) if purpose == "seal" else _whole(given)
        for each in wanted:
            say(f"{each.subject.rfc4514_string()}\n  SHA-256 {_fingerprint(each)}")
        _ask("Have you compared each fingerprint with one you got another way, and shall they count from now on?", yes)
        adopt(settings.keys_folder, SEALS if purpose == "seal" else STAMPS, wanted)
        session = db.session()
        record_adoption(session, purpose=purpose, fingerprints=[_fingerprint(each) for each in wanted], now=clock.now())
        session.commit()
        _publish(settings)
    say("Adopted. They stand in the published bundle for checking documents.")


def _seal_with_chain(settings: Settings, given: list[x509.Certificate]) -> list[x509.Certificate]:
    from pia_engine.documents.outside_authorities import SEALS, chain_above, read_adopted
    from pia_engine.documents.signers import find_outside_seal

    seal = find_outside_seal(settings)
    if seal is None:
        raise NotPossible(
            N_("The settings name no seal from elsewhere (PIA_SEAL_PKCS12_FILE, PIA_SEAL_PKCS11_MODULE).")
        )
    chain = chain_above(seal.certificate, (*given, *seal.chain, *read_adopted(settings.keys_folder, SEALS)))
    if not chain:
        raise NotPossible(
            N_("The authorities above the seal are missing. Name the files with their certificates, the root included.")
        )
    return [seal.certificate, *chain]


def _whole(given: list[x509.Certificate]) -> list[x509.Certificate]:
    from pia_engine.documents.outside_authorities import split_authorities

    roots, others = split_authorities(given)
    if not roots:
        raise NotPossible(N_("Name the files with the certificates above the time-stamp authority, its root included."))
    return [*roots, *others]


def _check_lies_here(settings: Settings, kind: str) -> None:
    if kind == "seal" and (settings.seal_pkcs12_file or settings.seal_pkcs11_module):
        raise NotPossible(
            N_(
                "The city's seal does not lie in the key folder. Have a new one issued, let the settings name it, "
                "and run “pia keys adopt seal”."
            )
        )


def _ask(question: str, yes: bool) -> None:
    if not yes:
        click.confirm(question, abort=True)


def _serial_number(written: str) -> int:
    try:
        return int(written.replace(":", ""), 16)
    except ValueError:
        raise click.BadParameter("write it as “pia keys status” shows it, like 5a3f09…", param_hint="SERIAL") from None


def _fingerprint(certificate: x509.Certificate) -> str:
    from cryptography.hazmat.primitives import hashes

    return certificate.fingerprint(hashes.SHA256()).hex()


def _publish(settings: Settings) -> None:
    from pia_engine.extensions import db
    from pia_engine.register.pages import build_verification_pages

    try:
        build_verification_pages(db.session(), settings)
    except PiaError as problem:
        say(f"The public pages could not be brought up to date: {problem}")


def _print_line(line: KeyLine, now: datetime) -> None:
    until = ""
    if line.ends is not None:
        days = (line.ends - now).days
        until = f"until {line.ends.date()}, {days} days" if line.ends > now else f"ended {line.ends.date()}"
    say(f"{'bad ' if line.problem else 'good'}  {line.what:<{LABEL_WIDTH}} {until}".rstrip())
    say(f"        {line.where}")
    if line.certificate is not None:
        say(f"        SHA-256 {line.fingerprint}")
        say(f"        serial  {line.serial}")
    if line.problem:
        say(f"      → {line.problem}")


def _print_past(lines: list[KeyLine]) -> None:
    if lines:
        say("Kept, because earlier documents are checked against them:")
    for line in lines:
        say(f"        {line.where}, serial {line.serial}")
