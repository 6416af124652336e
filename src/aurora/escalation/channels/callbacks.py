"""Where Twilio calls back about an alert; what happens then is the line's work."""

from dataclasses import dataclass
from urllib.parse import quote

from aurora.escalation.acknowledgement import Purpose, Tokens
from aurora.escalation.alert import Alert

MESSAGE_STATUS = "/alerts/message-status"
CALL_KEY = "/alerts/call-key"
CALL_STATUS = "/alerts/call-status"
CALL_ANSWERED_BY = "/alerts/call-answered-by"
CALLED_BACK = "/called-back"
CALLED_BACK_STATUS = "/called-back/status"
CALLED_BACK_ANSWERED_BY = "/called-back/answered-by"


@dataclass(frozen=True, slots=True)
class Callbacks:
    """Absolute addresses, each saying in a signed token which alert it is about."""

    public_url: str
    tokens: Tokens

    def message_status(self, alert: Alert) -> str:
        return self._url(MESSAGE_STATUS, self.token(alert))

    def call_status(self, alert: Alert) -> str:
        return self._url(CALL_STATUS, self.token(alert))

    def call_answered_by(self, alert: Alert) -> str:
        return self._url(CALL_ANSWERED_BY, self.token(alert))

    def call_key(self, token: str, round_: int, *, is_confirming: bool = False) -> str:
        """Where a pressed key goes; round_: how often the brief was read so far."""
        confirming = "&confirm=1" if is_confirming else ""
        return f"{self._url(CALL_KEY, token)}&round={round_}{confirming}"

    def called_back(self, path: str, call_id: str, loss: int, attempt: int) -> str:
        """Where Twilio asks about one call-back; path: one of the three above."""
        token = self.tokens.make(Purpose.CALL_BACK, call_id, str(loss), str(attempt))
        return f"{self.public_url}{path}?call={quote(token, safe=':')}"

    def token(self, alert: Alert) -> str:
        return self.tokens.make(Purpose.CALL, alert.id, alert.incident_id, alert.contact_id)

    def _url(self, path: str, token: str) -> str:
        return f"{self.public_url}{path}?alert={quote(token, safe=':')}"
