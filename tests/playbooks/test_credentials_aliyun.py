# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every place where a key of Alibaba Cloud can come from, in a run against the cloud simulator."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.cloud_simulator.harness import Harness
from tests.support.aliyun_keys import (
    ACCOUNT,
    IDENTITY_TOKEN,
    METADATA_TOKEN,
    PROVIDER_ARN,
    ROLE_ARN,
    ROLE_NAME,
    ROLES,
    InstanceMetadata,
    Sts,
    credentials_uri,
)
from tests.support.loopback import Loopback, serving, silence
from tests.support.module_runner import Result, run_module
from tests.support.worlds import (
    ACCEPTING,
    ALIYUN_KEY_ID,
    ALIYUN_REGION,
    ALIYUN_SECRET,
    ALIYUN_TEMPORARY_ID,
    ALIYUN_TEMPORARY_SECRET,
    ALIYUN_TOKEN,
    DROPPING,
    assert_clean,
    calls,
    spellings,
)

TASK = {"security_group_id": ACCEPTING, "inner_access_policy": "accept", "region": ALIYUN_REGION}
KEY: dict[str, Any] = {"access_key_id": ALIYUN_KEY_ID, "access_key_secret": ALIYUN_SECRET}
WRONG_KEY: dict[str, Any] = {"access_key_id": "LTAIwrong", "access_key_secret": "definitelyTheWrongOne"}
TEMPORARY: dict[str, Any] = {"access_key_id": ALIYUN_TEMPORARY_ID, "access_key_secret": ALIYUN_TEMPORARY_SECRET}
KEY_VARIABLES = {"ALIBABA_CLOUD_ACCESS_KEY_ID": ALIYUN_KEY_ID, "ALIBABA_CLOUD_ACCESS_KEY_SECRET": ALIYUN_SECRET}
METADATA = "CNCLOUDS_ALIYUN_METADATA_ENDPOINT"


class World:
    """The simulator, an STS, and a home directory for files."""

    def __init__(self, clouds: Harness, home: Path, sts: Sts, sts_url: str) -> None:
        self.clouds = clouds
        self.home = home
        self.sts = sts
        self.environment = {
            "HOME": str(home),
            "ALIBABA_CLOUD_ENDPOINT_ECS": clouds.url,
            "ALIBABA_CLOUD_ENDPOINT_STS": sts_url,
        }

    def file(self, path: str, text: str) -> str:
        """Write a file in the home directory."""
        file = self.home / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return str(file)

    def cli(self, *profiles: Mapping[str, Any], current: str = "default") -> None:
        """The file of the command line tool."""
        self.file(".aliyun/config.json", json.dumps({"current": current, "profiles": profiles}))

    def oidc(self) -> dict[str, str]:
        """Set up the variables of a cluster, and the file that they name."""
        return {
            "ALIBABA_CLOUD_ROLE_ARN": ROLE_ARN,
            "ALIBABA_CLOUD_OIDC_PROVIDER_ARN": PROVIDER_ARN,
            "ALIBABA_CLOUD_OIDC_TOKEN_FILE": self.file("token", f"{IDENTITY_TOKEN}\n"),
        }

    def run(self, *, environment: Mapping[str, str] | None = None, **options: Any) -> Result:
        """Run one task; its result contains no secret."""
        result = run_module(
            "aliyun_sg_policy", {**TASK, **options}, environment={**self.environment, **(environment or {})}
        )
        assert_clean(result)
        for secret in (IDENTITY_TOKEN, METADATA_TOKEN):
            assert not any(spelling in json.dumps(result) for spelling in spellings(secret))
        return result

    def works(self, environment: Mapping[str, str] | None = None, **options: Any) -> Result:
        """Run one task, which must succeed with a key of the simulator."""
        result = self.run(environment=environment, **options)
        assert "failure" not in result, result["msg"]
        assert "DescribeSecurityGroupAttribute" in calls(self.clouds)
        return result

    def mistake(self, path: str, environment: Mapping[str, str] | None = None, **options: Any) -> str:
        """Return the mistake that a task reports for that option; no call is made."""
        result = self.run(environment=environment, **options)
        assert result["failure"]["kind"] == "invalid_input"
        assert calls(self.clouds) == []
        assert self.sts.calls == []
        messages = [error["message"] for error in result["failure"]["errors"] if error["path"] == path]
        assert len(messages) == 1, result["msg"]
        return str(messages[0])


@pytest.fixture
def world(clouds: Harness, tmp_path: Path) -> Iterator[World]:
    sts = Sts()
    with serving(sts.answer) as service:
        yield World(clouds, tmp_path, sts, service.url)


@pytest.fixture
def metadata() -> Iterator[tuple[InstanceMetadata, Loopback]]:
    service = InstanceMetadata()
    with serving(service.answer) as loopback:
        yield service, loopback


def profile(name: str = "default", **members: Any) -> dict[str, Any]:
    return {"name": name, **members}


# ------------------------------------------------------------------------------------------------ files


def test_a_profile_with_a_key(world: World) -> None:
    world.cli(profile(mode="AK", **KEY))
    world.works()


