# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The mistakes for which ansible-core refuses options."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._task.spec_mistakes import spec_mistakes

SPEC: dict[str, dict[str, Any]] = {
    "region": {"type": "str", "aliases": ["region_id"]},
    "timeout": {"type": "int"},
    "validate_certs": {"type": "bool"},
    "ca_path": {"type": "path"},
    "assume_role": {"type": "dict"},
    "state": {"type": "str", "choices": ["replaced", "merged"]},
    "lint": {"type": "str", "choices": ["warn", "error", "off"]},
    "ingress": {"type": "list", "elements": "dict"},
    "forbid": {"type": "list", "elements": "raw"},
}
CASES = [
    ({"region_id": "x", "timeout": "10", "validate_certs": "yes", "ingress": [{}], "forbid": ["a", {}]}, []),
    ({"timeout": None, "ingress": None}, []),
    ({"regoin": "x"}, [("regoin", "did you mean region?")]),
    ({"zzz": "x"}, [("zzz", "is not an option of this module")]),
    ({"timeout": "soon"}, [("timeout", "a whole number, not 'soon'")]),
    ({"validate_certs": "maybe"}, [("validate_certs", "true or false")]),
    ({"state": "gone"}, [("state", "'gone' is not replaced or merged")]),
    ({"lint": "none"}, [("lint", "'none' is not one of warn, error, off")]),
    ({"assume_role": 7}, [("assume_role", "a dictionary, not a value of the type int")]),
    ({"ingress": "[{"}, [("ingress", "is not valid JSON: Expecting property name")]),
    ({"ingress": [{}, "x", 7]}, [("ingress[1]", "a dictionary"), ("ingress[2]", "a dictionary")]),
    ({"timeout": "soon", "regoin": "x"}, [("timeout", "a whole number"), ("regoin", "did you mean region?")]),
]


@pytest.mark.parametrize(("given", "expected"), CASES)
def test_each_mistake_has_its_path(given: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    found = spec_mistakes(SPEC, given)
    assert [mistake.path for mistake in found] == [path for path, dummy in expected]
    assert all(words in mistake.message for mistake, (dummy, words) in zip(found, expected, strict=True))


def test_a_role_is_not_quoted() -> None:
    (mistake,) = spec_mistakes(SPEC, {"assume_role": "s3cret"})
    assert "s3cret" not in mistake.message
