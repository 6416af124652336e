"""What makes the console installable on a telephone: manifest, service worker, the page offline.

Open to all, since browsers ask for them without a cookie: they name the site and its emergency
numbers, as the page to call from does, and nothing else.
"""

from pathlib import Path
from typing import Any

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from aurora.console.frame import Frame
from aurora.console.headers import page_headers
from aurora.site.model import Site

SCOPE = "/console"
WORKER = Path(__file__).parents[1] / "static" / "service-worker.js"
ICONS = (
    ("/static/icon-192.png", "192x192", "any"),
    ("/static/icon-512.png", "512x512", "any"),
    ("/static/icon-maskable.png", "512x512", "maskable"),
)


def install_routes(site: Site, frame: Frame) -> APIRouter:
    """Return the routes."""
    router = APIRouter()
    manifest = orjson.dumps(_manifest(site))
    # It runs with what it may reach: this line, and nothing else.
    worker_headers = page_headers() | {"Service-Worker-Allowed": SCOPE}

    @router.get("/manifest.webmanifest")
    async def web_manifest() -> Response:
        return Response(manifest, media_type="application/manifest+json")

    @router.get("/console/service-worker.js")
    async def service_worker() -> Response:
        return Response(WORKER.read_bytes(), headers=worker_headers, media_type="text/javascript")

    @router.get("/console/offline")
    async def offline(request: Request) -> Response:
        # It is kept on the telephone: nothing of a session may be in it.
        nobody: dict[str, Any] = {
            "person": None,
            "here": request.url.path,
            "places": [],
            "csrf_token": "",
        }
        body = frame.render(frame.language(request, None), "phone/offline.html", **nobody)
        return HTMLResponse(body, headers=page_headers())

    return router


def _manifest(site: Site) -> dict[str, object]:
    return {
        "id": "/console",
        "name": f"Aurora · {site.name}",
        "short_name": "Aurora",
        "start_url": "/console/incidents",
        "scope": SCOPE,
        "display": "standalone",
        "lang": site.languages[0],
        "background_color": "#14171a",
        "theme_color": "#14171a",
        "icons": [
            {"src": src, "sizes": sizes, "type": "image/png", "purpose": purpose}
            for src, sizes, purpose in ICONS
        ],
    }
