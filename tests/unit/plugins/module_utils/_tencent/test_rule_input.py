# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules as users write them: every spelling is accepted, and every mistake is reported with its path."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.apis import rule_api
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rule_fields import ALIASES, NAMES
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rule_input import Limits, RuleReader
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rules import PEERS, Rule
from tests.unit.plugins.strategies import rules, spellings

SSH = {"action": "accept", "protocol": "tcp", "port": "22", "cidr": "10.0.0.0/8"}
ANYTHING = Rule("accept", "all", "all", "cidr", "0.0.0.0/0")


def reader(api: str = "3.0") -> RuleReader:
    return RuleReader(rule_api(api).limits)


def read(*entries: Any, api: str = "3.0") -> tuple[Rule, ...]:
    """The rules of entries without mistakes."""
    reading = reader(api)
    found = reading.read(list(entries), "ingress")
    assert reading.mistakes == []
    assert len(found) == len(entries)
    return found


def mistakes(*entries: Any, api: str = "3.0") -> list[tuple[str, str]]:
    reading = reader(api)
    reading.read(list(entries), "ingress")
    return [(mistake.path, mistake.message) for mistake in reading.mistakes]


def the_mistake(*entries: Any, api: str = "3.0") -> tuple[str, str]:
    found = mistakes(*entries, api=api)
    assert len(found) == 1, found
    return found[0]


def without(name: str, **changes: Any) -> dict[str, Any]:
    return {key: value for key, value in SSH.items() if key != name} | changes


# The value of a field, and the resulting field of the rule.
FIELDS = {
    "action": ("DROP", {}, "drop"),
    "protocol": ("UDP", {}, "udp"),
    "port": ("443,80", {"protocol": "tcp"}, "80,443"),
    "cidr": ("10.0.0.1/32", {}, "10.0.0.1"),
    "ipv6_cidr": ("2001:DB8:0::/32", {}, "2001:db8::/32"),
    "security_group_id": ("sg-33ocnj9n", {}, "sg-33ocnj9n"),
    "address_template": ("ipmg-2uw6ujo6", {}, "ipmg-2uw6ujo6"),
    "service_template": ("ppm-f5n1f8da", {}, "ppm-f5n1f8da"),
    "description": ("Büro 内网", {}, "Büro 内网"),
}
SPELLINGS = [(name, spelling) for name, aliases in ALIASES.items() for spelling in (name, *aliases)]


def test_every_field_of_the_contract_is_known() -> None:
    assert {name: list(aliases) for name, aliases in ALIASES.items()} == {
        "action": ["Action"],
        "protocol": ["ipProtocol", "Protocol"],
        "port": ["portRange", "Port"],
        "cidr": ["cidrIp", "CidrBlock"],
        "ipv6_cidr": ["Ipv6CidrBlock"],
        "security_group_id": ["sgId", "SecurityGroupId"],
        "address_template": ["addressModule"],
        "service_template": ["serviceModule"],
        "description": ["desc", "PolicyDescription"],
    }


@pytest.mark.parametrize(("name", "spelling"), SPELLINGS)
def test_every_name_of_a_field(name: str, spelling: str) -> None:
    value, others, canonical = FIELDS[name]
    entry = {"action": "accept", **others, spelling: value} if name != "action" else {spelling: value}
    (rule,) = read(entry)
    assert rule.to_dict()[name] == canonical


NOTHING = pytest.mark.parametrize("nothing", ["", None, " ", "\t\n"])
PEER_NAMES = [spelling for name in PEERS for spelling in (name, *ALIASES[name])]
PEER_NAMES += [
    spelling for spelling, name in NAMES.items() if name == "address_template" and spelling not in PEER_NAMES
]


@pytest.mark.parametrize("spelling", [*PEER_NAMES, "AddressTemplate"])
@pytest.mark.parametrize("action", ["accept", "drop"])
@NOTHING
def test_an_empty_peer_is_not_any_address(spelling: str, action: str, nothing: Any) -> None:
    path, message = the_mistake({"action": action, "protocol": "tcp", "port": 22, spelling: nothing})
    assert path == f"ingress[0].{NAMES[spelling]}"
    assert "leave it out, or write cidr 0.0.0.0/0" in message


def test_all_peers_empty_is_one_mistake() -> None:
    assert the_mistake({"action": "accept", **dict.fromkeys(PEERS)})[0] == "ingress[0].cidr"


