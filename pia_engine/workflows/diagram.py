"""Each workflow table as a Mermaid state diagram, so that the documents cannot lie about the code."""

from __future__ import annotations

from pia_engine.workflows.machine import WORKFLOWS, Workflow

_HEADING = """# Workflows

Printed by `pia workflow diagram` from the tables in `pia_engine/workflows/`; do not edit by hand.
"""


def mermaid(workflow: Workflow) -> str:
    """One table as the text of a Mermaid `stateDiagram-v2`."""
    lines = ["stateDiagram-v2", f"    [*] --> {workflow.initial}"]
    for status, label in workflow.statuses.items():
        lines.append(f"    {status} : {label}")
    for row in workflow.transitions:
        lines.extend(f"    {source} --> {row.dest} : {row.label}" for source in row.sources)
    lines.extend(f"    {status} --> [*]" for status in workflow.statuses if status in workflow.final)
    return "\n".join(lines)


def moves_table(workflow: Workflow) -> str:
    """The same rows as a Markdown table, with who may and what is recorded."""
    lines = ["| From | Step | To | Permission | Recorded as | Told |", "|---|---|---|---|---|---|"]
    for row in workflow.transitions:
        sources = ", ".join(workflow.label(source) for source in row.sources)
        told = ", ".join(row.notice).replace("_", " ") or "nobody"
        lines.append(
            f"| {sources} | {row.label} | {workflow.label(row.dest)} | `{row.permission}` | `{row.event}` | {told} |"
        )
    return "\n".join(lines)


def workflows_document() -> str:
    """All tables as one Markdown document: the text of `docs/reference/workflows.md`."""
    parts = [_HEADING]
    for workflow in WORKFLOWS.values():
        title = workflow.name.replace("_", " ").capitalize()
        parts.append(f"## {title}\n\n```mermaid\n{mermaid(workflow)}\n```\n\n{moves_table(workflow)}\n")
    return "\n".join(parts)
