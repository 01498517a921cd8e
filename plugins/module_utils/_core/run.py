# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""From a task's options to its result: the groups of one task, side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn, Protocol

from .arguments import Module
from .converge import converge
from .conversation import Conversation
from .options import Options, group_options
from .plan import Group
from .result import group_result
from .task import Cloud, Findings, Task

GroupMaker = Callable[[Conversation], Group[Any]]


class GroupCloud(Cloud, Protocol):
    """What a module that changes groups supplies."""

    purpose: str  # completes "Failed to ... of security group sg-1"
    own_options: Mapping[str, tuple[str, ...]]  # the options that describe one group, with their aliases
    told_only: Sequence[str]  # what info modules tell of a group besides; accepted in an entry, and not looked at

    def group(self, options: Options, region: str, findings: Findings) -> GroupMaker:
        """What is wanted of one group. Not to be used if a mistake was found."""


def run(module: Module, cloud: GroupCloud) -> NoReturn:
    """Do what the task asks for, and end the module."""
    task = Task(module, cloud)
    groups = group_options(cloud.own_options, cloud.told_only, task.parameters, task.findings.mistakes)
    region = task.options.text("region")
    makers = [cloud.group(options, region, task.findings) for options in groups]
    single = task.parameters["groups"] is None
    task.begin(f"{cloud.purpose} of {_which(task.options, single)}", _nothing_done(task.parameters, single))

    def bring(maker: GroupMaker) -> dict[str, Any]:
        conversation = task.conversation()
        group = maker(conversation)
        outcome = converge(group, conversation, module.check_mode)
        return group_result(group, conversation, outcome, task.secrets)

    results = task.side_by_side(bring, makers)
    task.end(results[0] if single else _fleet_result(results, task.parameters))


def _which(options: Options, single: bool) -> str:
    if not single:
        return "several security groups"
    return f"security group {options.text('security_group_id') or '(none given)'}"


def _nothing_done(parameters: Mapping[str, Any], single: bool) -> dict[str, Any]:
    if not single:
        return {"region": parameters["region"], "groups": [], "diff": []}
    return {
        "security_group_id": parameters["security_group_id"],
        "region": parameters["region"],
        "before": None,
        "after": None,
        "diff": {"before": "", "after": ""},
        "actions": [],
    }


def _fleet_result(results: list[dict[str, Any]], parameters: Mapping[str, Any]) -> dict[str, Any]:
    failed = [result for result in results if "failure" in result]
    fleet: dict[str, Any] = {
        "changed": any(result["changed"] for result in results),
        "region": parameters["region"],
        "groups": [_fleet_entry(result, parameters["return_unchanged"]) for result in results],
        "diff": [result["diff"] for result in results if result["changed"]],
    }
    if failed:
        names = ", ".join(result["security_group_id"] for result in failed)
        fleet["msg"] = f"{len(failed)} of {len(results)} security groups failed: {names}."
        fleet["failure"] = failed[0]["failure"]
    return fleet


def _fleet_entry(result: dict[str, Any], return_unchanged: bool) -> dict[str, Any]:
    entry = {**result, "failed": "failure" in result}
    if not return_unchanged and not entry["changed"] and not entry["failed"]:
        for name in ("before", "after", "actions", "diff"):
            del entry[name]
    return entry
