"""An incident's answers, reach, code and place in the queue."""

import random
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from aurora.escalation.incident import (
    CODE_ALPHABET,
    Acknowledgement,
    Answer,
    IncidentState,
    Reach,
    Source,
    answer,
    hand_over,
    in_queue_order,
    new_code,
    reached,
    resolve,
)
from aurora.escalation.plan import ChannelKind, Page, Route
from aurora.levels import Urgency
from tests.incidents import accepts, call, declines, incident, says
from tests.line import NOON


def page(*roles: str) -> Page:
    route = Route(ChannelKind.SMS, "+12025550120")
    return Page("ana", "Ana", roles[0], "en", (route,), tuple(roles[1:]))


def test_a_code_has_six_characters_none_read_for_another():
    codes = [new_code(random.Random(seed).choice) for seed in range(200)]  # noqa: S311

    assert all(len(code) == 6 for code in codes)
    assert not set("".join(codes)) & set("AEIOU01L25SZB8")
    assert len(set(CODE_ALPHABET)) == len(CODE_ALPHABET)
    assert len(set(codes)) == 200


def test_an_acceptance_acknowledges_and_its_withdrawal_opens_it_again():
    made = incident()
    accepts(made, "medic", after_s=5)
    assert made.state is IncidentState.ACKNOWLEDGED

    declines(made, "medic", after_s=9)
    assert made.state is IncidentState.OPEN


def test_one_who_declines_does_not_undo_anothers_acceptance():
    made = incident()
    accepts(made, "medic", after_s=5)
    declines(made, "safety_officer", after_s=9)

    assert made.state is IncidentState.ACKNOWLEDGED
    assert made.accepted_by == ["medic"]


def test_who_declined_may_accept_after_all():
    made = incident()
    declines(made, "medic", after_s=5)
    accepts(made, "medic", after_s=9)

    assert made.accepted_by == ["medic"]


def test_an_answer_that_comes_in_twice_is_one_answer():
    made = incident()

    assert accepts(made, "medic", after_s=5)
    assert not accepts(made, "medic", after_s=5)
    assert len(made.acknowledgements) == 1


def test_of_an_acceptance_and_a_refusal_at_the_same_moment_the_refusal_counts():
    for first, second in ((Answer.ACCEPT, Answer.DECLINE), (Answer.DECLINE, Answer.ACCEPT)):
        made = incident()
        for what in (first, second):
            answer(made, Acknowledgement("medic", what, Source.SMS, NOON))

        assert made.accepted_by == []


def test_an_answer_to_what_is_over_is_kept_and_opens_nothing():
    made = incident()
    resolve(made, "Ann", "fire is out", NOON)
    declines(made, "medic")

    assert made.state is IncidentState.RESOLVED
    assert len(made.acknowledgements) == 1


def test_whoever_is_paged_again_keeps_the_roles_of_before():
    made = incident()
    reached(made, page("fire"), Reach.SENT)
    reached(made, page("rescue"), Reach.ASKED)

    assert made.responders["ana"].roles == ("fire", "rescue")


def test_who_did_not_pick_up_and_then_accepted_by_text_is_told_what_is_new_and_when_it_is_over():
    made = incident()
    reached(made, page("fire"), Reach.FAILED)
    assert not made.counts_on("ana")

    accepts(made, "ana", after_s=40)
    assert made.counts_on("ana")
    says(made, "ana", Answer.LAPSED, after_s=400)
    assert made.counts_on("ana"), "they may be on the way all the same"
    declines(made, "ana", after_s=500)
    assert not made.counts_on("ana")


def test_the_queue_serves_the_most_urgent_first_and_of_these_the_eldest():
    names = [
        ("late", Urgency.CRITICAL, 9),
        ("calm", Urgency.NORMAL, 0),
        ("early", Urgency.CRITICAL, 3),
        ("urgent", Urgency.URGENT, 1),
        ("idle", Urgency.ASSISTIVE, 0),
    ]
    made = [incident(call(name, urgency, after_min=minute)) for name, urgency, minute in names]

    order = [next(iter(one.calls)) for one in in_queue_order(made)]
    assert order == ["early", "late", "urgent", "calm", "idle"]
    assert [one.priority for one in in_queue_order(made)] == [1, 1, 2, 3, 4]


def test_a_drill_stands_after_every_emergency_however_early_it_began() -> None:
    drill = incident(call("drill", is_drill=True))
    late = incident(call("late", urgency=Urgency.URGENT, after_min=5), number=2)
    assert in_queue_order([drill, late]) == [late, drill]


GIVEN = st.lists(
    st.builds(
        Acknowledgement,
        st.sampled_from(["ana", "ben"]),
        st.sampled_from(list(Answer)),
        st.sampled_from(list(Source)),
        st.integers(0, 20).map(lambda seconds: NOON + timedelta(seconds=seconds)),
    ),
    max_size=8,
)


@given(GIVEN, st.randoms(use_true_random=False))
def test_answers_come_to_the_same_in_whatever_order_and_number_they_arrive(given_answers, chance):
    one, other = incident(), incident()
    shuffled = [*given_answers, *given_answers]
    chance.shuffle(shuffled)
    for each in given_answers:
        answer(one, each)
    for each in shuffled:
        answer(other, each)

    assert set(one.accepted_by) == set(other.accepted_by)
    assert one.state is other.state


def test_whoever_one_of_two_that_became_one_reached_was_reached():
    minor, into = incident(call("1")), incident(call("2"), number=2)
    reached(minor, page("medical"), Reach.SENT)
    reached(into, page("wardens"), Reach.FAILED)
    hand_over(minor, into)

    assert into.responders["ana"].reach is Reach.SENT
    assert into.responders["ana"].roles == ("wardens", "medical")
    assert into.counts_on("ana")
