# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Loading and dumping of seeds, snapshots, and foreign writes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.cloud_simulator.exchange import SeedError
from tests.unit.cloud_simulator.aliyun_requests import SEED, caller

ROOT = Path(__file__).parents[3]
README = ROOT / "tests/cloud_simulator/aliyun/README.md"


def test_dump_is_a_seed_of_the_same_state() -> None:
    sender = caller()
    sender.set_policy("sg-basic", "Drop")
    dumped = sender.cloud.dump()
    sender.cloud.load(dumped)
    assert sender.cloud.dump() == dumped
    assert sender.policy("sg-basic") == "Drop"
    for entry in SEED["access_keys"]:
        assert entry.items() <= next(key for key in dumped["access_keys"] if key["id"] == entry["id"]).items()


def test_defaults() -> None:
    sender = caller()
    groups = {group["id"]: group for group in sender.cloud.dump()["security_groups"]}
    assert groups["sg-far"]["inner_access_policy"] == "Accept"
    assert groups["sg-advanced"]["inner_access_policy"] == "Drop"
    assert groups["sg-far"]["type"] == "normal"
    sender.cloud.load({})
    assert sender.cloud.dump()["security_groups"] == []


def group(**members: Any) -> dict[str, Any]:
    return {"security_groups": [{"id": "sg-a", "region": "cn-hangzhou", **members}]}


@pytest.mark.parametrize(
    ("seed", "where"),
    [
        ({"groups": []}, "'groups'"),
        ({"security_groups": {}}, "security_groups must be a list"),
        ({"security_groups": ["sg-a"]}, r"security_groups\[0\]"),
        (group(region=""), r"security_groups\[0\].region"),
        (group(region="cn-beijing"), "cn-beijing"),
        (group(id="a"), "sg-"),
        (group(id=""), r"\[0\].id"),
        (group(name=1), r"\[0\].name"),
        (group(inner_access_policy="Allow"), "inner_access_policy"),
        (group(type="advanced"), "type"),
        (group(service_managed="yes"), "service_managed"),
        (group(service_id=True), "service_id"),
        (group(tags={"a": 1}), r"tags.a"),
        (group(tags=["a"]), "tags"),
        (group(policy="Drop"), "'policy'"),
        ({"security_groups": group()["security_groups"] * 2}, "sg-a is there twice"),
        ({"access_keys": [{"id": "a"}]}, r"access_keys\[0\].secret"),
        ({"access_keys": [{"id": "a", "secret": "b", "active": 1}]}, "active"),
        ({"access_keys": [{"id": "a", "secret": "b", "deny": "all"}]}, "deny"),
        ({"access_keys": [{"id": "a", "secret": "b", "token_expires": "soon"}]}, "token_expires"),
        ({"regions": "cn-hangzhou"}, "regions"),
        ({"account_id": 12}, "account_id"),
    ],
)
def test_seed_that_makes_no_sense_is_refused_and_changes_nothing(seed: dict[str, Any], where: str) -> None:
    cloud = caller().cloud
    before = cloud.dump()
    with pytest.raises(SeedError, match=where):
        cloud.load(seed)
    assert cloud.dump() == before


def test_foreign_write() -> None:
    sender = caller()
    sender.cloud.foreign_write("sg-basic", {"inner_access_policy": "drop", "tags": {}})
    assert sender.policy("sg-basic") == "Drop"
    for target, change in (("sg-gone", {}), ("sg-basic", {"id": "sg-b"}), ("sg-basic", {"type": "x"})):
        with pytest.raises(SeedError):
            sender.cloud.foreign_write(target, change)


def test_snapshot_is_independent() -> None:
    sender = caller()
    old = sender.cloud.snapshot()
    sender.set_policy("sg-basic", "Drop")
    new = sender.cloud.snapshot()
    sender.cloud.restore(old)
    assert sender.policy("sg-basic") == "Accept"
    sender.set_policy("sg-basic", "Drop")
    sender.cloud.restore(old)
    assert sender.policy("sg-basic") == "Accept"
    sender.cloud.restore(new)
    assert sender.policy("sg-basic") == "Drop"


def test_snapshot_keeps_tokens_and_nonces() -> None:
    sender = caller()
    old = sender.cloud.snapshot()
    sender.set_policy("sg-basic", "Drop", ClientToken="t")
    sender.cloud.restore(old)
    assert sender.set_policy("sg-basic", "Accept", ClientToken="t")[1] == "IdempotentParameterMismatch"


def test_readme_says_why_an_open_question_has_no_switch() -> None:
    notes = (ROOT / "docs/vendor_facts/alibaba_ecs.md").read_text(encoding="utf-8").partition("\n## 10. ")[2]
    questions = {f"10.{number}" for number in re.findall(r"^(\d+)\. ", notes, re.MULTILINE)}
    switched = {switch.source.removeprefix("alibaba_ecs.md ") for switch in caller().cloud.switches.values()}
    assert len(questions) > 10
    assert questions - switched == set(re.findall(r"^\| (10\.\d+) \|", README.read_text("utf-8"), re.MULTILINE))


def test_readme_lists_every_switch() -> None:
    readme = README.read_text(encoding="utf-8")
    rows = [line for line in readme.splitlines() if line.startswith("| `")]
    assert rows == [
        f"| `{name}` | {', '.join(f'`{value}`' for value in switch.values)} | {switch.meaning} | {switch.source} |"
        for name, switch in caller().cloud.switches.items()
    ]
    assert all(switch.values[0] == switch.default for switch in caller().cloud.switches.values())
