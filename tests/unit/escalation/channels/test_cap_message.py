"""CAP 1.2 messages against the rules of the OASIS standard, written out here."""

import re
from collections import defaultdict
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from aurora.escalation.alert import Alert, Texts
from aurora.escalation.brief import AlertKind
from aurora.escalation.channels.cap_message import NAMESPACE, Sender, cap_message
from aurora.escalation.plan import ChannelKind
from aurora.levels import Hazard, Urgency
from tests.alerts import BRIEF, CODE, alert
from tests.line import NOON

SENDER = Sender("example_works@line.example.com", "Example Works", "Europe/Madrid", "+12025550100")

ALERT = (
    *("identifier", "sender", "sent", "status", "msgType", "source", "scope", "restriction"),
    *("addresses", "code", "note", "references", "incidents", "info"),
)
INFO = (
    *("language", "category", "event", "responseType", "urgency", "severity", "certainty"),
    *("audience", "eventCode", "effective", "onset", "expires", "senderName", "headline"),
    *("description", "instruction", "web", "contact", "parameter", "resource", "area"),
)
AREA = ("areaDesc", "polygon", "circle", "geocode", "altitude", "ceiling")
ORDER = {"alert": ALERT, "info": INFO, "area": AREA}
REQUIRED = {
    "alert": {"identifier", "sender", "sent", "status", "msgType", "scope"},
    "info": {"category", "event", "urgency", "severity", "certainty"},
    "area": {"areaDesc"},
}
MANY = {"code", "category", "responseType", "eventCode", "parameter", "resource", "area", "info"}
VALUES = {
    "status": {"Actual", "Exercise", "System", "Test", "Draft"},
    "msgType": {"Alert", "Update", "Cancel", "Ack", "Error"},
    "scope": {"Public", "Restricted", "Private"},
    "category": {
        *("Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env"),
        *("Transport", "Infra", "CBRNE", "Other"),
    },
    "urgency": {"Immediate", "Expected", "Future", "Past", "Unknown"},
    "severity": {"Extreme", "Severe", "Moderate", "Minor", "Unknown"},
    "certainty": {"Observed", "Likely", "Possible", "Unlikely", "Unknown"},
}
TIMES = {"sent", "effective", "onset", "expires"}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")
NAME = re.compile(r"[^\s,&<]+")


def broken_rules(document: bytes) -> list[str]:
    """Return every rule of the standard that a message breaks."""
    root = etree.fromstring(document)
    found = [] if root.tag == f"{{{NAMESPACE}}}alert" else ["the root is no CAP 1.2 alert"]
    for element in root.iter():
        found += _rules_of_structure(element)
    said = {etree.QName(one).localname: one.text or "" for one in root.iter()}
    texts = defaultdict(str, said)
    found += [f"{name}: {texts[name]}" for name in VALUES if texts[name] not in VALUES[name]]
    found += [f"{name}: {said[name]}" for name in TIMES & said.keys() if not _is_time(said[name])]
    found += [f"{n} is no name" for n in ("identifier", "sender") if not NAME.fullmatch(texts[n])]
    if texts["scope"] == "Restricted" and "restriction" not in said:
        found.append("restricted by nothing")
    if texts["scope"] == "Private" and "addresses" not in said:
        found.append("private to nobody")
    if texts["msgType"] in ("Update", "Cancel", "Ack", "Error"):
        reference = texts["references"].split(",")
        is_whole = len(reference) == 3 and all(map(NAME.fullmatch, reference[:2]))
        if not (is_whole and _is_time(reference[2])):
            found.append("refers to no earlier message")
    if texts["status"] == "Exercise" and "note" not in said:
        found.append("an exercise that is not named in its note")
    return found


def _rules_of_structure(element: etree._Element) -> list[str]:
    name = etree.QName(element).localname
    if not len(element):
        is_empty = not (element.text or "").strip()
        return [f"{name} is empty"] if is_empty else []
    children = [etree.QName(child).localname for child in element]
    found = [f"{name} has no {child}" for child in REQUIRED[name] - set(children)]
    places = [ORDER[name].index(child) for child in children if child in ORDER[name]]
    if len(places) < len(children):
        found.append(f"{name} holds {set(children) - set(ORDER[name])}")
    if places != sorted(places):
        found.append(f"{name} is out of order: {children}")
    found += [f"two of {one}" for one in set(children) - MANY if children.count(one) > 1]
    if any(etree.QName(child).namespace != NAMESPACE for child in element):
        found.append("another namespace")
    return found


def _is_time(text: str) -> bool:
    return bool(TIME.fullmatch(text)) and not text.endswith("+00:00")


def text_of(document: bytes, name: str) -> str | None:
    return etree.fromstring(document).findtext(f".//{{{NAMESPACE}}}{name}")


def message(**parts: object) -> bytes:
    return cap_message(alert(ChannelKind.CAP, **parts), SENDER)


