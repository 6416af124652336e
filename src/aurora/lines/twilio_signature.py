"""Check that a webhook comes from Twilio; the only file that imports Twilio's SDK for it."""

from collections.abc import Sequence
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import ImmutableMultiDict
from starlette.requests import HTTPConnection, Request
from twilio.request_validator import RequestValidator

from aurora.lines.access import require_this_machine
from aurora.lines.problems import Problem, forbidden
from aurora.settings import TwilioSettings

log = structlog.get_logger()

SIGNATURE_HEADER = "X-Twilio-Signature"


class WebhookSignature:
    """Fails closed when a token is set; without one only this machine gets in."""

    def __init__(self, settings: TwilioSettings, local_url: str) -> None:
        token = settings.auth_token
        self._validator = RequestValidator(token.get_secret_value()) if token else None
        self._base = settings.public_url or local_url

    def require(self, request: Request, fields: Sequence[tuple[str, str]]) -> None:
        """Raise Problem 403 unless Twilio signed this request.

        The URL is the configured public one: forwarded headers are the sender's to write.
        """
        if self._validator is None:
            require_this_machine(request, "Set TWILIO_AUTH_TOKEN to take calls from Twilio.")
            return
        signature = request.headers.get(SIGNATURE_HEADER, "")
        # A body hash is for JSON webhooks, which Aurora has none of; the SDK raises on one here.
        is_json = "bodySHA256" in request.query_params
        if (
            not signature
            or is_json
            or not self._validator.validate(
                self._url_of(request), ImmutableMultiDict(fields), signature
            )
        ):
            raise _refused(request)

    def require_socket(self, connection: HTTPConnection) -> None:
        """Raise Problem 403 unless Twilio signed this WebSocket's address.

        It signs the wss:// address as TwiML gave it; a query goes into the fields.
        """
        if self._validator is None:
            require_this_machine(connection, "Set TWILIO_AUTH_TOKEN to take calls from Twilio.")
            return
        signature = connection.headers.get(SIGNATURE_HEADER, "")
        url = self.socket_url(connection.url.path)
        fields = ImmutableMultiDict(connection.query_params.multi_items())
        if not signature or not self._validator.validate(url, fields, signature):
            raise _refused(connection)

    def socket_url(self, path: str) -> str:
        """Return the address of a WebSocket of this line, as Twilio has to open it."""
        base = urlsplit(self._base)
        scheme = "wss" if base.scheme == "https" else "ws"
        return base._replace(scheme=scheme, path=base.path.rstrip("/") + path, query="").geturl()

    def _url_of(self, request: Request) -> str:
        path = urlsplit(self._base).path.rstrip("/") + request.url.path
        base = urlsplit(self._base)._replace(path=path, query=request.url.query)
        return base.geturl()


def _refused(asking: HTTPConnection) -> Problem:
    """Say that somebody sent what Twilio did not sign, and let whoever keeps the line know."""
    peer = asking.client.host if asking.client else ""
    log.warning("signature_refused", path=asking.url.path, peer=peer)
    return forbidden("The X-Twilio-Signature is missing or wrong for this address.")


def sign(token: str, url: str, fields: Sequence[tuple[str, str]]) -> str:
    """Return the signature Twilio would send for a form POST to this URL."""
    signature: str = RequestValidator(token).compute_signature(url, ImmutableMultiDict(fields))
    return signature