# Fields besides a peer whose empty value would make the rule match more: the entry, and the path of the mistake.
WIDER = [
    (SSH | {"protocol": "NOTHING", "port": None}, ".protocol"),
    (SSH | {"protocol": "NOTHING"}, ".protocol"),
    (without("protocol", ipProtocol="NOTHING"), ".protocol"),
    ({"action": "accept", "protocol": "NOTHING"}, ".protocol"),
    (SSH | {"protocol": "NOTHING", "service_template": ""}, ".protocol"),
    (SSH | {"port": "NOTHING"}, ".port"),
    (SSH | {"protocol": "UDP", "port": "NOTHING"}, ".port"),
    (without("port", portRange="NOTHING"), ".port"),
    ({"action": "accept", "service_template": "NOTHING"}, ".service_template"),
    ({"action": "accept", "serviceModule": "NOTHING", "cidr": "10.0.0.1"}, ".service_template"),
    ({"action": "accept", "ServiceTemplate": "NOTHING", "port": ""}, ".service_template"),
]


@pytest.mark.parametrize(("entry", "path"), WIDER)
@NOTHING
def test_an_empty_value_never_widens_a_rule(entry: dict[str, Any], path: str, nothing: Any) -> None:
    found = the_mistake({name: nothing if value == "NOTHING" else value for name, value in entry.items()})
    assert found[0] == f"ingress[0]{path}"
    assert "is empty, and the rule would match any" in found[1]


# Rules that list all fields, with the needed ones filled.
NEEDED = [
    (SSH, Rule("accept", "tcp", "22", "cidr", "10.0.0.0/8")),
    (without("cidr", ipv6_cidr="::/0"), Rule("accept", "tcp", "22", "ipv6_cidr", "::/0")),
    (without("cidr", security_group_id="sg-1"), Rule("accept", "tcp", "22", "security_group_id", "sg-1")),
    (SSH | {"protocol": "icmp", "port": ""}, Rule("accept", "icmp", "all", "cidr", "10.0.0.0/8")),
    (SSH | {"protocol": "all", "port": ""}, Rule("accept", "all", "all", "cidr", "10.0.0.0/8")),
    (
        {"action": "drop", "address_template": "ipm-1", "service_template": "ppm-1"},
        Rule("drop", "", "", "address_template", "ipm-1", "ppm-1"),
    ),
]


@pytest.mark.parametrize(("needed", "rule"), NEEDED)
@NOTHING
def test_a_rule_may_list_every_field_with_only_the_needed_ones_filled(
    needed: dict[str, Any], rule: Rule, nothing: Any
) -> None:
    assert read({**dict.fromkeys(ALIASES, nothing), **needed}) == (rule,)


@NOTHING
def test_an_empty_action_is_none(nothing: Any) -> None:
    assert the_mistake({"action": nothing}) == ("ingress[0].action", "is required: accept or drop")


def test_a_rule_with_only_an_action_matches_everything() -> None:
    assert read({"action": "Accept"}) == (ANYTHING,)


EQUAL = [
    ({"port": "22-22"}, {"port": "22"}),
    ({"port": 22}, {"port": "22"}),
    ({"port": "443,80"}, {"port": "80,443"}),
    ({"port": "443, 80,443"}, {"port": "80,443"}),
    ({"port": "80,8000-8010"}, {"port": "8000 - 8010, 80-80"}),
    ({"protocol": "TCP"}, {"protocol": "tcp"}),
    ({"protocol": "ALL", "port": None}, {"protocol": "all", "port": "all"}),
    ({"protocol": "icmp", "port": "all"}, {"protocol": "icmp", "port": None}),
    ({"action": "ACCEPT"}, {"action": "accept"}),
    ({"cidr": "10.0.0.1"}, {"cidr": "10.0.0.1/32"}),
    ({"cidr": "0.0.0.0/0"}, {"cidr": "0.0.0.0/0.0.0.0"}),
    ({"description": "ssh"}, {"description": "  ssh\n"}),
    ({"cidr": None, "ipv6_cidr": "2001:DB8:0:0::/32"}, {"cidr": None, "ipv6_cidr": "2001:db8::/32"}),
    ({"cidr": None, "ipv6_cidr": "2001:db8::1/128"}, {"cidr": None, "ipv6_cidr": "2001:DB8:0::1"}),
]


