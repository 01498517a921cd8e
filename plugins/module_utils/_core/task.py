# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""What all the work of one task shares: its options, one session, one pace, and how it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn, Protocol, TypeVar

from ansible.module_utils.basic import missing_required_lib

from .arguments import Module
from .clock import Clock, Deadline
from .conversation import Conversation, Service
from .errors import CloudError, Mistake, invalid_input
from .options import Options
from .pace import Pace
from .transport import REQUESTS_IMPORT_ERROR, Transport

Item = TypeVar("Item")
Made = TypeVar("Made")


@dataclass
class Findings:
    """What is wrong and what is odd about the options."""

    mistakes: list[Mistake] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


class Cloud(Protocol):
    """What a module supplies about the API it speaks to."""

    rates: Mapping[str, float]  # the calls a second that the vendor documents for an action

    def service(self, options: Options, clock: Clock) -> tuple[Service | None, frozenset[str]]:
        """The API to speak to and the secrets that no result may hold. None if a mistake was found."""


class Task:
    """The frame of a task. C(failed_sentence) begins the message about wrong options: "Failed to ..."."""

    def __init__(self, module: Module, cloud: Cloud) -> None:
        if REQUESTS_IMPORT_ERROR:
            missing = CloudError("unsupported", missing_required_lib("requests"))
            module.fail_json(msg=missing.reason, exception=REQUESTS_IMPORT_ERROR, failure=missing.report())
        self.module = module
        self.parameters: Mapping[str, Any] = module.params
        self.findings = Findings()
        self.options = Options(self.parameters, "", self.findings.mistakes)
        for name in ("timeout", "deadline", "max_concurrency"):
            if self.parameters[name] < 1:
                self.options.wrong(name, f"has to be 1 or more, not {self.parameters[name]}")
        self._clock = Clock()
        self._pace = Pace(self._clock, cloud.rates)
        self._service, self.secrets = cloud.service(self.options, self._clock)
        self._transport: Transport | None = None

    def begin(self, purpose: str, nothing_done: Mapping[str, Any]) -> None:
        """Go on to the network, or end the module with all mistakes and the result of having done nothing."""
        for warning in self.findings.warnings:
            self.module.warn(warning)
        if self.findings.mistakes:
            error = invalid_input(self.findings.mistakes)
            sentence = f"Failed to {purpose}: {error.reason}."
            self.end({"changed": False, **nothing_done, "failure": error.report(), "msg": sentence})
        self._transport = Transport(
            validate_certs=self.parameters["validate_certs"],
            ca_path=self.parameters["ca_path"],
            connections=self.parameters["max_concurrency"],
        )

    def conversation(self) -> Conversation:
        """A conversation with a deadline of its own, which begins now."""
        if self._service is None or self._transport is None:
            raise RuntimeError("a conversation before the task has begun")
        deadline = Deadline(self._clock, self.parameters["deadline"])
        return Conversation(
            self._service, self._transport, self._clock, deadline, self.parameters["timeout"], self._pace
        )

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
        """End the module; a result with a failure is one."""
        if self._transport is not None:
            self._transport.close()
        if "failure" in result:
            self.module.fail_json(**result)
        self.module.exit_json(**result)
