# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Any option value or environment variable leads to a result or to a failure with its kind, never to a traceback."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ansible_collections.cnclouds.security_groups.plugins.module_utils._aliyun import environment as aliyun
from ansible_collections.cnclouds.security_groups.plugins.module_utils._aliyun.arguments import aliyun_spec
from ansible_collections.cnclouds.security_groups.plugins.module_utils._aliyun.sg_policy import inner_access_spec
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.spec import (
    fleet_spec,
    info_spec,
    transport_spec,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent import api_2_0, api_3_0
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent import environment as tencent
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.arguments import tencent_spec
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rule_fields import ALIASES
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.sg_rules import rules_spec
from tests.cloud_simulator.harness import Harness
from tests.properties.ending import Endings
from tests.properties.junk import JUNK, SCALAR, TEXT, damaged
from tests.properties.profile import cases
from tests.properties.shortcut import Shortcut
from tests.reliability.tally import Tally
from tests.support.module_runner import Pauses
from tests.support.worlds import ACCEPTING, PEER, WEB, aliyun_options, tencent_options

# Hypothesis warns about long junk values.
pytestmark = pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")
SPECS = {
    "aliyun_sg_policy": {**inner_access_spec(), **aliyun_spec(), **transport_spec(), **fleet_spec()},
    "aliyun_sg_policy_info": {**info_spec(), **aliyun_spec(), **transport_spec()},
    "tencent_sg_rules": {**rules_spec(), **tencent_spec(), **transport_spec(), **fleet_spec()},
    "tencent_sg_rules_info": {**info_spec(), **tencent_spec(), **transport_spec()},
}
RULES: list[Any] = [
    {"action": "accept", "protocol": "tcp", "port": "22", "cidr": "10.0.0.0/8", "description": "ssh"},
    {"action": "drop", "protocol": "udp", "port": 53, "ipv6_cidr": "2001:db8::/32"},
    {"action": "accept", "security_group_id": PEER, "service_template": "ppm-11112222"},
]
# Valid options of every kind, which junk replaces or damages.
RIGHT: dict[str, list[dict[str, Any]]] = {
    "aliyun_sg_policy": [
        {"security_group_id": ACCEPTING, "inner_access_policy": "drop", "client_token": "token"},
        {"groups": [{"security_group_id": ACCEPTING, "inner_access_policy": "drop"}], "max_concurrency": 2},
    ],
    "aliyun_sg_policy_info": [{"security_group_ids": [ACCEPTING]}, {"filters": {"name": "x", "tags": {"a": "b"}}}],
    "tencent_sg_rules": [
        {"security_group_id": WEB, "ingress": RULES, "egress": [], "state": "merged", "position": "top"},
        {"security_group_id": WEB, "ingress": RULES[:1], "api_version": "2.0"},
        {"groups": [{"security_group_id": WEB, "ingress": RULES}, {"security_group_id": PEER}], "egress": []},
    ],
    "tencent_sg_rules_info": [
        {"security_group_ids": [WEB]},
        {"filters": {"name": "x", "project_id": 0, "tags": {"a": None}}},
        {"api_version": "2.0"},
    ],
}
VARIABLES = tuple(
    name
    for module in (aliyun, tencent)
    for names in (*module.KEY.values(), [module.REGION], [module.STS_ENDPOINT], module.ROLE.values())
    for each in names
    for name in each
) + (*aliyun.ENDPOINT, *api_3_0.ENDPOINT, *api_2_0.ENDPOINT, *aliyun.STS_REGION, *aliyun.STS_IN_VPC)
# File names must not lead out of the folder of the test.
PATHS = ("progress_file", "ca_path")
DEAD_ENDS = ("/dev/full", "/nonexistent/x", "/dev/null/x", "/", "", "a" * 300, "a\x00b", "\ud800")


def _long_or_empty(secret: Any) -> bool:
    """Secrets must be long, because ansible-core hides a secret of one letter in every word."""
    return len(str(secret).strip()) >= 12 or secret in ("", None)


def _inside(value: Any) -> Any:
    return value.replace("/", "_").replace("~", "_").replace("$", "_") if isinstance(value, str) else value


@st.composite
def _options(draw: st.DrawFn, module: str) -> dict[str, Any]:
    """Options of which some are invalid."""
    options = dict(draw(st.sampled_from(RIGHT[module])))
    spec = SPECS[module]
    names = [spelling for name, option in spec.items() for spelling in (name, *option.get("aliases", ()))]
    for name in draw(st.lists(st.sampled_from(names), max_size=3, unique=True)):
        options[name] = draw(_junk(name, spec.get(name, {}), options.get(name)))
    if draw(st.integers(0, 9)) == 0:
        options[draw(TEXT)] = draw(JUNK)
    return {name: value for name, value in options.items() if not name.startswith("_ansible")}


def _junk(name: str, option: dict[str, Any], given: Any) -> SearchStrategy[Any]:
    if option.get("no_log"):
        return JUNK.filter(_long_or_empty)
    if name in PATHS:
        return st.one_of(st.sampled_from(DEAD_ENDS), JUNK.map(_inside).filter(lambda value: not _path_like(value)))
    if name in ("ingress", "egress"):
        return st.one_of(JUNK, damaged(given or RULES), st.lists(_rule(), max_size=3))
    if name == "groups":
        entry = st.dictionaries(st.sampled_from([*SPECS["tencent_sg_rules"], "name", "x"]), SCALAR, max_size=4)
        return st.one_of(JUNK, damaged(given or [{"security_group_id": WEB}]), st.lists(entry, max_size=3))
    if given is not None and not isinstance(given, str):
        return st.one_of(JUNK, damaged(given))
    return st.one_of(JUNK, SCALAR, st.sampled_from(option.get("choices") or [None]))


def _path_like(value: Any) -> bool:
    """Whether ansible-core could turn it into a path outside the folder of the test."""
    return not isinstance(value, (str, type(None))) and "/" in str(value)


def _rule() -> SearchStrategy[dict[str, Any]]:
    names = [spelling for name, aliases in ALIASES.items() for spelling in (name, *aliases)]
    right = {"action": st.just("accept")}
    return st.builds(
        lambda one, other: {**one, **other},
        st.fixed_dictionaries(right),
        st.dictionaries(st.sampled_from(names), st.one_of(SCALAR, JUNK), max_size=3),
    )


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder in which a case can write files."""
    here = os.getcwd()
    os.chdir(tmp_path_factory.mktemp("fuzz"))
    yield Path.cwd()
    os.chdir(here)


@pytest.mark.parametrize("module", RIGHT)
def test_any_option(way: Shortcut, clouds: Harness, pauses: Pauses, tally: Tally, module: str) -> None:
    lead = aliyun_options if module.startswith("aliyun") else tencent_options
    endings = Endings(tally, pauses, "fuzz")

    @cases(40, 1500)
    @given(options=_options(module), check=st.booleans())
    def attempt(options: dict[str, Any], check: bool) -> None:
        clouds.reset()
        way.requests.clear()
        endings.run(f"Options | `{module}`", module, lead(clouds.url, **options), {}, check=check)

    attempt()


# Values that the operating system allows in an environment.
ENVIRONMENT_TEXT = TEXT.filter(lambda text: "\x00" not in text and _encodable(text) and _long_or_empty(text))


def _encodable(text: str) -> bool:
    try:
        return len(os.fsencode(text)) < 100_000
    except UnicodeError:
        return False


@pytest.mark.parametrize("module", RIGHT)
def test_any_environment(way: Shortcut, clouds: Harness, pauses: Pauses, tally: Tally, module: str) -> None:
    """Any value in the environment variables that stand in for options."""
    cloud = module.partition("_")[0]
    lead = aliyun_options if cloud == "aliyun" else tencent_options
    endings = Endings(tally, pauses, "fuzz")
    optional = ("access_key_id", "access_key_secret", "secret_id", "secret_key", "region", "endpoint")

    @cases(10, 300)
    @given(
        environment=st.dictionaries(st.sampled_from(VARIABLES), ENVIRONMENT_TEXT, max_size=6),
        missing=st.sets(st.sampled_from(optional)),
        right=st.sampled_from(RIGHT[module]),
    )
    def attempt(environment: dict[str, str], missing: set[str], right: dict[str, Any]) -> None:
        clouds.reset()
        way.requests.clear()
        options = {name: value for name, value in lead(clouds.url, **right).items() if name not in missing}
        endings.run(f"Environment | `{module}`", module, options, environment)

    attempt()
