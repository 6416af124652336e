"""The memory that threads free is shared by all of them."""

import platform
import subprocess
import sys

import pytest

from aurora.arenas import MOST_ARENAS

COUNT = """
import ctypes, threading
from aurora.arenas import bound_arenas
if {is_bound}:
    bound_arenas()
library, together = ctypes.CDLL(None), threading.Barrier(9)
library.malloc.restype = ctypes.c_void_p

def use_memory():
    library.malloc(100_000)
    together.wait()
    together.wait()

for _ in range(8):
    threading.Thread(target=use_memory).start()
together.wait()
library.malloc_info(0, ctypes.c_void_p.in_dll(library, "stdout"))
library.fflush(None)
together.wait()
"""


def arenas(*, is_bound: bool) -> int:
    script = COUNT.format(is_bound=is_bound)
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return told.stdout.count("<heap nr=")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has arenas")
def test_many_threads_share_a_few_arenas() -> None:
    assert arenas(is_bound=False) > MOST_ARENAS
    assert arenas(is_bound=True) <= MOST_ARENAS
