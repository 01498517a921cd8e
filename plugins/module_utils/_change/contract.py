# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a cloud supplies: the protocols between the code that changes a group, which is shared, and the two vendors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from .._http.client import Client
from .._http.errors import Mistake
from .._keys.access import ServiceAccess, TaskClient
from .._options.filters import Filters
from .._options.options import Options
from .plan import Plan
from .policy_options import Criteria
from .state import S

if TYPE_CHECKING:
    from .._traffic.rules import Members
    from .._traffic.situation import Situation

Entry = dict[str, Any]


class Group(Protocol[S]):
    """One security group and its desired state."""

    @property
    def purpose(self) -> str:
        """What is done to which group. It completes "Failed to ..."."""

    @property
    def region(self) -> str:
        """The ID of the group's region."""

    @property
    def security_group_id(self) -> str:
        """The ID of the group, such as ``sg-1a2b3c``."""

    @property
    def may_replan(self) -> bool:
        """Whether a new plan can be made on top of another writer's change, so that this change is kept."""

    @property
    def criteria(self) -> Criteria:
        """The policies and the lint level that a change of the group is judged by."""

    def read(self, client: Client) -> S:
        """Return the current state. Raises CloudError."""

    def plan(self, before: S) -> Plan[S]:
        """Return the calls that lead to the desired state, and send nothing. Raises CloudError if none do."""

    def check(self, plan: Plan[S], client: Client) -> None:
        """Raise CloudError if the plan must not be carried out. May read more than the state."""

    def situation(self, before: S, after: S, members: Members | None, client: Client) -> Situation:
        """Return the rules of both directions before and after a change. May read them, and raise CloudError."""

    def extend_impact(self, impact: dict[str, Any], situation: Situation | None) -> dict[str, Any]:
        """Return the impact with the keys that only this cloud has. Without a situation, nothing is known to change."""

    def no_effect_hint(self) -> str:
        """Return the end of a sentence that may explain a confirmed write without effect, or ""."""

    def extra_results(self, plan: Plan[S]) -> dict[str, Any]:
        """Return further values of the result that belong to the plan."""


class GivenRule(NamedTuple):
    """One of the ``total`` rules that an option lists for a direction; ``number`` counts from 0."""

    direction: str
    number: int
    total: int


class OfflineGroup(Group[S], Protocol[S]):
    """A group whose current state comes from the options."""

    def given_rule(self, position: str) -> GivenRule | None:
        """Return the rule of the options at a position after the change, such as ``ingress[2]``.

        None if the rule there is not one of the options, but one that the group had before, or if there is no rule.
        """


class OptionProblems:
    """The mistakes in the options, and warnings about values that are probably not intended."""

    def __init__(self, mistakes: Sequence[Mistake] = ()) -> None:
        self.mistakes = list(mistakes)
        self.warnings: list[str] = []


class Cloud(Protocol):
    """What a module supplies about the service that it calls."""

    rates: Mapping[str, float]  # calls per second that the vendor documents for an action

    def access(self, options: Options, client: TaskClient) -> ServiceAccess:
        """Return the service and the keys to it. Records secrets in ``client`` and mistakes in ``options``."""


class GroupFactory(Protocol):
    """What a module supplies about the groups of a task."""

    purpose: str  # completes "Failed to ... of security group sg-1"
    own_options: Mapping[str, tuple[str, ...]]  # the options that describe one group, with their aliases
    info_only_fields: Sequence[str]  # further members of an info module's entries, which entries of ``groups`` may have

    def group(self, options: Options, region: str, problems: OptionProblems) -> Group[Any]:
        """Return a group and its desired state. It must not be used if a mistake was found."""


class OfflineCloud(GroupFactory, Protocol):
    """What a module supplies that makes no calls."""

    def group(self, options: Options, region: str, problems: OptionProblems) -> OfflineGroup[Any]:
        """Return a group and its desired state. It must not be used if a mistake was found."""


class GroupCloud(Cloud, GroupFactory, Protocol):
    """What a module that changes groups supplies."""


class Listing(Protocol):
    """The groups to return: those with certain IDs, or all that match the filters."""

    def entries(self, client: Client) -> list[Entry]:
        """Return the groups on every page, with all values that the list has. Raises CloudError."""

    def detail(self, client: Client, entry: Entry) -> Entry:
        """Return the entry with all values of the group. Raises CloudError."""


class InfoCloud(Cloud, Protocol):
    """What an info module supplies."""

    filters: Sequence[str]

    def check_id(self, identifier: str) -> None:
        """Raise ValueError if this cannot be the ID of a security group."""

    def listing(self, ids: list[str], filters: Filters, options: Options) -> Listing:
        """Return what to list. It must not be used if a mistake was found."""
