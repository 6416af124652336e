"""The command that checks a plant's files; the checks themselves are the rooms' that read them."""

from pathlib import Path
from typing import Annotated

import typer

from aurora.cli.output import tell

app = typer.Typer(help="A plant's own data.", no_args_is_help=True)


@app.command()
def check(
    path: Annotated[Path | None, typer.Argument(help="A site.yaml or its directory.")] = None,
) -> None:
    """Check a site's files; every problem names file, line, field and fix."""
    from aurora.guidance.handbook.handbook import packaged_documents
    from aurora.guidance.load import load_library
    from aurora.site import duty_check
    from aurora.site.load import load_site, locate
    from aurora.site.yaml_file import located

    paths = locate(path)
    site = load_site(paths)
    library = load_library(paths, site, site.languages[0])
    documents = packaged_documents(paths, site.languages)
    tell(
        f"{paths.site}: {site.name} is in order: {len(site.zones)} zones, "
        f"{len(site.contacts)} contacts, {len(library.procedures)} procedures "
        f"({len(library.drafts)} drafts), {len(documents)} handbook documents "
        f"in {', '.join(site.languages)}"
    )
    for note in duty_check.notes(site):
        tell(located(paths.site, note))
