# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mistakes: each has its own message, kind and path, and nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from tests.cloud_simulator.harness import Harness
from tests.support.module_runner import Result, run_module, without_waiting
from tests.support.worlds import (
    ACCEPTING,
    ALIYUN_TEMPORARY_ID,
    ALIYUN_TEMPORARY_SECRET,
    DEFAULT,
    DROPPING,
    ENTERPRISE,
    MANAGED,
    PEER,
    TENCENT_TEMPORARY_ID,
    TENCENT_TEMPORARY_KEY,
    WEB,
    aliyun_options,
    assert_clean,
    calls,
    tencent_options,
    writes,
)

ABSENT = object()
MODULES = {"aliyun": "aliyun_sg_policy", "tencent": "tencent_sg_rules"}
ALIYUN = {"security_group_id": ACCEPTING, "inner_access_policy": "drop"}
TENCENT = {"security_group_id": WEB, "ingress": [{"action": "accept"}]}
OLD_API = {"api_version": "2.0"}
PEERS = ("cidr", "ipv6_cidr", "security_group_id", "address_template")
PEER_ALIASES = {
    **{"cidrIp": "cidr", "CidrBlock": "cidr", "Ipv6CidrBlock": "ipv6_cidr", "sgId": "security_group_id"},
    **{"SecurityGroupId": "security_group_id", "addressModule": "address_template"},
}


def run(clouds: Harness, cloud: str, *, check: bool = False, **options: Any) -> Result:
    """Run a task that is correct except for these options; the clouds must not change."""
    right = aliyun_options(clouds.url, **ALIYUN) if cloud == "aliyun" else tencent_options(clouds.url, **TENCENT)
    given = {name: value for name, value in {**right, **options}.items() if value is not ABSENT}
    state = clouds.state()
    result = run_module(MODULES[cloud], given, check=check)
    assert writes(clouds) == []
    assert clouds.state() == state
    assert_clean(result)
    return result


def mistakes(clouds: Harness, cloud: str, **options: Any) -> dict[str, str]:
    """Return the reported mistakes by path. They must be the same in check mode, and no call may be made."""
    results = [run(clouds, cloud, check=check, **options) for check in (True, False)]
    failures = []
    for result in results:
        assert result["failed"], result
        failure = result["failure"]
        assert failure["kind"] == "invalid_input"
        assert [failure[name] for name in ("code", "message", "http_status", "request_id", "action")] == [None] * 5
        assert not result.get("changed")
        failures.append(failure)
    assert failures[0] == failures[1]
    assert calls(clouds) == []
    errors = failures[0]["errors"]
    assert errors
    for error in errors:
        assert set(error) == {"path", "message"}
        assert error["message"] in results[0]["msg"]
    by_path = {error["path"]: error["message"] for error in errors}
    assert len(by_path) == len(errors), errors
    return by_path


