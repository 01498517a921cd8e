# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every switch has an effect: the same calls have different results with each of its values."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException

from tests.cloud_simulator import build
from tests.cloud_simulator.harness import Harness
from tests.cloud_simulator.tencent.switches import SWITCHES
from tests.unit.cloud_simulator.tencent_clients import APP, DEFAULT, EMPTY, WEB, DfwCaller, DfwError, Vpc

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

ANY = {"Action": "ACCEPT"}
DROP = {"Action": "DROP"}
MANY = [{"Action": "ACCEPT", "CidrBlock": f"10.0.0.{number}"} for number in range(101)]
MANY_V2 = [{"action": "accept", "cidrIp": f"10.0.0.{number}"} for number in range(101)]
# One description for each alteration.
ALTERED = (" blanks ", "two\nlines", "fine \U0001f600", "a < b & c", "a description that is longer")
BOTH_HALVES = {"AddressId": "ipm-2uw6ujo6", "AddressGroupId": "ipmg-2uw6ujo6"}


class Probe:
    """Both clients, and the form of their results, including refusals."""

    def __init__(self, simulator: Harness) -> None:
        self.simulator = simulator
        self.vpc = Vpc(simulator)
        self.dfw = DfwCaller(simulator)

    def seed(self, **group: Any) -> None:
        """Members of the group EMPTY."""
        self.simulator.foreign_write("tencent", EMPTY, **group)

    def stored(self, group: str = WEB) -> tuple[Any, ...]:
        """The stored state, independent of its echo: version, and (Action, Port, description) of every rule."""
        data = self.simulator.group("tencent", group)
        rules = [
            [(rule["Action"], rule.get("Port"), rule.get("PolicyDescription")) for rule in data[direction]]
            for direction in ("ingress", "egress")
        ]
        return data["version"], rules

    def modify(self, group: str = WEB, **policies: Any) -> object:
        """The refusal's code or None, and the stored state afterwards."""
        try:
            self.vpc.write("Modify", policies, group)
        except TencentCloudSDKException as problem:
            return problem.code, self.stored(group)
        return None, self.stored(group)

    def code(self, action: str, **parameters: Any) -> object:
        """The code of a 3.0 call."""
        try:
            self.vpc.call(action, **parameters)
        except TencentCloudSDKException as problem:
            return problem.code
        return None

    def v2(self, action: str, **parameters: Any) -> object:
        """The code of a 2.0 call, and the stored state afterwards."""
        try:
            self.dfw.call(action, **parameters)
        except DfwError as problem:
            return problem.code, self.stored()
        return 0, self.stored()

    def v2_modify(self, **directions: Any) -> object:
        return self.v2("ModifySecurityGroupPolicys", sgId=WEB, **directions)

    def shown(self, group: str = EMPTY) -> object:
        """The response of API 3.0."""
        return without_times(self.vpc.policies(group))

    def response(self) -> requests.Response:
        """A whole response."""
        kept: list[requests.Response] = []
        session = self.vpc.client.request.conn._session
        session.hooks["response"] = [lambda response, **_: kept.append(response)]
        self.vpc.policies(WEB)
        return kept[0]

    def raw(self) -> str:
        """The text of a response, without its times and its request ID."""
        return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "*", self.response().text)

    def v2_raw(self, action: str, **parameters: Any) -> Any:
        """The whole response of API 2.0, whatever its code."""
        return json.loads(self.dfw.client.call(action, parameters))


def without_times(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_times(item) for name, item in value.items() if name != "ModifyTime"}
    return [without_times(item) for item in value] if isinstance(value, list) else value


def echo(*rules: dict[str, Any]) -> Callable[[Probe], object]:
    def probe(clients: Probe) -> object:
        clients.seed(ingress=list(rules))
        return clients.shown()

    return probe


def v2_echo(*rules: dict[str, Any]) -> Callable[[Probe], object]:
    def probe(clients: Probe) -> object:
        clients.seed(ingress=list(rules))
        return clients.dfw.policies(EMPTY)

    return probe


def old_first(clients: Probe) -> object:
    clients.seed(ingress=[DROP, ANY])
    return clients.modify(EMPTY, Ingress=[{**ANY, "CidrBlock": "10.0.0.1"}, ANY, DROP])


