"""Which facts of a call responders are told, and which of two reports of a fact stands."""

from collections.abc import Iterable, Mapping

from aurora.triage.assessment import BAD_IF_NOT, BAD_IF_SO, Fact

COUNTS = frozenset({"people", "how_many"})
WORDS = frozenset({"substance", "what_seen", "last_seen", "cause", "release_form", "armed"})
"""In the caller's own words."""
TOLD = (
    *("breathing", "awake", "severe_bleeding", "clothing_burning"),
    *("others_hurt", "people_hurt", "self_hurt", "people", "how_many"),
    *("trapped", "inside", "people_missing", "people_outside", "armed", "spreading"),
    *("high_voltage", "power_off", "machine_stopped", "gas_smell", "ignition_source"),
    *("cylinders_near", "load_hanging", "shutter_open", "touched_source", "substance"),
    *("release_form", "cause", "what_seen", "last_seen", "escaped", "ongoing", "evacuating"),
)
"""What is told of, most pressing first: a short message is cut at its end."""


def is_bad(name: str, value: Fact) -> bool:
    """Whether a fact by itself is something to act on."""
    if isinstance(value, bool):
        return name in (BAD_IF_SO if value else BAD_IF_NOT)
    return name in COUNTS or name in WORDS


def standing(reports: Iterable[Mapping[str, Fact]]) -> dict[str, Fact]:
    """Return what stands when each call says something of its own.

    Bad news of one call is not undone by another caller's not knowing of it; the higher count and
    the first word stand.
    """
    found: dict[str, Fact] = {}
    for facts in reports:
        for name, value in facts.items():
            if name not in found or _is_worse(name, value, found[name]):
                found[name] = value
    return found


def changes(before: Mapping[str, Fact], after: Mapping[str, Fact]) -> dict[str, Fact]:
    """Return the facts that responders must be told of now, most pressing first.

    Bad news that is new, a higher count, a word first said; and bad news taken back.
    """
    found = {}
    for name in TOLD:
        value = after.get(name)
        if value is None or value == before.get(name):
            continue
        was_bad = name in before and is_bad(name, before[name])
        if is_bad(name, value) or was_bad:
            found[name] = value
    return found


def _is_worse(name: str, value: Fact, known: Fact) -> bool:
    if isinstance(value, bool) or isinstance(known, bool):
        # A word says more than a yes: "armed" with what.
        is_word = isinstance(value, str) and isinstance(known, bool)
        return is_word or (is_bad(name, value) and not is_bad(name, known))
    if isinstance(value, int) and isinstance(known, int):
        return value > known
    return False
