"""What was acknowledged survives SIGKILL at any moment."""

import asyncio
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from aurora.records.sql import SqlRecords
from tests.integration.records.made import a_call, a_turn


async def _append_for_ever(data_dir: Path) -> None:
    """Run in the child: ten callers append, each acknowledged turn is printed at once."""
    records = await SqlRecords.open(None, data_dir)

    async def talk(number: int) -> None:
        call = await records.find(f"call_{number}") or a_call(number)
        while True:
            await records.append(a_turn(call, str(call.revision)))
            print(number, call.revision, flush=True)  # noqa: T201

    await asyncio.gather(*map(talk, range(10)))


@pytest.mark.parametrize("turns_before", [1, 37, 90, 250])
async def test_acknowledged_turns_survive_sigkill(tmp_path: Path, turns_before: int) -> None:
    acknowledged = Counter(dict(_kill_after(turns_before, tmp_path)))
    assert acknowledged
    for number, turns in _kill_after(turns_before, tmp_path):  # goes on from what was left
        assert turns > acknowledged[number]
        acknowledged[number] = turns
    records = await SqlRecords.open(None, tmp_path)
    for number, turns in acknowledged.items():
        kept = [message.content for message in await records.messages(f"call_{number}")]
        assert kept == [
            f"{start}{turn}" for turn in range(len(kept) // 2) for start in ("", "answer to ")
        ]
        assert len(kept) // 2 >= turns
        assert await records.answer_to(f"call_{number}/{turns - 1}") == str(turns - 1)
        found = await records.find(f"call_{number}")
        assert found is not None
        assert found.revision == len(kept) // 2
    await records.close()


def _kill_after(turns: int, data_dir: Path) -> Iterator[tuple[int, int]]:
    """Yield caller and turn of all that a child acknowledged; kill it after some of them."""
    module = f"{__package__}.{Path(__file__).stem}"
    with subprocess.Popen(
        [sys.executable, "-m", module, str(data_dir)],
        stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3],
    ) as child:  # fmt: skip
        assert child.stdout is not None
        for printed, line in enumerate(child.stdout, 1):
            if printed == turns:
                child.kill()
            if line.endswith("\n"):
                number, turn = map(int, line.split())
                yield number, turn


if __name__ == "__main__":
    asyncio.run(_append_for_ever(Path(sys.argv[1])))
