"""Run the check of a drafted text beside the line: one at a time, within time limits."""

import asyncio
import signal
import sys
from collections.abc import Iterable, Mapping
from typing import Any

import orjson
import structlog

from aurora.console.review.found import BROKE_OFF, COMPUTED, STOPPED, Found, kept
from aurora.guidance.load import Text
from aurora.rehearsal.draft_check import task_of
from aurora.review.versions import Kind

MOST_CPU_S = 90
"""Of computing. A check gives way to calls: on a busy line a right text takes minutes for it."""
LONGEST_S = 600.0

log = structlog.get_logger()


class DraftProcess:
    """Starts a process a check; what happens to it happens to nobody else."""

    def __init__(self, longest_s: float = LONGEST_S, most_cpu_s: int = MOST_CPU_S) -> None:
        self._longest_s = longest_s
        self._most_cpu_s = most_cpu_s
        self._one_at_a_time = asyncio.Lock()

    async def check(
        self,
        kind: Kind,
        drafts: Mapping[str, str],
        in_force: Iterable[Text],
        site: str | None = None,
    ) -> Mapping[str, Any]:
        """Return what `draft_check` found in texts by key.

        A process that fails or takes too long is a problem.
        """
        task = task_of(kind, drafts, in_force, site)
        async with self._one_at_a_time:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "aurora.rehearsal.draft_check",
                str(self._most_cpu_s),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
            try:
                async with asyncio.timeout(self._longest_s):
                    out, err = await process.communicate(task)
            except TimeoutError:
                return _failed(Found("", STOPPED, {"seconds": f"{self._longest_s:g}"}))
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
        if process.returncode == -signal.SIGXCPU:
            return _failed(Found("", COMPUTED, {"seconds": str(self._most_cpu_s)}))
        if process.returncode != 0:
            log.error(
                "draft_check_failed",
                keys=sorted(drafts),
                stderr=err.decode(errors="replace")[-2_000:],
            )
            return _failed(Found("", BROKE_OFF))
        result: dict[str, Any] = orjson.loads(out)
        return result


def _failed(problem: Found) -> Mapping[str, Any]:
    return kept([problem], []) | {"rehearsed": []}
