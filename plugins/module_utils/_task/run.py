# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a task that changes groups, all of them concurrently."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .._change.assessment import NO_POLICIES
from .._change.contract import Group, GroupCloud
from .._change.converge import converge
from .._change.fingerprint import fleet_fingerprint
from .._change.outcome import NOT_APPROVED
from .._change.policy_options import check_shared_override
from .._change.result import failed_result, group_result
from .._http.errors import CloudError
from .._options.groups import group_options, release
from .._options.options import Options
from .module import SecurityGroupModule
from .task import Result, Task, TaskResult, missing_requests

if TYPE_CHECKING:
    from .progress import Progress

NO_DIFF = {"before": "", "after": ""}


def run(module: SecurityGroupModule, cloud: GroupCloud) -> TaskResult:
    """Carry out the task, and return its result."""
    missing = missing_requests()
    if missing:
        return missing
    task = Task(module.params, cloud, module.mistakes)
    options = group_options(cloud.own_options, cloud.info_only_fields, task.parameters, task.problems.mistakes)
    single = task.parameters["groups"] is None
    if not single:
        module.shorten_invocation()
    region = task.options.text("region")
    groups = [cloud.group(each, region, task.problems) for each in release(options)]
    check_shared_override(task.options, [group.criteria for group in groups])
    progress = _progress(task, len(groups))
    try:
        task.begin()
    except CloudError as error:
        purpose = f"{cloud.purpose} of {subject(task.options, single)}"
        return task.end_failed(error, purpose, nothing_done(task.parameters, single))
    runs = _GroupRuns(task, module.check_mode, single, progress)
    return runs.single(groups[0]) if single else runs.fleet(groups)


class _GroupRuns:
    """Carries out the work on the groups of one task. ``preview``: nothing is written."""

    def __init__(self, task: Task, preview: bool, single: bool, progress: Progress | None) -> None:
        self.task = task
        self.preview = preview
        self.single_group = single
        self.progress = progress
        self.approved = task.options.text("expected_fingerprint")
        self.warnings: list[str] = []

    def single(self, group: Group[Any]) -> TaskResult:
        return self._end(self._without_warnings([self._entry_of(group, self.approved)])[0])

    def fleet(self, groups: list[Group[Any]]) -> TaskResult:
        parameters = self.task.parameters
        approved = [""] * len(groups)
        if self.approved:
            # Nothing is written before all groups have been read and compared with the approval.
            previews = self.task.run_concurrently(lambda group: self._converged(group, True, ""), groups)
            refused = self._refusal(previews)
            if refused:
                return self._end(refused)
            approved = [preview["fingerprint"] for preview in previews]
        results = self.task.run_concurrently(lambda each: self._entry_of(*each), list(zip(groups, approved)))
        return self._end(fleet_result(self._without_warnings(results), parameters))

    def _entry_of(self, group: Group[Any], approved: str) -> Result:
        result = self._converged(group, self.preview, approved)
        if self.progress:
            self.progress.add(result)
        # Shortened immediately, or the states of a thousand groups would be kept until the end.
        return result if self.single_group else fleet_entry(result, self.task.parameters["return_unchanged"])

    def _converged(self, group: Group[Any], preview: bool, approved: str) -> Result:
        client = self.task.client()
        outcome = converge(group, client, preview, approved)
        return group_result(group, client, outcome, self.task.secrets)

    def _without_warnings(self, results: list[Result]) -> list[Result]:
        """Move the warnings of the groups to those of the task, in the order of the groups."""
        for result in results:
            self.warnings.extend(result.pop("warnings", []))
        return results

    def _refusal(self, previews: list[Result]) -> Result | None:
        """Return the result if the task must not go on, because of a policy or because another change was approved."""
        each = [str(preview.get("fingerprint", "")) for preview in previews]
        violated = any(preview.get("failure", {}).get("kind") == "policy" for preview in previews)
        if not violated and all(each) and fleet_fingerprint(each) == self.approved:
            return None
        self._without_warnings(previews)
        parameters = self.task.parameters
        entries = [fleet_entry(_not_made(preview), parameters["return_unchanged"]) for preview in previews]
        result = fleet_result(entries, parameters)
        if violated:
            return result
        error = CloudError("conflict", NOT_APPROVED)
        return {**result, **failed_result("change several security groups", error, self.task.secrets)}

    def _end(self, result: Result) -> TaskResult:
        write_error = self.progress.write_error if self.progress else ""
        return self.task.end(result, [*self.warnings, *([f"progress_file: {write_error}"] if write_error else [])])


def _progress(task: Task, total: int) -> Progress | None:
    path = task.options.text("progress_file")
    if not path:
        return None
    from .progress import Progress  # few tasks have the option

    try:
        return Progress(path, total)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        task.options.wrong("progress_file", f"{path} cannot be written: {reason}")
        return None


def subject(options: Options, single: bool) -> str:
    """Return the security group, or the groups, of a task in words."""
    if not single:
        return "several security groups"
    return f"security group {options.text('security_group_id') or '(none given)'}"


def nothing_done(parameters: Mapping[str, Any], single: bool) -> Result:
    """Return the result of a task that ended before any group was read."""
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


def _not_made(preview: Result) -> Result:
    """Return the result of a group whose change is not made, because the task stops before the first write."""
    actions = [
        {**action, "status": "not_run"} if action["status"] == "planned" else action for action in preview["actions"]
    ]
    diff = {**preview["diff"], "after": preview["diff"]["before"]}
    return {**preview, "changed": False, "after": preview["before"], "diff": diff, "actions": actions}


def fleet_entry(result: Result, return_unchanged: bool) -> Result:
    """Return the entry of one group in the result of a task with ``groups``."""
    entry = {**result, "failed": "failure" in result}
    if not return_unchanged and not entry["changed"] and not entry["failed"]:
        for name in ("before", "after", "actions"):
            del entry[name]
        entry["diff"] = NO_DIFF
    return entry
