"""Making certificates, and verifying those that others show.

Distinct signers are counted, never messages: a certificate has one bit for each replica.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .authentication import Authentication
from .config import Config
from .messages import (
    GENESIS,
    Checkpoint,
    CheckpointCertificate,
    Prepare,
    PreparedCertificate,
    PrePrepare,
    Votes,
)


def make_votes(config: Config, signatures: Mapping[str, bytes]) -> Votes:
    """The votes of the replicas whose signatures are given."""
    signers = [index for index, replica in enumerate(config.replicas) if replica in signatures]
    return Votes(sum(1 << index for index in signers), tuple(signatures[config.replicas[index]] for index in signers))


def signers_of(config: Config, votes: Votes) -> tuple[str, ...]:
    """The replicas whose bit is set, in their order."""
    return tuple(replica for index, replica in enumerate(config.replicas) if votes.signers >> index & 1)


def are_votes_for(authentication: Authentication, config: Config, votes: Votes, statement: object) -> bool:
    """Whether every signer has signed `statement`."""
    return all(
        authentication.has_signed(signer, statement, signature)
        for signer, signature in zip(signers_of(config, votes), votes.signatures, strict=True)
    )


def is_stable(authentication: Authentication, config: Config, certificate: CheckpointCertificate) -> bool:
    """Whether 2f + 1 replicas have signed that checkpoint; the state before any request is stable as it is."""
    if certificate.sequence == 0:
        return certificate == GENESIS
    statement = Checkpoint(certificate.sequence, certificate.digest)
    return certificate.votes.signers.bit_count() >= config.quorum and are_votes_for(
        authentication, config, certificate.votes, statement
    )


def is_prepared(authentication: Authentication, config: Config, certificate: PreparedCertificate) -> bool:
    """Whether the primary of the view has signed that pre-prepare and 2f backups the PREPAREs that match it (section
    4.4: "a valid pre-prepare message ... and 2f matching, valid prepare messages signed by different backups")."""
    place = (certificate.view, certificate.sequence, certificate.digest)
    primary = config.primary(certificate.view)
    votes = certificate.prepares
    return (
        votes.signers.bit_count() >= config.quorum - 1
        and primary not in signers_of(config, votes)
        and authentication.has_signed(primary, PrePrepare(*place), certificate.pre_prepare)
        and are_votes_for(authentication, config, votes, Prepare(*place))
    )


def lowest(config: Config, signatures: Mapping[str, bytes], count: int) -> dict[str, bytes]:
    """`count` of the signatures, those of the first replicas in the configuration's order."""
    chosen: Iterable[str] = [replica for replica in config.replicas if replica in signatures][:count]
    return {replica: signatures[replica] for replica in chosen}
