"""The command line, a group of commands a file; `main` is what the `aurora` script runs."""

from aurora.cli.commands import app, main

__all__ = ["app", "main"]
