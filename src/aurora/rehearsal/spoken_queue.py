"""Words that a far end's voice speaks in order; estimates their time and makes no sound."""

from dataclasses import dataclass


@dataclass(slots=True)
class Item:
    """One message in the queue."""

    text: str
    came_at: float
    begins_at: float
    is_interruptible: bool
    is_preemptible: bool
    chars_per_s: float
    cut_at: float | None = None

    @property
    def ends_at(self) -> float:
        whole = self.begins_at + len(self.text) / self.chars_per_s
        return whole if self.cut_at is None else max(self.begins_at, min(whole, self.cut_at))

    @property
    def was_heard(self) -> bool:
        return bool(self.text) and self.ends_at > self.begins_at

    @property
    def heard(self) -> str:
        """The part of the words that was spoken, up to a whole word."""
        chars = round((self.ends_at - self.begins_at) * self.chars_per_s)
        if chars >= len(self.text):
            return self.text
        return self.text[:chars].rpartition(" ")[0]


class SpokenQueue:
    """What one session's voice says, in order."""

    def __init__(self, chars_per_s: float, begins_s: float) -> None:
        """begins_s: from a first message to the voice's first sound."""
        self._chars_per_s = chars_per_s
        self._begins_s = begins_s
        self.items: list[Item] = []
        self._until = 0.0

    def add(self, text: str, now: float, *, interruptible: bool, preemptible: bool) -> None:
        """Speak behind what waits; what may be preempted and has not ended gives way."""
        for item in self.items:
            if item.is_preemptible and item.ends_at > now:
                item.cut_at = now
        self._until = max((item.ends_at for item in self.items), default=0.0)
        begins_at = self._until if self._until > now else now + self._begins_s
        self.items.append(Item(text, now, begins_at, interruptible, preemptible, self._chars_per_s))
        self._until = self.items[-1].ends_at

    def interrupt(self, now: float) -> tuple[str, int] | None:
        """Cut everything off; return what was heard and for how many ms.

        None when nothing is spoken, or what is spoken must not be cut.
        """
        current = self.sounding(now)
        if current is None or not current.is_interruptible:
            return None
        for item in self.items:
            if item.ends_at > now:
                item.cut_at = now
        self._until = now
        return current.heard, round((now - current.begins_at) * 1000)

    def sounding(self, now: float) -> Item | None:
        """Return what is being spoken."""
        return next((i for i in self.items if i.begins_at <= now < i.ends_at), None)

    def first_after(self, since: float) -> Item | None:
        """Return the first words that came since and were not cut before they began."""
        return next((i for i in self.items if i.came_at >= since and i.was_heard), None)

    def ends_at(self) -> float:
        return self._until
