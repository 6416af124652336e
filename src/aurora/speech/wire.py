"""Messages between the pool and its workers: a JSON header and raw samples, over pipes."""

import json
import struct
from asyncio import StreamReader
from typing import Any, BinaryIO

_LENGTHS = struct.Struct("!II")


def packed(header: dict[str, Any], body: bytes = b"") -> bytes:
    """Return one message as bytes."""
    text = json.dumps(header).encode()
    return _LENGTHS.pack(len(text), len(body)) + text + body


def read(pipe: BinaryIO) -> tuple[dict[str, Any], bytes]:
    """Return the next message; raises EOFError when the other side has gone."""
    lengths = pipe.read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        raise EOFError
    of_header, of_body = _LENGTHS.unpack(lengths)
    return json.loads(pipe.read(of_header)), pipe.read(of_body)


async def read_header(pipe: StreamReader) -> dict[str, Any]:
    """Return the next message without samples; raises IncompleteReadError at the end."""
    of_header, _ = _LENGTHS.unpack(await pipe.readexactly(_LENGTHS.size))
    header: dict[str, Any] = json.loads(await pipe.readexactly(of_header))
    return header
