"""The page's own handling of sound, in the browser that runs it."""

import pytest

from tests.e2e.chromium import browsing
from tests.whole_line import WrittenSpeech, served

LOUDNESS_OF_A_TONE = """async ([fromHz, toHz, toneHz]) => {
  const { Resampler } = await import("/static/call-resample.js");
  const resampler = new Resampler(fromHz, toHz);
  const out = [];
  for (let at = 0; at < fromHz; at += 128) {
    const piece = Float32Array.from({ length: Math.min(128, fromHz - at) },
      (_, n) => Math.sin((2 * Math.PI * toneHz * (at + n)) / fromHz));
    out.push(...resampler.feed(piece));
  }
  const middle = out.slice(toHz / 10, (9 * toHz) / 10);
  const loudness = Math.sqrt(middle.reduce((sum, s) => sum + s * s, 0) / middle.length);
  return [out.length, 20 * Math.log10(loudness * Math.SQRT2)];
}"""

MARKS = """async () => {
  const { Player } = await import("/static/call-player.js");
  const context = new AudioContext();
  await context.resume();
  const began = context.currentTime;
  const heard = {}, answers = [];
  const player = new Player(context,
    (name) => { heard[name] = context.currentTime - began; }, () => answers.push(player.playedS));
  const until = async (isSo) => {
    while (!isSo()) await new Promise((done) => setTimeout(done, 20));
  };
  const frame = () => new Uint8Array(160).fill(0x9f).buffer;
  const frames = (count) => { for (let n = 0; n < count; n++) player.play(frame()); };
  frames(25);
  player.mark("half a second");
  frames(300);
  player.mark("all of it");
  const early = { ...heard };
  await until(() => heard["all of it"] && player.playedS >= 6.4);
  const beforeS = player.playedS;
  frames(300);
  player.mark("never heard");
  await until(() => player.playedS > beforeS);
  player.clear();
  const isPlaying = player.isPlaying, cutAt = context.currentTime;
  await until(() => context.currentTime > cutAt + 6.5);
  return { early, heard, isPlaying, playedS: player.playedS };
}"""


@pytest.mark.parametrize("from_hz", [48_000, 44_100, 16_000])
async def test_speech_passes_to_the_line_and_what_would_fold_into_it_does_not(
    from_hz, monkeypatch, tmp_path
):
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, _),
        browsing() as page,
    ):
        await page.goto(f"{url}/call")
        count, speech = await page.evaluate(LOUDNESS_OF_A_TONE, [from_hz, 8_000, 1_000])
        _, high = await page.evaluate(LOUDNESS_OF_A_TONE, [from_hz, 8_000, 3_300])
        _, folded = await page.evaluate(LOUDNESS_OF_A_TONE, [from_hz, 8_000, 4_800])

    assert 8_000 - 30 <= count <= 8_000
    assert abs(speech) < 0.2
    assert abs(high) < 1.0
    assert folded < -45


@pytest.mark.parametrize("to_hz", [48_000, 44_100])
async def test_auroras_voice_comes_without_the_images_of_its_low_rate(to_hz, monkeypatch, tmp_path):
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, _),
        browsing() as page,
    ):
        await page.goto(f"{url}/call")
        count, level = await page.evaluate(LOUDNESS_OF_A_TONE, [8_000, to_hz, 1_000])

    assert to_hz * 0.99 <= count <= to_hz
    assert abs(level) < 0.2


async def test_a_mark_is_told_when_it_was_heard_and_never_when_it_was_cut(monkeypatch, tmp_path):
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, _),
        browsing() as page,
    ):
        await page.goto(f"{url}/call")
        await page.click("#language")  # sound may begin only once the caller has touched the page
        told = await page.evaluate(MARKS)

    assert told["early"] == {}
    # Told on time, with six seconds for a page that is busy.
    assert 0.5 <= told["heard"]["half a second"] < 6.5 <= told["heard"]["all of it"]
    assert "never heard" not in told["heard"]
    assert not told["isPlaying"]
    assert 6.4 < told["playedS"] < 12.5
