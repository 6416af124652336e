"""The machine-readable first line of a model's answer, parsed strictly and never spoken."""

import json
from dataclasses import dataclass
from typing import Any

from aurora.errors import ModelFault
from aurora.levels import Hazard, Urgency

MAX_HEADER_CHARS = 200
KEYS = {"urgency", "hazard", "zone"}


@dataclass(frozen=True, slots=True)
class Header:
    """How the model rates the caller's last words."""

    urgency: Urgency
    hazard: Hazard
    zone: str | None
    """As the model names it: kept on the record, and nothing is made of it."""


def parse_header(line: str) -> Header:
    """Return {"urgency": ..., "hazard": ..., "zone": ... or null}; raises ModelFault otherwise."""
    if len(line) > MAX_HEADER_CHARS:
        raise ModelFault("bad_header", f"the first line is over {MAX_HEADER_CHARS} characters")
    try:
        fields = json.loads(line, object_pairs_hook=_each_once)
    except ValueError as error:
        raise ModelFault("bad_header", f"the first line is not JSON: {error}") from error
    if not isinstance(fields, dict) or set(fields) != KEYS:
        raise ModelFault("bad_header", f"the first line must have exactly {sorted(KEYS)}")
    try:
        urgency, hazard = Urgency(fields["urgency"]), Hazard(fields["hazard"])
    except ValueError as error:
        raise ModelFault("bad_header", str(error)) from error
    return Header(urgency, hazard, _zone(fields["zone"]))


def _zone(zone: object) -> str | None:
    if zone is None:
        return None
    if not isinstance(zone, str) or not zone.isprintable():
        raise ModelFault("bad_header", "zone must be printable text or null")
    return zone.strip() or None


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # Python would keep the last of two urgencies: a second one could lower the first.
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a key is given twice")
    return fields
