"""A message and a call as Twilio keeps and shows them; what changes them is the stand-in's work."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from aurora.escalation.gsm import segments

Form = list[tuple[str, str]]


@dataclass(slots=True)
class SentMessage:
    """One outgoing message."""

    account_sid: str
    fields: Mapping[str, str]
    created_at: datetime
    status: str = "queued"
    error_code: int | None = None
    sid: str = field(default_factory=lambda: f"SM{secrets.token_hex(16)}")

    @property
    def body(self) -> str:
        return self.fields.get("Body", "")

    @property
    def callback_url(self) -> str | None:
        return self.fields.get("StatusCallback")

    def callback(self) -> Form:
        """What the status callback of the present status carries."""
        form = [
            ("MessageSid", self.sid),
            ("SmsSid", self.sid),
            ("AccountSid", self.account_sid),
            ("MessageStatus", self.status),
            ("SmsStatus", self.status),
            ("From", self.fields.get("From", "")),
            ("To", self.fields["To"]),
            ("ApiVersion", "2010-04-01"),
        ]
        return form + ([("ErrorCode", str(self.error_code))] if self.error_code else [])

    def resource(self) -> dict[str, Any]:
        return {
            "sid": self.sid,
            "account_sid": self.account_sid,
            "api_version": "2010-04-01",
            "body": self.body,
            "date_created": format_datetime(self.created_at),
            "date_updated": format_datetime(self.created_at),
            "date_sent": None,
            "direction": "outbound-api",
            "error_code": self.error_code,
            "error_message": None,
            "from": self.fields.get("From"),
            "messaging_service_sid": self.fields.get("MessagingServiceSid"),
            "num_media": "0",
            "num_segments": str(segments(self.body)),
            "price": None,
            "price_unit": "USD",
            "status": self.status,
            "subresource_uris": {},
            "to": self.fields["To"],
            "uri": f"/2010-04-01/Accounts/{self.account_sid}/Messages/{self.sid}.json",
        }


ENDED = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})


@dataclass(slots=True)
class RungCall:
    """One outgoing call."""

    account_sid: str
    fields: Mapping[str, str]
    events: tuple[str, ...]
    """Those that the status callback was asked for."""
    created_at: datetime
    status: str = "queued"
    answered_by: str | None = None
    updates: list[Mapping[str, str]] = field(default_factory=list)
    """What was asked of it while it was live, oldest first."""
    sequence: int = 0
    sid: str = field(default_factory=lambda: f"CA{secrets.token_hex(16)}")
    enters: str | None = None
    """The conference that it enters when it is answered."""
    direction: str = "outbound-api"

    @property
    def is_over(self) -> bool:
        return self.status in ENDED

    def form(self) -> Form:
        """What every webhook of the call carries."""
        return [
            ("CallSid", self.sid),
            ("AccountSid", self.account_sid),
            ("From", self.fields["From"]),
            ("To", self.fields["To"]),
            ("Caller", self.fields["From"]),
            ("Called", self.fields["To"]),
            ("CallStatus", self.status),
            ("Direction", self.direction),
            ("ApiVersion", "2010-04-01"),
        ]

    def callback(self, now: datetime) -> Form:
        """What the status callback of the present status carries; numbered in order."""
        form = [
            *self.form(),
            ("SequenceNumber", str(self.sequence)),
            ("Timestamp", format_datetime(now)),
            ("CallbackSource", "call-progress-events"),
        ]
        self.sequence += 1
        if self.answered_by:
            form.append(("AnsweredBy", self.answered_by))
        if self.is_over:
            form += [("CallDuration", "12"), ("Duration", "1")]
        return form

    def resource(self) -> dict[str, Any]:
        return {
            "sid": self.sid,
            "account_sid": self.account_sid,
            "api_version": "2010-04-01",
            "answered_by": self.answered_by,
            "caller_name": None,
            "date_created": format_datetime(self.created_at),
            "date_updated": format_datetime(self.created_at),
            "direction": "outbound-api",
            "duration": None,
            "end_time": None,
            "forwarded_from": None,
            "from": self.fields["From"],
            "from_formatted": self.fields["From"],
            "group_sid": None,
            "parent_call_sid": None,
            "phone_number_sid": None,
            "price": None,
            "price_unit": "USD",
            "queue_time": "0",
            "start_time": None,
            "status": self.status,
            "stir_verstat": None,
            "subresource_uris": {},
            "to": self.fields["To"],
            "to_formatted": self.fields["To"],
            "trunk_sid": None,
            "uri": f"/2010-04-01/Accounts/{self.account_sid}/Calls/{self.sid}.json",
        }
