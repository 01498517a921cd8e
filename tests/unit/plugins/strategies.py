# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Random rules, and random spellings of one rule, for the property tests."""

from __future__ import annotations

import ipaddress
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rule_fields import ALIASES
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rules import PEERS, Rule

ID_PARTS = ("1", "33ocnj9n", "2uw6ujo6", "f5n1f8da", "0z", "abc")
IDS = st.sampled_from(ID_PARTS)
NUMBERS = st.integers(0, 65535)
PROTOCOLS_2_0 = ("tcp", "udp", "icmp", "all")
PROTOCOLS_3_0 = (*PROTOCOLS_2_0, "icmpv6", "gre")
# No surrogates, control characters or line ends, which a description cannot contain.
LINES = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=6).map(str.strip)
DESCRIPTIONS = st.one_of(st.just(""), LINES, st.sampled_from(["内网", "@ops", "a: b, #c"]))


@st.composite
def ports(draw: st.DrawFn) -> str:
    """A canonical port."""
    numbers = sorted(draw(st.sets(NUMBERS, min_size=1, max_size=4)))
    if len(numbers) > 1 and draw(st.booleans()):
        return ",".join([*map(str, numbers[:-2]), f"{numbers[-2]}-{numbers[-1]}"])
    return draw(st.sampled_from(["all", ",".join(map(str, numbers))]))


@st.composite
def networks(draw: st.DrawFn, version: int) -> str:
    """A canonical network of that IP version."""
    bits = 32 if version == 4 else 128
    length = draw(st.one_of(st.just(bits), st.integers(0, bits)))
    number = draw(st.integers(0, 2**bits - 1)) >> (bits - length) << (bits - length)
    if version == 4:
        # The service treats every 0.0.0.0/n as any address.
        return _shortest(ipaddress.IPv4Network((number, length))) if number else "0.0.0.0/0"
    return _shortest(ipaddress.IPv6Network((number, length)))


def _shortest(network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> str:
    return str(network.network_address) if network.prefixlen == network.max_prefixlen else str(network)


@st.composite
def peers(draw: st.DrawFn, ipv6: bool = True) -> tuple[str, str]:
    """The name of a peer field and its canonical value."""
    values: dict[str, SearchStrategy[str]] = {
        "cidr": networks(4),
        "security_group_id": IDS.map("sg-{}".format),
        "address_template": st.builds("{}-{}".format, st.sampled_from(["ipm", "ipmg"]), IDS),
    }
    if ipv6:
        values["ipv6_cidr"] = networks(6)
    name = draw(st.sampled_from(sorted(values)))
    return name, draw(values[name])


@st.composite
def rules(draw: st.DrawFn, api: str = "3.0") -> Rule:
    """A canonical rule that this API accepts."""
    peer, address = draw(peers(ipv6=api == "3.0"))
    protocol, port, template = "", "", ""
    if draw(st.integers(0, 4)) == 0:
        template = draw(st.builds("{}-{}".format, st.sampled_from(["ppm", "ppmg"]), IDS))
    else:
        known = PROTOCOLS_3_0 if api == "3.0" else PROTOCOLS_2_0
        protocol = draw(st.sampled_from([p for p in known if (p, peer) != ("icmp", "ipv6_cidr")]))
        port = draw(ports()) if protocol in ("tcp", "udp") else "all"
    action = draw(st.sampled_from(["accept", "drop"]))
    return Rule(action, protocol, port, peer, address, template, draw(DESCRIPTIONS))


def rule_lists(api: str = "3.0", max_size: int = 5) -> SearchStrategy[tuple[Rule, ...]]:
    """Rules that differ in more than their descriptions."""
    return st.lists(rules(api), max_size=max_size, unique_by=lambda rule: rule.identity).map(tuple)


@st.composite
def spellings(draw: st.DrawFn, rule: Rule) -> dict[str, Any]:
    """One of the many ways in which a user may write this rule."""
    written: dict[str, Any] = {}
    for name, value in rule.to_dict().items():
        spelled = draw(_spelling_of(name, value))
        key = draw(st.sampled_from([name, *ALIASES[name]]))
        default = value == {"protocol": "all", "port": "all", "cidr": "0.0.0.0/0"}.get(name)
        omitted = default and draw(st.booleans())
        if not omitted:
            written[key] = spelled
    peer_is_written = any(spelling in written for name in PEERS for spelling in (name, *ALIASES[name]))
    for name in ALIASES:
        taken = {name, *ALIASES[name]} & set(written)
        # An empty value must not make a rule match more.
        widens = name in ("protocol", "port") and not rule.service_template or name in PEERS and not peer_is_written
        widens = widens or (name == "service_template" and not {"protocol", *ALIASES["protocol"]} & set(written))
        if not taken and not widens and draw(st.integers(0, 3)) == 0:
            written[draw(st.sampled_from([name, *ALIASES[name]]))] = draw(st.sampled_from(["", None]))
    return written


def _spelling_of(name: str, value: str) -> SearchStrategy[Any]:
    if name in ("action", "protocol"):
        return st.sampled_from([value, value.upper(), value.capitalize(), f" {value} "])
    if name == "port":
        return _port_spelling(value)
    if name in ("cidr", "ipv6_cidr"):
        return _network_spelling(value)
    return st.just(value)


@st.composite
def _port_spelling(draw: st.DrawFn, value: str) -> str | int:
    if value == "all":
        return draw(st.sampled_from(["all", "ALL", "All"]))
    if "-" in value:
        reversed_parts = ",".join(reversed(value.split(",")))
        return draw(st.sampled_from([value, value.replace("-", " - "), reversed_parts]))
    numbers = value.split(",")
    if len(numbers) == 1:
        texts: list[str | int] = [value, f"{value}-{value}", f"{value},{value}", f"0{value}"]
        return draw(st.sampled_from([*texts, int(value)]))
    shuffled = [*draw(st.permutations(numbers)), draw(st.sampled_from(numbers))]
    return draw(st.sampled_from([",", ", "])).join(shuffled)


def _network_spelling(value: str) -> SearchStrategy[str]:
    network = ipaddress.ip_network(value)
    written = [value, str(network), f" {network} "]
    if network.version == 4:
        written.append(f"{network.network_address}/{network.netmask}")
    else:
        written += [network.exploded, network.exploded.upper(), str(network).upper()]
    return st.sampled_from(written)
