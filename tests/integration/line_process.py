"""Run the line as a process of its own: started, stopped, killed and started again on its data."""

import asyncio
import os
import random
import signal
import socket
import sys
from contextlib import closing
from pathlib import Path
from typing import Self

HOST = "127.0.0.1"
POLL_S = 0.01
START_WITHIN_S = 120.0
STOP_WITHIN_S = 60.0
"""Two seconds on a quiet machine; on one that runs something else beside it, twenty times that."""
PORT_ATTEMPTS = 3
PORTS_APART = 16
"""Test runs beside one another do not choose the same port before either listens on it."""
PATIENT = """
from aurora import cli
from tests.patience import LIMITS
from tests.waiting import PATIENT_S
for module, limit in LIMITS:
    setattr(module, limit, PATIENT_S)
cli.main()
"""


class LineDied(RuntimeError):
    """The process ended before it answered; the text is what it printed."""


class PortTaken(LineDied):
    """Somebody else was quicker."""


class LineProcess:
    """`aurora serve` on a free port of this machine; keeps port and data over restarts."""

    program: tuple[str, ...] = (str(Path(sys.executable).with_name("aurora")),)

    def __init__(self, data_dir: Path, **settings: str) -> None:
        """settings: environment variables beside AURORA_DATA_DIR; nothing else is inherited."""
        self.data_dir = data_dir
        self.port = free_port()
        self._settings = {"AURORA_DATA_DIR": str(data_dir), **settings}
        self._home = data_dir.with_name(f"{data_dir.name}-process")
        self._home.mkdir(parents=True, exist_ok=True)
        self._output = self._home / "output"
        self._process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def pid(self) -> int:
        return self._running.pid

    @property
    def output(self) -> str:
        """Everything it has printed, over all its lives."""
        return self._output.read_text()

    async def __aenter__(self) -> Self:
        for attempt in range(PORT_ATTEMPTS):
            try:
                await self.start()
                break
            except PortTaken:
                if attempt == PORT_ATTEMPTS - 1:
                    raise
                self.port = free_port()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.kill()

    async def start(self) -> None:
        """Start it and return once /health answers 200; raises LineDied."""
        await self.spawn()
        try:
            async with asyncio.timeout(START_WITHIN_S):
                while not await is_healthy(self.port):
                    await self._still_runs_after(POLL_S)
        except TimeoutError as error:
            await self.kill()
            raise LineDied(f"no answer in {START_WITHIN_S:g} s:\n{self.output}") from error

    async def warm(self) -> None:
        """Return once everything that loads beside the calls is loaded: for measurements."""
        async with asyncio.timeout(START_WITHIN_S):
            while not _is_warm(await ask_health(self.port)):
                await self._still_runs_after(POLL_S)

    async def spawn(self) -> None:
        """Start it and wait for nothing."""
        assert self._process is None, "it runs already"
        with self._output.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                *self.program,
                *("serve", "--host", HOST, "--port", str(self.port)),
                # Its own directory, so that no .env of the checkout is read.
                cwd=self._home,
                env={"PATH": os.defpath, "COLUMNS": "200", **own_code(), **self._settings},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    async def kill_after(self, seconds: float) -> None:
        """Let it run for so long at most, whatever it is doing, then kill it."""
        await self._exited_within(seconds)
        await self.kill()

    async def kill(self) -> None:
        """SIGKILL; nothing to do when it is gone."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """Ask it to end, as a service manager does."""
        await self._end(signal.SIGTERM)

    @property
    def _running(self) -> asyncio.subprocess.Process:
        assert self._process is not None, "it does not run"
        return self._process

    async def _end(self, how: signal.Signals) -> None:
        process = self._process
        if process is None:
            return
        if process.returncode is None:
            process.send_signal(how)
        # One that does not stop in time is still there to be killed: it must outlive no test.
        async with asyncio.timeout(STOP_WITHIN_S):
            await process.wait()
        self._process = None

    async def _still_runs_after(self, seconds: float) -> None:
        if not await self._exited_within(seconds):
            return
        self._process = None
        printed = self.output
        raise PortTaken(printed) if "address already in use" in printed else LineDied(printed)

    async def _exited_within(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._running.wait(), seconds)
        except TimeoutError:
            return False
        return True


class PatientLine(LineProcess):
    """A line that gives its disk and its ears all the time that a busy machine's take.

    Where a test is not about that: it would send an emergency to a person, as it should.
    """

    program = (sys.executable, "-c", PATIENT)


def own_code() -> dict[str, str]:
    """Another checkout may be the one that is installed: what tests import is what runs."""
    return {"PYTHONPATH": os.pathsep.join(str(Path(path).resolve()) for path in sys.path if path)}


async def is_healthy(port: int) -> bool:
    """Ask /health once."""
    return (await ask_health(port)).startswith(b"HTTP/1.1 200 ")


def _is_warm(health: bytes) -> bool:
    return b'"languages":{"state":"ok"' in health and b"not indexed yet" not in health


async def ask_health(port: int) -> bytes:
    """Return what /health answers, head and body; nothing while the line is down."""
    try:
        reader, writer = await asyncio.open_connection(HOST, port)
    except OSError:
        return b""
    try:
        writer.write(f"GET /health HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())
        return await reader.read()
    except OSError:
        return b""
    finally:
        writer.close()


def free_port() -> int:
    """Return a port nobody listens on, below those the system hands out to clients.

    A client that polls a closed port of that range can be given the very port it asks for, and
    then it talks to itself and keeps the server out.
    """
    chosen = random.SystemRandom()
    while True:
        port = chosen.randrange(20_000 + os.getpid() % PORTS_APART, 32_000, PORTS_APART)
        with closing(socket.socket()) as probe:
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
