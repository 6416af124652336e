"""Open what <Connect> connects to: a Media Stream or a ConversationRelay session."""

import itertools
from typing import Protocol

from aurora.rehearsal.media_stream import MediaStream
from aurora.rehearsal.network import Impairment, Network
from aurora.rehearsal.relay_session import Parties, RelaySession
from aurora.rehearsal.socket_session import SocketSession
from aurora.rehearsal.tempo import NATURAL, Tempo
from aurora.rehearsal.twilio_sockets import open_socket
from aurora.rehearsal.twilio_webhooks import Form, TwilioWebhooks
from aurora.rehearsal.twiml_document import Verb


class Connections(Protocol):
    """Opens sessions. Raises SocketRefused."""

    async def open(self, noun: Verb, webhooks: TwilioWebhooks) -> SocketSession: ...


class TwilioConnections:
    """Over real sockets, each on a network as bad as asked for."""

    def __init__(self, impairment: Impairment | None = None, tempo: Tempo = NATURAL) -> None:
        self._tempo = tempo
        self._impairment = impairment or Impairment()
        self._calls = itertools.count()

    async def open(self, noun: Verb, webhooks: TwilioWebhooks) -> SocketSession:
        """Return a session, connected and not begun; raises SocketRefused, TwimlRefused."""
        socket = await open_socket(noun.attributes["url"], webhooks)
        if noun.name == "ConversationRelay":
            parties = Parties(
                webhooks.account_sid,
                webhooks.call_sid,
                webhooks.from_number,
                webhooks.to_number,
            )
            return RelaySession(socket, noun, parties, tempo=self._tempo)
        parameters = {inner.attributes["name"]: inner.attributes["value"] for inner in noun.nested}
        network = Network(self._impairment, next(self._calls))
        return MediaStream(
            socket,
            webhooks.account_sid,
            webhooks.call_sid,
            parameters,
            network=network,
            tempo=self._tempo,
        )


def refused_callback(noun: Verb) -> Form:
    """Return what <Connect action> is told when the socket could not be had."""
    if noun.name != "ConversationRelay":
        return []
    return [
        ("SessionStatus", "failed"),
        ("SessionDuration", "0"),
        ("ErrorCode", "64102"),
        ("ErrorMessage", "Unable to connect to websocket URL"),
    ]
