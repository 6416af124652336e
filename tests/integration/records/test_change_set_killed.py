"""A machine that is killed in the middle of an approval leaves all languages or none in force."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from aurora.records.sql import SqlRecords
from aurora.review.versions import Act
from tests.integration.records.test_versions import Machine, in_review, urgencies

KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from aurora.records import versions
from aurora.records.sql import SqlRecords
from aurora.review.versions import Act
from tests.integration.records.test_versions import BO, Machine

url, directory, version_id, sha256, nth = sys.argv[1:]
row_of, written = versions._step_row, [0]

def dies_at_the_nth(step):
    written[0] += step.act is Act.APPROVED
    if written[0] == int(nth):
        os.kill(os.getpid(), signal.SIGKILL)
    return row_of(step)

async def approve():
    records = await SqlRecords.open(url or None, Path(directory))
    versions._step_row = dies_at_the_nth
    await Machine(records).reviewing.approve(version_id, BO, sha256, "")
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(approve())
"""


async def killed(*arguments: str) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", KILLED, *arguments, env={"PYTHONPATH": _paths()}
    )
    assert await process.wait() == -signal.SIGKILL


def _paths() -> str:
    root = Path(__file__).parents[3]
    return f"{root / 'src'}{os.pathsep}{root}"


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
async def test_all_languages_or_none_are_in_force_after_a_kill(
    request: pytest.FixtureRequest, tmp_path: Path, engine: str
):
    url = request.getfixturevalue("postgres_url") if engine == "postgresql" else None
    records = await SqlRecords.open(url, tmp_path)
    change = await in_review(Machine(records))
    await records.close()
    version_id = change.versions[0].id
    seen = []
    # In the middle of its four steps, and once all are written and nothing took effect here.
    for nth in ("3", "5"):
        await killed(url or "", str(tmp_path), version_id, change.sha256, nth)
        records = await SqlRecords.open(url, tmp_path)
        machine = Machine(records)
        await machine.texts.refresh()
        steps = await machine.reviewing.versions.steps()
        seen.append((urgencies(machine), sum(step.act is Act.APPROVED for step in steps)))
        await records.close()

    assert seen == [({("critical", False)}, 0), ({("urgent", True)}, 4)]
