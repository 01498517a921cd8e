# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check, run, check, run: for both clouds, every API and signature, every state, and every field of a rule.

The final state of a group is compared in the vendor's words, as the simulator stores it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.cloud_simulator.harness import Harness
from tests.support.four_runs import four_runs, succeeded
from tests.support.worlds import (
    ACCEPTING,
    ALIYUN_TEMPORARY_ID,
    ALIYUN_TEMPORARY_SECRET,
    ALIYUN_TOKEN,
    DROPPING,
    NEVER_EDITED,
    PEER,
    TENCENT_TEMPORARY_ID,
    TENCENT_TEMPORARY_KEY,
    TENCENT_TOKEN,
    WEB,
    aliyun_options,
    tencent_options,
)

Rules = list[dict[str, Any]]
APIS = {
    "3.0": {},
    "2.0-HmacSHA256": {"api_version": "2.0"},
    "2.0-HmacSHA1": {"api_version": "2.0", "signature_method": "HmacSHA1"},
}

ANY = {"CidrBlock": "0.0.0.0/0"}
SSH = {"Protocol": "tcp", "Port": "22", "CidrBlock": "10.0.0.0/8", "Action": "ACCEPT", "PolicyDescription": "ssh"}
WEB_PORTS = {"Protocol": "tcp", "Port": "80,443", **ANY, "Action": "ACCEPT", "PolicyDescription": "web"}
UDP = {"Protocol": "udp", "Port": "8000-8010", "CidrBlock": "192.168.0.0/16", "Action": "DROP"}
EVERYTHING = {"Protocol": "ALL", "Port": "ALL", **ANY, "Action": "ACCEPT"}

GIVEN_SSH = {"action": "accept", "protocol": "tcp", "port": "22", "cidr": "10.0.0.0/8", "description": "ssh"}
GIVEN_WEB = {"action": "accept", "protocol": "tcp", "port": "80,443", "description": "web"}
GIVEN_UDP = {"action": "drop", "protocol": "udp", "port": "8000-8010", "cidr": "192.168.0.0/16"}
GIVEN_DNS = {"action": "accept", "protocol": "udp", "port": 53, "cidr": "10.1.2.3"}
DNS = {"Protocol": "udp", "Port": "53", "CidrBlock": "10.1.2.3", "Action": "ACCEPT"}
GIVEN_PING = {"action": "accept", "protocol": "icmp"}
PING = {"Protocol": "icmp", "Port": "ALL", **ANY, "Action": "ACCEPT"}


@dataclass(frozen=True)
class Scenario:
    """Options, and the rules that the group (by default WEB) has afterwards.

    The defaults are the initial rules of WEB.
    """

    options: dict[str, Any]
    ingress: Rules = field(default_factory=lambda: [SSH, WEB_PORTS, UDP])
    egress: Rules = field(default_factory=lambda: [EVERYTHING])
    group: str = WEB


def _fields() -> tuple[Rules, Rules]:
    """A rule for every value of protocol and port, as given and as stored."""
    table: list[tuple[dict[str, Any], str, str]] = [
        ({"protocol": "tcp", "port": "22"}, "tcp", "22"),
        ({"protocol": "tcp", "port": 23}, "tcp", "23"),
        ({"protocol": "tcp", "port": "24-24"}, "tcp", "24"),
        ({"protocol": "TCP", "port": "8000-8010"}, "tcp", "8000-8010"),
        ({"protocol": "udp", "port": "443,80,443"}, "udp", "80,443"),
        ({"protocol": "udp", "port": "all"}, "udp", "ALL"),
        ({"protocol": "tcp", "port": "ALL"}, "tcp", "ALL"),
        ({"protocol": "icmp"}, "icmp", "ALL"),
        ({"protocol": "All", "port": "All", "action": "Drop"}, "ALL", "ALL"),
        ({}, "ALL", "ALL"),
    ]
    given, stored = [], []
    for fields, protocol, port in table:
        rule = {"action": "accept", **fields}
        given.append(rule)
        stored.append({"Protocol": protocol, "Port": port, **ANY, "Action": rule["action"].upper()})
    return given, stored


