"""Sections of a site's file as forms, and forms back as sections; what is valid is the site's.

A form shows what people change often. Whatever an item holds besides stays as it is.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from aurora.levels import Urgency
from aurora.site.duty import DAYS
from aurora.site.model import COMPASS_POINTS, LANGUAGES

Pairs = Mapping[str, Sequence[str]]
"""A form's values by field name: "contacts/0/roles" may have several."""
Choices = Callable[[Mapping[str, Any]], list[str]]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an item."""

    name: str
    kind: str = "text"
    """text, local (by language), names (lists by language), words (one list), choice, many, flag,
    channels, or rows (items of their own)."""
    choices: Choices | None = None
    """For choice and many, from the whole file."""
    rows: tuple["Field", ...] = ()
    is_needed: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the file that is a list of items, or a mapping shown as one."""

    key: str
    fields: tuple[Field, ...]
    is_mapping: bool = False
    """Its keys are the items' `id`, their value the second field."""
    can_grow: bool = True


def _ids(key: str) -> Choices:
    def choices(data: Mapping[str, Any]) -> list[str]:
        items = data.get(key) or []
        if isinstance(items, Mapping):
            return [str(one) for one in items]
        return [str(one.get("id", "")) for one in items if isinstance(one, Mapping)]

    return choices


def _fixed(values: Iterable[str]) -> Choices:
    kept = list(values)
    return lambda data: kept


_ID = Field("id", is_needed=True)
_NAME = Field("name", "local", is_needed=True)
_FEATURE = (_ID, _NAME)
_HOURS = (Field("from", is_needed=True), Field("to", is_needed=True))
SECTIONS: Mapping[str, Section] = {
    section.key: section
    for section in (
        Section(
            "contacts",
            (
                _ID,
                Field("name", is_needed=True),
                Field("phone"),
                Field("roles", "many", _ids("roles")),
                Field("languages", "many", _fixed(LANGUAGES)),
                Field("channels", "channels"),
                Field("is_desk", "flag"),
                Field("is_outside", "flag"),
            ),
        ),
        Section("roles", (_ID, _NAME), is_mapping=True),
        Section(
            "rosters",
            (
                _ID,
                Field("role", "choice", _ids("roles")),
                Field("contact", "choice", _ids("contacts")),
                Field("rotation", "choice", _fixed(["listed", "round_robin"])),
                Field(
                    "shifts",
                    "rows",
                    rows=(Field("days", "many", _fixed(DAYS)), *_HOURS, Field("contacts", "words")),
                ),
                Field(
                    "overrides",
                    "rows",
                    rows=(*_HOURS, Field("contacts", "words"), Field("reason", is_needed=True)),
                ),
            ),
        ),
        Section(
            "escalation",
            (_ID, Field("roles", "words")),
            is_mapping=True,
            can_grow=False,
        ),
        Section(
            "zones",
            (
                _ID,
                _NAME,
                Field("description", "local", is_needed=True),
                Field("aliases", "names"),
                Field("muster_point", "choice", _ids("muster_points"), is_needed=True),
                Field(
                    "exits",
                    "rows",
                    rows=(*_FEATURE, Field("faces", "choice", _fixed(COMPASS_POINTS))),
                ),
                Field("aed", "local"),
                Field("eyewash", "local"),
                Field("shower", "local"),
                Field("valves", "rows", rows=_FEATURE),
                Field("equipment", "rows", rows=_FEATURE),
            ),
        ),
        Section("muster_points", _FEATURE),
    )
}
URGENCIES = [urgency.value for urgency in sorted(Urgency, key=lambda one: -one.rank)]


