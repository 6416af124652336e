"""The probe at start says what is true of the model's server, and is bounded."""

import asyncio

import pytest

from aurora.guidance.language_model import ModelState
from tests.contract.language_model.place import (
    NAME,
    PATIENT_S,
    SHORT_S,
    Place,
    opened,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_the_probe_finds_the_model(server: Place) -> None:
    async with opened(server.url) as model:
        assert await model.probe() == ModelState(True, NAME)


async def test_the_probe_names_what_is_served_when_the_model_is_gone(server: Place) -> None:
    async with opened(server.url, name="llama3.1-8b") as model:
        state = await model.probe()
        assert await Place(model, server.server).fault() == "http_404"
    assert not state.is_answering
    assert "CEREBRAS_MODEL llama3.1-8b" in state.detail
    assert NAME in state.detail


async def test_the_probe_tells_a_wrong_key(server: Place) -> None:
    assert server.server is not None
    server.server.api_key = "right"
    async with opened(server.url, key="wrong") as model:
        state = await model.probe()
        assert await Place(model, server.server).fault() == "http_401"
    assert not state.is_answering
    assert "CEREBRAS_API_KEY" in state.detail
    assert "wrong" not in state.detail
    async with opened(server.url, key="right") as model:
        assert (await model.probe()).is_answering


async def test_the_probe_tells_a_web_page_from_a_model(server: Place) -> None:
    assert server.server is not None
    server.server.is_web_page = True
    async with opened(server.url) as model:
        state = await model.probe()
    assert not state.is_answering
    assert "CEREBRAS_BASE_URL" in state.detail


async def test_the_probe_tells_a_wrong_path(server: Place) -> None:
    async with opened(server.url.removesuffix("/v1")) as model:
        state = await model.probe()
    assert not state.is_answering
    assert "CEREBRAS_BASE_URL" in state.detail


@pytest.mark.parametrize("body", ["null", "[]", '{"data": null}', '{"data": 3}', '{"data": [3]}'])
async def test_the_probe_survives_any_list(
    server: Place, monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    monkeypatch.setattr("aurora.rehearsal.model_server.WEB_PAGE", body.encode())
    assert server.server is not None
    server.server.is_web_page = True
    async with opened(server.url) as model:
        assert not (await model.probe()).is_answering


async def test_the_probe_tells_an_unreachable_server(nobodys_address: str) -> None:
    async with opened(nobodys_address) as model:
        state = await model.probe()
    assert not state.is_answering
    assert "cannot be reached" in state.detail


@pytest.mark.parametrize("address", ["mute_address", "black_hole"])
async def test_the_probe_is_bounded(
    request: pytest.FixtureRequest, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aurora.guidance.openai_model.PROBE_S", SHORT_S)
    async with opened(request.getfixturevalue(address)) as model, asyncio.timeout(PATIENT_S):
        state = await model.probe()
    assert not state.is_answering
    assert "cannot be reached" in state.detail
