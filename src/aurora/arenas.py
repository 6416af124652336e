"""Keep the C library from holding memory that nothing uses: bounded, before threads begin."""

import ctypes

_M_ARENA_MAX = -8
"""glibc's name for how many arenas `malloc` makes."""
MOST_ARENAS = 2
"""By default eight a core: each thread that reads or writes records keeps one of its own, and what
is freed in it is no use to any other."""


def bound_arenas() -> bool:
    """Let all threads share a few arenas; False where the C library has none, as musl and macOS."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and mallopt(_M_ARENA_MAX, MOST_ARENAS) == 1
