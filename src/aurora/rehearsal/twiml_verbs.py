"""What Twilio takes in TwiML: verbs, nesting, attributes and the form of their values."""

from collections.abc import Mapping

SAY_LIKE = frozenset({"Say", "Play", "Pause"})
NESTING: Mapping[str, frozenset[str]] = {
    "Response": SAY_LIKE | {"Gather", "Dial", "Connect", "Redirect", "Hangup", "Reject"},
    "Gather": SAY_LIKE,
    "Dial": frozenset({"Number", "Conference"}),
    "Connect": frozenset({"Stream", "ConversationRelay"}),
    "Stream": frozenset({"Parameter"}),
    "ConversationRelay": frozenset({"Parameter", "Language"}),
    "Say": frozenset(
        {"break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w"}
    ),
}
"""What may stand inside what; SSML may also stand inside SSML."""
SSML = NESTING["Say"]

ATTRIBUTES: Mapping[str, frozenset[str]] = {
    "Response": frozenset(),
    "Say": frozenset({"voice", "language", "loop"}),
    "Play": frozenset({"loop", "digits"}),
    "Pause": frozenset({"length"}),
    "Redirect": frozenset({"method"}),
    "Hangup": frozenset(),
    "Reject": frozenset({"reason"}),
    "Gather": frozenset(
        {
            *("input", "action", "method", "timeout", "speechTimeout", "maxSpeechTime"),
            *("profanityFilter", "finishOnKey", "numDigits", "partialResultCallback"),
            *("partialResultCallbackMethod", "language", "hints", "bargeIn", "debug"),
            *("actionOnEmptyResult", "speechModel", "enhanced"),
        }
    ),
    "Dial": frozenset(
        {
            *("action", "method", "timeout", "hangupOnStar", "timeLimit", "callerId", "record"),
            *("trim", "recordingStatusCallback", "recordingStatusCallbackMethod"),
            *("recordingStatusCallbackEvent", "answerOnBridge", "ringTone", "recordingTrack"),
            *("sequential", "referUrl", "referMethod"),
        }
    ),
    "Number": frozenset(
        {
            *("sendDigits", "url", "method", "statusCallbackEvent", "statusCallback"),
            *("statusCallbackMethod", "byoc", "machineDetection"),
        }
    ),
    "Conference": frozenset(
        {
            *("muted", "beep", "startConferenceOnEnter", "endConferenceOnExit", "waitUrl"),
            *("waitMethod", "maxParticipants", "record", "region", "coach", "trim"),
            *("statusCallback", "statusCallbackMethod", "statusCallbackEvent"),
            *("participantLabel", "jitterBufferSize", "recordingStatusCallback"),
        }
    ),
    "Connect": frozenset({"action", "method"}),
    "Stream": frozenset(
        {
            *("name", "connectorName", "url", "track", "statusCallback", "statusCallbackMethod"),
        }
    ),
    "Parameter": frozenset({"name", "value"}),
    "ConversationRelay": frozenset(
        {
            *("url", "language", "ttsLanguage", "transcriptionLanguage", "ttsProvider", "voice"),
            *("transcriptionProvider", "speechModel", "profanityFilter", "dtmfDetection"),
            *("welcomeGreeting", "welcomeGreetingInterruptible", "interruptible", "preemptible"),
            *("hints", "reportInputDuringAgentSpeech", "interruptSensitivity", "partialPrompts"),
            *("speechTimeout", "deepgramSmartFormat", "ignoreBackchannel", "events", "debug"),
            *("elevenlabsTextNormalization", "intelligenceService", "backgroundNoiseReduction"),
        }
    ),
    "Language": frozenset(
        {"code", "ttsProvider", "voice", "transcriptionProvider", "speechModel", "hints"}
    ),
    "prosody": frozenset({"rate", "pitch", "volume"}),
    "break": frozenset({"strength", "time"}),
    "emphasis": frozenset({"level"}),
    "lang": frozenset({"xml:lang"}),
    "phoneme": frozenset({"alphabet", "ph"}),
    "say-as": frozenset({"interpret-as", "format", "role"}),
    "sub": frozenset({"alias"}),
    "w": frozenset({"role"}),
    "p": frozenset(),
    "s": frozenset(),
}

_METHOD = r"GET|POST"
_BOOLEAN = r"true|false"
_POSITIVE = r"[1-9]\d{0,4}"
_WHAT_INTERRUPTS = r"none|dtmf|speech|any|true|false"
# Without a query: Twilio leaves it out and the handshake fails (31920). Plain ws on this machine
# alone is the stand-in's own exception, for a line that has no public address yet.
_SOCKET = r"wss://[^\s?#]+|ws://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(/[^\s?#]*)?"
_LOCALE = r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})+|multi"
VALUES: Mapping[str, str] = {
    "method": _METHOD,
    "partialResultCallbackMethod": _METHOD,
    "statusCallbackMethod": _METHOD,
    "track": "inbound_track",
    "interruptible": _WHAT_INTERRUPTS,
    "welcomeGreetingInterruptible": _WHAT_INTERRUPTS,
    "reportInputDuringAgentSpeech": _WHAT_INTERRUPTS,
    "interruptSensitivity": "high|medium|low",
    "partialPrompts": _BOOLEAN,
    "dtmfDetection": _BOOLEAN,
    "preemptible": _BOOLEAN,
    "ignoreBackchannel": _BOOLEAN,
    "deepgramSmartFormat": _BOOLEAN,
    "events": r"(speaker-events|tokens-played)( (speaker-events|tokens-played))?",
    "ttsLanguage": _LOCALE,
    "transcriptionLanguage": _LOCALE,
    "code": _LOCALE,
    "recordingStatusCallbackMethod": _METHOD,
    "profanityFilter": _BOOLEAN,
    "actionOnEmptyResult": _BOOLEAN,
    "bargeIn": _BOOLEAN,
    "enhanced": _BOOLEAN,
    "answerOnBridge": _BOOLEAN,
    "hangupOnStar": _BOOLEAN,
    "muted": _BOOLEAN,
    "beep": r"true|false|onEnter|onExit",
    "startConferenceOnEnter": _BOOLEAN,
    "endConferenceOnExit": _BOOLEAN,
    "waitMethod": _METHOD,
    "sequential": _BOOLEAN,
    "timeLimit": _POSITIVE,
    "maxSpeechTime": _POSITIVE,
    "numDigits": _POSITIVE,
    "timeout": r"\d{1,4}|auto",
    "length": r"\d{1,5}",
    "loop": r"\d{1,4}",
    "speechTimeout": rf"{_POSITIVE}|auto",
    "finishOnKey": r"[0-9#*]?",
    "input": r"(dtmf|speech)( (dtmf|speech))?",
    "language": _LOCALE,
    "xml:lang": _LOCALE,
    "rate": r"(\d{2,3}%|x-slow|slow|medium|fast|x-fast|default)",
    "callerId": r"\+?\d{3,15}",
}
"""The form of values that Twilio checks, whole."""
SOCKET_URL = _SOCKET
