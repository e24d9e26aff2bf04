"""`pia verify-disclosure`: did this stand there? A disclosure checked against the published record, with no city."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from pia_engine.cli.screen import say

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("verify-disclosure")
@click.argument("record", type=_FILE)
@click.argument("disclosure", type=_FILE)
@click.pass_context
def verify_disclosure(context: click.Context, record: Path, disclosure: Path) -> None:
    """Say whether what DISCLOSURE tells stood in the withheld places of RECORD (the pia.json of a published version).

    Neither an installation nor a network is needed. Exit 0 when every part is proven, 1 when not.
    """
    from pia_engine.register.withholding import verify_disclosure as is_proven

    published, told = _read(record), _read(disclosure)
    if not is_proven(published, told):
        say("Not proven: this is not what was withheld in this record.")
        context.exit(1)
    say(f"Proven: this stood in {published['reference']}, version {published['edition']}.")
    for part in told["disclosures"]:
        say(f"  {part['path']}: {json.dumps(part['value'], ensure_ascii=False)}")


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except ValueError as fault:
        raise click.UsageError(f"{path} is no JSON document.") from fault
    if not isinstance(found, dict):
        raise click.UsageError(f"{path} is neither a record nor a disclosure.")
    return found