@pytest.mark.parametrize(("one", "other"), EQUAL)
def test_two_spellings_of_one_rule_are_equal(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert read({**SSH, **one}) == read({**SSH, **other})


DIFFERENT = [
    {"action": "drop"},
    {"protocol": "udp"},
    {"port": "23"},
    {"port": "22,23"},
    {"port": "all"},
    {"cidr": "10.0.0.0"},
    {"cidr": "10.0.0.0/9"},
    {"cidr": None, "security_group_id": "sg-1"},
    {"description": "x"},
    {"protocol": None, "port": None, "service_template": "ppm-1"},
]


@pytest.mark.parametrize("change", DIFFERENT)
def test_different_rules_are_different(change: dict[str, Any]) -> None:
    assert read({**SSH, **change}) != read(SSH)


# The entry, the path of its only mistake below ingress[0], and words of the message.
MISTAKES = [
    (without("action"), ".action", "is required"),
    (SSH | {"action": "allow"}, ".action", "'allow' is not one of accept, drop"),
    (SSH | {"protocol": "sctp", "port": None}, ".protocol", "'sctp' is not one of tcp, udp, icmp, icmpv6, gre, all"),
    (SSH | {"protocol": "tpc"}, ".protocol", "'tpc' is not one of"),
    (SSH | {"protocol": ["tcp"]}, ".protocol", "has to be one value, not the list ['tcp']; write 'tcp'"),
    (SSH | {"protocol": ["tcp", "udp"]}, ".protocol", "write a rule for each"),
    (SSH | {"cidr": ["10.0.0.0/8", "10.0.0.1"]}, ".cidr", "write a rule for each"),
    (SSH | {"cidr": []}, ".cidr", "has to be one value, not the list []"),
    (without("cidr", security_group_id=["sg-1", "sg-2"]), ".security_group_id", "write a rule for each"),
    (SSH | {"port": "65536"}, ".port", "highest port is 65535"),
    (SSH | {"port": 65536}, ".port", "highest port is 65535"),
    (SSH | {"port": -1}, ".port", "not a port"),
    (SSH | {"port": "90-80"}, ".port", "ends before it begins"),
    (SSH | {"port": True}, ".port", "has to be text, not True"),
    (SSH | {"port": 22.5}, ".port", "has to be text"),
    (SSH | {"port": [80, 443]}, ".port", "not the list [80, 443]; write '80,443'"),
    (SSH | {"port": []}, ".port", "not the list []"),
    (SSH | {"protocol": "icmp"}, ".port", "only be given with protocol tcp or udp, not with icmp"),
    (SSH | {"protocol": "all"}, ".port", "only be given with protocol tcp or udp, not with all"),
    (without("protocol"), ".port", "only be given with protocol tcp or udp"),
    (SSH | {"protocol": "gre", "port": 0}, ".port", "only be given with protocol tcp or udp, not with gre"),
    (SSH | {"cidr": "10.1.2.3/8"}, ".cidr", "the network is 10.0.0.0/8"),
    (SSH | {"cidr": "2001:db8::/32"}, ".cidr", "use ipv6_cidr"),
    (SSH | {"cidr": "sg-12345678"}, ".cidr", "use security_group_id"),
    ({"action": "accept", "ipv6_cidr": "sg-12345678"}, ".ipv6_cidr", "use security_group_id"),
    (SSH | {"cidr": "ipmg-12345678"}, ".cidr", "use address_template"),
    (SSH | {"cidr": "ppm-12345678"}, ".cidr", "use service_template"),
    (SSH | {"cidr": "office"}, ".cidr", "not an IPv4 address"),
    (SSH | {"cidr": False}, ".cidr", "has to be text"),
    (without("cidr", ipv6_cidr="10.0.0.0/8"), ".ipv6_cidr", "use cidr"),
    (without("cidr", ipv6_cidr="fe80::1%eth0"), ".ipv6_cidr", "zone"),
    (without("cidr", ipv6_cidr="2001:db8::1/32"), ".ipv6_cidr", "the network is 2001:db8::/32"),
    (without("cidr", security_group_id="33ocnj9n"), ".security_group_id", "not an ID like sg-..."),
    (without("cidr", security_group_id="sg-1 sg-2"), ".security_group_id", "not an ID"),
    (without("cidr", address_template="ppm-1"), ".address_template", "not an ID like ipm-... or ipmg-..."),
    ({"action": "accept", "service_template": "ipm-1"}, ".service_template", "not an ID like ppm-... or ppmg-..."),
    (SSH | {"security_group_id": "sg-1"}, "", "more than one peer: cidr and security_group_id"),
    (SSH | {"ipv6_cidr": "::/0", "address_template": "ipm-1"}, "", "cidr and ipv6_cidr and address_template"),
    (without("port", service_template="ppm-1"), ".protocol", "cannot be given together with service_template"),
    (SSH | {"protocol": "", "service_template": "ppm-1"}, ".port", "cannot be given together with service_template"),
    (SSH | {"Port": "23"}, ".Port", "another name for port"),
    (SSH | {"description": {"text": "x"}}, ".description", "has to be text"),
    (SSH | {"prot": "tcp"}, ".prot", "did you mean protocol?"),
    (SSH | {"potr": "22"}, ".potr", "did you mean port?"),
    (SSH | {"Descripton": "x"}, ".Descripton", "did you mean description?"),
    (SSH | {"cidrblok": "x"}, ".cidrblok", "did you mean cidr?"),
    (SSH | {"Priority": 1}, ".Priority", "put the rule above those that it must outrank"),
    (SSH | {"priority": 1}, ".priority", "put the rule above those that it must outrank"),
    (SSH | {"type": "ingress"}, ".type", "a rule's direction is the list that it is in"),
    (SSH | {"direction": "ingress"}, ".direction", "a rule's direction is the list that it is in"),
    (without("action", policy="accept") | {"action": "accept"}, ".policy", "did you mean action?"),
    (SSH | {"cidr_ipv6": "::/0"}, ".cidr_ipv6", "did you mean ipv6_cidr?"),
    (SSH | {"source_security_id": "sg-1"}, ".source_security_id", "did you mean security_group_id?"),
    (SSH | {"source_sgid": "sg-1"}, ".source_sgid", "did you mean security_group_id?"),
    (SSH | {"remote_ip_prefix": "::/0"}, ".remote_ip_prefix", "ipv6_cidr for an IPv6 network"),
    (SSH | {"ip_protocol": "tcp"}, ".ip_protocol", "did you mean protocol?"),
    (SSH | {"port_range": "22"}, ".port_range", "did you mean port?"),
    (SSH | {"nic_type": "intranet"}, ".nic_type", "leave it out"),
    (SSH | {"description": "two\nlines"}, ".description", "contains a line break"),
    (SSH | {"description": "a\tb"}, ".description", "control character"),
    (SSH | {"description": "a\u2028b"}, ".description", "contains a line break"),
    (SSH | {"description": "\ud800"}, ".description", "unpaired surrogate"),
    (SSH | {"cidr": "10.0.0.1:22"}, ".cidr", "write the port as port: 22"),
    (SSH | {"cidr": "10.0.0.0/8:22"}, ".cidr", "write the port as port: 22"),
    (SSH | {"cidr": "http://10.0.0.1/"}, ".cidr", "is a URL"),
    (without("cidr", ipv6_cidr="[2001:db8::1]:22"), ".ipv6_cidr", "write the port as port: 22"),
    (without("cidr", ipv6_cidr="https://[2001:db8::1]:22/"), ".ipv6_cidr", "is a URL"),
    (SSH | {"cidr": "0.0.0.0/32"}, ".cidr", "stored by the service as 0.0.0.0/0"),
    (SSH | {"cidr": "0.0.0.0"}, ".cidr", "stored by the service as 0.0.0.0/0"),
    # Also in the JSON of an API, which a user may have edited: the service returns no such network.
    *(
        (SSH | {"PolicyIndex": "0", "cidr": text}, ".cidr", "stored by the service as 0.0.0.0/0")
        for text in ("0.0.0.0/8", "0.0.0.0/32", "0.0.0.0", "0.0.0.5/8")
    ),
    (without("cidr", PolicyIndex=0, ipv6_cidr="fe80::1%eth0/64"), ".ipv6_cidr", "zone"),
    (without("cidr", address_template="ipm-1,ppm-2"), ".address_template", "not an ID like ipm-... or ipmg-..."),
    (without("cidr", address_template="ipm-1,ipm-2"), ".address_template", "one ipm-... and one ipmg-..."),
    (without("cidr", address_template="ipm-1, ipmg-2, ipmg-3"), ".address_template", "names two of one kind"),
    (without("cidr", addressModule="ipm-1,ipm-1"), ".address_template", "names two of one kind"),
    (without("cidr", address_template="ipm-1,"), ".address_template", "not an ID like ipm-... or ipmg-..."),
    (
        without("cidr", AddressTemplate={"AddressId": "ipm-1", "AddressGroupId": "ipm-2"}),
        ".address_template",
        "names two of one kind",
    ),
    ({"action": "drop", "service_template": "ppmg-1,ppmg-2"}, ".service_template", "one ppm-... and one ppmg-..."),
    (SSH | {"port": "9" * 5000}, ".port", "highest port is 65535"),
    (SSH | {"description": "__omit_place_holder__0a1b"}, ".description", "leave the field out"),
    (without("cidr", AddressTemplate={"Id": "1", "AddressId": "ipm-1"}), ".AddressTemplate.Id", "the members are"),
    (SSH | {"zzzz": "x"}, ".zzzz", "the fields are action, protocol, port"),
    (SSH | {7: "x"}, ".7", "is not a field of a rule"),
    (without("port", cidr=None, ipv6_cidr="::/0", protocol="icmp"), ".protocol", "use icmpv6"),
    ("tcp 22", "", "has to be a dictionary"),
    (None, "", "has to be a dictionary"),
    (["action", "accept"], "", "has to be a dictionary"),
]


@pytest.mark.parametrize(("entry", "path", "words"), MISTAKES)
def test_mistake(entry: Any, path: str, words: str) -> None:
    found = the_mistake(entry)
    assert found[0] == f"ingress[0]{path}"
    assert words in found[1]


def test_a_template_beside_protocol_and_port_names_both() -> None:
    found = mistakes(SSH | {"service_template": "ppm-1"})
    assert [path for path, dummy in found] == ["ingress[0].protocol", "ingress[0].port"]


def test_every_mistake_of_every_rule_is_found_at_once() -> None:
    found = mistakes(
        SSH,
        {"action": "allow", "protocol": "tpc", "port": "99999", "cidr": "10.0.0.300", "colour": "red"},
        "nonsense",
        without("action"),
    )
    assert [path for path, dummy in found] == [
        "ingress[1].colour",
        "ingress[1].action",
        "ingress[1].protocol",
        "ingress[1].port",
        "ingress[1].cidr",
        "ingress[2]",
        "ingress[3].action",
    ]


TWINS = [SSH, {**SSH, "port": "22-22"}, {**SSH, "protocol": "TCP", "description": " "}]


@pytest.mark.parametrize("twin", TWINS)
def test_the_same_rule_twice_names_both_positions(twin: dict[str, Any]) -> None:
    path, message = the_mistake(SSH, {"action": "drop"}, twin)
    assert path == "ingress[2]"
    assert "the same rule as ingress[0]" in message


def test_rules_that_differ_in_their_description_are_two_rules() -> None:
    assert len(read(SSH, {**SSH, "description": "a"}, {**SSH, "description": "b"})) == 3


@pytest.mark.parametrize("twin", [*TWINS, {**SSH, "description": "again"}])
def test_merging_cannot_know_which_description_is_meant(twin: dict[str, Any]) -> None:
    merging = RuleReader(rule_api("3.0").limits, by_description=False)
    merging.read([SSH, {"action": "drop"}, twin], "ingress")
    (mistake,) = merging.mistakes
    assert mistake.path == "ingress[2]"
    assert "the same rule as ingress[0]" in mistake.message
    assert "descriptions" in mistake.message


# A rule as API 3.0 returns it, and as its command line client prints it.
RETURNED = {
    "PolicyIndex": 1,
    "Protocol": "tcp",
    "Port": "22",
    "ServiceTemplate": {"ServiceId": "", "ServiceGroupId": ""},
    "CidrBlock": "10.9.89.9/25",
    "Ipv6CidrBlock": "",
    "SecurityGroupId": "",
    "AddressTemplate": {"AddressId": "", "AddressGroupId": ""},
    "Action": "ACCEPT",
    "PolicyDescription": "",
    "ModifyTime": "2025-12-09 23:14:52",
    "Priority": 2,
    "Diff": False,
}
NO_CIDR = {**RETURNED, "CidrBlock": ""}
RESPONSES = [
    (RETURNED, Rule("accept", "tcp", "22", "cidr", "10.9.89.0/25")),
    ({**RETURNED, "Protocol": "ALL", "Port": "ALL"}, Rule("accept", "all", "all", "cidr", "10.9.89.0/25")),
    ({**RETURNED, "CidrBlock": "0.0.0.5/0"}, Rule("accept", "tcp", "22", "cidr", "0.0.0.0/0")),
    ({**NO_CIDR, "Ipv6CidrBlock": "2001:DB8::1/64"}, Rule("accept", "tcp", "22", "ipv6_cidr", "2001:db8::/64")),
    (
        {**NO_CIDR, "AddressTemplate": {"AddressId": "", "AddressGroupId": "ipmg-1"}},
        Rule("accept", "tcp", "22", "address_template", "ipmg-1"),
    ),
    (
        {**NO_CIDR, "AddressTemplate": {"AddressId": "ipm-1", "AddressGroupId": None}},
        Rule("accept", "tcp", "22", "address_template", "ipm-1"),
    ),
    (
        {**NO_CIDR, "AddressTemplate": {"AddressId": "ipm-1", "AddressGroupId": "ipmg-2"}},
        Rule("accept", "tcp", "22", "address_template", "ipm-1,ipmg-2"),
    ),
    (
        {**RETURNED, "Protocol": "ALL", "Port": "ALL", "ServiceTemplate": {"ServiceId": "ppm-1"}},
        Rule("accept", "", "", "cidr", "10.9.89.0/25", "ppm-1"),
    ),
    (
        {**RETURNED, "Protocol": "", "Port": "", "ServiceTemplate": {"ServiceGroupId": "ppmg-1"}},
        Rule("accept", "", "", "cidr", "10.9.89.0/25", "ppmg-1"),
    ),
    (
        {
            "index": 0,
            "action": "ACCEPT",
            "ipProtocol": "tcp",
            "portRange": "22",
            "cidrIp": "10.9.89.9/25",
            "version": 7,
        },
        Rule("accept", "tcp", "22", "cidr", "10.9.89.0/25"),
    ),
]


@pytest.mark.parametrize(("entry", "rule"), RESPONSES)
def test_the_json_of_the_apis_is_read(entry: dict[str, Any], rule: Rule) -> None:
    assert read(entry) == (rule,)


@pytest.mark.parametrize(
    ("places", "is_warned"),
    [
        ([{"PolicyIndex": 0}, {"PolicyIndex": 1}], False),
        ([{"PolicyIndex": 5}, {"PolicyIndex": "12"}], False),
        ([{}, {"PolicyIndex": 0}], False),
        ([{"PolicyIndex": None}, {"PolicyIndex": 0}], False),
        ([{"PolicyIndex": 1}, {"PolicyIndex": 0}], True),
        ([{"index": "10"}, {"index": "9"}], True),
    ],
)
def test_rules_of_a_response_in_another_order_are_warned_of(places: list[dict[str, Any]], is_warned: bool) -> None:
    """The order decides, and the APIs may return rules in an order other than that of their positions."""
    found = reader()
    assert len(found.read([SSH | places[0], SSH | {"port": 23} | places[1]], "ingress")) == 2
    assert [warning.partition(":")[0] for warning in found.warnings] == ["ingress"] * is_warned
    assert found.mistakes == []


@pytest.mark.parametrize("spelling", ["ipm-1,ipmg-2", "ipmg-2,ipm-1", " ipmg-2 , ipm-1 "])
def test_two_templates_in_any_order_are_the_rule_that_is_read_back(spelling: str) -> None:
    (rule,) = read(without("cidr", address_template=spelling))
    assert rule.address == "ipm-1,ipmg-2"


@pytest.mark.parametrize("spoilt", [{"CidrBlock": ""}, {"Protocol": ""}, {"Port": None}])
def test_an_empty_value_does_not_widen_a_rule_of_the_apis_either(spoilt: dict[str, Any]) -> None:
    assert "is empty" in the_mistake({**RETURNED, **spoilt})[1]


def test_the_same_rule_three_times_is_reported_twice() -> None:
    assert [path for path, dummy in mistakes(SSH, SSH, SSH)] == ["ingress[1]", "ingress[2]"]


def test_opposite_actions_are_not_the_same_rule() -> None:
    assert len(read(SSH, {**SSH, "action": "drop"})) == 2


# What only API 3.0 can express: the field, the entry, words of the message.
BEYOND_2_0 = [
    ("protocol", {"action": "accept", "protocol": "icmpv6"}, "icmpv6 cannot be expressed"),
    ("protocol", {"action": "accept", "protocol": "GRE"}, "gre cannot be expressed"),
    ("ipv6_cidr", {"action": "accept", "ipv6_cidr": "::/0"}, "an IPv6 network cannot be expressed"),
    ("address_template", {"action": "accept", "address_template": "ipm-1,ipmg-2"}, "two templates in one rule"),
    ("service_template", {"action": "accept", "service_template": "ppm-1,ppmg-2"}, "two templates in one rule"),
    ("description", {"action": "accept", "description": "x" * 51}, "has 51 characters; more than 50"),
    ("description", {"action": "accept", "description": "内" * 51}, "has 51 characters; more than 50"),
]


@pytest.mark.parametrize(("name", "entry", "words"), BEYOND_2_0)
def test_rules_that_api_2_0_cannot_express(name: str, entry: dict[str, Any], words: str) -> None:
    path, message = the_mistake(SSH, entry, api="2.0")
    assert path == f"ingress[1].{name}"
    assert words in message
    assert "with API 2.0" in message
    assert "api_version 3.0" in message
    reading = reader()
    assert len(reading.read([entry], "ingress")) == 1
    assert reading.mistakes == []


@pytest.mark.parametrize("character", ["x", "ü", "内", "𠀀"])
def test_descriptions_are_counted_in_characters(character: str) -> None:
    (rule,) = read({"action": "accept", "description": character * 50}, api="2.0")
    assert rule.description == character * 50


@pytest.mark.parametrize(
    ("entry", "path", "words"),
    [
        ({"action": "accept", "protocol": "icmpv6", "cidr": "10.0.0.1"}, "ingress[0]", "give an ipv6_cidr"),
    ],
)
def test_odd_but_valid_rules_cause_warnings(entry: dict[str, Any], path: str, words: str) -> None:
    reading = reader()
    assert len(reading.read([entry], "ingress")) == 1
    (warning,) = reading.warnings
    assert warning.startswith(f"{path}:")
    assert words in warning


@pytest.mark.parametrize("cidr", ["0.0.0.0/0", "0.0.0.0/0.0.0.0", "10.0.0.0/8"])
def test_ordinary_rules_are_not_warned_of(cidr: str) -> None:
    reading = reader()
    reading.read([{"action": "accept", "cidr": cidr}], "ingress")
    assert reading.warnings == []


def test_an_empty_list_of_rules_is_valid() -> None:
    assert read() == ()


def test_one_reader_collects_from_several_lists() -> None:
    reading = RuleReader(Limits())
    reading.read([{}], "groups[1].ingress")
    reading.read([{}], "groups[1].egress")
    assert [m.path for m in reading.mistakes] == ["groups[1].ingress[0].action", "groups[1].egress[0].action"]


@given(rules())
def test_canonical_rules_read_as_themselves(rule: Rule) -> None:
    assert read(rule.to_dict()) == (rule,)


@given(rules("2.0"))
def test_canonical_rules_of_api_2_0_read_as_themselves(rule: Rule) -> None:
    assert read(rule.to_dict(), api="2.0") == (rule,)


@given(st.data())
def test_every_spelling_of_a_rule_is_that_rule(data: st.DataObject) -> None:
    rule = data.draw(rules())
    assert read(data.draw(spellings(rule))) == (rule,)


WORDS = ("", " ", "accept", "TCP", "icmp", "all", "80,443", "10.0.0.1", "::/0", "sg-1", "ipm-1", "ppm-1")
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-1, 70000), st.sampled_from(WORDS), st.text(max_size=8), st.just([1])
)
ENTRIES = st.dictionaries(st.sampled_from([spelling for dummy, spelling in SPELLINGS]), VALUES, max_size=4)


@given(ENTRIES, VALUES)
def test_any_input_is_read_without_an_exception_and_rules_have_no_holes(entry: dict[str, Any], action: Any) -> None:
    for rule in reader().read([{"action": "drop", **entry}, {"action": action}], "ingress"):
        assert rule.action in ("accept", "drop")
        assert rule.address
        assert bool(rule.service_template) != bool(rule.protocol and rule.port)
