"""Words that call for a particular procedure in place of a general one, and words that do not."""

from pathlib import Path

import pytest

from aurora.guidance.procedure import CalledFor
from aurora.site.model import LANGUAGES
from aurora.site.yaml_file import plain_yaml, read_text
from aurora.triage.text import Utterance, normalise
from tests.line import example_library
from tests.rows import each_row

SENTENCES = plain_yaml(read_text(Path(__file__).with_name("particular.yaml")), "particular")
CASES = [(name, language) for name in SENTENCES for language in SENTENCES[name]]


def called_for(name: str, language: str) -> CalledFor:
    found = example_library().procedures[name, language].called_for
    assert found is not None, f"{name}.{language} has no called_for"
    return found


def chosen(general: str, sentence: str, language: str) -> str:
    return example_library().particular(general, Utterance(normalise(sentence)).flat, language)


@each_row(("name", "language"), CASES)
def test_words_of_the_particular_case_take_the_place_of_every_general_procedure(
    name: str, language: str
) -> None:
    for sentence in SENTENCES[name][language][:2]:
        for general in called_for(name, language).instead_of:
            assert chosen(general, sentence, language) == name, (sentence, general)


@each_row(("name", "language"), CASES)
def test_words_of_the_general_case_leave_the_general_procedure(name: str, language: str) -> None:
    sentence = SENTENCES[name][language][2]
    for general in called_for(name, language).instead_of:
        assert chosen(general, sentence, language) == general, sentence


@pytest.mark.parametrize("name", SENTENCES)
def test_a_procedure_takes_the_place_of_the_same_ones_in_every_language(name: str) -> None:
    lists = [called_for(name, language).instead_of for language in LANGUAGES]
    assert all(found == lists[0] for found in lists)


def test_every_procedure_that_is_called_for_has_sentences() -> None:
    procedures = example_library().procedures
    named = {name for (name, _), found in procedures.items() if found.called_for}
    assert named == set(SENTENCES)


@each_row(("name", "language"), CASES)
def test_other_words_never_take_the_place_of_a_procedure_that_is_not_named(
    name: str, language: str
) -> None:
    for sentence in SENTENCES[name][language]:
        assert chosen("cardiac_arrest", sentence, language) == "cardiac_arrest"


@pytest.mark.parametrize(
    "sentence", ["the forklift hits someone on the loading dock", "a truck runs over him"]
)
def test_what_a_vehicle_does_to_somebody_may_be_told_in_the_present(sentence: str) -> None:
    assert chosen("crush", sentence, "en") == "vehicle"
