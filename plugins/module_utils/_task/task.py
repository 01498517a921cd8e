# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all groups of a task share: its options, one session and one rate of calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from ansible.module_utils.basic import missing_required_lib

from .._change.contract import Cloud, OptionProblems
from .._change.result import failed_result
from .._http.client import Client
from .._http.clock import Clock, Deadline
from .._http.errors import CloudError, Mistake, invalid_input
from .._http.pace import Pace
from .._http.transport import REQUESTS_IMPORT_ERROR, Transport
from .._keys.access import TaskClient
from .._options.options import Options
from .._options.service_options import account_option

Item = TypeVar("Item")
Output = TypeVar("Output")
Result = dict[str, Any]

# No plausible number of seconds or groups is larger, and the clocks of the system do not accept much larger ones.
MAX_NUMBER = 1_000_000
# A pool reserves a place for each connection.
MAX_CONNECTIONS = 1000


class TaskResult(NamedTuple):
    """The result of a task. ``values`` has ``failure`` if it failed; ``secrets`` must not be shown anywhere."""

    values: Result
    warnings: Sequence[str] = ()
    secrets: Iterable[str] = ()


def missing_requests() -> TaskResult | None:
    """Return the result of a task if the library ``requests`` is missing, None otherwise."""
    if not REQUESTS_IMPORT_ERROR:
        return None
    missing = CloudError("unsupported", missing_required_lib("requests"))
    return TaskResult({"msg": missing.reason, "exception": REQUESTS_IMPORT_ERROR, "failure": missing.as_result()})


class Task:
    """The common part of a task: create it, read the options of its groups, ``begin``, do the work, ``end``."""

    def __init__(self, parameters: Mapping[str, Any], cloud: Cloud, mistakes: Sequence[Mistake] = ()) -> None:
        self.parameters = parameters
        self.problems = OptionProblems(mistakes)
        self.options = Options(parameters, "", self.problems.mistakes)
        for name in ("timeout", "deadline", "max_concurrency"):
            if parameters[name] < 1:
                self.options.wrong(name, f"has to be 1 or more, not {parameters[name]}")
            elif parameters[name] > MAX_NUMBER:
                self.options.wrong(name, f"has to be {MAX_NUMBER} or less, not {parameters[name]}")
        self._clock = Clock()
        self._pace = Pace(self._clock, cloud.rates)
        self._client = TaskClient(self._clock, parameters["timeout"], parameters["deadline"])
        self.secrets = self._client.secrets
        self._access = cloud.access(self.options, self._client)
        self._account = account_option(self.options)

    def begin(self) -> None:
        """Open the session and check the key.

        Raises CloudError if mistakes were found, with all of them, if there is no valid key, or if the key belongs to
        another account than the expected one. Nothing is sent over the network if there are mistakes.
        """
        self._access.find_key(self.options)
        if self.problems.mistakes:
            raise invalid_input(self.problems.mistakes)
        self._client.transport = Transport(
            validate_certs=self.parameters["validate_certs"],
            ca_path=self.parameters["ca_path"],
            connections=min(self.parameters["max_concurrency"], MAX_CONNECTIONS),
        )
        self._access.check_account(self._account)
        self._client.serve_groups()

    def account_label(self) -> str:
        """Return a text that differs for each account and address, or "" if there are mistakes in the options.

        Calls no service of the cloud. Raises CloudError.
        """
        self._access.find_key(self.options)
        return "" if self.problems.mistakes else self._access.account_label()

    def client(self) -> Client:
        """Return a client for one group, whose deadline begins now."""
        service, transport = self._access.service, self._client.transport
        if service is None or transport is None:
            raise RuntimeError("no client exists before the task has begun")
        deadline = Deadline(self._clock, self.parameters["deadline"])
        return Client(service, transport, self._clock, deadline, self.parameters["timeout"], self._pace)

    def run_concurrently(self, work: Callable[[Item], Output], items: Iterable[Item]) -> list[Output]:
        """Return the results in the order of the items. A single item needs no thread."""
        items = list(items)
        workers = min(self.parameters["max_concurrency"], len(items))
        if workers < 2:
            return [work(item) for item in items]
        from concurrent.futures import ThreadPoolExecutor  # a single group does not need it

        with ThreadPoolExecutor(max_workers=workers) as pool:
            return list(pool.map(work, items))

    def end(self, values: Result, warnings: Iterable[str] = ()) -> TaskResult:
        """Close the session, and return the result. Calls for the whole task come first in ``actions``."""
        if self._client.transport is not None:
            self._client.transport.close()
        if self._client.records:
            calls = [record.as_result() for record in self._client.records]
            values["actions"] = calls + values.get("actions", [])
        return TaskResult(values, [*dict.fromkeys(self.problems.warnings), *warnings], self.secrets)

    def end_failed(self, error: CloudError, purpose: str, nothing_done: Mapping[str, Any]) -> TaskResult:
        """End a task that could not begin. ``purpose`` completes "Failed to ..."."""
        return self.end({"changed": False, **nothing_done, **failed_result(purpose, error, self.secrets)})
