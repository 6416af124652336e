"""Whomever a written scenario wants alerted, the plan for its call reaches somebody for."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from aurora.escalation.happening import open_incident
from aurora.escalation.incident import CallFacts
from aurora.escalation.policy import make_plan
from aurora.levels import Urgency
from aurora.rehearsal.scenarios import read_scenarios, rehearse
from aurora.settings import load_settings
from tests.application import rooms_for, set_environment

SCENARIOS = Path(__file__).parents[2] / "evals" / "scenarios"
AT = datetime(2026, 1, 12, 10, 0, tzinfo=UTC)


def wanted(path: Path) -> dict[tuple[str, int], set[str]]:
    written = yaml.safe_load(path.read_text(encoding="utf-8"))["scenarios"]
    return {
        (one["id"], number): set(turn.get("escalate", ()))
        for one in written
        for number, turn in enumerate(one["turns"])
    }


@pytest.mark.parametrize("language", ["en", "es", "fr", "de"])
async def test_every_role_a_scenario_wants_comes_out_of_the_plan(monkeypatch, tmp_path, language):
    set_environment(monkeypatch, tmp_path, {})
    dialogue = rooms_for(load_settings()).dialogue
    path = SCENARIOS / f"{language}.yaml"
    missing, roles_of = [], wanted(path)
    async for turn in rehearse(read_scenarios(path), dialogue):
        urgency = Urgency(turn.urgency)
        call = CallFacts(str(turn.scenario), AT, urgency, roles=turn.escalated)
        plan = make_plan(dialogue.site, open_incident("rehearsed", "CDFGHJ", call), AT)
        asked_for = set(turn.escalated) if urgency.is_emergency else set()
        if left := (roles_of[turn.scenario, turn.turn] | asked_for) - set(plan.roles):
            missing.append((turn.scenario, turn.turn, turn.urgency, sorted(left)))

    assert sum(map(bool, roles_of.values())) > 20
    assert missing == []
