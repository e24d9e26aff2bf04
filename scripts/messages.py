"""Collect every sentence that can be translated into `pia_engine/translations/messages.pot`.

`python scripts/messages.py` writes the file; a test compares it with what the code says. Questionnaires carry their
own translations.
"""

from __future__ import annotations

import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import write_po

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = ROOT / "pia_engine" / "translations" / "messages.pot"
JINJA = {"trimmed": "true", "trim_blocks": "true", "lstrip_blocks": "true"}
METHODS = [("pia_engine/**.py", "python"), ("templates/**.html", "jinja2"), ("templates/**.txt", "jinja2")]
KEYWORDS = {**DEFAULT_KEYWORDS, "N_": None, "_l": None, "_n": (1, 2)}


def collected() -> str:
    """The template's text, the same for the same sources: no dates, no line numbers."""
    catalogue = Catalog(project="PIA Engine", version="", copyright_holder="The PIA Engine contributors")
    options = {pattern: JINJA for pattern, method in METHODS if method == "jinja2"}
    found = extract_from_dir(str(ROOT), METHODS, options, keywords=KEYWORDS, directory_filter=_is_ours)
    for _file, _line, message, _comments, context in found:
        catalogue.add(message, context=context)
    written = io.BytesIO()
    write_po(written, catalogue, sort_output=True, omit_header=True, no_location=True)
    return written.getvalue().decode()


def _is_ours(folder: str) -> bool:
    return not Path(folder).name.startswith((".", "node_modules", "instance", "tests", "build"))


if __name__ == "__main__":
    TEMPLATE.write_text(collected(), encoding="utf-8")
    print(f"{TEMPLATE.relative_to(ROOT)} written")
