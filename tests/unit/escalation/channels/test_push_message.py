"""The keys of Web Push: one of the line, made from its signing key, and those of browsers."""

import http_ece
import pytest

from aurora.escalation.channels.push_message import PushSender, check_keys, from_base64, seal
from tests.push_service import Browser


def test_the_key_of_the_line_is_the_same_after_a_restart_and_on_its_other_machines():
    one, again = (PushSender(b"k" * 32, "mailto:a@b.example") for _ in range(2))
    other = PushSender(b"o" * 32, "mailto:a@b.example")

    assert one.public_key == again.public_key != other.public_key
    assert len(from_base64(one.public_key)) == 65


def test_a_browsers_keys_are_taken_and_what_is_sealed_with_them_it_alone_opens():
    browser = Browser()
    check_keys(**browser.keys)
    sealed = seal(b'{"title": "Gas leak"}', **browser.keys)

    assert browser.opened(sealed) == {"title": "Gas leak"}
    with pytest.raises(http_ece.ECEException):
        Browser().opened(sealed)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("p256dh", ""),
        ("p256dh", "AAAA"),
        ("p256dh", "B" + "A" * 86),
        ("p256dh", "ünïcode"),
        ("p256dh", "not base 64!"),
        ("auth", ""),
        ("auth", "AAAA"),
        ("auth", "é" * 22),
    ],
)
def test_keys_that_nothing_can_be_sealed_with_are_refused(name, value):
    with pytest.raises(ValueError, match=r"p256dh|auth|ascii|base64|padding|characters"):
        check_keys(**{**Browser().keys, name: value})
