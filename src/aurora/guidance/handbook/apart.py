"""Read a stranger's file in a process of its own, bounded in time and memory.

A file can be made so that reading it never ends, or fills the memory; a line that answers
emergencies must not be where that happens.
"""

import asyncio
import json
import resource
import struct
import sys

from pydantic import ValidationError

from aurora.errors import HandbookError
from aurora.guidance.handbook.passage import Document
from aurora.guidance.handbook.read import MOST_BYTES, document_of

LONGEST_S = 40.0
MOST_CPU_S = 30
MOST_MEMORY_BYTES = 1_500_000_000
TOO_MUCH = "takes more time or memory to read than a text can; save its text alone, or split it"
LONGEST_NAME = 200


def check_name(name: str) -> None:
    """Raise HandbookError for a name that is not a plain file name."""
    if not name or len(name) > LONGEST_NAME:
        raise HandbookError(f"give the file a name of at most {LONGEST_NAME} characters")
    if not name.isprintable() or set(name) & set('/\\:*?"<>|') or name.startswith("."):
        raise HandbookError(
            "its name is that of a path or holds characters no file name has; rename the file"
        )


async def read_apart(
    name: str, content: bytes, *, language: str | None, title: str | None
) -> Document:
    """Return the document in these bytes; raises HandbookError, also past every bound."""
    check_name(name)
    if len(content) > MOST_BYTES:
        raise HandbookError(f"is over {MOST_BYTES // 1_000_000} MB; split it")
    head = json.dumps({"name": name, "language": language, "title": title}).encode()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "aurora.guidance.handbook.apart",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(LONGEST_S):
            out, _ = await process.communicate(struct.pack("!I", len(head)) + head + content)
    except TimeoutError as error:
        raise HandbookError(TOO_MUCH) from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0 or not out:
        raise HandbookError(TOO_MUCH)
    if out[:1] == b"!":
        raise HandbookError(out[1:].decode())
    try:
        return Document.model_validate_json(out)
    except ValidationError as error:
        raise HandbookError(TOO_MUCH) from error


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU_S, MOST_CPU_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    given = sys.stdin.buffer.read()
    (length,) = struct.unpack("!I", given[:4])
    head = json.loads(given[4 : 4 + length])
    try:
        document = document_of(
            head["name"], given[4 + length :], language=head["language"], title=head["title"]
        )
    except HandbookError as error:
        sys.stdout.buffer.write(b"!" + str(error).encode())
    else:
        sys.stdout.buffer.write(document.model_dump_json().encode())


if __name__ == "__main__":
    main()
