# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hosts that a task calls: regions, networks, proxies with passwords, certificate authorities, IPv6."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import trustme

from tests.cloud_simulator.exchange import Reply, Request
from tests.cloud_simulator.harness import Harness, running_simulator
from tests.support import aliyun_keys, tencent_keys
from tests.support.http_proxy import PASSWORD, USER, Proxy, proxying
from tests.support.loopback import serving
from tests.support.module_runner import Result, run_module
from tests.support.worlds import (
    ALIYUN_KEY_ID,
    ALIYUN_SECRET,
    TENCENT_ID,
    TENCENT_KEY,
    assert_clean,
    calls,
    spellings,
)

ALIYUN_REGIONS = ("cn-hangzhou", "cn-shanghai-finance-1", "cn-hangzhou-finance", "ap-southeast-1")
TENCENT_REGIONS = ("ap-guangzhou", "ap-shanghai-fsi", "na-ashburn")
CREDENTIALS = f"{USER}:{PASSWORD.replace('/', '%2F').replace('+', '%2B')}"
# The certificates of the server that replaces the vendors.
NAMES = (
    *("ecs.aliyuncs.com", "*.aliyuncs.com", "*.cn-hangzhou.aliyuncs.com", "*.ap-southeast-1.aliyuncs.com"),
    *("*.cn-shanghai-finance-1.aliyuncs.com", "*.tencentcloudapi.com", "*.ap-shanghai-fsi.tencentcloudapi.com"),
    *("*.internal.tencentcloudapi.com", "dfw.api.qcloud.com", "vpc.intl.tencentcloudapi.com", "127.0.0.1", "::1"),
)


def aliyun_group(region: str) -> str:
    return f"sg-{region}"


def tencent_group(region: str) -> str:
    return f"sg-{TENCENT_REGIONS.index(region):08d}"


def seed() -> dict[str, Any]:
    """A group in every region."""
    return {
        "aliyun": {
            "regions": list(ALIYUN_REGIONS),
            "access_keys": [{"id": ALIYUN_KEY_ID, "secret": ALIYUN_SECRET}],
            "security_groups": [{"id": aliyun_group(region), "region": region} for region in ALIYUN_REGIONS],
        },
        "tencent": {
            "regions": list(TENCENT_REGIONS),
            "secret_keys": [{"id": TENCENT_ID, "key": TENCENT_KEY}],
            "security_groups": [{"id": tencent_group(region), "region": region} for region in TENCENT_REGIONS],
        },
    }


@dataclass
class World:
    """The simulated clouds behind TLS with their own certificate authority, and a proxy in front of them."""

    clouds: Harness
    url: str
    ca: str
    proxy: Proxy

    def run(self, module: str, options: Mapping[str, Any], environment: Mapping[str, str] | None = None) -> Result:
        """Run one task; its result contains no secret."""
        result = run_module(module, options, environment=environment)
        assert_clean(result)
        assert not any(spelling in json.dumps(result) for spelling in spellings(PASSWORD))
        return result

    def proxied(self, module: str, options: Mapping[str, Any], **environment: str) -> list[str]:
        """Return the hosts that a task calls through the proxy. The task must succeed."""
        result = self.run(module, {"ca_path": self.ca, **options}, self.by_proxy() | environment)
        assert "failure" not in result, result["msg"]
        assert self.proxy.refused == []
        return self.proxy.targets

    def by_proxy(self, credentials: str = CREDENTIALS) -> dict[str, str]:
        """The variables for the proxy, with these credentials."""
        return dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), self.proxy.url(credentials))


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[trustme.CA, str]:
    authority = trustme.CA()
    file = tmp_path_factory.mktemp("authority") / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    return authority, str(file)


@pytest.fixture(scope="module")
def simulator() -> Iterator[Harness]:
    with running_simulator(seed()) as harness:
        yield harness


