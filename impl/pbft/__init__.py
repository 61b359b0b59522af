"""PBFT (Castro and Liskov 1999) as pure cores: a replica that tolerates f faulty ones among 3f + 1, and its clients.

`core` holds the protocol, with `agreement` and `guards`; `client` the client's side; `effects` the contract with the
driver; `messages` what travels; `authentication` the signatures and codes, of which `ed25519` has the real ones (it
needs `comitia[pbft]`); `tracing` the derivation of trace events from what a core did.
"""

from .authentication import Authentication, Keyring, Scheme, SymmetricKeyring
from .client import ClientCore, ClientEffects
from .config import Config
from .core import PbftCore
from .effects import Effects, Execution, Outcome, Persist, Refusal, Send
from .messages import Message, Request, Signed
from .state import DurableState, Snapshot

__all__ = [
    "Authentication",
    "ClientCore",
    "ClientEffects",
    "Config",
    "DurableState",
    "Effects",
    "Execution",
    "Keyring",
    "Message",
    "Outcome",
    "PbftCore",
    "Persist",
    "Refusal",
    "Request",
    "Scheme",
    "Send",
    "Signed",
    "Snapshot",
    "SymmetricKeyring",
]
