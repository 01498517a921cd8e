# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment variables with which the modules and the vendors' own tools use a running simulator."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .exchange import SeedError

PROCESS = "CLOUD_SIMULATOR_PID"


def with_keys(seed: Mapping[str, Any], keys: Mapping[str, Any]) -> dict[str, Any]:
    """Return the seed; a cloud without keys gets those of the seed ``keys``. Raises SeedError."""
    complete: dict[str, Any] = {}
    for cloud, part in seed.items():
        if not isinstance(part, Mapping):
            raise SeedError(f"{cloud} must be a mapping")
        name = "access_keys" if cloud == "aliyun" else "secret_keys"
        complete[cloud] = dict(part)
        if not part.get(name) and cloud in keys:
            complete[cloud][name] = keys[cloud][name]
    return complete


def variables(url: str, seed: Mapping[str, Any]) -> dict[str, str]:
    """Return endpoints, first key and first region of each cloud in the seed. Clouds without a key are omitted."""
    found: dict[str, str] = {}
    for key, region in _first(seed, "aliyun", "access_keys"):
        found["ALIBABA_CLOUD_ACCESS_KEY_ID"], found["ALIBABA_CLOUD_ACCESS_KEY_SECRET"] = key["id"], key["secret"]
        found |= {"ALIBABA_CLOUD_SECURITY_TOKEN": key["token"]} if key.get("token") else {}
        found |= {"ALIBABA_CLOUD_REGION_ID": region} if region else {}
        found["ALIBABA_CLOUD_ENDPOINT_ECS"] = found["ALIBABA_CLOUD_ENDPOINT_STS"] = url
    for key, region in _first(seed, "tencent", "secret_keys"):
        found["TENCENTCLOUD_SECRET_ID"], found["TENCENTCLOUD_SECRET_KEY"] = key["id"], key["key"]
        found |= {"TENCENTCLOUD_TOKEN": key["token"]} if key.get("token") else {}
        found |= {"TENCENTCLOUD_REGION": region} if region else {}
        found |= dict.fromkeys((f"TENCENTCLOUD_ENDPOINT_{service}" for service in ("VPC", "DFW", "STS")), url)
    return found


def _first(seed: Mapping[str, Any], cloud: str, keys: str) -> Sequence[tuple[Mapping[str, str], str]]:
    part = seed.get(cloud, {})
    return [(key, next(iter(part.get("regions", ())), "")) for key in list(part.get(keys, ()))[:1]]


def as_exports(found: Mapping[str, str]) -> str:
    """Return commands of a POSIX shell that set the variables."""
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in found.items())


def as_file(path: Path, found: Mapping[str, str]) -> str:
    """Return the content of this file: a JSON object if its name ends with .json, otherwise shell commands."""
    return json.dumps(found, indent=2) + "\n" if path.suffix == ".json" else as_exports(found)
