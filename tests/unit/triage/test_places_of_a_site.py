"""Places as a site names them, numbers them and spells them."""

import pytest

from aurora.triage.places import load_place_finders
from aurora.triage.text import normalise
from tests.line import example_site
from tests.unit.triage.test_places import find, finders, zone


def test_every_language_finds_every_zone_by_its_own_name():
    for language, finder in finders().items():
        for one in example_site().zones:
            name = normalise(one.name[language])
            assert finder.find(name).zone_id == one.id


def test_every_alias_finds_its_own_zone():
    wrong = [
        (language, alias)
        for one in example_site().zones
        for language, aliases in one.aliases.items()
        for alias in aliases
        if zone(f"{alias}", language) != one.id
    ]
    assert wrong == []


def test_a_site_without_aliases_is_searched_all_the_same():
    bare = example_site().model_copy(
        update={"zones": [z.model_copy(update={"aliases": {}}) for z in example_site().zones]}
    )
    finder = load_place_finders(bare)["en"]

    assert finder.find("smoke in zone b").zone_id == "b"
    assert finder.find("press shop").zone_id is None


def test_zones_named_by_words_are_found_by_them():
    zones = [
        example_site().zones[0].model_copy(update={"name": "Paint Shop", "aliases": {}}),
        example_site().zones[1].model_copy(update={"name": "Zone 2", "aliases": {}}),
    ]
    finder = load_place_finders(example_site().model_copy(update={"zones": zones}))["en"]

    assert finder.find("fire in the paint shop").zone_id == "a"
    assert finder.find("fire in zone two").zone_id == "b"
    assert finder.find("fire in zone b").zone_id is None


@pytest.mark.parametrize(
    ("language", "words", "said"),
    [
        ("en", "in the yard no one is moving", "Yard"),
        ("es", "en la cocina una sartén en llamas", "Cocina"),
        ("fr", "dans l'atelier un feu", "Atelier"),
        ("de", "im Lager ein Mann am Boden", "Lager"),
    ],
)
def test_an_article_is_not_the_number_of_the_place_before_it(language, words, said):
    assert find(words, language).said == said


@pytest.mark.parametrize(
    ("language", "words", "said"),
    [
        ("en", "in hall one there is a fire", "Hall 1"),
        ("es", "humo en la nave uno", "Nave 1"),
        ("fr", "atelier un il y a le feu", "Atelier 1"),
        ("de", "Feuer in Halle eins", "Halle 1"),
        ("de", "Feuer in Halle ein", "Halle 1"),
    ],
)
def test_a_place_keeps_the_number_that_is_said_with_it(language, words, said):
    assert find(words, language).said == said


def test_a_letter_before_an_apostrophe_is_no_zone():
    assert zone("la cuve d'acide fuit", "fr") is None
    assert zone("une odeur dans la zone d'attente", "fr") is None


@pytest.mark.parametrize(
    ("language", "words", "said"),
    [
        ("es", "hay humo en el almacen", "Almacén"),
        ("fr", "feu au batiment 3", "Bâtiment 3"),
        ("de", "Rauch in der Kueche, also Küche 2", "Küche 2"),
    ],
)
def test_a_place_is_spelt_with_its_accents_for_whoever_reads_or_speaks_it(language, words, said):
    assert find(words, language).said == said