def test_a_profile_with_a_temporary_key(world: World) -> None:
    world.cli(profile(mode="StsToken", sts_token=ALIYUN_TOKEN, **TEMPORARY))
    world.works()


def test_a_profile_with_a_role(world: World) -> None:
    members: dict[str, Any] = {
        "ram_role_arn": ROLE_ARN,
        "ram_session_name": "laptop",
        "expired_seconds": 900,
        "external_id": "x1",
        "policy": "{}",
    }
    world.cli(profile(mode="RamRoleArn", **members, **KEY))
    result = world.works()
    wanted = {"RoleArn": ROLE_ARN, "RoleSessionName": "laptop", "DurationSeconds": "900", "ExternalId": "x1"}
    wanted["Policy"] = "{}"
    assert world.sts.calls == [{"Action": "AssumeRole", **wanted}]
    assert [action["action"] for action in result["actions"]] == ["AssumeRole", "DescribeSecurityGroupAttribute"]


def test_a_profile_with_a_source_profile(world: World) -> None:
    world.cli(
        profile(mode="ChainableRamRoleArn", source_profile="base", ram_role_arn=ROLE_ARN),
        profile("base", mode="StsToken", sts_token=ALIYUN_TOKEN, **TEMPORARY),
    )
    world.works()
    assert [call["Action"] for call in world.sts.calls] == ["AssumeRole"]


def test_a_chain_of_profiles(world: World) -> None:
    world.cli(
        profile("a", mode="ChainableRamRoleArn", source_profile="b", ram_role_arn=ROLE_ARN),
        profile("b", mode="ChainableRamRoleArn", source_profile="a", ram_role_arn=ROLE_ARN),
        current="a",
    )
    assert "its own source_profile, through a and b" in world.mistake("access_key_id")


def test_a_profile_without_its_source_profile(world: World) -> None:
    world.cli(profile(mode="ChainableRamRoleArn", source_profile="gone", ram_role_arn=ROLE_ARN))
    assert "does not exist: no profile gone; there are default" in world.mistake("access_key_id")


def test_a_profile_for_the_instance_role(world: World, metadata: tuple[InstanceMetadata, Loopback]) -> None:
    world.cli(profile(mode="EcsRamRole", ram_role_name=ROLE_NAME))
    world.works({METADATA: metadata[1].url})
    assert metadata[1].paths == ["PUT /latest/api/token", f"GET {ROLES}{ROLE_NAME}"]


def test_a_profile_for_a_cluster(world: World) -> None:
    file = world.file("elsewhere", IDENTITY_TOKEN)
    members: dict[str, Any] = {"ram_role_arn": ROLE_ARN, "oidc_provider_arn": PROVIDER_ARN, "oidc_token_file": file}
    world.cli(profile(mode="OIDC", **members))
    world.works()
    assert [call["Action"] for call in world.sts.calls] == ["AssumeRoleWithOIDC"]


@pytest.mark.parametrize("variable", ["ALIBABA_CLOUD_PROFILE", "ALICLOUD_PROFILE"])
def test_a_variable_names_the_profile(world: World, variable: str) -> None:
    world.cli(profile(mode="AK", **WRONG_KEY), profile("prod", mode="AK", **KEY))
    world.works({variable: "prod"})


def test_the_option_names_the_profile_and_outranks_variables(world: World) -> None:
    world.cli(profile(mode="AK", **WRONG_KEY), profile("prod", mode="AK", **KEY))
    wrong = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "LTAIwrong", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "wrong"}
    world.works({**wrong, "ALIBABA_CLOUD_PROFILE": "default", **world.oidc()}, profile="prod")
    assert world.sts.calls == []


def test_a_missing_profile_fails(world: World, metadata: tuple[InstanceMetadata, Loopback]) -> None:
    world.cli(profile(mode="AK", **KEY))
    message = world.mistake("profile", {METADATA: metadata[1].url, **world.oidc()}, profile="prod")
    assert "~/.aliyun/config.json: no profile prod; there are default" in message
    assert "~/.alibabacloud/credentials.ini: no such file" in message
    assert metadata[1].requests == []


def test_a_profile_and_a_key_exclude_each_other(world: World) -> None:
    world.cli(profile("prod", mode="AK", **KEY))
    assert "cannot be given together" in world.mistake("profile", profile="prod", **KEY)


@pytest.mark.parametrize("path", [".alibabacloud/credentials.ini", ".alibabacloud/credentials"])
def test_a_file_of_the_libraries(world: World, path: str) -> None:
    world.file(path, f"[default]\naccess_key_id = {ALIYUN_KEY_ID} # mine\naccess_key_secret = {ALIYUN_SECRET}\n")
    world.works()


def test_a_file_of_the_libraries_in_another_place(world: World) -> None:
    world.file(".alibabacloud/credentials", "[default]\naccess_key_id = LTAIwrong\naccess_key_secret = wrong\n")
    text = f"[prod]\ntype = access_key\naccess_key_id = {ALIYUN_KEY_ID}\naccess_key_secret = {ALIYUN_SECRET}\n"
    world.works({"ALIBABA_CLOUD_CREDENTIALS_FILE": world.file("keys.ini", text), "ALIBABA_CLOUD_PROFILE": "prod"})


