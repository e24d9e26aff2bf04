"""The pieces of html every field is made of: labels, hints, help and errors. No field and no rule lives here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from pia_engine.forms.glossary import Word

VOID_TAGS = frozenset({"br", "hr", "img", "input"})

_markdown = MarkdownIt("commonmark", {"html": False, "breaks": False})


@dataclass(frozen=True, slots=True)
class Remarks:
    """What this page says of one question: short marks (who reads the answer), sentences (where it comes from), and
    links, each a text with its address, to what else there is about it. `hints` are about the wording of the answer;
    None where nobody looks at the wording."""

    marks: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    hints: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Help:
    """What stands around a field to make it easy to answer. Guidance is markdown, the rest is plain text; `words` are
    those of the glossary that the question uses."""

    hint: str = ""
    guidance: str = ""
    example: str = ""
    condition: str = ""
    remarks: Remarks = Remarks()
    words: tuple[Word, ...] = ()


def tag(name: str, attributes: Mapping[str, object], *content: object) -> Markup:
    """One element. Attributes that are None, False or empty are left out; everything not Markup is escaped."""
    opening = f"<{name}{''.join([_attribute(key, value) for key, value in attributes.items()])}>"
    if name in VOID_TAGS:
        return Markup(opening)  # noqa: S704 - names are ours, values are escaped
    inner = "".join([str(escape(part)) for part in content])
    return Markup(f"{opening}{inner}</{name}>")  # noqa: S704 - escaped just above


def _attribute(key: str, value: object) -> str:
    if value is None or value is False or value == "":
        return ""
    return f" {key}" if value is True else f' {key}="{escape(value)!s}"'


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


def links(targets: tuple[tuple[str, str], ...], topic: object) -> Markup:
    """Links below a question; the topic, unseen, tells those of one question from those of the next."""
    if not targets:
        return Markup("")
    about = tag("span", {"class": "govuk-visually-hidden"}, ": ", topic)
    entries = (tag("li", {}, tag("a", {"class": "govuk-link", "href": url}, text, about)) for text, url in targets)
    return tag("ul", {"class": "govuk-list app-question-links"}, *entries)


def hints(field_id: str, sentences: tuple[str, ...] | None) -> Markup:
    """What to look at again in the wording; a place that speaks up when script fills it while somebody writes."""
    if sentences is None:
        return Markup("")
    entries = (tag("p", {"class": "app-hint"}, sentence) for sentence in sentences)
    return tag("div", {"class": "app-hints", "id": f"{field_id}-hints", "role": "status"}, *entries)


def error_message(field_id: str, sentences: list[str]) -> Markup:
    if not sentences:
        return Markup("")
    prefix = tag("span", {"class": "govuk-visually-hidden"}, _("Error:"))
    lines = Markup("<br>").join(escape(sentence) for sentence in sentences)
    return tag("p", {"class": "govuk-error-message", "id": f"{field_id}-error"}, prefix, " ", lines)


def help_details(help_text: Help, topic: object) -> Markup:
    """Guidance and a worked example, folded away until somebody wants them."""
    if not help_text.guidance and not help_text.example and not help_text.words:
        return Markup("")
    summary_text = _help_title(help_text)
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
        _explained(help_text.words),
    )
    return tag("details", {"class": "govuk-details app-help"}, summary, body)


def _help_title(help_text: Help) -> str:
    if help_text.guidance:
        title: str = _("Help with this question")
    else:
        title = _("See an example answer") if help_text.example else _("What the words mean")
    return title


def _explained(words: tuple[Word, ...]) -> Markup:
    if not words:
        return Markup("")
    entries = (tag("dt", {}, word.name) + tag("dd", {}, word.meaning) for word in words)
    return tag("dl", {"class": "app-words"}, *entries)


def _worked_example(text: str) -> Markup:
    if not text:
        return Markup("")
    heading = tag("p", {"class": "app-guidance__example-title"}, _("An example answer"))
    return heading + tag("blockquote", {"class": "app-guidance__example"}, render_markdown(text))
