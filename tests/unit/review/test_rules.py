"""Who may take which step with a text: two people, checked words, and nothing overtaken."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aurora.accounts.person import Person, Role
from aurora.review.change_set import ChangeSet
from aurora.review.rules import Refusal, refusal_to
from aurora.review.versions import (
    Act,
    Kind,
    State,
    Step,
    Version,
    in_force,
    in_force_between,
    state_of,
)

ANA, BO = (Person(name, name.title(), Role.ADMIN) for name in ("ana", "bo"))
OLA = Person("ola", "Ola", Role.OPERATOR)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WORDS, CURRENT = "sha-of-the-words", "sha-in-force"
VERSION = Version("v", Kind.PROCEDURE, "fire.en", 2, "...", WORDS, CURRENT, "Ana", NOON)


def step(act: Act, person: Person = ANA, **parts: object) -> Step:
    made = Step(act, VERSION.kind, VERSION.key, "v", WORDS, person.id, person.name, "admin", NOON)
    return replace(made, **parts)  # type: ignore[arg-type]


PASSED = step(Act.CHECKED, details={"is_passed": True})
IN_REVIEW = [step(Act.DRAFTED), PASSED, step(Act.SUBMITTED)]


def refused(
    act: Act,
    steps: Sequence[Step],
    person: Person,
    *,
    seen: str = WORDS,
    current: str = CURRENT,
) -> Refusal | None:
    change = ChangeSet((VERSION,))
    return refusal_to(act, change, steps, person, seen, {VERSION.key: current})


def test_a_second_person_approves_what_was_checked():
    assert refused(Act.APPROVED, IN_REVIEW, BO) is None


def test_whoever_wrote_any_of_it_does_not_approve_it():
    assert refused(Act.APPROVED, IN_REVIEW, ANA) is Refusal.OWN_DRAFT
    both = [step(Act.DRAFTED), step(Act.SAVED, BO), PASSED, step(Act.SUBMITTED)]
    assert refused(Act.APPROVED, both, BO) is Refusal.OWN_DRAFT


@pytest.mark.parametrize("act", [Act.SAVED, Act.SUBMITTED, Act.APPROVED, Act.DECLINED])
def test_only_administrators_act(act):
    assert refused(act, IN_REVIEW, OLA) is Refusal.NOT_ALLOWED


@pytest.mark.parametrize(
    ("steps", "refusal"),
    [
        ([step(Act.DRAFTED), step(Act.SUBMITTED)], Refusal.NOT_CHECKED),
        (
            [step(Act.DRAFTED), step(Act.CHECKED, sha256="other words"), step(Act.SUBMITTED)],
            Refusal.NOT_CHECKED,
        ),
        (
            [
                step(Act.DRAFTED),
                step(Act.CHECKED, details={"is_passed": False}),
                step(Act.SUBMITTED),
            ],
            Refusal.CHECKS_FAILED,
        ),
        ([step(Act.DRAFTED), PASSED], Refusal.NOT_IN_REVIEW),
        ([*IN_REVIEW, step(Act.DECLINED, BO)], Refusal.NOT_IN_REVIEW),
        ([*IN_REVIEW, step(Act.APPROVED, BO)], Refusal.NOT_IN_REVIEW),
        ([*IN_REVIEW, step(Act.WITHDRAWN)], Refusal.NOT_IN_REVIEW),
    ],
)
def test_nothing_is_approved_that_was_not_checked_and_given_to_review(steps, refusal):
    assert refused(Act.APPROVED, steps, BO) is refusal


def test_other_words_than_were_seen_are_not_approved():
    assert refused(Act.APPROVED, IN_REVIEW, BO, seen="old") is Refusal.CHANGED_MEANWHILE


def test_a_draft_over_a_text_that_is_no_longer_in_force_is_overtaken():
    assert refused(Act.APPROVED, IN_REVIEW, BO, current="newer") is Refusal.OVERTAKEN


def test_words_change_only_in_a_draft():
    assert refused(Act.SAVED, [step(Act.DRAFTED)], ANA) is None
    assert refused(Act.SAVED, IN_REVIEW, ANA) is Refusal.NOT_A_DRAFT


def test_what_is_decided_is_not_withdrawn():
    done = [*IN_REVIEW, step(Act.APPROVED, BO)]
    assert refused(Act.WITHDRAWN, done, ANA) is Refusal.NOT_OPEN
    assert state_of(done) is State.APPROVED


def test_the_text_in_force_at_a_past_moment_is_the_last_one_put_in_force_by_then():
    hour = timedelta(hours=1)
    steps = [
        step(Act.APPROVED, BO, version_id="two", at=NOON),
        step(Act.DRAFTED, version_id="three", at=NOON + hour),
        step(Act.APPROVED, BO, version_id="three", at=NOON + 2 * hour),
        step(Act.PUT_BACK, version_id=None, at=NOON + 3 * hour),
    ]
    key = (VERSION.kind, VERSION.key)

    def held(at: datetime | None = None) -> str | None:
        return in_force(steps, at)[key].version_id

    assert key not in in_force(steps, NOON - hour)
    assert held(NOON + hour) == "two"
    assert held(NOON + 2 * hour) == "three"
    assert held() is None


def test_every_text_that_was_in_force_in_a_stretch_is_told():
    hour = timedelta(hours=1)
    steps = [
        step(Act.APPROVED, BO, version_id="two", at=NOON),
        step(Act.APPROVED, BO, version_id="three", at=NOON + 2 * hour),
        step(Act.PUT_BACK, version_id=None, at=NOON + 3 * hour),
    ]

    def held(since: datetime, until: datetime) -> list[str | None]:
        return in_force_between(steps, VERSION.kind, VERSION.key, since, until)

    assert held(NOON - hour, NOON - hour) == [None]
    assert held(NOON - hour, NOON + hour) == [None, "two"]
    assert held(NOON + hour, NOON + 4 * hour) == ["two", "three", None]
    assert held(NOON + 4 * hour, NOON + 5 * hour) == [None]
