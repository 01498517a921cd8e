# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The job templates of ``extensions/awx``, run as in AWX with ansible-runner, against simulated clouds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.awx.controller import Controller, Job, injected, merged
from tests.awx.descriptions import LISTED, description, endpoint_environment, written_groups
from tests.cloud_simulator.harness import Harness
from tests.support import worlds
from tests.support.worlds import (
    ACCEPTING,
    ALIYUN_REGION,
    DROPPING,
    NEVER_EDITED,
    PEER,
    TENCENT_REGION,
    WEB,
    assert_no_secret,
    writes,
)

PREVIEW, APPLY, DRIFT = (f"Security groups: {name}" for name in ("preview", "apply", "drift"))
SLICES = 2


# The groups in the description, and one that is not in it.
HOSTS = (
    *(f"aliyun_{ALIYUN_REGION}_{group}" for group in (ACCEPTING, DROPPING)),
    *(f"tencent_{TENCENT_REGION}_{group}" for group in (WEB, NEVER_EDITED, PEER)),
)


@pytest.fixture(scope="module")
def updated(tmp_path_factory: pytest.TempPathFactory, _simulator: Harness) -> Controller:
    """AWX with a temporary key for one cloud, a permanent one for the other, and an inventory of both."""
    folder = tmp_path_factory.mktemp("awx")
    aliyun = {
        "access_key_id": worlds.ALIYUN_TEMPORARY_ID,
        "access_key_secret": worlds.ALIYUN_TEMPORARY_SECRET,
        "security_token": worlds.ALIYUN_TOKEN,
    }
    tencent = {"secret_id": worlds.TENCENT_ID, "secret_key": worlds.TENCENT_KEY}
    environment = {
        **injected("Alibaba Cloud", aliyun, folder),
        **injected("Tencent Cloud", tencent, folder),
        **endpoint_environment(_simulator),
    }
    assert "" in environment.values(), "AWX fills fields that nobody filled in with nothing"
    made = Controller(folder, environment)
    for source in ("inventory/aliyun_sg.yml", "inventory/tencent_sg.yml"):
        made.update_inventory(source)
    assert len(made.inventory["hostvars"]) == 9
    return made


@pytest.fixture
def controller(updated: Controller, tmp_path: Path, clouds: Harness) -> Controller:
    """The same, with fewer hosts and without jobs."""
    controller = Controller(tmp_path, updated.environment, updated.inventory)
    controller.keep(HOSTS)
    return controller


def launch(controller: Controller, template: str, slices: int = SLICES, **options: Any) -> list[Job]:
    """Launch a template, and search everything that AWX would store for secrets."""
    jobs = controller.launch(template, slices, description=description(), **options)
    for job in jobs:
        assert len(job.events) > 10, job.text
        assert_no_secret(job.text)
    return jobs


def stands_for(hosts: set[str]) -> set[str]:
    """The security groups that these hosts represent."""
    return {host.rpartition("_")[2] for host in hosts}


def shown(jobs: list[Job]) -> set[str]:
    """The security groups for which a difference was shown."""
    found = set()
    for job in jobs:
        for data in job.results("runner_on_ok", "runner_item_on_ok"):
            diffs = data["res"].get("diff") or []
            found |= {diff["before_header"].split()[0] for diff in diffs if "before_header" in diff}
    return found


def messages(jobs: list[Job]) -> str:
    """The reasons why hosts failed."""
    return json.dumps(
        [data["res"] for job in jobs for data in job.results("runner_on_failed", "runner_item_on_failed")]
    )


def test_preview_approval_apply_and_drift(controller: Controller, clouds: Harness) -> None:
    previews = launch(controller, PREVIEW)
    assert [job.status for job in previews] == [0, 0], messages(previews)
    assert writes(clouds) == []
    first, second = (job.hosts() for job in previews)
    assert first and second and first.isdisjoint(second) and first | second == set(HOSTS)
    assert shown(previews) == {ACCEPTING, WEB, NEVER_EDITED}
    approved = merged(previews)
    assert len(approved) == len(LISTED) == sum(len(job.artifacts) for job in previews)

    clouds.foreign_write("tencent", WEB, ingress=[])
    refused = launch(controller, APPLY, artifacts=approved, verbosity=3)
    with_web = next(job for job in refused if WEB in stands_for(job.hosts()))
    assert with_web.status != 0
    assert "the change differs from the approved one" in messages([with_web])
    assert written_groups(clouds).isdisjoint(stands_for(with_web.hosts())), "nothing of that slice is written"

    approved = merged(launch(controller, PREVIEW, 1))
    clouds.clear_journal()
    applied = launch(controller, APPLY, artifacts=approved)
    assert [job.status for job in applied] == [0, 0], messages(applied)
    mine, yours = (stands_for(job.hosts()) for job in applied)
    assert mine.isdisjoint(yours)
    assert WEB in written_groups(clouds)
    assert written_groups(clouds) <= {ACCEPTING, WEB, NEVER_EDITED}
    assert clouds.group("aliyun", ACCEPTING)["inner_access_policy"] == "Drop"

    (clean,) = launch(controller, DRIFT, 1)
    assert clean.status == 0, messages([clean])
    assert clean.hosts() == {"localhost", *HOSTS}


def test_drift_is_found_and_apply_without_a_preview_is_refused(controller: Controller, clouds: Harness) -> None:
    (drift,) = launch(controller, DRIFT, 1)
    assert drift.status != 0
    failed = {str(data["host"]) for data in drift.results("runner_on_failed")}
    expected = {f"aliyun_{ALIYUN_REGION}_{ACCEPTING}", *(f"tencent_{TENCENT_REGION}_{g}" for g in (WEB, NEVER_EDITED))}
    assert failed == expected
    assert "4 security groups checked, 3 would change, 0 failures." in drift.text

    (refused,) = launch(controller, APPLY, 1, answers={"security_groups_hosts": "tencent_security_groups"})
    assert refused.status != 0
    assert "Nothing was changed" in messages([refused])
    assert all(host.startswith("tencent_") for host in refused.hosts())
    assert writes(clouds) == []


def test_a_listed_group_without_a_host_is_drift(controller: Controller, clouds: Harness) -> None:
    controller.keep(HOSTS[:1])
    (drift,) = launch(controller, DRIFT, 1, answers={"security_groups_drift_fails": "false"})
    assert drift.status != 0
    assert f"No host of this job represents {DROPPING}, {NEVER_EDITED}, {WEB}." in messages([drift])
    assert writes(clouds) == []


def test_an_inventory_without_hosts_is_not_free_of_drift(controller: Controller, clouds: Harness) -> None:
    controller.keep(())
    (drift,) = controller.launch(DRIFT, 1, description=description())
    assert drift.status != 0
    assert "The inventory has no host in security_groups, so nothing was checked." in messages([drift])


def test_the_search_for_secrets_would_find_one(updated: Controller) -> None:
    with pytest.raises(AssertionError):
        assert_no_secret(json.dumps(updated.environment))