INI_KEY = f"access_key_id = {ALIYUN_KEY_ID}\naccess_key_secret = {ALIYUN_SECRET}\n"
INI_TEMPORARY = f"access_key_id = {ALIYUN_TEMPORARY_ID}\naccess_key_secret = {ALIYUN_TEMPORARY_SECRET}\n"


@pytest.mark.parametrize(
    ("text", "action"),
    [
        (f"type = sts\n{INI_TEMPORARY}security_token = {ALIYUN_TOKEN}\n", ""),
        (f"type = ram_role_arn\n{INI_KEY}role_arn = {ROLE_ARN}\nrole_session_name = x1\npolicy = {{}}\n", "AssumeRole"),
        (
            f"type = oidc_role_arn\nrole_arn = {ROLE_ARN}\noidc_provider_arn = {PROVIDER_ARN}\n"
            "oidc_token_file_path = FILE\n",
            "AssumeRoleWithOIDC",
        ),
        (f"type = ecs_ram_role\nrole_name = {ROLE_NAME}\n", ""),
    ],
)
def test_the_types_of_profiles_of_the_libraries(
    world: World, metadata: tuple[InstanceMetadata, Loopback], text: str, action: str
) -> None:
    text = text.replace("FILE", world.file("token", IDENTITY_TOKEN))
    world.file(".alibabacloud/credentials.ini", f"[default]\n{text}")
    world.works({METADATA: metadata[1].url})
    assert [call["Action"] for call in world.sts.calls] == ([action] if action else [])
    if action == "AssumeRole":
        assert (world.sts.calls[0]["RoleSessionName"], world.sts.calls[0]["Policy"]) == ("x1", "{}")


HIDDEN = "hunter2hunter2hunter2"
BROKEN: list[tuple[str, str, str]] = [
    (".aliyun/config.json", "{", "is not a valid file of the command line tool: line 1, column 2"),
    (".aliyun/config.json", "", "is not a valid file of the command line tool: it is empty"),
    (".aliyun/config.json", " \n", "it is empty"),
    (".aliyun/config.json", "\ufeff{}", "begins with a byte order mark; save it as UTF-8 without one"),
    (
        ".aliyun/config.json",
        f'{{"current": "d",\n "profiles": [{{"access_key_secret": "{HIDDEN}"\n"mode": 1',
        "line 3, column 1: Expecting ',' delimiter",
    ),
    (".aliyun/config.json", f'{{"a": "{HIDDEN}\n"}}', "line 1, column 29: Invalid control character at"),
    (".aliyun/config.json", f'["{HIDDEN}"]', "it does not contain a JSON object"),
    (".aliyun/config.json", f'{{"profiles": "{HIDDEN}"}}', "its profiles are not a list"),
    (".aliyun/config.json", f'{{"profiles": [{{"secret": "{HIDDEN}"}}]}}', "profiles[0] is not a profile with a name"),
    (".aliyun/config.json", f'{{"profiles": [{{"name": "a"}}, "{HIDDEN}"]}}', "profiles[1] is not a profile"),
    (".alibabacloud/credentials", f"x = {HIDDEN}", "is not an INI file: line 1 comes before any section"),
    (".alibabacloud/credentials", f"[default]\na = b\n{HIDDEN}\n", "is not an INI file: line 3 is not a setting"),
    (".alibabacloud/credentials", f"[a]\n[b]\n[a]\nx = {HIDDEN}", "line 3 starts the section a a second time"),
    (".alibabacloud/credentials", f"[a]\nx = 1\nx = {HIDDEN}", "line 3 sets x of the section a a second time"),
    (".alibabacloud/credentials", f"\ufeff[default]\nx = {HIDDEN}", "begins with a byte order mark"),
    (".aliyun/config.json", json.dumps({"current": "d", "profiles": [profile("d", mode="CloudSSO")]}), "CloudSSO"),
    (
        ".aliyun/config.json",
        json.dumps({"current": "d", "profiles": [profile("d", mode="AK", access_key_id="LTAI1")]}),
        "the profile d in ~/.aliyun/config.json has no access_key_secret",
    ),
    (
        ".aliyun/config.json",
        json.dumps({"current": "d", "profiles": [profile("d", mode="StsToken", **TEMPORARY)]}),
        "has no sts_token",
    ),
    (
        ".aliyun/config.json",
        json.dumps({"current": "d", "profiles": [profile("d", mode="RamRoleArn", **KEY)]}),
        "has no ram_role_arn",
    ),
    (
        ".aliyun/config.json",
        json.dumps({"current": "d", "profiles": [profile("d", access_key_id="LT AI", access_key_secret="s")]}),
        "access_key_id in the profile d in ~/.aliyun/config.json contains a blank",
    ),
    (".alibabacloud/credentials", "access_key_id = x", "is not an INI file"),
    (".alibabacloud/credentials", "[default]\ntype = rsa_key_pair\n", "rsa_key_pair"),
    (".alibabacloud/credentials", "[default]\naccess_key_secret = x\n", "has no access_key_id"),
]


