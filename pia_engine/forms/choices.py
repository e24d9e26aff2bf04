"""Fields that offer options: radios, checkboxes, a select, yes or no."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup
from wtforms.validators import ValidationError

from pia_engine.forms import markup, posted
from pia_engine.forms.fields import CityField
from pia_engine.forms.markup import tag


@dataclass(frozen=True, slots=True)
class Choice:
    """One option. `reveals` names other fields of the form that are shown only while this one is chosen."""

    value: str
    label: str
    hint: str = ""
    exclusive: bool = False
    reveals: tuple[str, ...] = ()


class ChoiceField(CityField):
    """What the fields with options share. `choices` may still be set after the form was made."""

    def __init__(self, *args: Any, choices: Sequence[Choice] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choices = tuple(choices)

    def chosen(self) -> list[str]:
        return [self.data] if isinstance(self.data, str) and self.data else []

    def pre_validate(self, form: Any) -> None:
        known = {choice.value for choice in self.choices}
        if any(value not in known for value in self.chosen()):
            raise ValidationError(_("Choose from the options shown here."))

    def _option_id(self, position: int) -> str:
        return self.id if position == 0 else f"{self.id}-{position + 1}"


class _OptionListField(ChoiceField):
    """Options as a list of boxes, each with its own label and hint."""

    is_group = True
    kind = ""

    def _options(self) -> list[Markup]:
        return [self._option(position, choice) for position, choice in enumerate(self.choices)]

    def _option(self, position: int, choice: Choice) -> Markup:
        css, option_id = f"govuk-{self.kind}", self._option_id(position)
        hint_id = f"{option_id}-option-hint" if choice.hint else None
        box = {
            "class": f"{css}__input",
            "id": option_id,
            "name": self.name,
            "type": "radio" if self.kind == "radios" else "checkbox",
            "value": choice.value,
            "checked": choice.value in self.chosen(),
            "aria-describedby": hint_id,
            "data-behaviour": "exclusive" if choice.exclusive else None,
        }
        label = tag("label", {"class": f"govuk-label {css}__label", "for": option_id}, choice.label)
        hint = tag("div", {"class": f"govuk-hint {css}__hint", "id": hint_id}, choice.hint) if hint_id else ""
        return tag("div", {"class": f"{css}__item"}, tag("input", box), label, hint) + self._revealed(choice)

    def _revealed(self, choice: Choice) -> Markup:
        fields = [self._form[name]() for name in choice.reveals if name in self._form]
        if not fields:
            return Markup("")
        return tag("div", {"class": f"govuk-{self.kind}__conditional app-revealed"}, *fields)


class RadiosField(_OptionListField):
    """One of several options, all in sight."""

    kind = "radios"

    def __init__(self, *args: Any, inline: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.inline = inline

    def control(self) -> Markup:
        css = markup.classes("govuk-radios", "govuk-radios--inline" if self.inline else "")
        return tag("div", {"class": css}, *self._options())


class YesNoField(RadiosField):
    """Yes or no, and "not sure" where an honest answer may be that."""

    def __init__(self, *args: Any, unsure: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choices = (Choice("yes", _("Yes")), Choice("no", _("No")))
        if unsure:
            self.choices += (Choice("unsure", _("Not sure yet")),)


class CheckboxesField(_OptionListField):
    """Any of several options; an exclusive one stands alone."""

    kind = "checkboxes"

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = []
        sent = posted.several_texts(valuelist)
        order = {choice.value: position for position, choice in enumerate(self.choices)}
        self.data = sorted(filter(None, sent), key=lambda value: order.get(value, len(order)))

    def chosen(self) -> list[str]:
        return [value for value in self.data if isinstance(value, str)] if isinstance(self.data, list) else []

    def pre_validate(self, form: Any) -> None:
        super().pre_validate(form)
        alone = next((c for c in self.choices if c.exclusive and c.value in self.chosen()), None)
        if alone and len(self.chosen()) > 1:
            raise ValidationError(
                _("Choose “%(option)s” alone, or take it away and keep the others.", option=alone.label)
            )

    def control(self) -> Markup:
        module = "govuk-checkboxes" if any(choice.exclusive for choice in self.choices) else None
        return tag("div", {"class": "govuk-checkboxes", "data-module": module}, *self._with_divider())

    def _with_divider(self) -> list[Markup]:
        options: list[Markup] = []
        for printed, choice in zip(self._options(), self.choices, strict=True):
            if choice.exclusive and options:
                options.append(tag("div", {"class": "govuk-checkboxes__divider"}, _("or")))
            options.append(printed)
        return options


class SelectField(ChoiceField):
    """One of many options, folded into a list that starts with nothing chosen."""

    def control(self) -> Markup:
        css = markup.classes("govuk-select", "govuk-select--error" if self.errors else "")
        options = [
            tag("option", {"value": choice.value, "selected": choice.value in self.chosen()}, choice.label)
            for choice in self.choices
        ]
        nothing = Markup('<option value="">{}</option>').format(_("Choose one"))
        return tag("select", {**self.control_attributes(), "class": css}, nothing, *options)
