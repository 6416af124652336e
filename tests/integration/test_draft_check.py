"""A drafted text is checked and rehearsed apart from the line: what is wrong with it comes out."""

from collections.abc import Mapping

import pytest

from aurora.guidance.load import Text
from aurora.rehearsal import draft_check
from aurora.rehearsal.draft_check import Result, Task, check
from aurora.rehearsal.draft_process import DraftProcess
from aurora.review.versions import Kind
from aurora.settings import load_settings
from aurora.site.load import DEFAULT_SITE
from tests.application import rooms_for, set_environment

FIRE = (DEFAULT_SITE / "procedures/en/fire.yaml").read_text()
SITE = (DEFAULT_SITE / "site.yaml").read_text()
FIRST = "Get out now. Pull the alarm as you leave. No lifts."


@pytest.fixture(autouse=True)
def example(monkeypatch, tmp_path):
    """The packaged site; what is checked in this process shares the rooms of other tests."""
    set_environment(monkeypatch, tmp_path, {})
    monkeypatch.setattr(draft_check, "open_rooms", lambda settings, _: rooms_for(settings))


def checked(drafts: Mapping[str, str], kind: Kind = Kind.PROCEDURE) -> Result:
    """What the check finds, without a process around it."""
    return check(Task(kind, dict(drafts), []), load_settings())


def problems(text: str, *, kind: Kind = Kind.PROCEDURE, key: str = "fire.en") -> list[str]:
    return [str(one) for one in checked({key: text}, kind).problems]


async def test_a_packaged_procedure_passes_and_its_calls_are_shown():
    result = await DraftProcess().check(Kind.PROCEDURE, {"fire.en": FIRE}, [])

    assert result["problems"] == []
    assert result["is_passed"]
    runs = {run["name"]: run["turns"] for run in result["rehearsed"]}
    assert runs["okay"][0]["aurora"].startswith(FIRST)
    assert len(runs["silent"]) > 10
    assert any("approve theirs first" in note for note in result["notes"])
    assert any(name.startswith("scenario:") for name in runs)


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        (FIRST, "word " * 15, "first_line"),
        ("comfort:", "comforts:", "comforts: no such field"),
        ("procedure: fire", "procedure: spill", "procedure"),
        ("alert:", "alert:\n  - nobody", "alert: the site has no role 'nobody'"),
        ("urgency: critical", "urgency: urgent", "urgency: differs from"),
        ("never:", "never:\n  - '(a+)+$'", "slow on a caller's words"),
        ("never:", "never:\n  - '(['", "never"),
        ('do: "Stay low', 'do: "Go back inside, stay low', "then.0: says 'go back inside"),
    ],
    ids=["long", "field", "place", "role", "urgency", "endless", "pattern", "forbidden"],
)
def test_what_no_caller_may_meet_is_found(old, new, field):
    assert old in FIRE
    found = problems(FIRE.replace(old, new, 1))

    assert any(field in problem for problem in found), found


@pytest.mark.parametrize("limit", [{"longest_s": 0.05}, {"most_cpu_s": 1}], ids=str)
async def test_a_check_that_takes_too_long_is_stopped_and_said(limit):
    result = await DraftProcess(**limit).check(Kind.PROCEDURE, {"fire.en": FIRE}, [])

    assert not result["is_passed"]
    assert "was stopped" in result["problems"][0]


async def test_a_draft_is_checked_over_what_is_in_force():
    in_force = Text("spill", "en", "procedure: [", None)
    result = await DraftProcess().check(Kind.PROCEDURE, {"fire.en": FIRE}, [in_force])

    assert not result["is_passed"]


def test_a_site_that_would_alert_fewer_people_is_found():
    fewer = SITE.replace(
        "critical: [supervisor, emergency_services, safety_team, site_emergency_team, medical]",
        "critical: [supervisor]",
    )
    found = problems(fewer, kind=Kind.SITE, key="site")

    assert any(problem.startswith("alert: scenario") for problem in found), found


def test_a_site_with_another_id_or_a_dangling_name_is_found():
    other = problems(SITE.replace("id: example_works", "id: other"), kind=Kind.SITE, key="site")
    assert any(problem.startswith("id:") for problem in other)
    dangling = SITE.replace("muster_point: west_yard", "muster_point: moon", 1)
    found = problems(dangling, kind=Kind.SITE, key="site")
    assert any("zones.c.muster_point" in problem for problem in found)


FIRES = {
    f"fire.{language}": (DEFAULT_SITE / f"procedures/{language}/fire.yaml").read_text()
    for language in ("en", "es", "fr", "de")
}


def test_a_change_in_all_languages_is_rehearsed_in_all_of_them():
    alerting = {
        key: text.replace("alert:\n", "alert:\n  - hazmat\n") for key, text in FIRES.items()
    }
    result = checked(alerting)

    assert result.problems == []
    told = {(run["name"], run.get("language")) for run in result.rehearsed}
    assert {("okay", language) for language in ("en", "es", "fr", "de")} <= told
    assert not any("approve theirs first" in str(note) for note in result.notes)


def test_a_change_that_leaves_a_language_behind_is_found():
    drafts = {
        key: text.replace("urgency: critical", "urgency: urgent") for key, text in FIRES.items()
    }
    drafts["fire.fr"] = FIRES["fire.fr"]

    assert any("urgency: differs from" in str(problem) for problem in checked(drafts).problems)