@pytest.mark.parametrize(("path", "text", "told"), BROKEN)
def test_an_unusable_profile_is_not_skipped(
    world: World, metadata: tuple[InstanceMetadata, Loopback], path: str, text: str, told: str
) -> None:
    """With the next place, the task could act for another account."""
    world.file(path, text)
    result = world.run(environment={METADATA: metadata[1].url})
    assert told in result["msg"]
    assert HIDDEN not in json.dumps(result)
    assert told in world.mistake("access_key_id", {METADATA: metadata[1].url})
    assert metadata[1].requests == []


REGIONAL: dict[str, Any] = {"region": ""}
INI_REGION = f"[default]\naccess_key_id = {ALIYUN_KEY_ID}\naccess_key_secret = {ALIYUN_SECRET}\n"
INI_REGION += f"region_id = {ALIYUN_REGION}\n"


@pytest.mark.parametrize("module", ["aliyun_sg_policy", "aliyun_sg_policy_info"])
@pytest.mark.parametrize("asked", ["current", "option", "variable", "key elsewhere", "variable is empty"])
def test_the_region_of_a_profile(world: World, asked: str, module: str) -> None:
    world.cli(
        profile(mode="AK", region_id="cn-shanghai" if asked in ("option", "variable") else ALIYUN_REGION, **KEY),
        profile("prod", mode="AK", region_id=ALIYUN_REGION, **KEY),
    )
    own: dict[str, Any] = {"option": {"profile": "prod"}, "key elsewhere": KEY}.get(asked, {})
    variables = {
        "variable": {"ALIBABA_CLOUD_PROFILE": "prod"},
        "variable is empty": {"ALIBABA_CLOUD_REGION_ID": "", "ALICLOUD_REGION": " "},
    }.get(asked, {})
    task = {**TASK, "region": ""} if module == "aliyun_sg_policy" else {}
    result = run_module(module, {**task, **own}, environment={**world.environment, **variables})
    assert "failure" not in result, result["msg"]
    assert result["region"] == ALIYUN_REGION


def test_a_profile_of_the_libraries_can_have_a_region(world: World) -> None:
    world.file(".alibabacloud/credentials", INI_REGION)
    world.works(**REGIONAL)


def test_the_region_of_a_profile_comes_last(world: World) -> None:
    world.cli(profile(mode="AK", region_id="cn-shanghai", **KEY))
    assert world.works()["region"] == ALIYUN_REGION
    assert world.works({"ALICLOUD_REGION": ALIYUN_REGION}, **REGIONAL)["region"] == ALIYUN_REGION


def test_the_region_of_a_profile_is_used_for_sts_and_groups(world: World) -> None:
    world.cli(profile(mode="AK", region_id=ALIYUN_REGION, **KEY))
    groups = [{"security_group_id": ACCEPTING}, {"security_group_id": DROPPING, "inner_access_policy": "drop"}]
    result = world.works(security_group_id="", groups=groups, assume_role={"role_arn": ROLE_ARN}, **REGIONAL)
    assert [group["region"] for group in result["groups"]] == [ALIYUN_REGION] * 2


def test_no_region_anywhere(world: World) -> None:
    world.cli(profile(mode="AK", **KEY))
    message = world.mistake("region", **REGIONAL)
    assert "is required; give the option or set the environment variable ALIBABA_CLOUD_REGION_ID" in message
    assert "No profile has one: region_id in ~/.aliyun/config.json" in message
    world.file(".aliyun/config.json", "{")
    message = world.mistake("region", **{**KEY, **REGIONAL})
    assert "No region was read from a profile: ~/.aliyun/config.json is not a valid file" in message
    world.cli(profile(mode="AK", region_id="evil.test/", **KEY))
    assert "is not a region ID" in world.mistake("region", **REGIONAL)


def test_an_unreadable_file_is_not_skipped(world: World) -> None:
    (world.home / ".aliyun" / "config.json").mkdir(parents=True)
    assert "cannot be read" in world.mistake("access_key_id")


def test_the_initial_file_of_the_command_line_tool_has_an_empty_key(
    world: World, metadata: tuple[InstanceMetadata, Loopback]
) -> None:
    world.cli(profile(mode="AK", access_key_id="", access_key_secret=""))
    world.works({METADATA: metadata[1].url})


def test_the_file_of_the_command_line_tool_can_be_disabled(world: World) -> None:
    world.cli(profile(mode="AK", **WRONG_KEY))
    world.file(".alibabacloud/credentials", f"[default]\n{INI_KEY}")
    world.works({"ALIBABA_CLOUD_CLI_PROFILE_DISABLED": "true"})


# ------------------------------------------------------------------------------------------------ order


