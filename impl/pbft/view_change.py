"""View changes (section 4.4): what a NEW-VIEW must propose, computed alike by its primary and by the backups.

    min-s   "the sequence number of the latest stable checkpoint in V"
    max-s   "the highest sequence number in a prepare message in V"

For each number between them the new view proposes the digest that prepared in the highest view according to V, or the
null request where none did.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from .authentication import Authentication
from .certificates import is_prepared, is_stable
from .config import Config
from .encoding import Digest
from .messages import (
    NULL_DIGEST,
    CheckpointCertificate,
    NewView,
    PreparedCertificate,
    PrePrepare,
    Signature,
    Signed,
    ViewChange,
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a new view begins with: the stable checkpoint, and the digest of each sequence number above it."""

    stable: CheckpointCertificate
    digests: tuple[tuple[int, Digest], ...]


Rank = Callable[[PreparedCertificate], tuple[int, Digest]]


def by_view(certificate: PreparedCertificate) -> tuple[int, Digest]:
    """Certificates of one view and sequence number agree on the digest; it is here to make any choice the same one."""
    return certificate.view, certificate.digest


def make_plan(view_changes: Iterable[ViewChange], rank: Rank = by_view, fills_gaps: bool = True) -> Plan:
    """What follows from these view changes. Of certificates for one sequence number the one of the highest `rank`
    counts; a gap between them is filled by the null request."""
    view_changes = list(view_changes)
    stable = max((content.stable for content in view_changes), key=lambda certificate: certificate.sequence)
    chosen: dict[int, PreparedCertificate] = {}
    for content in view_changes:
        for certificate in content.prepared:
            if certificate.sequence > stable.sequence:
                other = chosen.get(certificate.sequence)
                if other is None or rank(certificate) > rank(other):
                    chosen[certificate.sequence] = certificate
    last = max(chosen, default=stable.sequence)
    numbers = range(stable.sequence + 1, last + 1) if fills_gaps else sorted(chosen)
    return Plan(
        stable,
        tuple((number, chosen[number].digest if number in chosen else NULL_DIGEST) for number in numbers),
    )


class ViewChanges:
    """The latest valid view change of each replica; what is not valid does not get in, and so masks nothing."""

    def __init__(self, config: Config, authentication: Authentication) -> None:
        self._config = config
        self._authentication = authentication
        self._latest: dict[str, Signed[ViewChange]] = {}

    def add(self, message: Signed[ViewChange]) -> None:
        """Keep `message` as its sender's latest."""
        self._latest[message.sender] = message

    def latest(self, replica: str) -> Signed[ViewChange] | None:
        return self._latest.get(replica)

    def views(self) -> dict[str, int]:
        """The view that each replica has last asked for."""
        return {replica: message.content.view for replica, message in sorted(self._latest.items())}

    def of(self, view: int) -> list[Signed[ViewChange]]:
        """Those for `view`, in the order of the configuration."""
        found = [self._latest[replica] for replica in self._config.replicas if replica in self._latest]
        return [message for message in found if message.content.view == view]

    def forget_before(self, view: int) -> None:
        """Views before `view` are over."""
        self._latest = {replica: message for replica, message in self._latest.items() if message.content.view >= view}

    def is_valid(self, content: ViewChange) -> bool:
        """Whether the checkpoint is stable, and each certificate is of an earlier view and a number of its own between
        the water marks that go with the checkpoint, and proves that the request prepared."""
        low = content.stable.sequence
        previous = low
        if not is_stable(self._authentication, self._config, content.stable):
            return False
        for certificate in content.prepared:
            if not previous < certificate.sequence <= low + self._config.window or certificate.view >= content.view:
                return False
            if not is_prepared(self._authentication, self._config, certificate):
                return False
            previous = certificate.sequence
        return True


def senders_of(messages: Sequence[Signed[ViewChange]]) -> frozenset[str]:
    """Distinct senders: what counts towards 2f + 1."""
    return frozenset(message.sender for message in messages)


def make_pre_prepares(
    authentication: Authentication, view: int, digests: Iterable[tuple[int, Digest]]
) -> tuple[Signed[PrePrepare], ...]:
    """O: a pre-prepare for each."""
    return tuple(authentication.sign(PrePrepare(view, sequence, digest)) for sequence, digest in digests)


def has_proposed(new_view: Signed[NewView], plan: Plan, authentication: Authentication) -> bool:
    """Whether O is what `plan` says, signed by the sender."""
    content = new_view.content
    proposed = [(message.content.sequence, message.content.digest) for message in content.pre_prepares]
    return proposed == list(plan.digests) and all(
        message.content.view == content.view
        and message.sender == new_view.sender
        and isinstance(message.proof, Signature)
        and authentication.is_authentic(message)
        for message in content.pre_prepares
    )
