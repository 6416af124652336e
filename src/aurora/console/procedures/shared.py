"""What is the same in every language of a procedure, as a form, and back into each text; pure.

Whom it alerts, how urgent it is, whether the exit is named, the order of its steps.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aurora.errors import SiteError
from aurora.guidance.load import AGREED
from aurora.levels import Urgency
from aurora.site.yaml_file import plain_yaml
from aurora.site.yaml_text import with_order, with_section

ALL = "all"
EQUIPMENT = ("aed", "eyewash", "shower")
URGENCIES = [one.value for one in sorted(Urgency, key=lambda one: -one.rank)]
Pairs = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Shared:
    """The form, filled in from one language."""

    urgency: str
    alert: Sequence[str]
    uses_exit: bool
    equipment: str
    """Empty for none."""
    steps: Mapping[str, Sequence[str]]
    """The steps in order by the key of their text; under ALL, in that language, where all have the
    same steps, which then move in all of them."""
    unequal: Sequence[str]
    """Fields in which the languages differ."""


def shared_of(texts: Mapping[str, str], key: str) -> Shared:
    """Return what the texts of a procedure by key share, in the words of one; raises SiteError."""
    read = {one: _mapping(text, one) for one, text in texts.items()}
    own = read[key]
    unequal = [
        field
        for field in AGREED
        if any((data.get(field) or None) != (own.get(field) or None) for data in read.values())
    ]
    is_alike = len({_shape(data) for data in read.values()}) == 1
    return Shared(
        urgency=str(own.get("urgency", "")),
        alert=[str(one) for one in own.get("alert") or []],
        uses_exit=bool(own.get("uses_exit")),
        equipment=str(own.get("equipment") or ""),
        steps={ALL: _steps(own)} if is_alike else {one: _steps(read[one]) for one in read},
        unequal=unequal,
    )


def with_shared(text: str, key: str, asked: Pairs) -> str:
    """Return one language's text with what the form asks for; only what differs is written anew.

    Raises SiteError.
    """
    data = _mapping(text, key)
    for field, value in _wanted(data, asked):
        if (data.get(field) or None) != (value or None):
            text = with_section(text, field, data.get(field), value)
    whose = key if f"order/{key}/0" in asked else ALL
    order = order_of(asked, whose, len(data.get("then") or []))
    return with_order(text, "then", order) if order != sorted(order) else text


def order_of(asked: Pairs, whose: str, count: int) -> list[int]:
    """Return where each step of the new order stands now.

    Who moves one step types its new place only: it goes before what stands there when it comes
    from below, and after it when it comes from above.
    """

    def place(at: int) -> tuple[int, int]:
        given = (asked.get(f"order/{whose}/{at}") or [""])[-1]
        wanted = int(given) if given.isdecimal() and len(given) < 4 else at + 1
        return wanted, (wanted > at + 1) - (wanted < at + 1)

    return sorted(range(count), key=place)


def _wanted(data: Mapping[str, Any], asked: Pairs) -> Iterator[tuple[str, Any]]:
    if "urgency" in asked:
        yield "urgency", asked["urgency"][-1]
        yield "uses_exit", "uses_exit" in asked
        yield "equipment", asked.get("equipment", [""])[-1] or None
        wanted = [role for role in asked.get("alert", ()) if role]
        # Those that stay keep their place: their order is nobody's wish.
        kept = [role for role in data.get("alert") or [] if role in wanted]
        yield "alert", [*kept, *(role for role in wanted if role not in kept)]


def _mapping(text: str, key: str) -> dict[str, Any]:
    data = plain_yaml(text, key)
    if not isinstance(data, dict):
        raise SiteError(f"{key}:1: not a procedure; write its fields as `name: value`")
    return data


def _shape(data: Mapping[str, Any]) -> tuple[str, ...]:
    items = data.get("then") or []
    return tuple("ask" if isinstance(one, dict) and "ask" in one else "do" for one in items)


def _steps(data: Mapping[str, Any]) -> list[str]:
    return [_words(item) for item in data.get("then") or []]


def _words(item: Any) -> str:
    return str(item.get("do") or item.get("ask") or "") if isinstance(item, dict) else str(item)
