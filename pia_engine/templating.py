"""Where templates live and how documents and messages are rendered with plain Jinja; Flask has its own environment."""

import gettext
import io
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from jinja2 import Environment, FileSystemLoader, StrictUndefined

PACKAGE = Path(__file__).resolve().parent
SHIPPED_WORDS = {path.stem: path for path in (PACKAGE / "translations" / "documents").glob("*.po")}
"""The words of documents, by language."""


def template_folder() -> Path:
    """Return the templates inside the installed package, or the ones beside it in a checkout."""
    inside = PACKAGE / "templates"
    return inside if inside.is_dir() else PACKAGE.parent / "templates"


def document_environment(language: str = "en") -> Environment:
    """Return a Jinja environment that escapes everything, refuses unknown names and speaks `language`."""
    environment = Environment(
        loader=FileSystemLoader(template_folder()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(document_words(language), newstyle=True)  # type: ignore[attr-defined]
    return environment


def document_words(language: str) -> gettext.NullTranslations:
    """What documents say in `language`: as the installation's catalogue has it, else as the words that ship with us."""
    code = language.replace("-", "_")
    own = gettext.translation("messages", PACKAGE / "translations", languages=[code], fallback=True)
    shipped = _shipped_words(code.partition("_")[0].lower())
    if shipped:
        own.add_fallback(shipped)
    return own


@cache
def _shipped_words(language: str) -> gettext.GNUTranslations | None:
    source = SHIPPED_WORDS.get(language)
    if source is None:
        return None
    compiled = io.BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
