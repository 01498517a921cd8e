# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated clouds for measurements, in a separate process, and tasks for them."""

from __future__ import annotations

import json
import time
import urllib.request
from typing import Any

from tests.support.worlds import (
    ACCEPTING,
    TENCENT_REGION,
    aliyun_options,
    aliyun_seed,
    tencent_options,
    tencent_seed,
)

Rules = list[dict[str, str]]
TIMEOUT = 300.0


class Clouds:
    """A running simulator and its settings."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def _ask(self, method: str, name: str, body: object = None) -> None:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_simulator/{name}", data=data, method=method)
        with self._opener.open(request, timeout=TIMEOUT) as answer:
            answer.read()

    def set_latency(self, milliseconds: int) -> None:
        """Delay every response of a vendor's API by this time."""
        self._ask("PUT", "settings", {"latency_ms": milliseconds})

    def round_trip(self) -> float:
        """The seconds of a small request on a separate connection."""
        start = time.perf_counter()
        self._ask("GET", "healthz")
        return time.perf_counter() - start

    def forget(self) -> None:
        """Empty the journal, which grows with every call."""
        self._ask("DELETE", "journal")

    def fill(self, groups: int, rules: int) -> None:
        """Create the usual groups of Alibaba Cloud, and this many groups of Tencent Cloud.

        ``rules`` is the number of rules per direction.
        """
        entries = []
        for number in range(groups):
            listed = [api_rule(rule) for rule in tencent_rules(rules, group=number)]
            group = {"region": TENCENT_REGION, "version": 1, "ingress": listed, "egress": listed}
            entries.append({"id": group_id(number), **group})
        tencent = {**tencent_seed(), "security_groups": entries}
        self._ask("PUT", "state", {"aliyun": aliyun_seed(), "tencent": tencent})
        self.forget()


def group_id(number: int) -> str:
    """The ID of one of these groups."""
    return f"sg-{number:08d}"


def tencent_rules(count: int, variant: int = 0, group: int = 0) -> Rules:
    """Rules of one direction as a user writes them. Variants differ in the first rule, groups in the second half."""
    return [
        {
            "action": "accept",
            "protocol": "tcp",
            "port": str(1024 + number + (40000 + variant if variant and not number else 0)),
            "cidr": f"10.{number // 256}.{number % 256}.0/24" if number < count / 2 else _address(group, number),
            "description": f"rule {number}",
        }
        for number in range(count)
    ]


def _address(group: int, number: int) -> str:
    return f"172.{16 + group // 256}.{group % 256}.{number % 255 + 1}"


def api_rule(rule: dict[str, str]) -> dict[str, str]:
    """The same rule in the form of API 3.0."""
    members = {"action": "Action", "protocol": "Protocol", "port": "Port", "cidr": "CidrBlock"}
    listed = {member: rule[name] for name, member in members.items()}
    return {**listed, "Action": rule["action"].upper(), "PolicyDescription": rule["description"]}


def aliyun_task(url: str) -> dict[str, Any]:
    """Options of aliyun_sg_policy for a group that has the desired policy."""
    return aliyun_options(url, security_group_id=ACCEPTING, inner_access_policy="accept")


def tencent_task(url: str, rules: int) -> dict[str, Any]:
    """Options of tencent_sg_rules for a group that ``Clouds.fill`` has created."""
    listed = tencent_rules(rules)
    return tencent_options(url, security_group_id=group_id(0), ingress=listed, egress=listed)


def fleet(groups: int, rules: int, variant: int) -> list[dict[str, Any]]:
    """Entries of ``groups``: the created groups, which variant 0 does not change."""
    entries = []
    for number in range(groups):
        listed = tencent_rules(rules, variant, number)
        entries.append({"security_group_id": group_id(number), "ingress": listed, "egress": listed})
    return entries
