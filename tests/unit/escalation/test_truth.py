"""A caller hears only what is known, whatever the order in which people answer, refuse or fail."""

from functools import cache
from typing import Any

import pytest

from aurora.escalation.incident import (
    Answer,
    Incident,
    Reach,
    reached,
    resolve,
)
from aurora.escalation.plan import Page
from aurora.escalation.policy import make_plan
from aurora.escalation.truth import Claim, Statement, statements, to_the_question, who, whom
from aurora.levels import Urgency
from aurora.site.model import LANGUAGES
from tests.incidents import accepts, call, declines, incident, says
from tests.line import NOON, example_library, example_site


@cache
def everyone() -> dict[str, Page]:
    plan = make_plan(example_site(), incident(call(roles=("medical",))), NOON)
    return {page.contact_id: page for page in plan.everyone()}


def pages(*contacts: str, **parts: Any) -> tuple[Incident, list[Page]]:
    """An incident that paged nobody yet, and the pages that some would get."""
    return incident(call(roles=("medical",), **parts)), [everyone()[one] for one in contacts]


def test_nothing_is_said_while_channels_are_being_tried():
    made, (medic,) = pages("medic")
    reached(made, medic, Reach.ASKED)

    assert statements(made, []) == []


def test_alerted_is_said_once_a_channel_took_the_message_and_once_only():
    made, (medic,) = pages("medic")
    reached(made, medic, Reach.SENT)
    said = statements(made, [])

    assert said == [Statement(Claim.ALERTED, ("medical",))]
    assert statements(made, said) == []


def test_coming_is_said_only_after_the_person_accepted():
    made, (medic,) = pages("medic")
    reached(made, medic, Reach.SENT)
    told = statements(made, [])
    accepts(made, "medic")

    assert statements(made, told) == [Statement(Claim.COMING, ("medical",))]


def test_nobody_comes_from_a_desk():
    made, (desk,) = pages("control_desk")
    reached(made, desk, Reach.SENT)
    accepts(made, "control_desk")

    assert statements(made, []) == [Statement(Claim.CONFIRMED, ("control_room",))]


def test_of_the_emergency_services_nothing_is_claimed_from_a_page():
    made, (desk,) = pages("emergency_desk")
    reached(made, desk, Reach.SENT)
    assert statements(made, []) == []

    accepts(made, "emergency_desk")
    assert statements(made, []) == []


def test_an_acceptance_taken_back_is_put_right_before_anything_else():
    made, (medic, second) = pages("medic", "second_medic")
    reached(made, medic, Reach.SENT)
    accepts(made, "medic", after_s=1)
    told = statements(made, [])
    declines(made, "medic", after_s=2)
    reached(made, second, Reach.SENT)
    reached(made, pages("duty_supervisor")[1][0], Reach.SENT)

    first = statements(made, told)
    assert first == [
        Statement(Claim.NO_LONGER, ("medical",)),
        Statement(Claim.ALERTED, ("supervisor",)),
    ]
    assert statements(made, told + first) == [Statement(Claim.ALERTED, ("medical",))]


def test_a_refusal_that_was_never_promised_needs_no_word():
    made, (medic,) = pages("medic")
    reached(made, medic, Reach.SENT)
    told = statements(made, [])
    declines(made, "medic")

    assert statements(made, told) == []


def test_a_caller_who_comes_late_is_not_told_that_one_who_refused_was_alerted():
    made, (medic,) = pages("medic")
    reached(made, medic, Reach.SENT)
    declines(made, "medic")

    assert statements(made, []) == []


def test_a_message_that_failed_after_all_is_taken_back():
    made, (medic,) = pages("medic")
    reached(made, medic, Reach.SENT)
    told = statements(made, [])
    reached(made, medic, Reach.FAILED)

    assert statements(made, told) == [Statement(Claim.NOT_REACHED, ("medical",))]


def test_a_late_failure_does_not_undo_an_acceptance():
    made, (medic,) = pages("medic")
    reached(made, medic, Reach.SENT)
    accepts(made, "medic")
    reached(made, medic, Reach.FAILED)

    assert statements(made, []) == [Statement(Claim.COMING, ("medical",))]


def test_the_second_medic_makes_it_true_of_the_role():
    made, (medic, second) = pages("medic", "second_medic")
    reached(made, medic, Reach.SENT)
    reached(made, second, Reach.SENT)
    declines(made, "medic")
    accepts(made, "second_medic")

    assert statements(made, []) == [Statement(Claim.COMING, ("medical",))]


def test_who_confirmed_for_a_drill_has_not_confirmed_for_what_it_became():
    told = [Statement(Claim.COMING, ("medical",))]
    real, _ = pages("medic")

    assert statements(real, told) == [Statement(Claim.NO_LONGER, ("medical",))]


def test_the_control_room_that_is_paged_for_another_role_is_spoken_of_as_itself():
    made = incident(call(roles=("fire",)))
    site = example_site()
    contacts = [
        contact.model_copy(update={"roles": [one for one in contact.roles if one != "fire"]})
        for contact in site.contacts
    ]
    plan = make_plan(site.model_copy(update={"contacts": contacts}), made, NOON)
    desk = next(page for page in plan.everyone() if "fire" in page.roles)
    reached(made, desk, Reach.SENT)

    assert statements(made, []) == [Statement(Claim.ALERTED, ("control_room",))]


