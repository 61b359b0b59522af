"""Walks that only ask whether an action allows some step: ENABLED, and `\\cdot` of a step that is known."""

from __future__ import annotations

from typing import Any

from ...model.semantics import ir
from ...model.semantics.enabled import with_own_variables
from .bindings import Context
from .walk import Walk


def composition_test(walks: type[Walk], emitter: Any, node: ir.TemporalOperator, context: Context) -> str:
    """`A \\cdot B` of a step that is known: whether A leads to some state from which B is the rest of it."""
    name = emitter.fresh("f")
    current, following = emitter.current, emitter.following

    def finish(walk: Walk) -> None:
        reached, kept = walk.assigned, emitter.writer.scopes
        emitter.current, emitter.following, emitter.writer.scopes = dict(reached), following, [{}]
        with walk.when(emitter.test(node.args[1], Context(context.env))):
            walk.succeed()
        emitter.current, emitter.following, emitter.writer.scopes = current, reached, kept

    emitter.following = {}
    walk = walks(emitter, finish, is_test=True)
    with walk.function(name):
        walk.run(node.args[0], Context(context.env))
    emitter.following = following
    return f"{name}()"


def enabled_test(walks: type[Walk], emitter: Any, node: ir.Enabled, context: Context) -> str:
    """`ENABLED A`: whether the walk of A finds any next state."""
    name = emitter.fresh("enabled")
    current, following, is_init = emitter.current, emitter.following, emitter.is_init
    if context.primed or is_init:
        emitter.current, emitter.is_init = emitter.whole_next_state(), False
    emitter.following = {}
    program = emitter.program
    action = (
        with_own_variables(node.action, node.own, program.resolve, program.own_variable) if node.own else node.action
    )
    walk = walks(emitter, lambda walk: walk.succeed(), is_test=True, own_variables=len(program.own_variables))
    with walk.function(name):
        walk.run(action, Context(context.env))
    emitter.current, emitter.following, emitter.is_init = current, following, is_init
    return f"{name}()"
