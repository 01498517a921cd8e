# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The frame of a task that plans and judges changes without a network, and writes what it finds to report files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from .._change.assessment import Assessment
from .._change.converge import converge
from .._change.result import group_result
from .._http.client import Client
from .._http.clock import Clock, Deadline
from .._http.errors import CloudError, invalid_input
from .._http.pace import Pace
from .._http.transport import HttpRequest, HttpResponse, NotSent, Transport
from .._options.options import Options, group_options
from .module import SecurityGroupModule
from .run import GroupCloud, GroupMaker, Result, fleet_entry, fleet_result, let_go, nothing_done, which
from .task import OptionProblems


class _Nowhere(Transport):
    """A transport that sends nothing: the state of every group comes from the options."""

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


def run_offline(module: SecurityGroupModule, cloud: GroupCloud) -> NoReturn:
    """Plan and judge the changes of all groups as in check mode, write the report files, and end the module."""
    parameters = module.params
    problems = OptionProblems(list(module.mistakes))
    options = Options(parameters, "", problems.mistakes)
    groups = group_options(cloud.own_options, cloud.info_only_fields, parameters, problems.mistakes)
    single = parameters["groups"] is None
    if not single:
        module.record_briefly()
    makers = [cloud.group(each, options.text("region"), problems) for each in let_go(groups)]
    for warning in dict.fromkeys(problems.warnings):
        module.warn(warning)
    if problems.mistakes:
        error = invalid_input(problems.mistakes)
        sentence = f"Failed to {cloud.purpose} of {which(options, single)}: {error.reason}."
        module.fail_json(msg=sentence, changed=False, failure=error.report(), **nothing_done(parameters, single))
    results, assessments = [], []
    for maker in makers:
        result, assessment = _preview(maker)
        for warning in result.pop("warnings", []):
            module.warn(warning)
        results.append(result if single else fleet_entry(result, parameters["return_unchanged"]))
        assessments.append((result["security_group_id"], assessment))
    _report(module, options, assessments)
    whole = results[0] if single else fleet_result(results, parameters)
    for result in (*results, whole):
        result["changed"] = False  # nothing is, whatever the task that this one stands for would do
    if "failure" in whole:
        module.fail_json(**whole)
    module.exit_json(**whole)


def _preview(maker: GroupMaker) -> tuple[Result, Assessment]:
    clock = Clock()
    client = Client(_NoService(), _Nowhere(), clock, Deadline(clock, 1), 1, Pace(clock, {}))
    group = maker(client)
    outcome = converge(group, client, check_mode=True)
    return {"requests": [], **group_result(group, client, outcome, ())}, outcome.assessment


def _report(module: SecurityGroupModule, options: Options, assessments: list[tuple[str, Assessment]]) -> None:
    """Write the report files that the task asks for; they are for humans and CI servers, so check mode writes them."""
    files = {name: options.text(name) for name in ("sarif_file", "junit_file")}
    if not any(files.values()):
        return
    from .._traffic.reports import junit, problems, sarif  # few tasks write files

    found = [
        problem
        for group, assessed in assessments
        for problem in problems(group, assessed.violations, assessed.tolerated, assessed.lint)
    ]
    checked = list(dict.fromkeys(name for dummy, assessed in assessments for name in assessed.policies["checked"]))
    source = options.text("source")
    texts = {"sarif_file": sarif(found, source), "junit_file": junit(found, source, checked)}
    for name, path in files.items():
        try:
            if path:
                with open(path, "w", encoding="utf-8") as file:
                    file.write(texts[name])
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            module.fail_json(msg=f"Failed to write {path}: {reason}.", changed=False, failure=_unwritten(name, path))


def _unwritten(name: str, path: str) -> dict[str, Any]:
    error = CloudError("invalid_input", f"{path} cannot be written")
    error.details["errors"] = [{"path": name, "message": error.reason}]
    return error.report()