def test_whoever_arrived_is_said_to_be_there_and_one_who_went_quiet_is_taken_back():
    made, (medic,) = pages("medic")
    reached(made, medic, Reach.SENT)
    accepts(made, "medic", after_s=1)
    told = statements(made, [])
    says(made, "medic", Answer.ARRIVED, after_s=2)
    there = statements(made, told)
    says(made, "medic", Answer.LAPSED, after_s=3)

    assert there == [Statement(Claim.ARRIVED, ("medical",))]
    assert statements(made, told + there) == [Statement(Claim.NO_LONGER, ("medical",))]


# The end of a plan, and questions ------------------------------------------------------------


def test_when_nobody_could_be_reached_the_caller_is_told_to_call_and_told_once():
    made, (medic,) = pages("medic")
    reached(made, medic, Reach.FAILED)
    said = statements(made, [], is_exhausted=True)

    assert said == [Statement(Claim.NOBODY_REACHED), Statement(Claim.CALL_YOURSELF)]
    assert statements(made, said, is_exhausted=True) == []


def test_when_nobody_answered_the_caller_is_told_that():
    made, (medic,) = pages("medic")
    reached(made, medic, Reach.SENT)
    told = statements(made, [])

    assert statements(made, told, is_exhausted=True) == [
        Statement(Claim.NOBODY_CONFIRMED),
        Statement(Claim.CALL_YOURSELF),
    ]


def test_in_a_drill_nobody_is_sent_to_the_public_services():
    made, (medic,) = pages("medic", is_drill=True)
    reached(made, medic, Reach.FAILED)

    assert statements(made, [], is_exhausted=True) == [Statement(Claim.NOBODY_REACHED)]


def test_is_anybody_coming_is_answered_with_who_and_else_with_nobody_yet():
    made, (medic, supervisor) = pages("medic", "duty_supervisor")
    reached(made, medic, Reach.SENT)
    reached(made, supervisor, Reach.SENT)
    assert to_the_question(made, is_exhausted=False) == [
        Statement(Claim.ALERTED, ("medical", "supervisor")),
        Statement(Claim.NOBODY_CONFIRMED),
    ]

    accepts(made, "medic")
    assert to_the_question(made, is_exhausted=False) == [
        Statement(Claim.COMING, ("medical",)),
        Statement(Claim.ALERTED, ("supervisor",)),
    ]


def test_an_operators_acceptance_is_not_called_nobody():
    made, (medic,) = pages("medic")
    reached(made, medic, Reach.SENT)
    accepts(made, "night_supervisor")

    assert to_the_question(made, is_exhausted=True) == [
        Statement(Claim.ALERTED, ("medical",)),
        Statement(Claim.SOMEBODY_CONFIRMED),
    ]
    assert statements(made, [], is_exhausted=True) == [Statement(Claim.ALERTED, ("medical",))]


def test_when_no_medic_was_found_a_supervisors_yes_does_not_keep_the_caller_from_calling():
    made, (medic, supervisor) = pages("medic", "duty_supervisor")
    reached(made, medic, Reach.SENT)
    reached(made, supervisor, Reach.SENT)
    accepts(made, "duty_supervisor")
    told = statements(made, [])
    assert Statement(Claim.CALL_YOURSELF) not in told
    said = statements(made, told, is_exhausted=True, is_short=True)

    assert said == [Statement(Claim.CALL_YOURSELF)]
    assert statements(made, told + said, is_exhausted=True, is_short=True) == []
    assert to_the_question(made, is_exhausted=True, is_short=True)[-1] == said[0]


def test_nothing_more_is_promised_once_it_is_over():
    made, (medic,) = pages("medic")
    reached(made, medic, Reach.SENT)
    accepts(made, "medic")
    resolve(made, "Ann", "fire is out", NOON)

    assert statements(made, []) == []


# As spoken -----------------------------------------------------------------------------------

BOTH = ("supervisor", "medical")


@pytest.mark.parametrize(
    ("language", "claim", "expected"),
    [
        ("en", Claim.ALERTED, "I have alerted the shift supervisor and the site medic."),
        ("en", Claim.COMING, "Confirmed and coming: the shift supervisor and the site medic."),
        ("es", Claim.ALERTED, "He avisado al supervisor de turno y al servicio médico."),
        ("es", Claim.CONFIRMED, "Confirmado por el supervisor de turno y el servicio médico."),
        ("fr", Claim.ALERTED, "J'ai prévenu le chef d'équipe et l'infirmier du site."),
        ("de", Claim.ALERTED, "Schon alarmiert: die Schichtleitung und der Betriebssanitäter."),
        (
            "de",
            Claim.COMING,
            "Bestätigt und unterwegs: die Schichtleitung und der Betriebssanitäter.",
        ),
    ],
)
def test_a_statement_is_spoken_natively(language, claim, expected):
    phrase = getattr(example_library().phrases[language], claim.value)
    site = example_site()

    assert expected == phrase.format(who=who(site, BOTH, language), whom=whom(site, BOTH, language))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("claim", list(Claim))
def test_every_claim_has_a_phrase(language, claim):
    assert getattr(example_library().phrases[language], claim.value)


def test_roles_are_listed_as_people_list_them():
    site = example_site()

    assert who(site, ("supervisor",), "en") == "the shift supervisor"
    assert who(site, ("supervisor", "medical", "fire"), "en") == (
        "the shift supervisor, the site medic and the works fire brigade"
    )
    assert whom(site, ("control_room",), "es") == "a la sala de control"


def test_urgency_alone_promises_nothing():
    for urgency in Urgency:
        assert statements(incident(call(urgency=urgency)), []) == []