FIELDS, STORED_FIELDS = _fields()
PEERS: Rules = [
    {"action": "accept", "cidr": "10.0.0.0/8"},
    {"action": "accept", "cidr": "10.0.0.1"},
    {"action": "accept", "cidr": "10.0.0.2/32"},
    {"action": "accept", "cidr": "172.16.0.0/255.240.0.0"},
    {"action": "accept", "security_group_id": PEER, "protocol": "tcp", "port": 3306},
    {"action": "accept", "security_group_id": WEB},
    {"action": "accept", "address_template": "ipm-2uw6ujo6"},
    {"action": "drop", "address_template": "ipmg-2uw6ujo6", "description": "both templates"},
]
STORED_PEERS: Rules = [
    {**EVERYTHING, "CidrBlock": "10.0.0.0/8"},
    {**EVERYTHING, "CidrBlock": "10.0.0.1"},
    {**EVERYTHING, "CidrBlock": "10.0.0.2"},
    {**EVERYTHING, "CidrBlock": "172.16.0.0/12"},
    {"Protocol": "tcp", "Port": "3306", "SecurityGroupId": PEER, "Action": "ACCEPT"},
    {"Protocol": "ALL", "Port": "ALL", "SecurityGroupId": WEB, "Action": "ACCEPT"},
    {"Protocol": "ALL", "Port": "ALL", "AddressTemplate": {"AddressId": "ipm-2uw6ujo6"}, "Action": "ACCEPT"},
    {
        "Protocol": "ALL",
        "Port": "ALL",
        "AddressTemplate": {"AddressGroupId": "ipmg-2uw6ujo6"},
        "Action": "DROP",
        "PolicyDescription": "both templates",
    },
]
SERVICES: Rules = [
    {"action": "accept", "service_template": "ppm-f5n1f8da"},
    {"action": "drop", "service_template": "ppmg-f5n1f8da", "cidr": "10.0.0.0/8"},
    {"action": "accept", "service_template": "ppm-f5n1f8da", "address_template": "ipm-2uw6ujo6"},
    {"action": "accept", "service_template": "ppm-f5n1f8da", "security_group_id": PEER},
]
STORED_SERVICES: Rules = [
    {"ServiceTemplate": {"ServiceId": "ppm-f5n1f8da"}, **ANY, "Action": "ACCEPT"},
    {"ServiceTemplate": {"ServiceGroupId": "ppmg-f5n1f8da"}, "CidrBlock": "10.0.0.0/8", "Action": "DROP"},
    {
        "ServiceTemplate": {"ServiceId": "ppm-f5n1f8da"},
        "AddressTemplate": {"AddressId": "ipm-2uw6ujo6"},
        "Action": "ACCEPT",
    },
    {"ServiceTemplate": {"ServiceId": "ppm-f5n1f8da"}, "SecurityGroupId": PEER, "Action": "ACCEPT"},
]
ALIASES_2_0: Rules = [
    {"ipProtocol": "tcp", "cidrIp": "10.0.0.0/8", "action": "ACCEPT", "portRange": 22, "desc": "内网 @=&+%20"},
    {"sgId": PEER, "action": "DROP"},
    {"addressModule": "ipm-2uw6ujo6", "serviceModule": "ppm-f5n1f8da", "action": "accept"},
]
ALIASES_3_0: Rules = [
    {
        "Protocol": "TCP",
        "CidrBlock": "10.0.0.0/8",
        "Action": "ACCEPT",
        "Port": "22",
        "PolicyDescription": "内网 @=&+%20",
    },
    {"SecurityGroupId": PEER, "Action": "DROP"},
    {"address_template": "ipm-2uw6ujo6", "service_template": "ppm-f5n1f8da", "Action": "accept"},
]
STORED_ALIASES: Rules = [
    {**SSH, "PolicyDescription": "内网 @=&+%20"},
    {"Protocol": "ALL", "Port": "ALL", "SecurityGroupId": PEER, "Action": "DROP"},
    {
        "ServiceTemplate": {"ServiceId": "ppm-f5n1f8da"},
        "AddressTemplate": {"AddressId": "ipm-2uw6ujo6"},
        "Action": "ACCEPT",
    },
]

