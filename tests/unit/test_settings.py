"""Settings from the environment and .env: a wrong value stops the start and names its variable."""

from itertools import pairwise
from pathlib import Path

import pytest

from aurora.errors import SettingsError
from aurora.settings import Settings, load_settings, variables

EXAMPLE = Path(__file__).parents[2] / ".env.example"


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)  # no .env of the developer's own
    for name in variables():
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch):
    def load(**environment: str) -> Settings:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return load_settings()

    return load


def example_assignments() -> dict[str, str]:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    pairs = [line.partition("=") for line in lines if line and not line.startswith("#")]
    return {name: value for name, _, value in pairs}


def test_nothing_set_is_a_whole_line_on_this_machine(loaded):
    settings = loaded()

    assert settings.site.path is None
    assert settings.model.api_key is None
    assert settings.twilio.auth_token is None
    assert settings.access.api_token is None
    assert settings.records.database_url is None
    assert settings.records.data_dir == Path("data")
    assert settings.conversation.max_exchanges == 20


@pytest.mark.parametrize(
    ("name", "value", "fix"),
    [
        ("CEREBRAS_BASE_URL", "localhost:8000/v1", "http://localhost:8000/v1"),
        ("CEREBRAS_BASE_URL", "https://", "the model's server"),
        ("TWILIO_API_URL", "api.twilio.com", "https://api.twilio.com"),
        ("TWILIO_PHONE_NUMBER", "555", "+<country code><number>"),
        ("TWILIO_PHONE_NUMBER", "call me", "+<country code><number>"),
        ("AURORA_PUBLIC_URL", "line.example.com", "https://line.example.com"),
        ("AURORA_LINE", "pigeon", "'gather'"),
        ("SPEECH_RATE", "quick", "slow, medium, fast or a factor from 0.5 to 2.0"),
        ("SPEECH_RATE", "3", "slow, medium, fast or a factor from 0.5 to 2.0"),
        ("SPEECH_RATE", "nan", "slow, medium, fast or a factor from 0.5 to 2.0"),
        ("SPEECH_TIMEOUT", "0", "auto or whole seconds from 1 to 60"),
        ("SPEECH_TIMEOUT", "1.5", "auto or whole seconds from 1 to 60"),
        ("SPEECH_TIMEOUT", "²", "auto or whole seconds from 1 to 60"),
        ("GATHER_TIMEOUT", "soon", "integer"),
        ("GATHER_TIMEOUT", "0", "greater than or equal to 1"),
        ("GATHER_TIMEOUT", "61", "less than or equal to 60"),
        ("MAX_CONVERSATION_LENGTH", "0", "greater than or equal to 1"),
        ("MAX_CONVERSATION_LENGTH", "many", "integer"),
        ("PRIMARY_LANGUAGE", "klingon", "'en', 'es', 'fr' or 'de'"),
        ("FALLBACK_LANGUAGES", "es,tlh", "'en', 'es', 'fr' or 'de'"),
        ("FALLBACK_LANGUAGES", '["es"', "es,fr"),
        ("AURORA_LOG_LEVEL", "loud", "'debug', 'info', 'warning' or 'error'"),
        ("AURORA_SITE", "nowhere", "give a site.yaml or its directory"),
        ("AURORA_DATABASE_URL", "mysql://db/aurora", "postgresql://user:password@host/name"),
    ],
)
def test_a_wrong_value_names_its_variable_and_what_it_takes(loaded, name, value, fix):
    with pytest.raises(SettingsError) as error:
        loaded(**{name: value})

    [line] = str(error.value).splitlines()
    assert line.startswith(f"{name}: ")
    assert fix in line


def test_every_wrong_variable_is_named_at_once(loaded):
    with pytest.raises(SettingsError) as error:
        loaded(GATHER_TIMEOUT="soon", MAX_CONVERSATION_LENGTH="0", AURORA_SIGHT="here")

    lines = str(error.value).splitlines()
    assert sorted(line.split(":")[0] for line in lines) == [
        "AURORA_SIGHT",
        "GATHER_TIMEOUT",
        "MAX_CONVERSATION_LENGTH",
    ]


