"""The roles of a Raft server and the literal table of its role changes (Ongaro and Ousterhout 2014, figure 4)."""

from __future__ import annotations

from enum import Enum


class Role(Enum):
    """What a running server is; a crashed server has no role."""

    FOLLOWER = "Follower"
    CANDIDATE = "Candidate"
    LEADER = "Leader"


class Cause(Enum):
    """The labels on the arrows of figure 4."""

    ELECTION_TIMEOUT = "times out, starts election"
    MAJORITY = "receives votes from majority of servers"
    CURRENT_LEADER = "discovers current leader"
    HIGHER_TERM = "discovers server with higher term"


# A pair that is not in the table cannot happen; reaching one is a bug of ours. The leader's row has no CURRENT_LEADER:
# "at most one leader can be elected in a given term" (section 5.2), so the core refuses such a message beforehand.
TRANSITIONS: dict[tuple[Role, Cause], Role] = {
    (Role.FOLLOWER, Cause.ELECTION_TIMEOUT): Role.CANDIDATE,
    (Role.FOLLOWER, Cause.CURRENT_LEADER): Role.FOLLOWER,
    (Role.FOLLOWER, Cause.HIGHER_TERM): Role.FOLLOWER,
    (Role.CANDIDATE, Cause.ELECTION_TIMEOUT): Role.CANDIDATE,
    (Role.CANDIDATE, Cause.MAJORITY): Role.LEADER,
    (Role.CANDIDATE, Cause.CURRENT_LEADER): Role.FOLLOWER,
    (Role.CANDIDATE, Cause.HIGHER_TERM): Role.FOLLOWER,
    (Role.LEADER, Cause.HIGHER_TERM): Role.FOLLOWER,
}
