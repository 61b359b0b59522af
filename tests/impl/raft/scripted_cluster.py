"""A cluster that does what a script says, message by message, and tells all that happens.

Every node's effects are carried out at once; messages wait until the script delivers, drops or duplicates them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from comitia.impl.raft import (
    AppendRequest,
    Command,
    Config,
    DurableState,
    Effects,
    Entry,
    Message,
    RaftCore,
    Role,
    VoteRequest,
    VoteResponse,
)

TIMEOUT_TICKS = 10


class ScriptedCluster:
    """Runs commands, each a line of words; `lines` gathers what they have to tell."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._config = Config()
        self._durable: dict[str, DurableState] = {}
        self._cores: dict[str, RaftCore] = {}
        self._pending: list[Message] = []
        # Each command and what it does with its words, which are described where they are read.
        self._commands: dict[str, Callable[..., None]] = {
            "start": self._start,
            "tick": self._tick,
            "timeout": self._time_out,
            "propose": self._propose,
            "deliver": self._deliver,
            "drop": self._drop,
            "duplicate": self._duplicate,
            "crash": self._crash,
            "restart": self._restart,
            "show": self._show,
        }

    def execute(self, line: str) -> None:
        """Carry out one line of a script."""
        name, *words = line.split()
        self._commands[name](*words)

    def _start(self, max_entries: str, *nodes: str) -> None:
        """start MAX-ENTRIES NODE…: that many entries in a message at most."""
        self._config = Config(max_entries_per_message=int(max_entries))
        self._durable = dict.fromkeys(nodes, DurableState())
        for node in nodes:
            self._restart(node)

    def _restart(self, node: str) -> None:
        peers = tuple(peer for peer in self._durable if peer != node)
        self._cores[node] = RaftCore(node, peers, self._config, lambda: TIMEOUT_TICKS, self._durable[node])

    def _crash(self, node: str) -> None:
        del self._cores[node]

    def _tick(self, node: str) -> None:
        self._carry_out(node, self._cores[node].tick())

    def _time_out(self, node: str) -> None:
        """timeout NODE: let it wait in vain until it starts an election."""
        core = self._cores[node]
        term = core.current_term
        while core.current_term == term:
            self._tick(node)

    def _propose(self, node: str, command: str) -> None:
        self._carry_out(node, self._cores[node].propose(command.encode()))

    def _deliver(self, *links: str) -> None:
        """deliver: everything, until nothing is under way; deliver LINK…: what is under way on these links now."""
        if links:
            for message in self._take(links):
                self._receive(message)
        while not links and self._pending:
            self._receive(self._pending.pop(0))

    def _drop(self, *links: str) -> None:
        for message in self._take(links):
            self._tell(f"lost {describe_link(message)} {describe(message)}")

    def _duplicate(self, *links: str) -> None:
        messages = self._take(links)
        self._pending += messages + messages

    def _take(self, links: Sequence[str]) -> list[Message]:
        taken = [message for message in self._pending if describe_link(message) in links]
        assert taken, f"nothing is under way on {' '.join(links)}"
        self._pending = [message for message in self._pending if describe_link(message) not in links]
        return taken

    def _receive(self, message: Message) -> None:
        if message.dest not in self._cores:
            self._tell(f"lost {describe_link(message)} {describe(message)}")
            return
        self._tell(f"{message.dest} receives from {message.source} {describe(message)}")
        self._carry_out(message.dest, self._cores[message.dest].step(message))

    def _carry_out(self, node: str, effects: Effects) -> None:
        if effects.refused is not None:
            self._tell(f"  refuses: {effects.refused.value}")
        if effects.persist is not None:
            persist = effects.persist
            self._durable[node] = self._durable[node].after(persist)
            cut = "" if persist.truncate_from is None else f", without {persist.truncate_from} and on"
            added = "" if not persist.entries else f", adding {describe_entries(persist.entries)}"
            self._tell(f"  persists term {persist.term}, vote {persist.voted_for or 'none'}{cut}{added}")
        for message in effects.send:
            self._tell(f"  sends to {message.dest} {describe(message)}")
        self._pending += effects.send
        for committed in effects.apply:
            self._tell(f"  applies {committed.index} {describe_entries([committed.entry])}")

    def _show(self) -> None:
        for node in self._durable:
            core = self._cores.get(node)
            if core is None:
                self._tell(f"{node} is down")
                continue
            account = ""
            if core.role is Role.LEADER:
                account = ", next " + " ".join(f"{peer}:{core.next_index[peer]}" for peer in core.peers)
            log = describe_entries(core.log.entries) or "empty"
            self._tell(
                f"{node} {core.role.value}, term {core.current_term}, commit {core.commit_index}{account}, {log}"
            )

    def _tell(self, line: str) -> None:
        self.lines.append(line)


def describe_link(message: Message) -> str:
    return f"{message.source}->{message.dest}"


def describe_entries(entries: Sequence[Entry]) -> str:
    """Term and command of each, such as `1:no-op 1:x`."""
    return " ".join(f"{entry.term}:{describe_command(entry.value)}" for entry in entries)


def describe_command(command: Command) -> str:
    return "no-op" if command is None else command.decode()


def describe(message: Message) -> str:
    """A message without its ends."""
    return f"{type(message).__name__} term {message.term}, {_describe_content(message)}"


def _describe_content(message: Message) -> str:
    if isinstance(message, VoteRequest):
        return f"last {message.last_log_index} of {message.last_log_term}"
    if isinstance(message, VoteResponse):
        return "granted" if message.vote_granted else "denied"
    if isinstance(message, AppendRequest):
        entries = describe_entries(message.entries) or "nothing"
        return f"commit {message.commit_index}, after {message.prev_log_index} of {message.prev_log_term}: {entries}"
    return f"{'success' if message.success else 'failure'} {message.index}"