OPTIONS: dict[str, tuple[str, dict[str, Any], dict[str, str]]] = {
    "no group": ("aliyun", {"security_group_id": ABSENT}, {"security_group_id": "required"}),
    "empty group": ("tencent", {"security_group_id": ""}, {"security_group_id": "required"}),
    "blank group": ("tencent", {"security_group_id": "  "}, {"security_group_id": "required"}),
    "impossible group": ("aliyun", {"security_group_id": "sg bp1"}, {"security_group_id": "'sg bp1'"}),
    "a name for an id": ("tencent", {"security_group_id": "web"}, {"security_group_id": "sg-33ocnj9n"}),
    "Alibaba's id at Tencent": ("tencent", {"security_group_id": "vpc-1"}, {"security_group_id": "'vpc-1'"}),
    "no policy": ("aliyun", {"inner_access_policy": ABSENT}, {"inner_access_policy": "accept or drop"}),
    "wrong policy": (
        "aliyun",
        {"inner_access_policy": "allow"},
        {"inner_access_policy": "'allow' is not accept or drop"},
    ),
    "no rules": ("tencent", {"ingress": ABSENT}, {"ingress": "required"}),
    "both ways to say which (aliyun)": (
        "aliyun",
        {"groups": [{"security_group_id": DROPPING}]},
        {"groups": "together with security_group_id"},
    ),
    "both ways to say which (tencent)": (
        "tencent",
        {"groups": [{"security_group_id": PEER}]},
        {"groups": "together with security_group_id"},
    ),
    "no region": ("aliyun", {"region": ABSENT}, {"region": "ALIBABA_CLOUD_REGION_ID"}),
    "empty region": ("tencent", {"region": ""}, {"region": "TENCENTCLOUD_REGION"}),
    "a region's name": ("tencent", {"region": "South China (Guangzhou)"}, {"region": "ap-guangzhou"}),
    "no key id": ("aliyun", {"access_key_id": ABSENT}, {"access_key_id": "ALIBABA_CLOUD_ACCESS_KEY_ID"}),
    "no secret": ("aliyun", {"access_key_secret": ""}, {"access_key_secret": "ALIBABA_CLOUD_ACCESS_KEY_SECRET"}),
    "no secret id": ("tencent", {"secret_id": ""}, {"secret_id": "TENCENTCLOUD_SECRET_ID"}),
    "no secret key": ("tencent", {"secret_key": ABSENT}, {"secret_key": "TENCENTCLOUD_SECRET_KEY"}),
    "a key with a line break": ("tencent", {"secret_key": "half\nhalf"}, {"secret_key": "line break"}),
    "timeout": ("aliyun", {"timeout": 0}, {"timeout": "1 or more"}),
    "deadline": ("tencent", {"deadline": -1}, {"deadline": "1 or more"}),
    "a timeout of ages": ("aliyun", {"timeout": 10**400}, {"timeout": "1000000 or less"}),
    "an endless timeout": ("aliyun", {"timeout": float("inf")}, {"timeout": "a whole number"}),
    "an endless deadline": ("tencent", {"deadline": "-Infinity"}, {"deadline": "a whole number"}),
    "a number of too many digits": ("tencent", {"deadline": "9" * 5000}, {"deadline": "a whole number"}),
    "everybody at once": ("tencent", {"max_concurrency": 10**12}, {"max_concurrency": "1000000 or less"}),
    "brackets": ("tencent", {"ingress": "[" * 30000}, {"ingress": "is not valid JSON"}),
    "several ids": (
        "tencent",
        {"security_group_id": ["sg-1", "sg-2"]},
        {"security_group_id": "several groups in groups"},
    ),
    "several ids (aliyun)": (
        "aliyun",
        {"security_group_id": ["sg-1"]},
        {"security_group_id": "several groups in groups"},
    ),
    "another group under another name": (
        "tencent",
        {"sg_id": PEER, "ingress": "x"},
        {"sg_id": "another name for security_group_id", "ingress": "a list"},
    ),
    "another policy under another name": (
        "aliyun",
        {"policy": "accept", "InnerAccessPolicy": "drop"},
        {"policy": "another name for inner_access_policy"},
    ),
    "blank groups": ("tencent", {"groups": " \n", "security_group_id": ""}, {"security_group_id": "required"}),
    "half a character": ("tencent", {"security_group_id": "sg-\ud800"}, {"security_group_id": "not the ID"}),
    "half an address": ("tencent", {"endpoint": "http://a\ud800"}, {"endpoint": "unpaired surrogate"}),
    "half an address (2.0)": ("tencent", {"endpoint": "\ud800", **OLD_API}, {"endpoint": "unpaired surrogate"}),
    "half an address (aliyun)": ("aliyun", {"endpoint": "a\ud800.example"}, {"endpoint": "unpaired surrogate"}),
    "half a key": ("aliyun", {"access_key_id": "a\ud800"}, {"access_key_id": "no key has"}),
    "a progress file with a NUL": ("aliyun", {"progress_file": "a\x00b"}, {"progress_file": "cannot be written"}),
    "scheme": ("aliyun", {"endpoint": "ftp://ecs.example"}, {"endpoint": "https or http"}),
    "credentials in the endpoint": ("tencent", {"endpoint": "https://u:p@vpc.example"}, {"endpoint": "not a user"}),
    "long token": ("aliyun", {"client_token": "x" * 65}, {"client_token": "65"}),
    "token": ("aliyun", {"client_token": "tokén"}, {"client_token": "ASCII"}),
    "2.0 signature on 3.0": ("tencent", {"signature_method": "HmacSHA1"}, {"signature_method": "api_version 2.0"}),
    "3.0 signature on 2.0": (
        "tencent",
        {"signature_method": "TC3-HMAC-SHA256", **OLD_API},
        {"signature_method": "HmacSHA256 or HmacSHA1"},
    ),
    "version on 2.0": ("tencent", {"expected_version": "3", **OLD_API}, {"expected_version": "3.0"}),
}


