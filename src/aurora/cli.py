"""The command line: serve the line, call it, triage and rehearse, check a site."""

import asyncio
import contextlib
import logging
import sys
from pathlib import Path
from typing import Annotated

import structlog
import typer
from rich.console import Console
from rich.markup import escape

from aurora import __version__
from aurora.errors import AuroraError

app = typer.Typer(
    help="Aurora, the emergency line of an industrial site.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
site_app = typer.Typer(help="A plant's own data.", no_args_is_help=True)
app.add_typer(site_app, name="site")
out = Console()
err = Console(stderr=True)

Port = Annotated[int, typer.Option(min=1, max=65535, help="Port of the line.")]
Host = Annotated[str, typer.Option(help="Address to listen on.")]


def main() -> None:
    """Run the command line; an expected error is one plain message, not a traceback."""
    try:
        app()
    except AuroraError as error:
        message = escape(str(error))
        err.print(f"[bold red]aurora:[/] {message}", highlight=False, soft_wrap=True)
        sys.exit(1)


@app.callback(invoke_without_command=True)
def version(
    show: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if show:
        out.print(__version__)
        raise typer.Exit


@app.command()
def serve(host: Host = "127.0.0.1", port: Port = 5000) -> None:
    """Answer calls until stopped."""
    from aurora.serve import run  # the web stack takes a second to load; other commands need none

    _log_to_stderr()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(run(host, port, out))


@app.command()
def call(
    words: Annotated[list[str], typer.Argument(help="What the caller says, a turn each.")],
    host: Host = "127.0.0.1",
    port: Port = 5000,
    number: Annotated[str, typer.Option("--from", help="The caller's number.")] = "+12025550151",
) -> None:
    """Place a call on a running line through the Twilio protocol, and print both sides."""
    from aurora.rehearsal.placed_call import place

    _log_to_stderr()
    if not asyncio.run(place(f"http://{host}:{port}", number, words, out)):
        raise typer.Exit(1)


@app.command()
def triage(
    file: Annotated[
        Path | None, typer.Argument(help="JSON lines; standard input if left out.")
    ] = None,
) -> None:
    """Rate utterances: {id, text[, lang]} a line in, {id, urgency, hazard, ...} a line out."""
    from aurora.rehearsal.triage_lines import rate_file

    _log_to_stderr()
    if not rate_file(file, sys.stdin, sys.stdout):
        raise typer.Exit(1)


@app.command()
def rehearse(
    scenarios: Annotated[Path, typer.Argument(help="A YAML file of scenarios.")],
) -> None:
    """Run scripted calls through the real conversation, one JSON line a turn."""
    from aurora.rehearsal.scenarios import rehearse_file

    _log_to_stderr()
    asyncio.run(rehearse_file(scenarios, sys.stdout))


@site_app.command("check")
def site_check(
    path: Annotated[Path | None, typer.Argument(help="A site.yaml or its directory.")] = None,
) -> None:
    """Check a site's files; every problem names file, line, field and fix."""
    from aurora.guidance.library import load_library
    from aurora.site.load import load_site, locate

    paths = locate(path)
    site = load_site(paths)
    library = load_library(paths, site, site.languages[0])
    out.print(
        f"{paths.site}: {site.name} is in order: {len(site.zones)} zones, "
        f"{len(site.contacts)} contacts, {len(library.procedures)} procedures "
        f"({len(library.drafts)} drafts) in {', '.join(site.languages)}",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )


def _log_to_stderr() -> None:
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
        cache_logger_on_first_use=True,
    )