@pytest.mark.parametrize("name", ["AURORA_PUBLIC_URL", "AURORA_DATABASE_URL", "CEREBRAS_BASE_URL"])
def test_a_wrong_address_is_not_repeated_for_a_secret_may_be_in_it(loaded, name):
    with pytest.raises(SettingsError) as error:
        loaded(**{name: "user:hunter2@line.example.com"})

    assert "hunter2" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("AURORA_SITES", "AURORA_SITE"),
        ("AURORA_PUBLIC_ADDRESS", "AURORA_PUBLIC_URL"),
        ("AURORA_DATABASE", "AURORA_DATABASE_URL"),
        ("AURORA_TOKEN", "AURORA_API_TOKEN"),
    ],
)
def test_an_unknown_aurora_variable_gets_a_suggestion(loaded, name, meant):
    with pytest.raises(SettingsError, match=rf"^{name}: no such setting; did you mean {meant}\?$"):
        loaded(**{name: "x"})


def test_a_misspelt_variable_in_the_env_file_gets_a_suggestion(loaded, tmp_path):
    (tmp_path / ".env").write_text("AURORA_API_TOKE=s3cret\n")

    with pytest.raises(SettingsError, match=r"AURORA_API_TOKE: .*AURORA_API_TOKEN"):
        loaded()


def test_an_env_file_in_another_encoding_is_refused_plainly(loaded, tmp_path):
    (tmp_path / ".env").write_bytes(b"TTS_VOICE=L\xe9a\n")

    with pytest.raises(SettingsError, match=r"\.env: not UTF-8; save it as UTF-8"):
        loaded()


def test_variables_of_other_programs_are_left_alone(loaded):
    assert loaded(CEREBRAS_REGION="x", TWILIO_EDGE="y", PATH_TO_AURORA_="z")


@pytest.mark.parametrize("value", ["es,fr", " es , fr ,", '["es", "fr"]'])
def test_fallback_languages_may_be_commas_or_json(loaded, value):
    settings = loaded(FALLBACK_LANGUAGES=value)

    assert settings.conversation.fallback_languages == ["es", "fr"]


@pytest.mark.parametrize(
    ("value", "factor"),
    [("slow", 0.85), ("Medium", 1.0), ("FAST", 1.15), ("0.5", 0.5), ("2", 2.0), ("1.3", 1.3)],
)
def test_speech_rate_is_a_word_or_a_factor(loaded, value, factor):
    assert loaded(SPEECH_RATE=value).twilio.speech_rate == factor


def test_an_empty_variable_is_unset(loaded):
    settings = loaded(TWILIO_AUTH_TOKEN="", PRIMARY_LANGUAGE="", AURORA_SITE="")

    assert settings.twilio.auth_token is None
    assert settings.conversation.primary_language is None
    assert settings.site.path is None


def test_the_environment_wins_over_the_env_file(loaded, tmp_path):
    (tmp_path / ".env").write_text("GATHER_TIMEOUT=7\nMAX_CONVERSATION_LENGTH=9\n")
    settings = loaded(GATHER_TIMEOUT="8")

    assert settings.twilio.gather_timeout_s == 8
    assert settings.conversation.max_exchanges == 9


def test_the_public_url_ends_without_a_slash(loaded):
    settings = loaded(AURORA_PUBLIC_URL="https://line.example.com/")

    assert settings.twilio.public_url == "https://line.example.com"


def test_a_telephone_number_may_be_written_with_spaces(loaded):
    settings = loaded(TWILIO_PHONE_NUMBER="+1 (202) 555-0110")

    assert settings.twilio.phone_number == "+12025550110"


def test_secrets_are_not_shown(loaded):
    secret = "s3cret-value"
    settings = loaded(
        CEREBRAS_API_KEY=secret,
        TWILIO_AUTH_TOKEN=secret,
        AURORA_API_TOKEN=secret,
        AURORA_DATABASE_URL=f"postgresql://aurora:{secret}@db/aurora",
    )

    assert secret not in repr(settings)


def test_settings_cannot_be_changed_after_the_start(loaded):
    settings = loaded()

    with pytest.raises(ValueError, match="frozen"):
        settings.conversation.max_exchanges = 3


def test_the_example_file_loads_as_it_is(loaded, tmp_path):
    bare = loaded()
    (tmp_path / ".env").write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")

    assert loaded() == bare


def test_the_example_file_names_every_variable_and_no_other():
    assert set(example_assignments()) == variables()


def test_the_example_file_explains_every_variable():
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    unexplained = [
        line
        for before, line in pairwise(lines)
        if line and not line.startswith("#") and not before.startswith("# ")
    ]

    assert unexplained == []
