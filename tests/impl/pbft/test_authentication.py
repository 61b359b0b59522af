"""Canonical bytes, signatures and codes: known vectors, and that nothing passes for what it is not."""

from __future__ import annotations

import hmac
from dataclasses import replace

import pytest
from comitia.impl.pbft.authentication import (
    NEVER_SHOWN,
    TAG_BYTES,
    Authentication,
    Keyring,
    Scheme,
    SymmetricKeyring,
    mac,
)
from comitia.impl.pbft.ed25519 import Ed25519Keyring, public_key_of
from comitia.impl.pbft.encoding import digest_of, encode
from comitia.impl.pbft.messages import Authenticator, Commit, Prepare, PrePrepare, Request, Signature, Signed
from hypothesis import given
from hypothesis import strategies as st

PRIVATE = {name: name.encode() * 16 for name in ("r1", "r2", "c1")}
PUBLIC = {name: public_key_of(key) for name, key in PRIVATE.items()}

# RFC 8032, section 7.1, tests 1 to 3: secret key, public key, message, signature.
RFC_8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe246551"
        "41438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d"
        "291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027"
        "beceea1ec40a",
    ),
]


def ed25519(member: str) -> Keyring:
    secrets = {other: b"+".join(sorted((PRIVATE[member], PRIVATE[other]))) for other in PRIVATE if other != member}
    return Ed25519Keyring(member, PRIVATE[member], PUBLIC, secrets)


def symmetric(member: str) -> Keyring:
    return SymmetricKeyring(member, PRIVATE)


KEYRINGS = pytest.mark.parametrize("keyring", [ed25519, symmetric])
VALUES = st.recursive(
    st.one_of(st.integers(), st.booleans(), st.none(), st.binary(max_size=8), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(tuple),
        st.builds(Prepare, inner, inner, inner),
        st.builds(Commit, inner, inner, inner),
    ),
    max_leaves=8,
)


@pytest.mark.parametrize(("private", "public", "message", "signature"), RFC_8032)
def test_the_vectors_of_rfc_8032(private: str, public: str, message: str, signature: str) -> None:
    key = bytes.fromhex(private)
    assert public_key_of(key) == bytes.fromhex(public)
    keyring = Ed25519Keyring("a", key, {"a": bytes.fromhex(public)}, {})
    assert keyring.sign(bytes.fromhex(message)) == bytes.fromhex(signature)
    assert keyring.verifies("a", bytes.fromhex(message), bytes.fromhex(signature))
    assert not keyring.verifies("a", bytes.fromhex(message) + b"x", bytes.fromhex(signature))
    assert not keyring.verifies("b", bytes.fromhex(message), bytes.fromhex(signature))
    assert not keyring.verifies("a", bytes.fromhex(message), b"short")


def test_the_code_is_hmac_sha_256_of_the_ends_and_the_content() -> None:
    # RFC 4231, test case 2, holds the function that the code is made with.
    vector = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert hmac.digest(b"Jefe", b"what do ya want for nothing?", "sha256").hex() == vector
    expected = hmac.digest(b"Jefe", encode(("r1", "r2", b"x")), "sha256")
    assert mac(b"Jefe", "r1", "r2", b"x") == expected[:TAG_BYTES]


@given(VALUES, VALUES)
def test_different_values_have_different_bytes(one: object, other: object) -> None:
    # 1 == True, but they are not the same value.
    assert (encode(one) == encode(other)) == (repr(one) == repr(other))
    assert (digest_of(one) == digest_of(other)) == (repr(one) == repr(other))


def test_a_text_that_no_encoding_has_still_has_bytes() -> None:
    assert encode("\ud800") != encode("\ud801")


@KEYRINGS
@pytest.mark.parametrize("scheme", Scheme)
def test_what_is_sealed_is_authentic_for_its_receivers_and_nothing_else_is(keyring: type, scheme: Scheme) -> None:
    sender, receiver = Authentication(keyring("r1"), scheme), Authentication(keyring("r2"), scheme)
    for content in (PrePrepare(0, 1, b"d"), Commit(0, 1, b"d"), Prepare(0, 1, b"d")):
        sealed = sender.seal(content, ("r2", "c1"))
        assert receiver.is_authentic(sealed)
        assert not receiver.is_authentic(replace(sealed, sender="c1"))
        assert not receiver.is_authentic(replace(sealed, sender="nobody"))
        assert not receiver.is_authentic(replace(sealed, content=replace(content, sequence=2)))
        # A PREPARE is no COMMIT, though it has the same fields.
        assert not receiver.is_authentic(replace(sealed, content=Request(0, "1", b"d")))
        assert isinstance(sealed.proof, Authenticator) == (
            scheme is Scheme.AUTHENTICATORS and type(content) in NEVER_SHOWN
        )


@KEYRINGS
def test_a_code_convinces_nobody_but_its_receiver(keyring: type) -> None:
    sealed = Authentication(keyring("r1"), Scheme.AUTHENTICATORS).seal(Commit(0, 1, b"d"), ("r2",))
    assert isinstance(sealed.proof, Authenticator)
    assert not Authentication(keyring("c1"), Scheme.AUTHENTICATORS).is_authentic(sealed)
    # Nor does it pass for one in the other direction, though the secret is the same.
    reflected = Signed("r2", sealed.content, Authenticator((("r1", sealed.proof.tags[0][1]),)))
    assert not Authentication(keyring("r1"), Scheme.AUTHENTICATORS).is_authentic(reflected)


@KEYRINGS
def test_the_scheme_decides_which_kind_of_proof_counts(keyring: type) -> None:
    content = Commit(0, 1, b"d")
    signed = Authentication(keyring("r1"), Scheme.SIGNATURES).seal(content, ("r2",))
    tagged = Authentication(keyring("r1"), Scheme.AUTHENTICATORS).seal(content, ("r2",))
    assert isinstance(signed.proof, Signature)
    assert not Authentication(keyring("r2"), Scheme.AUTHENTICATORS).is_authentic(signed)
    assert not Authentication(keyring("r2"), Scheme.SIGNATURES).is_authentic(tagged)


def test_a_public_key_that_is_not_the_members_is_told() -> None:
    with pytest.raises(ValueError, match="not that of its private key"):
        Ed25519Keyring("r1", PRIVATE["r1"], {"r1": PUBLIC["r2"]}, {})
