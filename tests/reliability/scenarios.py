# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The convergence suite: the initial state of a group, the task, and the expected state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.reliability.rules import DIRECTIONS, Content, as_stored, content, rules
from tests.support.worlds import (
    ACCEPTING,
    ALIYUN_TEMPORARY_ID,
    ALIYUN_TEMPORARY_SECRET,
    DEFAULT,
    DROPPING,
    ENTERPRISE,
    MANAGED,
    NEVER_EDITED,
    WEB,
    aliyun_options,
    tencent_options,
)

START = "ssh web udp | any"


@dataclass(frozen=True)
class Scenario:
    """One task.

    ``before`` and ``after`` are seed members of the group. ``fails`` is the kind of failure that must occur (``*``:
    any) with every switch at its default; ``after`` is then the expected state if another setting lets the change
    through. ``faults`` are part of the scenario.
    """

    name: str
    cloud: str
    group: str
    options: Mapping[str, Any]
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    fails: str = ""
    faults: tuple[Mapping[str, Any], ...] = ()
    api: str = ""
    state: str = ""

    @property
    def module(self) -> str:
        """The short name of the module."""
        return "tencent_sg_rules" if self.cloud == "tencent" else "aliyun_sg_policy"

    @property
    def changes(self) -> bool:
        """Whether a correct run writes something."""
        return not self.fails and group_content(self.cloud, self.before) != group_content(self.cloud, self.after)

    def task(self, url: str) -> dict[str, Any]:
        """All options, including those for the simulator."""
        lead = tencent_options if self.cloud == "tencent" else aliyun_options
        return lead(url, **{"security_group_id": self.group, "deadline": 20, **self.options})


def group_content(cloud: str, group: Mapping[str, Any]) -> Content:
    """The meaning of a group, given as seed members. An inner access policy is an ``ingress`` with a single text."""
    if cloud == "tencent":
        return content(group.get("ingress", []), group.get("egress", []))
    policy = str(group.get("inner_access_policy", "Accept")).lower()
    return {"ingress": ((policy, "", "", ""),), "egress": ()}


def stored(text: str) -> dict[str, Any]:
    """Convert ``ingress words | egress words`` to members of a seed group."""
    halves = [[as_stored(rule) for rule in rules(half)] for half in text.split("|")]
    return dict(zip(DIRECTIONS, halves, strict=True))


@dataclass
class _Suite:
    """Collects scenarios; ``both`` adds one for each API of Tencent Cloud."""

    scenarios: list[Scenario] = field(default_factory=list)

    def tencent(self, api: str, name: str, before: str, after: str, **given: Any) -> None:
        """Add a scenario.

        ``ingress`` and ``egress`` are words; other members belong to the scenario or to the group.
        """
        words = {name: rules(given.pop(name)) for name in DIRECTIONS if name in given}
        fails, faults = given.pop("fails", ""), given.pop("faults", ())
        group = given.pop("group", WEB)
        seeded = {"version": given.pop("version", 3), **given.pop("members", {})}
        # The API comes first, so that reports are sorted by it.
        self.scenarios.append(
            Scenario(
                name=f"tencent {api}: {name}",
                cloud="tencent",
                group=group,
                options={"api_version": api, **words, **given},
                before={**seeded, **stored(before)},
                after=stored(after),
                fails=fails,
                faults=tuple(faults),
                api=api,
                state=given.get("state", "replaced"),
            )
        )

    def both(self, name: str, before: str, after: str, **given: Any) -> None:
        for api in ("3.0", "2.0"):
            self.tencent(api, name, before, after, **given)

    def aliyun(self, name: str, group: str, before: str, after: str, **given: Any) -> None:
        """``before`` and ``after`` are policies."""
        fails, faults, members = given.pop("fails", ""), given.pop("faults", ()), given.pop("members", {})
        for signature in ("v3", "v1"):
            options = {"inner_access_policy": after, "signature_version": signature, **given}
            self.scenarios.append(
                Scenario(
                    name=f"aliyun {signature}: {name}",
                    cloud="aliyun",
                    group=group,
                    options=options,
                    before={"inner_access_policy": before.capitalize(), **members},
                    after={"inner_access_policy": after.capitalize()},
                    fails=fails,
                    faults=tuple(faults),
                    api=signature,
                )
            )


def _replaced(suite: _Suite) -> None:
    both = suite.both
    both("replaced both directions", START, "dns ssh | udp icmp", ingress="dns ssh", egress="udp icmp")
    both("replaced ingress, egress left alone", START, "dns web | any", ingress="dns web")
    both("replaced egress, ingress left alone", START, "ssh web udp | dns", egress="dns")
    both("replaced ingress that was empty", "| any", "ssh | any", ingress="ssh")
    both("replaced, other direction empty", "ssh |", "web |", ingress="web")
    both("replaced, order only", START, "udp web ssh | any", ingress="udp web ssh")
    both("replaced, description only", START, "ssh-office web udp | any", ingress="ssh-office web udp")
    both("replaced, description taken away", START, "ssh-bare web udp | any", ingress="ssh-bare web udp", egress="any")
    both("replaced, nothing to do", START, START, ingress="ssh web udp", egress="any")
    both("replaced with peers", START, "peer self | any", ingress="peer self")
    both(
        "replaced with templates", START, "template service | templates", ingress="template service", egress="templates"
    )
    both("replaced templates", "template templates |", "templates ssh |", ingress="templates ssh", egress="")
    both("replaced, odd descriptions", START, "at chinese | any", ingress="at chinese")
    both("replaced, never edited", "|", "ssh | any", ingress="ssh", egress="any", group=NEVER_EDITED, version=0)
    both("replaced one direction, never edited", "|", "ssh |", ingress="ssh", group=NEVER_EDITED, version=0)