@pytest.mark.parametrize("name", OPTIONS)
def test_a_wrong_option(clouds: Harness, name: str) -> None:
    cloud, options, expected = OPTIONS[name]
    found = mistakes(clouds, cloud, **options)
    assert set(found) == set(expected)
    for path, words in expected.items():
        assert words in found[path]


RULES: dict[str, tuple[Any, dict[str, str]]] = {
    "no action": ({"protocol": "tcp"}, {".action": "required"}),
    "action": ({"action": "allow"}, {".action": "'allow' is not one of accept, drop"}),
    "action as a boolean": ({"action": True}, {".action": "True"}),
    "half a description": ({"action": "drop", "desc": "a\ud800"}, {".description": "unpaired surrogate"}),
    "typo in a key": ({"action": "accept", "protocl": "tcp"}, {".protocl": "did you mean protocol?"}),
    "typo in action": ({"acton": "accept"}, {".acton": "did you mean action?", ".action": "required"}),
    "another tool's key": ({"action": "accept", "source": "10.0.0.0/8"}, {".source": "the fields are action"}),
    "two names of one field": ({"action": "accept", "Action": "drop"}, {".Action": "another name for action"}),
    "protocol": ({"action": "accept", "protocol": "ip"}, {".protocol": "'ip' is not one of tcp, udp"}),
    "port with icmp": ({"action": "accept", "protocol": "icmp", "port": 22}, {".port": "not with icmp"}),
    "port with every protocol": ({"action": "accept", "port": 22}, {".port": "tcp or udp"}),
    "port name": ({"action": "accept", "protocol": "tcp", "port": "ssh"}, {".port": "'ssh'"}),
    "negative port": ({"action": "accept", "protocol": "tcp", "port": -1}, {".port": "'-1'"}),
    "large port": ({"action": "accept", "protocol": "tcp", "port": 65536}, {".port": "65535"}),
    "reversed range": ({"action": "accept", "protocol": "tcp", "port": "90-80"}, {".port": "ends before it begins"}),
    "port as a list": ({"action": "accept", "protocol": "tcp", "port": [80, 443]}, {".port": "write '80,443'"}),
    "peers as a list": ({"action": "accept", "cidr": ["10.0.0.0/8", "10.0.0.1"]}, {".cidr": "a rule for each"}),
    "nobody": ({"action": "accept", "cidr": "0.0.0.0/32"}, {".cidr": "stored by the service as 0.0.0.0/0"}),
    "nobody without a mask": ({"action": "drop", "cidr": "0.0.0.0"}, {".cidr": "stored by the service as 0.0.0.0/0"}),
    "bogons": ({"action": "drop", "cidrIp": "0.0.0.0/8"}, {".cidr": "stored by the service as 0.0.0.0/0"}),
    "address with a port": ({"action": "accept", "cidr": "10.0.0.1:22"}, {".cidr": "write the port as port: 22"}),
    "URL": ({"action": "accept", "cidr": "http://10.0.0.1/"}, {".cidr": "is a URL"}),
    "description in lines": ({"action": "drop", "description": "a\nb"}, {".description": "line break"}),
    "cidr": ({"action": "accept", "cidr": "10.0.0.0/33"}, {".cidr": "'10.0.0.0/33'"}),
    "host bits": ({"action": "accept", "cidr": "10.1.2.3/8"}, {".cidr": "the network is 10.0.0.0/8"}),
    "IPv6 host bits": (
        {"action": "accept", "ipv6_cidr": "2001:db8::1/32"},
        {".ipv6_cidr": "the network is 2001:db8::/32"},
    ),
    "IPv6 in cidr": ({"action": "accept", "cidr": "2001:db8::/32"}, {".cidr": "use ipv6_cidr"}),
    "IPv4 in ipv6_cidr": ({"action": "accept", "ipv6_cidr": "10.0.0.0/8"}, {".ipv6_cidr": "use cidr"}),
    "icmp from IPv6": (
        {"action": "accept", "protocol": "icmp", "ipv6_cidr": "::/0"},
        {".protocol": "use icmpv6"},
    ),
    "two peers": (
        {"action": "accept", "cidr": "10.0.0.0/8", "security_group_id": PEER},
        {"": "cidr and security_group_id"},
    ),
    "four peers": (
        {"action": "drop", "cidrIp": "1.1.1.1", "ipv6_cidr": "::1", "sgId": PEER, "addressModule": "ipm-2uw6ujo6"},
        {"": "cidr and ipv6_cidr and security_group_id and address_template"},
    ),
    "peer id": ({"action": "accept", "security_group_id": "web"}, {".security_group_id": "'web'"}),
    "address template": ({"action": "accept", "address_template": "ppm-f5n1f8da"}, {".address_template": "ipm-"}),
    "service template": ({"action": "accept", "service_template": "ipm-2uw6ujo6"}, {".service_template": "ppm-"}),
    "service template and protocol": (
        {"action": "accept", "service_template": "ppm-f5n1f8da", "protocol": "tcp", "port": 22},
        {".protocol": "service_template", ".port": "service_template"},
    ),
}
# Rules that would match more than intended: the rule, and the fields of the mistakes.
WIDER: dict[str, tuple[dict[str, Any], list[str]]] = {
    **{f"empty {name}": ({"action": "accept", "protocol": "tcp", "port": 22, name: ""}, [name]) for name in PEERS},
    **{f"no {name}": ({"action": "drop", name: None}, [name]) for name in PEERS},
    **{f"blank {name}": ({"action": "accept", name: " \n"}, [field]) for name, field in PEER_ALIASES.items()},
    "no peer in full": ({"action": "accept", "protocol": "all", **dict.fromkeys(PEERS, "")}, ["cidr"]),
    "empty protocol": ({"action": "accept", "protocol": "", "cidr": "10.0.0.0/8"}, ["protocol"]),
    "no protocol": ({"action": "accept", "ipProtocol": None, "cidr": "10.0.0.0/8"}, ["protocol"]),
    "empty port": ({"action": "accept", "protocol": "tcp", "port": "", "cidr": "10.0.0.0/8"}, ["port"]),
    "no port": ({"action": "accept", "protocol": "udp", "Port": None, "cidr": "10.0.0.0/8"}, ["port"]),
    "empty service": ({"action": "accept", "service_template": "", "cidr": "10.0.0.0/8"}, ["service_template"]),
    "everything empty": ({"action": "drop", "protocol": "", "port": "", "cidr": ""}, ["protocol", "cidr"]),
}


