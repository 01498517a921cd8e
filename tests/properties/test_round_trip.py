# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cloud returns every accepted rule with the same meaning."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.clock import Clock
from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.keys import Key, StaticKey
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.endpoint import parse_endpoint
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.api_2_0 import DfwService
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.apis import API_VERSIONS, rule_api
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.edits import Insert, Reset
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rule_input import RuleReader
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rule_set import RuleSet
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rules import Rule
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.service import Tc3Service
from tests.cloud_simulator.harness import Harness
from tests.properties.profile import cases
from tests.properties.shortcut import Shortcut
from tests.properties.tasks import echoes, storable_rules
from tests.reliability.tally import Tally
from tests.support.worlds import NEVER_EDITED, TENCENT_ID, TENCENT_KEY, TENCENT_REGION
from tests.unit.plugins.strategies import spellings


def services(clouds: Harness) -> Mapping[str, Tc3Service | DfwService]:
    """The services for both API versions."""
    endpoint, keys = parse_endpoint(clouds.url), StaticKey(Key(TENCENT_ID, TENCENT_KEY))
    return {
        "3.0": Tc3Service(endpoint, TENCENT_REGION, keys, Clock(), "vpc", "2017-03-12"),
        "2.0": DfwService(endpoint, TENCENT_REGION, keys, "HmacSHA256", Clock()),
    }


@pytest.mark.parametrize("api", API_VERSIONS)
def test_a_rule_comes_back(way: Shortcut, clouds: Harness, tally: Tally, api: str) -> None:
    service, operations = services(clouds)[api], rule_api(api)
    listed = st.lists(storable_rules(api), min_size=1, max_size=12, unique_by=lambda rule: rule.identity)

    def call(action: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        return service.parse(action, way.send(service.request(action, parameters)))[0]

    @cases(30, 1250)
    @given(rules=listed, data=st.data(), reset=st.booleans(), switches=echoes("tencent"))
    def check(rules: list[Rule], data: st.DataObject, reset: bool, switches: dict[str, str]) -> None:
        reader = RuleReader(operations.limits)
        assert reader.read([data.draw(spellings(rule)) for rule in rules], "ingress") == tuple(rules), reader.mistakes
        way.requests.clear()
        clouds.reset()
        clouds.switch("tencent", mixed_port_list="accept", **switches)
        first = int(switches.get("first_position", "0")) if api == "3.0" else 0
        edit = Reset(tuple(rules), ()) if reset else Insert("ingress", tuple(rules), False, 0)
        call(*operations.call(NEVER_EDITED, edit, RuleSet((), (), None, first_index=first)))
        found = operations.parse(call(operations.read_action, operations.read_parameters(NEVER_EDITED)))
        assert found.ingress == tuple(rules)
        assert found.egress == ()
        tally.count("properties", f"Tencent Cloud, API {api} | rules written and read", "converged")

    check()
