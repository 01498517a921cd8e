# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._aliyun import environment
from ansible_collections.cnclouds.security_groups.plugins.module_utils._aliyun.arguments import aliyun_spec
from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.assumed_role import role_option
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.options import Options
from tests.unit.plugins.environment_names import documented, variables


def test_every_variable_is_documented() -> None:
    assert set(variables(environment)) - documented("aliyun") - set(environment.METADATA_FOR_TESTS) == set()


def test_no_variable_has_two_meanings() -> None:
    names = variables(environment)
    assert len(names) == len(set(names))


def test_a_key_has_an_id_a_secret_and_a_token_which_are_options() -> None:
    assert list(environment.KEY) == ["access_key_id", "access_key_secret", "security_token"]
    assert set(environment.KEY) <= set(aliyun_spec())


def test_a_family_of_variables_has_all_parts_of_a_key() -> None:
    """A key has all its parts from one family, which is the prefix of the names."""
    for prefix, family in (("ALIBABA_CLOUD_", 0), ("ALICLOUD_", 1)):
        for families in environment.KEY.values():
            assert all(name.startswith(prefix) for name in families[family])
    assert {len(families) for families in environment.KEY.values()} == {2}


@pytest.mark.parametrize(
    ("option", "names"),
    [
        ("region", environment.REGION),
        ("endpoint", environment.ENDPOINT),
        ("sts_endpoint", environment.STS_ENDPOINT),
    ],
)
def test_an_option_falls_back_to_its_variables(option: str, names: tuple[str, ...]) -> None:
    assert aliyun_spec()[option]["fallback"][1] == list(names)


@pytest.mark.parametrize("member", environment.ROLE)
def test_every_member_of_a_role_is_one_of_the_option(member: str) -> None:
    value = {"duration_seconds": "900", "session_name": "session"}.get(member, "{}" if member == "policy" else "x")
    options = Options({"assume_role": {"role_arn": "arn", member: value}}, "", [])
    role = role_option(options, environment.ROLE, 1)
    assert options.mistakes == []
    assert role
    assert str(getattr(role, "arn" if member == "role_arn" else member)) == value
