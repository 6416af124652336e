"""What was changed together is judged, put in force and taken back together."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from aurora.accounts.person import Person, Role
from aurora.review.change_set import ChangeSet, what_goes_back
from aurora.review.rules import Refusal, refusal_to
from aurora.review.versions import Act, Kind, Step, Version

ANA, BO = (Person(name, name.title(), Role.ADMIN) for name in ("ana", "bo"))
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LANGUAGES = ("de", "en", "es")


def version(language: str, **parts: object) -> Version:
    key = f"fire.{language}"
    made = Version(
        f"{language}2",
        Kind.PROCEDURE,
        key,
        2,
        "...",
        f"words-{key}",
        f"old-{key}",
        "Ana",
        NOON,
        "s",
    )
    return replace(made, **parts)  # type: ignore[arg-type]


CHANGE = ChangeSet(tuple(map(version, LANGUAGES)))
CURRENT = {one.key: one.based_on for one in CHANGE.versions}


def steps(act: Act, person: Person = ANA, **parts: object) -> list[Step]:
    return [
        replace(
            Step(act, one.kind, one.key, one.id, one.sha256, person.id, person.name, "admin", NOON),
            **parts,
        )
        for one in CHANGE.versions
    ]


def checked(of: str, *, is_passed: bool = True) -> Step:
    return steps(Act.CHECKED, details={"of": of, "is_passed": is_passed})[0]


IN_REVIEW = [*steps(Act.DRAFTED), checked(CHANGE.sha256), *steps(Act.SUBMITTED)]


def refused(taken: list[Step], person: Person = BO, change: ChangeSet = CHANGE) -> Refusal | None:
    return refusal_to(Act.APPROVED, change, taken, person, CHANGE.sha256, CURRENT)


def test_one_approval_is_of_all_texts_as_they_were_seen_and_checked_together():
    assert refused(IN_REVIEW) is None
    other = ChangeSet((*CHANGE.versions[:2], version("es", sha256="other")))
    assert refused(IN_REVIEW, change=other) is Refusal.CHANGED_MEANWHILE
    apart = [*steps(Act.DRAFTED), checked("other words of one"), *steps(Act.SUBMITTED)]
    assert refused(apart) is Refusal.NOT_CHECKED
    failed = [*IN_REVIEW, checked(CHANGE.sha256, is_passed=False)]
    assert refused(failed) is Refusal.CHECKS_FAILED


def test_whoever_wrote_in_one_of_the_texts_approves_none_of_them():
    wrote = steps(Act.SAVED, BO)[2]
    assert refused([steps(Act.DRAFTED)[0], wrote, *IN_REVIEW]) is Refusal.OWN_DRAFT


def test_a_change_is_overtaken_when_one_of_its_texts_is():
    newer = CURRENT | {"fire.es": "newer"}
    refusal = refusal_to(Act.APPROVED, CHANGE, IN_REVIEW, BO, CHANGE.sha256, newer)
    assert refusal is Refusal.OVERTAKEN


def test_a_text_alone_is_known_by_its_own_words():
    assert CHANGE.only(["en2"]).sha256 == "words-fire.en"


class History:
    """Acts that put texts in force, a minute apart."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.sets: dict[str, str] = {}

    def put(self, act: Act = Act.APPROVED, change_set: str = "", **held: str | None) -> "History":
        at = NOON + timedelta(minutes=len(self.steps))
        for language, version_id in sorted(held.items()):
            key, number = f"fire.{language}", len(self.steps) + 1
            by = ("bo", "Bo", "admin")
            self.steps.append(
                Step(act, Kind.PROCEDURE, key, version_id, "", *by, at, number=number)
            )
            if change_set and version_id:
                self.sets[version_id] = change_set
        return self

    def back(self, language: str, version_id: str | None) -> dict[str, str | None]:
        found = what_goes_back(self.steps, self.sets, f"fire.{language}", version_id)
        return {key.removeprefix("fire."): held for key, held in found.items()}


def test_texts_that_were_changed_together_go_back_together():
    done = History().put(change_set="s", de="de2", en="en2", es="es2")
    assert done.back("en", None) == {"de": None, "en": None, "es": None}
    undone = done.put(Act.PUT_BACK, de=None, en=None, es=None)
    assert undone.back("es", "es2") == {"de": "de2", "en": "en2", "es": "es2"}


def test_a_text_that_was_changed_alone_goes_back_alone():
    done = History().put(en="en2").put(de="de2")
    assert done.back("en", None) == {"en": None}


def test_what_came_before_a_change_of_all_is_found_in_each_language():
    done = History().put(en="en2").put(change_set="s", de="de3", en="en3", es="es3").put(es="es4")
    assert done.back("en", "en2") == {"de": None, "en": "en2", "es": None}
    assert done.back("es", "es3") == {"es": "es3"}


def test_what_is_in_force_or_never_was_does_not_go_back():
    done = History().put(en="en2")
    assert done.back("en", "en2") == {}
    assert done.back("en", "en9") == {}
