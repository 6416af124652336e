"""A port that cannot take more for a moment: what is cut off meanwhile is not sent, nor breaks."""

import asyncio

from aurora.guidance.spoken import Spoken
from aurora.lines.audio.bridge import Bridge
from aurora.lines.audio.mouth import Mouth
from aurora.lines.audio.sending import Sender
from aurora.speech.codec import FRAME, LINE_HZ
from tests.virtual_time import virtually

SOUNDS = {"one": 1, "two": 2, "three": 3}


class Lines:
    """Each sentence is 0.1 s of its own number."""

    def get(self, text, language):
        return bytes([SOUNDS[text]]) * (LINE_HZ // 10)

    async def render(self, text, language):
        raise AssertionError("all are ready")


class CrowdedPort:
    """Takes nothing while it is full."""

    def __init__(self):
        self.has_room, self.sent = asyncio.Event(), []

    async def send_audio(self, mulaw):
        self.sent += [mulaw[at] for at in range(0, len(mulaw), FRAME)]
        await self.has_room.wait()

    async def send_mark(self, name):
        self.sent.append(name)
        await self.has_room.wait()

    async def clear(self):
        self.sent.append("clear")
        await self.has_room.wait()

    async def show(self, what):
        raise AssertionError("nothing is shown here")


class Call:
    def __init__(self):
        loop = asyncio.get_running_loop()
        self.port, self.begun = CrowdedPort(), []
        self.mouth = Mouth(Lines(), loop.time, lambda: None, lambda line: None)
        self.sender = Sender(self.mouth, self.port, loop.time, self.begun.append, Bridge())

    def says(self, *texts, is_opening=False):
        for text in texts:
            self.mouth.say(Spoken(text, "test"), "en", is_opening=is_opening)

    async def begins_to_send(self):
        sending = asyncio.create_task(self.sender.send())
        await asyncio.sleep(0.01)
        return sending

    async def goes_on(self, sending):
        self.port.has_room.set()
        await sending
        await self.sender.send()


def test_what_is_cut_off_while_the_port_is_full_is_not_sent_behind_it():
    async def work() -> None:
        call = Call()
        call.says("one", "two", is_opening=True)
        sending = await call.begins_to_send()
        call.sender.stop()
        call.says("three")
        await call.goes_on(sending)

        assert call.port.sent == [1, "clear", *[3] * 5, "line3#3"]
        assert [line.sentence.text for line in call.begun] == ["three"]

    virtually(work())


def test_what_is_said_while_the_port_is_being_cleared_twice_is_sent_whole():
    async def work() -> None:
        call = Call()
        call.says("one")
        call.sender.stop()
        sending = await call.begins_to_send()
        call.sender.stop()
        call.says("two")
        await call.goes_on(sending)

        assert call.port.sent == ["clear", "clear", *[2] * 5, "line2#2"]

    virtually(work())