REPLACED = {
    "ingress only": Scenario({"ingress": [GIVEN_DNS]}, ingress=[DNS]),
    "egress only": Scenario({"egress": [GIVEN_DNS, GIVEN_PING]}, egress=[DNS, PING]),
    "both": Scenario({"ingress": [GIVEN_PING], "egress": [GIVEN_DNS]}, [PING], [DNS]),
    "one rule more": Scenario(
        {"ingress": [GIVEN_SSH, GIVEN_DNS, GIVEN_WEB, GIVEN_UDP]}, ingress=[SSH, DNS, WEB_PORTS, UDP]
    ),
    "order": Scenario({"ingress": [GIVEN_UDP, GIVEN_SSH, GIVEN_WEB]}, ingress=[UDP, SSH, WEB_PORTS]),
    "description": Scenario(
        {"ingress": [{**GIVEN_SSH, "description": "from inside"}, GIVEN_WEB, GIVEN_UDP]},
        ingress=[{**SSH, "PolicyDescription": "from inside"}, WEB_PORTS, UDP],
    ),
    "description away": Scenario(
        {"ingress": [{**GIVEN_SSH, "description": ""}, GIVEN_WEB, GIVEN_UDP]},
        ingress=[{name: value for name, value in SSH.items() if name != "PolicyDescription"}, WEB_PORTS, UDP],
    ),
    "empty ingress": Scenario({"ingress": []}, ingress=[]),
    "empty egress": Scenario({"egress": []}, egress=[]),
    "empty both": Scenario({"ingress": [], "egress": []}, [], []),
    "empty one, fill the other": Scenario({"ingress": [], "egress": [GIVEN_DNS]}, [], [DNS]),
    "fill one, empty the other": Scenario({"ingress": [GIVEN_DNS], "egress": []}, [DNS], []),
    "only one direction differs": Scenario({"ingress": [GIVEN_DNS], "egress": [{"action": "accept"}]}, [DNS]),
    "empty one that is empty": Scenario({"ingress": [GIVEN_DNS], "egress": []}, [DNS], [], NEVER_EDITED),
    "never edited, ingress": Scenario({"ingress": [GIVEN_DNS]}, [DNS], [], NEVER_EDITED),
    "never edited, egress": Scenario({"egress": [GIVEN_DNS]}, [], [DNS], NEVER_EDITED),
    "never edited, both": Scenario({"ingress": [GIVEN_DNS], "egress": [GIVEN_PING]}, [DNS], [PING], NEVER_EDITED),
    "protocols and ports": Scenario({"ingress": FIELDS[:-1]}, ingress=STORED_FIELDS[:-1]),
    "nothing but an action": Scenario({"ingress": FIELDS[-1:]}, ingress=STORED_FIELDS[-1:]),
    "peers": Scenario({"egress": PEERS}, egress=STORED_PEERS),
    "service templates": Scenario({"ingress": SERVICES}, ingress=STORED_SERVICES),
    "names of API 2.0": Scenario({"ingress": ALIASES_2_0}, ingress=STORED_ALIASES),
    "names of API 3.0": Scenario({"ingress": ALIASES_3_0}, ingress=STORED_ALIASES),
    "eleven rules": Scenario(
        {"egress": [{"action": "accept", "protocol": "tcp", "port": port} for port in range(1, 12)]},
        egress=[{**EVERYTHING, "Protocol": "tcp", "Port": str(port)} for port in range(1, 12)],
    ),
}
MERGED = {
    "at the bottom": Scenario({"ingress": [GIVEN_DNS, GIVEN_PING]}, ingress=[SSH, WEB_PORTS, UDP, DNS, PING]),
    "at the top": Scenario(
        {"ingress": [GIVEN_DNS, GIVEN_PING], "position": "top"}, ingress=[DNS, PING, SSH, WEB_PORTS, UDP]
    ),
    "some are there": Scenario(
        {"ingress": [GIVEN_DNS, {**GIVEN_WEB, "port": "443,80", "description": ""}]},
        ingress=[SSH, WEB_PORTS, UDP, DNS],
    ),
    "another description": Scenario(
        {"ingress": [{**GIVEN_WEB, "description": "Web & more"}]},
        ingress=[SSH, {**WEB_PORTS, "PolicyDescription": "Web & more"}, UDP],
    ),
    "description and new rule": Scenario(
        {"ingress": [GIVEN_PING, {**GIVEN_UDP, "description": "media"}], "position": "top"},
        ingress=[PING, SSH, WEB_PORTS, {**UDP, "PolicyDescription": "media"}],
    ),
    "both directions": Scenario(
        {"ingress": [GIVEN_DNS], "egress": [GIVEN_PING]}, [SSH, WEB_PORTS, UDP, DNS], [EVERYTHING, PING]
    ),
    "never edited, at the bottom": Scenario({"ingress": [GIVEN_DNS, GIVEN_PING]}, [DNS, PING], [], NEVER_EDITED),
    "never edited, at the top": Scenario(
        {"egress": [GIVEN_DNS, GIVEN_PING], "position": "top"}, [], [DNS, PING], NEVER_EDITED
    ),
    "never edited, both": Scenario({"ingress": [GIVEN_DNS], "egress": [GIVEN_PING]}, [DNS], [PING], NEVER_EDITED),
    "an empty list adds nothing": Scenario({"ingress": [], "egress": [GIVEN_DNS]}, egress=[EVERYTHING, DNS]),
}
DELETED = {
    "whatever the description": Scenario(
        {"ingress": [{**GIVEN_SSH, "description": ""}, GIVEN_UDP]}, ingress=[WEB_PORTS]
    ),
    "with the description": Scenario({"ingress": [GIVEN_SSH]}, ingress=[WEB_PORTS, UDP]),
    "absent ones too": Scenario({"ingress": [GIVEN_DNS, {**GIVEN_WEB, "port": "443,80"}]}, ingress=[SSH, UDP]),
    "all of a direction": Scenario({"egress": [{"action": "accept"}]}, egress=[]),
    "both directions": Scenario({"ingress": [GIVEN_UDP], "egress": [{"action": "accept"}]}, [SSH, WEB_PORTS], []),
    "everything": Scenario({"ingress": [GIVEN_UDP, GIVEN_WEB, GIVEN_SSH], "egress": [{"action": "accept"}]}, [], []),
}
SCENARIOS = {
    f"{state}, {name}": (state, scenario)
    for state, scenarios in (("replaced", REPLACED), ("merged", MERGED), ("deleted", DELETED))
    for name, scenario in scenarios.items()
}
IPV6 = Scenario(
    {
        "ingress": [
            {"action": "accept", "ipv6_cidr": "2001:0DB8:0::/32", "protocol": "tcp", "port": "443"},
            {"action": "accept", "Ipv6CidrBlock": "::/0", "protocol": "icmpv6"},
            {"action": "accept", "ipv6_cidr": "2001:db8::1/128"},
            {"action": "accept", "protocol": "gre", "cidr": "10.0.0.0/8"},
            {"action": "accept", "protocol": "GRE", "security_group_id": PEER},
            {"action": "accept", "description": "x" * 100},
        ]
    },
    ingress=[
        {"Protocol": "tcp", "Port": "443", "Ipv6CidrBlock": "2001:db8::/32", "Action": "ACCEPT"},
        {"Protocol": "icmpv6", "Port": "ALL", "Ipv6CidrBlock": "::/0", "Action": "ACCEPT"},
        {"Protocol": "ALL", "Port": "ALL", "Ipv6CidrBlock": "2001:db8::1", "Action": "ACCEPT"},
        {"Protocol": "gre", "Port": "ALL", "CidrBlock": "10.0.0.0/8", "Action": "ACCEPT"},
        {"Protocol": "gre", "Port": "ALL", "SecurityGroupId": PEER, "Action": "ACCEPT"},
        {**EVERYTHING, "PolicyDescription": "x" * 100},
    ],
)


