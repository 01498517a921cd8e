# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check policies before the first write: violations with an example, the deciding rules and a remedy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from .difference import CompiledList
from .entries import position_of
from .flows import (
    PROTECT,
    Policies,
    Policy,
)
from .grid import DEFAULT
from .judgement import (
    BAD,
    DEPENDS,
    FINE,
    MAYBE_WORSE,
    NOT_WORSE,
    WORSE,
    Judgement,
    Spot,
    flow_parts,
    judge,
)
from .names import services
from .numbers import (
    ANY_IPV4,
    ANY_IPV6,
    IPV6,
    PROTOCOL_RANGES,
    WITH_PORTS,
    Range,
    address_text,
    parse_network,
    protocol_of,
    without,
)
from .rules import (
    Match,
    TrafficRule,
    compile_rules,
)
from .sentences import (
    SELF,
    peer_name,
    place,
    service_name,
)
from .situation import ListPair, Situation
from .verdicts import (
    Region,
    decider,
    symbols_that_matter,
    union,
    views,
)

Violation = dict[str, Any]
_CHANGES = (NOT_WORSE, MAYBE_WORSE, WORSE)


class Checked(NamedTuple):
    """The result of a check: the names of all policies, the violations that fail the task, and those that are warnings.

    ``overridden`` are the names of policies that would have failed without ``override``.
    """

    checked: list[str]
    failures: list[Violation]
    warnings: list[Violation]
    overridden: list[str]


def check(policies: Policies, situation: Situation, lint: list[Violation] | None = None) -> Checked:
    """Check all policies of one group. ``lint`` are violations that the lint found, which ``override`` also covers."""
    found = [_violation(policy, situation, policies) for policy in policies.policies]
    checked = [policy.flow.name for policy in policies.policies]
    names = policies.overridden if policies.override_reason else ()
    failures: list[Violation] = []
    warnings: list[Violation] = []
    overridden = []
    for violation in (*filter(None, found), *(lint or [])):
        is_worse, is_overridden = violation["change"] != NOT_WORSE, violation["policy"] in names
        (failures if is_worse and not is_overridden else warnings).append(violation)
        if is_worse and is_overridden:
            overridden.append(violation["policy"])
    return Checked(checked, failures, warnings, list(dict.fromkeys(overridden)))


def _violation(policy: Policy, situation: Situation, policies: Policies) -> Violation | None:
    lists = situation.lists.get(policy.flow.direction)
    if lists is None:
        return None
    judgement = judge(policy, *lists.compiled(situation.members), situation.members, situation.self_id)
    if judgement.spot is None or (judgement.state, judgement.change) == (FINE, NOT_WORSE):
        return None
    return _described(policy, judgement, judgement.spot, lists, situation, policies)


def _described(
    policy: Policy, judgement: Judgement, spot: Spot, lists: ListPair, situation: Situation, policies: Policies
) -> Violation:
    cell = _best_cell(spot)
    old, new = (decider(spot.view, side, spot.world, cell) for side in (0, 1))
    rules = lists.compiled(situation.members)[1].matches
    depends = [situation.self_id if name == SELF else name for name in _depends_on(judgement, spot, cell, rules)]
    violation: Violation = {
        "policy": policy.flow.name,
        "kind": policy.kind,
        "state": _state_word(policy, judgement),
        "change": judgement.change,
        "before": None if old == DEFAULT else position_of(lists.before, old),
        "after": None if new == DEFAULT else position_of(lists.after, new),
        "depends_on": depends,
        "example": _example(policy, spot, cell, situation),
    }
    others = [other for other in policies.policies if other != policy]
    violation["remedy"] = _remedy(policy, judgement, lists, new, situation, others) if situation.remedies else None
    violation["message"] = _message(policy, violation, lists, old)
    return violation


def _state_word(policy: Policy, judgement: Judgement) -> str:
    if judgement.state == DEPENDS:
        return DEPENDS
    bad = judgement.state == BAD
    return ("denied" if bad else "allowed") if policy.kind == PROTECT else ("allowed" if bad else "denied")


