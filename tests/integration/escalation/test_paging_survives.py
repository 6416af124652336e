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
ENDS_WITHIN_S = 60.0


def start(folder: Path, url: str, machine: str = "m1", *arguments: str) -> subprocess.Popen[str]:
    code = [sys.executable, "-m", "tests.integration.escalation.paging_process"]
    with (folder / "log.txt").open("a") as log:
        return subprocess.Popen(
            [*code, str(folder), url, machine, *arguments],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )


def until(process: subprocess.Popen[str], word: str) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip() == word:
            return
    raise AssertionError(f"the process ended ({process.wait()}) before it was {word}")


def kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate()


def sent(folder: Path) -> list[dict[str, str]]:
    path = folder / "sent.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


async def accept(folder: Path, url: str, contact_id: str) -> None:
    """Take an acceptance beside the killed process, as another machine would."""
    records = await SqlRecords.open(url or None, folder)

    def take(ledger: Ledger) -> None:
        for incident in ledger.incidents.values():
            answer(incident, Acknowledgement(contact_id, Answer.ACCEPT, Source.SMS, now()))

    await SqlIncidents(records.beside, hurried_site().id).change(take, now())
    await records.close()


def killed_again_and_again(folder: Path, url: str, kills: int, *arguments: str) -> int:
    """Kill the process at random moments; return after how many alerts the medic accepted."""
    chance = random.Random(folder.name)  # noqa: S311 - not a secret
    before_answer = None
    for _ in range(kills):
        process = start(folder, url, "m1", *arguments)
        until(process, "ready")
        time.sleep(0.3 + chance.random() * 2.2)
        kill(process)
        if before_answer is None and any(one["contact"] == "medic" for one in sent(folder)):
            asyncio.run(accept(folder, url, "medic"))
            before_answer = len(sent(folder))
    process = start(folder, url, "m1", *arguments)
    until(process, "ended")
    process.communicate(timeout=ENDS_WITHIN_S)
    assert before_answer is not None, "the medic was never paged"
    return before_answer


def check(folder: Path, before_answer: int, most_repeats: int) -> None:
    alerts = sent(folder)
    paged = {one["contact"] for one in alerts}
    assert {"night_supervisor", "safety_officer", "emergency_team", "medic"} <= paged
    assert "duty_supervisor" in paged, "the second supervisor was skipped"
    assert len({one["code"] for one in alerts}) == 1
    again = [one for one in alerts[before_answer:] if one["contact"] == "medic"]
    assert again == [], "somebody who had accepted was paged again"
    repeats = sum(count - 1 for count in Counter(one["id"] for one in alerts).values())
    print(f"{len(alerts)} alerts, {repeats} sent twice over {KILLS} kills")  # noqa: T201
    assert repeats <= most_repeats


def test_on_sqlite_a_killed_escalation_goes_on_to_its_end(tmp_path: Path) -> None:
    before_answer = killed_again_and_again(tmp_path, "", KILLS)

    check(tmp_path, before_answer, most_repeats=0)


def test_on_postgresql_a_killed_escalation_goes_on_to_its_end(
    tmp_path: Path,
    postgres_url: str,  # noqa: F811
) -> None:
    before_answer = killed_again_and_again(tmp_path, postgres_url, KILLS)

    check(tmp_path, before_answer, most_repeats=0)


def test_where_nobody_can_be_asked_what_arrived_a_kill_repeats_one_alert_at_most(
    tmp_path: Path,
) -> None:
    before_answer = killed_again_and_again(tmp_path, "", KILLS, "--by-mail")

    check(tmp_path, before_answer, most_repeats=KILLS)


def test_another_machine_takes_over_from_one_that_is_killed_in_mid_plan(
    tmp_path: Path,
    postgres_url: str,  # noqa: F811
) -> None:
    first = start(tmp_path, postgres_url, "m1")
    until(first, "ready")
    second = start(tmp_path, postgres_url, "m2", "--only-recover")
    until(second, "ready")
    killed_at = time.monotonic()
    kill(first)

    until(second, "ended")
    second.communicate(timeout=ENDS_WITHIN_S)

    assert time.monotonic() - killed_at < 45, "taken over in 30 s, then carried out"
    assert {"night_supervisor", "duty_supervisor", "gate"} <= {
        one["contact"] for one in sent(tmp_path)
    }
