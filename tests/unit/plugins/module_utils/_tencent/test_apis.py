# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent import apis
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.api_2_0 import Api20
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.api_3_0 import Api30
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.apis import API_VERSIONS, rule_api

COLLECTIONS = Path(apis.__file__).parents[6]
PREFIX = "ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent"


@pytest.mark.parametrize(("version", "kind"), [("3.0", Api30), ("2.0", Api20)])
def test_each_version_is_an_api(version: str, kind: type) -> None:
    assert isinstance(rule_api(version), kind)


def test_the_first_version_is_the_default_and_every_version_has_its_own_api() -> None:
    assert API_VERSIONS[0] == "3.0"
    assert len({type(rule_api(version)) for version in API_VERSIONS}) == len(API_VERSIONS)


@pytest.mark.parametrize(("version", "imported"), [("3.0", ["api_3_0"]), ("2.0", ["api_2_0"])])
def test_only_the_api_in_use_is_imported(version: str, imported: list[str]) -> None:
    code = (
        f"import json, sys; from {PREFIX}.apis import rule_api; rule_api({version!r}); "
        f"print(json.dumps([name for name in ('api_2_0', 'api_3_0') if '{PREFIX}.' + name in sys.modules]))"
    )
    path = [str(COLLECTIONS), *sys.path]
    result = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = {path!r}; {code}"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert json.loads(result.stdout) == imported
