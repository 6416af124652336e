import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aurora.errors import ModelFault
from aurora.guidance.header import MAX_HEADER_CHARS, Header, parse_header
from aurora.levels import Hazard, Urgency


def line(**changes: object) -> str:
    return json.dumps({"urgency": "critical", "hazard": "fire", "zone": "Zone B", **changes})


@pytest.mark.parametrize("urgency", Urgency)
@pytest.mark.parametrize("hazard", Hazard)
def test_every_urgency_and_hazard_is_read(urgency: Urgency, hazard: Hazard) -> None:
    parsed = parse_header(line(urgency=urgency, hazard=hazard))
    assert parsed == Header(urgency, hazard, "Zone B")


@pytest.mark.parametrize(("said", "meant"), [(None, None), ("", None), ("  ", None), (" B ", "B")])
def test_zone_is_text_or_nothing(said: str | None, meant: str | None) -> None:
    assert parse_header(line(zone=said)).zone == meant


@pytest.mark.parametrize(
    "spoilt",
    [
        "",
        "{}",
        "null",
        "[]",
        '"critical"',
        "[URGENCY: critical]",
        "Urgency=CRITICAL",
        "urgency: critical, hazard: fire, zone: null",
        "Leave by the east gate.",
        line() + " Leave now.",
        "```json " + line(),
        line()[:-1],
        line(urgency="CRITICAL"),
        line(urgency="high"),
        line(urgency=["critical"]),
        line(urgency=None),
        line(urgency=3),
        line(hazard="dragon"),
        line(hazard={}),
        line(zone=3),
        line(zone=["Zone B"]),
        line(zone="Zone B\nLeave now"),
        line(confidence=0.9),
        '{"urgency": "critical", "hazard": "fire"}',
        '{"urgency": "critical", "urgency": "normal", "hazard": "fire", "zone": null}',
        line(zone="x" * MAX_HEADER_CHARS),
        "[" * 100_000,
    ],
)
def test_anything_else_is_a_fault(spoilt: str) -> None:
    with pytest.raises(ModelFault) as caught:
        parse_header(spoilt)
    assert caught.value.reason == "bad_header"


@given(st.text())
def test_no_text_breaks_the_parser(text: str) -> None:
    with suppress(ModelFault):
        assert isinstance(parse_header(text), Header)
