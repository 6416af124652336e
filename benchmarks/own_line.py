"""A line of this very checkout as a process, and somebody signed in at its console."""

from datetime import UTC, datetime
from pathlib import Path

import aurora
from aurora.accounts.account import Account
from aurora.accounts.person import Role
from aurora.accounts.secret import new_id
from aurora.accounts.session import Visitor, open_session
from aurora.records.accounts import SqlAccounts
from aurora.records.sessions import SqlSessions
from aurora.records.sql import SqlRecords
from tests.integration.line_process import LineProcess
from tests.signing_in import SEAL


def own_line(data_dir: Path, **settings: str) -> LineProcess:
    """Return a line that runs the code of this checkout, whichever one is installed."""
    return LineProcess(data_dir, PYTHONPATH=str(Path(aurora.__file__).parents[1]), **settings)


async def operators_secret(data_dir: Path) -> str:
    """Sign an operator in straight in the database; return what their session's cookie holds."""
    now = datetime.now(UTC)
    records = await SqlRecords.open(None, data_dir)
    account = Account(new_id(), f"bench {new_id()}", Role.OPERATOR, now)
    await SqlAccounts(records.beside, SEAL).add(account)
    secret, session = open_session(account.id, Visitor("127.0.0.1"), now)
    await SqlSessions(records.beside).open(session)
    await records.close()
    return secret


def memory_mb(pid: int) -> float:
    """Return the memory a process holds now, in MB; 0 where /proc is missing."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    kilobytes = next(line.split()[1] for line in lines if line.startswith("VmRSS"))
    return int(kilobytes) / 1024
