# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The memory of ClientTokens. Source: alibaba_ecs.md 4, open questions 10.1."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.cloud_simulator.aliyun.errors import ApiError
from tests.cloud_simulator.aliyun.switches import SwitchBoard
from tests.cloud_simulator.exchange import Clock

_TOKEN = re.compile(r"[ -~]{1,64}")  # printable ASCII

Answer = Mapping[str, Any]

_RETENTION = {"24h": 86400.0, "10min": 600.0, "1min": 60.0, "none": 0.0}
_NEWER_TEXT = "Request uses a client token in a previous request but is not identical to that request."


@dataclass(frozen=True)
class TokenedWrite:
    """A write with a ClientToken. ``parameters`` are all business parameters, including the token."""

    account: str
    region: str
    action: str
    group: str
    token: str
    parameters: Mapping[str, str]


@dataclass
class _Memory:
    """The outcome of the first call with a token.

    Without a response or a refusal, the call failed, and its token is burnt.
    """

    parameters: Mapping[str, str]
    forgotten_at: float
    processing_left: int
    answer: Answer | None = None
    refusal: ApiError | None = None


class ClientTokens:
    """Performs a write once per token, and returns the first response to every repetition."""

    def __init__(self, clock: Clock, switches: SwitchBoard) -> None:
        self._clock = clock
        self._switches = switches
        self._memories: dict[tuple[str, ...], _Memory] = {}
        self._groups_failed_once: set[str] = set()

    def clear(self) -> None:
        """Forget every token."""
        self._memories.clear()
        self._groups_failed_once.clear()

    def fail_again(self) -> None:
        """Make the next first write of every group fail again, under ``idempotent_failed: without_effect``."""
        self._groups_failed_once.clear()

    def perform(self, write: TokenedWrite, effect: Callable[[], Answer]) -> Answer:
        """Return the response of ``effect``, or that of the earlier call with the same token.

        Raises ApiError otherwise.
        """
        if not _TOKEN.fullmatch(write.token):
            raise ApiError("InvalidClientToken.ValueNotSupported")
        memory = self._memories.get(self._key(write))
        if memory is None or self._clock.now() >= memory.forgotten_at:
            return self._first(write, effect)
        return self._repeat(write, memory)

    def _first(self, write: TokenedWrite, effect: Callable[[], Answer]) -> Answer:
        forgotten_at = self._clock.now() + _RETENTION[self._switches["client_token_retention"]]
        memory = _Memory(write.parameters, forgotten_at, int(self._switches["idempotent_processing"]))
        self._memories[self._key(write)] = memory
        if self._switches["idempotent_failed"] == "without_effect" and write.group not in self._groups_failed_once:
            self._groups_failed_once.add(write.group)
            raise ApiError("InternalError")
        try:
            memory.answer = effect()
        except ApiError as refusal:
            self._after_refusal(write, memory, refusal)
            raise
        return memory.answer

    def _after_refusal(self, write: TokenedWrite, memory: _Memory, refusal: ApiError) -> None:
        if self._switches["client_token_after_refusal"] == "forgotten":
            del self._memories[self._key(write)]
        elif self._switches["client_token_after_refusal"] == "replayed":
            memory.refusal = refusal

    def _repeat(self, write: TokenedWrite, memory: _Memory) -> Answer:
        if memory.parameters != write.parameters:
            raise self._mismatch()
        if memory.processing_left > 0:
            memory.processing_left -= 1
            raise ApiError(self._switches["idempotent_processing_code"])
        if memory.refusal is not None:
            raise memory.refusal
        if memory.answer is None or self._switches["idempotent_failed"] == "after_effect":
            raise ApiError("IdempotentFailed")
        return memory.answer

    def _key(self, write: TokenedWrite) -> tuple[str, ...]:
        scope = self._switches["client_token_scope"]
        if scope == "account":
            return (write.token, write.account)
        if scope == "account_region":
            return (write.token, write.account, write.region)
        return (write.token, write.account, write.region, write.action)

    def _mismatch(self) -> ApiError:
        kind = self._switches["idempotent_parameter_mismatch"]
        if kind == "403":
            return ApiError("IdempotentParameterMismatch", "The specified clientToken is used.", status=403)
        if kind == "400_newer_text":
            return ApiError("IdempotentParameterMismatch", _NEWER_TEXT)
        return ApiError("IdempotentParameterMismatch" if kind == "400" else kind)
