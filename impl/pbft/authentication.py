"""Signatures and MAC authenticators behind one interface.

A `Keyring` holds what one member can prove with: its own signing key, everybody's verification keys, and a secret
shared with each other member. `Authentication` is what the core uses: it seals what the member says, and tells whether
what others say is theirs.

Under `Scheme.SIGNATURES` everything is signed, as in the algorithm of section 4 (Castro and Liskov 1999). Under
`Scheme.AUTHENTICATORS` what nobody will ever have to show to a third member carries message authentication codes, one
for each receiver, which are much cheaper (section 5.3.2); what requests, certificates and view changes are made of
stays signed, because a code convinces nobody but its receiver.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Protocol, TypeVar

from .encoding import encode
from .messages import Authenticator, Commit, FetchBatch, FetchState, Proof, Reply, Signature, Signed, Status

Content = TypeVar("Content")

# "we truncate MACs to 10 bytes" (section 5.3.2); 16 bytes cost nothing today.
TAG_BYTES = 16


class Scheme(Enum):
    """How messages are authenticated."""

    SIGNATURES = "signatures"
    AUTHENTICATORS = "authenticators"


NEVER_SHOWN: frozenset[type] = frozenset({Commit, Reply, Status, FetchBatch, FetchState})
"""The messages that go into no certificate, whose receiver need not convince anybody else."""


class Keyring(Protocol):
    """What one member can prove and verify. Names of nobody verify nothing."""

    member: str

    def sign(self, content: bytes) -> bytes: ...
    def verifies(self, signer: str, content: bytes, signature: bytes) -> bool: ...
    def tag(self, receiver: str, content: bytes) -> bytes: ...
    def has_tag(self, sender: str, content: bytes, tag: bytes) -> bool: ...


class Authentication:
    """The seals of one member."""

    def __init__(self, keyring: Keyring, scheme: Scheme) -> None:
        self.keyring = keyring
        self.scheme = scheme

    def seal(self, content: Content, receivers: Sequence[str]) -> Signed[Content]:
        """`content` with the member's proof to `receivers` that it says so."""
        if self._is_signed(content):
            return self.sign(content)
        raw = encode(content)
        tags = tuple((receiver, self.keyring.tag(receiver, raw)) for receiver in receivers)
        return Signed(self.keyring.member, content, Authenticator(tags))

    def sign(self, content: Content) -> Signed[Content]:
        """`content` with a signature, whatever the scheme."""
        return Signed(self.keyring.member, content, Signature(self.keyring.sign(encode(content))))

    def is_authentic(self, message: Signed[object]) -> bool:
        """Whether the sender said so, with the kind of proof that the scheme wants."""
        if self._is_signed(message.content):
            return isinstance(message.proof, Signature) and self.has_signed(
                message.sender, message.content, message.proof.value
            )
        return isinstance(message.proof, Authenticator) and self._has_tag(message, message.proof)

    def has_signed(self, signer: str, content: object, signature: bytes) -> bool:
        """Whether `signature` is that of `signer` on `content`."""
        return self.keyring.verifies(signer, encode(content), signature)

    def _is_signed(self, content: object) -> bool:
        return self.scheme is Scheme.SIGNATURES or type(content) not in NEVER_SHOWN

    def _has_tag(self, message: Signed[object], proof: Proof) -> bool:
        assert isinstance(proof, Authenticator)
        raw = encode(message.content)
        return any(
            receiver == self.keyring.member and self.keyring.has_tag(message.sender, raw, tag)
            for receiver, tag in proof.tags
        )


def mac(secret: bytes, sender: str, receiver: str, content: bytes) -> bytes:
    """The code of `content` from `sender` to `receiver` under their secret; the ends are in it, since both have it."""
    return hmac.digest(secret, encode((sender, receiver, content)), "sha256")[:TAG_BYTES]


class SymmetricKeyring:
    """A keyring for simulations, whose signatures are keyed digests that all keyrings of a cluster can recompute.

    Nobody can forge them who, like the members of a simulation, signs with his own keyring alone; they cost a hundredth
    of real ones. `secrets` is everybody's, by name.
    """

    def __init__(self, member: str, secrets: Mapping[str, bytes]) -> None:
        self.member = member
        self._secrets = secrets

    def sign(self, content: bytes) -> bytes:
        return hashlib.blake2b(content, key=self._secrets[self.member], digest_size=TAG_BYTES).digest()

    def verifies(self, signer: str, content: bytes, signature: bytes) -> bool:
        secret = self._secrets.get(signer)
        return secret is not None and signature == hashlib.blake2b(content, key=secret, digest_size=TAG_BYTES).digest()

    def tag(self, receiver: str, content: bytes) -> bytes:
        return mac(self._shared(receiver), self.member, receiver, content)

    def has_tag(self, sender: str, content: bytes, tag: bytes) -> bool:
        return sender in self._secrets and tag == mac(self._shared(sender), sender, self.member, content)

    def _shared(self, other: str) -> bytes:
        one, another = sorted((self.member, other))
        return self._secrets[one] + self._secrets[another]
