# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks that plan changes without any service."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._change.contract import OptionProblems
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.client import Client
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.options import Options
from ansible_collections.cnclouds.security_groups.plugins.module_utils._task.offline import run_offline
from tests.unit.plugins.module_utils._task.test_run import FakeModule
from tests.unit.plugins.word_cloud import Overwriting, Seen

OPTIONS: dict[str, Any] = {"sarif_file": None, "junit_file": None, "source": None}


class Present(Overwriting):
    """A group whose current words are a and b."""

    def read(self, client: Client) -> Seen:
        return Seen(("a", "b"), None)

    def given_rule(self, position: str) -> None:
        return None


class PresentWords:
    """Implements the OfflineCloud protocol."""

    purpose = "check words"
    own_options: Mapping[str, tuple[str, ...]] = {"security_group_id": (), "word": ()}
    info_only_fields: Sequence[str] = ()

    def group(self, options: Options, region: str, problems: OptionProblems) -> Present:
        if options.text("word") == "wrong":
            options.wrong("word", "is wrong")
        return Present(tuple(options.text("word")), security_group_id=options.required_text("security_group_id"))


def ended(**options: Any) -> dict[str, Any]:
    return run_offline(FakeModule(False, {**OPTIONS, **options}), PresentWords()).values


def test_a_change_is_predicted_and_nothing_is_changed() -> None:
    result = ended(security_group_id="sg-1")
    assert (result["changed"], result["before"]["words"], result["after"]["words"]) == (False, ["a", "b"], ["c"])
    assert result["impact"]["effect"] == "opens_and_closes"
    assert result["requests"] == []


def test_several_groups() -> None:
    groups = [{"security_group_id": "sg-1"}, {"security_group_id": "sg-2", "word": "ab"}]
    result = ended(groups=groups)
    assert [each["after"]["words"] for each in result["groups"]] == [["c"], ["a", "b"]]
    assert [each["changed"] for each in result["groups"]] == [False, False]


def test_mistakes_of_all_groups() -> None:
    result = ended(groups=[{"word": "wrong"}, {"security_group_id": "sg-2", "word": "wrong"}])
    paths = {error["path"] for error in result["failure"]["errors"]}
    assert paths == {"groups[0].word", "groups[0].security_group_id", "groups[1].word"}
    assert result["msg"].startswith("Failed to check words of several security groups: ")


def test_reports_are_written(tmp_path: Path) -> None:
    files = {name: str(tmp_path / name) for name in ("sarif_file", "junit_file")}
    ended(security_group_id="sg-1", source="rules.yml", **files)
    assert json.loads((tmp_path / "sarif_file").read_text("utf-8"))["version"] == "2.1.0"
    assert (tmp_path / "junit_file").read_text("utf-8").startswith("<?xml")


@pytest.mark.parametrize("path", ["/nonexistent/x", "/", "a\x00b"])
def test_a_report_that_cannot_be_written(path: str) -> None:
    result = ended(security_group_id="sg-1", junit_file=path)
    assert result["failure"]["kind"] == "invalid_input"
    assert [error["path"] for error in result["failure"]["errors"]] == ["junit_file"]
