"""Judges every step of the correct members of a simulated PBFT cluster.

agreement      no two correct replicas execute different batches at one sequence number, or have different states at
               one checkpoint
validity       what is executed was asked for by the client in whose name it is
exactly once   no replica executes a client's request twice, or a client's requests out of order
order          sequence numbers are executed one after the other, but for a state transfer to a stable checkpoint
replies        a client accepts only the result that correct replicas have for its request
bounds         what a replica stores stays between its water marks
progress       once the network is live, correct clients are served and correct replicas catch up
"""

from __future__ import annotations

from ...pbft import Effects, PbftCore, Request, Snapshot
from ...pbft.encoding import Digest
from ...pbft.inputs import Executed, Input
from ...pbft.log import MAX_BODIES
from ..violations import Finding


class Oracles:
    """Watches one run. Each method takes a fact about it and returns the first objection, if any."""

    def __init__(self) -> None:
        self._batches: dict[int, tuple[str, Digest]] = {}
        self._states: dict[int, tuple[str, bytes]] = {}
        self._asked: set[Request] = set()
        self._results: dict[tuple[str, int], set[bytes]] = {}
        self._timestamps: dict[str, dict[str, int]] = {}

    @property
    def decided(self) -> int:
        """How many sequence numbers some correct replica has executed."""
        return len(self._batches)

    def asked(self, request: Request) -> None:
        """A client has signed `request`."""
        self._asked.add(request)

    def stepped(
        self, node: str, core: PbftCore, cause: Input, before: Snapshot, effects: Effects, after: Snapshot
    ) -> Finding | None:
        """A correct replica has completed a step."""
        if effects.restore is not None:
            self._timestamps[node] = dict(after.timestamps)
        if isinstance(cause, Executed):
            return self._check_outcome(node, core, cause, after) or self._check_order(node, before, after)
        return self._check_execution(node, effects, before) or self._check_bounds(node, core)

    def accepted(self, request: Request, result: bytes) -> Finding | None:
        """A correct client has accepted `result` for its request."""
        results = self._results.get((request.client, request.timestamp), set())
        if results != {result}:
            return Finding(
                "replies", f"{request.client} accepts {result} for {request.operation}, replicas have {results}"
            )
        return None

    def _check_execution(self, node: str, effects: Effects, before: Snapshot) -> Finding | None:
        execution = effects.apply
        if execution is None:
            return None
        other, digest = self._batches.setdefault(execution.sequence, (node, execution.digest))
        if digest != execution.digest:
            detail = f"{node} executes {execution.digest.hex()[:8]} at {execution.sequence}, {other} {digest.hex()[:8]}"
            return Finding("agreement", detail)
        for request in execution.requests:
            if request not in self._asked:
                return Finding("validity", f"{node} executes {request}, which nobody asked for")
            latest = self._timestamps.setdefault(node, {})
            if request.timestamp <= latest.get(request.client, 0):
                detail = f"{node} executes {request} after one of timestamp {latest[request.client]}"
                return Finding("exactly once", detail)
            latest[request.client] = request.timestamp
        return None

    def _check_outcome(self, node: str, core: PbftCore, cause: Executed, after: Snapshot) -> Finding | None:
        for record in core.clients.records:
            self._results.setdefault((record.client, record.timestamp), set()).add(record.result)
        state = cause.outcome.state
        if state is not None:
            other, known = self._states.setdefault(after.executed, (node, state))
            if known != state:
                return Finding("agreement", f"{node} and {other} have different states after {after.executed}")
        return None

    def _check_order(self, node: str, before: Snapshot, after: Snapshot) -> Finding | None:
        if after.executed != before.executed + 1:
            return Finding("order", f"{node} executes {after.executed} after {before.executed}")
        return None

    def _check_bounds(self, node: str, core: PbftCore) -> Finding | None:
        for slot in core.log:
            if not core.low < slot.sequence <= core.low + core.config.window:
                return Finding("bounds", f"{node} stores {slot.sequence} with low water mark {core.low}")
            if len(slot.bodies) > MAX_BODIES or not len(slot.commits) <= len(core.config.replicas):
                return Finding("bounds", f"{node} stores too much at {slot.sequence}")
        return None
