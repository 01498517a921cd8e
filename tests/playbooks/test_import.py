# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``drift`` finds nothing in the file that ``cnclouds.security_groups.import`` writes, whatever groups exist."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.awx.kit import load
from tests.cloud_simulator.harness import Harness
from tests.support.ansible_commands import Ansible, Run
from tests.support.worlds import (
    ALIYUN_KEY_ID,
    ALIYUN_REGION,
    ALIYUN_SECRET,
    TENCENT_ID,
    TENCENT_KEY,
    TENCENT_REGION,
    WEB,
    aliyun_seed,
    assert_no_secret,
    tencent_seed,
    writes,
)

# Texts that YAML, Ansible, a comment or a line of a file could misinterpret.
TEXTS = (
    "{{ lookup('pipe', 'touch stolen') }}",
    "{% for x in y %} never closed",
    "{# a comment of Jinja",
    "{{ undefined_name }} and }} and {{",
    "#jinja2: trim_blocks: false",
    "{not a template}",
    "!unsafe {{ x }}",
    "yes",
    "null",
    "~",
    "010",
    "1e3",
    "2024-01-01",
    "- item: value",
    "key: value # no comment",
    "&anchor *alias",
    "<<",
    "'single' \"double\" \\back\\slash \\n",
    "%percent @at `tick |pipe >fold",
    "[1, 2], {a: b}",
    "中文说明，带标点：是",
    "emoji \U0001f512 and é",
    "non-breaking\u00a0space, zero\u200bwidth, next\u0085line, line\u2028separator",
    "\ufeffbyte order mark",
    "x" * 100,
    "two  blanks  inside",
)
SERVICES: tuple[Mapping[str, Any], ...] = (
    {},
    {"Protocol": "tcp"},
    {"Protocol": "tcp", "Port": "22"},
    {"Protocol": "udp", "Port": "22-22"},
    {"Protocol": "tcp", "Port": "443,80,80"},
    {"Protocol": "udp", "Port": "8000-8010"},
    {"Protocol": "tcp", "Port": "80,8000-8010"},
    {"Protocol": "tcp", "Port": "0-65535"},
    {"Protocol": "icmp"},
    {"Protocol": "icmpv6"},
    {"Protocol": "gre"},
    {"ServiceTemplate": {"ServiceId": "ppm-f5n1f8da"}},
    {"ServiceTemplate": {"ServiceGroupId": "ppmg-f5n1f8da"}},
    {"ServiceTemplate": {"ServiceId": "ppm-f5n1f8da", "ServiceGroupId": "ppmg-f5n1f8da"}},
)
ADDRESSES: tuple[Mapping[str, Any], ...] = (
    {},
    {"CidrBlock": "0.0.0.0/0"},
    {"CidrBlock": "10.0.0.1"},
    {"CidrBlock": "10.0.0.1/32"},
    {"CidrBlock": "10.9.89.9/25"},
    {"CidrBlock": "10.0.0.0/8"},
    {"Ipv6CidrBlock": "::/0"},
    {"Ipv6CidrBlock": "2001:DB8:0::1"},
    {"Ipv6CidrBlock": "2001:db8::1/64"},
    {"SecurityGroupId": "sg-peertst1"},
    {"AddressTemplate": {"AddressId": "ipm-2uw6ujo6"}},
    {"AddressTemplate": {"AddressGroupId": "ipmg-2uw6ujo6"}},
    {"AddressTemplate": {"AddressId": "ipm-2uw6ujo6", "AddressGroupId": "ipmg-2uw6ujo6"}},
)
PEERS = {name for address in ADDRESSES for name in address}
SSH = {"Action": "ACCEPT", "Protocol": "tcp", "Port": "22", "CidrBlock": "10.0.0.0/8"}
GROUP_TEXTS = (*TEXTS, "two\nlines\n- security_group_id: sg-injected", "tab\tand\rreturn", "\x07bell")


