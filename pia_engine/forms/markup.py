"""The pieces of html every field is made of: labels, hints, help and errors. No field and no rule lives here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

VOID_TAGS = frozenset({"br", "hr", "img", "input"})

_markdown = MarkdownIt("commonmark", {"html": False, "breaks": False})


@dataclass(frozen=True, slots=True)
class Remarks:
    """What this page says of one question: short marks (who reads the answer) and sentences (where it comes from)."""

    marks: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Help:
    """What stands around a field to make it easy to answer. Guidance is markdown, the rest is plain text."""

    hint: str = ""
    guidance: str = ""
    example: str = ""
    condition: str = ""
    remarks: Remarks = Remarks()


def tag(name: str, attributes: Mapping[str, object], *content: object) -> Markup:
    """One element. Attributes that are None, False or empty are left out; everything not Markup is escaped."""
    printed = Markup("").join(_attribute(key, value) for key, value in attributes.items())
    opening = Markup("<") + name + printed + Markup(">")
    if name in VOID_TAGS:
        return opening
    return opening + Markup("").join(escape(part) for part in content) + Markup("</") + name + Markup(">")


def _attribute(key: str, value: object) -> Markup:
    if value is None or value is False or value == "":
        return Markup("")
    if value is True:
        return Markup(" ") + key
    return Markup(' {}="{}"').format(key, value)


def classes(*names: str) -> str:
    return " ".join(name for name in names if name)


def render_markdown(text: str) -> Markup:
    """Markdown as html; raw html in it is shown as text, and links other than web and mail ones are dropped."""
    return Markup(_markdown.render(text)) if text else Markup("")  # noqa: S704 - html is switched off above


def label(field_id: str, text: object, size: str) -> Markup:
    css = classes("govuk-label", size and f"govuk-label--{size}")
    return tag("label", {"class": css, "for": field_id}, text)


def legend(text: object, size: str) -> Markup:
    css = classes("govuk-fieldset__legend", size and f"govuk-fieldset__legend--{size}")
    return tag("legend", {"class": css}, text)


def hint(field_id: str, text: object) -> Markup:
    if not text:
        return Markup("")
    return tag("div", {"class": "govuk-hint", "id": f"{field_id}-hint"}, text)


def condition_note(field_id: str, text: object) -> Markup:
    if not text:
        return Markup("")
    return tag("p", {"class": "app-condition", "id": f"{field_id}-condition"}, text)


def remarks(field_id: str, said: Remarks) -> Markup:
    if not said.marks and not said.notes:
        return Markup("")
    marks = Markup(" ").join(tag("span", {"class": "app-badge"}, mark) for mark in said.marks)
    notes = Markup("").join(tag("p", {"class": "app-remark"}, note) for note in said.notes)
    line = tag("p", {"class": "app-marks"}, marks) if said.marks else Markup("")
    return tag("div", {"class": "app-remarks", "id": f"{field_id}-remarks"}, line, notes)


def error_message(field_id: str, sentences: list[str]) -> Markup:
    if not sentences:
        return Markup("")
    prefix = tag("span", {"class": "govuk-visually-hidden"}, _("Error:"))
    lines = Markup("<br>").join(escape(sentence) for sentence in sentences)
    return tag("p", {"class": "govuk-error-message", "id": f"{field_id}-error"}, prefix, " ", lines)


def help_details(help_text: Help, topic: object) -> Markup:
    """Guidance and a worked example, folded away until somebody wants them."""
    if not help_text.guidance and not help_text.example:
        return Markup("")
    summary_text = _("Help with this question") if help_text.guidance else _("See an example answer")
    about = tag("span", {"class": "govuk-visually-hidden"}, ": ", topic)
    summary = tag(
        "summary",
        {"class": "govuk-details__summary"},
        tag("span", {"class": "govuk-details__summary-text"}, summary_text, about),
    )
    body = tag(
        "div",
        {"class": "govuk-details__text app-guidance"},
        render_markdown(help_text.guidance),
        _worked_example(help_text.example),
    )
    return tag("details", {"class": "govuk-details app-help"}, summary, body)


def _worked_example(text: str) -> Markup:
    if not text:
        return Markup("")
    heading = tag("p", {"class": "app-guidance__example-title"}, _("An example answer"))
    return heading + tag("blockquote", {"class": "app-guidance__example"}, render_markdown(text))
