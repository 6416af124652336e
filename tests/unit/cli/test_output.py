"""What is logged, and from how grave on."""

import logging
import re
from collections.abc import Iterator

import pytest
import structlog

from aurora.cli.output import log_to_stderr


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    structlog.reset_defaults()


@pytest.mark.parametrize(
    ("level", "shown"),
    [
        ("debug", {"fine", "usual", "grave", "library", "library_warns"}),
        ("info", {"usual", "grave", "library_warns"}),
        ("warning", {"grave", "library_warns"}),
        ("error", set()),
    ],
)
def test_what_is_less_than_the_level_is_not_logged(
    level: str,
    shown: set[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])  # where there is one, no other is set up
    monkeypatch.setattr(root, "level", root.level)
    log_to_stderr(level)
    log = structlog.get_logger()
    log.debug("fine")
    log.info("usual")
    log.warning("grave")
    logging.getLogger("some.library").debug("flood")
    logging.getLogger("some.library").info("library")
    logging.getLogger("some.library").warning("library_warns")

    lines = capsys.readouterr().err.splitlines()
    said = {re.split("[=:]", line)[-1] for line in lines}
    assert said == shown
