"""Run a simulation from the command line: read the recordings, call, print."""

from dataclasses import replace
from pathlib import Path

from rich.console import Console

from aurora.rehearsal.caller_speech import read_recordings
from aurora.rehearsal.expected_lines import expected_first_lines
from aurora.rehearsal.network import Impairment
from aurora.rehearsal.simulation import Plan, check, simulate
from aurora.rehearsal.simulation_table import print_simulation
from aurora.rooms import open_rooms
from aurora.settings import load_settings


async def run_simulation(
    base_url: str,
    recordings: Path,
    calls_at_once: int,
    line: str,
    loss: float,
    jitter_s: float,
    seconds: float,
    out: Console,
) -> bool:
    """Simulate and print; False when a call failed. Raises NoRecording, NotSimulated."""
    settings = load_settings()
    utterances = read_recordings(recordings)
    plan = Plan(utterances, calls_at_once, line, Impairment(loss, jitter_s), seconds)
    # Before the rooms, which take seconds to open: nobody waits to hear that it cannot be.
    check(base_url, plan)
    rooms = open_rooms(settings)
    rooms.triage.warm()
    try:
        expected = await expected_first_lines(rooms, utterances)
    finally:
        if rooms.model is not None:
            await rooms.model.close()
    numbers = {str(known.language): known.number for known in rooms.site.phone_lines}
    plan = replace(plan, numbers=numbers)
    calls = await simulate(base_url, settings, plan)
    print_simulation(calls, plan, expected, out)
    return not any(call.failure for call in calls)
