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


def log_to_stderr() -> None:
    """Static event names and fields, to standard error: standard output is for results."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
