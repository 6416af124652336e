"""The site's identity provider (OpenID Connect): code flow with PKCE, and whom it vouches for."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from aurora.accounts.person import Role
from aurora.errors import ProviderFault, SettingsError
from aurora.settings import ProviderSettings

PROVIDER = "/console/sign-in/provider"
BACK = f"{PROVIDER}/back"
WITHIN_S = 8.0
KNOWN_FOR = timedelta(hours=1)
"""How long the provider's addresses and keys are taken to hold."""
CLOCKS_APART_S = 60
ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
"""Signatures that only the provider can make; none, and HMAC with the shared secret, are not."""
EVERYBODY = "*"


@dataclass(frozen=True, slots=True)
class Asked:
    """What one browser was sent to the provider with; it has to come back with the same."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whom the provider vouches for."""

    subject: str
    name: str
    login: str
    """Tells two people of one name apart."""
    role: Role | None
    """None for somebody with no part in this console."""


class Provider:
    """One client of one provider; every method may raise ProviderFault."""

    def __init__(
        self,
        settings: ProviderSettings,
        back_to: str,
        clock: Callable[[], datetime],
    ) -> None:
        """back_to: the address that the provider sends browsers back to, as it knows it."""
        if not settings.client_id or not settings.roles:
            raise SettingsError(
                "AURORA_OIDC_ISSUER: set AURORA_OIDC_CLIENT_ID as well, and AURORA_OIDC_ROLES, "
                "such as plant-admins=admin control-room=operator *=viewer"
            )
        self._settings = settings
        self._issuer = (settings.issuer or "").rstrip("/")
        self._client_id = settings.client_id
        self._back_to = back_to
        self._clock = clock
        self._metadata: dict[str, Any] = {}
        self._keys: KeySet | None = None
        self._read_at: datetime | None = None

    async def address(self) -> tuple[str, Asked]:
        """Return where to send a browser, and what it has to come back with."""
        asked = Asked(*(secrets.token_urlsafe(32) for _ in range(3)))
        async with self._client() as client:
            await self._learn(client)
            address, _ = client.create_authorization_url(
                self._metadata["authorization_endpoint"],
                state=asked.state,
                nonce=asked.nonce,
                code_verifier=asked.verifier,
            )
        return str(address), asked

    async def vouched(self, query: Mapping[str, str], asked: Asked) -> Vouched:
        """Return who came back, from what the provider put into the address."""
        if not secrets.compare_digest(query.get("state", "").encode(), asked.state.encode()):
            raise ProviderFault("state", "another browser was sent there")
        if query.get("iss", self._issuer).rstrip("/") != self._issuer:
            raise ProviderFault("issuer", "another provider answered")
        if "code" not in query:
            raise ProviderFault("refused", query.get("error", "no code"))
        try:
            async with self._client() as client:
                await self._learn(client)
                token = await client.fetch_token(
                    self._metadata["token_endpoint"],
                    code=query["code"],
                    code_verifier=asked.verifier,
                    grant_type="authorization_code",
                )
                claims = await self._claims(client, token, asked)
        except (AuthlibBaseError, JoseError, httpx2.HTTPError, KeyError, ValueError) as error:
            raise ProviderFault("unusable", str(error)) from error
        return self._vouched(claims)

    async def _claims(
        self, client: AsyncOAuth2Client, token: Mapping[str, Any], asked: Asked
    ) -> Mapping[str, Any]:
        """Return the claims of the ID token, its signature and every one of them checked."""
        try:
            decoded = self._decode(token["id_token"])
        except (JoseError, ValueError):
            # The provider may sign with a key that is newer than what is known of it.
            await self._learn(client, anew=True)
            decoded = self._decode(token["id_token"])
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            {
                "iss": {"essential": True, "value": self._metadata["issuer"]},
                "aud": {"essential": True, "value": self._client_id},
            },
            {
                "nonce": asked.nonce,
                "client_id": self._client_id,
                "access_token": token.get("access_token"),
            },
        )
        claims.validate(now=round(self._clock().timestamp()), leeway=CLOCKS_APART_S)
        found: Mapping[str, Any] = claims
        return found

    def _decode(self, id_token: str) -> jwt.Token:
        assert self._keys is not None  # noqa: S101 - learned before
        return jwt.decode(id_token, self._keys, algorithms=ALGORITHMS)

    async def _learn(self, client: AsyncOAuth2Client, *, anew: bool = False) -> None:
        now = self._clock()
        if self._read_at is not None and now - self._read_at < KNOWN_FOR and not anew:
            return
        try:
            self._metadata = await _read(client, f"{self._issuer}/.well-known/openid-configuration")
            if self._metadata["issuer"].rstrip("/") != self._issuer:
                raise ProviderFault("issuer", f"it calls itself {self._metadata['issuer']}")
            self._keys = KeySet.import_key_set(await _read(client, self._metadata["jwks_uri"]))
        except (httpx2.HTTPError, JoseError, KeyError, ValueError) as error:
            raise ProviderFault("unreachable", str(error)) from error
        self._read_at = now

    def _vouched(self, claims: Mapping[str, Any]) -> Vouched:
        login = str(claims.get("preferred_username") or claims.get("email") or claims["sub"])
        return Vouched(
            subject=f"{self._issuer} {claims['sub']}",
            name=str(claims.get("name") or login),
            login=login,
            role=role_of(claims.get(self._settings.role_claim), self._settings.roles),
        )

    def _client(self) -> AsyncOAuth2Client:
        secret = self._settings.client_secret
        return AsyncOAuth2Client(
            client_id=self._client_id,
            client_secret=secret.get_secret_value() if secret else None,
            token_endpoint_auth_method="client_secret_basic" if secret else "none",
            scope="openid profile email",
            redirect_uri=self._back_to,
            code_challenge_method="S256",
            timeout=WITHIN_S,
            trust_env=False,
            follow_redirects=False,
        )


def role_of(claim: object, roles: Mapping[str, Role]) -> Role | None:
    """Return the highest role that a claim's values give; None where they give none."""
    values = claim if isinstance(claim, list) else [claim]
    names = {str(value) for value in values if value is not None} | {EVERYBODY}
    given = [role for name, role in roles.items() if name in names]
    return max(given, key=lambda role: role.rank, default=None)


async def _read(client: AsyncOAuth2Client, address: str) -> Any:
    answer = await client.request("GET", address, withhold_token=True)
    answer.raise_for_status()
    return answer.json()