def _depends_on(judgement: Judgement, spot: Spot, cell: int, rules: Sequence[Match]) -> list[str]:
    if judgement.state != DEPENDS and judgement.change != MAYBE_WORSE:
        return []
    names = set(symbols_that_matter(spot.view, 1, cell))
    if judgement.change == MAYBE_WORSE:
        names |= set(symbols_that_matter(spot.view, 0, cell))
    if names or spot.part.peer:
        return sorted(names) or [spot.part.peer]
    return _names_in_region(spot.part.region, rules)


def _names_in_region(region: Region, rules: Sequence[Match]) -> list[str]:
    """Return the symbols of all rules, because those for other addresses also decide how much of the world is open."""
    return sorted(
        {
            symbol.name
            for rule in rules
            for symbol in rule.symbols
            if not rule.symbols & region.outside
            and without(rule.services, region.services) != rule.services
            and without(rule.addresses, region.addresses) != rule.addresses
        }
    )


def _best_cell(spot: Spot) -> int:
    """Return the first cell of the widest row, because that is the simplest example."""
    grid = spot.view.grid
    rows = [index for index, row in enumerate(grid.split_rows(spot.cells)) if row]

    def width(row: int) -> tuple[bool, int, int]:
        ranges = grid.rows.parts[row]
        return ranges[0][0] < IPV6, sum(end - first for first, end in ranges), -row

    row = max(rows, key=width)
    columns = grid.split_rows(spot.cells)[row]
    first = min((index for index in range(grid.width) if columns >> index & 1), key=lambda i: grid.columns.parts[i][0])
    return grid.cell(row, first)


def _example(policy: Policy, spot: Spot, cell: int, situation: Situation) -> dict[str, str]:
    grid = spot.view.grid
    row, column = grid.place_of(cell)
    services = grid.columns.parts[column][0]
    protocol = protocol_of(services[0])
    base = PROTOCOL_RANGES[protocol][0]
    # Port 0 would mislead. Of several ports of a policy, the first is the simplest example.
    number = services[0] - base or _first(services) - base
    port = str(number) if protocol in WITH_PORTS else "all"
    peer = spot.part.peer or address_text(_first(grid.rows.parts[row][0]))
    return {"direction": policy.flow.direction, "protocol": protocol, "port": port, "peer": peer}


def _first(numbers: Range) -> int:
    """Return a number of a range; not the first of many, because port 0 and a network address would mislead."""
    return numbers[0] + (1 if numbers[1] - numbers[0] > 1 else 0)


def _message(policy: Policy, violation: Violation, lists: ListPair, old: int) -> str:
    example = violation["example"]
    subject = f'"{policy.flow.name}" ({policy.kind})'
    service = service_name(example["protocol"], example["port"])
    peer = example["peer"] if parse_network(example["peer"]) else peer_name(example["peer"])
    text = (_protect_words if policy.kind == PROTECT else _forbid_words)(policy, violation, service, peer)
    remedy = violation["remedy"]
    return f"{subject}{text}{_advice(remedy, lists.after.rules) if remedy else ''}"


def _advice(remedy: Mapping[str, Any], rules: Sequence[TrafficRule]) -> str:
    """Return the remedy as a sentence. A rule that is there already is moved, because it may not be given twice."""
    fields = ", ".join(f"{name}: {value}" for name, value in remedy["rule"].items())
    present = [(rule.action, rule.protocol, rule.port, rule.peer) for rule in rules if not rule.service_template]
    verb, to = ("Move", "to") if tuple(remedy["rule"].values()) in present else ("Insert", "at")
    return f" {verb} {{{fields}}} {to} {place(remedy['direction'], remedy['position'])}."


def _protect_words(policy: Policy, violation: Violation, service: str, peer: str) -> str:
    direction = policy.flow.direction
    word = "from" if direction == "ingress" else "to"
    text = f" needs {direction} {service} {word} {peer}, which "
    after = violation["after"]
    now = place(direction, after) if after is not None else ""
    if violation["change"] == NOT_WORSE:
        how = f"{now} denies" if now else "no rule allows"
        return text + (
            f"depends on {_contents(violation)}, as before." if _depends(violation) else f"{how}, as before."
        )
    if _depends(violation):
        return text + f"would depend on {_contents(violation)}" + (f", because of {now}." if now else ".")
    before = violation["before"]
    old = f"{place(direction, before)} allows" if before is not None else "is allowed"
    return text + f"{old} and " + (f"{now} would deny." if now else "no rule would allow any more.")