def version_steps(clients: Probe) -> object:
    clients.seed(ingress=[ANY])
    return clients.modify(EMPTY, Ingress=[ANY]), clients.modify(EMPTY, Ingress=[DROP])


def over_in_egress(clients: Probe) -> object:
    return clients.modify(Ingress=[DROP], Egress=[{"Action": "nonsense"}])


def v2_without_rules(clients: Probe) -> object:
    clients.simulator.switch("tencent", v2_version_position="absent")
    nothing = clients.dfw.policies(EMPTY)
    clients.seed(ingress=[ANY])
    return nothing, clients.dfw.policies(EMPTY)


def six_minutes_later(clients: Probe) -> object:
    clients.simulator.move_clock(360)
    return clients.v2("DescribeSecurityGroupPolicys", sgId=WEB)


def no_peer(clients: Probe) -> object:
    return clients.modify(EMPTY, Ingress=[ANY]), clients.shown()


def described(length: int) -> dict[str, str]:
    return {**ANY, "PolicyDescription": "x" * length}


TEMPLATES = {**ANY, "AddressTemplate": {"AddressId": "ipm-2uw6ujo6"}}
SERVICE = {**ANY, "ServiceTemplate": {"ServiceId": "ppm-f5n1f8da"}}
ADDRESSES = [{**ANY, "CidrBlock": text} for text in ("10.0.0.1", "10.0.0.2/32", "10.1.2.3/8")]
PORTS = [{**ANY, "Protocol": "TCP", "Port": "443,80"}, {**ANY, "Protocol": "TCP", "Port": "22"}]
V6 = {**ANY, "Protocol": "ICMPV6", "Ipv6CidrBlock": "2001:DB8:0:0:0:0:0:a/128"}
ONE = {"ipProtocol": "tcp", "portRange": "80,443", "action": "accept"}
TWICE = [{"action": "accept"}, {"action": "accept"}]
STALE = {"direction": "ingress", "indexes": [0], "version": 1}
FIRST = {"sgId": WEB, "direction": "ingress", "indexes": [0]}
OVERWRITE, DROPPED = "ModifySecurityGroupPolicys", {"sgId": WEB, "ingress": [{"action": "drop"}]}
UNKNOWN = "sg-00000000"
PING = {**ANY, "Protocol": "ICMP"}

