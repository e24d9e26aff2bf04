"""`pia sweep` and `pia audit verify`: what is done, or looked at, regularly."""

from __future__ import annotations

import click

from pia_engine.cli.screen import open_app, say


@click.command()
def sweep() -> None:
    """Call due audits, let old vendor links expire, forget old sessions and drafts. The worker does it daily."""
    from pia_engine import clock
    from pia_engine.jobs.engine import workplace_of
    from pia_engine.jobs.sweep import run_sweep

    with open_app() as app:
        counts = run_sweep(workplace_of(app).write, now=clock.now())
    say(f"Audits scheduled: {counts.audits_scheduled}")
    say(f"Audits called: {counts.audits_called}")
    say(f"Vendor links expired: {counts.links_expired}")
    say(f"Sessions forgotten: {counts.sessions_forgotten}")
    say(f"Unsaved drafts forgotten: {counts.drafts_forgotten}")


@click.group()
def audit() -> None:
    """Look after the audit trail."""


@audit.command("verify")
@click.pass_context
def verify_trail_command(context: click.Context) -> None:
    """Check every chain of the audit trail, and every history of an answer against it. Exit 1 when one is broken."""
    from sqlalchemy import func, select

    from pia_engine.extensions import db
    from pia_engine.models import AuditEvent
    from pia_engine.services.audit import verify_trail
    from pia_engine.services.history_check import list_altered_answers

    with open_app():
        session = db.session()
        broken = list(verify_trail(session))
        altered = list(list_altered_answers(session))
        count = session.scalar(select(func.count()).select_from(AuditEvent))
    for event in broken:
        say(f"{event.aggregate_kind} {event.aggregate_id}, event {event.sequence}: {event.why}.")
    for answer in altered:
        numbers = ", ".join(map(str, sorted(answer.numbers)))
        say(f"{answer.reference}, answer to “{answer.question}”: texts {numbers} are not what the trail says.")
    if broken:
        say(f"The audit trail is not whole: {len(broken)} records are broken. Compare with your last backup.")
    else:
        say(f"The audit trail is whole: {count} events follow from each other.")
    context.exit(1 if broken or altered else 0)
