"""A running escalation killed at random moments: every plan ends, nobody is skipped or bothered."""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from aurora.escalation.incident import Acknowledgement, Answer, Source, answer
from aurora.escalation.ledger import Ledger
from aurora.records.incidents import SqlIncidents
from aurora.records.sql import SqlRecords
from tests.integration.escalation.paging_process import hurried_site, now
from tests.postgres import postgres_server, postgres_url  # noqa: F401

KILLS = int(os.environ.get("AURORA_TEST_KILLS", "6"))  # noqa: TID251 - a size, not a setting
ENDS_WITHIN_S = 120.0
SENDS_WITHIN_S = 20.0
"""Plans may have ended, and then nothing is sent any more."""
MEDICS = {"medic", "second_medic"}


def start(folder: Path, url: str, machine: str = "m1", *arguments: str) -> subprocess.Popen[str]:
    code = [sys.executable, "-m", "tests.integration.escalation.paging_process"]
    with (folder / "log.txt").open("a") as log:
        return subprocess.Popen(
            [*code, str(folder), url, machine, *arguments],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )


def until(folder: Path, process: subprocess.Popen[str], word: str) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip() == word:
            return
    log = (folder / "log.txt").read_text()
    raise AssertionError(f"the process ended ({process.wait()}) before it was {word}:\n{log}")


def kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate()


def sent(folder: Path) -> list[dict[str, str]]:
    path = folder / "sent.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def until_sent(folder: Path, count: int) -> None:
    """Wait until so many alerts went out, however slow the machine is; for some seconds at most."""
    deadline = time.monotonic() + SENDS_WITHIN_S
    while len(sent(folder)) < count and time.monotonic() < deadline:
        time.sleep(0.01)


async def accept(folder: Path, url: str) -> dict[str, tuple[str, int]]:
    """Let the medic of each incident accept, as on another machine; return who, at how many
    alerts."""
    records = await SqlRecords.open(url or None, folder)

    def take(ledger: Ledger) -> list[tuple[str, str]]:
        told = {(one["id"].partition(":")[0], one["contact"]) for one in sent(folder)}
        medics = {incident: contact for incident, contact in told if contact in MEDICS}
        paged = [one for one in ledger.incidents.values() if one.id in medics]
        taken = [one for one in paged if not one.acknowledgements]
        for incident in taken:
            medic = medics[incident.id]
            answer(incident, Acknowledgement(medic, Answer.ACCEPT, Source.SMS, now()))
        return [(one.id, medics[one.id]) for one in taken]

    taken = await SqlIncidents(records.beside, hurried_site().id).change(take, now())
    await records.close()
    return {one: (medic, len(sent(folder))) for one, medic in taken}


def killed_again_and_again(folder: Path, url: str, *arguments: str) -> dict[str, tuple[str, int]]:
    """Kill the process in the middle of running plans; return when the medics accepted.

    Whenever every plan has ended, the next process opens an incident of its own.
    """
    chance = random.Random(folder.name)  # noqa: S311 - not a secret
    accepted: dict[str, tuple[str, int]] = {}
    for _ in range(KILLS):
        process = start(folder, url, "m1", *arguments)
        until(folder, process, "ready")
        until_sent(folder, len(sent(folder)) + chance.randrange(4))
        time.sleep(chance.random() * 0.3)
        kill(process)
        accepted |= asyncio.run(accept(folder, url))
    process = start(folder, url, "m1", "--only-recover", *arguments)
    until(folder, process, "ended")
    process.communicate(timeout=ENDS_WITHIN_S)
    assert accepted, "no medic was ever paged"
    return accepted


def check(folder: Path, accepted: dict[str, tuple[str, int]], most_repeats: int) -> None:
    alerts = [one | {"incident": one["id"].partition(":")[0]} for one in sent(folder)]
    incidents = {one["incident"] for one in alerts}
    for incident in incidents:
        own = [one for one in alerts if one["incident"] == incident]
        paged = {one["contact"] for one in own}
        assert {"safety_officer", "emergency_team", "emergency_desk"} <= paged
        assert {"duty_supervisor", "night_supervisor"} <= paged, "a supervisor was skipped"
        assert paged & MEDICS
        assert len({one["code"] for one in own}) == 1
    for incident, (medic, count) in accepted.items():
        after = [one for one in alerts[count:] if one["incident"] == incident]
        assert medic not in {one["contact"] for one in after}, "one who had accepted was paged"
        # Other roles had nobody to the end, so that everybody else was paged then.
        others = [one["id"] for one in after if one["contact"] in MEDICS]
        assert all(":fallback:" in one for one in others), "a role that was taken was paged again"
    repeats = sum(count - 1 for count in Counter(one["id"] for one in alerts).values())
    print(  # noqa: T201 - the figure
        f"{len(alerts)} alerts in {len(incidents)} incidents, {repeats} sent twice, {KILLS} kills"
    )
    assert repeats <= most_repeats


def test_on_sqlite_a_killed_escalation_goes_on_to_its_end(tmp_path: Path) -> None:
    accepted = killed_again_and_again(tmp_path, "")

    check(tmp_path, accepted, most_repeats=0)


def test_on_postgresql_a_killed_escalation_goes_on_to_its_end(
    tmp_path: Path,
    postgres_url: str,  # noqa: F811
) -> None:
    accepted = killed_again_and_again(tmp_path, postgres_url)

    check(tmp_path, accepted, most_repeats=0)


def test_where_nobody_can_be_asked_what_arrived_a_kill_repeats_one_alert_at_most(
    tmp_path: Path,
) -> None:
    accepted = killed_again_and_again(tmp_path, "", "--by-mail")

    check(tmp_path, accepted, most_repeats=KILLS)


def test_another_machine_takes_over_from_one_that_is_killed_in_mid_plan(
    tmp_path: Path,
    postgres_url: str,  # noqa: F811
) -> None:
    first = start(tmp_path, postgres_url, "m1")
    until(tmp_path, first, "ready")
    second = start(tmp_path, postgres_url, "m2", "--only-recover")
    until(tmp_path, second, "ready")
    kill(first)

    until(tmp_path, second, "ended")
    second.communicate(timeout=ENDS_WITHIN_S)

    assert {"night_supervisor", "duty_supervisor", "gate"} <= {
        one["contact"] for one in sent(tmp_path)
    }
