"""The keyring to use outside of simulations: Ed25519 signatures (RFC 8032) and HMAC-SHA-256 codes (RFC 2104).

Needs the `cryptography` package: `pip install comitia[pbft]`.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from .authentication import mac


class Ed25519Keyring:
    """The keys of `member`: its private key (32 bytes), all public keys (32 bytes each), and the secret that it shares
    with each other member (any length; 32 bytes of entropy are plenty).

    Raises ValueError if a key has another length, or the public key of `member` is not that of its private key.
    """

    def __init__(
        self, member: str, private_key: bytes, public_keys: Mapping[str, bytes], secrets: Mapping[str, bytes]
    ) -> None:
        self.member = member
        self._private_key = Ed25519PrivateKey.from_private_bytes(private_key)
        self._public_keys = {name: Ed25519PublicKey.from_public_bytes(key) for name, key in public_keys.items()}
        self._secrets = dict(secrets)
        if public_key_of(private_key) != public_keys.get(member):
            raise ValueError(f"the public key listed for {member!r} is not that of its private key")

    def sign(self, content: bytes) -> bytes:
        return self._private_key.sign(content)

    def verifies(self, signer: str, content: bytes, signature: bytes) -> bool:
        key = self._public_keys.get(signer)
        if key is None:
            return False
        try:
            key.verify(signature, content)
        except InvalidSignature:
            return False
        return True

    def tag(self, receiver: str, content: bytes) -> bytes:
        return mac(self._secrets[receiver], self.member, receiver, content)

    def has_tag(self, sender: str, content: bytes, tag: bytes) -> bool:
        secret = self._secrets.get(sender)
        return secret is not None and hmac.compare_digest(tag, mac(secret, sender, self.member, content))


def public_key_of(private_key: bytes) -> bytes:
    """The public key (32 bytes) that belongs to a private one."""
    return Ed25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw()