@pytest.fixture
def tls(authority: tuple[trustme.CA, str]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority[0].issue_cert(*NAMES).configure_cert(context)
    return context


@pytest.fixture
def world(simulator: Harness, authority: tuple[trustme.CA, str], tls: ssl.SSLContext) -> Iterator[World]:
    simulator.reset()

    def answer(request: Request) -> Reply:
        return simulator.simulator.answer(request).reply

    with serving(answer, tls=tls) as service, proxying(int(service.url.rpartition(":")[2])) as proxy:
        yield World(simulator, service.url, authority[1], proxy)


def aliyun(region: str = "cn-hangzhou", **options: Any) -> dict[str, Any]:
    key = {"access_key_id": ALIYUN_KEY_ID, "access_key_secret": ALIYUN_SECRET}
    task = {"security_group_id": aliyun_group(region), "inner_access_policy": "accept"}
    return {"region": region, **task, **key, **options}


def tencent(region: str = "ap-guangzhou", **options: Any) -> dict[str, Any]:
    key = {"secret_id": TENCENT_ID, "secret_key": TENCENT_KEY}
    return {"region": region, "security_group_id": tencent_group(region), "ingress": [], **key, **options}


# ------------------------------------------------------------------------------------------------ hosts


@pytest.mark.parametrize(
    ("region", "network", "hosts"),
    [
        ("cn-hangzhou", "public", ["sts.aliyuncs.com", "ecs.cn-hangzhou.aliyuncs.com"]),
        ("cn-hangzhou", "vpc", ["sts-vpc.cn-hangzhou.aliyuncs.com", "ecs-vpc.cn-hangzhou.aliyuncs.com"]),
        ("cn-shanghai-finance-1", "public", ["sts.aliyuncs.com", "ecs-cn-hangzhou.aliyuncs.com"]),
        (
            "cn-shanghai-finance-1",
            "vpc",
            ["sts-vpc.cn-shanghai-finance-1.aliyuncs.com", "ecs-vpc.cn-shanghai-finance-1.aliyuncs.com"],
        ),
        ("cn-hangzhou-finance", "public", ["sts.aliyuncs.com", "ecs.aliyuncs.com"]),
        ("ap-southeast-1", "public", ["sts.aliyuncs.com", "ecs.ap-southeast-1.aliyuncs.com"]),
    ],
)
def test_hosts_of_alibaba_cloud(world: World, region: str, network: str, hosts: list[str]) -> None:
    options = aliyun(region, network=network, expected_account_id=aliyun_keys.ACCOUNT)
    assert world.proxied("aliyun_sg_policy", options) == [f"{host}:443" for host in hosts]


@pytest.mark.parametrize(
    ("variables", "host"),
    [
        ({"ALIBABA_CLOUD_STS_REGION": "ap-southeast-1"}, "sts.ap-southeast-1.aliyuncs.com"),
        ({"ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED": "true"}, "sts-vpc.cn-hangzhou.aliyuncs.com"),
    ],
)
def test_vendor_variables_for_sts(world: World, variables: dict[str, str], host: str) -> None:
    options = aliyun(expected_account_id=aliyun_keys.ACCOUNT)
    hosts = world.proxied("aliyun_sg_policy", options, **variables)
    assert hosts == [f"{host}:443", "ecs.cn-hangzhou.aliyuncs.com:443"]


@pytest.mark.parametrize("mode", ["RamRoleArn", "OIDC"])
def test_a_profile_sets_the_region_of_sts(world: World, tmp_path: Path, mode: str) -> None:
    """The role does not exist; the test only checks which host was called."""
    token = tmp_path / "token"
    token.write_text(aliyun_keys.IDENTITY_TOKEN, encoding="utf-8")
    profile = {
        **{"name": "default", "mode": mode, "ram_role_arn": aliyun_keys.ROLE_ARN, "sts_region": "ap-southeast-1"},
        **{"access_key_id": ALIYUN_KEY_ID, "access_key_secret": ALIYUN_SECRET},
        **{"oidc_provider_arn": aliyun_keys.PROVIDER_ARN, "oidc_token_file": str(token)},
    }
    (tmp_path / ".aliyun").mkdir()
    file = tmp_path / ".aliyun" / "config.json"
    file.write_text(json.dumps({"current": "default", "profiles": [profile]}), encoding="utf-8")
    task = {**aliyun(ca_path=world.ca), "access_key_id": "", "access_key_secret": ""}
    result = world.run("aliyun_sg_policy", task, {**world.by_proxy(), "HOME": str(tmp_path)})
    assert result["failure"]["action"].startswith("AssumeRole")
    assert set(world.proxy.targets) == {"sts.ap-southeast-1.aliyuncs.com:443"}


@pytest.mark.parametrize(
    ("region", "network", "hosts"),
    [
        ("ap-guangzhou", "public", ["sts.tencentcloudapi.com", "vpc.tencentcloudapi.com"]),
        ("na-ashburn", "public", ["sts.tencentcloudapi.com", "vpc.tencentcloudapi.com"]),
        ("ap-guangzhou", "vpc", ["sts.internal.tencentcloudapi.com", "vpc.internal.tencentcloudapi.com"]),
        (
            "ap-shanghai-fsi",
            "public",
            ["sts.ap-shanghai-fsi.tencentcloudapi.com", "vpc.ap-shanghai-fsi.tencentcloudapi.com"],
        ),
    ],
)
def test_hosts_of_tencent_cloud(world: World, region: str, network: str, hosts: list[str]) -> None:
    options = tencent(region, network=network, expected_account_id=tencent_keys.ACCOUNT)
    assert world.proxied("tencent_sg_rules", options) == [f"{host}:443" for host in hosts]


def test_the_host_of_the_legacy_api(world: World) -> None:
    assert world.proxied("tencent_sg_rules", tencent(api_version="2.0")) == ["dfw.api.qcloud.com:443"]


def test_an_endpoint_outranks_the_network(world: World) -> None:
    options = tencent(network="vpc", endpoint="vpc.intl.tencentcloudapi.com")
    assert world.proxied("tencent_sg_rules", options) == ["vpc.intl.tencentcloudapi.com:443"]


@pytest.mark.parametrize(
    "options", [tencent("ap-shanghai-fsi", network="vpc"), tencent(network="vpc", api_version="2.0")]
)
def test_networks_without_a_host(world: World, options: dict[str, Any]) -> None:
    result = world.run("tencent_sg_rules", options)
    assert [error["path"] for error in result["failure"]["errors"]] == ["network"]


# ------------------------------------------------------------------------------------------------ proxies


@pytest.mark.parametrize("credentials", [f"{USER}:wrong", "nobody"])
def test_a_proxy_with_other_credentials(world: World, credentials: str) -> None:
    options = aliyun(ca_path=world.ca, deadline=3)
    result = world.run("aliyun_sg_policy", options, world.by_proxy(credentials))
    assert (result["failure"]["kind"], result["changed"]) == ("unavailable", False)
    assert "proxy" in result["msg"]
    assert "407" in result["msg"]
    assert (world.proxy.targets, calls(world.clouds)) == ([], [])


def test_a_proxy_for_plain_http(simulator: Harness) -> None:
    simulator.reset()
    with proxying(simulator.port) as proxy:
        options = tencent(endpoint="http://gateway.test:8080")
        result = run_module("tencent_sg_rules", options, environment={"http_proxy": proxy.url(CREDENTIALS)})
    assert "failure" not in result, result["msg"]
    assert set(proxy.targets) == {"gateway.test:8080"}


def test_hosts_that_bypass_the_proxy(world: World) -> None:
    options = aliyun(endpoint=world.url, ca_path=world.ca)
    result = world.run("aliyun_sg_policy", options, {**world.by_proxy(), "NO_PROXY": "127.0.0.1"})
    assert "failure" not in result, result["msg"]
    assert world.proxy.targets == world.proxy.refused == []


# ------------------------------------------------------------------------------------------------ authorities


def test_a_custom_certificate_authority(world: World, tmp_path: Path) -> None:
    options = aliyun(endpoint=world.url)
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other))
    for given, environment in (
        ({"ca_path": world.ca}, {}),
        ({}, {"REQUESTS_CA_BUNDLE": world.ca}),
        ({"ca_path": world.ca}, {"REQUESTS_CA_BUNDLE": str(other)}),
    ):
        result = world.run("aliyun_sg_policy", {**options, **given}, environment)
        assert "failure" not in result, result["msg"]
    world.clouds.clear_journal()
    for given, environment in (
        ({}, {}),
        ({"ca_path": str(other)}, {}),
        ({"ca_path": str(other)}, {"REQUESTS_CA_BUNDLE": world.ca}),
    ):
        result = world.run("aliyun_sg_policy", {**options, **given}, environment)
        assert result["failure"]["kind"] == "unavailable"
        assert "certificate" in result["msg"]
    assert calls(world.clouds) == []


