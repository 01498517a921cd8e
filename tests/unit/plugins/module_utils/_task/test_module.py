# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Argument specs, and the module class that treats empty text as not given."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible.module_utils import basic

from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.spec import (
    from_environment,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._task.module import SecurityGroupModule

SPEC: dict[str, dict[str, Any]] = {
    "name": {"type": "str", "required": True, "aliases": ["title"]},
    "key": from_environment("NEW_KEY", "OLD_KEY", no_log=True),
    "count": {"type": "int", "default": 10},
    "on": {"type": "bool", "default": True},
    "mode": {"type": "str", "choices": ["Gentle", "rough"], "default": "Gentle"},
    "rules": {"type": "list", "elements": "dict"},
    "ids": {"type": "list", "elements": "str"},
}


@pytest.fixture(autouse=True)
def no_keys_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NEW_KEY", "OLD_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def give(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A function that creates a module with these options."""

    def make(**options: Any) -> SecurityGroupModule:
        monkeypatch.setattr(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": options}).encode())
        monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
        return SecurityGroupModule(SPEC)

    return make


def failure_of(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert result["failed"] is True
    return result


def test_empty_text_leaves_the_default_and_the_variable(give: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLD_KEY", "from the environment")
    for nothing in ("", None):
        module = give(name="x", key=nothing, count=nothing, on=nothing, rules=nothing, ids=nothing, mode=nothing)
        assert_defaults(module)


def assert_defaults(module: SecurityGroupModule) -> None:
    expected = {"name": "x", "title": None, "key": "from the environment", "count": 10, "on": True}
    assert {name: module.params.get(name) for name in expected} == expected
    assert module.params["rules"] is None
    assert module.params["ids"] is None
    assert module.params["mode"] == "Gentle"


def test_a_given_value_wins_over_the_variable(give: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEW_KEY", "from the environment")
    assert give(name="x", key="given").params["key"] == "given"


def test_an_empty_alias_does_not_hide_the_option(give: Any) -> None:
    assert give(name="x", title="").params["name"] == "x"


@pytest.mark.parametrize(("other", "paths"), [("x", []), (None, []), ("", []), ("y", ["title"]), (["x"], ["title"])])
def test_another_name_with_another_value_is_a_mistake(give: Any, other: Any, paths: list[str]) -> None:
    assert [mistake.path for mistake in give(name="x", title=other).mistakes] == paths
    assert give(name="", title="y").params["name"] == "y"


def test_an_empty_required_option_is_missing(give: Any, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        give(name="")
    result = failure_of(capsys)
    assert result["failure"]["kind"] == "invalid_input"
    assert "name" in result["msg"]
    assert result["failure"]["code"] is None


RULES = [{"action": "accept", "port": 22}, {"action": "drop"}]


@pytest.mark.parametrize(
    "text", [json.dumps(RULES), f"  {json.dumps(RULES)}\n", json.dumps(RULES, indent=1), repr(RULES)]
)
def test_lists_as_text(text: str, give: Any) -> None:
    assert give(name="x", rules=text).params["rules"] == RULES
    assert give(name="x", ids='["a", "b"]').params["ids"] == ["a", "b"]


def test_real_lists_stay(give: Any) -> None:
    assert give(name="x", rules=RULES).params["rules"] == RULES
    assert give(name="x", rules=[], ids="a,b").params["rules"] == []
    assert give(name="x", rules="[]").params["rules"] == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ('[{"action": "accept"', '[{"action": "accept"'),
        ("[1, 2]", [1, 2]),
        ("[" * 30000, "[" * 30000),
        ("nonsense", "nonsense"),
        ([{"action": "drop"}, None], [{"action": "drop"}, None]),
    ],
)
def test_a_value_that_is_not_a_list_of_rules_is_kept_for_the_rule_reader(given: Any, kept: Any, give: Any) -> None:
    module = give(name="x", rules=given)
    assert module.params["rules"] == kept
    assert module.mistakes == []


@pytest.mark.parametrize("text", ["rough", "ROUGH", " Rough "])
def test_letter_case_makes_no_difference_to_a_choice(text: str, give: Any) -> None:
    module = give(name="x", mode=text)
    assert (module.params["mode"], module.mistakes) == ("rough", [])


def test_invalid_entries_are_omitted_and_the_rest_is_read(give: Any) -> None:
    module = give(name="x", mode="harsh", count="many", nmae="y", rules=["a"], ids=["b"], key="k")
    assert [mistake.path for mistake in module.mistakes] == ["mode", "count", "nmae"]
    assert "did you mean name?" in module.mistakes[2].message
    expected = {"name": "x", "mode": "Gentle", "count": 10, "rules": ["a"], "ids": ["b"], "key": "k", "on": True}
    assert {name: module.params[name] for name in expected} == expected


def test_mistakes_that_only_ansible_core_finds_are_reported_with_the_rest(
    give: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        give(mode="harsh")
    errors = failure_of(capsys)["failure"]["errors"]
    assert errors[0]["path"] == "mode"
    assert "name" in errors[1]["message"]


def test_text_options_are_not_read_as_json(give: Any) -> None:
    assert give(name="[1]").params["name"] == "[1]"


def test_a_given_failure_is_kept(give: Any, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        give(name="x").fail_json("No.", failure={"kind": "quota"}, changed=True)
    result = failure_of(capsys)
    assert (result["msg"], result["failure"], result["changed"]) == ("No.", {"kind": "quota"}, True)


def test_check_mode_is_supported(give: Any) -> None:
    assert give(name="x", _ansible_check_mode=True).check_mode is True


def test_a_secret_is_not_in_a_complaint(give: Any, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        give(key="very-secret-key", count="very-secret-key")
    assert "very-secret-key" not in capsys.readouterr().out
