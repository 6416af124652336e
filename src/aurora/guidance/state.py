"""Where a call stands in its procedure; kept with the call, changed only by the runner."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class GuidanceState:
    """What was asked, told and said, so that nothing is given twice in the same words."""

    procedure: str | None = None
    texts: dict[str, str] = field(default_factory=dict)
    """Which text of each procedure this call began, by procedure and language: "fire:en" is
    "fire.en@2". A text approved meanwhile is for procedures that begin after it."""
    position: int = 0
    """Index into the procedure's `then` of the next item."""
    asked: dict[str, int] = field(default_factory=dict)
    """How often each fact was asked for."""
    awaiting: str | None = None
    """The fact the last question was about, until it is answered or given up."""
    asks_anew: bool = False
    """That question was asked of something known: what is answered takes its place."""
    last_instruction: str | None = None
    """Which step was given last: "fire:3", for saying it again in other words."""
    taken: dict[str, int] = field(default_factory=dict)
    """How many variants of each phrase, reply and comfort list were used."""
    turns: int = 0
    """Turns in which something was chosen to say."""
    place_asked_at: int | None = None
    """The turn in which the caller was last asked where they are."""
    pending: str | None = None
    """A procedure that a late rating calls for; begins with the next turn."""
    waiting: str | None = None
    """Care for a casualty that waits for what the running procedure holds for: the power off, the
    casualty or the caller out."""
    doubted: str | None = None
    """A danger told of during compressions, of which was asked whether it is where they are."""
    elsewhere: list[str] = field(default_factory=list)
    """Dangers that are known not to be where the caller is: they hold and stop no compressions."""
    wanted: str | None = None
    """A place that was asked for before it was known where the caller is."""
    questions: int = 0
    """Questions of procedures asked in this call."""
    questions_in_a_row: int = 0
    """Questions since the last instruction or comfort, whoever's they are."""
    began_at_s: int | None = None
    """When the running procedure's count began, in seconds since 1970."""
    changed_over_at_s: int | None = None
    """When rescuers were last told to change over."""
    said: list[str] = field(default_factory=list)
    """Sentences spoken in this call, folded for comparing; the last 200."""
    recent: list[list[str]] = field(default_factory=list)
    """The same of the last turns, a list a turn."""
    site_lines: list[str] = field(default_factory=list)
    """Which site sentences (exit, muster, AED) were given, by kind and zone."""
