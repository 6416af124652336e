"""The rooms that decide, wired together: for the line, and for rehearsal without one."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aurora.conditions.board import Board
from aurora.conversation.consult import Consultation
from aurora.conversation.dialogue import Dialogue
from aurora.errors import SettingsError
from aurora.guidance.grounding.check import Grounding
from aurora.guidance.guide import Guide
from aurora.guidance.handbook.handbook import Handbook, open_handbook
from aurora.guidance.library import Library
from aurora.guidance.load import load_library
from aurora.guidance.matching import Matcher
from aurora.settings import ModelSettings, Settings
from aurora.site.load import load_site, locate
from aurora.site.model import Site
from aurora.site.yaml_file import parse_yaml
from aurora.triage.assess import Triage, load_triage
from aurora.triage.meanings import Meanings
from aurora.triage.reader import load_reader

if TYPE_CHECKING:
    from aurora.guidance.openai_model import OpenAIModel


@dataclass(frozen=True, slots=True)
class Rooms:
    """Everything between the words of a caller and the words of Aurora."""

    site: Site
    library: Library
    handbook: Handbook
    triage: Triage
    dialogue: Dialogue
    grounding: Grounding
    consultation: Consultation | None
    model: "OpenAIModel | None"


def open_rooms(settings: Settings, approved_site: str | None = None) -> Rooms:
    """Read and check the site, its procedures, handbook and rules; raises SiteError, HandbookError,
    SettingsError.

    approved_site: the text of the site's file that people put in force in place of it.
    """
    paths = locate(settings.site.path)
    loaded = parse_yaml(approved_site, str(paths.site), Site) if approved_site else load_site(paths)
    site = with_languages(loaded, settings)
    library = load_library(paths, site, site.languages[0])
    handbook = open_handbook(paths, site.languages, settings.records.data_dir)
    reader = load_reader()
    triage = load_triage(site, site.languages, reader)
    matcher = Matcher(Meanings(reader.encoder))
    max_exchanges = settings.conversation.max_exchanges
    guide, board = Guide(site, library, handbook, matcher), Board()
    dialogue = Dialogue(
        site,
        triage,
        guide,
        max_exchanges=max_exchanges,
        board=board,
        stays_until_joined=settings.twilio.can_ring_and_be_answered,
    )
    model = _model(settings.model)
    grounding = Grounding(site, library)
    consultation = Consultation(dialogue, model, grounding) if model else None
    return Rooms(site, library, handbook, triage, dialogue, grounding, consultation, model)


def with_languages(site: Site, settings: Settings) -> Site:
    """Return the site with the languages the settings ask for, the primary one first."""
    primary = settings.conversation.primary_language or site.languages[0]
    others = settings.conversation.fallback_languages
    wanted = [primary, *(site.languages if others is None else others)]
    unspoken = [language for language in wanted if language not in site.voices]
    if unspoken:
        raise SettingsError(
            f"PRIMARY_LANGUAGE, FALLBACK_LANGUAGES: the site has no voice for {unspoken}"
        )
    return site.model_copy(update={"languages": list(dict.fromkeys(wanted))})


def _model(settings: ModelSettings) -> "OpenAIModel | None":
    if settings.api_key is None:
        return None
    # Imported only with a key: it takes a third of a second that a line without one need not wait.
    from aurora.guidance.openai_model import OpenAIModel

    return OpenAIModel(
        api_key=settings.api_key.get_secret_value(),
        base_url=settings.base_url,
        name=settings.name,
    )
