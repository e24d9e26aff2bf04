"""Is a questionnaire sound beyond its shape? Every check runs, so that one reading shows all there is to mend."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pia_engine.questionnaires.checking_conditions import check_conditions
from pia_engine.questionnaires.checking_questions import check_questions
from pia_engine.questionnaires.checking_thresholds import check_thresholds
from pia_engine.questionnaires.checking_translations import check_translations
from pia_engine.questionnaires.definition import Questionnaire
from pia_engine.questionnaires.outline import Finding, Outline, Part, option_values, outline, outline_of, repeated
from pia_engine.questionnaires.schema import schema_problems, shape_findings
from pia_engine.questionnaires.source import MAX_DEPTH, DataPath, Problem, Source


def find_problems(source: Source) -> list[Problem]:
    """All problems of a file that can be seen without looking at other files, by line."""
    if source.problems and source.data is None:
        return sorted(source.problems)
    found = outline(source)
    findings = [*_check_ids(found), *check_questions(found), *check_conditions(found)]
    thresholds = found.root.part("thresholds")
    findings += [*(check_thresholds(thresholds, found) if thresholds else ()), *_check_mappings(found)]
    findings += check_translations(found)
    problems = {source.problem(path, text) for path, text in findings}
    return sorted({*source.problems, *schema_problems(source), *problems})


def threshold_problems(document: object, questionnaire: Questionnaire, *, counting: bool = True) -> list[str]:
    """What is wrong with thresholds that are kept elsewhere than in the file of their questionnaire, each a sentence.

    Only for a document without any is `parsing.parse_thresholds` safe. Without `counting`, points need not add up yet.
    """
    if not isinstance(document, dict):
        return ["These are no thresholds; expected outcomes, default and rules."]
    if _depth(document) > MAX_DEPTH:
        return [f"This is nested too deeply; expected at most {MAX_DEPTH} levels."]
    findings = shape_findings(document, "thresholds")
    findings += check_thresholds(Part((), document), outline_of(questionnaire), counting=counting)
    return list(dict.fromkeys(_placed(path, text, document) for path, text in findings))


def _placed(path: DataPath, text: str, document: Any) -> str:
    """Without a line number the rule's own name has to say where."""
    sentence = f"{text[0].upper()}{text[1:]}."
    match path:
        case ("rules", int(number), *_) if isinstance(document["rules"][number], dict):
            return f"Rule “{document['rules'][number].get('id', number + 1)}”: {sentence}"
    return sentence


def _depth(data: object, level: int = 0) -> int:
    """How deep the data goes, looked at no further than is needed to refuse it."""
    inner = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    if level > MAX_DEPTH:
        return level
    return max((_depth(part, level + 1) for part in inner), default=level)


def _check_ids(found: Outline) -> Iterator[Finding]:
    yield from repeated(found.root.parts("sections"), "id", "a section")
    yield from repeated(found.questions, "id", "a question")
    for question in found.questions:
        yield from repeated(question.parts("columns"), "id", "a column")
        yield from repeated(question.parts("options"), "value", "an option")
        for column in question.parts("columns"):
            yield from repeated(column.parts("options"), "value", "an option")


def _check_mappings(found: Outline) -> Iterator[Finding]:
    for mapping in found.root.parts("mappings"):
        yield from repeated(mapping.parts("answers"), "question", "a mapped answer for")
        for mapped in mapping.parts("answers"):
            question_id = mapped.text("question")
            question = found.find(question_id)
            if question_id and question is None:
                text = f"there is no question “{question_id}”; expected the id of a question in this file"
                yield mapped.at("question"), text
            if question is not None:
                yield from _check_translation(mapped, question)


def _check_translation(mapped: Part, question: Part) -> Iterator[Finding]:
    offered = option_values(question)
    values = mapped.part("values")
    for there, here in values.data.items() if values else ():
        if values and isinstance(here, str) and here not in offered:
            expected = f"one of {', '.join(offered)}" if offered else "“values” only for a choice"
            text = f"“{here}” is no option of “{question.text('id')}”; expected {expected}"
            yield values.at(str(there)), text