@pytest.mark.parametrize("api", ["3.0", "2.0"])
@pytest.mark.parametrize("state", ["replaced", "merged", "deleted"])
@pytest.mark.parametrize("name", WIDER)
def test_an_empty_value_never_widens_a_rule(clouds: Harness, name: str, state: str, api: str) -> None:
    rule, fields = WIDER[name]
    rules = [{"action": "accept", "protocol": "tcp", "port": 1}, rule]
    task = {"security_group_id": ABSENT, "state": state, "position": "top", "api_version": api}
    own = {"security_group_id": WEB, "egress": rules}
    for prefix, options in (
        ("ingress[1]", {**task, "security_group_id": WEB, "ingress": rules}),
        ("groups[0].egress[1]", {**task, "ingress": ABSENT, "groups": [own]}),
        ("ingress[1]", {**task, "ingress": rules, "groups": [{"security_group_id": WEB}, {"sg_id": PEER}]}),
    ):
        found = mistakes(clouds, "tencent", **options)
        assert set(found) == {f"{prefix}.{field}" for field in fields}
        assert all("is empty, and the rule would match any" in message for message in found.values())


RULES_2_0: dict[str, tuple[Any, dict[str, str]]] = {
    "IPv6": ({"action": "accept", "ipv6_cidr": "::/0"}, {".ipv6_cidr": "api_version 3.0"}),
    "icmpv6": ({"action": "accept", "protocol": "icmpv6"}, {".protocol": "api_version 3.0"}),
    "gre": ({"action": "accept", "protocol": "gre"}, {".protocol": "api_version 3.0"}),
    "description": ({"action": "accept", "description": "x" * 51}, {".description": "51"}),
}


