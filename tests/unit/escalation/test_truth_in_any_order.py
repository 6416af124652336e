"""Asked, answered, refused and failed in a thousand orders: nothing false is told in any."""

import random
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from aurora.escalation.incident import (
    Acknowledgement,
    Answer,
    Incident,
    Reach,
    Source,
    answer,
    reached,
)
from aurora.escalation.truth import Claim, Statement, statements, to_the_question
from tests.line import NOON
from tests.unit.escalation.test_truth import pages

PEOPLE = ("medic", "second_medic", "duty_supervisor", "control_desk", "emergency_desk", "gate")
DESKS = {"control_desk", "emergency_desk"}
ROLE = {
    "medic": "medical",
    "second_medic": "medical",
    "duty_supervisor": "supervisor",
    "control_desk": "control_room",
    "emergency_desk": "emergency_services",
    "gate": "security",
}
ANSWERS = ("accept", "decline", "arrived", "lapsed")
KINDS = ("asked", "sent", "failed", *ANSWERS, "caller listens")
HAPPENS = st.tuples(
    st.sampled_from(PEOPLE),
    st.sampled_from(KINDS),
    st.integers(0, 60),
)


class World:
    """What really happened, kept apart from the code that is tested."""

    def __init__(self) -> None:
        self.answers: dict[str, list[tuple[int, str]]] = {one: [] for one in PEOPLE}
        self.sent: set[str] = set()

    def says_yes(self, person: str) -> bool:
        if not self.answers[person]:
            return False
        newest = max(at for at, _ in self.answers[person])
        given = [what for at, what in self.answers[person] if at == newest]
        return all(what in ("accept", "arrived") for what in given)

    def has_arrived(self, role: str) -> bool:
        people = [one for one in PEOPLE if ROLE[one] == role and one not in DESKS]
        newest = {one: max((at for at, _ in self.answers[one]), default=-1) for one in people}
        return any(
            {what for at, what in self.answers[one] if at == newest[one]} == {"arrived"}
            for one in people
        )

    def is_coming(self, role: str) -> bool:
        return any(ROLE[one] == role and one not in DESKS and self.says_yes(one) for one in PEOPLE)

    def is_confirmed(self, role: str) -> bool:
        return any(ROLE[one] == role and self.says_yes(one) for one in PEOPLE)

    def was_sent(self, role: str) -> bool:
        return any(ROLE[one] == role and one in self.sent for one in PEOPLE)


@given(st.lists(HAPPENS, max_size=25), st.booleans())
def test_no_order_of_events_found_makes_a_false_promise(events, is_exhausted):
    _live_through(events, is_exhausted)


def test_under_a_thousand_random_orders_of_events_no_false_promise_is_spoken():
    for seed in range(1000):
        chance = random.Random(seed)  # noqa: S311
        events = [
            (chance.choice(PEOPLE), chance.choice(KINDS), chance.randrange(60))
            for _ in range(chance.randrange(5, 40))
        ]
        _live_through(events, is_exhausted=chance.random() < 0.5)


def _live_through(events: list[tuple[str, str, int]], is_exhausted: bool) -> None:
    made, all_pages = pages(*PEOPLE)
    by_id = {page.contact_id: page for page in all_pages}
    world, told = World(), []
    for person, what, after_s in events:
        if what in ANSWERS:
            at = NOON + timedelta(seconds=after_s)
            if person not in made.responders:  # nobody answers what they were not asked
                reached(made, by_id[person], Reach.ASKED)
            answer(made, Acknowledgement(person, Answer(what), Source.VOICE, at))
            world.answers[person].append((after_s, what))
        elif what != "caller listens":
            reached(made, by_id[person], Reach(what))
            (world.sent.add if what == "sent" else world.sent.discard)(person)
        else:
            told += _spoken_truly(world, made, told, is_exhausted)
    told += _spoken_truly(world, made, told, is_exhausted)
    told += _spoken_truly(world, made, told, is_exhausted)
    _nothing_false_is_left_standing(world, told)


def _spoken_truly(
    world: World, made: Incident, told: list[Statement], is_exhausted: bool
) -> list[Statement]:
    said = statements(made, told, is_exhausted=is_exhausted)
    for one in [*said, *to_the_question(made, is_exhausted=is_exhausted)]:
        for role in one.roles:
            assert role != "emergency_services"
            if one.claim is Claim.COMING:
                assert world.is_coming(role)
            elif one.claim is Claim.ARRIVED:
                assert world.has_arrived(role)
            elif one.claim is Claim.CONFIRMED:
                assert world.is_confirmed(role)
            elif one.claim is Claim.ALERTED:
                assert world.was_sent(role)
            elif one.claim is Claim.NO_LONGER:
                assert not world.is_coming(role)
            elif one.claim is Claim.NOT_REACHED:
                assert not world.was_sent(role)
        if one.claim in (Claim.NOBODY_CONFIRMED, Claim.NOBODY_REACHED):
            assert not any(world.says_yes(person) for person in PEOPLE)
    return said


def _nothing_false_is_left_standing(world: World, told: list[Statement]) -> None:
    last = {role: one.claim for one in told for role in one.roles}
    for role, claim in last.items():
        assert claim is not Claim.COMING or world.is_coming(role)
        assert claim is not Claim.CONFIRMED or world.is_confirmed(role)