def items_of(section: Section, data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a section's items as they stand in the file, a mapping as items with an id."""
    held = data.get(section.key)
    if section.is_mapping:
        mapping = held if isinstance(held, Mapping) else {}
        second = section.fields[1].name
        return [{"id": str(key), second: value} for key, value in mapping.items()]
    return [dict(one) for one in held or [] if isinstance(one, Mapping)]


def section_from(section: Section, data: Mapping[str, Any], pairs: Pairs) -> Any:
    """Return the section that a form asks for, to be put in the file."""
    items = _rows(section.key, section.fields, items_of(section, data), pairs)
    if not section.is_mapping:
        return items
    second = section.fields[1].name
    return {item["id"]: item.get(second, [] if second == "roles" else "") for item in items}


def _rows(
    name: str, fields: Sequence[Field], before: Sequence[Any], pairs: Pairs
) -> list[dict[str, Any]]:
    count = 0
    while any(f"{name}/{count}/{part}" in pairs for part in ("here", "id", "from")):
        count += 1
    rows = []
    for at in range(count):
        where = f"{name}/{at}"
        if f"{where}/remove" in pairs:
            continue
        known = before[at] if at < len(before) and isinstance(before[at], Mapping) else {}
        item = _item(where, fields, known, pairs)
        # A blank row at the end is an offer, not an item.
        if known or any(value for key, value in item.items() if key != "rotation"):
            rows.append(item)
    return rows


def _item(
    where: str, fields: Sequence[Field], known: Mapping[str, Any], pairs: Pairs
) -> dict[str, Any]:
    item = deepcopy(dict(known))
    for field in fields:
        value = _value(f"{where}/{field.name}", field, known.get(field.name), pairs)
        if value or field.is_needed:
            item[field.name] = value
        else:
            item.pop(field.name, None)
    return item


def _value(name: str, field: Field, known: Any, pairs: Pairs) -> Any:
    if field.kind == "local":
        return _local(name, known, pairs)
    if field.kind == "names":
        by_language = {
            language: _listed(_one(pairs, f"{name}/{language}")) for language in LANGUAGES
        }
        return {language: names for language, names in by_language.items() if names}
    if field.kind == "rows":
        return _rows(name, field.rows, known if isinstance(known, list) else [], pairs)
    if field.kind == "many":
        return [value for value in pairs.get(name, ()) if value]
    if field.kind == "words":
        return _listed(_one(pairs, name))
    if field.kind == "flag":
        return name in pairs
    if field.kind == "channels":
        return [_channel(line) for line in _one(pairs, name).splitlines() if line.strip()]
    return _one(pairs, name)


def _local(name: str, known: Any, pairs: Pairs) -> Any:
    given = {language: _one(pairs, f"{name}/{language}") for language in LANGUAGES}
    given = {language: words for language, words in given.items() if words}
    # "The same words in every language" stays the one text that it was.
    if isinstance(known, str) and set(given.values()) == {known} and len(given) == len(LANGUAGES):
        return known
    return given


def _channel(line: str) -> Any:
    kind, _, address = line.strip().partition(" ")
    return {"kind": kind, "address": address.strip()} if address.strip() else kind


def _listed(text: str) -> list[str]:
    return [" ".join(one.split()) for one in text.replace("\n", ",").split(",") if one.strip()]


def _one(pairs: Pairs, name: str) -> str:
    values = pairs.get(name, ())
    text = values[-1] if values else ""
    return "\n".join(" ".join(line.split()) for line in text.splitlines()).strip()


def shown(field: Field, value: Any) -> Any:
    """Return a field's value as its inputs show it."""
    if field.kind == "local":
        by_language = value if isinstance(value, Mapping) else dict.fromkeys(LANGUAGES, value or "")
        return {language: by_language.get(language, "") for language in LANGUAGES}
    if field.kind == "names":
        held = value if isinstance(value, Mapping) else {}
        return {language: ", ".join(held.get(language) or []) for language in LANGUAGES}
    if field.kind == "words":
        return ", ".join(map(str, value or []))
    if field.kind == "many":
        return [str(one) for one in value or []]
    if field.kind == "channels":
        return "\n".join(
            f"{one.get('kind', '')} {one.get('address') or ''}".strip()
            if isinstance(one, Mapping)
            else str(one)
            for one in value or []
        )
    if field.kind == "rows":
        return [one for one in value or [] if isinstance(one, Mapping)]
    if field.kind == "text" and isinstance(value, int) and not isinstance(value, bool):
        # YAML reads an unquoted 22:30 as 22 times 60 plus 30.
        return f"{value // 60:02}:{value % 60:02}" if field.name in ("from", "to") else str(value)
    return value or ("" if field.kind != "flag" else False)