ON_BOTH_APIS = [name for name, (rule, dummy) in RULES.items() if "ipv6_cidr" not in rule]


@pytest.mark.parametrize("direction", ["ingress", "egress"])
@pytest.mark.parametrize(
    ("api", "name"), [*(("3.0", name) for name in RULES), *(("2.0", name) for name in [*ON_BOTH_APIS, *RULES_2_0])]
)
def test_a_wrong_rule(clouds: Harness, api: str, name: str, direction: str) -> None:
    rule, expected = {**RULES, **RULES_2_0}[name]
    good = {"action": "accept", "protocol": "tcp", "port": 1}
    found = mistakes(clouds, "tencent", api_version=api, **{direction: [good, rule]})
    assert set(found) == {f"{direction}[1]{field}" for field in expected}
    for field, words in expected.items():
        assert words in found[f"{direction}[1]{field}"]


@pytest.mark.parametrize("name", RULES_2_0)
def test_limits_of_api_2_0_do_not_apply_to_api_3_0(clouds: Harness, name: str) -> None:
    rule, dummy = RULES_2_0[name]
    assert run(clouds, "tencent", check=True, ingress=[rule])["changed"]


def test_the_same_rule_twice(clouds: Harness) -> None:
    first = {"action": "accept", "protocol": "tcp", "port": "443,80", "description": "web"}
    second = {"Action": "ACCEPT", "ipProtocol": "TCP", "portRange": "80,443", "desc": " web "}
    found = mistakes(clouds, "tencent", ingress=[first, {"action": "drop"}, second], egress=[first])
    assert list(found) == ["ingress[2]"]
    assert "ingress[0]" in found["ingress[2]"]


def test_every_mistake_at_once(clouds: Harness) -> None:
    found = mistakes(
        clouds,
        "tencent",
        security_group_id="web",
        region="South China",
        secret_id="",
        endpoint="ftp://x",
        ingress=[{"action": "allow"}, {"action": "accept", "port": 1, "cidr": "x"}],
        egress=[{"action": "drop", "protocol": "ip"}, "accept"],
        timeout=0,
        state="present",
        deadline="soon",
        validate_certs="perhaps",
        posiiton="top",
    )
    assert set(found) == {
        *("security_group_id", "region", "secret_id", "endpoint", "timeout"),
        *("ingress[0].action", "ingress[1].port", "ingress[1].cidr", "egress[0].protocol", "egress[1]"),
        *("state", "deadline", "validate_certs", "posiiton"),
    }


def test_the_result_has_the_same_keys_for_mistakes_that_ansible_finds(clouds: Harness) -> None:
    for cloud, option in (("tencent", "state"), ("aliyun", "nmae")):
        found_by_us = run(clouds, cloud, security_group_id="")
        found_by_ansible = run(clouds, cloud, check=False, **{option: "web"})
        assert set(found_by_ansible) == set(found_by_us)
        assert found_by_ansible["region"] == found_by_us["region"]
        assert found_by_ansible["diff"] == {"before": "", "after": ""}


def test_mistakes_in_groups(clouds: Harness) -> None:
    entries = [
        {"security_group_id": WEB, "ingress": [{"action": "allow"}]},
        {"sg_id": PEER, "egress": [{"action": "accept", "prot": "tcp"}], "state": "present"},
        {"egress": [], "position": "middle", "versoin": 3},
        {"sgId": WEB, "SecurityGroupId": PEER, "egress": []},
    ]
    found = mistakes(clouds, "tencent", security_group_id=ABSENT, ingress=ABSENT, groups=entries)
    assert set(found) == {
        *("groups[0].ingress[0].action", "groups[1].egress[0].prot", "groups[1].state"),
        *("groups[2].security_group_id", "groups[2].position", "groups[2].versoin", "groups[3].SecurityGroupId"),
        "groups[3].security_group_id",
    }


