# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""What all the work of one task shares: its options, one session, one pace, and how it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn, Protocol, TypeVar

from ansible.module_utils.basic import missing_required_lib

from .._change.result import failed_result
from .._http.client import Client
from .._http.clock import Clock, Deadline
from .._http.errors import CloudError, Mistake, invalid_input
from .._http.pace import Pace
from .._http.transport import REQUESTS_IMPORT_ERROR, Transport
from .._keys.access import ServiceAccess, TaskClient
from .._options.options import Options
from .._options.service_options import account_option
from .module import SecurityGroupModule

Item = TypeVar("Item")
Made = TypeVar("Made")


# More seconds, or groups at a time, than anybody can mean; the system's clocks take no number of any size.
MAX_NUMBER = 1_000_000
# A pool has a place for each from the beginning.
MOST_CONNECTIONS = 1000


@dataclass
class OptionProblems:
    """What is wrong and what is odd about the options."""

    mistakes: list[Mistake] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


class Cloud(Protocol):
    """What a module supplies about the API it speaks to."""

    rates: Mapping[str, float]  # the calls a second that the vendor documents for an action

    def access(self, options: Options, calls: TaskClient) -> ServiceAccess:
        """The API to speak to and the keys to it. Tells C(calls) the secrets that no result may hold."""


class Task:
    """The frame of a task. C(failed_sentence) begins the message about wrong options: "Failed to ..."."""

    def __init__(self, module: SecurityGroupModule, cloud: Cloud) -> None:
        if REQUESTS_IMPORT_ERROR:
            missing = CloudError("unsupported", missing_required_lib("requests"))
            module.fail_json(msg=missing.reason, exception=REQUESTS_IMPORT_ERROR, failure=missing.report())
        self.module = module
        self.parameters: Mapping[str, Any] = module.params
        self.problems = OptionProblems(list(module.mistakes))
        self.options = Options(self.parameters, "", self.problems.mistakes)
        for name in ("timeout", "deadline", "max_concurrency"):
            if self.parameters[name] < 1:
                self.options.wrong(name, f"has to be 1 or more, not {self.parameters[name]}")
            elif self.parameters[name] > MAX_NUMBER:
                self.options.wrong(name, f"has to be {MAX_NUMBER} or less, not {self.parameters[name]}")
        self._clock = Clock()
        self._pace = Pace(self._clock, cloud.rates)
        self._calls = TaskClient(self._clock, self.parameters["timeout"], self.parameters["deadline"])
        self.secrets = self._calls.secrets
        self._access = cloud.access(self.options, self._calls)
        self._account = account_option(self.options)

    def begin(self, purpose: str, nothing_done: Mapping[str, Any]) -> None:
        """Go on to the network, or end the module with the result of having done nothing.

        It ends with all mistakes that were found, without a key, or with the key of an account that is not meant.
        """
        for warning in dict.fromkeys(self.problems.warnings):
            self.module.warn(warning)
        if self.problems.mistakes:
            error = invalid_input(self.problems.mistakes)
            sentence = f"Failed to {purpose}: {error.reason}."
            self.end({"changed": False, **nothing_done, "failure": error.report(), "msg": sentence})
        self._calls.transport = Transport(
            validate_certs=self.parameters["validate_certs"],
            ca_path=self.parameters["ca_path"],
            connections=min(self.parameters["max_concurrency"], MOST_CONNECTIONS),
        )
        try:
            self._access.check(self._account)
        except CloudError as error:
            self.end({"changed": False, **nothing_done, **failed_result(purpose, error, self.secrets)})
        self._calls.hurry()

    def account_label(self) -> str:
        """Whose groups the task sees, and where; "" if a mistake was found. No service is called. CloudError."""
        return self._access.account_label()

    def client(self) -> Client:
        """A client with a deadline of its own, which begins now."""
        service, transport = self._access.service, self._calls.transport
        if service is None or transport is None:
            raise RuntimeError("a client before the task has begun")
        deadline = Deadline(self._clock, self.parameters["deadline"])
        return Client(service, transport, self._clock, deadline, self.parameters["timeout"], self._pace)

    def side_by_side(self, work: Callable[[Item], Made], items: Iterable[Item]) -> list[Made]:
        """The results in the order of the items. A single item needs no thread."""
        items = list(items)
        workers = min(self.parameters["max_concurrency"], len(items))
        if workers < 2:
            return [work(item) for item in items]
        from concurrent.futures import ThreadPoolExecutor  # a converged single group does not need it

        with ThreadPoolExecutor(max_workers=workers) as pool:
            return list(pool.map(work, items))

    def end(self, result: dict[str, Any]) -> NoReturn:
        """End the module; a result with a failure is one. Calls for the whole task come first in C(actions)."""
        if self._calls.transport is not None:
            self._calls.transport.close()
        if self._calls.records:
            calls = [record.report() for record in self._calls.records]
            result["actions"] = calls + result.get("actions", [])
        self.module.no_log_values.update(self.secrets)
        if "failure" in result:
            self.module.fail_json(**result)
        self.module.exit_json(**result)
