"""Raft (Ongaro and Ousterhout 2014) as a pure core: elections, log replication, commit, restart.

`core` holds the protocol, `effects` the contract with its driver, `messages` what travels between servers, `tracing`
the derivation of trace events from what the core did.
"""

from .core import RaftCore
from .effects import CommittedEntry, Effects, Persist, Position, Refusal
from .messages import NOOP, AppendRequest, AppendResponse, Command, Entry, Message, VoteRequest, VoteResponse
from .roles import Role
from .state import Config, DurableState, Snapshot

__all__ = [
    "NOOP",
    "AppendRequest",
    "AppendResponse",
    "Command",
    "CommittedEntry",
    "Config",
    "DurableState",
    "Effects",
    "Entry",
    "Message",
    "Persist",
    "Position",
    "RaftCore",
    "Refusal",
    "Role",
    "Snapshot",
    "VoteRequest",
    "VoteResponse",
]
