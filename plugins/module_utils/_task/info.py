# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run an info task: return the groups that match, with the values of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._change.contract import Entry, InfoCloud, Listing
from .._change.result import failed_result
from .._http.errors import CloudError, Mistake
from .._options.filters import Filters
from .task import Result, Task, TaskResult, missing_requests


def run_info(
    parameters: Mapping[str, Any], cloud: InfoCloud, mistakes: Sequence[Mistake] = (), *, details: bool = True
) -> TaskResult:
    """Return the result of an info task. Without ``details``, each group only has the values of the list.

    ``mistakes`` are those that were already found in the options.
    """
    missing = missing_requests()
    if missing:
        return missing
    task = Task(parameters, cloud, mistakes)
    ids = list(dict.fromkeys(task.options.texts("security_group_ids", cloud.check_id)))
    listing = cloud.listing(ids, Filters(task.options, cloud.filters), task.options)
    result: Result = {"changed": False, "region": parameters["region"], "security_groups": []}
    try:
        task.begin()
    except CloudError as error:
        return task.end_failed(error, "read security groups", result)
    try:
        entries = _ordered(listing.entries(task.client()), ids)
        found = task.run_concurrently(lambda entry: _detail(task, listing, entry), entries) if details else entries
        result["security_groups"] = [entry for entry in found if entry is not None]
        _require_all(task, ids, result["security_groups"])
    except CloudError as error:
        result.update(failed_result(f"read security groups in {result['region']}", error, task.secrets))
    return task.end(result)


def _detail(task: Task, listing: Listing, entry: Entry) -> Entry | None:
    try:
        return listing.detail(task.client(), entry)
    except CloudError as error:
        if error.kind == "not_found":  # deleted since it was listed
            return None
        raise


def _require_all(task: Task, ids: list[str], entries: list[Entry]) -> None:
    found = {entry["security_group_id"] for entry in entries}
    missing = [identifier for identifier in ids if identifier not in found]
    if missing:
        condition = " matches the filters" if task.options.given("filters") else " exists"
        raise CloudError("not_found", f"no security group with the ID {' or '.join(missing)}{condition}")


def _ordered(entries: list[Entry], ids: list[str]) -> list[Entry]:
    """Return each entry once, because a list may grow meanwhile: in the order of the IDs, or else sorted by ID."""
    by_id = {entry["security_group_id"]: entry for entry in entries}
    order = [identifier for identifier in ids if identifier in by_id] if ids else sorted(by_id)
    return [by_id[identifier] for identifier in order]
