"""The home page, the health check and the metrics."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import orjson
from fastapi import APIRouter, Depends
from jinja2 import Environment, PackageLoader, Template, select_autoescape
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

from aurora import __version__
from aurora.console.call_page import preferred
from aurora.console.compiled import compiled_templates
from aurora.console.headers import page_headers
from aurora.console.health import Component, State, overall, takes_calls
from aurora.console.words import CONSOLE_LANGUAGES, words_in
from aurora.lines.api_guard import Guard
from aurora.lines.problems import Problem
from aurora.records.metrics import Metrics
from aurora.site.model import Language, Site

STATIC = Path(__file__).parent / "static"
Health = Callable[[], Awaitable[list[Component]]]
Count = Callable[[], Awaitable[int]]


def page_routes(
    site: Site, health: Health, metrics: Metrics, count_open_calls: Count, guard: Guard
) -> APIRouter:
    """Return the pages; component details are for those the guard lets in."""
    router = APIRouter()
    home = {language: _home_in(language) for language in CONSOLE_LANGUAGES}

    async def parts_now() -> list[Component]:
        return [
            as_lately(part, metrics) if part.name == "model" else part for part in await health()
        ]

    @router.get("/")
    async def index(request: Request) -> Response:
        is_trusted = await _is_let_in(guard, request)
        components = await parts_now() if is_trusted else []
        language = preferred(request.headers.get("accept-language", ""), CONSOLE_LANGUAGES)
        body = home[language].render(
            site=site, components=components, version=__version__, language=language
        )
        return HTMLResponse(body, headers=page_headers())

    @router.get("/health")
    async def health_check(request: Request) -> Response:
        components = await parts_now()
        state = overall(components)
        body: dict[str, object] = {"status": state.value}
        if await _is_let_in(guard, request):
            body["components"] = {
                part.name: {"state": part.state.value, "detail": part.detail} for part in components
            }
        # A proxy takes 503 for a machine that no caller may reach.
        status = 200 if takes_calls(components) else 503
        return Response(orjson.dumps(body), status, media_type="application/json")

    @router.get("/metrics", dependencies=[Depends(guard)])
    async def prometheus() -> Response:
        text = metrics.text(await count_open_calls())
        return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")

    files = {path.relative_to(STATIC).as_posix(): path for path in STATIC.rglob("*.*")}

    @router.get("/static/{name:path}")
    async def static(name: str) -> Response:
        path = files.get(name)
        if path is None:
            raise Problem(404, "Not found", f"There is no {name[:80]}.")
        return FileResponse(path, headers={"X-Content-Type-Options": "nosniff"})

    return router


def _home_in(language: Language) -> Template:
    environment = Environment(
        loader=PackageLoader("aurora.console"),
        autoescape=select_autoescape(),
        extensions=["jinja2.ext.i18n"],
        bytecode_cache=compiled_templates(),
    )
    environment.install_gettext_translations(words_in(language), newstyle=True)  # type: ignore[attr-defined]
    return environment.get_template("home.html")


def as_lately(model: Component, metrics: Metrics) -> Component:
    """Return the model's state, which is that of the start, as the turns since then found it."""
    if model.state is State.OFF:
        return model
    if metrics.faults_in_a_row:
        detail = (
            f"no answer in the last {metrics.faults_in_a_row} turns that asked "
            f"({metrics.last_fault}); the approved procedures spoke alone"
        )
        return Component(model.name, State.DEGRADED, detail)
    if metrics.has_model_answered and model.state is State.DEGRADED:
        return Component(model.name, State.OK, "answered the last turn that asked it")
    return model


async def _is_let_in(guard: Guard, request: Request) -> bool:
    try:
        await guard(request)
    except Problem:
        return False
    return True
