"""One line for the tests of a module, and a caller on each way in."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from aurora.conversation.exchange import DEFAULT_WITHIN_S
from aurora.rehearsal.model_server import ModelServer, serving
from aurora.rehearsal.scripted_model import Script
from tests.application import application
from tests.integration.model.stage import Caller, Stage


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def opened(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """One line for all tests: whatever its model did to it, it must be as good as new."""
    model, directory = ModelServer(), Path(tmp_path_factory.mktemp("line"))
    with pytest.MonkeyPatch.context() as patch:
        async with serving(model) as url:
            environment = {"CEREBRAS_API_KEY": "key", "CEREBRAS_BASE_URL": url}
            async with application(patch, directory, environment) as (client, parts):
                # On a busy machine a first token takes longer than a caller is made to wait for it:
                # here the whole turn's time is the limit.
                patch.setattr(parts.rooms.model, "_first_token_s", DEFAULT_WITHIN_S)
                yield Stage(client, parts, model)


@pytest_asyncio.fixture(loop_scope="module")
async def stage(opened: Stage) -> AsyncIterator[Stage]:
    opened.script(Script())
    yield opened
    await opened.parts.switchboard.close()
    await opened.model.idle()


@pytest.fixture(params=["gather", "api"])
def caller(request: pytest.FixtureRequest, stage: Stage) -> Caller:
    return stage.caller(request.param)
