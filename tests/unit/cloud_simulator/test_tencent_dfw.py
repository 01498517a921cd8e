# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""API 2.0 by rule: which rules are accepted, how they are returned, and the codes of refusals."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cloud_simulator.harness import Harness
from tests.unit.cloud_simulator.tencent_clients import APP, DEFAULT, EMPTY, WEB, DfwCaller, DfwError

ANY = {"action": "accept"}
MODIFY = "ModifySecurityGroupPolicys"
CREATE = "CreateSecurityGroupPolicy"
SINGLE = "ModifySingleSecurityGroupPolicy"
DELETE = "DeleteSecurityGroupPolicy"


@pytest.fixture
def dfw(simulator: Harness) -> DfwCaller:
    return DfwCaller(simulator)


def refusal(dfw: DfwCaller, action: str, **parameters: Any) -> int:
    """The code of the refusal; a refused call changes nothing."""
    before = dfw.policies()
    with pytest.raises(DfwError) as caught:
        dfw.call(action, **parameters)
    assert dfw.policies() == before
    return int(caught.value.code)


BAD_RULES = [
    ({"desc": "no action"}, 9003),
    ({"action": "allow"}, 9003),
    ({**ANY, "ipProtocol": "gre"}, 9003),
    ({**ANY, "ipProtocol": "icmpv6"}, 9003),
    ({**ANY, "portRange": "22"}, 9003),
    ({**ANY, "ipProtocol": "icmp", "portRange": "22"}, 9003),
    ({**ANY, "ipProtocol": "tcp", "portRange": "1-70000"}, 9003),
    ({**ANY, "cidrIp": "::/0"}, 9003),
    ({**ANY, "cidrIp": ""}, 9003),
    ({**ANY, "cidrIp": "10.0.0.1", "sgId": WEB}, 9003),
    ({**ANY, "cidrIp": "10.0.0.1", "addressModule": "ipm-2uw6ujo6"}, 9003),
    ({**ANY, "serviceModule": "ppm-f5n1f8da", "ipProtocol": "tcp"}, 9003),
    ({**ANY, "serviceModule": "ipm-f5n1f8da"}, 9003),
    ({**ANY, "desc": "字" * 51}, 9003),
    ({**ANY, "sgId": "sg-project1"}, 7001),
    ({**ANY, "Desc": "typo"}, 4000),
    ({**ANY, "index": 0}, 4000),
]


@pytest.mark.parametrize(("rule", "code"), BAD_RULES)
def test_bad_rule(dfw: DfwCaller, rule: dict[str, Any], code: int) -> None:
    assert refusal(dfw, MODIFY, sgId=WEB, ingress=[ANY, rule], egress=[ANY]) == code


def test_modify_refusals(dfw: DfwCaller) -> None:
    many = [{**ANY, "cidrIp": f"10.0.0.{number}"} for number in range(101)]
    assert refusal(dfw, MODIFY, sgId=WEB, ingress=many, egress=[ANY]) == 7002
    assert refusal(dfw, MODIFY, sgId="sg-00000000", ingress=[ANY], egress=[ANY]) == 7001
    assert refusal(dfw, MODIFY, sgId="web", ingress=[ANY], egress=[ANY]) == 7001
    assert refusal(dfw, MODIFY, sgId=DEFAULT, ingress=[ANY], egress=[ANY]) == 7006
    assert refusal(dfw, MODIFY, sgId=WEB, ingress=[], egress=[]) == 4000
    assert refusal(dfw, MODIFY, ingress=[ANY], egress=[ANY]) == 4000
    assert refusal(dfw, MODIFY, sgId=WEB, ingress=[ANY], egress=[ANY], version=3) == 4000
    assert refusal(dfw, MODIFY, sgId=WEB, ingress={"1": ANY}, egress=[ANY]) == 4000


