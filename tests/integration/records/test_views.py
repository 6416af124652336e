"""The views have the keys, words and times of the original's files."""

from dataclasses import replace
from datetime import timedelta

from aurora.conversation.call import EndReason
from aurora.conversation.record import Event, Message
from aurora.levels import Hazard, Urgency
from aurora.records.history import Transcript
from aurora.records.views import active_view, call_log, call_view
from tests.integration.records.made import AT, a_call

WORDS = [
    Message("user", "Help! Boiler burst at Site A.", AT, "critical"),
    Message("assistant", "Move away now.", AT + timedelta(seconds=18), "critical"),
]
CALL = replace(
    a_call(1),
    id="call_919876543210_20261123_081513",
    from_number="+919876543210",
    worker_id="worker_919876543210",
    urgency=Urgency.CRITICAL,
    hazard=Hazard.PRESSURE,
    last_message_at=AT + timedelta(seconds=18),
    exchanges=1,
)


def test_an_active_call_has_the_originals_shape() -> None:
    assert active_view([Transcript(CALL, WORDS)], "Asia/Kolkata") == {
        "active_calls": {
            "call_919876543210_20261123_081513": {
                "worker_id": "worker_919876543210",
                "mobile_no": "+919876543210",
                "conversation_id": "conv_919876543210_20261123_081513",
                "urgency": "CRITICAL",
                "status": "ACTIVE",
                "timestamp": "2026-11-23T13:45:13+05:30",
                "medium": "Voice",
                "last_message_at": "2026-11-23T13:45:30+05:30",
            }
        },
        "active_conversations": {
            "conv_919876543210_20261123_081513": {
                "call_id": "call_919876543210_20261123_081513",
                "messages": {
                    "msg_919876543210_20261123_081513_0001": {
                        "role": "user",
                        "content": "Help! Boiler burst at Site A.",
                        "timestamp": "2026-11-23T13:45:12+05:30",
                    },
                    "msg_919876543210_20261123_081513_0002": {
                        "role": "assistant",
                        "content": "Move away now.",
                        "timestamp": "2026-11-23T13:45:30+05:30",
                    },
                },
            }
        },
    }


def test_an_unknown_caller_is_shown_without_a_number() -> None:
    call = replace(a_call(2), line="api", ended_at=AT)
    view = call_view(call, [], "UTC")
    assert view["call"]["mobile_no"] is None
    assert view["call"]["medium"] == "Text"
    assert view["call"]["status"] == "ENDED"
    assert view["call"]["last_message_at"] == view["call"]["timestamp"]
    assert view["conversation"] == {"call_id": "call_2", "messages": {}}


def test_a_log_counts_alerts_and_sums_the_call_up() -> None:
    ended = replace(
        CALL, ended_at=CALL.started_at + timedelta(seconds=90), end_reason=EndReason.HUNG_UP
    )
    happened = [
        Event("alert_requested", AT, {"roles": ["medical"], "urgency": "critical"}),
        Event("alert_requested", AT, {"roles": ["supervisor"], "urgency": "urgent"}),
        Event("ended", AT, {"reason": "hung_up"}),
    ]
    log = call_log(ended, WORDS, happened, "UTC")
    assert log["call_sid"] == "CA1"
    assert log["duration_seconds"] == 90.0
    assert log["exchanges"] == 1
    assert log["critical_alerts"] == 1
    assert [line["content"] for line in log["conversation"]] == [w.content for w in WORDS]
    assert log["summary"] == "Critical call, pressure: 1 exchange in 90 s"
    told = [*happened, Event("ended", AT, {"summary": "Boiler burst."})]
    assert call_log(ended, WORDS, told, "UTC")["summary"] == "Boiler burst."


def test_a_log_without_a_provider_names_the_call_itself() -> None:
    log = call_log(replace(CALL, provider_id=None), [], [], "UTC")
    assert log["call_sid"] == CALL.id
    assert log["ended_at"] is None
