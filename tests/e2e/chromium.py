"""A real browser with a microphone that plays a recording; fails loudly where there is none."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import structlog
from playwright.async_api import Page, async_playwright, expect

from aurora.speech.codec import resample
from aurora.speech.speak import NanoVoice
from aurora.speech.wav import write_wav

log = structlog.get_logger()

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""As systems call it, in the order of preference."""
CHROMIUM = next((found for name in NAMES if (found := shutil.which(name))), None)
BROWSER_HZ = 48_000
VOICE_HZ = 8_000
IN_TIME_MS = 60_000
"""This machine may be busy: waits end when what they wait for is there."""


def record(path: Path, words: str, *, before_s: float, after_s: float = 20.0) -> Path:
    """Write what a caller says, with silence around it, as Chromium's microphone reads it."""
    spoken = NanoVoice().render(words, "en")
    quiet = (spoken * 0.6).astype(np.int16)
    sound = resample(quiet, VOICE_HZ, BROWSER_HZ)
    before, after = (np.zeros(round(s * BROWSER_HZ), np.int16) for s in (before_s, after_s))
    write_wav(path, np.concatenate([before, sound, after]), BROWSER_HZ)
    return path


def require_chromium() -> None:
    """A suite that passes because it did not look proves nothing."""
    if CHROMIUM is None:
        pytest.fail(f"none of {', '.join(NAMES)} is on the path; as root: apt install chromium")


@asynccontextmanager
async def browsing(
    *,
    microphone: Path | None = None,
    repeats: bool = False,
    has_microphone: bool = True,
    is_allowed: bool = True,
    width: int = 1280,
    height: int = 800,
    **context: Any,
) -> AsyncIterator[Page]:
    """Yield a page; at the end no script may have failed and no policy been broken.

    microphone: the recording it plays, over and over if it `repeats`; a beep when None.
    is_allowed: whether the user lets the page use it. context: Playwright's, such as color_scheme.
    """
    require_chromium()
    expect.set_options(timeout=IN_TIME_MS)
    arguments = ["--no-sandbox", "--disable-gpu"]
    if has_microphone:
        arguments.append("--use-fake-device-for-media-stream")
    if is_allowed:
        arguments.append("--use-fake-ui-for-media-stream")
    if microphone is not None:
        end = "" if repeats else "%noloop"
        arguments.append(f"--use-file-for-fake-audio-capture={microphone}{end}")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=arguments, timeout=IN_TIME_MS
        )
        try:
            options = {"locale": "en-US", "viewport": {"width": width, "height": height}}
            opened = await browser.new_context(**options | context)
            opened.set_default_timeout(IN_TIME_MS)
            page = await opened.new_page()
            complaints: list[str] = []
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("console", lambda line: complaints.extend(_complaint_of(line)))
            page.on("response", _tell_refusal)
            yield page
            assert complaints == []
        finally:
            await browser.close()


def _tell_refusal(response: Any) -> None:
    """A test that fails says what its page was refused."""
    if response.status >= HTTPStatus.BAD_REQUEST:
        asked = f"{response.request.method} {response.url}"
        log.warning("page_refused", asked=asked, status=response.status)


def _complaint_of(line: Any) -> list[str]:
    """A connection that a test cuts is the browser's to complain about, not ours."""
    cut = (
        *("WebSocket", "status of", "net::ERR", "Response Status Error Code"),
        *("htmx:sendError", "htmx:timeout", "htmx:afterRequest"),
    )
    is_ours = line.type == "error" and not any(words in line.text for words in cut)
    return [line.text] if is_ours else []
