"""Loading questionnaires: everything wrong is told at once, and what is sound can be found again."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from pia_engine.errors import NotFound
from pia_engine.questionnaires.checking_files import check_files, files_in
from pia_engine.questionnaires.loading import (
    DefinitionError,
    load_catalogue,
    load_file,
    load_folder,
    shipped_catalogue,
)

TINY = Path(__file__).parents[2] / "questionnaires"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("texts", "choices", "rows", "mapping"):
        shutil.copy(TINY / f"{name}.v1.yaml", tmp_path)
    return tmp_path


def change(path: Path, before: str, after: str) -> None:
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), "utf-8")


def test_all_tiny_questionnaires_load_together() -> None:
    assert len(load_folder(TINY).ids()) == len(list(TINY.glob("*.yaml")))


def test_problems_of_all_files_in_a_folder_are_told_together(folder: Path) -> None:
    change(folder / "texts.v1.yaml", "type: short_text", "type: colour")
    change(folder / "choices.v1.yaml", "foundation: 2", "foundation: 0")
    with pytest.raises(DefinitionError) as refused:
        load_folder(folder)
    assert {Path(problem.file).name for problem in refused.value.problems} >= {
        "texts.v1.yaml",
        "choices.v1.yaml",
    }


def test_a_file_name_must_say_what_is_inside(folder: Path) -> None:
    (folder / "texts.v1.yaml").rename(folder / "texts.v2.yaml")
    with pytest.raises(DefinitionError, match=r"texts.v2.yaml:3: the file holds “texts” version 1; expected the name"):
        load_folder(folder)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (
            "from: rows",
            "from: columns",
            "there is no questionnaire “columns”; expected one of choices, mapping",
        ),
        ("source: story", "source: novel", "“texts” has no question “novel”; expected the id of one of its"),
        (
            "{idea: planned,",
            "{thought: planned,",
            "“thought” is no option of “stage” there; expected one of idea",
        ),
        ("source: elements", "source: elsewhere", "“rows” has no question “elsewhere”; expected"),
        ("title, source: name", "media, source: name", "“name” (short_text) can never fill “media” (any_of)"),
    ],
)
def test_a_mapping_that_cannot_work_is_told(folder: Path, before: str, after: str, said: str) -> None:
    change(folder / "mapping.v1.yaml", before, after)
    with pytest.raises(DefinitionError) as refused:
        load_folder(folder)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("file", "“owner” (person) can never fill “carried” (file)"),
        ("department", "“owner” (person) can never fill “carried” (department)"),
        ("long_text", None),
        ("person", None),
    ],
)
def test_a_name_is_carried_into_words_and_a_file_never(tmp_path: Path, kind: str, said: str | None) -> None:
    shutil.copy(TINY / "people.v1.yaml", tmp_path)
    shutil.copy(TINY / "texts.v1.yaml", tmp_path)
    target = tmp_path / "texts.v1.yaml"
    question = f"{{id: carried, type: {kind}, text: A text, answered_by: auditor, public: false, ground: security}}"
    change(target, "    questions:\n", f"    questions:\n      - {question}\n")
    with target.open("a", encoding="utf-8") as file:
        file.write("mappings:\n  - {from: people, answers: [{question: carried, source: owner}]}\n")
    problems = [problem.text for found in check_files(files_in(tmp_path), known=()) for problem in found.problems]
    assert problems == ([f"{said}; expected a fitting type"] if said else [])


def test_the_newest_version_is_found_and_older_ones_stay(folder: Path) -> None:
    second = folder / "texts.v2.yaml"
    shutil.copy(folder / "texts.v1.yaml", second)
    change(second, "version: 1", "version: 2")
    catalogue = load_folder(folder)
    assert catalogue.newest("texts").version == 2
    assert catalogue.get("texts", 1).version == 1
    assert catalogue.versions("texts") == (1, 2)


def test_an_unknown_questionnaire_is_told_by_name(folder: Path) -> None:
    catalogue = load_folder(folder)
    with pytest.raises(NotFound, match="There is no questionnaire “nothing”"):
        catalogue.newest("nothing")
    with pytest.raises(NotFound, match="There is no version 7 of the questionnaire “texts”"):
        catalogue.get("texts", 7)


def test_a_city_adds_and_replaces_questionnaires(tmp_path: Path) -> None:
    shutil.copy(TINY / "texts.v1.yaml", tmp_path)
    shipped = shipped_catalogue()
    own = tmp_path / "initial-assessment.v1.yaml"
    shutil.copy(TINY / "texts.v1.yaml", own)
    change(own, "id: texts", "id: initial-assessment")
    catalogue = load_catalogue(tmp_path)
    assert set(catalogue.ids()) == {*shipped.ids(), "texts"}
    assert catalogue.get("initial-assessment", 1).title == "Texts"


def test_without_a_folder_of_its_own_a_city_has_the_shipped_ones(tmp_path: Path) -> None:
    assert load_catalogue(tmp_path / "absent") is shipped_catalogue()
    assert load_catalogue() is shipped_catalogue()


def test_the_digest_notices_content_and_ignores_layout(folder: Path) -> None:
    path = folder / "texts.v1.yaml"
    before = load_file(path).digest
    path.write_text("# A remark\n" + path.read_text("utf-8"), "utf-8")
    assert load_file(path).digest == before
    change(path, "What is it called?", "What is its name?")
    assert load_file(path).digest != before


def test_a_question_has_its_own_foundation_or_that_of_its_section() -> None:
    roles = load_file(TINY / "roles.v1.yaml")
    assert (roles.question("purpose").foundation, roles.question("advice").foundation) == (4, 6)


def test_an_editors_leftovers_are_passed_over(folder: Path) -> None:
    (folder / ".texts.v1.yaml").write_text("a: [", "utf-8")
    (folder / "~texts.v1.yaml").write_text("a: [", "utf-8")
    assert "texts" in load_folder(folder).ids()


def test_the_example_of_the_guide_is_sound(tmp_path: Path) -> None:
    guide = (Path(__file__).parents[3] / "docs/how-to/own-questionnaire.md").read_text("utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL)
    (tmp_path / "street-trial.v1.yaml").write_text(example, "utf-8")
    found = load_folder(tmp_path).newest("street-trial")
    assert found.in_language("fr").question("kept").columns[1].label == "Jours"
