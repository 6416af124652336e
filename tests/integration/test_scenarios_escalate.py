"""Whomever a written scenario wants alerted, its call's plan, carried out, reaches somebody for."""

from contextlib import suppress
from pathlib import Path

import pytest
import yaml

from aurora.escalation.incident import CallFacts
from aurora.levels import Urgency
from aurora.rehearsal.scenarios import read_scenarios, rehearse
from aurora.settings import load_settings
from tests.alerting import Alerting, alerting
from tests.application import rooms_for, set_environment
from tests.waiting import until

OWN = Path(__file__).parents[2] / "evals" / "scenarios"
PUBLIC = [folder / "shared" / "evals" for folder in Path(__file__).parents[3:]]
"""Where the public set may be beside the project; without it the project's own are enough."""
FILES = [
    *sorted(OWN.glob("*.yaml")),
    *(path for folder in PUBLIC for path in sorted(folder.glob("*scenarios.yaml"))),
]
REACHED_WITHIN_S = 60.0


def wanted(path: Path) -> dict[tuple[str, int], set[str]]:
    written = yaml.safe_load(path.read_text(encoding="utf-8"))["scenarios"]
    return {
        (one["id"], number): set(turn.get("escalate", ()))
        for one in written
        for number, turn in enumerate(one["turns"])
    }


async def reached(line: Alerting, call: CallFacts, roles: set[str]) -> set[str]:
    """Let a call be taken in; return the roles that somebody was sent an alert for."""
    await line.desk.take(call)
    found: set[str] = set()

    async def are_reached() -> bool:
        incident = await line.incident_of(call.call_id)
        sent = {alert.contact_id for alert in line.sent}
        people = incident.responders.values() if incident else ()
        found.update(role for one in people if one.contact_id in sent for role in one.roles)
        return roles <= found

    with suppress(TimeoutError):
        await until(are_reached, REACHED_WITHIN_S)
    if (incident := await line.incident_of(call.call_id)) is not None:
        await line.answers.resolve(incident.id, "the test", "reached")
    for channel in line.channels.values():
        channel.sent.clear()
    line.clock.advance(hours=13)
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
async def test_every_role_a_scenario_wants_is_sent_an_alert(monkeypatch, tmp_path, path):
    set_environment(monkeypatch, tmp_path, {})
    dialogue = rooms_for(load_settings()).dialogue
    missing, roles_of, count = [], wanted(path), 0
    async with alerting(tmp_path, dialogue.site) as line:
        async for turn in rehearse(read_scenarios(path), dialogue):
            roles = roles_of[turn.scenario, turn.turn]
            if not roles:
                continue
            count += 1
            call_id = f"{turn.scenario}:{turn.turn}"
            urgency = Urgency(turn.urgency)
            call = CallFacts(call_id, line.clock(), urgency, roles=turn.escalated)
            if left := roles - await reached(line, call, roles):
                missing.append((turn.scenario, turn.turn, turn.urgency, sorted(left)))

    assert count > 0
    assert missing == []