def test_a_mistake_in_a_shared_option_is_reported_once_with_its_path(clouds: Harness) -> None:
    entries = [{"security_group_id": WEB}, {"security_group_id": PEER, "egress": [{"action": "allow"}]}, PEER]
    shared = {"ingress": [{"action": "allow"}], "expected_version": "3", "api_version": "2.0"}
    found = mistakes(clouds, "tencent", security_group_id=ABSENT, groups=entries, **shared)
    assert set(found) == {"ingress[0].action", "expected_version", "groups[1].egress[0].action", "groups[2]"}
    entries = [{"security_group_id": ACCEPTING}, {"sg_id": DROPPING}, {"sg_id": ["a"], "policy": ["drop"]}]
    found = mistakes(clouds, "aliyun", security_group_id=ABSENT, groups=entries, inner_access_policy="allow")
    assert set(found) == {
        *("inner_access_policy", "groups[2].security_group_id", "groups[2].inner_access_policy"),
    }


def test_a_warning_about_a_shared_option_is_given_once(clouds: Harness) -> None:
    entries = [{"security_group_id": WEB}, {"security_group_id": PEER}]
    rules = [{"action": "drop", "protocol": "icmpv6", "cidr": "10.0.0.0/8"}]
    options = tencent_options(clouds.url, groups=entries, ingress=rules)
    warnings = run_module(MODULES["tencent"], options, check=True)["warnings"]
    assert warnings == ["ingress[0]: icmpv6 never comes from or goes to an IPv4 address; give an ipv6_cidr"]


@pytest.mark.parametrize(
    ("cloud", "group"), [("aliyun", {"inner_access_policy": "drop"}), ("tencent", {"ingress": []})]
)
def test_the_same_group_twice(clouds: Harness, cloud: str, group: dict[str, Any]) -> None:
    entries = [{"security_group_id": "sg-twice001", **group}, {"sg_id": "sg-twice001", **group}]
    found = mistakes(clouds, cloud, security_group_id=ABSENT, groups=entries)
    assert list(found) == ["groups[1].security_group_id"]
    assert "groups[0]" in found["groups[1].security_group_id"]


# Mistakes that ansible-core itself finds must be reported in the same form.
ANSIBLES_OWN: dict[str, tuple[str, dict[str, Any], str]] = {
    "choice": ("tencent", {"state": "present"}, "state"),
    "another choice": ("aliyun", {"signature_version": "v2"}, "signature_version"),
    "number": ("aliyun", {"timeout": "soon"}, "timeout"),
    "a switch for a number": ("tencent", {"timeout": True}, "timeout"),
    "sign, digits and exponent for a number": ("tencent", {"timeout": [0, [1, 2], 0]}, "timeout"),
    "more than a number can have": ("tencent", {"timeout": [2**63, "", []]}, "timeout"),
    "unknown option with nothing in it": ("tencent", {"sate": ""}, "sate"),
    "unknown option that is null": ("aliyun", {"polciy": None}, "polciy"),
    "unknown option": ("aliyun", {"inner_acces_policy": "drop"}, "inner_acces_policy"),
    "a dictionary for a list": ("tencent", {"ingress": {"action": "accept"}}, "ingress"),
    "broken JSON": ("tencent", {"ingress": '[{"action": "accept"'}, "ingress"),
    "a text for a rule": ("tencent", {"ingress": [{"action": "drop"}, "accept tcp 22"]}, "ingress[1]"),
    "nothing for a rule": ("tencent", {"egress": [{"action": "drop"}, None]}, "egress[1]"),
    "nothing for a group": (
        "tencent",
        {"security_group_id": ABSENT, "groups": [{"security_group_id": WEB}, None]},
        "groups[1]",
    ),
    "a number for a group": (
        "tencent",
        {"security_group_id": ABSENT, "groups": [{"security_group_id": WEB}, 3]},
        "groups[1]",
    ),
    "a text for a group": (
        "aliyun",
        {"security_group_id": ABSENT, "groups": [{"security_group_id": DROPPING}, ACCEPTING]},
        "groups[1]",
    ),
}


