"""`pia sweep` and `pia audit verify`: what is done, or looked at, regularly."""

from __future__ import annotations

import click

from pia_engine.cli.screen import open_app, say


@click.command()
def sweep() -> None:
    """Do what the calendar asks for: call, remind, escalate, expire, forget. The worker does it daily."""
    from pia_engine import clock
    from pia_engine.jobs.engine import workplace_of
    from pia_engine.jobs.sweep import WORDS, run_sweep

    with open_app() as app:
        counts = run_sweep(workplace_of(app).write, now=clock.now())
    for name, count in counts.items():
        say(f"{WORDS[name]}: {count}")


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
    from pia_engine.services.log_status import about_seal

    with open_app():
        session = db.session()
        broken = list(verify_trail(session))
        altered = list(list_altered_answers(session))
        sealed = list(about_seal(session))
        count = session.scalar(select(func.count()).select_from(AuditEvent))
    for event in broken:
        called = f"{event.reference} ({event.aggregate_id})" if event.reference else str(event.aggregate_id)
        named = f" “{event.event}”" if event.event else ""
        say(f"{event.aggregate_kind} {called}, event {event.sequence}{named}: {event.why}.")
    for answer in altered:
        numbers = ", ".join(map(str, sorted(answer.numbers)))
        say(f"{answer.reference}, answer to “{answer.question}”: texts {numbers} are not what the trail says.")
    if broken:
        say(f"The audit trail is not whole: {len(broken)} records are broken. Compare with your last backup.")
    else:
        say(f"The audit trail is whole: {count} events follow from each other.")
    for line in sealed:
        say(line.text)
    context.exit(1 if broken or altered or not all(line.is_good for line in sealed) else 0)
