"""Bodies of requests: bounded, whole, strictly UTF-8; else a problem with its status."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from starlette.requests import ClientDisconnect

from aurora.lines.body import MAX_BODY_BYTES, MAX_FIELDS, parse_form, parse_json, read_body
from aurora.lines.problems import Problem


class Sent:
    """A request of these chunks; None is a caller who goes away."""

    def __init__(self, *chunks: bytes | None) -> None:
        self.chunks = chunks
        self.read = 0

    async def stream(self) -> AsyncIterator[bytes]:
        for chunk in self.chunks:
            if chunk is None:
                raise ClientDisconnect
            self.read += 1
            yield chunk


async def test_a_body_is_put_together_from_its_chunks():
    assert await read_body(Sent(b"Spe", b"ech", b"=hi", b"")) == b"Speech=hi"


async def test_a_body_at_the_limit_is_read():
    assert len(await read_body(Sent(b"x" * MAX_BODY_BYTES))) == MAX_BODY_BYTES


async def test_a_body_past_the_limit_is_refused_without_reading_on():
    request = Sent(*[b"x" * 1024] * 200)
    with pytest.raises(Problem) as problem:
        await read_body(request)

    assert problem.value.status == 413
    assert str(MAX_BODY_BYTES) in problem.value.detail
    assert request.read == MAX_BODY_BYTES // 1024 + 1


async def test_a_body_that_is_cut_off_is_refused():
    with pytest.raises(Problem) as problem:
        await read_body(Sent(b"Speech", None))

    assert problem.value.status == 400


async def test_a_body_that_only_drips_in_is_refused():
    class Dripping:
        async def stream(self) -> AsyncIterator[bytes]:
            yield b"Speech"
            await asyncio.Event().wait()

    with pytest.raises(Problem) as problem:
        await read_body(Dripping(), within_s=0.01)

    assert problem.value.status == 408


def test_a_form_keeps_order_repeats_and_empty_fields():
    fields = parse_form(b"b=1&a=&b=2&SpeechResult=smoke+in%20zone%20B%21")

    assert fields == [("b", "1"), ("a", ""), ("b", "2"), ("SpeechResult", "smoke in zone B!")]


def test_a_form_is_read_as_utf_8():
    assert parse_form(b"t=est%C3%A1%20aqu%C3%AD") == [("t", "está aquí")]


def test_an_empty_form_has_no_fields():
    assert parse_form(b"") == []


@pytest.mark.parametrize("body", [b"t=%ff%fe", b"t=est%E1", b"t=\xff", "t=está".encode()])
def test_a_form_in_another_encoding_is_refused(body):
    with pytest.raises(Problem, match="UTF-8") as problem:
        parse_form(body)

    assert problem.value.status == 400


def test_a_form_of_too_many_fields_is_refused():
    assert len(parse_form(b"&".join([b"a=1"] * MAX_FIELDS))) == MAX_FIELDS
    with pytest.raises(Problem, match=str(MAX_FIELDS)) as problem:
        parse_form(b"&".join([b"a=1"] * (MAX_FIELDS + 1)))

    assert problem.value.status == 400


def test_a_json_object_is_returned():
    assert parse_json('{"message": "está", "n": [1, null]}'.encode()) == {
        "message": "está",
        "n": [1, None],
    }


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"{'a': 1}", b'{"a": NaN}', b'{"a": "\xff"}', b"\xef\xbb\xbf{}", b'{"a": 1} {}'],
)
def test_what_is_not_json_is_refused(body):
    with pytest.raises(Problem, match="not JSON") as problem:
        parse_json(body)

    assert problem.value.status == 400


@pytest.mark.parametrize("body", [b"[]", b'"fire"', b"1", b"null", b"true"])
def test_json_that_is_no_object_is_refused(body):
    with pytest.raises(Problem, match="must be a JSON object") as problem:
        parse_json(body)

    assert problem.value.status == 400


def test_json_nested_too_deeply_is_refused_and_breaks_nothing():
    with pytest.raises(Problem):
        parse_json(b'{"a":' + b"[" * 30_000)
