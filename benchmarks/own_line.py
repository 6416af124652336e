"""A line of this very checkout as a process, whichever one is installed."""

from pathlib import Path

import aurora
from tests.integration.line_process import LineProcess


def own_line(data_dir: Path, **settings: str) -> LineProcess:
    return LineProcess(data_dir, PYTHONPATH=str(Path(aurora.__file__).parents[1]), **settings)


def memory_mb(pid: int) -> float:
    """Return the memory a process holds now, in MB; 0 where /proc is missing."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    kilobytes = next(line.split()[1] for line in lines if line.startswith("VmRSS"))
    return int(kilobytes) / 1024