def test_fifty_characters_are_counted_as_characters(dfw: DfwCaller) -> None:
    dfw.call(MODIFY, sgId=WEB, ingress=[{**ANY, "desc": "字" * 50}], egress=[ANY])
    assert dfw.policies()["ingress"][0]["desc"] == "字" * 50


def test_describe_omits_unset_members(dfw: DfwCaller) -> None:
    assert dfw.policies(EMPTY) == {"version": 0}
    assert dfw.policies()["ingress"][2] == {"index": 2, "ipProtocol": "icmp", "action": "ACCEPT"}
    read = dfw.policies(APP)
    assert "egress" not in read
    assert read["ingress"][2] == {
        "index": 2,
        "action": "DROP",
        "addressModule": "ipmg-2uw6ujo6",
        "serviceModule": "ppm-f5n1f8da",
    }


def ports(dfw: DfwCaller) -> list[str | None]:
    return [rule.get("portRange") for rule in dfw.policies().get("ingress", [])]


def tcp(port: str) -> dict[str, str]:
    return {"ipProtocol": "TCP", "portRange": port, "action": "ACCEPT"}


def test_create(dfw: DfwCaller) -> None:
    dfw.call(CREATE, sgId=WEB, direction="ingress", index=1, policys=[tcp("1"), tcp("2")], version=3)
    assert ports(dfw) == ["22", "1", "2", "80,443", None]
    dfw.call(CREATE, sgId=EMPTY, direction="egress", index=-1, policys=[tcp("1")])
    assert dfw.policies(EMPTY)["egress"][0]["portRange"] == "1"
    wrong = {"sgId": WEB, "direction": "ingress", "policys": [tcp("9")]}
    assert refusal(dfw, CREATE, index=-1, **wrong) == 9003
    assert refusal(dfw, CREATE, index=6, **wrong) == 9003
    assert refusal(dfw, CREATE, index=0, version=3, **wrong) == 9003
    assert refusal(dfw, CREATE, **wrong) == 4000
    assert refusal(dfw, CREATE, index=0, **{**wrong, "direction": "INBOUND"}) == 4000


def test_modify_single(dfw: DfwCaller) -> None:
    dfw.call(SINGLE, sgId=WEB, direction="ingress", index=0, policys=tcp("23"), version=3)
    assert ports(dfw) == ["23", "80,443", None]
    assert refusal(dfw, SINGLE, sgId=WEB, direction="ingress", index=3, policys=tcp("9")) == 9003
    assert refusal(dfw, SINGLE, sgId=WEB, direction="ingress", index=0, policys=[tcp("9")]) == 4000


def test_delete(dfw: DfwCaller) -> None:
    answer = dfw.call(DELETE, sgId=WEB, direction="ingress", indexes=[2, 0], version=3)
    assert (answer["codeDesc"], answer["data"]) == ("Success", [])
    assert ports(dfw) == ["80,443"]
    assert refusal(dfw, DELETE, sgId=WEB, direction="ingress", indexes=[1]) == 9003
    assert refusal(dfw, DELETE, sgId=WEB, direction="ingress", indexes=[0, 0]) == 9003
    assert refusal(dfw, DELETE, sgId=WEB, direction="ingress", indexes=[0], version=3) == 9003
    assert refusal(dfw, DELETE, sgId=WEB, direction="ingress", indexes=[]) == 4000


def test_describe_groups(dfw: DfwCaller) -> None:
    def page(**parameters: Any) -> tuple[list[str], int]:
        data = dfw.call("DescribeSecurityGroupEx", **parameters)["data"]
        return [group["sgId"] for group in data["detail"]], data["totalNum"]

    assert page(limit=2, offset=1) == ([EMPTY, DEFAULT], 5)
    assert page(limit=2, offsetLine=1) == ([APP, EMPTY], 5)
    assert page(sgName="we") == ([WEB], 1)
    assert page(sgId=APP) == ([APP], 1)
    assert page(projectId=1001) == (["sg-project1"], 1)