def test_the_order(world: World, metadata: tuple[InstanceMetadata, Loopback]) -> None:
    """Each place is used when those before it are empty."""
    with serving(credentials_uri) as helper:
        environment = {
            **KEY_VARIABLES,
            **world.oidc(),
            "ALIBABA_CLOUD_CREDENTIALS_URI": f"{helper.url}/key?for=me",
            METADATA: metadata[1].url,
        }
        world.cli(profile(mode="RamRoleArn", ram_role_arn=ROLE_ARN, ram_session_name="cli", **KEY))
        ini = f"[default]\ntype = ram_role_arn\n{INI_KEY}role_arn = {ROLE_ARN}\nrole_session_name = ini\n"
        world.file(".alibabacloud/credentials.ini", ini)
        world.works({**environment, **{name: "LTAIwrong" for name in KEY_VARIABLES}}, **KEY)
        world.works(environment)
        assert world.sts.calls == []
        environment |= dict.fromkeys(KEY_VARIABLES, "")
        world.works(environment)
        assert [call["Action"] for call in world.sts.calls] == ["AssumeRoleWithOIDC"]
        environment["ALIBABA_CLOUD_OIDC_TOKEN_FILE"] = ""
        world.works(environment)
        assert world.sts.calls[-1]["RoleSessionName"] == "cli"
        (world.home / ".aliyun" / "config.json").unlink()
        world.works(environment)
        assert world.sts.calls[-1]["RoleSessionName"] == "ini"
        assert (len(world.sts.calls), helper.requests) == (3, [])
        (world.home / ".alibabacloud" / "credentials.ini").unlink()
        world.works(environment)
        assert (helper.paths, metadata[1].requests) == (["GET /key"], [])
        environment["ALIBABA_CLOUD_CREDENTIALS_URI"] = ""
        world.works(environment)
        assert metadata[1].paths[-1] == f"GET {ROLES}{ROLE_NAME}"


OTHER_VARIABLES = {"ALICLOUD_ACCESS_KEY": ALIYUN_KEY_ID, "ALICLOUD_SECRET_KEY": ALIYUN_SECRET}
TEMPORARY_VARIABLES = {
    "ALIBABA_CLOUD_ACCESS_KEY_ID": ALIYUN_TEMPORARY_ID,
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET": ALIYUN_TEMPORARY_SECRET,
    "ALIBABA_CLOUD_SECURITY_TOKEN": ALIYUN_TOKEN,
}
# The service refuses these keys if any token or other part is added.
ONE_PLACE: dict[str, tuple[dict[str, str], dict[str, Any]]] = {
    "options beside a temporary key of variables": (TEMPORARY_VARIABLES, KEY),
    "options beside the token of another family": ({"ALICLOUD_SECURITY_TOKEN": ALIYUN_TOKEN}, KEY),
    "options with their token": (KEY_VARIABLES, {**TEMPORARY, "security_token": ALIYUN_TOKEN}),
    "an empty option": (TEMPORARY_VARIABLES, {"access_key_id": "", "access_key_secret": " ", "security_token": ""}),
    "the first family": ({**TEMPORARY_VARIABLES, **OTHER_VARIABLES}, {}),
    "the second family, a token left over in the first": (
        {**OTHER_VARIABLES, "ALIBABA_CLOUD_SECURITY_TOKEN": ALIYUN_TOKEN},
        {},
    ),
    "the first family, a token left over in the second": (
        {**KEY_VARIABLES, "ALICLOUD_SECURITY_TOKEN": ALIYUN_TOKEN},
        {},
    ),
    "the second family, the first one empty": ({**OTHER_VARIABLES, **dict.fromkeys(TEMPORARY_VARIABLES, "")}, {}),
}


@pytest.mark.parametrize("module", ["aliyun_sg_policy", "aliyun_sg_policy_info"])
@pytest.mark.parametrize("name", ONE_PLACE)
def test_all_parts_of_a_key_come_from_one_place(world: World, name: str, module: str) -> None:
    variables, given = ONE_PLACE[name]
    task = TASK if module == "aliyun_sg_policy" else {"region": ALIYUN_REGION}
    result = run_module(module, {**task, **given}, environment={**world.environment, **variables})
    assert "failure" not in result, result["msg"]
    assert_clean(result)


@pytest.mark.parametrize("name", ONE_PLACE)
def test_a_role_is_assumed_with_a_key_from_one_place(world: World, name: str) -> None:
    variables, given = ONE_PLACE[name]
    world.works(variables, assume_role={"role_arn": ROLE_ARN}, **given)


