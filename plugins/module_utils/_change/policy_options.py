# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options that judge a change before it is made: policies, known members of groups, and lint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from .._http.errors import Mistake
from .._options.options import Options

if TYPE_CHECKING:
    from .._traffic.flows import Policies
    from .._traffic.rules import Members

LINT = ("warn", "error", "off")
POLICY_OPTIONS: dict[str, tuple[str, ...]] = {"protect": (), "forbid": (), "override": (), "known_members": ()}


class Criteria(NamedTuple):
    """What a change of one group is judged by. ``policies`` and ``members`` are None if their options are not given."""

    policies: Policies | None = None
    members: Members | None = None
    lint: str = "off"

    @property
    def is_unconditional(self) -> bool:
        """Whether a group is judged even if nothing changes."""
        return self.lint == "error" or bool(self.policies and self.policies.policies)


NO_CRITERIA = Criteria()


def policy_spec() -> dict[str, dict[str, Any]]:
    """Return the argument spec of the policies and known members, which every module that changes groups has."""
    return {
        "protect": {"type": "list", "elements": "dict"},
        "forbid": {"type": "list", "elements": "raw"},
        "override": {"type": "dict"},
        "known_members": {"type": "dict"},
    }


def lint_spec() -> dict[str, dict[str, Any]]:
    """Return the argument spec of the option ``lint``, which modules that write rules have."""
    return {"lint": {"type": "str", "choices": list(LINT), "default": "warn"}}


def read_criteria(options: Options, with_lint: bool) -> Criteria:
    """Read the options of one group, and record every mistake in them."""
    lint = options.choice("lint", LINT, "warn") if with_lint else "off"
    if not any(options.given(name) for name in POLICY_OPTIONS):
        return Criteria(lint=lint)
    from .._traffic.flows import parse_policies  # most tasks have no policies
    from .._traffic.lint import KINDS
    from .._traffic.rules import parse_members

    policies, mistakes = parse_policies(
        options.entries("protect"),
        options.entries("forbid"),
        options.mapping("override") if options.given("override") else None,
        other_names=KINDS if lint == "error" else (),
    )
    if options.is_inherited("override"):  # another group may have the policy: check_shared_override
        mistakes = [mistake for mistake in mistakes if not mistake[0].startswith("override.policies[")]
    members, wrong = parse_members(options.mapping("known_members"))
    for path, message in mistakes + wrong:
        name = path.replace("[", ".", 1).partition(".")[0]
        options.mistakes.append(Mistake(f"{options.path(name)}{path[len(name) :]}", message))
    return Criteria(policies, members, lint)


def check_shared_override(options: Options, groups: Sequence[Criteria]) -> None:
    """Record a mistake for each policy that the ``override`` of a task with ``groups`` names and no group has.

    The policies of one group may be others than those of the next.
    """
    if not (groups and options.given("groups") and options.given("override")):
        return
    from .._traffic.flows import parse_policies
    from .._traffic.lint import KINDS

    names: list[str] = []
    for group in groups:
        names += [policy.flow.name for policy in group.policies.policies] if group.policies else []
        names += KINDS if group.lint == "error" else ()
    dummy, mistakes = parse_policies(override=options.mapping("override"), other_names=list(dict.fromkeys(names)))
    options.mistakes += [Mistake(path, message) for path, message in mistakes]
