# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task returns for one group."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._change.converge import converge
from ansible_collections.cnclouds.security_groups.plugins.module_utils._change.fingerprint import (
    fleet_fingerprint,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._change.result import failed_result, group_result
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.errors import CloudError
from tests.unit.plugins.word_cloud import Overwriting, WordCloud, lost, refused

SECRET = "sec/ret+token=="
KEYS = {
    *("changed", "security_group_id", "region", "before", "after", "diff", "actions", "fingerprint", "steps"),
    *("impact", "lint", "policies"),
}


def result_of(cloud: WordCloud, *wanted: str, check_mode: bool = False, refusal: CloudError | None = None) -> Any:
    spoken = cloud.speak()
    group = Overwriting(wanted, refusal)
    outcome = converge(group, spoken.client, check_mode)
    return group_result(group, spoken.client, outcome, {SECRET})


def test_a_change() -> None:
    result = result_of(WordCloud(), "c")
    assert result.pop("fingerprint")
    impact = result.pop("impact")
    assert impact["effect"] == "opens_and_closes"
    assert result["diff"].pop("prepared").splitlines() == impact["text"]
    assert (result.pop("lint"), result.pop("policies")["checked"]) == ([], [])
    assert result == {
        "changed": True,
        "security_group_id": "sg-1",
        "region": "cn-test",
        "before": {"words": ["a", "b"], "version": 7},
        "after": {"words": ["c"], "version": 8},
        "diff": {
            "before_header": "sg-1 (cn-test)",
            "after_header": "sg-1 (cn-test)",
            "before": "a\nb\n",
            "after": "c\n",
        },
        "actions": [
            {"action": "Look", "effect": "read", "status": "done", "request_id": "r-1", "attempts": 1},
            {"action": "Look", "effect": "read", "status": "done", "request_id": "r-2", "attempts": 1},
            {"action": "Put", "effect": "write", "status": "done", "request_id": "r-3", "attempts": 1},
            {"action": "Look", "effect": "read", "status": "done", "request_id": "r-4", "attempts": 1},
        ],
        "steps": 1,
    }


def test_check_mode_returns_the_same_except_for_the_calls() -> None:
    done, predicted = result_of(WordCloud(), "c"), result_of(WordCloud(), "c", check_mode=True)
    actions = predicted.pop("actions")
    del done["actions"]
    assert predicted == done
    assert actions[-1] == {"action": "Put", "effect": "write", "status": "planned", "request_id": None, "attempts": 0}


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize("wanted", ["a", "c"])
def test_the_same_keys_whether_it_changes_or_not_and_in_check_mode(check_mode: bool, wanted: str) -> None:
    assert set(result_of(WordCloud(("a",)), wanted, check_mode=check_mode)) == KEYS


def test_a_failure_has_the_same_keys() -> None:
    result = result_of(WordCloud(before={("Put", 1): refused("quota")}), "c")
    assert set(result) == KEYS | {"msg", "failure"}
    assert result["msg"] == "Failed to write words to sg-1: LimitExceeded: too many (request ID r-refused)."
    assert result["failure"] == {
        "kind": "quota",
        "code": "LimitExceeded",
        "message": "too many",
        "http_status": 200,
        "request_id": "r-refused",
        "action": "Put",
    }


def test_a_group_that_could_not_be_read() -> None:
    result = result_of(WordCloud(before={("Look", n): lost for n in range(1, 9)}), "c")
    assert (result["changed"], result["before"], result["after"]) == (False, None, None)
    assert (result["diff"]["before"], result["diff"]["after"]) == ("", "")
    assert result["failure"]["kind"] == "unavailable"
    assert result["failure"]["code"] is None
    assert [action["status"] for action in result["actions"]] == ["failed"]
    assert result["actions"][0]["attempts"] == 5


SPELLINGS = [SECRET, quote(SECRET, safe=""), quote(quote(SECRET, safe=""), safe="")]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_secret_in_a_failure(spelling: str) -> None:
    error = CloudError("auth", f"Bad: token {spelling}", "Bad", f"token {spelling}, Signature=abc123", 403, "r-1")
    result = failed_result("do it", error, {SECRET})
    assert spelling not in str(result)
    assert "abc123" not in str(result)
    assert result["msg"] == "Failed to do it: Bad: token *** (request ID r-1)."
    assert result["failure"]["message"] == "token ***, Signature=***"


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (CloudError("timeout", "too late."), "Failed to do it: too late."),
        (CloudError("auth", "Code: no", "Code", "no"), "Failed to do it: Code: no."),
        (
            CloudError("auth", "the key is wrong", "Code", "no", request_id="r-1"),
            "Failed to do it: the key is wrong (code Code, request ID r-1).",
        ),
    ],
)
def test_the_message_is_one_sentence_with_code_and_request_id(error: CloudError, sentence: str) -> None:
    assert failed_result("do it", error, set())["msg"] == sentence


def test_fingerprints() -> None:
    same = result_of(WordCloud(), "c")["fingerprint"]
    assert same == result_of(WordCloud(version=99), "c", check_mode=True)["fingerprint"]
    others = {
        result_of(WordCloud(), "d")["fingerprint"],
        result_of(WordCloud(("a",)), "c")["fingerprint"],
        result_of(WordCloud(("c",)), "c")["fingerprint"],
    }
    assert len({same} | others) == 4
    assert fleet_fingerprint([same, "x"]) != fleet_fingerprint(["x", same])
    assert fleet_fingerprint(iter([same])) == fleet_fingerprint([same])