HALF_KEYS: list[tuple[dict[str, str], dict[str, Any], str, str]] = [
    ({}, {"access_key_id": ALIYUN_KEY_ID}, "access_key_secret", "because access_key_id is an option"),
    (KEY_VARIABLES, {"access_key_id": ALIYUN_KEY_ID}, "access_key_secret", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"),
    (KEY_VARIABLES, {"access_key_secret": ALIYUN_SECRET}, "access_key_id", "because access_key_secret is an option"),
    (
        {**OTHER_VARIABLES, "ALIBABA_CLOUD_ACCESS_KEY_ID": ALIYUN_KEY_ID},
        {},
        "access_key_secret",
        "ALIBABA_CLOUD_ACCESS_KEY_ID is set, and ALIBABA_CLOUD_ACCESS_KEY_SECRET is not set, or empty",
    ),
    (
        {"ALICLOUD_SECRET_KEY": ALIYUN_SECRET},
        {},
        "access_key_id",
        "ALICLOUD_SECRET_KEY is set, and ALICLOUD_ACCESS_KEY is not set, or empty",
    ),
    (KEY_VARIABLES, {"security_token": ALIYUN_TOKEN}, "security_token", "requires access_key_id and access_key_secret"),
    ({}, {"security_token": ALIYUN_TOKEN, "profile": "default"}, "security_token", "requires access_key_id"),
    ({}, {"security_token": ALIYUN_TOKEN}, "security_token", "is never combined with a key"),
]


@pytest.mark.parametrize(("variables", "given", "path", "told"), HALF_KEYS)
def test_an_incomplete_key(
    world: World, variables: dict[str, str], given: dict[str, Any], path: str, told: str
) -> None:
    world.cli(profile(mode="AK", **KEY))
    assert told in world.mistake(path, variables, **given)


@pytest.mark.parametrize("given", ["access_key_id", "access_key_secret"])
def test_half_a_key_is_not_completed_from_another_place(world: World, given: str) -> None:
    world.cli(profile(mode="AK", **KEY))
    missing = next(name for name in KEY if name != given)
    assert f"ALIBABA_CLOUD_{missing.upper()}" in world.mistake(missing, **{given: KEY[given]})


def test_no_key_anywhere(world: World, metadata: tuple[InstanceMetadata, Loopback]) -> None:
    metadata[0].role = ""
    world.cli(profile("other", mode="AK", **KEY), current="gone")
    environment = {METADATA: metadata[1].url, "ALIBABA_CLOUD_ROLE_ARN": ROLE_ARN}
    message = world.mistake("access_key_id", environment)
    for place in (
        "ALIBABA_CLOUD_ACCESS_KEY_ID or ALICLOUD_ACCESS_KEY",
        "OIDC: ALIBABA_CLOUD_OIDC_PROVIDER_ARN, ALIBABA_CLOUD_OIDC_TOKEN_FILE are not set, or empty",
        "~/.aliyun/config.json: no profile gone; there are other",
        "~/.alibabacloud/credentials.ini: no such file",
        "~/.alibabacloud/credentials: no such file",
        "ALIBABA_CLOUD_CREDENTIALS_URI: not set, or empty",
        "instance metadata: the instance metadata service reports that this machine has no role",
    ):
        assert place in message


# ------------------------------------------------------------------------------------------------ OIDC


def test_oidc(world: World) -> None:
    result = world.works({**world.oidc(), "ALIBABA_CLOUD_ROLE_SESSION_NAME": "pod"})
    (call,) = world.sts.calls
    assert (call["RoleSessionName"], call["OIDCToken"]) == ("pod", IDENTITY_TOKEN)
    assert [action["action"] for action in result["actions"]][0] == "AssumeRoleWithOIDC"


@pytest.mark.parametrize("text", [None, "", " \n"])
def test_oidc_without_a_token(world: World, text: str | None) -> None:
    world.cli(profile(mode="AK", **KEY))
    environment = world.oidc()
    if text is None:
        (world.home / "token").unlink()
    else:
        world.file("token", text)
    assert "ALIBABA_CLOUD_OIDC_TOKEN_FILE" in world.mistake("access_key_id", environment)


def test_oidc_refused(world: World) -> None:
    world.sts.refusal = "AuthenticationFail.OIDCToken.Expired"
    result = world.run(environment=world.oidc())
    assert result["failure"]["action"] == "AssumeRoleWithOIDC"
    assert result["failure"]["code"] == world.sts.refusal
    assert (calls(world.clouds), result["changed"]) == ([], False)
    assert [(action["action"], action["status"]) for action in result["actions"]] == [("AssumeRoleWithOIDC", "failed")]


# ------------------------------------------------------------------------------------------------ instance


def test_the_instance_role(world: World, metadata: tuple[InstanceMetadata, Loopback]) -> None:
    world.works({METADATA: metadata[1].url})
    assert metadata[1].paths == ["PUT /latest/api/token", f"GET {ROLES}", f"GET {ROLES}{ROLE_NAME}"]


def test_a_variable_names_the_instance_role(world: World, metadata: tuple[InstanceMetadata, Loopback]) -> None:
    world.works({METADATA: metadata[1].url, "ALIBABA_CLOUD_ECS_METADATA": ROLE_NAME})
    assert metadata[1].paths == ["PUT /latest/api/token", f"GET {ROLES}{ROLE_NAME}"]


def test_metadata_that_requires_a_token(world: World, metadata: tuple[InstanceMetadata, Loopback]) -> None:
    metadata[0].v1 = False
    world.works({METADATA: metadata[1].url})


def test_metadata_without_tokens(world: World, metadata: tuple[InstanceMetadata, Loopback]) -> None:
    metadata[0].v2 = False
    world.works({METADATA: metadata[1].url})
    disabled = {METADATA: metadata[1].url, "ALIBABA_CLOUD_IMDSV1_DISABLED": "true"}
    world.clouds.clear_journal()
    assert "returned the HTTP status 404" in world.mistake("access_key_id", disabled)


def test_metadata_can_be_disabled(world: World, metadata: tuple[InstanceMetadata, Loopback]) -> None:
    environment = {METADATA: metadata[1].url, "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true"}
    assert "ALIBABA_CLOUD_ECS_METADATA_DISABLED is set" in world.mistake("access_key_id", environment)
    assert metadata[1].requests == []


def test_metadata_requests_use_no_proxy(world: World, metadata: tuple[InstanceMetadata, Loopback]) -> None:
    """The simulator is the proxy, and does not serve metadata."""
    world.works({METADATA: metadata[1].url, "http_proxy": world.clouds.url})


def test_metadata_is_not_queried_while_other_options_are_wrong(
    world: World, metadata: tuple[InstanceMetadata, Loopback]
) -> None:
    """The mistakes are reported before any request, so it is not known whether there is a key."""
    reason = world.mistake("access_key_id", {METADATA: metadata[1].url}, timeout=0)
    assert "instance metadata: only asked if all options are valid" in reason
    assert metadata[1].paths == []


def test_metadata_that_does_not_respond(world: World) -> None:
    """The request is not repeated, because it took its second."""
    with silence() as url:
        message = world.mistake("access_key_id", {METADATA: url})
    assert "did not answer" in message


def test_a_credentials_uri(world: World) -> None:
    with serving(credentials_uri) as helper:
        environment = {
            "ALIBABA_CLOUD_CREDENTIALS_URI": f"{helper.url}/key?for=me",
            "http_proxy": world.clouds.url,  # which has no credentials
        }
        world.works(environment)
        world.clouds.clear_journal()
        environment["ALIBABA_CLOUD_CREDENTIALS_URI"] = f"{helper.url}/gone"
        result = world.run(environment=environment)
    assert result["failure"]["kind"] == "unavailable"
    assert "/gone returned the HTTP status 404" in result["msg"]
    assert calls(world.clouds) == []


# ------------------------------------------------------------------------------------------------ roles


@pytest.mark.parametrize("version", ["v3", "v1"])
def test_a_role(world: World, version: str) -> None:
    policy = {"Version": "1", "Statement": [{"Effect": "Allow", "Action": "ecs:*", "Resource": "*"}]}
    role = {"role_arn": ROLE_ARN, "session_name": "ci", "duration_seconds": 1200, "external_id": "x", "policy": policy}
    world.works(assume_role=role, signature_version=version, **KEY)
    (call,) = world.sts.calls
    wanted = {"RoleArn": ROLE_ARN, "RoleSessionName": "ci", "DurationSeconds": "1200", "ExternalId": "x"}
    assert {name: call[name] for name in wanted} == wanted
    assert json.loads(call["Policy"]) == policy


def test_a_role_from_variables(world: World) -> None:
    names = {"ARN": ROLE_ARN, "SESSION_NAME": "awx", "SESSION_EXPIRATION": "900"}
    role = {f"ALICLOUD_ASSUME_ROLE_{name}": value for name, value in names.items()}
    world.works({**KEY_VARIABLES, **role})
    wanted = {"RoleArn": ROLE_ARN, "RoleSessionName": "awx", "DurationSeconds": "900"}
    assert world.sts.calls == [{"Action": "AssumeRole", **wanted}]


def test_an_empty_role_counts_as_not_given(world: World) -> None:
    world.works(assume_role={"role_arn": "", "session_name": "", "external_id": None}, **KEY)
    assert world.sts.calls == []


def test_a_role_assumed_with_the_instance_role(world: World, metadata: tuple[InstanceMetadata, Loopback]) -> None:
    world.works({METADATA: metadata[1].url}, assume_role={"role_arn": ROLE_ARN})
    assert [call["Action"] for call in world.sts.calls] == ["AssumeRole"]


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("assume_role.role_arn", {"session_name": "x1"}),
        ("assume_role.duration_seconds", {"role_arn": ROLE_ARN, "duration_seconds": 899}),
        ("assume_role.duration_seconds", {"role_arn": ROLE_ARN, "duration_seconds": "an hour"}),
        ("assume_role.session_name", {"role_arn": ROLE_ARN, "session_name": "two words"}),
        ("assume_role.rolearn", {"role_arn": ROLE_ARN, "rolearn": "x"}),
    ],
)
def test_mistakes_in_a_role(world: World, path: str, role: dict[str, Any]) -> None:
    world.mistake(path, assume_role=role, **KEY)


