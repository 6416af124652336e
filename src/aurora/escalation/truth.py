"""What may be said to a caller of those who were alerted, and never more; says nothing itself."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from aurora.escalation.incident import YES as ACCEPTING
from aurora.escalation.incident import Answer, Incident, Reach, Responder
from aurora.escalation.policy import OUTSIDE_THE_SITE
from aurora.site.model import Site, spoken


class Claim(StrEnum):
    """The name of the phrase that says it; those about roles take {who}, or {whom}."""

    ALERTED = "alerted"
    """A channel took the message."""
    CONFIRMED = "confirmed"
    """A desk accepted: it acts, nobody need come."""
    COMING = "confirmed_coming"
    """A person accepted."""
    ARRIVED = "arrived"
    """A person says that they are there."""
    NO_LONGER = "no_longer_confirmed"
    """Takes back one of the two before."""
    NOT_REACHED = "not_reached"
    """Takes back ALERTED."""
    SOMEBODY_CONFIRMED = "somebody_confirmed"
    """To a caller who asks: one who was not paged, such as an operator, or one for the public
    services, of whom no more than that is known."""
    NOBODY_CONFIRMED = "nobody_confirmed"
    """To a caller who asks, or when nothing is left to try."""
    NOBODY_REACHED = "nobody_reached"
    """Every attempt failed."""
    CALL_YOURSELF = "call_yourself"
    """At the end of the plans, after one of these two, or when a critical one has nobody for a
    role; takes the {number} of the public services."""


ON_THE_WAY = (Claim.ARRIVED, Claim.COMING)
YES = (*ON_THE_WAY, Claim.CONFIRMED)
ORDER = (Claim.NO_LONGER, Claim.NOT_REACHED, *YES, Claim.ALERTED)
"""What is no longer true is put right first; then the best news."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence that is true now: what it claims, and of which roles."""

    claim: Claim
    roles: tuple[str, ...] = ()


def statements(
    incident: Incident,
    told: Iterable[Statement],
    *,
    is_exhausted: bool = False,
    is_short: bool = False,
) -> list[Statement]:
    """Return what is true now and news to this caller, in the order to say it.

    told: what this caller was told before, oldest first, of whatever incident the call was in
    then. Each one returned is to be kept once it was spoken. is_exhausted: nothing of the plans is
    left to try. is_short: they came to an end without what they were for, such as a medic. Of an
    incident that is over nothing more is said.
    """
    if not incident.is_live:
        return []
    before = list(told)
    last: dict[str, Claim] = {role: one.claim for one in before for role in one.roles}
    now = standing_claims(incident)
    found: dict[Claim, list[str]] = {}
    for role in dict.fromkeys([*now, *last]):
        say = _next(last.get(role), now.get(role))
        if say is not None:
            found.setdefault(say, []).append(role)
    news = [Statement(claim, tuple(found[claim])) for claim in ORDER if claim in found]
    if is_exhausted and Statement(Claim.CALL_YOURSELF) not in before:
        if not incident.accepted_by:
            news += _nobody(incident, now, is_exhausted=True)
        elif is_short:
            news += _call_yourself(incident)
    return news


def to_the_question(
    incident: Incident, *, is_exhausted: bool, is_short: bool = False
) -> list[Statement]:
    """Return the answer to "is anybody coming?", whatever was told before."""
    now = standing_claims(incident)
    by_claim = {
        wanted: tuple(role for role, claim in now.items() if claim is wanted)
        for wanted in (*YES, Claim.ALERTED)
    }
    found = [Statement(claim, roles) for claim, roles in by_claim.items() if roles]
    if not incident.accepted_by:
        return found + _nobody(incident, now, is_exhausted=is_exhausted)
    is_named = any(one.claim in YES for one in found)
    if not is_named:
        found.append(Statement(Claim.SOMEBODY_CONFIRMED))
    return found + (_call_yourself(incident) if is_exhausted and is_short else [])


def standing_claims(incident: Incident) -> dict[str, Claim | None]:
    """Return the most that is true of each role, in the order they were paged; None for nothing.

    A page that a provider took says nothing of the public emergency services: who takes it for
    them has yet to call them.
    """
    by_role: dict[str, list[Responder]] = {}
    for responder in incident.responders.values():
        role = next((one for one in responder.roles if one not in OUTSIDE_THE_SITE), None)
        if role is not None:
            by_role.setdefault(role, []).append(responder)
    return {role: _most(incident, people) for role, people in by_role.items()}


def who(site: Site, roles: Sequence[str], language: str) -> str:
    """Return roles as spoken, in a list: "the site medic and the gas team"."""
    return _listed([_name(site, role, language) for role in roles], language)


def whom(site: Site, roles: Sequence[str], language: str) -> str:
    """The same as the object of a sentence: "al servicio médico y a la sala de control"."""
    names = [_name(site, role, language) for role in roles]
    if language == "es":
        names = [f"al {name[3:]}" if name.startswith("el ") else f"a {name}" for name in names]
    return _listed(names, language)


def _most(incident: Incident, people: Sequence[Responder]) -> Claim | None:
    answers = [(one, incident.answer_of(one.contact_id)) for one in people]
    if any(not one.is_desk for one, answer in answers if answer is Answer.ARRIVED):
        return Claim.ARRIVED
    accepted = [one for one, answer in answers if answer in ACCEPTING]
    if any(not one.is_desk for one in accepted):
        return Claim.COMING
    if accepted:
        return Claim.CONFIRMED
    silent = [one for one, answer in answers if answer is None]
    if any(one.reach is Reach.SENT for one in silent):
        return Claim.ALERTED
    if all(one.reach is Reach.FAILED for one in people):
        return Claim.NOT_REACHED
    return None


def _next(last: Claim | None, now: Claim | None) -> Claim | None:
    """What to say of a role: from what was last said of it and the most that is true now."""
    if last in ON_THE_WAY and now not in ON_THE_WAY:
        return Claim.NO_LONGER
    if last is Claim.CONFIRMED and now not in YES:
        return Claim.NO_LONGER
    if now is Claim.NOT_REACHED and last is not Claim.ALERTED:
        return None  # nothing was claimed that this would take back
    return now if now is not last else None


def _nobody(
    incident: Incident, now: Mapping[str, Claim | None], *, is_exhausted: bool
) -> list[Statement]:
    is_failed = is_exhausted and Claim.ALERTED not in now.values()
    found = [Statement(Claim.NOBODY_REACHED if is_failed else Claim.NOBODY_CONFIRMED)]
    return found + (_call_yourself(incident) if is_exhausted else [])


def _call_yourself(incident: Incident) -> list[Statement]:
    return [] if incident.is_drill else [Statement(Claim.CALL_YOURSELF)]


def _name(site: Site, role: str, language: str) -> str:
    return spoken(site.roles[role], language) if role in site.roles else role.replace("_", " ")


_AND = {"en": "and", "es": "y", "fr": "et", "de": "und"}


def _listed(names: Sequence[str], language: str) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {_AND.get(language, _AND['en'])} {names[-1]}"