@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
def test_certificate_validation_can_be_disabled(world: World) -> None:
    result = world.run("aliyun_sg_policy", aliyun(endpoint=world.url, validate_certs=False))
    assert "failure" not in result, result["msg"]


def test_the_certificate_authority_applies_to_sts(world: World) -> None:
    options = aliyun(endpoint=world.url, sts_endpoint=world.url, expected_account_id=aliyun_keys.ACCOUNT)
    assert "failure" not in world.run("aliyun_sg_policy", {**options, "ca_path": world.ca})
    assert world.run("aliyun_sg_policy", options)["failure"]["action"] == "GetCallerIdentity"


# ------------------------------------------------------------------------------------------------ IPv6


@pytest.mark.parametrize("encrypted", [False, True])
@pytest.mark.parametrize("cloud", ["aliyun", "tencent"])
def test_ipv6(
    simulator: Harness, authority: tuple[trustme.CA, str], tls: ssl.SSLContext, cloud: str, encrypted: bool
) -> None:
    simulator.reset()

    def answer(request: Request) -> Reply:
        return simulator.simulator.answer(request).reply

    with serving(answer, "::1", tls if encrypted else None) as service:
        options = aliyun(endpoint=service.url) if cloud == "aliyun" else tencent(endpoint=service.url)
        module = "aliyun_sg_policy" if cloud == "aliyun" else "tencent_sg_rules"
        result = run_module(module, {**options, "ca_path": authority[1]})
    assert "failure" not in result, result["msg"]
    assert service.url.startswith("https://[::1]:" if encrypted else "http://[::1]:")