def test_a_role_is_assumed_once_for_all_groups(world: World) -> None:
    groups = [{"security_group_id": ACCEPTING}, {"security_group_id": DROPPING, "inner_access_policy": "drop"}]
    result = world.works(security_group_id="", groups=groups, assume_role={"role_arn": ROLE_ARN}, **KEY)
    assert [action["action"] for action in result["actions"]] == ["AssumeRole"]
    assert len(world.sts.calls) == 1


def test_no_role_is_assumed_with_wrong_options(world: World) -> None:
    world.mistake("inner_access_policy", assume_role={"role_arn": ROLE_ARN}, inner_access_policy="maybe", **KEY)


def test_a_refused_role(world: World) -> None:
    world.sts.refusal = "NoPermission"
    result = world.run(assume_role={"role_arn": ROLE_ARN}, **KEY)
    assert (result["failure"]["kind"], result["failure"]["action"]) == ("permission", "AssumeRole")
    assert (calls(world.clouds), result["before"]) == ([], None)


def test_a_key_that_would_expire_within_the_deadline_is_renewed(world: World) -> None:
    """The key is valid for less than two requests, so each call of a change uses a new one."""
    world.sts.seconds = 0
    world.run(assume_role={"role_arn": ROLE_ARN}, inner_access_policy="drop", **KEY)
    assert len(world.sts.calls) > 2


