# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inner access policy of one group: reads, plans, and refusals before a write."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._aliyun.client_token import check_client_token
from ansible_collections.cnclouds.security_groups.plugins.module_utils._aliyun.inner_access import (
    InnerAccess,
    InnerAccessGroup,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._change.plan import Guard
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.client import Client
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.errors import CloudError
from tests.unit.plugins.fakes import Answer, talk

ACCEPT, DROP = InnerAccess("accept"), InnerAccess("drop")


def group(wanted: str = "drop", token: str = "") -> InnerAccessGroup:
    return InnerAccessGroup("sg-1", "cn-hangzhou", wanted, token)


def client(*answers: Answer) -> Client:
    return talk(answers).client


def page(*groups: Any) -> dict[str, Any]:
    return {"SecurityGroups": {"SecurityGroup": list(groups)}}


@pytest.mark.parametrize(
    ("told", "policy"), [("Accept", "accept"), ("Drop", "drop"), ("DROP", "drop"), ("drop", "drop")]
)
def test_the_policy_is_read_in_any_case(told: str, policy: str) -> None:
    assert group().read(client({"InnerAccessPolicy": told})).policy == policy


@pytest.mark.parametrize("told", ["", None, "Allow", 1, ["Drop"]])
def test_an_unknown_policy_is_not_guessed(told: Any) -> None:
    with pytest.raises(CloudError) as caught:
        group().read(client({"InnerAccessPolicy": told, "RequestId": "r-1"}))
    assert (caught.value.kind, caught.value.request_id) == ("protocol", "r-1")


def test_no_policy_at_all() -> None:
    with pytest.raises(CloudError) as caught:
        group().read(client({}))
    assert caught.value.kind == "protocol"


@pytest.mark.parametrize(("before", "wanted"), [(ACCEPT, "accept"), (DROP, "drop")])
def test_nothing_to_do(before: InnerAccess, wanted: str) -> None:
    found = group(wanted=wanted)
    plan = found.plan(before)
    assert (plan.steps, plan.after) == ((), before)
    found.check(plan, client())  # makes no call
    assert found.extra_results(plan) == {}


@pytest.mark.parametrize(("before", "wanted", "sent"), [(ACCEPT, "drop", "Drop"), (DROP, "accept", "Accept")])
def test_one_write(before: InnerAccess, wanted: str, sent: str) -> None:
    found = group(wanted=wanted)
    plan = found.plan(before)
    (step,) = plan.steps
    token = step.parameters["ClientToken"]
    check_client_token(token)
    assert (step.action, step.guard) == ("ModifySecurityGroupPolicy", Guard.TOKEN)
    assert step.parameters == {"SecurityGroupId": "sg-1", "InnerAccessPolicy": sent, "ClientToken": token}
    assert plan.after.policy == wanted
    assert found.extra_results(plan) == {"client_token": token}


def test_each_plan_has_a_new_token_unless_the_user_sets_one() -> None:
    own = [group().plan(ACCEPT).steps[0].parameters["ClientToken"] for dummy in range(5)]
    assert len(set(own)) == 5
    assert group(token="mine").plan(ACCEPT).steps[0].parameters["ClientToken"] == "mine"


def test_it_only_plans_again_with_its_own_token() -> None:
    assert group().may_replan
    assert group().no_effect_hint() == ""
    assert not group(token="mine").may_replan
    assert "client_token" in group(token="mine").no_effect_hint()


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"SecurityGroupType": "enterprise"}, "enterprise"),
    ({"ServiceManaged": True}, "managed"),
    ({"ServiceManaged": "true"}, "managed"),
    ({"ServiceManaged": "True", "SecurityGroupType": "normal"}, "managed"),
]


@pytest.mark.parametrize(("listed", "word"), REFUSED)
def test_a_write_that_the_service_would_refuse_is_refused_before(listed: dict[str, Any], word: str) -> None:
    found, answers = group(), client(page({"SecurityGroupId": "sg-1", **listed}))
    with pytest.raises(CloudError) as caught:
        found.check(found.plan(ACCEPT), answers)
    assert caught.value.kind == "unsupported"
    assert word in caught.value.reason
    assert caught.value.had_no_effect


@pytest.mark.parametrize(
    "listed",
    [
        {},
        {"SecurityGroupType": "normal", "ServiceManaged": False},
        {"SecurityGroupType": None, "ServiceManaged": "false"},
    ],
)
def test_an_unmanaged_basic_group_is_written(listed: dict[str, Any]) -> None:
    others = ({"SecurityGroupId": "sg-0", "SecurityGroupType": "enterprise"},)
    found, answers = group(), client(page(*others, {"SecurityGroupId": "sg-1", **listed}))
    found.check(found.plan(ACCEPT), answers)


@pytest.mark.parametrize("groups", [(), ({"SecurityGroupId": "sg-10"},)])
def test_a_group_that_is_not_listed(groups: Any) -> None:
    found, answers = group(), client(page(*groups))
    with pytest.raises(CloudError) as caught:
        found.check(found.plan(ACCEPT), answers)
    assert (caught.value.kind, caught.value.action) == ("not_found", "DescribeSecurityGroups")
    assert "cn-hangzhou" in caught.value.reason


def test_a_group_that_is_not_on_the_first_page() -> None:
    pages = [{**page(), "NextToken": "t1"}, page({"SecurityGroupId": "sg-1", "SecurityGroupType": "enterprise"})]
    found, answers = group(), client(*pages)
    with pytest.raises(CloudError) as caught:
        found.check(found.plan(ACCEPT), answers)
    assert caught.value.kind == "unsupported"


def test_a_page_that_leads_to_itself_is_the_last() -> None:
    found, answers = group(), client(*[{**page(), "NextToken": "t1"}] * 2)
    with pytest.raises(CloudError) as caught:
        found.check(found.plan(ACCEPT), answers)
    assert caught.value.kind == "not_found"


def test_states() -> None:
    assert ACCEPT.same_content(InnerAccess("accept"))
    assert not ACCEPT.same_content(DROP)
    assert ACCEPT.as_result() == ACCEPT.diff_text() == {"inner_access_policy": "accept"}
    assert ACCEPT.version_number() is None
