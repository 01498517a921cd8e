# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a task that plans changes without any service, and write its report files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._change.assessment import Assessment
from .._change.contract import OfflineCloud, OfflineGroup, OptionProblems
from .._change.converge import converge
from .._change.policy_options import check_shared_override
from .._change.result import failed_result, group_result
from .._http.client import Client
from .._http.clock import Clock, Deadline
from .._http.errors import CloudError, Mistake, invalid_input
from .._http.pace import Pace
from .._http.transport import HttpRequest, HttpResponse, NotSent, Transport
from .._options.groups import group_options, release
from .._options.options import Options
from .module import SecurityGroupModule
from .run import fleet_entry, fleet_result, nothing_done, subject
from .task import Result, TaskResult

_Assessed = tuple[OfflineGroup[Any], Assessment]


class _NoTransport(Transport):
    """A transport that sends nothing, because the state of every group comes from the options."""

    def __init__(self) -> None:
        """There is no session to open."""

    def send(self, request: HttpRequest, timeout: float) -> HttpResponse:
        raise NotSent("this module makes no API calls", final=True)


class _NoService:
    """Implements the Service protocol."""

    def request(self, action: str, parameters: Mapping[str, Any]) -> HttpRequest:
        raise CloudError("unsupported", "this module makes no API calls", action=action)

    def parse(self, action: str, response: HttpResponse) -> tuple[dict[str, Any], str | None]:
        raise CloudError("unsupported", "this module makes no API calls", action=action)


def run_offline(module: SecurityGroupModule, cloud: OfflineCloud) -> TaskResult:
    """Plan and judge the changes of all groups as in check mode, and write the report files."""
    parameters = module.params
    problems = OptionProblems(module.mistakes)
    options = Options(parameters, "", problems.mistakes)
    each = group_options(cloud.own_options, cloud.info_only_fields, parameters, problems.mistakes)
    single = parameters["groups"] is None
    if not single:
        module.shorten_invocation()
    groups = [cloud.group(group, options.text("region"), problems) for group in release(each)]
    check_shared_override(options, [group.criteria for group in groups])
    warnings = list(dict.fromkeys(problems.warnings))
    if problems.mistakes:
        failure = failed_result(f"{cloud.purpose} of {subject(options, single)}", invalid_input(problems.mistakes), ())
        return TaskResult({"changed": False, **_nothing_planned(parameters, single), **failure}, warnings)
    results, assessments = [], []
    for group in groups:
        result, assessment = _preview(group)
        warnings += result.pop("warnings", [])
        results.append(result if single else fleet_entry(result, parameters["return_unchanged"]))
        assessments.append((group, assessment))
    whole = results[0] if single else fleet_result(results, parameters)
    for result in (*results, whole):
        result["changed"] = False  # this module changes nothing, whatever the planned change is
    return _reported(options, assessments, whole, warnings)


def _nothing_planned(parameters: Mapping[str, Any], single: bool) -> Result:
    result = nothing_done(parameters, single)
    return {"requests": [], **result} if single else result


def _reported(options: Options, assessments: list[_Assessed], whole: Result, warnings: list[str]) -> TaskResult:
    """Write the reports, and return the result of the task, which fails if that is not possible."""
    try:
        _report(options, assessments)
    except CloudError as error:
        failure = failed_result("write the reports", error, ())
        if "failure" in whole:  # what is wrong with the rules matters more
            return TaskResult(whole, [*warnings, failure["msg"]])
        return TaskResult({**whole, **failure}, warnings)
    return TaskResult(whole, warnings)


def _preview(group: OfflineGroup[Any]) -> tuple[Result, Assessment]:
    clock = Clock()
    client = Client(_NoService(), _NoTransport(), clock, Deadline(clock, 1), 1, Pace(clock, {}))
    outcome = converge(group, client, check_mode=True)
    return {"requests": [], **group_result(group, client, outcome, ())}, outcome.assessment


def _report(options: Options, assessments: list[_Assessed]) -> None:
    """Write the report files of the task, also in check mode, because they are for people and for CI servers.

    Raises CloudError if one cannot be written.
    """
    files = {name: options.text(name) for name in ("sarif_file", "junit_file")}
    if not any(files.values()):
        return
    from .._traffic.reports import junit, problems, sarif  # few tasks write files
    from .source_lines import SourceLines

    source = options.text("source")
    lines = SourceLines(source)
    found = [
        problem._replace(line=lines.line(group.security_group_id, group.given_rule(problem.at)))
        for group, assessed in assessments
        for problem in problems(group.security_group_id, assessed.violations, assessed.tolerated, assessed.lint)
    ]
    checked = list(dict.fromkeys(name for dummy, assessed in assessments for name in assessed.policies["checked"]))
    texts = {"sarif_file": sarif(found, source), "junit_file": junit(found, source, checked)}
    for name, path in files.items():
        if path:
            _write(name, path, texts[name])


def _write(option: str, path: str, text: str) -> None:
    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise invalid_input([Mistake(option, f"{path} cannot be written: {reason}")]) from error
