"""Rate written utterances, a JSON line each; the rating itself is triage's."""

import sys
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, TextIO

import orjson

from aurora.errors import AuroraError
from aurora.settings import load_settings
from aurora.site.load import load_site, locate
from aurora.site.model import LANGUAGES
from aurora.triage.assess import Triage, load_triage

Write = Callable[[str], None]


class BadLine(ValueError):
    """A line that is not {id, text[, lang]}; the text says what is wrong and how to mend it."""


class NoSuchFile(AuroraError):
    """The file of utterances cannot be read."""


def rate_file(file: Path | None, stdin: TextIO, out: TextIO) -> bool:
    """Rate a file's lines, or standard input's, on the settings' site; False when one was bad."""

    def write(line: str) -> None:
        out.write(line + "\n")

    def complain(problem: str) -> None:
        sys.stderr.write(f"{file or 'standard input'}: {problem}\n")

    settings = load_settings()
    with _opened(file, stdin) as lines:
        site = load_site(locate(settings.site.path))
        language = settings.conversation.primary_language or site.languages[0]
        triage = load_triage(site, list(dict.fromkeys([language, *site.languages])))
        triage.warm()
        return rate_lines(lines, triage, language, write, complain) == 0


def _opened(file: Path | None, stdin: TextIO) -> AbstractContextManager[Iterable[bytes]]:
    if file is None:
        return nullcontext(stdin.buffer)
    try:
        return file.open("rb")
    except OSError as error:
        raise NoSuchFile(f"{file}: cannot be read ({error.strerror}); check the path") from error


def rate_lines(
    lines: Iterable[bytes], triage: Triage, language: str, write: Write, complain: Write
) -> int:
    """Write a rating for each line, in order; return how many lines were bad.

    language: where a line gives none, its own is looked for, starting from this one.
    complain: told "line 3: ..." for each bad line; the others are rated all the same.
    """
    bad = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            rated = rate_line(line, triage, language)
        except BadLine as error:
            bad += 1
            complain(f"line {number}: {error}")
        else:
            write(orjson.dumps(rated).decode())
    return bad


def rate_line(line: bytes, triage: Triage, language: str) -> dict[str, Any]:
    """Return {id, urgency, hazard, zone, procedure, lang, confidence, ms}; raises BadLine."""
    given = _read(line)
    said_to_be = given.get("lang")
    start = said_to_be if said_to_be in LANGUAGES else language
    heard = triage.assess(given["text"], language=start)
    assessment = heard.assessment
    return {
        "id": given["id"],
        "urgency": assessment.urgency.value,
        "hazard": assessment.hazard.value,
        "zone": assessment.place.said if assessment.place else None,
        "procedure": assessment.procedure,
        "lang": assessment.language,
        "confidence": round(assessment.confidence, 3),
        "ms": round(heard.triage_ms, 3),
    }


def _read(line: bytes) -> dict[str, Any]:
    try:
        given = orjson.loads(line.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise BadLine(f"not JSON in UTF-8 ({error})") from error
    if not isinstance(given, dict):
        raise BadLine('not an object; write {"id": ..., "text": ...}')
    if isinstance(given.get("id"), bool) or not isinstance(given.get("id"), str | int):
        raise BadLine("id is missing or neither a word nor a whole number")
    if not isinstance(given.get("text"), str):
        raise BadLine("text is missing or not a string")
    if not isinstance(given.get("lang"), str | None):
        raise BadLine("lang is not a string such as en")
    return given
