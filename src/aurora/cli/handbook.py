"""The commands for the handbook: documents taken in, named, let go of, and asked a question."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from aurora.cli.output import err, tell
from aurora.errors import HandbookError

if TYPE_CHECKING:
    from aurora.guidance.handbook.passage import Document
    from aurora.guidance.handbook.shelf import Shelf
    from aurora.site.model import Language

app = typer.Typer(help="What everyday questions are answered from.", no_args_is_help=True)


@app.command()
def add(
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
    shelf, packaged, languages = _shelf()
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
        tell(f"{document.id}: {document.title} ({count})")
        if document.language not in languages:
            tell(f"{document.id}: nobody is answered in {document.language} on this line")
    if not is_whole:
        raise typer.Exit(1)


@app.command("list")
def list_documents() -> None:
    """Name every document, the packaged and the added."""
    shelf, packaged, _ = _shelf()
    added, problems = shelf.read()
    for document in [*packaged, *added]:
        when = f"{document.added_at:%Y-%m-%d}" if document.added_at else "packaged"
        count = f"passages: {len(document.sections)}"
        tell(f"{document.id}  {document.language}  {when}  {count}  {document.title}")
    for problem in problems:
        err.print(escape(problem), highlight=False, soft_wrap=True)


@app.command()
def remove(
    document_id: Annotated[str, typer.Argument(metavar="ID", help="As `handbook list` shows it.")],
) -> None:
    """Let go of an added document."""
    shelf, packaged, _ = _shelf()
    if any(document.id == document_id for document in packaged):
        raise HandbookError(f"{document_id}: comes with the site; remove its file there")
    shelf.remove(document_id)
    tell(f"{document_id}: removed")


@app.command()
def search(
    words: Annotated[str, typer.Argument(help="A question as a caller asks it.")],
    language: Annotated[
        str | None, typer.Option(help="en, es, fr or de; the line's first if left out.")
    ] = None,
) -> None:
    """Show what would be read out, and the next best passages."""
    from aurora.guidance.handbook.handbook import Handbook

    shelf, packaged, languages = _shelf()
    language = language or languages[0]
    handbook = Handbook(packaged, shelf)
    handbook.warm([language])
    reading = handbook.ask(words, language)
    if reading is None:
        tell("nothing in the handbook answers that")
        raise typer.Exit(1)
    tell(reading.words or "(too long to be read out)")
    for found in handbook.search(words, language):
        passage = found.passage
        place = f"{passage.document}, {passage.heading}"
        page = f", page {passage.page}" if passage.page else ""
        tell(f"  {found.score:5.1f}  {place}{page}  [{passage.reference}]")


def _shelf() -> "tuple[Shelf, list[Document], list[Language]]":
    """The uploaded documents, the packaged ones, and the line's languages."""
    from aurora.guidance.handbook.handbook import packaged_documents
    from aurora.guidance.handbook.shelf import shelf_in
    from aurora.rooms import with_languages
    from aurora.settings import load_settings
    from aurora.site.load import load_site, locate

    settings = load_settings()
    paths = locate(settings.site.path)
    languages = with_languages(load_site(paths), settings).languages
    shelf = shelf_in(settings.records.data_dir)
    return shelf, packaged_documents(paths, languages), languages