@pytest.mark.parametrize("name", ANSIBLES_OWN)
def test_mistakes_that_ansible_finds(clouds: Harness, name: str) -> None:
    cloud, options, path = ANSIBLES_OWN[name]
    assert list(mistakes(clouds, cloud, **options)) == [path]


@dataclass(frozen=True)
class Refusal:
    """A refusal: the failure kind, words of the message, and the code of the service (None: refused by the module)."""

    kind: str
    words: str
    code: str | None


REFUSALS: dict[str, tuple[str, dict[str, Any], Refusal]] = {
    "unknown group (aliyun)": (
        "aliyun",
        {"security_group_id": "sg-bp1nosuchgroup00000"},
        Refusal("not_found", "sg-bp1nosuchgroup00000 in cn-hangzhou", "InvalidSecurityGroupId.NotFound"),
    ),
    "unknown region (aliyun)": (
        "aliyun",
        {"region": "cn-nowhere"},
        Refusal("not_found", "cn-nowhere", "InvalidRegionId.NotFound"),
    ),
    "unknown key (aliyun)": (
        "aliyun",
        {"access_key_id": "LTAInosuchkey"},
        Refusal("auth", "access key", "InvalidAccessKeyId.NotFound"),
    ),
    "wrong secret (aliyun)": (
        "aliyun",
        {"access_key_secret": "notTheRightOne"},
        Refusal("auth", "signature", "SignatureDoesNotMatch"),
    ),
    "wrong secret, v1 (aliyun)": (
        "aliyun",
        {"access_key_secret": "notTheRightOne", "signature_version": "v1"},
        Refusal("auth", "signature", "SignatureDoesNotMatch"),
    ),
    "no token (aliyun)": (
        "aliyun",
        {"access_key_id": ALIYUN_TEMPORARY_ID, "access_key_secret": ALIYUN_TEMPORARY_SECRET},
        Refusal("auth", "SecurityToken", "MissingSecurityToken"),
    ),
    "advanced group": (
        "aliyun",
        {"security_group_id": ENTERPRISE, "inner_access_policy": "accept"},
        Refusal("unsupported", "advanced (enterprise) security group", None),
    ),
    "managed group": (
        "aliyun",
        {"security_group_id": MANAGED},
        Refusal("unsupported", "managed by a cloud product", None),
    ),
    "unknown group (3.0)": (
        "tencent",
        {"security_group_id": "sg-nosuch99"},
        Refusal("not_found", "sg-nosuch99 in ap-guangzhou", "ResourceNotFound"),
    ),
    "unknown group (2.0)": (
        "tencent",
        {"security_group_id": "sg-nosuch99", **OLD_API},
        Refusal("not_found", "sg-nosuch99 in ap-guangzhou", "7001"),
    ),
    "unknown region (3.0)": (
        "tencent",
        {"region": "ap-nowhere"},
        Refusal("unsupported", "ap-nowhere", "UnsupportedRegion"),
    ),
    "unknown region (2.0)": (
        "tencent",
        {"region": "ap-nowhere", **OLD_API},
        Refusal("invalid_input", "ap-nowhere", "4000"),
    ),
    "unknown key (3.0)": (
        "tencent",
        {"secret_id": "AKIDnosuchkey"},
        Refusal("auth", "SecretId", "AuthFailure.SecretIdNotFound"),
    ),
    "unknown key (2.0)": ("tencent", {"secret_id": "AKIDnosuchkey", **OLD_API}, Refusal("auth", "SecretId", "4104")),
    "wrong secret (3.0)": (
        "tencent",
        {"secret_key": "notTheRightOne"},
        Refusal("auth", "signature", "AuthFailure.SignatureFailure"),
    ),
    "wrong secret (2.0)": (
        "tencent",
        {"secret_key": "notTheRightOne", **OLD_API},
        Refusal("auth", "signature", "4100"),
    ),
    "no token (3.0)": (
        "tencent",
        {"secret_id": TENCENT_TEMPORARY_ID, "secret_key": TENCENT_TEMPORARY_KEY},
        Refusal("auth", "token", "AuthFailure.TokenFailure"),
    ),
    "another version": (
        "tencent",
        {"expected_version": "2"},
        Refusal("conflict", "version 3, not the expected version 2", None),
    ),
}


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal(clouds: Harness, name: str, check: bool) -> None:
    cloud, options, refusal = REFUSALS[name]
    result = run(clouds, cloud, check=check, **options)
    failure = result["failure"]
    assert (failure["kind"], failure["code"]) == (refusal.kind, refusal.code)
    assert refusal.words in result["msg"]
    assert options.get("security_group_id", ACCEPTING if cloud == "aliyun" else WEB) in result["msg"]
    assert result["msg"].startswith("Failed to ") and result["msg"].endswith(".")
    assert not result["changed"]
    assert result["before"] == result["after"]
    assert_vendors_words(clouds, result)


