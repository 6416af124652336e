"""Where the command line writes, and the options that several commands share."""

import logging
import sys
from typing import Annotated

import structlog
import typer
from rich.console import Console

out = Console()
err = Console(stderr=True)

Port = Annotated[int, typer.Option(min=1, max=65535, help="Port of the line.")]
Host = Annotated[str, typer.Option(help="Address to listen on.")]


def tell(line: str) -> None:
    """Print a result as it is: no markup in it, no colours, no line broken."""
    out.print(line, markup=False, highlight=False, soft_wrap=True)


def log_to_stderr(level: str = "info") -> None:
    """Static event names and fields, to standard error: standard output is for results.

    level: debug, info, warning or error. Libraries are heard from warning on, since they name
    numbers and texts; at debug from info on.
    """
    lowest = logging.getLevelNamesMapping()[level.upper()]
    libraries = logging.INFO if level == "debug" else max(lowest, logging.WARNING)
    logging.basicConfig(level=libraries, stream=sys.stderr)
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(lowest),
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
