"""What a call knows: facts add up over its turns, and one implies another."""

from collections.abc import Mapping

from aurora.triage.assessment import Fact

IMPLIED: Mapping[tuple[str, Fact], tuple[str, Fact]] = {
    ("inside", True): ("people_missing", True),
    ("severe_bleeding", True): ("bleeding", True),
    ("breathing", False): ("people_hurt", True),
    ("awake", False): ("people_hurt", True),
}
"""A fact and what follows from it, unless the caller said otherwise."""


def learn(known: dict[str, Fact], said: Mapping[str, Fact]) -> None:
    """Add what was said, the newest word on a fact winning, and what follows from it."""
    known.update(said)
    for cause, (fact, value) in IMPLIED.items():
        if said.get(cause[0]) == cause[1]:
            known.setdefault(fact, value)