def test_a_secret_from_a_file_is_hidden_everywhere(world: World) -> None:
    world.clouds.foreign_write("aliyun", ACCEPTING, name=f"x {ALIYUN_SECRET}")
    world.cli(profile(mode="AK", **KEY))
    options = {"region": ALIYUN_REGION, "security_group_ids": [ACCEPTING]}
    for found in ({}, {**KEY_VARIABLES, "HOME": "/nonexistent"}):
        result = run_module("aliyun_sg_policy_info", options, environment={**world.environment, **found})
        assert_clean(result)
        assert result["security_groups"][0]["name"].startswith("x ***")


# ------------------------------------------------------------------------------------------------ account


@pytest.mark.parametrize("module", ["aliyun_sg_policy", "aliyun_sg_policy_info"])
def test_the_expected_account(clouds: Harness, module: str) -> None:
    task = TASK if module == "aliyun_sg_policy" else {"region": ALIYUN_REGION}
    options = {**task, **KEY, "endpoint": clouds.url, "sts_endpoint": clouds.url}
    for account in (ACCOUNT, int(ACCOUNT)):
        clouds.clear_journal()
        result = run_module(module, {**options, "expected_account_id": account})
        assert "failure" not in result, result["msg"]
        assert calls(clouds)[0] == "GetCallerIdentity"
        assert calls(clouds).count("GetCallerIdentity") == 1
        assert result["actions"][0]["action"] == "GetCallerIdentity"
    clouds.clear_journal()
    run_module(module, options)
    assert "GetCallerIdentity" not in calls(clouds)


@pytest.mark.parametrize("module", ["aliyun_sg_policy", "aliyun_sg_policy_info"])
def test_another_account_is_refused_before_anything_is_read(clouds: Harness, module: str) -> None:
    task = TASK if module == "aliyun_sg_policy" else {"region": ALIYUN_REGION}
    options = {**task, **KEY, "endpoint": clouds.url, "sts_endpoint": clouds.url, "expected_account_id": "42"}
    result = run_module(module, options)
    assert (result["failure"]["kind"], result["failure"]["action"]) == ("permission", "GetCallerIdentity")
    assert f"belongs to the account {ACCOUNT}, but expected_account_id is 42" in result["msg"]
    assert result["failure"]["account_id"] == ACCOUNT
    assert (calls(clouds), result["changed"]) == (["GetCallerIdentity"], False)


def test_the_account_is_requested_once_for_all_groups(clouds: Harness) -> None:
    groups = [{"security_group_id": ACCEPTING}, {"security_group_id": DROPPING, "inner_access_policy": "drop"}]
    task = {"groups": groups, "inner_access_policy": "accept", "region": ALIYUN_REGION, "expected_account_id": ACCOUNT}
    result = run_module("aliyun_sg_policy", {**task, **KEY, "endpoint": clouds.url, "sts_endpoint": clouds.url})
    assert "failure" not in result, result["msg"]
    assert calls(clouds).count("GetCallerIdentity") == 1
    assert [action["action"] for action in result["actions"]] == ["GetCallerIdentity"]
    refused = run_module(
        "aliyun_sg_policy",
        {**task, **KEY, "endpoint": clouds.url, "sts_endpoint": clouds.url, "expected_account_id": "42"},
    )
    assert (refused["failure"]["kind"], refused["groups"]) == ("permission", [])


@pytest.mark.parametrize("name", ["ALIBABA_CLOUD_ENDPOINT_STS", "STS_ENDPOINT"])
def test_variables_for_the_endpoint_of_sts(clouds: Harness, name: str) -> None:
    options = {**TASK, **KEY, "endpoint": clouds.url, "expected_account_id": ACCOUNT}
    result = run_module("aliyun_sg_policy", options, environment={name: clouds.url})
    assert "failure" not in result, result["msg"]


@pytest.mark.parametrize(("option", "value"), [("expected_account_id", "root"), ("sts_endpoint", "ftp://x")])
def test_mistakes_about_the_account(world: World, option: str, value: Any) -> None:
    world.mistake(option, **{**KEY, option: value})