PROBES: dict[str, Callable[[Probe], object]] = {
    "modify_absent_direction": lambda p: p.modify(Ingress=[ANY]),
    "modify_empty_direction": lambda p: p.modify(Ingress=[ANY], Egress=[]),
    "modify_stale_version": lambda p: p.modify(Ingress=[ANY], Version="1"),
    "modify_unsorted": old_first,
    "modify_version_step": version_steps,
    "wipe_version": lambda p: p.modify(Ingress=[ANY], Version="0"),
    "v2_absent_direction": lambda p: p.v2_modify(ingress=[{"action": "drop"}]),
    "v2_any": lambda p: p.dfw.policies(WEB),
    "v2_stale_version": lambda p: p.v2("DeleteSecurityGroupPolicy", sgId=WEB, **STALE),
    "address_echo": echo(*ADDRESSES),
    "host_bits": echo(*ADDRESSES),
    "ipv6_echo": echo(V6),
    "no_peer": no_peer,
    "description_limit": lambda p: [p.modify(Ingress=[described(length)]) for length in (50, 51, 101)],
    "v2_description_limit": lambda p: p.v2_modify(ingress=[{"action": "drop", "desc": "x" * 51}]),
    "v2_duplicates": lambda p: p.v2_modify(ingress=TWICE),
    "v2_default_group": lambda p: p.v2("ModifySecurityGroupPolicys", sgId=DEFAULT, ingress=[{"action": "drop"}]),
    "default_group": lambda p: p.modify(DEFAULT, Ingress=[DROP]),
    "unknown_group": lambda p: p.code("DescribeSecurityGroupPolicies", SecurityGroupId=UNKNOWN),
    "malformed_group": lambda p: p.code("DescribeSecurityGroupPolicies", SecurityGroupId="web"),
    "v2_unknown_group": lambda p: p.v2("DescribeSecurityGroupPolicys", sgId=UNKNOWN),
    "modify_over_quota": lambda p: p.modify(Ingress=MANY),
    "create_over_quota": lambda p: p.code(
        "CreateSecurityGroupPolicies", SecurityGroupId=WEB, SecurityGroupPolicySet={"Ingress": MANY}
    ),
    "v2_over_quota": lambda p: p.v2_modify(ingress=MANY_V2),
    "atomic_modify": over_in_egress,
    "duplicate_key": lambda p: p.modify(Ingress=[ANY, {**ANY, "PolicyDescription": "twin"}]),
    "port_all": lambda p: p.modify(Ingress=[{**PING, "Port": "ALL"}]),
    "v2_protocol_all": lambda p: p.v2_modify(ingress=[{"action": "accept", "ipProtocol": "all"}]),
    "mixed_port_list": lambda p: p.modify(Ingress=[{**ANY, "Protocol": "TCP", "Port": "80,8000-8010"}]),
    "v2_port_list": lambda p: p.v2_modify(ingress=[ONE]),
    "template_both_halves": lambda p: p.modify(Ingress=[{**ANY, "AddressTemplate": BOTH_HALVES}]),
    "port_echo": echo(*PORTS),
    "letter_case": lambda p: (echo(*PORTS, ANY)(p), p.dfw.policies(EMPTY)),
    "unset_members": echo(ANY, TEMPLATES),
    "template_unset": echo(ANY, TEMPLATES),
    "any_value": echo(ANY),
    "service_rule_any": echo(SERVICE),
    "era": echo(ANY),
    "page_filling": lambda p: len(p.vpc.call("DescribeSecurityGroups")["SecurityGroupSet"]),
    "group_count": lambda p: "TotalCount" in p.vpc.call("DescribeSecurityGroups"),
    "numbers": echo(ANY),
    "version_type": lambda p: (p.shown(), p.dfw.policies(EMPTY)),
    "extra_members": lambda p: p.shown(),
    "description_echo": echo(*({**ANY, "PolicyDescription": text} for text in ALTERED)),
    "first_position": echo(ANY),
    "slash_escapes": lambda p: p.raw(),
    "layout": lambda p: p.raw(),
    "v2_version_position": v2_echo(ANY),
    "v2_new_protocols": v2_echo(V6, {**ANY, "Protocol": "GRE"}, ANY),
    "v2_code_desc": lambda p: [p.v2_raw("DescribeSecurityGroupPolicys", sgId=group) for group in (WEB, UNKNOWN)],
    "v2_no_rules": v2_without_rules,
    "v2_write_data": lambda p: [p.v2_raw("DeleteSecurityGroupPolicy", **FIRST), p.v2_raw(OVERWRITE, **DROPPED)],
    "v2_at_values": lambda p: p.v2_modify(ingress=[{"action": "drop", "desc": "@ops"}]),
    "v2_time_window": six_minutes_later,
    "content_type": lambda p: p.response().headers["Content-Type"],
}


def test_every_switch_has_a_probe() -> None:
    assert set(PROBES) == set(SWITCHES)


def test_the_readme_lists_every_switch() -> None:
    readme = (Path(build.__file__).parent / "README.md").read_text("utf-8")
    rows = [line for line in readme.partition("### Switches")[2].splitlines() if line.startswith("| `")]
    assert rows == [
        f"| `{name}` | {', '.join(f'`{value}`' for value in switch.values)} | {switch.meaning} | {switch.source} |"
        for name, switch in SWITCHES.items()
    ]


def test_every_open_question_has_a_switch() -> None:
    notes = (Path(build.__file__).parents[2] / "docs" / "vendor_facts" / "tencent_sg.md").read_text("utf-8")
    rows = re.findall(r"^\| (\d+) \|", notes.partition("\n## 8. ")[2].partition("\n## ")[0], re.MULTILINE)
    sources = {switch.source for switch in SWITCHES.values()}
    assert rows
    assert [row for row in rows if f"tencent_sg.md 8 row {row}" not in sources] == []


@pytest.mark.parametrize("name", PROBES)
def test_every_value_can_be_distinguished(simulator: Harness, name: str) -> None:
    seen = {}
    for value in SWITCHES[name].values:
        simulator.reset()
        simulator.switch("tencent", **{name: value})
        seen[value] = json.dumps(PROBES[name](Probe(simulator)))
    assert len(set(seen.values())) == len(seen), seen