def _emptied(suite: _Suite) -> None:
    both = suite.both
    both("emptied ingress", START, "| any", ingress="")
    both("emptied egress", START, "ssh web udp |", egress="")
    both("emptied both", START, "|", ingress="", egress="")
    both("emptied the only direction with rules", "ssh |", "|", ingress="", egress="")
    both("emptied ingress, replaced egress", START, "| dns", ingress="", egress="dns")
    both("emptied egress, replaced ingress", START, "dns |", ingress="dns", egress="")
    both("emptied egress, described ingress", START, "ssh-office web udp |", ingress="ssh-office web udp", egress="")


def _merged(suite: _Suite) -> None:
    def merged(name: str, before: str, after: str, **given: Any) -> None:
        suite.both(f"merged {name}", before, after, state="merged", **given)

    merged("at the bottom", START, "ssh web udp dns | any", ingress="dns")
    merged("at the top", START, "dns icmp ssh web udp | any", ingress="dns icmp ssh", position="top")
    merged("into both directions", START, "ssh web udp dns | any icmp", ingress="dns web", egress="icmp")
    merged("with another description", START, "ssh-office web udp | any", ingress="ssh-office")
    merged(
        "with other descriptions and more",
        START,
        "ssh-office web udp dns | any icmp",
        ingress="dns ssh-office",
        egress="icmp",
    )
    merged("without a description", START, "ssh web udp dns | any", ingress="ssh-bare dns")
    merged("what is there", START, START, ingress="udp ssh", egress="any")
    merged("into nothing", "|", "ssh web | any", ingress="ssh web", egress="any", group=NEVER_EDITED, version=0)
    merged("with another description, never edited", START, "ssh-office web udp | any", ingress="ssh-office", version=0)
    merged(
        "peers and templates",
        START,
        "ssh web udp peer template | any templates",
        ingress="peer template",
        egress="templates",
    )
    merged("beside a rule that is there twice", "ssh ssh-office web |", "ssh ssh-office web dns |", ingress="dns")


def _deleted(suite: _Suite) -> None:
    def deleted(name: str, before: str, after: str, **given: Any) -> None:
        suite.both(f"deleted {name}", before, after, state="deleted", **given)

    deleted("one", START, "ssh udp | any", ingress="web")
    deleted("two, not the first", START, "ssh | any", ingress="udp web")
    deleted("in both directions", START, "web udp |", ingress="ssh", egress="any")
    deleted("whatever the description", "ssh ssh-office web |", "web |", ingress="ssh-bare")
    deleted("only with that description", "ssh ssh-office web |", "ssh web |", ingress="ssh-office")
    deleted("what is not there", START, START, ingress="dns", egress="icmp")
    deleted("a template", "ssh template web |", "ssh web |", ingress="template")
    deleted("one, never edited", START, "ssh udp | any", ingress="web", version=0)
    deleted("the last rule", "ssh |", "|", ingress="ssh")


def _newer_rules(suite: _Suite) -> None:
    """Rules that API 2.0 cannot write."""
    start = "ssh v6 web | icmp6 any"
    suite.tencent(
        "3.0", "replaced with IPv6", START, "v6 v6-one icmp6 gre | v6", ingress="v6 v6-one icmp6 gre", egress="v6"
    )
    suite.tencent("3.0", "replaced IPv6", start, "web v6-one | icmp6 any", ingress="web v6-one")
    suite.tencent(
        "3.0",
        "merged IPv6",
        start,
        "ssh v6 web v6-one | icmp6 any gre",
        state="merged",
        ingress="v6-one v6",
        egress="gre",
    )
    suite.tencent("3.0", "deleted IPv6", start, "ssh web | any", state="deleted", ingress="v6", egress="icmp6")
    suite.tencent("3.0", "a long description", START, "ssh web udp remark | any", state="merged", ingress="remark")
    suite.tencent("2.0", "merged beside IPv6", start, "ssh v6 web dns | icmp6 any", state="merged", ingress="dns")
    suite.tencent("2.0", "deleted beside IPv6", start, "ssh v6 | icmp6", state="deleted", ingress="web", egress="any")
    suite.tencent("2.0", "described beside IPv6", "v6 ssh |", "v6 ssh-office |", state="merged", ingress="ssh-office")
    suite.tencent("2.0", "replaced beside IPv6", "ssh | v6 any", "web | v6 any", ingress="web", fails="unsupported")
    suite.tencent(
        "2.0",
        "replaced beside an IPv6 rule that is the last",
        "ssh | any v6",
        "web | any v6",
        ingress="web",
        fails="unsupported",
    )
    suite.tencent("2.0", "replaced IPv6", "ssh v6 | any", "web | any", ingress="web")
    suite.tencent("2.0", "emptied beside IPv6", "ssh | v6 any", "| v6 any", ingress="")
    suite.tencent("2.0", "IPv6 wanted", START, START, ingress="v6", fails="invalid_input")
    suite.tencent("2.0", "a long description", START, START, ingress="remark", fails="invalid_input")