def assert_vendors_words(clouds: Harness, result: Result) -> None:
    """Assert that the failure and its message contain the last response."""
    failure, last = result["failure"], clouds.journal()[-1]
    assert failure["action"] == last["action"] == result["actions"][-1]["action"]
    if failure["code"] is None:
        assert result["actions"][-1]["status"] == "done"
        return
    assert failure["code"] == last["error_code"]
    assert failure["http_status"] == last["status"]
    assert failure["request_id"] == last["request_id"]
    assert failure["message"]
    assert failure["code"] in result["msg"]
    assert last["request_id"] is None or last["request_id"] in result["msg"]
    assert result["actions"][-1]["status"] == "failed"


@pytest.mark.parametrize(
    ("group", "options", "code"),
    [
        (DEFAULT, {"ingress": [{"action": "drop"}], **OLD_API}, "7006"),
        (WEB, {"ingress": [{"action": "accept", "security_group_id": "sg-nosuch99"}]}, "ResourceNotFound"),
        (
            WEB,
            {"ingress": [{"action": "accept", "protocol": "tcp", "port": port} for port in range(1, 102)]},
            "LimitExceeded",
        ),
        (WEB, {"ingress": [{"action": "accept", "description": "x" * 101}]}, "InvalidParameterValue.TooLong"),
    ],
)
def test_a_write_that_is_refused(clouds: Harness, group: str, options: dict[str, Any], code: str) -> None:
    kinds = {
        "7006": "unsupported",
        "ResourceNotFound": "not_found",
        "LimitExceeded": "quota",
        "InvalidParameterValue.TooLong": "invalid_input",
    }
    state = clouds.state()
    result = run_module(MODULES["tencent"], tencent_options(clouds.url, security_group_id=group, **options))
    assert clouds.state() == state
    assert (result["failure"]["kind"], result["failure"]["code"]) == (kinds[code], code)
    assert not result["changed"]
    assert result["before"] == result["after"]
    assert result["before"] is not None
    assert_vendors_words(clouds, result)
    assert len(writes(clouds)) == 1


@pytest.mark.parametrize("fault", ["malformed", "html"])
@pytest.mark.parametrize(("cloud", "options"), [("aliyun", {}), ("tencent", {}), ("tencent", OLD_API)])
def test_a_malformed_response(clouds: Harness, cloud: str, options: dict[str, Any], fault: str) -> None:
    clouds.fault(fault, times=50)
    with without_waiting():
        result = run(clouds, cloud, **options)
    failure = result["failure"]
    assert failure["kind"] == "protocol"
    assert (failure["code"], failure["message"], failure["request_id"]) == (None, None, None)
    assert failure["http_status"] == 200
    assert ("text/html" in result["msg"]) == (fault == "html")
    assert not result["changed"]
    assert result["before"] is result["after"] is None


def test_a_refused_connection(clouds: Harness) -> None:
    for cloud in MODULES:
        with without_waiting():
            result = run(clouds, cloud, endpoint="http://127.0.0.1:1")
        assert result["failure"]["kind"] == "unavailable"
        assert "Connection refused" in result["msg"]
        assert result["actions"][0]["status"] == "failed"
    assert calls(clouds) == []