def under(simulator: Harness, **values: str) -> Probe:
    simulator.switch("tencent", **values)
    return Probe(simulator)


def test_absent_and_empty_directions(simulator: Harness) -> None:
    web = [("ACCEPT", "ALL", None)]
    probe = under(simulator)
    probe.modify(Ingress=[DROP])
    assert probe.stored()[1] == [[("DROP", "ALL", None)], web]
    probe.modify(Ingress=[], Egress=[ANY])
    assert probe.stored()[1] == [[], web]


def test_an_absent_direction_can_be_refused(simulator: Harness) -> None:
    probe = under(simulator, modify_absent_direction="refuse")
    before = probe.stored()
    assert probe.modify(Ingress=[DROP]) == ("InvalidParameterValue.Empty", before)
    assert probe.modify(Ingress=[DROP], Egress=[]) == (None, (4, [[("DROP", "ALL", None)], []]))


def test_ports_where_texts_and_clients_differ(simulator: Harness) -> None:
    probe = under(simulator, port_all="strict")
    assert [
        probe.code(
            "ModifySecurityGroupPolicies", SecurityGroupId=WEB, SecurityGroupPolicySet={"Ingress": [{**ANY, **rule}]}
        )
        for rule in (
            {"Protocol": "ICMP", "Port": "all"},
            {"Protocol": "ALL"},
            {"Protocol": "ICMP"},
            {"Protocol": "ALL", "Port": "ALL"},
            {"Protocol": "TCP"},
        )
    ] == ["InvalidParameterValue", "InvalidParameterValue.Empty", None, None, None]


def test_2_0_without_rules(simulator: Harness) -> None:
    def shown(**values: str) -> list[object]:
        simulator.reset()
        probe = under(simulator, v2_version_position="absent", **values)
        nothing = probe.v2_raw("DescribeSecurityGroupPolicys", sgId=EMPTY)["data"]
        probe.seed(ingress=[ANY])
        return [nothing, probe.dfw.policies(EMPTY)]

    rule = {"index": 0, "action": "ACCEPT"}
    assert shown() == [{}, {"ingress": [rule]}]
    assert shown(v2_no_rules="list") == [{"ingress": [], "egress": []}, {"ingress": [rule], "egress": []}]
    assert shown(v2_no_rules="null") == [{"ingress": None, "egress": None}, {"ingress": [rule], "egress": None}]
    assert shown(v2_no_rules="data_list") == [[], {"ingress": [rule]}]
    unset = dict.fromkeys(("ipProtocol", "cidrIp", "sgId", "addressModule", "serviceModule", "portRange", "desc"))
    assert shown(v2_any="null")[1] == {"ingress": [{**unset, **rule}]}
    assert shown(v2_any="empty")[1] == {"ingress": [{**dict.fromkeys(unset, ""), **rule}]}


def test_2_0_codes_can_be_texts(simulator: Harness) -> None:
    probe = under(simulator, v2_code_desc="text_codes")
    assert probe.v2_raw("DescribeSecurityGroupPolicys", sgId=WEB)["codeDesc"] == "Success"
    unknown = probe.v2_raw("DescribeSecurityGroupPolicys", sgId=UNKNOWN)
    assert (unknown["code"], unknown["codeDesc"]) == (7001, "ResourceNotFound")
    simulator.fault("throttled", cloud="tencent")
    throttled = probe.v2_raw("DescribeSecurityGroupPolicys", sgId=WEB)
    assert (throttled["code"], throttled["codeDesc"]) == (4400, "RequestLimitExceeded")


def test_values_with_an_at_sign(simulator: Harness) -> None:
    """Whatever the service signs in a POST, all values of a GET are signed."""
    rule = {"action": "drop", "desc": "@ops"}
    for value, expected in (("unsigned", 0), ("signed", 4100)):
        simulator.reset()
        probe = under(simulator, v2_at_values=value)
        probe.dfw = DfwCaller(simulator, method="GET")
        assert probe.v2_raw("ModifySecurityGroupPolicys", sgId=WEB, ingress=[rule])["code"] == 0
        probe.dfw = DfwCaller(simulator, method="POST")
        assert probe.v2_raw("ModifySecurityGroupPolicys", sgId=WEB, ingress=[rule])["code"] == expected
        assert probe.v2_raw("DescribeSecurityGroupPolicys", sgId=WEB)["code"] == 0


