"""A small OpenID Connect provider on a real port: one client, one person at a time, real keys."""

import base64
import hashlib
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from tests.served import free_url, served

CLIENT, SECRET = "aurora-console", "the client's own secret, 32 bytes"


@dataclass
class IdentityProvider:
    """What it says of whoever signs in there is for a test to choose."""

    url: str
    claims: dict[str, Any] = field(default_factory=dict)
    """Of the next person, over what is right."""
    algorithm: str = "RS256"
    is_down: bool = False
    _key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1"}))
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def turn_key(self) -> None:
        """Sign with a new key from now on."""
        self._key = RSAKey.generate_key(2048, {"kid": secrets.token_hex(2)})

    def app(self) -> FastAPI:
        app = FastAPI()
        app.get("/.well-known/openid-configuration")(self.configuration)
        app.get("/keys")(self.keys)
        app.get("/authorize")(self.authorize)
        app.post("/token")(self.token)
        return app

    async def configuration(self) -> Response:
        if self.is_down:
            return Response(status_code=503)
        return JSONResponse(
            {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
            }
        )

    async def keys(self) -> Response:
        return JSONResponse({"keys": [self._key.as_dict(private=False)]})

    async def authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(8)
        self._codes[code] = asked
        back = {"code": code, "state": asked["state"]}
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(back)}")

    async def token(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        asked = self._codes.pop(form["code"], None)
        proof = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(proof).decode().rstrip("=")
        is_right = (
            asked is not None
            and request.headers["authorization"] == f"Basic {basic}"
            and challenge == asked["code_challenge"]
            and form["redirect_uri"] == asked["redirect_uri"]
        )
        if not is_right:
            return JSONResponse({"error": "invalid_grant"}, 400)
        token = {"access_token": "unused", "token_type": "Bearer", "expires_in": 60}
        return JSONResponse(token | {"id_token": self._id_token(asked["nonce"])})

    def _id_token(self, nonce: str) -> str:
        now = round(time.time())
        right = {"iss": self.url, "aud": CLIENT, "sub": "ada-1", "nonce": nonce, "iat": now}
        claims = right | {"exp": now + 300, "name": "Ada", "groups": ["plant-admins"]} | self.claims
        claims = {name: value for name, value in claims.items() if value is not None}
        key = OctKey.import_key(SECRET) if self.algorithm == "HS256" else self._key
        header = {"alg": self.algorithm, "kid": self._key.kid}
        return jwt.encode(header, claims, key, algorithms=["HS256", "RS256"])


@asynccontextmanager
async def identity_provider() -> AsyncIterator[IdentityProvider]:
    url, port = free_url()
    provider = IdentityProvider(url)
    async with served(provider.app(), port):
        yield provider
