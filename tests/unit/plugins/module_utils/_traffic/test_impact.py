# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic import impact as module
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.impact import impact
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.rules import (
    RuleList,
    TrafficRule,
    parse_members,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.sentences import NO_EFFECT
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.situation import ListPair

Rules = list[TrafficRule]
WEB = TrafficRule("accept", "tcp", "80,443")
SSH = TrafficRule("accept", "tcp", "22")
PING = TrafficRule("accept", "icmp")
OFFICE_SSH = TrafficRule("accept", "tcp", "22", "203.0.113.0/24")
DROP_NETWORK = TrafficRule("drop", peer="198.51.100.0/24")


def explain(before: Rules, after: Rules, direction: str = "ingress", default: bool = False, **options: Any) -> Any:
    members, mistakes = parse_members(options.pop("members", {}))
    assert not mistakes
    return impact(
        [ListPair(RuleList(direction, before, default), RuleList(direction, after, default))], members, **options
    )


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        pytest.param(
            [WEB, SSH],
            [WEB, SSH, TrafficRule("accept", "tcp", "8443")],
            ["+ newly allowed: ingress tcp 8443 from any IPv4 address  (now ingress[2])"],
            id="open a port",
        ),
        pytest.param(
            [WEB, SSH],
            [WEB, OFFICE_SSH],
            ["- newly denied: ingress tcp 22 from any IPv4 address, except 203.0.113.0/24  (was ingress[1])"],
            id="narrow a source",
        ),
        pytest.param([WEB, SSH, PING], [PING, SSH, WEB], [NO_EFFECT], id="reorder without effect"),
        pytest.param(
            [DROP_NETWORK, WEB],
            [WEB, DROP_NETWORK],
            ["+ newly allowed: ingress tcp 80,443 from 198.51.100.0/24  (was ingress[0], now ingress[0])"],
            id="reorder with effect",
        ),
        pytest.param(
            [WEB, SSH],
            [TrafficRule("drop", peer="203.0.113.128/25"), WEB, SSH],
            [
                "- newly denied: ingress tcp 22,80,443 from 203.0.113.128/25"
                "  (was ingress[0], ingress[1], now ingress[0])"
            ],
            id="drop on top",
        ),
        pytest.param(
            [WEB, SSH, PING],
            [WEB, SSH, PING, TrafficRule("accept")],
            [
                "+ newly allowed: ingress all traffic from any IPv4 address, except tcp 22,80,443, icmp"
                "  (now ingress[3])"
            ],
            id="everything beside others",
        ),
        pytest.param(
            [WEB, SSH, PING],
            [WEB, SSH, PING, TrafficRule("accept", peer="ipm-y", service_template="ppm-x")],
            [
                "+ newly allowed: ingress services of ppm-x from addresses of ipm-y, except tcp 22,80,443, icmp"
                " from any IPv4 address  (now ingress[3])"
            ],
            id="templates",
        ),
        pytest.param(
            [],
            [TrafficRule("accept", "tcp", "443"), TrafficRule("accept", "icmp", peer="10.0.0.0/8")],
            [
                "+ newly allowed: ingress tcp 443 from any IPv4 address  (now ingress[0])",
                "+ newly allowed: ingress icmp from 10.0.0.0/8  (now ingress[1])",
            ],
            id="a line does not repeat what another one says",
        ),
        pytest.param(
            [TrafficRule("drop", "tcp", "22", "10.1.0.0/16")],
            [
                TrafficRule("accept", "tcp", "22", "10.0.0.0/8"),
                TrafficRule("accept", "tcp", "80"),
                TrafficRule("accept", "tcp", "80", "::/0"),
                TrafficRule("accept", "icmpv6", peer="::/0"),
            ],
            [
                "+ newly allowed: ingress tcp 80, icmpv6 from any address  (now ingress[1], ingress[2], ingress[3])",
                "+ newly allowed: ingress tcp 22 from 10.0.0.0/8  (was ingress[0], now ingress[0])",
            ],
            id="lines of both families",
        ),
        pytest.param(
            [TrafficRule("accept", "tcp", "443", position="sgr-web")],
            [
                TrafficRule("accept", peer="self", position="inner_access_policy"),
                TrafficRule("accept", "tcp", "443", position="sgr-web"),
            ],
            [
                "+ newly allowed: ingress all traffic from members of this group, except tcp 443 from any IPv4 address"
                "  (now inner_access_policy)"
            ],
            id="inner access",
        ),
        pytest.param(
            [TrafficRule("accept", peer="sg-a"), TrafficRule("drop", peer="sg-b")],
            [TrafficRule("drop", peer="sg-b"), TrafficRule("accept", peer="sg-a")],
            [
                "- newly denied: ingress all traffic from members of sg-a that are also in sg-b"
                "  (was ingress[0], now ingress[0])"
            ],
            id="reorder groups",
        ),
        pytest.param(
            [TrafficRule("accept", "icmp", peer="::/0")],
            [TrafficRule("accept", "icmpv6")],
            [NO_EFFECT],
            id="no packets",
        ),
    ],
)
def test_lines(before: Rules, after: Rules, lines: list[str]) -> None:
    assert explain(before, after)["text"] == lines