def test_unset_members_can_be_null_or_absent(simulator: Harness) -> None:
    for value, expected in (("null", None), ("absent", "gone")):
        rule = under(simulator, unset_members=value).vpc.policies(WEB)["Ingress"][0]
        assert rule.get("Ipv6CidrBlock", "gone") == expected
        assert rule["CidrBlock"] == "10.0.0.0/8"


def test_template_halves_can_be_null(simulator: Harness) -> None:
    rules = under(simulator, template_unset="null_halves").vpc.policies(APP)["Ingress"]
    assert rules[0]["AddressTemplate"] == {"AddressId": None, "AddressGroupId": None}
    assert rules[2]["AddressTemplate"] == {"AddressId": None, "AddressGroupId": "ipmg-2uw6ujo6"}


def test_masks(simulator: Harness) -> None:
    def shown(style: str) -> list[str]:
        probe = under(simulator, address_echo=style)
        probe.seed(ingress=ADDRESSES)
        return [rule["CidrBlock"] for rule in probe.vpc.policies(EMPTY)["Ingress"]]

    assert shown("as_written") == ["10.0.0.1", "10.0.0.2/32", "10.1.2.3/8"]
    assert shown("canonical") == ["10.0.0.1/32", "10.0.0.2/32", "10.0.0.0/8"]
    assert shown("mask_added") == ["10.0.0.1/32", "10.0.0.2/32", "10.1.2.3/8"]
    assert shown("mask_dropped") == ["10.0.0.1", "10.0.0.2", "10.1.2.3/8"]


def test_positions_may_begin_at_1(simulator: Harness) -> None:
    probe = under(simulator, first_position="1")
    rules = [{"Action": "ACCEPT", "CidrBlock": f"10.0.0.{number}"} for number in (1, 2, 3)]
    probe.modify(EMPTY, Ingress=rules)
    probe.vpc.write("Delete", {"Ingress": [{"PolicyIndex": 1}]}, EMPTY)
    probe.vpc.write("Create", {"Ingress": [{**DROP, "PolicyIndex": 0}]}, EMPTY)
    probe.vpc.write("Create", {"Ingress": [{**DROP, "CidrBlock": "10.0.0.4", "PolicyIndex": 2}]}, EMPTY)
    shown = probe.vpc.policies(EMPTY)["Ingress"]
    assert [(rule["PolicyIndex"], rule["CidrBlock"]) for rule in shown] == [
        (1, "0.0.0.0/0"),
        (2, "10.0.0.4"),
        (3, "10.0.0.2"),
        (4, "10.0.0.3"),
    ]
    assert (
        probe.code(
            "DeleteSecurityGroupPolicies",
            SecurityGroupId=EMPTY,
            SecurityGroupPolicySet={"Ingress": [{"PolicyIndex": 0}]},
        )
        == "InvalidParameterValue.Range"
    )


def test_slash_escapes_are_still_json(simulator: Harness) -> None:
    probe = under(simulator, slash_escapes="yes", layout="pretty")
    assert "10.0.0.0\\/8" in probe.raw()
    assert probe.vpc.policies(WEB)["Ingress"][0]["CidrBlock"] == "10.0.0.0/8"


def test_switches_over_the_admin_endpoint(simulator: Harness) -> None:
    url = f"{simulator.url}/_simulator/switches"
    with requests.Session() as session:
        assert session.put(url, json={"tencent": {"era": "2022"}}).status_code == 200
        shown = session.get(url).json()["tencent"]["era"]
        assert (shown["value"], shown["default"], shown["values"]) == ("2022", "2025", ["2025", "2022"])
        assert session.put(url, json={"tencent": {"era": "1999"}}).status_code == 400
        assert session.put(url, json={"tencent": {"colour": "red"}}).status_code == 400
        assert session.put(url, json={"azure": {"era": "2022"}}).status_code == 400
    assert "Priority" not in Vpc(simulator).policies(WEB)["Ingress"][0]