alerts = st.builds(
    lambda **parts: alert(ChannelKind.CAP, **parts),
    kind=st.sampled_from(AlertKind),
    hazard=st.sampled_from(Hazard),
    urgency=st.sampled_from(Urgency),
    is_drill=st.booleans(),
    zone=st.none() | st.text(max_size=20),
    language=st.sampled_from(["en", "es", "fr", "de"]),
    incident_id=st.from_regex(r"[a-z0-9_ ,<&]{0,20}[a-z0-9]", fullmatch=True),
    texts=st.builds(Texts, st.just("s"), st.just("v"), st.text(max_size=80), st.text(max_size=400)),
)


@given(alerts)
def test_every_message_keeps_every_rule(one: Alert):
    assert broken_rules(cap_message(one, SENDER)) == []


def test_the_rules_find_what_is_wrong():
    good = message().decode()

    assert broken_rules(good.encode()) == []
    for wrong in (
        good.replace("<status>Actual</status>", ""),
        good.replace("<status>Actual</status>", "<status>actual</status>"),
        good.replace("<status>Actual</status>", "<status/>"),
        good.replace("Restricted", "Secret"),
        good.replace("<scope>Restricted</scope>", "").replace(
            "<incidents>", "<scope>Restricted</scope><incidents>"
        ),
        good.replace("+01:00</sent>", "Z</sent>"),
        good.replace("+01:00</sent>", "+00:00</sent>"),
        good.replace("<identifier>incident_1", "<identifier>incident 1"),
        good.replace("example_works@", "example,works@"),
        good.replace("<msgType>Alert", "<msgType>Update"),
        good.replace(NAMESPACE, "urn:oasis:names:tc:emergency:cap:1.1"),
        good.replace("<areaDesc>", "<where>").replace("</areaDesc>", "</where>"),
        good.replace("<severity>Extreme</severity>", "<severity>Extreme</severity>" * 2),
    ):
        assert wrong != good
        assert broken_rules(wrong.encode()) != []


@pytest.mark.parametrize(
    ("parts", "status"),
    [
        ({}, "Actual"),
        ({"is_drill": True}, "Exercise"),
        ({"kind": AlertKind.TEST}, "Test"),
        ({"kind": AlertKind.TEST, "is_drill": True}, "Test"),
    ],
)
def test_nobody_takes_a_drill_or_a_test_for_real(parts, status):
    assert text_of(message(**parts), "status") == status


def test_a_drill_is_named_in_note_headline_and_description():
    drill = message(is_drill=True)

    assert text_of(drill, "note") == f"DRILL {CODE}"
    assert (text_of(drill, "headline") or "").startswith("DRILL")
    assert (text_of(drill, "description") or "").startswith("DRILL")


def test_times_have_the_sites_offset_and_utc_is_written_as_minus_zero():
    assert text_of(message(), "sent") == "2026-03-02T13:00:00+01:00"
    in_utc = cap_message(alert(ChannelKind.CAP), Sender("a@b", "Works", "UTC", "+12025550100"))
    assert text_of(in_utc, "sent") == "2026-03-02T12:00:00-00:00"


def test_an_update_and_a_stand_down_refer_to_the_first_message():
    first, later = message(), NOON + timedelta(minutes=5)
    update = message(kind=AlertKind.UPDATE, made_at=later)
    over = message(kind=AlertKind.STAND_DOWN, made_at=later)

    named = ",".join(text_of(first, name) or "" for name in ("sender", "identifier", "sent"))
    assert text_of(update, "references") == text_of(over, "references") == named
    assert text_of(update, "msgType") == "Update"
    assert (text_of(over, "msgType"), text_of(over, "urgency")) == ("Cancel", "Past")
    assert text_of(update, "identifier") != text_of(first, "identifier")
    assert text_of(update, "sent") == "2026-03-02T13:05:00+01:00"


def test_every_receiver_is_sent_the_same_message_however_often_it_is_paged():
    again = message(id="incident_1:step:2:1:siren:cap:1", made_at=NOON + timedelta(minutes=2))

    assert text_of(again, "identifier") == text_of(message(), "identifier")
    assert text_of(again, "sent") == text_of(message(), "sent")


def test_what_it_says_is_the_alert():
    document = message()

    assert BRIEF in (text_of(document, "description") or "")
    assert text_of(document, "areaDesc") == "Zone B, Example Works"
    assert text_of(document, "category") == "Safety"
    assert (text_of(document, "urgency"), text_of(document, "severity")) == ("Immediate", "Extreme")
    assert text_of(message(zone=None), "areaDesc") == "Example Works"


@pytest.mark.parametrize("hazard", Hazard)
def test_every_hazard_has_a_category(hazard):
    assert text_of(message(hazard=hazard), "category") in VALUES["category"]


def test_a_message_never_holds_the_link_that_answers_for_a_person():
    assert all(b"/ack/" not in message(kind=kind) for kind in AlertKind)


def test_words_of_a_caller_stay_words():
    document = message(texts=Texts("s", "v", "a < b & c", "]]><x>\x00\x07 text"))

    assert text_of(document, "event") == "a < b & c"
    assert text_of(document, "description") == "]]><x> text"