def test_entry() -> None:
    result = explain([WEB, SSH], [WEB, OFFICE_SSH])
    assert result["newly_denied"] == [
        {
            "direction": "ingress",
            "protocol": "tcp",
            "port": "22",
            "peer": "0.0.0.0/0",
            "except": [{"peer": "203.0.113.0/24"}],
            "because": {"before": [1], "after": [None]},
        }
    ]
    assert (result["effect"], result["complete"]) == ("closes", True)


def test_nothing_to_say_if_the_rules_are_the_same() -> None:
    assert explain([WEB], [WEB], rules_differ=False)["text"] == []


def test_default_that_allows() -> None:
    result = explain([], [TrafficRule("drop", "tcp", "25")], "egress", default=True)
    assert result["text"] == ["- newly denied: egress tcp 25 to any IPv4 address  (now egress[0])"]


def test_known_members() -> None:
    result = explain([], [TrafficRule("accept", "tcp", "22", "sg-a")], members={"sg-a": ["10.0.0.4", "10.0.0.5"]})
    assert result["text"] == ["+ newly allowed: ingress tcp 22 from 10.0.0.4/31  (now ingress[0])"]


def test_known_services() -> None:
    rule = TrafficRule("accept", service_template="ppm-x")
    result = explain([], [rule], members={"ppm-x": ["tcp:80,443", "icmp"]})
    assert result["text"] == ["+ newly allowed: ingress tcp 80,443, icmp from any IPv4 address  (now ingress[0])"]


def test_unreadable_texts_may_match_anything_within() -> None:
    result = explain([], [TrafficRule("accept", "tcp", "x", "10.1.2.3/8")])
    (entry,) = result["newly_allowed"]
    assert (entry["protocol"], entry["peer"], sorted(entry["also"])) == (
        "tcp",
        "10.0.0.0/8",
        ["10.1.2.3/8", "tcp port x"],
    )


def scattered(count: int) -> Rules:
    return [
        TrafficRule("accept", "tcp", str(port), f"10.{port % 250}.{port // 250}.0/24") for port in range(1, count + 1)
    ]


def test_widest_first_and_the_rest_is_counted() -> None:
    result = explain([], [*scattered(40), TrafficRule("accept", "udp", "53")])
    assert result["text"][0] == "+ newly allowed: ingress udp 53 from any IPv4 address  (now ingress[40])"
    assert result["text"][12] == ("+ newly allowed: 29 more lines, narrower than these; impact.newly_allowed has all")
    assert len(result["text"]) == 13


def test_lists_are_cut_and_counted() -> None:
    result = explain(scattered(600), [])
    assert (len(result["newly_denied"]), result["total"]["newly_denied"], result["complete"]) == (500, 600, False)


def test_effect_is_right_beyond_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_STEPS", 0)
    result = explain(scattered(5), [WEB])
    assert (result["effect"], result["complete"]) == ("opens_and_closes", False)
    assert all(result["text"])


def test_lists_with_different_defaults_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="same verdict"):
        impact([ListPair(RuleList("egress", [], True), RuleList("egress", [], False))])
