"""A questionnaire in another language: every text exchanged, nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pia_engine.questionnaires.checking_files import check_file
from pia_engine.questionnaires.definition import Questionnaire
from pia_engine.questionnaires.loading import load_file

Tiny = Callable[[str], Questionnaire]

TRANSLATED = Path(__file__).parents[2] / "questionnaires" / "translated.v1.yaml"


@pytest.fixture
def french(tiny: Tiny) -> Questionnaire:
    return tiny("translated").in_language("fr")


def test_title_purpose_and_sections_are_translated(french: Questionnaire) -> None:
    assert (french.language, french.title) == ("fr", "Traduit")
    assert french.purpose == "Montre un questionnaire en deux langues."
    assert (french.sections[0].title, french.sections[0].intro) == ("Caméras", "Seulement sur les **caméras**.")


def test_every_text_of_a_question_is_translated(french: Questionnaire) -> None:
    kinds = french.question("kinds")
    assert (kinds.text, kinds.hint) == ("Que voient-elles ?", "Plusieurs réponses sont possibles.")
    assert (kinds.guidance, kinds.example) == ("Pensez aussi aux *passants*.", "Les plaques, mais pas les visages.")
    assert [(option.value, option.label, option.hint) for option in kinds.options] == [
        ("faces", "Visages", "Floutés aussi."),
        ("plates", "Plaques d’immatriculation", ""),
        ("none", "Rien de tout cela", ""),
    ]
    assert french.question("days").unit == "jours"


def test_columns_and_what_they_offer_are_translated(french: Questionnaire) -> None:
    street, side = french.question("places").columns
    assert (street.label, street.hint) == ("Rue", "Comme sur le plan.")
    assert [option.label for option in side.options] == ["Gauche", "Droite"]


def test_the_reasons_of_threshold_rules_are_translated(french: Questionnaire) -> None:
    assert french.thresholds is not None
    assert [rule.because for rule in french.thresholds.rules] == ["On ne change pas de visage."]


def test_ids_conditions_and_digest_stay(tiny: Tiny, french: Questionnaire) -> None:
    own = tiny("translated")
    assert [question.id for question in french.questions] == [question.id for question in own.questions]
    assert [question.shown_when for question in french.questions] == [q.shown_when for q in own.questions]
    assert french.digest == own.digest
    assert french.question("kinds").options[2].exclusive


@pytest.mark.parametrize(
    ("wanted", "found"), [("fr", "fr"), ("fr-CA", "fr"), ("fr_CA", "fr"), ("en", "en"), ("de", "en"), ("", "en")]
)
def test_the_nearest_language_is_found(tiny: Tiny, wanted: str, found: str) -> None:
    assert tiny("translated").in_language(wanted).language == found


def test_every_text_that_is_missing_is_told_at_once(tmp_path: Path) -> None:
    copy = tmp_path / "translated.v1.yaml"
    text = TRANSLATED.read_text("utf-8")
    kept, _, _ = text.partition("    questions:\n      kinds:\n        text: Que")
    copy.write_text(kept, "utf-8")
    assert [problem.text.partition(";")[0] for problem in check_file(copy).problems] == [
        "question “days” has no text in “fr”",
        "question “kinds” has no text in “fr”",
        "question “places” has no text in “fr”",
        "rule “faces” has no text in “fr”",
    ]
    copy.write_text(kept + "    questions: {kinds: {}}\n    rules: {faces: {}}\n", "utf-8")
    told = [problem.text.partition(";")[0] for problem in check_file(copy).problems]
    assert "“text” has no text in “fr”" in told
    assert "option “plates” has no text in “fr”" in told
    assert "“because” has no text in “fr”" in told


def test_a_changed_translation_is_a_changed_questionnaire(tmp_path: Path, tiny: Tiny) -> None:
    copy = tmp_path / "translated.v1.yaml"
    copy.write_text(TRANSLATED.read_text("utf-8").replace("Caméras", "Appareils"), "utf-8")
    assert load_file(copy).digest != tiny("translated").digest
