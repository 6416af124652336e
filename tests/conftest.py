"""What holds for every test: little garbage collecting, a plain log, and no clock over it."""

import gc
import re
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import settings
from structlog.processors import LogfmtRenderer, format_exc_info


def pytest_configure() -> None:
    # A traceback drawn by rich, with the source around each frame, takes a quarter of a second.
    usual = structlog.get_config()["processors"][:-1]
    structlog.configure(processors=[*usual, format_exc_info, LogfmtRenderer()])
    gc.disable()
    # The patterns of the packaged rules, which are some thousands, are compiled once a run and not
    # once a site: it is two seconds for each.
    re._MAXCACHE = 100_000  # type: ignore[attr-defined]
    # No test is timed: a busy machine would fail it.
    settings.register_profile("untimed", deadline=None)
    settings.load_profile("untimed")


def pytest_collection_finish() -> None:
    # What was imported stays. Without this each full collection goes through all of it, and they
    # come often: together a tenth of the time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    """A command run within a test logs to the test's own output, which is closed behind it."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)
