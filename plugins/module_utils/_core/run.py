# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""From a task's options to its result: the groups of one task, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Callable, NoReturn, Protocol

from ansible.module_utils.basic import missing_required_lib

from .arguments import Module
from .clock import Clock, Deadline
from .converge import converge
from .conversation import Conversation, Service
from .errors import Mistake, invalid_input
from .options import Options, group_options
from .pace import Pace
from .plan import Group
from .result import group_result
from .transport import REQUESTS_IMPORT_ERROR, Transport

GroupMaker = Callable[[Conversation], Group[Any]]


@dataclass
class Findings:
    """What is wrong and what is odd about the options."""

    mistakes: list[Mistake] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


class Cloud(Protocol):
    """What a module supplies about its cloud."""

    purpose: str  # completes "Failed to ... of security group sg-1"
    own_options: Mapping[str, tuple[str, ...]]  # the options that describe one group, with their aliases
    rates: Mapping[str, float]  # the calls a second that the vendor documents for an action

    def service(self, options: Options, clock: Clock) -> tuple[Service | None, frozenset[str]]:
        """The API to speak to and the secrets that no result may hold. None if a mistake was found."""

    def group(self, options: Options, region: str, findings: Findings) -> GroupMaker:
        """What is wanted of one group. Not to be used if a mistake was found."""


def run(module: Module, cloud: Cloud) -> NoReturn:
    """Do what the task asks for, and end the module."""
    if REQUESTS_IMPORT_ERROR:
        module.fail_json(msg=missing_required_lib("requests"), exception=REQUESTS_IMPORT_ERROR)
    _Task(module, cloud).run()


class _Task:
    def __init__(self, module: Module, cloud: Cloud) -> None:
        self.module = module
        self.cloud = cloud
        self.clock = Clock()
        self.parameters: dict[str, Any] = module.params
        self.single = self.parameters["groups"] is None

    def run(self) -> NoReturn:
        service, secrets, makers = self._read_options()
        transport = Transport(
            validate_certs=self.parameters["validate_certs"],
            ca_path=self.parameters["ca_path"],
            connections=self.parameters["max_concurrency"],
        )

        pace = Pace(self.clock, self.cloud.rates)

        def bring(maker: GroupMaker) -> dict[str, Any]:
            deadline = Deadline(self.clock, self.parameters["deadline"])
            conversation = Conversation(service, transport, self.clock, deadline, self.parameters["timeout"], pace)
            group = maker(conversation)
            outcome = converge(group, conversation, self.module.check_mode)
            return group_result(group, conversation, outcome, secrets)

        results = _side_by_side(bring, makers, self.parameters["max_concurrency"])
        transport.close()
        if self.single:
            self._end(results[0], "failure" in results[0])
        self._end(_fleet_result(results, self.parameters), any("failure" in result for result in results))

    def _read_options(self) -> tuple[Service, frozenset[str], list[GroupMaker]]:
        findings = Findings()
        task = Options(self.parameters, "", findings.mistakes)
        for name in ("timeout", "deadline", "max_concurrency"):
            if self.parameters[name] < 1:
                task.wrong(name, f"has to be 1 or more, not {self.parameters[name]}")
        service, secrets = self.cloud.service(task, self.clock)
        region = task.text("region")
        groups = group_options(self.cloud.own_options, self.parameters, findings.mistakes)
        makers = [self.cloud.group(options, region, findings) for options in groups]
        for warning in findings.warnings:
            self.module.warn(warning)
        if findings.mistakes or service is None:
            self._refuse(findings.mistakes)
        return service, secrets, makers

    def _refuse(self, mistakes: list[Mistake]) -> NoReturn:
        error = invalid_input(mistakes)
        which = f"of security group {self.parameters['security_group_id'] or '(none given)'}" if self.single else ""
        sentence = f"Failed to {self.cloud.purpose} {which or 'of several security groups'}: {error.reason}."
        result: dict[str, Any] = {"changed": False, "failure": error.report(), "msg": sentence}
        if self.single:
            result.update(
                security_group_id=self.parameters["security_group_id"],
                region=self.parameters["region"],
                before=None,
                after=None,
                diff={"before": "", "after": ""},
                actions=[],
            )
        else:
            result.update(groups=[], diff=[])
        self._end(result, failed=True)

    def _end(self, result: dict[str, Any], failed: bool) -> NoReturn:
        if failed:
            self.module.fail_json(**result)
        self.module.exit_json(**result)


def _side_by_side(
    bring: Callable[[GroupMaker], dict[str, Any]], makers: list[GroupMaker], concurrency: int
) -> list[dict[str, Any]]:
    """The results in the order of the groups. A single group needs no thread."""
    if len(makers) < 2 or concurrency == 1:
        return [bring(maker) for maker in makers]
    from concurrent.futures import ThreadPoolExecutor  # a converged single group does not need it

    with ThreadPoolExecutor(max_workers=min(concurrency, len(makers))) as pool:
        return list(pool.map(bring, makers))


def _fleet_result(results: list[dict[str, Any]], parameters: Mapping[str, Any]) -> dict[str, Any]:
    diffs = [result["diff"] for result in results if result["changed"]]
    failed = [result for result in results if "failure" in result]
    fleet: dict[str, Any] = {
        "changed": any(result["changed"] for result in results),
        "region": parameters["region"],
        "groups": [_fleet_entry(result, parameters["return_unchanged"]) for result in results],
        "diff": diffs,
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
