"""The machine-readable first line of a model's answer, parsed strictly and never spoken."""

import json
from dataclasses import dataclass

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
    """As the model names it; checked against the site before anything is made of it."""


def parse_header(line: str) -> Header:
    """Return {"urgency": ..., "hazard": ..., "zone": ... or null}; raises ModelFault otherwise."""
    try:
        fields = json.loads(line)
    except ValueError as error:
        raise ModelFault("bad_header", "the first line is not JSON") from error
    if not isinstance(fields, dict) or set(fields) != KEYS:
        raise ModelFault("bad_header", f"the first line must have exactly {sorted(KEYS)}")
    zone = fields["zone"]
    if zone is not None and not isinstance(zone, str):
        raise ModelFault("bad_header", "zone must be text or null")
    try:
        return Header(Urgency(fields["urgency"]), Hazard(fields["hazard"]), zone)
    except ValueError as error:
        raise ModelFault("bad_header", str(error)) from error
