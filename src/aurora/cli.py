"""The command line: serve the line, call it, triage and rehearse, check a site."""

import asyncio
import contextlib
import logging
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import structlog
import typer
from rich.console import Console
from rich.markup import escape

from aurora import __version__
from aurora.errors import AuroraError, HandbookError

if TYPE_CHECKING:
    from aurora.guidance.handbook.passage import Document
    from aurora.guidance.handbook.shelf import Shelf
    from aurora.site.model import Language

app = typer.Typer(
    help="Aurora, the emergency line of an industrial site.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
site_app = typer.Typer(help="A plant's own data.", no_args_is_help=True)
app.add_typer(site_app, name="site")
handbook_app = typer.Typer(help="What everyday questions are answered from.", no_args_is_help=True)
app.add_typer(handbook_app, name="handbook")
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
    from aurora.guidance.handbook.handbook import packaged_documents
    from aurora.guidance.library import load_library
    from aurora.site import duty_check
    from aurora.site.load import load_site, locate
    from aurora.site.yaml_file import located

    paths = locate(path)
    site = load_site(paths)
    library = load_library(paths, site, site.languages[0])
    documents = packaged_documents(paths, site.languages)
    out.print(
        f"{paths.site}: {site.name} is in order: {len(site.zones)} zones, "
        f"{len(site.contacts)} contacts, {len(library.procedures)} procedures "
        f"({len(library.drafts)} drafts), {len(documents)} handbook documents "
        f"in {', '.join(site.languages)}",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
    for note in duty_check.notes(site):
        out.print(f"{located(paths.site, note)}", markup=False, highlight=False, soft_wrap=True)


@handbook_app.command("add")
def handbook_add(
    files: Annotated[list[Path], typer.Argument(help="PDF, .docx, Markdown or text.")],
    language: Annotated[
        str | None, typer.Option(help="en, es, fr or de; told from the words if left out.")
    ] = None,
    title: Annotated[
        str | None, typer.Option(help="As it is to be spoken; for one file at a time.")
    ] = None,
) -> None:
    """Take documents in; a running line answers from them within seconds."""
    from aurora.guidance.handbook.read import read_document

    if title is not None and len(files) > 1:
        raise HandbookError("--title: give one file at a time with it")
    shelf, packaged, languages = _handbook_shelf()
    now = datetime.now(UTC).replace(microsecond=0)
    is_whole = True
    for path in files:
        try:
            document = read_document(path, language=language, title=title, added_at=now)
            shelf.add(document, packaged)
        except HandbookError as error:
            is_whole = False
            err.print(f"[bold red]aurora:[/] {escape(str(error))}", highlight=False, soft_wrap=True)
            continue
        count = f"passages: {len(document.sections)}, language: {document.language}"
        _tell(f"{document.id}: {document.title} ({count})")
        if document.language not in languages:
            _tell(f"{document.id}: nobody is answered in {document.language} on this line")
    if not is_whole:
        raise typer.Exit(1)


@handbook_app.command("list")
def handbook_list() -> None:
    """Name every document, the packaged and the added."""
    shelf, packaged, _ = _handbook_shelf()
    added, problems = shelf.read()
    for document in [*packaged, *added]:
        when = f"{document.added_at:%Y-%m-%d}" if document.added_at else "packaged"
        count = f"passages: {len(document.sections)}"
        _tell(f"{document.id}  {document.language}  {when}  {count}  {document.title}")
    for problem in problems:
        err.print(escape(problem), highlight=False, soft_wrap=True)


@handbook_app.command("remove")
def handbook_remove(
    document_id: Annotated[str, typer.Argument(metavar="ID", help="As `handbook list` shows it.")],
) -> None:
    """Let go of an added document."""
    shelf, packaged, _ = _handbook_shelf()
    if any(document.id == document_id for document in packaged):
        raise HandbookError(f"{document_id}: comes with the site; remove its file there")
    shelf.remove(document_id)
    _tell(f"{document_id}: removed")


@handbook_app.command("search")
def handbook_search(
    words: Annotated[str, typer.Argument(help="A question as a caller asks it.")],
    language: Annotated[
        str | None, typer.Option(help="en, es, fr or de; the line's first if left out.")
    ] = None,
) -> None:
    """Show what would be read out, and the next best passages."""
    from aurora.guidance.handbook.handbook import Handbook

    shelf, packaged, languages = _handbook_shelf()
    handbook, language = Handbook(packaged, shelf), language or languages[0]
    reading = handbook.ask(words, language)
    if reading is None:
        _tell("nothing in the handbook answers that")
        raise typer.Exit(1)
    _tell(reading.words or "(too long to be read out)")
    for found in handbook.search(words, language):
        passage = found.passage
        place = f"{passage.document}, {passage.heading}"
        page = f", page {passage.page}" if passage.page else ""
        _tell(f"  {found.score:5.1f}  {place}{page}  [{passage.reference}]")


def _handbook_shelf() -> "tuple[Shelf, list[Document], list[Language]]":
    """The uploaded documents, the packaged ones, and the line's languages."""
    from aurora.guidance.handbook.handbook import packaged_documents
    from aurora.guidance.handbook.shelf import Shelf
    from aurora.rooms import with_languages
    from aurora.settings import load_settings
    from aurora.site.load import load_site, locate

    settings = load_settings()
    paths = locate(settings.site.path)
    languages = with_languages(load_site(paths), settings).languages
    shelf = Shelf(settings.records.data_dir / "handbook")
    return shelf, packaged_documents(paths, languages), languages


def _tell(line: str) -> None:
    out.print(line, markup=False, highlight=False, soft_wrap=True)


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