def _refused(suite: _Suite) -> None:
    suite.tencent(
        "3.0",
        "default group",
        "any |",
        "any dns |",
        state="merged",
        ingress="dns",
        group=DEFAULT,
        members={"is_default": True},
    )
    suite.tencent(
        "2.0",
        "default group",
        "any |",
        "ssh |",
        ingress="ssh",
        group=DEFAULT,
        members={"is_default": True},
        fails="unsupported",
    )
    suite.both("over quota, replaced", START, START, ingress="web*101", deadline=1, fails="quota")
    suite.both(
        "over quota, merged", "web*99 |", "web*99 |", state="merged", ingress="ssh dns", deadline=1, fails="quota"
    )
    for name, group in (("unknown group", "sg-0unknown"), ("malformed group", "sg-1")):
        suite.both(name, "|", "|", ingress="ssh", group=group, fails="not_found" if name[0] == "u" else "*")
    stale = {"fault": "foreign_write", "effect": "write", "change": {"egress": stored("| any icmp")["egress"]}}
    suite.tencent(
        "3.0",
        "merged while another writes",
        START,
        "ssh web udp dns | any icmp",
        state="merged",
        ingress="dns",
        faults=[stale],
    )
    suite.tencent(
        "2.0",
        "merged while another writes",
        START,
        "ssh web udp dns | any icmp",
        state="merged",
        ingress="dns",
        faults=[stale],
    )


def _aliyun(suite: _Suite) -> None:
    suite.aliyun("accept to drop", ACCEPTING, "accept", "drop")
    suite.aliyun("drop to accept", DROPPING, "drop", "accept")
    suite.aliyun("accept as it is", ACCEPTING, "accept", "accept")
    suite.aliyun("drop as it is", DROPPING, "drop", "drop")
    suite.aliyun("with a token of the user", ACCEPTING, "accept", "drop", client_token="users-own-token")
    suite.aliyun(
        "enterprise to accept", ENTERPRISE, "drop", "accept", fails="unsupported", members={"type": "enterprise"}
    )
    suite.aliyun("enterprise as it is", ENTERPRISE, "drop", "drop", members={"type": "enterprise"})
    suite.aliyun(
        "managed by a product", MANAGED, "accept", "drop", fails="unsupported", members={"service_managed": True}
    )
    suite.aliyun("unknown group", "sg-bp1tests0unknown000", "accept", "drop", fails="not_found")
    suite.aliyun("malformed group", "sg bp1".replace(" ", "_"), "accept", "drop", fails="*")
    suite.aliyun("unknown key", ACCEPTING, "accept", "drop", access_key_id="LTAI5tNobody", fails="auth")
    suite.aliyun(
        "inactive key",
        ACCEPTING,
        "accept",
        "drop",
        access_key_id="LTAI5tInactive",
        access_key_secret="inactive",
        fails="auth",
    )
    suite.aliyun(
        "wrong token",
        ACCEPTING,
        "accept",
        "drop",
        access_key_id=ALIYUN_TEMPORARY_ID,
        access_key_secret=ALIYUN_TEMPORARY_SECRET,
        security_token="wrong",
        fails="auth",
    )
    suite.aliyun(
        "without permission",
        ACCEPTING,
        "accept",
        "drop",
        access_key_id="LTAI5tReader",
        access_key_secret="reader",
        fails="permission",
    )
    write = {"cloud": "aliyun", "action": "ModifySecurityGroupPolicy"}
    for name, fault in (
        ("throttled", {"fault": "throttled", "times": 2}),
        ("unavailable", {"fault": "error", "code": "ServiceUnavailable"}),
        ("lost answer", {"fault": "lost"}),
        ("internal error after the fact", {"fault": "error", "code": "InternalError", "performed": True}),
        ("slow mind", {"fault": "stale", "reads": 2}),
    ):
        suite.aliyun(name, ACCEPTING, "accept", "drop", faults=[{**write, **fault}])


EXTRA_KEYS = (
    {"id": "LTAI5tInactive", "secret": "inactive", "active": False},
    {"id": "LTAI5tReader", "secret": "reader", "deny": ["ModifySecurityGroupPolicy"]},
)


def _built() -> tuple[Scenario, ...]:
    suite = _Suite()
    for part in (_aliyun, _replaced, _emptied, _merged, _deleted, _newer_rules, _refused):
        part(suite)
    return tuple(suite.scenarios)


SCENARIOS = _built()
BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}
