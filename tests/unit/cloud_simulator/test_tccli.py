# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The vendor's command line client with the simulated Tencent Cloud."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.cloud_simulator.harness import Harness
from tests.tooling.environment import directory
from tests.unit.cloud_simulator.tencent_clients import REGION, SECRET_ID, SECRET_KEY, WEB

TCCLI = directory("tccli") / "bin" / "tccli"
HARD_TEXT = "内网 a&b=c+d %41 / \\ 'quoted' \"twice\" #?;"


class Failed(Exception):
    """The client failed; its output is the message."""


class Tccli:
    """Runs ``tccli vpc``; its files are kept in ``home``."""

    def __init__(self, simulator: Harness, home: Path) -> None:
        self._endpoint = simulator.url
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "PYTHONIOENCODING": "utf-8",
            "TENCENTCLOUD_SECRET_ID": SECRET_ID,
            "TENCENTCLOUD_SECRET_KEY": SECRET_KEY,
            "TENCENTCLOUD_REGION": REGION,
        }

    def call(self, action: str, policies: dict[str, Any] | None = None, *options: str) -> Any:
        """Call one action for the group WEB. Raises Failed."""
        given = [] if policies is None else ["--SecurityGroupPolicySet", json.dumps(policies)]
        command = [str(TCCLI), "vpc", action, "--SecurityGroupId", WEB, *given, *options]
        command += ["--endpoint", self._endpoint]
        done = subprocess.run(command, env=self._environment, capture_output=True, encoding="utf-8", check=False)
        if done.returncode:
            raise Failed(done.stdout + done.stderr)
        return json.loads(done.stdout)

    def rules(self) -> list[list[str]]:
        """Ingress and egress as they are returned, in one list."""
        read = self.call("DescribeSecurityGroupPolicies")["SecurityGroupPolicySet"]
        members = ("Protocol", "Port", "CidrBlock", "Ipv6CidrBlock", "Action", "PolicyDescription")
        return [[rule[name] for name in members] for rule in (*read["Ingress"], *read["Egress"])]


@pytest.fixture
def tccli(simulator: Harness, tmp_path: Path) -> Tccli:
    return Tccli(simulator, tmp_path)


def test_write_and_read_back(tccli: Tccli) -> None:
    web = {"Protocol": "TCP", "Port": "80,443", "CidrBlock": "10.0.0.0/8", "Action": "accept"}
    tccli.call(
        "ModifySecurityGroupPolicies",
        {"Ingress": [{**web, "PolicyDescription": HARD_TEXT}], "Egress": [{"Action": "DROP"}]},
    )
    first = {"PolicyIndex": 0, "Protocol": "UDP", "Port": "53", "Ipv6CidrBlock": "2001:db8::/32", "Action": "DROP"}
    tccli.call("CreateSecurityGroupPolicies", {"Ingress": [first]})
    assert tccli.rules() == [
        ["udp", "53", "", "2001:db8::/32", "DROP", ""],
        ["tcp", "80,443", "10.0.0.0/8", "", "ACCEPT", HARD_TEXT],
        ["ALL", "ALL", "0.0.0.0/0", "", "DROP", ""],
    ]
    tccli.call("ModifySecurityGroupPolicies", {"Ingress": [], "Egress": [{"Action": "ACCEPT"}]})
    assert tccli.rules() == [["ALL", "ALL", "0.0.0.0/0", "", "ACCEPT", ""]]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--secretKey", "wrong"], "AuthFailure.SignatureFailure"),
        (["--secretId", "AKIDnobody"], "AuthFailure.SecretIdNotFound"),
        (["--token", "aToken"], "AuthFailure.TokenFailure"),
    ],
)
def test_wrong_keys(tccli: Tccli, options: list[str], code: str) -> None:
    with pytest.raises(Failed, match=f"code:{code} "):
        tccli.call("DescribeSecurityGroupPolicies", None, *options)


def test_bad_values(tccli: Tccli, simulator: Harness) -> None:
    before = simulator.group("tencent", WEB)
    for rule, code in (
        ({"Protocol": "TCP", "Port": "99999", "Action": "ACCEPT"}, "InvalidParameterValue"),
        ({"Action": "ACCEPT", "CidrBlock": "10.0.0.1", "Ipv6CidrBlock": "::1"}, "InvalidParameter.Coexist"),
    ):
        with pytest.raises(Failed, match=f"code:{code} "):
            tccli.call("ModifySecurityGroupPolicies", {"Ingress": [rule]})
    assert simulator.group("tencent", WEB) == before
