"""The pure core of a Raft server: a tick, a message or a command in, one frozen `Effects` out.

Theory of operation
===================

A `RaftCore` is one server of a fixed membership. It does no I/O, reads no clock and draws no random numbers: its driver
calls `tick()` at regular intervals, `step(message)` for each message received and `propose(command)` for each command
of a client, and carries out the effects of each before the next (the contract is in `effects.py`). The timeout of each
election comes from a callable that the driver hands in. Same state, same input and same timeouts: same output.

The state is that of figure 2 of Ongaro and Ousterhout, "In Search of an Understandable Consensus Algorithm" (2014),
which is what sections and figures below refer to. Each rule is quoted beside the code that obeys it. Rules that a test
must be able to take away, to prove that something notices, are methods of their own, under "The guards".

Every input runs in three movements:

  refuse    An input that the protocol cannot produce is refused before it changes anything; the reason is returned in
            the effects and counted in `refusals`. A peer's message never raises.
  change    A handler changes the state in memory and collects the messages to send.
  collect   `_effects` compares term, vote and log with what was handed over last time, which yields what to persist;
            entries newly committed are what to apply.

Replication is stop-and-wait for each peer: one AppendEntries, with as many entries as the configuration allows, is
outstanding at a time, and the next leaves when its answer arrives; a heartbeat retransmits. Thus nextIndex moves only
when an answer arrives, which is what the specification says too.

Terms and votes change in three places only (`_start_election`, `_adopt_term`, `_on_vote_request`); the role in one
(`_become`), by the table of figure 4; the commit index in two (`_advance_commit_index`, `_on_append_request`), and
only upwards.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..quorum import index_held_by_majority, majority
from .effects import CommittedEntry, Effects, Persist, Position, Refusal
from .log import Log
from .messages import (
    NOOP,
    AppendRequest,
    AppendResponse,
    Command,
    Entry,
    Message,
    VoteRequest,
    VoteResponse,
    is_command,
    is_well_formed,
)
from .roles import TRANSITIONS, Cause, Role
from .state import Config, DurableState, Snapshot


class RaftCore:
    """One Raft server.

    `peers` are the ids of the other servers. `draw_timeout_ticks` gives the number of ticks, at least 1, that this
    server waits for a leader before it starts an election; it is called again for every election (section 5.2:
    "election timeouts are chosen randomly from a fixed interval"). `durable` is what was persisted before the last
    crash; the default is a server that has never run.

    Readable at any time: `node_id`, `peers`, `current_term`, `voted_for`, `role`, `leader` (the leader of the current
    term, as far as known), `commit_index`, `log`, `refusals` (how often each reason was given), `snapshot()`.
    """

    def __init__(
        self,
        node_id: str,
        peers: Sequence[str],
        config: Config,
        draw_timeout_ticks: Callable[[], int],
        durable: DurableState | None = None,
    ) -> None:
        if node_id in peers or len(set(peers)) != len(peers):
            raise ValueError(f"the peers of {node_id!r} must be distinct others, not {list(peers)}")
        durable = durable or DurableState()
        self.node_id = node_id
        self.peers = tuple(peers)
        self.config = config
        self.refusals = dict.fromkeys(Refusal, 0)
        # Persistent state on all servers.
        self.current_term = durable.term
        self.voted_for = durable.voted_for
        self.log = Log(durable.entries)
        # Volatile state on all servers. Section 5.2: "When servers start up, they begin as followers."
        self.role = Role.FOLLOWER
        self.leader: str | None = None
        self.commit_index = 0
        self._last_applied = 0
        # Volatile state on candidates (empty in any other role) and on leaders (all 1 and all 0 in any other role).
        self.votes_granted: set[str] = set()
        self.next_index: dict[str, int] = {}
        self.match_index: dict[str, int] = {}
        # The last index of the request whose answer this leader waits for, and the commit index it last told, by peer.
        self._outstanding: dict[str, int] = {}
        self._commit_index_sent: dict[str, int] = {}
        self._reset_account(next_index=1)
        # Logical time, in ticks since the last thing that the timer of the role waits for.
        self._draw_timeout_ticks = draw_timeout_ticks
        self._elapsed_ticks = 0
        self._timeout_ticks = 0
        self._restart_election_timer()
        # What the effects of the next input are computed from.
        self._persisted_ballot = (durable.term, durable.voted_for)
        self._outbox: list[Message] = []

    # Inputs ----------------------------------------------------------------------------------------------------------

    def tick(self) -> Effects:
        """One unit of logical time has passed."""
        self._elapsed_ticks += 1
        if self.role is Role.LEADER:
            if self._elapsed_ticks >= self.config.heartbeat_ticks:
                # Rules for leaders: "repeat during idle periods to prevent election timeouts".
                self._elapsed_ticks = 0
                self._send_append_to_all()
        elif self._elapsed_ticks >= self._timeout_ticks:
            self._start_election()
        return self._effects()

    def step(self, message: object) -> Effects:
        """A message has arrived. Whatever it is, this does not raise: see `Effects.refused`."""
        if not is_well_formed(message):
            return self._refuse(Refusal.MALFORMED)
        assert isinstance(message, Message)
        if message.dest != self.node_id:
            return self._refuse(Refusal.WRONG_DESTINATION)
        if message.source not in self.peers:
            return self._refuse(Refusal.UNKNOWN_SENDER)
        refusal = self._contradiction(message)
        if refusal is not None:
            return self._refuse(refusal)
        if message.term > self.current_term:
            self._adopt_term(message.term)
        match message:
            case VoteRequest():
                self._on_vote_request(message)
            case VoteResponse():
                self._on_vote_response(message)
            case AppendRequest():
                self._on_append_request(message)
            case AppendResponse():
                self._on_append_response(message)
        return self._effects()

    def propose(self, command: Command) -> Effects:
        """A client asks for `command` to be replicated; `Effects.position` says where it went, if this server leads.

        Rules for leaders: "If command received from client: append entry to local log, respond after entry applied to
        state machine".
        """
        if not is_command(command):
            return self._refuse(Refusal.MALFORMED)
        if self.role is not Role.LEADER:
            return self._refuse(Refusal.NOT_LEADER)
        self.log.append([Entry(self.current_term, command)])
        position = Position(self.log.last_index, self.current_term)
        self._advance_commit_index()
        self._send_news()
        return self._effects(position)

    def snapshot(self) -> Snapshot:
        """A frozen copy of the state, for observers."""
        return Snapshot(
            self.current_term,
            self.voted_for,
            self.log.entries,
            self.role,
            self.commit_index,
            frozenset(self.votes_granted),
            dict(self.next_index),
            dict(self.match_index),
        )

    # The guards: each is one rule; a test-only variant overrides one to prove that its absence is noticed ------------

    def _may_vote_for(self, candidate: str) -> bool:
        """Section 5.2: "Each server will vote for at most one candidate in a given term"."""
        return self.voted_for is None or self.voted_for == candidate

    def _is_up_to_date(self, last_index: int, last_term: int) -> bool:
        """Section 5.4.1: "If the logs have last entries with different terms, then the log with the later term is more
        up-to-date. If the logs end with the same term, then whichever log is longer is more up-to-date"."""
        return (last_term, last_index) >= (self.log.last_term, self.log.last_index)

    def _is_vote_of_this_term(self, response: VoteResponse) -> bool:
        """Section 5.2: a candidate needs "votes from a majority of the servers in the full cluster for the same
        term"."""
        return response.term == self.current_term

    def _vote_to_persist(self) -> str | None:
        """Figure 2 counts votedFor with the state that is on stable storage before a server responds."""
        return self.voted_for

    def _is_stale(self, request: AppendRequest) -> bool:
        """AppendEntries RPC, receiver 1: "Reply false if term < currentTerm"."""
        return request.term < self.current_term

    def _matches_previous(self, request: AppendRequest) -> bool:
        """AppendEntries RPC, receiver 2: "Reply false if log doesn't contain an entry at prevLogIndex whose term
        matches prevLogTerm"."""
        return self.log.holds(request.prev_log_index, request.prev_log_term)

    def _truncation_point(self, request: AppendRequest) -> int | None:
        """AppendEntries RPC, receiver 3: "If an existing entry conflicts with a new one (same index but different
        terms), delete the existing entry and all that follow it". Without a conflict nothing is deleted: the request
        may be an old one, and what follows its entries may have been acknowledged since."""
        return self.log.first_conflict(request.prev_log_index, request.entries)

    def _index_to_commit(self, request: AppendRequest) -> int:
        """AppendEntries RPC, receiver 5: "If leaderCommit > commitIndex, set commitIndex = min(leaderCommit, index of
        last new entry)". What follows the last new entry has not been compared with the leader's log."""
        return max(self.commit_index, min(request.commit_index, request.last_new_index))

    def _index_to_acknowledge(self, request: AppendRequest) -> int:
        """What follows the last new entry may not be in the leader's log, so it is not acknowledged either."""
        return request.last_new_index

    def _matched_index(self, response: AppendResponse) -> int:
        """Answers arrive late and in any order, so that one may say less than is known already: figure 2 has matchIndex
        "increases monotonically"."""
        return max(self.match_index[response.source], response.index)

    def _rejects_next(self, response: AppendResponse) -> bool:
        """Whether what the follower rejects is what it would be sent next; if not, the answer is to some earlier
        request and says nothing about where the follower is now."""
        peer = response.source
        return response.index == self.next_index[peer] - 1 and response.index > self.match_index[peer]

    def _may_commit_by_count(self, index: int) -> bool:
        """Section 5.4.2: "Only log entries from the leader's current term are committed by counting replicas"."""
        return self.log.term_at(index) == self.current_term

    # Elections (section 5.2) -----------------------------------------------------------------------------------------

    def _start_election(self) -> None:
        """Rules for candidates: "increment currentTerm, vote for self, reset election timer, send RequestVote RPCs to
        all other servers"."""
        self._become(Cause.ELECTION_TIMEOUT)
        self.current_term += 1
        self.voted_for = self.node_id
        self.votes_granted = {self.node_id}
        self.leader = None
        for peer in self.peers:
            self._outbox.append(
                VoteRequest(self.node_id, peer, self.current_term, self.log.last_index, self.log.last_term)
            )
        self._count_votes()

    def _adopt_term(self, term: int) -> None:
        """Rules for all servers: "If RPC request or response contains term T > currentTerm: set currentTerm = T,
        convert to follower". Only a new term clears the vote; stepping down within a term keeps it."""
        assert term > self.current_term
        self.current_term = term
        self.voted_for = None
        self.leader = None
        self._become(Cause.HIGHER_TERM)

    def _on_vote_request(self, request: VoteRequest) -> None:
        # RequestVote RPC, receiver 1: "Reply false if term < currentTerm".
        # 2: "If votedFor is null or candidateId, and candidate's log is at least as up-to-date as receiver's log,
        # grant vote".
        granted = (
            request.term == self.current_term
            and self._may_vote_for(request.source)
            and self._is_up_to_date(request.last_log_index, request.last_log_term)
        )
        if granted:
            self.voted_for = request.source
            # Rules for followers: the election timeout elapses "without receiving AppendEntries RPC from current leader
            # or granting vote to candidate".
            self._elapsed_ticks = 0
        self._outbox.append(VoteResponse(self.node_id, request.source, self.current_term, granted))

    def _on_vote_response(self, response: VoteResponse) -> None:
        if self.role is Role.CANDIDATE and self._is_vote_of_this_term(response) and response.vote_granted:
            self.votes_granted.add(response.source)
            self._count_votes()

    def _count_votes(self) -> None:
        """Rules for candidates: "If votes received from majority of servers: become leader"."""
        if len(self.votes_granted) >= majority(len(self.peers) + 1):
            self._become_leader()

    def _become_leader(self) -> None:
        """Figure 2 reinitialises nextIndex "to leader last log index + 1" and matchIndex "to 0"; section 8: a leader
        must "commit a blank no-op entry into the log at the start of its term"."""
        self._become(Cause.MAJORITY)
        self.leader = self.node_id
        self._reset_account(next_index=self.log.last_index + 1)
        self.log.append([Entry(self.current_term, NOOP)])
        self._advance_commit_index()
        # Rules for leaders: "Upon election: send initial empty AppendEntries RPCs (heartbeat) to each server"; here
        # they carry the no-op.
        self._send_append_to_all()

    # Replication (section 5.3) ---------------------------------------------------------------------------------------

    def _send_append_to_all(self) -> None:
        for peer in self.peers:
            self._send_append(peer)

    def _send_news(self) -> None:
        """Rules for leaders: "If last log index >= nextIndex for a follower: send AppendEntries RPC with log entries
        starting at nextIndex"; also when the follower has not been told how much is committed."""
        for peer in self.peers:
            has_news = self.next_index[peer] <= self.log.last_index or self._commit_index_sent[peer] < self.commit_index
            if has_news and peer not in self._outstanding:
                self._send_append(peer)

    def _send_append(self, peer: str) -> None:
        first = self.next_index[peer]
        prev = first - 1
        entries = self.log.slice(first, prev + self.config.max_entries_per_message)
        self._outbox.append(
            AppendRequest(
                self.node_id, peer, self.current_term, prev, self.log.term_at(prev), entries, self.commit_index
            )
        )
        self._outstanding[peer] = prev + len(entries)
        self._commit_index_sent[peer] = self.commit_index

    def _on_append_request(self, request: AppendRequest) -> None:
        if self._is_stale(request):
            self._answer_append(request, False, request.prev_log_index)
            return
        # Rules for candidates: "If AppendEntries RPC received from new leader: convert to follower". The vote of this
        # term stays what it is.
        if self.role is Role.CANDIDATE:
            self._become(Cause.CURRENT_LEADER)
        self.leader = request.source
        self._elapsed_ticks = 0
        if not self._matches_previous(request):
            self._answer_append(request, False, request.prev_log_index)
            return
        truncation_point = self._truncation_point(request)
        if truncation_point is not None:
            self.log.truncate_from(truncation_point)
        # AppendEntries RPC, receiver 4: "Append any new entries not already in the log".
        self.log.append(request.entries[self.log.last_index - request.prev_log_index :])
        self.commit_index = self._index_to_commit(request)
        self._answer_append(request, True, self._index_to_acknowledge(request))

    def _answer_append(self, request: AppendRequest, success: bool, index: int) -> None:
        self._outbox.append(AppendResponse(self.node_id, request.source, self.current_term, success, index))

    def _on_append_response(self, response: AppendResponse) -> None:
        if response.term < self.current_term or self.role is not Role.LEADER:
            return
        peer = response.source
        if response.success:
            # Rules for leaders: "If successful: update nextIndex and matchIndex for follower".
            self.match_index[peer] = self._matched_index(response)
            self.next_index[peer] = max(self.next_index[peer], response.index + 1)
            # A late or repeated answer to an earlier request does not make room for another.
            if response.index >= self._outstanding.get(peer, 0):
                self._outstanding.pop(peer, None)
            self._advance_commit_index()
            self._send_news()
        elif self._rejects_next(response):
            # "If AppendEntries fails because of log inconsistency: decrement nextIndex and retry".
            self.next_index[peer] = response.index
            self._send_append(peer)

    def _advance_commit_index(self) -> None:
        """Rules for leaders: "If there exists an N such that N > commitIndex, a majority of matchIndex[i] >= N, and
        log[N].term == currentTerm: set commitIndex = N"."""
        index = index_held_by_majority([self.log.last_index, *self.match_index.values()])
        if index > self.commit_index and self._may_commit_by_count(index):
            self.commit_index = index

    # Common to all ---------------------------------------------------------------------------------------------------

    def _contradiction(self, message: Message) -> Refusal | None:
        """Why a well-formed message cannot have been sent in a run that kept Raft's guarantees (figure 3), if so."""
        if isinstance(message, AppendRequest) and message.term >= self.current_term:
            # Election safety: "at most one leader can be elected in a given term".
            if message.term == self.current_term and self.role is Role.LEADER:
                return Refusal.RIVAL_LEADER
            # Leader completeness: a committed entry is "present in the logs of the leaders for all higher-numbered
            # terms".
            committed = message.entries[: max(0, self.commit_index - message.prev_log_index)]
            if self.log.first_conflict(message.prev_log_index, committed) is not None:
                return Refusal.CONTRADICTS_COMMITTED
        if isinstance(message, AppendResponse) and message.term == self.current_term and self.role is Role.LEADER:
            # Leader append-only: within its term a leader's log does not get shorter than what it has sent.
            return Refusal.BEYOND_LOG if message.index > self.log.last_index else None
        return None

    def _become(self, cause: Cause) -> None:
        before, self.role = self.role, TRANSITIONS[self.role, cause]
        if self.role is Role.FOLLOWER and before is not Role.FOLLOWER:
            self._reset_account(next_index=1)
        # A follower that learns of a new term keeps waiting: it has neither heard from a leader nor granted a vote.
        if before is not self.role or cause is Cause.ELECTION_TIMEOUT:
            self._restart_election_timer()

    def _reset_account(self, next_index: int) -> None:
        """Begin a new account of the others, with no votes and nothing known of their logs."""
        self.votes_granted.clear()
        self.next_index = dict.fromkeys(self.peers, next_index)
        self.match_index = dict.fromkeys(self.peers, 0)
        self._outstanding.clear()
        self._commit_index_sent = dict.fromkeys(self.peers, 0)

    def _restart_election_timer(self) -> None:
        self._elapsed_ticks = 0
        self._timeout_ticks = self._draw_timeout_ticks()
        assert self._timeout_ticks >= 1

    def _refuse(self, reason: Refusal) -> Effects:
        self.refusals[reason] += 1
        return Effects(refused=reason)

    def _effects(self, position: Position | None = None) -> Effects:
        """Collect what has changed since the last input."""
        truncate_from, entries = self.log.take_changes()
        ballot = (self.current_term, self.voted_for)
        persist = None
        if ballot != self._persisted_ballot or truncate_from is not None or entries:
            persist = Persist(self.current_term, self._vote_to_persist(), truncate_from, entries)
        committed = self.log.slice(self._last_applied + 1, self.commit_index)
        apply = tuple(CommittedEntry(index, entry) for index, entry in enumerate(committed, self._last_applied + 1))
        send = tuple(self._outbox)
        self._persisted_ballot = ballot
        self._last_applied = self.commit_index
        self._outbox.clear()
        return Effects(persist, send, apply, position)
