# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The judge detects modules that are broken on purpose."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from unittest import mock

from ansible_collections.cnclouds.security_groups.plugins.module_utils._aliyun import inner_access
from ansible_collections.cnclouds.security_groups.plugins.module_utils._change import converge, verify
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.client import Client
from tests.reliability.laboratory import Judgement, Laboratory, judge, rerun
from tests.reliability.others import CHANGES
from tests.reliability.scenarios import BY_NAME
from tests.reliability.test_races import interfere, judge_race, race

REPLACED = BY_NAME["tencent 3.0: replaced ingress, egress left alone"]
MERGED = BY_NAME["tencent 3.0: merged at the bottom"]
POLICY = BY_NAME["aliyun v3: accept to drop"]


def names(judgement: Judgement) -> set[str]:
    return {name for name, _unused in judgement.problems}


def test_a_lost_rule(lab: Laboratory) -> None:
    lab.prepare(MERGED)
    attempt = lab.run(MERGED)
    lab.clouds.foreign_write("tencent", MERGED.group, egress=[])
    assert names(judge(lab, MERGED, attempt)) == {"lost rule", "false ok", "false after"}


def test_rules_in_the_wrong_order(lab: Laboratory) -> None:
    lab.prepare(MERGED)
    attempt = lab.run(MERGED, position="top")
    assert names(judge(lab, MERGED, attempt)) == {"false ok"}


def test_another_group(lab: Laboratory) -> None:
    lab.prepare(MERGED)
    attempt = lab.run(MERGED)
    lab.clouds.foreign_write("tencent", "sg-peertst1", egress=[{"Action": "DROP"}])
    assert names(judge(lab, MERGED, attempt)) == {"wrong group"}


def test_a_traceback(lab: Laboratory) -> None:
    lab.prepare(MERGED)
    with mock.patch.object(converge, "_prepare", side_effect=RuntimeError("broken")):
        judgement = judge(lab, MERGED, lab.run(MERGED))
    assert names(judgement) == {"traceback"}


def test_a_write_that_can_be_repeated(lab: Laboratory) -> None:
    lab.prepare(MERGED)
    lab.clouds.fault("lost", effect="write")
    write = Client.write

    def repeated(talk: Client, action: str, parameters: Mapping[str, Any], *, repeatable: bool) -> Any:
        return write(talk, action, parameters, repeatable=True)

    with mock.patch.object(Client, "write", repeated):
        judgement = judge(lab, MERGED, lab.run(MERGED))
    assert "double write" in names(judgement)


def test_a_client_token_that_is_used_again(lab: Laboratory) -> None:
    lab.prepare(POLICY)
    lab.clouds.fault("error", effect="write", code="IdempotentFailed")
    with mock.patch.object(inner_access, "new_client_token", lambda: "always-the-same"):
        judgement = judge(lab, POLICY, lab.run(POLICY))
    assert names(judgement) == {"double write"}


def test_a_second_run_that_changes_something(lab: Laboratory) -> None:
    lab.prepare(MERGED)
    judgement = judge(lab, MERGED, lab.run(MERGED))
    lab.clouds.foreign_write("tencent", MERGED.group, ingress=MERGED.before["ingress"])
    rerun(lab, MERGED, judgement)
    assert names(judgement) == {"not idempotent"}


def test_attempts_that_are_not_reported(lab: Laboratory) -> None:
    lab.prepare(MERGED)
    attempt = lab.run(MERGED)
    assert attempt.result is not None
    attempt.result["actions"][0]["attempts"] = 2
    assert names(judge(lab, MERGED, attempt)) == {"wrong attempts"}


def test_an_overwritten_change(lab: Laboratory) -> None:
    change = next(each for each in CHANGES if "other direction" in each.name)
    lab.prepare(REPLACED)
    lab.wire.hooks[3] = partial(interfere, lab, REPLACED, change)
    with mock.patch.object(verify, "_overwrote", return_value=False):
        attempt = lab.run(REPLACED)
    assert names(judge_race(lab, race(REPLACED, change, told=True), attempt, blind=True)) == {"silent overwrite"}
