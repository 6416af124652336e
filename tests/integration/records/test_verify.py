"""`aurora record verify` says whether this installation wrote a file, by its exit code too."""

from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from aurora.cli import app
from aurora.records.call_record import Made, WholeCall, digest, document_of
from tests.application import set_environment
from tests.integration.records.made import AT, a_call

KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def file(monkeypatch, tmp_path) -> Path:
    """A record as this installation exports it."""
    set_environment(monkeypatch, tmp_path, {"AURORA_SIGNING_KEY": KEY})
    from aurora.settings import load_settings
    from aurora.wiring.reach import key_of

    made = Made(AT, "Ada", "0.1.0", {"id": "plant"}, [])
    document = document_of(WholeCall(a_call(), [], []), made, key_of(load_settings()))
    path = tmp_path / "record.json"
    path.write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2))
    return path


def forge(file: Path) -> None:
    """Change the record and make both hashes anew, as whoever has no key can."""
    document = orjson.loads(file.read_bytes())
    document["record"]["call"]["urgency"] = "normal"
    document["record_sha256"] = digest(document["record"])
    body = {name: value for name, value in document.items() if name not in ("sha256", "seal")}
    document["sha256"] = digest(body)
    file.write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2))


def verify(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["record", "verify", *words])
    return result.exit_code, result.stdout


def test_a_record_of_this_installation_is_intact(file):
    code, said = verify(str(file))

    assert code == 0
    assert "sealed by this installation" in said


def test_a_forged_record_with_new_hashes_is_not_intact_where_the_key_is_at_hand(file):
    forge(file)

    code, said = verify(str(file))

    assert code == 1
    assert "NOT SEALED HERE" in said
    assert "intact: call" not in said


def test_a_record_from_elsewhere_is_told_by_its_hashes_alone_when_that_is_asked_for(file):
    forge(file)

    code, said = verify(str(file), "--from-elsewhere")

    assert code == 0
    assert "says nothing of who wrote it" in said


def test_without_a_key_nothing_is_said_of_the_seal(file, monkeypatch):
    monkeypatch.delenv("AURORA_SIGNING_KEY")

    code, said = verify(str(file))

    assert code == 0
    assert "cannot be checked here" in said