def stored(clouds: Harness, group: str, direction: str) -> Rules:
    """The rules of a group, without the time of their last change."""
    rules: Rules = clouds.group("tencent", group)[direction]
    return [{name: value for name, value in rule.items() if name != "ModifyTime"} for rule in rules]


def hold(clouds: Harness, scenario: Scenario, **options: Any) -> None:
    """Run the scenario four times. The group must have its rules, and nothing else may change."""
    others = [group for group in clouds.state()["tencent"]["security_groups"] if group["id"] != scenario.group]
    task = tencent_options(clouds.url, security_group_id=scenario.group, **scenario.options, **options)
    _preview, applied = four_runs(clouds, "tencent_sg_rules", task)
    assert stored(clouds, scenario.group, "ingress") == scenario.ingress
    assert stored(clouds, scenario.group, "egress") == scenario.egress
    assert applied["after"]["version"] == str(clouds.group("tencent", scenario.group)["version"])
    assert others == [group for group in clouds.state()["tencent"]["security_groups"] if group["id"] != scenario.group]


@pytest.mark.parametrize("signature_version", ["v3", "v1"])
@pytest.mark.parametrize(("group", "wanted"), [(ACCEPTING, "drop"), (DROPPING, "accept"), (DROPPING, "ACCEPT")])
def test_aliyun(clouds: Harness, group: str, wanted: str, signature_version: str) -> None:
    task = aliyun_options(
        clouds.url, security_group_id=group, inner_access_policy=wanted, signature_version=signature_version
    )
    preview, applied = four_runs(clouds, "aliyun_sg_policy", task)
    assert preview["after"] == applied["after"] == {"inner_access_policy": wanted.lower()}
    assert clouds.group("aliyun", group)["inner_access_policy"] == wanted.capitalize()


