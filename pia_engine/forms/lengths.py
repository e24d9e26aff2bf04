"""How long a text may be, and what is said about it: on the server, and by the counter while somebody types."""

from __future__ import annotations

from flask_babel import get_locale, ngettext
from flask_babel import gettext as _


def refuse_longer(text: str, limit: int) -> str:
    """The text itself, or ValueError saying by how much it is too long."""
    excess = len(text) - limit
    if excess > 0:
        raise ValueError(
            ngettext(
                "This is %(num)s character too long. Shorten it to %(limit)s characters or fewer.",
                "This is %(num)s characters too long. Shorten it to %(limit)s characters or fewer.",
                excess,
                limit=limit,
            )
        )
    return text


def count_texts() -> dict[str, object]:
    """What the counter says while somebody types; the places are filled by the script."""
    place = "%{count}"
    under = _("You have %(place)s characters left.", place=place)
    over = _("This is %(place)s characters too long.", place=place)
    texts: dict[str, object] = {
        "data-i18n.characters-under-limit.one": _("You have %(place)s character left.", place=place),
        "data-i18n.characters-at-limit": _("You have no characters left."),
        "data-i18n.characters-over-limit.one": _("This is %(place)s character too long.", place=place),
    }
    for amount in _amounts():
        texts[f"data-i18n.characters-under-limit.{amount}"] = under
        texts[f"data-i18n.characters-over-limit.{amount}"] = over
    return texts


def _amounts() -> list[str]:
    """The plural forms of the reader's language beyond "one"."""
    locale = get_locale()
    return [*sorted(locale.plural_form.tags - {"one"}), "other"] if locale else ["other"]
