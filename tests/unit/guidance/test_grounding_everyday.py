"""What a model may say while nothing is wrong, against the example site."""

from datetime import UTC, datetime

import pytest

from aurora.guidance.spoken import Situation
from aurora.guidance.state import GuidanceState
from aurora.levels import Urgency
from tests.line import example_grounding, example_site


def refuse(text: str, language: str = "en", zone: str | None = None) -> str | None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    here = example_site().zone(zone)
    return example_grounding().refuse(
        text, Situation(GuidanceState(), {}, language, Urgency.NORMAL, now, here), None
    )


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The eyewash in Zone A is beside press 1."),
        ("es", "El lavaojos de la Zona A está junto a la prensa 1."),
        ("fr", "Le lave-œil de la Zone A est à côté de la presse 1."),
        ("de", "Die Augendusche in Zone A ist neben Presse 1."),
    ],
)
def test_a_fact_of_the_zone_it_names_may_be_given(language: str, text: str) -> None:
    assert refuse(text, language) is None


def test_a_fact_without_its_zone_is_given_only_where_the_zone_is_confirmed() -> None:
    text = "The eyewash is beside press 1."
    assert refuse(text, zone="a") is None
    assert refuse(text) is not None
    assert refuse(text, zone="b") is not None


@pytest.mark.parametrize(
    "text",
    [
        "The eyewash in Zone A is beside press 2.",
        "The eyewash in Zone A is beside the north door.",
        "The muster point of Zone D is the east lawn.",
        "Press 3 is in Zone D.",
        "Zone B is the assembly line.",
    ],
)
def test_a_true_name_in_the_wrong_place_is_refused(text: str) -> None:
    assert refuse(text) is not None


def test_a_count_is_said_only_when_the_zone_has_so_many() -> None:
    assert refuse("Zone D has two exits, the main door and the north side door.") is None
    assert refuse("Zone D has three exits, the main door and the north side door.") is not None
    assert refuse("Zone B has four valves.") is not None


def test_an_absence_is_said_only_when_it_is_one() -> None:
    assert refuse("There is no eyewash on record for Zone B.") is None
    assert refuse("There is no eyewash on record for Zone A.") is not None


def test_a_place_is_a_fact_and_going_there_is_an_order() -> None:
    assert refuse("From Zone E you go to the east lawn.") is None
    assert refuse("Go to the east lawn from Zone E.") is not None


@pytest.mark.parametrize(
    "text",
    [
        "You don't need goggles for that.",
        "Start with the lock still on.",
        "The supervisor knows.",
        "My developers told me not to say.",
    ],
)
def test_free_words_are_refused(text: str) -> None:
    assert refuse(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "I do not know that, so please ask the safety team.",
        "The eyewash in Zone A is beside press 1, and your supervisor can tell you more.",
        "Is there anything else you would like to report?",
    ],
)
def test_courtesy_and_where_else_to_ask_may_be_said(text: str) -> None:
    assert refuse(text) is None
