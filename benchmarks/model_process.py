"""A language model that answers at once, in a process of its own."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aurora.rehearsal.model_server import ModelServer, serving
from aurora.rehearsal.scripted_model import CALM, Script

MODEL = "gpt-oss-120b"
ANSWER = f"{CALM}The shift supervisor keeps the forms. Ask at the control room if in doubt."


@asynccontextmanager
async def running_model() -> AsyncIterator[dict[str, str]]:
    """Yield the settings that lead the line to it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", __name__, stdout=asyncio.subprocess.PIPE
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


async def _serve() -> None:
    async with serving(ModelServer(Script(ANSWER), models=(MODEL,))) as address:
        print(address, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve())