def _forbid_words(policy: Policy, violation: Violation, service: str, peer: str) -> str:
    direction = policy.flow.direction
    after = violation["after"]
    opener = place(direction, after) if after is not None else f"the {direction} default"
    target = "the world" if policy.preset else peer
    if direction == "egress":
        target = f"traffic to {peer}"
    what = f"open {service} to {target}"
    if violation["change"] == NOT_WORSE:
        verb = f"may {what}" if _depends(violation) else f"opens {service} to {target}"
        return f": {opener} {verb}, as before."
    if _depends(violation):
        return f": {opener} might {what}; this depends on {_contents(violation)}."
    return f": {opener} would {what}."


def _depends(violation: Violation) -> bool:
    return bool(violation["depends_on"])


def _contents(violation: Violation) -> str:
    names = violation["depends_on"]
    return f"what {', '.join(names)} {'contains' if len(names) == 1 else 'contain'}"


def _remedy(
    policy: Policy, judgement: Judgement, lists: ListPair, new: int, situation: Situation, others: Sequence[Policy]
) -> dict[str, Any] | None:
    """Return a tested rule that satisfies the policy, changes no other traffic and harms no other policy."""
    count = len(lists.after.rules)
    positions = list(dict.fromkeys((count if new == DEFAULT else new, 0)))
    for rule in _candidates(policy, judgement, situation):
        for position in positions:
            repaired = _satisfies(policy, lists, rule, position, situation)
            if repaired and not _harms(others, policy.flow.direction, lists, repaired, situation):
                direction = policy.flow.direction
                return {"direction": direction, "position": position, "rule": _as_fields(rule, situation)}
    return None


def _harms(
    others: Sequence[Policy], direction: str, lists: ListPair, repaired: CompiledList, situation: Situation
) -> bool:
    """Return whether another policy of the direction is worse with the remedy than without it."""
    before, after = lists.compiled(situation.members)
    for other in others:
        if other.flow.direction != direction:
            continue
        without, with_it = (
            judge(other, before, end, situation.members, situation.self_id) for end in (after, repaired)
        )
        if _CHANGES.index(with_it.change) > _CHANGES.index(without.change):
            return True
    return False


def _candidates(policy: Policy, judgement: Judgement, situation: Situation) -> Iterator[TrafficRule]:
    action = "accept" if policy.kind == PROTECT else "drop"
    service = _preset_service(judgement) if policy.preset else (policy.flow.protocol, policy.flow.port)
    if service is None:
        return
    for peer in policy.flow.peers or (ANY_IPV4, ANY_IPV6):
        name = situation.self_id if peer == SELF else peer
        rule = TrafficRule(action, *service, name)
        if (parse_network(name) or situation.peer_field(name)) and situation.is_writable(_as_fields(rule, situation)):
            yield rule


def _preset_service(judgement: Judgement) -> tuple[str, str] | None:
    """Return protocol and port of the one rule that denies what violates a preset; None if one is not enough."""
    named = services(judgement.services, holes=False)
    if any(item.protocol == "other" for item in named):
        return "all", "all"
    return (named[0].protocol, named[0].port) if len(named) == 1 else None


def _as_fields(rule: TrafficRule, situation: Situation) -> dict[str, str]:
    field = (
        ("ipv6_cidr" if ":" in rule.peer else "cidr") if parse_network(rule.peer) else situation.peer_field(rule.peer)
    )
    return {"action": rule.action, "protocol": rule.protocol, "port": rule.port, field: rule.peer}


def _satisfies(
    policy: Policy, lists: ListPair, rule: TrafficRule, position: int, situation: Situation
) -> CompiledList | None:
    """Return the rules with this one inserted, if that satisfies the policy and changes no traffic that it excepts."""
    rules = list(lists.after.rules)
    rules.insert(position, rule)
    before, after = lists.compiled(situation.members)
    repaired = CompiledList(compile_rules(rules, situation.members), lists.after.default_allows)
    if judge(policy, before, repaired, situation.members, situation.self_id)[:2] != (FINE, NOT_WORSE):
        return None
    others = policy.flow._replace(peers=policy.flow.excepts, excepts=()) if policy.flow.excepts else None
    touched = others and any(
        union(view.opens) or union(view.closes)
        for part in flow_parts(others, situation.members, situation.self_id)
        for view in views(part.region, after, repaired)
    )
    return None if touched else repaired
