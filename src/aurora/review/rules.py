"""Who may take which step with a text, and why not; pure."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from aurora.accounts.person import Person, Role
from aurora.errors import AuroraError
from aurora.review.change_set import ChangeSet
from aurora.review.versions import Act, State, Step, authors_of, check_of, state_of


class Refusal(StrEnum):
    """Why a step cannot be taken; the console has words for each."""

    NOT_A_DRAFT = "not_a_draft"
    NOT_IN_REVIEW = "not_in_review"
    NOT_OPEN = "not_open"
    CHANGED_MEANWHILE = "changed_meanwhile"
    """The words are not those that the person saw."""
    UNCHANGED = "unchanged"
    OWN_DRAFT = "own_draft"
    NOT_CHECKED = "not_checked"
    CHECKS_FAILED = "checks_failed"
    OVERTAKEN = "overtaken"
    """Another text came into force after this one was drafted."""
    ANOTHER_IS_OPEN = "another_is_open"
    NEVER_APPROVED = "never_approved"
    IN_FORCE_ALREADY = "in_force_already"
    DISAGREES = "disagrees"
    """The text does not fit what is in force beside it, in other languages or elsewhere."""
    NO_REASON = "no_reason"
    NOT_ALLOWED = "not_allowed"


class Refused(AuroraError):
    """A step with a text cannot be taken; nothing has changed."""

    def __init__(self, refusal: Refusal, detail: str = "") -> None:
        super().__init__(f"{refusal.value}: {detail}" if detail else refusal.value)
        self.refusal = refusal
        self.detail = detail


def refusal_to(
    act: Act,
    change: ChangeSet,
    steps: Sequence[Step],
    person: Person,
    sha256: str,
    current: Mapping[str, str],
) -> Refusal | None:
    """Return why this person may not take this step now, or None.

    steps: of all its versions. sha256: of the words that the person has seen. current: SHA-256 of
    the text in force for each key.
    """
    if not person.role.covers(Role.ADMIN):
        return Refusal.NOT_ALLOWED
    state = state_of(steps)
    if act is Act.WITHDRAWN and state not in (State.DRAFT, State.IN_REVIEW):
        return Refusal.NOT_OPEN
    if act in (Act.SAVED, Act.SUBMITTED) and state is not State.DRAFT:
        return Refusal.NOT_A_DRAFT
    if act in (Act.APPROVED, Act.DECLINED) and state is not State.IN_REVIEW:
        return Refusal.NOT_IN_REVIEW
    if change.sha256 != sha256:
        return Refusal.CHANGED_MEANWHILE
    if act is Act.SUBMITTED or act is Act.APPROVED:
        return _unfit(act, change, steps, person, current)
    return None


def _unfit(
    act: Act,
    change: ChangeSet,
    steps: Sequence[Step],
    person: Person,
    current: Mapping[str, str],
) -> Refusal | None:
    if act is Act.APPROVED and person.id in authors_of(steps):
        return Refusal.OWN_DRAFT
    if any(one.based_on != current[one.key] for one in change.versions):
        return Refusal.OVERTAKEN
    check = check_of(steps, change.sha256)
    if check is None:
        return Refusal.NOT_CHECKED if act is Act.APPROVED else None
    return None if check.details.get("is_passed") else Refusal.CHECKS_FAILED
