"""Where templates live and how documents and messages are rendered with plain Jinja; Flask has its own environment."""

import gettext
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

PACKAGE = Path(__file__).resolve().parent


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
    translations = gettext.translation(
        "messages", PACKAGE / "translations", languages=[language.replace("-", "_")], fallback=True
    )
    environment.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]
    return environment
