"""A language model that answers when it is told to, in a process of its own."""

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aurora.cli.output import log_to_stderr
from aurora.guidance.language_model import Message
from aurora.rehearsal.model_server import ModelServer, serving
from aurora.rehearsal.scripted_model import CALM, Script

MODEL = "gpt-oss-120b"
ANSWER = "The shift supervisor keeps the forms. Ask at the control room if in doubt."
IN_AN_EMERGENCY = (
    "Tell me what you see around you.",
    "Tell me what you hear around you.",
    "Tell me who is with you.",
    "Tell me if anything changes.",
)
"""Taken in turn: what was said once in a call is not said again."""


@asynccontextmanager
async def running_model(first_token_s: float = 0.0) -> AsyncIterator[dict[str, str]]:
    """Yield the settings that lead the line to it.

    first_token_s: how long it thinks; then it answers for callers in an emergency.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", __name__, str(first_token_s), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        address = (await process.stdout.readline()).decode().strip()
        assert address, "the model stand-in did not start"
        yield {
            "CEREBRAS_API_KEY": "made-up",
            "CEREBRAS_BASE_URL": address,
            "CEREBRAS_MODEL": MODEL,
        }
    finally:
        process.kill()
        await process.wait()


async def _serve(first_token_s: float) -> None:
    def script(messages: Sequence[Message]) -> Script:
        words = ANSWER
        if first_token_s:
            asked = sum(message["role"] == "user" for message in messages)
            words = IN_AN_EMERGENCY[asked % len(IN_AN_EMERGENCY)]
        return Script(CALM + words, first_token_s=first_token_s)

    async with serving(ModelServer(script, models=(MODEL,))) as address:
        print(address, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    # The address alone goes to standard output.
    log_to_stderr()
    asyncio.run(_serve(float(sys.argv[1])))
