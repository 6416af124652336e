"""The packaged site: every procedure whole in every language, and none against itself."""

import re

import pytest

from aurora.guidance.library import PRECEDENCE
from aurora.guidance.procedure import Ask, Procedure
from aurora.site.model import LANGUAGES
from tests.line import example_library, example_site


def procedures(language: str) -> list[Procedure]:
    packaged = example_library().procedures.values()
    return [procedure for procedure in packaged if procedure.language == language]


def sentences(procedure: Procedure) -> list[str]:
    """Every sentence a procedure can speak."""
    found = [procedure.first_line, *procedure.comfort]
    for item in procedure.then:
        found += [item.ask if isinstance(item, Ask) else item.do, item.again]
        if isinstance(item, Ask):
            found += [branch.say for branch in (item.if_yes, item.if_no) if branch and branch.say]
    return found + [line for reply in procedure.replies for line in reply.say]


def test_the_packaged_site_has_zones_a_to_f_in_four_languages():
    site = example_site()

    assert [zone.id for zone in site.zones] == list("abcdef")
    assert tuple(site.languages) == LANGUAGES
    for zone in site.zones:
        assert set(zone.aliases) == set(LANGUAGES)
        texts = [zone.name, zone.description, *(feature.name for feature in zone.exits)]
        assert [text for text in texts if set(text) != set(LANGUAGES)] == []


def test_no_zone_of_the_packaged_site_shares_an_alias_with_another():
    for language in LANGUAGES:
        aliases = [alias for zone in example_site().zones for alias in zone.aliases[language]]
        assert len(aliases) == len(set(aliases))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_procedure_is_there_in_every_language(language):
    assert {procedure.procedure for procedure in procedures(language)} == set(PRECEDENCE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_procedure_waits_for_is_asked_in_every_language(language):
    unasked = [
        procedure.reference
        for procedure in procedures(language)
        if procedure.hold_until
        and not any(isinstance(i, Ask) and i.fact in procedure.hold_until for i in procedure.then)
    ]
    assert unasked == []


def test_a_fact_is_of_one_kind_in_every_language():
    kinds: dict[str, set[bool]] = {}
    for procedure in example_library().procedures.values():
        for item in procedure.then:
            if isinstance(item, Ask):
                kinds.setdefault(item.fact, set()).add(item.is_yes_no)

    assert [fact for fact, found in kinds.items() if len(found) > 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_and_step_has_other_words_for_the_second_time(language):
    same = [
        (procedure.reference, item.again)
        for procedure in procedures(language)
        for item in procedure.then
        if item.again.lower() == (item.ask if isinstance(item, Ask) else item.do).lower()
    ]
    assert same == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_asks_and_a_step_does_not(language):
    wrong = []
    for procedure in procedures(language):
        for item in procedure.then:
            words = item.ask if isinstance(item, Ask) else item.do
            if ("?" in words) is not isinstance(item, Ask):
                wrong.append((procedure.reference, words))
    assert wrong == []


NEGATED = {
    "en": r"\b(?:no|not|never|nobody|nothing|don't|without|hands off|nor|before|until|only)\b",
    "es": r"\b(?:no|nunca|nadie|nada|sin|ni|jamás|solo|hasta|antes)\b",
    "fr": r"\b(?:ne|n'|pas|jamais|personne|rien|sans|ni|aucune?|seul\w*|avant)(?:\b|(?<='))",
    "de": r"\b(?:nicht|nie|niemals|niemand|nichts|keine?[rnms]?|ohne|weder|nur|erst|bevor|bis)\b",
}
"""What must stand in a sentence that names what its procedure forbids."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_packaged_sentence_says_what_its_procedure_forbids_unless_negated(language):
    said = []
    for procedure in procedures(language):
        never = [re.compile(pattern, re.IGNORECASE) for pattern in procedure.never]
        for sentence in sentences(procedure):
            for clause in re.split(r"[.;:!?]\s*", sentence):
                matched = [pattern.pattern for pattern in never if pattern.search(clause)]
                if matched and not re.search(NEGATED[language], clause, re.IGNORECASE):
                    said.append((procedure.reference, sentence, matched[0]))
    assert said == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_packaged_sentence_promises_help_or_safety(language):
    promise = {
        "en": r"help is (?:coming|on)|on (?:its|their|the) way|you are safe|will be (?:fine|okay)",
        "es": r"(?<!si )la ayuda (?:llega|viene)|en camino|está a salvo|todo irá bien",
        "fr": r"les secours (?:arrivent|sont en route)|vous êtes en sécurité|tout ira bien",
        "de": r"hilfe (?:kommt|ist unterwegs)|sie sind (?:in sicherheit|sicher)\b",
    }[language]
    said = [
        (procedure.reference, sentence)
        for procedure in procedures(language)
        for sentence in sentences(procedure)
        if re.search(promise, sentence.lower())
    ]
    assert said == []
