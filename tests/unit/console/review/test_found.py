"""What the checks found is said in the reader's language, and as it stands where it is old."""

from typing import Any

import pytest

from aurora.accounts.person import Role
from aurora.console.frame import Frame
from aurora.console.review.found import ALERTS_FEWER, SLOW, Found, kept
from tests.console_door import somebody
from tests.line import example_site

FEWER = Found("alert", ALERTS_FEWER, {"scenario": "fire", "turn": "2", "roles": "medical"})


def shown(details: dict[str, Any], language: Any) -> str:
    frame = Frame(example_site(), somebody(Role.ADMIN))
    parts = frame._in(language).get_template("review/parts.html").module
    return str(parts.found(details, "problems"))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "no longer alerts medical"),
        ("es", "ya no alerta a medical"),
        ("fr", "n&#39;alerte plus medical"),
        ("de", "alarmiert medical nicht mehr"),
    ],
)
def test_a_problem_is_said_in_the_readers_language(language: str, said: str) -> None:
    found = kept([FEWER.within("fire.en"), "fire.yaml:3: then: 100% wrong"], [])

    assert found["problems"][0] == (
        "fire.en: alert: scenario fire, turn 2 no longer alerts medical; add them again"
    )
    assert said in shown(found, language).replace("'", "&#39;")
    assert "fire.yaml:3: then: 100% wrong" in shown(found, language)


def test_what_somebody_wrote_is_shown_as_text_and_what_was_checked_before_as_it_was() -> None:
    assert "<b>" not in shown(kept([Found("never", SLOW, {"pattern": "'<b>{x}%s'"})], []), "de")
    assert "urgency: falls" in shown({"problems": ["urgency: falls"], "notes": []}, "de")
