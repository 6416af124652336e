"""Durable work with DBOS: steps, timers and messages that survive kill -9; knows no plans."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from pathlib import Path
from typing import Any

import structlog
from dbos import DBOS, DBOSConfig, SetWorkflowID

log = structlog.get_logger()

TOPIC = "news"
STEP_EVERY_S = 2.0
STEP_TRIES = 100_000
"""Some days."""
MOST_THREADS = 12
"""For one statement each; without a limit every burst of calls leaves more of them, and their
memory, for good."""
VERSION = "plans-1"
"""Raised only when the steps of a workflow change in a way that a running one cannot take."""

Workflow = Callable[..., Coroutine[Any, Any, None]]
Step = Callable[..., Awaitable[Any]]
Define = Callable[[], Workflow]
"""Makes a workflow out of `workflow` and `step`; called once DBOS is there to take it."""


class Durable:
    """The durable work of this machine; open one a process."""

    def __init__(self, database_url: str, machine: str) -> None:
        """database_url: of SQLAlchemy, sqlite or postgresql. machine: the same after a restart."""
        self._config: DBOSConfig = {
            "name": "aurora",
            "system_database_url": database_url,
            "executor_id": machine,
            "application_version": VERSION,
            "log_level": "WARNING",
            "max_executor_threads": MOST_THREADS,
        }
        self._definitions: dict[str, Define] = {}
        self._workflows: dict[str, Workflow] | None = None

    def add(self, name: str, define: Define) -> None:
        """Let this machine carry out a kind of workflow; before `start`."""
        self._definitions[name] = define

    def start(self) -> None:
        """Begin, and take up what this machine had not ended; call it in the line's event loop."""
        logging.getLogger("dbos").setLevel(logging.WARNING)
        DBOS(config=self._config)
        self._workflows = {name: define() for name, define in self._definitions.items()}
        DBOS.launch()

    async def begin(self, name: str, workflow_id: str, *arguments: Any) -> None:
        """Begin a workflow; once begun, on whichever machine, beginning it again does nothing."""
        if self._workflows is None:
            raise RuntimeError("begin follows start")
        work = self._workflows[name]

        async def start() -> None:
            with SetWorkflowID(workflow_id):
                await DBOS.start_workflow_async(work, *arguments)

        await _apart(start())

    async def wake(self, workflow_ids: Sequence[str], key: str) -> None:
        """Tell running workflows that something changed; key: the same for the same change.

        One that cannot be told looks for itself when its time is over.
        """
        for one in workflow_ids:
            try:
                await _apart(DBOS.send_async(one, key, TOPIC, idempotency_key=f"{one}:{key}"))
            # What it is told of is kept already, and the others have to hear it too.
            except Exception as error:
                log.error("workflow_not_woken", workflow=one, error=str(error))

    def take_over(self, machine: str) -> int:
        """Take up the workflows of a machine that is gone; return how many."""
        return len(DBOS._recover_pending_workflows([machine]))

    def close(self) -> None:
        """Let go; what runs goes on after the next start."""
        if self._workflows is not None:
            DBOS.destroy(destroy_registry=True)
            self._workflows = None
            # DBOS made its own threads the loop's and has ended them: others still need some.
            asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())


async def _apart(work: Coroutine[Any, Any, None]) -> None:
    """Do something in no workflow's name: a step may begin or wake others, none its child."""
    await asyncio.get_running_loop().create_task(work, context=Context())


def system_database(url: str | None, data_dir: Path) -> str:
    """Return where DBOS keeps its state: beside the records."""
    if url is None:
        return f"sqlite:///{data_dir / 'plans.db'}"
    return "postgresql+psycopg" + url[url.index("://") :].replace("?ssl=", "?sslmode=")


def workflow(name: str) -> Callable[[Workflow], Workflow]:
    """Mark what is carried out durably; between its steps it may only decide and wait.

    A line that was killed a hundred times takes it up all the same.
    """
    return DBOS.workflow(name=name, max_recovery_attempts=None)


def step(work: Step, name: str | None = None) -> Step:
    """Return work whose result is recorded, so that it is not done twice; tried until it succeeds.

    A database that is away, for however long, must not end a workflow.
    """

    async def once(*arguments: Any) -> Any:  # DBOS marks what it is given: methods take no mark
        return await work(*arguments)

    return DBOS.step(
        name=name or work.__name__,
        retries_allowed=True,
        max_attempts=STEP_TRIES,
        interval_seconds=STEP_EVERY_S,
        backoff_rate=1.0,
    )(once)


async def news_within(seconds: float) -> None:
    """Wait durably until the workflow is woken, or the time is over."""
    await DBOS.recv_async(TOPIC, timeout_seconds=seconds)


async def sleep(seconds: float) -> None:
    """Wait durably, whatever happens."""
    await DBOS.sleep_async(seconds)


async def waited(
    stands: Callable[[], Awaitable[str]],
    waiting: Collection[str],
    now: Callable[[], Awaitable[float]],
    within_s: float,
) -> str:
    """Wait while something stands as one of these, for so long; return how it stands then.

    stands, now: steps.
    """
    until = await now() + within_s
    while True:
        found = await stands()
        left = until - await now()
        if found not in waiting or left <= 0:
            return found
        await news_within(left)


def clock_step(name: str) -> Callable[[], Awaitable[float]]:
    """Return a step that tells the time, in seconds since 1970."""

    async def now() -> float:
        return time.time()

    return step(now, name)