def combinations() -> list[list[dict[str, Any]]]:
    """Every service with every address and either action, in lists without duplicate rules."""
    rules = [
        {"Action": action, **service, **address}
        for action, service, address in itertools.product(("ACCEPT", "DROP"), SERVICES, ADDRESSES)
        # The service refuses ICMP with an IPv6 address, so no group has such a rule.
        if not ("Ipv6CidrBlock" in address and service.get("Protocol") == "icmp")
    ]
    random.Random(6).shuffle(rules)
    lists: list[list[dict[str, Any]]] = [[] for dummy in range(len(rules) // 20)]
    for rule in rules:
        fitting = (each for each in lists if not any(same(rule, other) for other in each))
        min(fitting, key=len).append(rule)
    return lists


def same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether an API shows these as the same rule. API 2.0 shows only one of two templates."""
    return read_as(one) == read_as(other)


def read_as(rule: Mapping[str, Any]) -> dict[str, Any]:
    """One spelling for each rule, where the tables above have several."""
    shown = dict(rule) if PEERS & rule.keys() else {"CidrBlock": "0.0.0.0/0", **rule}
    for name in ("AddressTemplate", "ServiceTemplate"):
        if name in shown:
            shown[name] = sorted(shown[name].values(), key=len)[0]
    return {**shown, "CidrBlock": shown.get("CidrBlock", "").removesuffix("/32")}


def tencent_groups() -> list[dict[str, Any]]:
    """Groups with every kind of rule that the simulator can store."""
    contents: list[dict[str, Sequence[Mapping[str, Any]]]] = [
        {"ingress": listed, "egress": list(reversed(listed))} for listed in combinations()
    ]
    contents += [{"ingress": [{**SSH, "PolicyDescription": text}]} for text in TEXTS]
    contents += [
        {"egress": [{**SSH, "PolicyDescription": text} for text in TEXTS]},  # equal except for the description
        {"ingress": [SSH, {**SSH, "Port": "22-22", "PolicyDescription": "again"}]},
        {"ingress": [{**SSH, "Port": str(port)} for port in range(1, 101)]},
        {},
    ]
    texts = itertools.cycle(GROUP_TEXTS)
    return [
        {"id": f"sg-import{number:02}", "version": number, "name": next(texts), **content}
        for number, content in enumerate(contents)
    ]


def held_by_the_clouds() -> dict[str, Any]:
    """Groups of every kind on both clouds, besides those of the other tests."""
    aliyun, tencent = aliyun_seed(), tencent_seed()
    policies = itertools.cycle(["Accept", "Drop"])
    kinds: tuple[dict[str, Any], ...] = ({}, {"type": "enterprise", "vpc_id": "vpc-bp1"}, {"service_managed": True})
    aliyun["security_groups"] += [
        {"id": f"sg-bp1import{number:08}", "region": ALIYUN_REGION, "name": text, "description": text}
        | {"inner_access_policy": next(policies)}
        | kinds[number % 3]
        for number, text in enumerate(GROUP_TEXTS)
    ]
    tencent["security_groups"] += [{"region": TENCENT_REGION, **group} for group in tencent_groups()]
    return {"aliyun": aliyun, "tencent": tencent}


def hold_everything(clouds: Harness) -> dict[str, Any]:
    """Create these groups in the clouds, and return them."""
    held = held_by_the_clouds()
    clouds.switch("tencent", mixed_port_list="accept", template_both_halves="accept")
    clouds.set_state(held)
    return held


def environment(clouds: Harness, ansible: Ansible) -> dict[str, str]:
    """Return the variables for both clouds, without PWD, which only a shell sets."""
    return {
        "ALIBABA_CLOUD_ENDPOINT_ECS": clouds.url,
        "ALIBABA_CLOUD_ACCESS_KEY_ID": ALIYUN_KEY_ID,
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": ALIYUN_SECRET,
        "TENCENTCLOUD_ENDPOINT_VPC": clouds.url,
        "TENCENTCLOUD_ENDPOINT_DFW": clouds.url,
        "TENCENTCLOUD_SECRET_ID": TENCENT_ID,
        "TENCENTCLOUD_SECRET_KEY": TENCENT_KEY,
    }


def play(ansible: Ansible, clouds: Harness, name: str, *variables: str) -> Run:
    """Run a playbook of the collection with these extra variables."""
    extra = [argument for each in variables for argument in ("-e", each)]
    run = ansible.command(
        "ansible-playbook", f"cnclouds.security_groups.{name}", *extra, environment=environment(clouds, ansible)
    )
    assert_no_secret(run.stdout + run.stderr)
    return run


def tencent_regions(api: str, **more: str) -> str:
    """The extra variable for this API."""
    return json.dumps({"tencent_regions": [{"region": TENCENT_REGION, "api_version": api, **more}]})


@pytest.mark.parametrize("api", ["3.0", "2.0"])
def test_drift_finds_nothing_after_an_import(ansible: Ansible, clouds: Harness, api: str) -> None:
    held = hold_everything(clouds)
    state = clouds.state()
    imported = play(ansible, clouds, "import", f"aliyun_regions={ALIYUN_REGION}", tencent_regions(api))
    assert imported.status == 0, imported.stdout
    assert imported.task("List the omitted security groups").status == "skipped", imported.stdout
    drift = play(ansible, clouds, "drift", "@groups.yml", "security_groups_drift_fails=false")
    assert drift.status == 0, drift.stdout[-8000:]
    count = len(held["aliyun"]["security_groups"]) + len(held["tencent"]["security_groups"])
    summary = drift.result("cnclouds.security_groups.security_groups : Show the summary")["msg"]
    assert summary == [f"{count} security groups checked, 0 would change, 0 failures."]
    assert (clouds.state(), writes(clouds)) == (state, [])
    # A lookup runs in the folder of the playbook.
    for folder in (ansible.folder, Path(__file__).parents[2] / "playbooks", Path.cwd()):
        assert not (folder / "stolen").exists()


def test_the_file_is_the_same_at_the_next_import_and_has_every_rule(ansible: Ansible, clouds: Harness) -> None:
    hold_everything(clouds)
    regions = (f"aliyun_regions={ALIYUN_REGION}", f"tencent_regions={TENCENT_REGION}")
    file = ansible.folder / "groups.yml"
    assert play(ansible, clouds, "import", *regions).status == 0
    first = file.read_text(encoding="utf-8")
    refused = play(ansible, clouds, "import", *regions)
    assert refused.status == 2
    assert "groups.yml already exists." in refused.stdout
    again = play(ansible, clouds, "import", *regions, "security_groups_replace_file=true")
    assert again.status == 0
    assert "changed=0" in again.stdout
    assert file.read_text(encoding="utf-8") == first
    written = load(file)["security_groups_tencent"][0]["groups"]
    by_id = {group["security_group_id"]: group for group in written}
    for group in clouds.state()["tencent"]["security_groups"]:
        rules = by_id[group["id"]]
        assert [len(rules["ingress"]), len(rules["egress"])] == [len(group["ingress"]), len(group["egress"])]
        texts = [rule.get("description", "") for rule in rules["ingress"]]
        # Descriptions are compared, and returned, on one line.
        assert texts == [" ".join(rule.get("PolicyDescription", "").splitlines()) for rule in group["ingress"]]


def test_the_options_of_a_region_are_kept(ansible: Ansible, clouds: Harness) -> None:
    more = {"endpoint": clouds.url, "network": "public"}
    assert play(ansible, clouds, "import", tencent_regions("2.0", **more), "security_groups_file=mine.yml").status == 0
    loaded = load(ansible.folder / "mine.yml")
    assert loaded["security_groups_aliyun"] == []
    (entry,) = loaded["security_groups_tencent"]
    assert {name: entry[name] for name in (*more, "region", "api_version")} == {
        **more,
        "region": TENCENT_REGION,
        "api_version": "2.0",
    }
    assert not (ansible.folder / "groups.yml").exists()


@pytest.mark.parametrize(
    "regions",
    [
        f"{TENCENT_REGION},{TENCENT_REGION}",
        [TENCENT_REGION, TENCENT_REGION],
        [{"region": TENCENT_REGION, "api_version": "2.0"}] * 2,
    ],
)
def test_a_region_that_is_named_twice_has_one_entry(ansible: Ansible, clouds: Harness, regions: Any) -> None:
    assert play(ansible, clouds, "import", json.dumps({"tencent_regions": regions})).status == 0
    assert len(load(ansible.folder / "groups.yml")["security_groups_tencent"]) == 1


def test_a_group_with_a_duplicate_rule_is_omitted_and_reported(ansible: Ansible, clouds: Harness) -> None:
    """In the variables of the role, a duplicate rule is a mistake that would fail the whole region."""
    twice = {"id": "sg-twice001", "region": TENCENT_REGION, "name": "a\nb", "ingress": [SSH, {**SSH, "Port": "22-22"}]}
    seed = tencent_seed()
    seed["security_groups"].append(twice)
    clouds.set_state({"tencent": seed})
    run = play(ansible, clouds, "import", f"tencent_regions={TENCENT_REGION}")
    assert run.status == 0
    assert "sg-twice001" in run.result("List the omitted security groups")["msg"]
    text = (ansible.folder / "groups.yml").read_text(encoding="utf-8")
    assert '# Omitted, because it has the same rule twice: sg-twice001 ("a\\nb")' in text
    groups = load(ansible.folder / "groups.yml")["security_groups_tencent"][0]["groups"]
    assert len(groups) == len(seed["security_groups"]) - 1
    assert play(ansible, clouds, "drift", "@groups.yml").status == 0


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ([], "No region is given."),
        (["tencent_regions="], "No region is given."),
        ([f"tencent_regions={TENCENT_REGION}"], "No security group was found"),
    ],
    ids=["no variable", "an empty variable", "an empty region"],
)
def test_no_file_is_written_without_groups(
    ansible: Ansible, clouds: Harness, variables: list[str], message: str
) -> None:
    clouds.set_state({"tencent": {**tencent_seed(), "security_groups": []}})
    run = play(ansible, clouds, "import", *variables)
    assert run.status == 2
    assert message in run.stdout
    assert not (ansible.folder / "groups.yml").exists()


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"tencent_regions": [{"region": TENCENT_REGION, "profil": "production"}]}, "tencent_regions.profil"),
        ({"aliyun_regions": [{"regoin": ALIYUN_REGION}]}, "missing required arguments: region found in aliyun_regions"),
        ({"aliyun_regions": [{"region": ALIYUN_REGION, "api_version": "2.0"}]}, "aliyun_regions.api_version"),
        ({"tencent_regions": {"region": TENCENT_REGION}}, "tencent_regions"),
    ],
    ids=["misspelt option", "misspelt region", "option of the other cloud", "entry instead of a list"],
)
def test_a_mistake_in_an_entry_is_reported_before_anything_is_read(
    ansible: Ansible, clouds: Harness, variables: dict[str, Any], message: str
) -> None:
    """An ignored option could import the groups of another account."""
    run = play(ansible, clouds, "import", json.dumps(variables))
    assert run.status == 2
    assert "Validation of arguments failed" in run.stdout
    assert message in run.stdout
    assert clouds.journal() == []
    assert not (ansible.folder / "groups.yml").exists()


def test_the_policies_in_the_file_only_have_to_be_turned_on(ansible: Ansible, clouds: Harness) -> None:
    """With the policies, a group that is already open is no drift, and no other group can be opened."""
    assert play(ansible, clouds, "import", f"tencent_regions={TENCENT_REGION}").status == 0
    file = ansible.folder / "groups.yml"
    text = file.read_text(encoding="utf-8")
    assert text.count("# security_groups_forbid: ") == 1
    assert "security_groups_forbid" not in load(file)  # the file does not enable them
    file.write_text(text.replace("# security_groups_forbid: ", "security_groups_forbid: "), encoding="utf-8")
    drift = play(ansible, clouds, "drift", "@groups.yml")
    assert drift.status == 0, drift.stdout
    assert "world_open_admin_ports" in drift.stdout + drift.stderr  # of the group that accepts everything
    described = load(file)
    (group,) = [each for each in groups_of(described) if each["security_group_id"] == WEB]
    group["ingress"].append({"action": "accept", "protocol": "tcp", "port": 3306})
    file.write_text(json.dumps(described), encoding="utf-8")
    refused = play(ansible, clouds, "preview", "@groups.yml")
    assert refused.status == 2
    assert "world_open_databases" in refused.stdout


def groups_of(described: dict[str, Any]) -> list[dict[str, Any]]:
    groups: list[dict[str, Any]] = described["security_groups_tencent"][0]["groups"]
    return groups
