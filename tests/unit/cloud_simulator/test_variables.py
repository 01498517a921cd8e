# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment variables for a simulator, and the command that prints them."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cloud_simulator.build import EXAMPLE_SEED, build, read_seed
from tests.cloud_simulator.exchange import SeedError
from tests.cloud_simulator.variables import as_exports, as_file, variables, with_keys

ROOT = Path(__file__).resolve().parents[3]
URL = "http://127.0.0.1:1"
EXAMPLE = read_seed(EXAMPLE_SEED)
ALIYUN = {
    "ALIBABA_CLOUD_ACCESS_KEY_ID": "testid",
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "testsecret",
    "ALIBABA_CLOUD_REGION_ID": "cn-hangzhou",
    "ALIBABA_CLOUD_ENDPOINT_ECS": URL,
    "ALIBABA_CLOUD_ENDPOINT_STS": URL,
}
TENCENT = {
    "TENCENTCLOUD_SECRET_ID": "a b",
    "TENCENTCLOUD_SECRET_KEY": "it's",
    "TENCENTCLOUD_TOKEN": "t",
    "TENCENTCLOUD_ENDPOINT_VPC": URL,
    "TENCENTCLOUD_ENDPOINT_DFW": URL,
    "TENCENTCLOUD_ENDPOINT_STS": URL,
}


@pytest.mark.parametrize(
    ("seed", "expected"),
    [
        ({}, {}),
        ({"aliyun": {"regions": ["cn-hangzhou"]}}, ALIYUN),
        ({"tencent": {"secret_keys": [{"id": "a b", "key": "it's", "token": "t"}]}}, TENCENT),
    ],
    ids=["no cloud", "a cloud without keys", "a cloud with a temporary key and no region"],
)
def test_variables(seed: dict[str, Any], expected: dict[str, str]) -> None:
    complete = with_keys(seed, EXAMPLE)
    build(complete)
    assert variables(URL, complete) == expected


def test_a_cloud_has_to_be_a_mapping() -> None:
    with pytest.raises(SeedError, match="tencent must be a mapping"):
        with_keys({"tencent": []}, EXAMPLE)


def test_a_shell_reads_what_is_printed(tmp_path: Path) -> None:
    done = subprocess.run(
        ["sh", "-c", f'{as_exports(TENCENT)}\nprintf %s "$TENCENTCLOUD_SECRET_ID|$TENCENTCLOUD_SECRET_KEY"'],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    assert done.stdout == "a b|it's"
    assert as_file(tmp_path / "variables", TENCENT) == as_exports(TENCENT)
    assert json.loads(as_file(tmp_path / "variables.json", TENCENT)) == TENCENT


@pytest.mark.parametrize("background", [True, False])
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"tencent: {security_groups: [{id: sg-00000000, region: x, colour: red}]}", "unknown members colour"),
        (b"tencent: [", "clouds.yml is not a valid YAML file"),
        (b"\xff\xfe\x00", "clouds.yml is not a valid YAML file"),
        (b'{"tencent": {"regions": ["\\ud83d\\ude00"]}}', "clouds.yml is not a valid YAML file"),
        (b"- tencent", "clouds.yml does not contain a mapping"),
    ],
    ids=["an unknown member", "no YAML", "no text", "surrogates", "a list"],
)
def test_a_wrong_seed_is_named(tmp_path: Path, background: bool, content: bytes, message: str) -> None:
    seed = tmp_path / "clouds.yml"
    seed.write_bytes(content)
    options = ["--seed", str(seed), *(["--background"] if background else [])]
    command = [sys.executable, "-m", "tests.cloud_simulator", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_port_in_use_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "tests.cloud_simulator", "--port", port]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert f"127.0.0.1:{port}" in done.stderr
    assert "Traceback" not in done.stderr
