"""The log of one server: entries numbered from 1, and which of them have yet to be made durable."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .messages import Entry


class Log:
    """A sequence of entries whose changes can be taken, once, for persisting.

    `restored` is what is durable already. Index 0 is the empty prefix; its term is 0.
    """

    def __init__(self, restored: Iterable[Entry] = ()) -> None:
        self._entries = list(restored)
        # The last index handed over for persisting so far, and the lowest index changed since.
        self._taken_last = len(self._entries)
        self._changed_from: int | None = None

    @property
    def entries(self) -> tuple[Entry, ...]:
        return tuple(self._entries)

    @property
    def last_index(self) -> int:
        return len(self._entries)

    @property
    def last_term(self) -> int:
        return self._entries[-1].term if self._entries else 0

    def entry(self, index: int) -> Entry:
        """The entry at `index`, which must exist."""
        assert 1 <= index <= self.last_index
        return self._entries[index - 1]

    def term_at(self, index: int) -> int:
        """The term of the entry at `index`; 0 for index 0, which precedes the first entry."""
        return 0 if index == 0 else self.entry(index).term

    def holds(self, index: int, term: int) -> bool:
        """Whether the log has an entry (or, at index 0, its beginning) at `index` with `term`."""
        return index <= self.last_index and self.term_at(index) == term

    def slice(self, first: int, last: int) -> tuple[Entry, ...]:
        """The entries from `first` to `last`, both included, as far as they exist."""
        assert first >= 1
        return tuple(self._entries[first - 1 : last])

    def first_conflict(self, prev_index: int, entries: Sequence[Entry]) -> int | None:
        """The lowest index at which `entries`, which follow `prev_index`, differ in term from what is here."""
        for index, entry in enumerate(entries, start=prev_index + 1):
            if index > self.last_index:
                return None
            if self.term_at(index) != entry.term:
                return index
        return None

    def append(self, entries: Sequence[Entry]) -> None:
        """Add `entries` at the end."""
        if entries:
            self._change(self.last_index + 1)
            self._entries.extend(entries)

    def truncate_from(self, index: int) -> None:
        """Delete the entry at `index`, which must exist, and all that follow it."""
        assert 1 <= index <= self.last_index
        self._change(index)
        del self._entries[index - 1 :]

    def take_changes(self) -> tuple[int | None, tuple[Entry, ...]]:
        """What has changed since the last call: the index to truncate from, if any, and the entries to append."""
        first = self._changed_from
        if first is None:
            return None, ()
        truncate_from = first if first <= self._taken_last else None
        self._taken_last = self.last_index
        self._changed_from = None
        return truncate_from, self.slice(first, self.last_index)

    def _change(self, index: int) -> None:
        self._changed_from = index if self._changed_from is None else min(self._changed_from, index)