@pytest.mark.parametrize("signature_version", ["v3", "v1"])
def test_aliyun_with_a_temporary_key(clouds: Harness, signature_version: str) -> None:
    temporary = {
        "access_key_id": ALIYUN_TEMPORARY_ID,
        "access_key_secret": ALIYUN_TEMPORARY_SECRET,
        "security_token": ALIYUN_TOKEN,
        "signature_version": signature_version,
    }
    task = {"SecurityGroupId": ACCEPTING, "InnerAccessPolicy": "Drop", **temporary}
    four_runs(clouds, "aliyun_sg_policy", aliyun_options(clouds.url, **task))


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("name", SCENARIOS)
def test_tencent(clouds: Harness, name: str, api: str) -> None:
    state, scenario = SCENARIOS[name]
    hold(clouds, scenario, state=state, **APIS[api])


@pytest.mark.parametrize("api", APIS)
def test_tencent_with_a_temporary_key(clouds: Harness, api: str) -> None:
    temporary = {"secret_id": TENCENT_TEMPORARY_ID, "secret_key": TENCENT_TEMPORARY_KEY, "token": TENCENT_TOKEN}
    hold(clouds, REPLACED["both"], **temporary, **APIS[api])


@pytest.mark.parametrize("state", ["replaced", "merged"])
def test_tencent_ipv6_and_newer_protocols(clouds: Harness, state: str) -> None:
    before = [] if state == "replaced" else [SSH, WEB_PORTS, UDP]
    scenario = Scenario(IPV6.options, ingress=before + IPV6.ingress)
    hold(clouds, scenario, state=state)


def test_tencent_ipv6_deleted_in_another_spelling(clouds: Harness) -> None:
    clouds.foreign_write("tencent", WEB, ingress=[SSH, *IPV6.ingress])
    spelt = {"action": "accept", "ipv6_cidr": "2001:0db8:0000::1", "protocol": "all"}
    remaining = [rule for rule in IPV6.ingress if rule.get("Ipv6CidrBlock") != "2001:db8::1"]
    hold(clouds, Scenario({"ingress": [spelt]}, ingress=[SSH, *remaining]), state="deleted")


@pytest.mark.parametrize("api", APIS)
def test_a_value_that_begins_with_an_at_sign(clouds: Harness, api: str) -> None:
    """The vendor's client for API 2.0 leaves such values unsigned in a POST."""
    given = {**GIVEN_DNS, "description": "@home"}
    hold(clouds, Scenario({"ingress": [given]}, ingress=[{**DNS, "PolicyDescription": "@home"}]), **APIS[api])


def test_a_port_goes_with_protocols_that_have_one(clouds: Harness) -> None:
    """API 3.0 documents that a port with icmp, icmpv6 or gre is an error, and that it must be ALL with protocol ALL."""
    rules = [*FIELDS[:-1], *IPV6.options["ingress"][:-1]]
    succeeded(clouds, "tencent_sg_rules", tencent_options(clouds.url, security_group_id=WEB, ingress=rules))
    (write,) = clouds.journal(effect="write")
    for sent in write["parameters"]["SecurityGroupPolicySet"]["Ingress"]:
        assert ("Port" in sent) is (sent["Protocol"] in ("TCP", "UDP", "ALL")), sent
        assert sent["Protocol"] != "ALL" or sent["Port"] == "ALL"


def test_api_2_0_omits_any(clouds: Harness) -> None:
    task = tencent_options(clouds.url, security_group_id=WEB, ingress=[{"action": "drop"}, {**GIVEN_PING}])
    succeeded(clouds, "tencent_sg_rules", {**task, "api_version": "2.0"})
    (write,) = clouds.journal(effect="write")
    sent = write["parameters"]["ingress"]
    assert ["ipProtocol" in sent["0"], "ipProtocol" in sent["1"]] == [False, True]
    assert not any("portRange" in rule for rule in sent.values())
