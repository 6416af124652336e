"""The documented fields of the part of Twilio's REST API that Aurora uses; an unknown one is wrong.

Twilio itself ignores fields it does not know, so a misspelt one would go unnoticed there.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

MAX_BODY_CHARS = 1_600
MAX_TWIML_CHARS = 4_000
UNKNOWN_FIELD = 20001

Form = Sequence[tuple[str, str]]
Check = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Breach:
    """What is wrong with a request, as Twilio numbers it."""

    code: int
    message: str


@dataclass(frozen=True, slots=True)
class Contract:
    """The fields of one request."""

    fields: Mapping[str, Check]
    required: Mapping[str, int]
    """With the code of the error when it is missing."""
    one_of: tuple[tuple[frozenset[str], int], ...] = ()
    """Exactly one of each group, with the code when there is none."""
    at_most_one_of: tuple[frozenset[str], ...] = ()
    repeated: Collection[str] = ()
    codes: Mapping[str, int] | None = None
    """The code of a wrong value, where it has one of its own."""

    def breach(self, form: Form) -> Breach | None:
        """Return the first thing wrong with a form, or None."""
        names = [name for name, _ in form]
        return self._wrong_name(names) or self._wrong_group(set(names)) or self._wrong_value(form)

    def _wrong_name(self, names: list[str]) -> Breach | None:
        for name in names:
            if name not in self.fields:
                return Breach(UNKNOWN_FIELD, f"{name} is no documented field of this request")
            if names.count(name) > 1 and name not in self.repeated:
                return Breach(UNKNOWN_FIELD, f"{name} is given {names.count(name)} times")
        return None

    def _wrong_group(self, names: set[str]) -> Breach | None:
        for name, code in self.required.items():
            if name not in names:
                return Breach(code, f"{name} is missing")
        for group, code in self.one_of:
            if len(group & names) != 1:
                return Breach(code, f"give exactly one of {', '.join(sorted(group))}")
        for group in self.at_most_one_of:
            if len(group & names) > 1:
                return Breach(UNKNOWN_FIELD, f"give only one of {', '.join(sorted(group))}")
        return None

    def _wrong_value(self, form: Form) -> Breach | None:
        for name, value in form:
            if not self.fields[name](value):
                code = (self.codes or {}).get(name, UNKNOWN_FIELD)
                return Breach(code, f"{name}={value[:80]!r} is not a value it takes")
        return None


def _matches(pattern: str) -> Check:
    compiled = re.compile(pattern)
    return lambda value: compiled.fullmatch(value) is not None


def _whole(least: int, most: int) -> Check:
    return lambda value: value.isdecimal() and least <= int(value) <= most


def _text(most: int) -> Check:
    return lambda value: 0 < len(value) <= most


NUMBER = _matches(r"\+[1-9]\d{6,14}")
URL = _matches(r"https?://[A-Za-z0-9.\-]+(:\d+)?(/[^\s]*)?")
METHOD = _matches(r"GET|POST")
BOOLEAN = _matches(r"true|false")
DATE = _matches(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?")

LISTING: Mapping[str, Check] = {"PageSize": _whole(1, 1000), "Page": _whole(0, 10**6)}

CREATE_MESSAGE = Contract(
    fields={
        "To": NUMBER,
        "From": NUMBER,
        "MessagingServiceSid": _matches(r"MG[0-9a-f]{32}"),
        "Body": _text(MAX_BODY_CHARS),
        "MediaUrl": URL,
        "StatusCallback": URL,
        "ValidityPeriod": _whole(1, 36_000),
        "SmartEncoded": BOOLEAN,
        "Attempt": _whole(1, 100),
    },
    required={"To": 21604},
    one_of=(
        (frozenset({"From", "MessagingServiceSid"}), 21603),
        (frozenset({"Body", "MediaUrl"}), 21602),
    ),
    repeated=("MediaUrl",),
    codes={"To": 21211, "From": 21212, "Body": 21617, "StatusCallback": 21609},
)
LIST_MESSAGES = Contract(
    fields={"To": NUMBER, "From": NUMBER, "DateSent": DATE, **LISTING}, required={}
)

CREATE_CALL = Contract(
    fields={
        "To": NUMBER,
        "From": NUMBER,
        "Url": URL,
        "Method": METHOD,
        "Twiml": _text(MAX_TWIML_CHARS),
        "FallbackUrl": URL,
        "FallbackMethod": METHOD,
        "StatusCallback": URL,
        "StatusCallbackMethod": METHOD,
        "StatusCallbackEvent": _matches(r"initiated|ringing|answered|completed"),
        "Timeout": _whole(1, 600),
        "TimeLimit": _whole(1, 86_400),
        "CallReason": _text(50),
        "MachineDetection": _matches(r"Enable|DetectMessageEnd"),
        "MachineDetectionTimeout": _whole(3, 59),
        "MachineDetectionSpeechThreshold": _whole(1_000, 6_000),
        "MachineDetectionSpeechEndThreshold": _whole(500, 5_000),
        "MachineDetectionSilenceTimeout": _whole(2_000, 10_000),
        "AsyncAmd": BOOLEAN,
        "AsyncAmdStatusCallback": URL,
        "AsyncAmdStatusCallbackMethod": METHOD,
    },
    required={"To": 21201, "From": 21213},
    one_of=((frozenset({"Url", "Twiml"}), 21205),),
    repeated=("StatusCallbackEvent",),
    codes={"To": 21211, "From": 21212, "Twiml": 32018, "Url": 21205},
)
UPDATE_CALL = Contract(
    fields={
        "Status": _matches(r"canceled|completed"),
        "Url": URL,
        "Method": METHOD,
        "Twiml": _text(MAX_TWIML_CHARS),
        "FallbackUrl": URL,
        "FallbackMethod": METHOD,
        "StatusCallback": URL,
        "StatusCallbackMethod": METHOD,
        "TimeLimit": _whole(1, 86_400),
    },
    required={},
    at_most_one_of=(frozenset({"Url", "Twiml"}),),
    codes={"Twiml": 32018},
)
LIST_CALLS = Contract(
    fields={"To": NUMBER, "From": NUMBER, "Status": _text(20), "StartTime": DATE, **LISTING},
    required={},
)

_ANSWERED = _matches(r"initiated|ringing|answered|completed")
_BEEP = _matches(r"true|false|onEnter|onExit")
CREATE_PARTICIPANT = Contract(
    fields={
        "To": NUMBER,
        "From": NUMBER,
        "Label": _text(128),
        "Timeout": _whole(5, 600),
        "TimeLimit": _whole(1, 86_400),
        "StatusCallback": URL,
        "StatusCallbackMethod": METHOD,
        "StatusCallbackEvent": _ANSWERED,
        "Muted": BOOLEAN,
        "Beep": _BEEP,
        "StartConferenceOnEnter": BOOLEAN,
        "EndConferenceOnExit": BOOLEAN,
        "WaitUrl": URL,
        "WaitMethod": METHOD,
        "EarlyMedia": BOOLEAN,
        "MaxParticipants": _whole(2, 250),
        "ConferenceStatusCallback": URL,
        "ConferenceStatusCallbackMethod": METHOD,
        "ConferenceStatusCallbackEvent": _matches(
            r"start|end|join|leave|mute|hold|modify|speaker|announcement"
        ),
        "Coaching": BOOLEAN,
        "CallSidToCoach": _matches(r"CA[0-9a-f]{32}"),
        "CallerId": NUMBER,
        "CallReason": _text(50),
    },
    required={"To": 21201, "From": 21213},
    repeated=("StatusCallbackEvent", "ConferenceStatusCallbackEvent"),
    codes={"To": 21211, "From": 21212},
)
UPDATE_PARTICIPANT = Contract(
    fields={
        "Muted": BOOLEAN,
        "Hold": BOOLEAN,
        "HoldUrl": URL,
        "HoldMethod": METHOD,
        "AnnounceUrl": URL,
        "AnnounceMethod": METHOD,
        "WaitUrl": URL,
        "WaitMethod": METHOD,
        "BeepOnExit": BOOLEAN,
        "EndConferenceOnExit": BOOLEAN,
        "Coaching": BOOLEAN,
        "CallSidToCoach": _matches(r"CA[0-9a-f]{32}"),
    },
    required={},
)
LIST_PARTICIPANTS = Contract(
    fields={"Muted": BOOLEAN, "Hold": BOOLEAN, "Coaching": BOOLEAN, **LISTING}, required={}
)
LIST_CONFERENCES = Contract(
    fields={
        "FriendlyName": _text(255),
        "Status": _matches(r"init|in-progress|completed"),
        "DateCreated": DATE,
        "DateUpdated": DATE,
        **LISTING,
    },
    required={},
)
UPDATE_CONFERENCE = Contract(
    fields={
        "Status": _matches(r"completed"),
        "AnnounceUrl": URL,
        "AnnounceMethod": METHOD,
    },
    required={},
)
