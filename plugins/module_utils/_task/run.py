# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""From a task's options to its result: the groups of one task, side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

from .._change.assessment import NO_POLICIES
from .._change.converge import converge
from .._change.fingerprint import fleet_fingerprint
from .._change.plan import Group
from .._change.result import failed_result, group_result
from .._http.client import Client
from .._http.errors import CloudError
from .._options.options import Options, group_options
from .module import SecurityGroupModule
from .task import Cloud, OptionProblems, Task

if TYPE_CHECKING:
    from .progress import Progress

Result = dict[str, Any]
NO_DIFF = {"before": "", "after": ""}
GroupMaker = Callable[[Client], Group[Any]]


class GroupCloud(Cloud, Protocol):
    """What a module that changes groups supplies."""

    purpose: str  # completes "Failed to ... of security group sg-1"
    own_options: Mapping[str, tuple[str, ...]]  # the options that describe one group, with their aliases
    info_only_fields: Sequence[
        str
    ]  # what info modules tell of a group besides; accepted in an entry, and not looked at

    def group(self, options: Options, region: str, problems: OptionProblems) -> GroupMaker:
        """What is wanted of one group. Not to be used if a mistake was found."""


def run(module: SecurityGroupModule, cloud: GroupCloud) -> NoReturn:
    """Do what the task asks for, and end the module."""
    task = Task(module, cloud)
    groups = group_options(cloud.own_options, cloud.info_only_fields, task.parameters, task.problems.mistakes)
    region = task.options.text("region")
    single = task.parameters["groups"] is None
    if not single:
        module.record_briefly()
    makers = [cloud.group(options, region, task.problems) for options in let_go(groups)]
    progress = _progress(task, len(makers))
    task.begin(f"{cloud.purpose} of {which(task.options, single)}", nothing_done(task.parameters, single))

    def bring(maker: GroupMaker, preview: bool, approved: str) -> Result:
        client = task.client()
        group = maker(client)
        outcome = converge(group, client, preview, approved)
        return group_result(group, client, outcome, task.secrets)

    warnings: list[str] = []

    def bring_and_tell(work: tuple[GroupMaker, str]) -> Result:
        result = bring(work[0], module.check_mode, work[1])
        warnings.extend(result.pop("warnings", []))
        if progress:
            progress.tell(result)
        # Shortened at once: what a thousand groups hold twice, before and after, would stay until the end.
        return result if single else fleet_entry(result, task.parameters["return_unchanged"])

    approved = task.options.text("expected_fingerprint")
    each = [approved] if single or not approved else _approved_each(task, approved, bring, makers)
    works = list(zip(makers, each if approved else [""] * len(makers)))
    results = task.side_by_side(bring_and_tell, works)
    for warning in warnings:
        module.warn(warning)
    if progress and progress.trouble:
        module.warn(f"progress_file: {progress.trouble}")
    task.end(results[0] if single else fleet_result(results, task.parameters))


def let_go(groups: list[Options]) -> Iterator[Options]:
    """One after the other, kept by nobody: what users wrote of a thousand groups takes more room than its meaning."""
    groups.reverse()
    while groups:
        yield groups.pop()


def _progress(task: Task, total: int) -> Progress | None:
    path = task.options.text("progress_file")
    if not path:
        return None
    from .progress import Progress  # few tasks want it

    try:
        return Progress(path, total)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        task.options.wrong("progress_file", f"{path} cannot be written: {reason}")
        return None


def _approved_each(
    task: Task, approved: str, bring: Callable[[GroupMaker, bool, str], Result], makers: list[GroupMaker]
) -> list[str]:
    """What was approved as a whole, group by group, so that nothing is written before all groups were looked at.

    Ends the task if it is not what would be done now.
    """
    previews = [{**preview, "changed": False} for preview in task.side_by_side(lambda m: bring(m, True, ""), makers)]
    for preview in previews:
        preview.pop("warnings", None)
    each = [str(preview.get("fingerprint", "")) for preview in previews]
    if any(preview.get("failure", {}).get("kind") == "policy" for preview in previews):
        entries = [fleet_entry(preview, task.parameters["return_unchanged"]) for preview in previews]
        task.end(fleet_result(entries, task.parameters))
    if all(each) and fleet_fingerprint(each) == approved:
        return each
    reason = "what would be done now is not what was approved: a group or the task has changed since the preview"
    error = CloudError("conflict", reason)
    entries = [fleet_entry(preview, task.parameters["return_unchanged"]) for preview in previews]
    fleet = fleet_result(entries, task.parameters)
    task.end({**fleet, **failed_result("change several security groups", error, task.secrets)})


def which(options: Options, single: bool) -> str:
    """Return the security group, or the groups, of a task in words."""
    if not single:
        return "several security groups"
    return f"security group {options.text('security_group_id') or '(none given)'}"


def nothing_done(parameters: Mapping[str, Any], single: bool) -> Result:
    """Return the result of a task that ends before any group is read."""
    if not single:
        return {"region": parameters["region"], "groups": [], "diff": []}
    return {
        "security_group_id": parameters["security_group_id"],
        "region": parameters["region"],
        "before": None,
        "after": None,
        "diff": NO_DIFF,
        "actions": [],
        "impact": None,
        "lint": [],
        "policies": NO_POLICIES,
    }


def fleet_result(results: list[Result], parameters: Mapping[str, Any]) -> Result:
    """Return the result of a task with ``groups``, from the results of the groups."""
    failed = [result for result in results if "failure" in result]
    each = [result.get("fingerprint", "") for result in results]
    fleet: Result = {
        "changed": any(result["changed"] for result in results),
        "region": parameters["region"],
        "groups": results,
        "diff": [result["diff"] for result in results if result["changed"]],
        "fingerprint": fleet_fingerprint(each) if all(each) else None,
    }
    if failed:
        names = ", ".join(result["security_group_id"] for result in failed)
        fleet["msg"] = f"{len(failed)} of {len(results)} security groups failed: {names}."
        fleet["failure"] = failed[0]["failure"]
    return fleet


def fleet_entry(result: Result, return_unchanged: bool) -> Result:
    """Return the entry of one group in the result of a task with ``groups``."""
    entry = {**result, "failed": "failure" in result}
    if not return_unchanged and not entry["changed"] and not entry["failed"]:
        for name in ("before", "after", "actions"):
            del entry[name]
        entry["diff"] = NO_DIFF
    return entry
