"""The handbook at the console: a document is looked at, tried, added and removed; bad ones stay
out, and none of its words run."""

import io
import zipfile

import pytest
from playwright.async_api import Page, expect

from tests.documents import pdf
from tests.e2e.changing import ANA, console, open_as
from tests.e2e.chromium import browsing

HANDBOOK = "/console/handbook"
FORKLIFT = b"""# Forklift charging

## Where to charge
Charge a forklift in bay nine only, with the fan running and the gate open.
"""
HOSTILE = b"""# <img src=x onerror=alert(1)> Rules

## "><script>document.title = 'owned'</script>
Never {{ 7 * 7 }} <script>document.title = 'owned'</script> <b onclick=alert(1)>stand</b> below.
"""


async def upload(page: Page, name: str, content: bytes) -> None:
    file = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    await page.select_option("#written", "en")
    await page.set_input_files("#file", file)  # type: ignore[arg-type]
    await page.click("text=Look at it first")


async def test_a_document_is_tried_before_it_is_added_and_answers_from_then_on(
    monkeypatch, tmp_path
):
    async with (
        console(monkeypatch, tmp_path, has_own_rooms=True) as (url, parts),
        browsing() as page,
    ):
        await open_as(page, url, ANA, HANDBOOK)
        await upload(page, "forklift.md", FORKLIFT)
        await expect(page.locator("#preview .passages")).to_contain_text("bay nine only")
        assert parts.rooms.handbook.ask("Where do I charge a forklift?", "en") is None
        await page.fill("#question", "Where do I charge a forklift?")
        await page.click("#preview button.plain")
        await expect(page.locator("#tried .spoken")).to_contain_text("bay nine")
        await page.click("text=Add to the handbook")
        await expect(page.locator("h1")).to_have_text("Forklift charging")
        reading = parts.rooms.handbook.ask("Where do I charge a forklift?", "en")
        assert reading is not None
        assert "bay nine" in (reading.words or "")

        await page.goto(f"{url}{HANDBOOK}")
        page.on("dialog", lambda dialog: dialog.accept())
        await page.click("text=Remove")
        await expect(page.locator("text=Forklift charging")).to_have_count(0)
        assert parts.rooms.handbook.ask("Where do I charge a forklift?", "en") is None


async def test_no_word_of_a_document_runs_in_the_console(monkeypatch, tmp_path):
    async with (
        console(monkeypatch, tmp_path, has_own_rooms=True) as (url, _),
        browsing() as page,
    ):
        await open_as(page, url, ANA, HANDBOOK)
        title = await page.title()
        await upload(page, "<b>rules<b>.md".replace("<", "(").replace(">", ")"), HOSTILE)
        await expect(page.locator("#preview .passages")).to_contain_text("below")
        assert await page.locator("#preview img, #preview script, #preview b").count() == 0
        await page.click("text=Add to the handbook")
        await expect(page.locator("h1")).to_contain_text("Rules")
        assert await page.locator("main img, main script").count() == 0
        assert "49" not in await page.inner_text("main .passages")
        await page.goto(f"{url}{HANDBOOK}")
        assert "owned" not in await page.title()
        assert await page.title() == title


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/document.xml", b" " * 150_000_000)
    return out.getvalue()


def deep() -> bytes:
    """A PDF whose objects hold one another 200,000 deep."""
    return pdf(["Shown"]).replace(b"/Resources", b"/Deep " + b"[" * 200_000 + b" /Resources", 1)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("../../etc/passwd.md", FORKLIFT, "rename the file"),
        ("..\\boot.md", FORKLIFT, "rename the file"),
        ("notes\x00.md", FORKLIFT, "rename the file"),
        ("rules.exe", FORKLIFT, "unknown kind"),
        ("rules.docx", bomb(), "unpacks to 150 MB"),
        ("rules.pdf", deep(), "PDF"),
        ("rules.md", b"x" * 25_000_001, "25 MB"),
    ],
    ids=["traversal", "backslashes", "nul", "kind", "zip-bomb", "deep-pdf", "oversized"],
)
async def test_a_file_that_could_do_harm_is_refused_with_the_reason(
    name, content, reason, monkeypatch, tmp_path
):
    async with console(monkeypatch, tmp_path) as (url, _):
        answer = await posted(url, "admin", name, content)

    assert answer.status_code in (413, 422), answer.text
    assert reason in answer.json()["detail"]
    assert answer.json()["field"] == "file"


async def test_only_administrators_upload(monkeypatch, tmp_path):
    async with console(monkeypatch, tmp_path) as (url, _):
        assert (await posted(url, "viewer", "a.md", FORKLIFT)).status_code == 403


async def posted(url: str, role: str, name: str, content: bytes):
    import httpx2

    async with httpx2.AsyncClient(timeout=60) as client:
        return await client.post(
            f"{url}{HANDBOOK}/preview",
            params={"name": name},
            content=content,
            headers={"X-CSRF-Token": "meant", "Cookie": f"name=Ana; role={role}"},
        )
