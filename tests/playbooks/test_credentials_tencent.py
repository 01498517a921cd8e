# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every place where a key of Tencent Cloud can come from, in a run against the cloud simulator."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pytest

from tests.cloud_simulator.harness import Harness
from tests.support.loopback import Loopback, serving, silence
from tests.support.module_runner import Result, run_module
from tests.support.tencent_keys import (
    ACCOUNT,
    IDENTITY_TOKEN,
    PROVIDER_ID,
    ROLE_ARN,
    ROLE_NAME,
    ROLES,
    TKE_REGION,
    InstanceMetadata,
    Sts,
)
from tests.support.worlds import (
    PEER,
    TENCENT_ID,
    TENCENT_KEY,
    TENCENT_REGION,
    TENCENT_TEMPORARY_ID,
    TENCENT_TEMPORARY_KEY,
    TENCENT_TOKEN,
    WEB,
    assert_clean,
    calls,
    spellings,
)

TASK = {"security_group_id": WEB, "state": "merged", "ingress": [], "region": TENCENT_REGION}
KEY: dict[str, Any] = {"secret_id": TENCENT_ID, "secret_key": TENCENT_KEY}
KEY_VARIABLES = {"TENCENTCLOUD_SECRET_ID": TENCENT_ID, "TENCENTCLOUD_SECRET_KEY": TENCENT_KEY}
CLI_KEY = {"secretId": TENCENT_ID, "secretKey": TENCENT_KEY}
CLI_TEMPORARY = {"secretId": TENCENT_TEMPORARY_ID, "secretKey": TENCENT_TEMPORARY_KEY, "token": TENCENT_TOKEN}
CLI_WRONG = {"secretId": "AKIDwrong", "secretKey": "definitelyTheWrongOne"}
METADATA = "CNCLOUDS_TENCENT_METADATA_ENDPOINT"
INI = ".tencentcloud/credentials"
INI_KEY = f"secret_id = {TENCENT_ID}\nsecret_key = {TENCENT_KEY}\n"
INI_WRONG = "secret_id = AKIDwrong\nsecret_key = definitelyTheWrongOne\n"


class World:
    """The simulator, an STS, and a home directory for files."""

    def __init__(self, clouds: Harness, home: Path, sts: Sts, sts_url: str) -> None:
        self.clouds = clouds
        self.home = home
        self.sts = sts
        self.environment = {
            "HOME": str(home),
            "TENCENTCLOUD_ENDPOINT_VPC": clouds.url,
            "TENCENTCLOUD_ENDPOINT_DFW": clouds.url,
            "TENCENTCLOUD_ENDPOINT_STS": sts_url,
        }

    def file(self, path: str, text: str) -> str:
        """Write a file in the home directory."""
        file = self.home / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return str(file)

    def cli(self, name: str = "default", **members: Any) -> None:
        """A file of the command line tool."""
        self.file(f".tccli/{name}.credential", json.dumps(members))

    def oidc(self) -> dict[str, str]:
        """Set up the variables of a cluster, and the file that they name."""
        return {
            "TKE_REGION": TKE_REGION,
            "TKE_PROVIDER_ID": PROVIDER_ID,
            "TKE_ROLE_ARN": ROLE_ARN,
            "TKE_WEB_IDENTITY_TOKEN_FILE": self.file("token", f"{IDENTITY_TOKEN}\n"),
        }

    def run(self, *, environment: Mapping[str, str] | None = None, **options: Any) -> Result:
        """Run one task; its result contains no secret."""
        result = run_module(
            "tencent_sg_rules", {**TASK, **options}, environment={**self.environment, **(environment or {})}
        )
        assert_clean(result)
        assert not any(spelling in json.dumps(result) for spelling in spellings(IDENTITY_TOKEN))
        return result

    def works(self, environment: Mapping[str, str] | None = None, **options: Any) -> Result:
        """Run one task, which must succeed with a key of the simulator."""
        result = self.run(environment=environment, **options)
        assert "failure" not in result, result["msg"]
        assert calls(self.clouds)
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


# ------------------------------------------------------------------------------------------------ files


def test_a_file_of_the_libraries(world: World) -> None:
    world.file(INI, f"[default]\n{INI_KEY}")
    world.works()


def test_a_file_of_the_libraries_with_quotes_and_a_token(world: World) -> None:
    text = f'secret_id="{TENCENT_TEMPORARY_ID}"\nsecret_key="{TENCENT_TEMPORARY_KEY}"\ntoken="{TENCENT_TOKEN}"\n'
    world.file(INI, f"[default]\n{text}")
    world.works()


def test_a_file_of_the_libraries_in_another_place(world: World) -> None:
    world.file(INI, f"[default]\n{INI_WRONG}")
    file = world.file("keys.ini", f"[prod]\n{INI_KEY}")
    world.works({"TENCENTCLOUD_CREDENTIALS_FILE": file, "TENCENTCLOUD_PROFILE": "prod"})


def test_a_file_of_the_command_line_tool(world: World) -> None:
    world.cli(**CLI_KEY, token=None)
    world.works()


@pytest.mark.parametrize("kind", ["sso", "oauth"])
def test_the_key_of_a_login(world: World, kind: str) -> None:
    world.cli(**CLI_TEMPORARY, type=kind, expiresAt=int(time.time()) + 3600)
    world.works()


def test_an_expired_login(world: World) -> None:
    world.cli(**CLI_TEMPORARY, type="sso", expiresAt=int(time.time()) - 1)
    assert "has expired; log in again" in world.mistake("secret_id")


def test_a_file_with_a_role(world: World) -> None:
    world.cli(**CLI_KEY, **{"role-arn": ROLE_ARN, "role-session-name": "laptop"})
    result = world.works()
    wanted = {"Region": TENCENT_REGION, "RoleArn": ROLE_ARN, "RoleSessionName": "laptop"}
    assert world.sts.calls == [{"Action": "AssumeRole", **wanted}]
    assert [action["action"] for action in result["actions"]][0] == "AssumeRole"


def test_a_file_for_the_instance_role(world: World, metadata: tuple[InstanceMetadata, Loopback]) -> None:
    world.cli("prod", type="cvm-role")
    world.works({METADATA: metadata[1].url}, profile="prod")


@pytest.mark.parametrize("variable", ["TENCENTCLOUD_PROFILE", "TCCLI_PROFILE"])
def test_a_variable_names_the_profile(world: World, variable: str) -> None:
    world.cli(**CLI_WRONG)
    world.cli("prod", **CLI_KEY)
    world.works({variable: "prod"})


def test_the_option_names_the_profile_and_outranks_variables(world: World) -> None:
    world.cli(**CLI_WRONG)
    world.cli("prod", **CLI_KEY)
    wrong = {"TENCENTCLOUD_SECRET_ID": "AKIDwrong", "TENCENTCLOUD_SECRET_KEY": "wrong", "TCCLI_PROFILE": "default"}
    world.works({**wrong, **world.oidc()}, profile="prod")
    assert world.sts.calls == []


def test_a_missing_profile_fails(world: World, metadata: tuple[InstanceMetadata, Loopback]) -> None:
    world.file(INI, f"[default]\n{INI_KEY}")
    message = world.mistake("profile", {METADATA: metadata[1].url, **world.oidc()}, profile="prod")
    assert "~/.tencentcloud/credentials: no profile prod; there are default" in message
    assert "~/.tccli/prod.credential: no such file" in message
    assert metadata[1].requests == []


def test_a_profile_and_a_key_exclude_each_other(world: World) -> None:
    world.cli("prod", **CLI_KEY)
    assert "cannot be given together" in world.mistake("profile", profile="prod", **KEY)


BROKEN = [
    (INI, "secret_id = x", "is not an INI file"),
    (INI, "[default]\nsecret_key = x\n", "the profile default in ~/.tencentcloud/credentials has no secret_id"),
    (".tccli/default.credential", "[]", "is not a valid file of the command line tool"),
    (".tccli/default.credential", "{", "is not a valid file of the command line tool"),
    (".tccli/default.credential", '{"secretId": "x"}', "~/.tccli/default.credential has no secretKey"),
    (".tccli/default.credential", '{"secretId": "x y", "secretKey": "x"}', "secretId in ~/.tccli/default.credential"),
]


@pytest.mark.parametrize(("path", "text", "told"), BROKEN)
def test_an_unusable_profile_is_not_skipped(
    world: World, metadata: tuple[InstanceMetadata, Loopback], path: str, text: str, told: str
) -> None:
    """With the next place, the task could act for another account."""
    world.file(path, text)
    assert told in world.mistake("secret_id", {METADATA: metadata[1].url})
    assert metadata[1].requests == []


# ------------------------------------------------------------------------------------------------ order


def test_the_order(world: World, metadata: tuple[InstanceMetadata, Loopback]) -> None:
    """Each place is used when those before it are empty."""
    environment = {**KEY_VARIABLES, **world.oidc(), METADATA: metadata[1].url}
    world.file(INI, f"[default]\n{INI_KEY}")
    world.cli(**CLI_KEY, **{"role-arn": ROLE_ARN, "role-session-name": "cli"})
    world.works({**environment, **{name: "AKIDwrong" for name in KEY_VARIABLES}}, **KEY)
    world.works(environment)
    environment |= dict.fromkeys(KEY_VARIABLES, "")
    world.works(environment)
    assert world.sts.calls == []
    world.file(INI, "[default]\nsecret_id =\nsecret_key =\n")
    world.works(environment)
    assert world.sts.calls[-1]["RoleSessionName"] == "cli"
    world.cli(secretId="", secretKey="", token=None)
    world.works(environment)
    assert world.sts.calls[-1]["Action"] == "AssumeRoleWithWebIdentity"
    assert metadata[1].requests == []
    environment["TKE_PROVIDER_ID"] = ""
    world.works(environment)
    assert metadata[1].paths == [f"GET {ROLES}", f"GET {ROLES}{ROLE_NAME}"]


HIDDEN = "hunter2hunter2hunter2"
# The file, its content, and the message about it.
WRONG_FILES: list[tuple[str, str, str]] = [
    (".tccli/default.credential", "", "is not a valid file of the command line tool: it is empty"),
    (".tccli/default.credential", "\ufeff{}", "begins with a byte order mark; save it as UTF-8 without one"),
    (".tccli/default.credential", f'{{"secretId": "a",\n"secretKey" "{HIDDEN}"}}', "line 2, column 13"),
    (".tccli/default.credential", f'["{HIDDEN}"]', "it does not contain a JSON object"),
    (INI, f"secret_key = {HIDDEN}", "is not an INI file: line 1 comes before any section"),
    (INI, f"[default]\n\n{HIDDEN}\n", "is not an INI file: line 3 is not a setting"),
    (INI, f"\ufeff[default]\nsecret_key = {HIDDEN}", "begins with a byte order mark"),
]


@pytest.mark.parametrize(("path", "text", "told"), WRONG_FILES)
def test_the_message_about_a_broken_file_states_the_problem(world: World, path: str, text: str, told: str) -> None:
    world.file(path, text)
    result = world.run()
    assert told in result["msg"]
    assert HIDDEN not in json.dumps(result)
    assert result["failure"]["kind"] == "invalid_input"


def test_for_a_missing_profile_the_existing_ones_are_listed(world: World) -> None:
    world.cli("test", **CLI_KEY)
    world.cli("dev", **CLI_KEY)
    world.file(INI, f"[default]\n{INI_KEY}[ops]\n{INI_KEY}")
    message = world.mistake("profile", profile="prod")
    assert "no profile prod; there are default, ops" in message
    assert "~/.tccli/prod.credential: no such file; there are dev, test" in message


@pytest.mark.parametrize("module", ["tencent_sg_rules", "tencent_sg_rules_info"])
@pytest.mark.parametrize("asked", ["default", "option", "variable", "key elsewhere", "older tool", "library"])
def test_the_region_of_a_profile(world: World, asked: str, module: str) -> None:
    name = "prod" if asked in ("option", "variable") else "default"
    if asked == "library":
        world.file(INI, f"[default]\n{INI_KEY}region = {TENCENT_REGION}\n")
    else:
        world.cli(name, **CLI_KEY)
        own = {"region": TENCENT_REGION, "output": "json"}
        content = own if asked == "older tool" else {"_sys_param": own, "cvm": {"region": "ap-beijing"}}
        world.file(f".tccli/{name}.configure", json.dumps(content))
    options: dict[str, Any] = {"option": {"profile": "prod"}, "key elsewhere": KEY}.get(asked, {})
    variables = {"TCCLI_PROFILE": "prod"} if asked == "variable" else {"TENCENTCLOUD_REGION": ""}
    task = {**TASK, "region": ""} if module == "tencent_sg_rules" else {}
    result = run_module(module, {**task, **options}, environment={**world.environment, **variables})
    assert "failure" not in result, result["msg"]
    assert result["region"] == TENCENT_REGION


def test_the_region_of_a_profile_comes_last(world: World) -> None:
    world.cli(**CLI_KEY)
    world.file(".tccli/default.configure", '{"_sys_param": {"region": "ap-beijing"}}')
    assert world.works()["region"] == TENCENT_REGION
    assert world.works({"TENCENTCLOUD_REGION": TENCENT_REGION}, region="")["region"] == TENCENT_REGION


def test_no_region_anywhere(world: World) -> None:
    world.cli(**CLI_KEY)
    message = world.mistake("region", region="")
    assert "is required; give the option or set the environment variable TENCENTCLOUD_REGION" in message
    assert "region in ~/.tccli/default.configure" in message
    world.file(".tccli/default.configure", "{")
    assert "No region was read from a profile" in world.mistake("region", region="")


TEMPORARY_VARIABLES = {
    "TENCENTCLOUD_SECRET_ID": TENCENT_TEMPORARY_ID,
    "TENCENTCLOUD_SECRET_KEY": TENCENT_TEMPORARY_KEY,
    "TENCENTCLOUD_TOKEN": TENCENT_TOKEN,
}
OTHER_TOKEN = {"TENCENTCLOUD_TOKEN": "", "TENCENTCLOUD_SECURITY_TOKEN": TENCENT_TOKEN}
TEMPORARY = {"secret_id": TENCENT_TEMPORARY_ID, "secret_key": TENCENT_TEMPORARY_KEY}
# The service refuses these keys if any token or other part is added.
ONE_PLACE: dict[str, tuple[dict[str, str], dict[str, Any]]] = {
    "options beside a temporary key of variables": (TEMPORARY_VARIABLES, KEY),
    "options beside the other spelling of the token": ({**TEMPORARY_VARIABLES, **OTHER_TOKEN}, KEY),
    "options with their token": (KEY_VARIABLES, {**TEMPORARY, "token": TENCENT_TOKEN}),
    "an empty option": (TEMPORARY_VARIABLES, {"secret_id": "", "secret_key": " ", "token": ""}),
    "variables with their token": (TEMPORARY_VARIABLES, {}),
    "variables with the other spelling of the token": ({**TEMPORARY_VARIABLES, **OTHER_TOKEN}, {}),
}


@pytest.mark.parametrize("module", ["tencent_sg_rules", "tencent_sg_rules_info"])
@pytest.mark.parametrize("api_version", ["3.0", "2.0"])
@pytest.mark.parametrize("name", ONE_PLACE)
def test_all_parts_of_a_key_come_from_one_place(world: World, name: str, api_version: str, module: str) -> None:
    variables, given = ONE_PLACE[name]
    task = TASK if module == "tencent_sg_rules" else {"region": TENCENT_REGION}
    options = {**task, **given, "api_version": api_version}
    result = run_module(module, options, environment={**world.environment, **variables})
    assert "failure" not in result, result["msg"]
    assert_clean(result)


HALF_KEYS: list[tuple[dict[str, str], dict[str, Any], str, str]] = [
    (KEY_VARIABLES, {"secret_id": TENCENT_ID}, "secret_key", "because secret_id is an option"),
    (KEY_VARIABLES, {"secret_key": TENCENT_KEY}, "secret_id", "TENCENTCLOUD_SECRET_ID is not read"),
    ({"TENCENTCLOUD_SECRET_ID": TENCENT_ID}, {}, "secret_key", "and TENCENTCLOUD_SECRET_KEY is not set, or empty"),
    ({"TENCENTCLOUD_SECRET_KEY": TENCENT_KEY}, {}, "secret_id", "and TENCENTCLOUD_SECRET_ID is not set, or empty"),
    (KEY_VARIABLES, {"token": TENCENT_TOKEN}, "token", "requires secret_id and secret_key"),
    ({}, {"token": TENCENT_TOKEN, "profile": "default"}, "token", "requires secret_id and secret_key"),
    ({}, {"token": TENCENT_TOKEN}, "token", "is never combined with a key"),
]


@pytest.mark.parametrize(("variables", "given", "path", "told"), HALF_KEYS)
def test_an_incomplete_key(
    world: World, variables: dict[str, str], given: dict[str, Any], path: str, told: str
) -> None:
    world.cli(**CLI_KEY)
    assert told in world.mistake(path, variables, **given)


def test_an_external_id_only_applies_to_its_own_role(world: World) -> None:
    """The role of the job has an external ID; the task names another role."""
    variables = {
        "TENCENTCLOUD_ASSUME_ROLE_ARN": "qcs::cam::uin/100000000001:roleName/of-the-job",
        "TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID": "of-the-job",
    }
    world.works(variables, assume_role={"role_arn": ROLE_ARN}, **KEY)
    world.works({**variables, "TENCENTCLOUD_ASSUME_ROLE_ARN": ROLE_ARN}, assume_role={"role_arn": ROLE_ARN}, **KEY)
    world.works({**variables, "TENCENTCLOUD_ASSUME_ROLE_ARN": ""}, assume_role={"role_arn": ROLE_ARN}, **KEY)
    assert [call.get("ExternalId") for call in world.sts.calls] == [None, "of-the-job", "of-the-job"]


@pytest.mark.parametrize("given", ["secret_id", "secret_key"])
def test_half_a_key_is_not_completed_from_another_place(world: World, given: str) -> None:
    world.cli(**CLI_KEY)
    missing = next(name for name in KEY if name != given)
    assert f"TENCENTCLOUD_{missing.upper()}" in world.mistake(missing, **{given: KEY[given]})


def test_no_key_anywhere(world: World, metadata: tuple[InstanceMetadata, Loopback]) -> None:
    metadata[0].role = ""
    world.file(INI, f"[other]\n{INI_KEY}")
    environment = {METADATA: metadata[1].url, "TKE_REGION": TKE_REGION}
    message = world.mistake("secret_id", environment)
    for place in (
        "environment variable TENCENTCLOUD_SECRET_ID",
        "~/.tencentcloud/credentials: no profile default; there are other",
        "/etc/tencentcloud/credentials: no such file",
        "~/.tccli/default.credential: no such file",
        "OIDC of TKE: TKE_PROVIDER_ID, TKE_WEB_IDENTITY_TOKEN_FILE, TKE_ROLE_ARN are not set, or empty",
        "instance metadata: the instance metadata service reports that this machine has no role",
    ):
        assert place in message


# ------------------------------------------------------------------------------------------------ OIDC, instance


@pytest.mark.parametrize("api_version", ["3.0", "2.0"])
def test_oidc(world: World, api_version: str) -> None:
    result = world.works(world.oidc(), api_version=api_version)
    (call,) = world.sts.calls
    assert (call["Region"], call["WebIdentityToken"]) == (TKE_REGION, IDENTITY_TOKEN)
    assert [action["action"] for action in result["actions"]][0] == "AssumeRoleWithWebIdentity"


@pytest.mark.parametrize("text", [None, " \n"])
def test_oidc_without_a_token(world: World, text: str | None) -> None:
    environment = world.oidc()
    if text is None:
        (world.home / "token").unlink()
    else:
        world.file("token", text)
    assert "TKE_WEB_IDENTITY_TOKEN_FILE" in world.mistake("secret_id", environment)


def test_oidc_refused(world: World) -> None:
    world.sts.refusal = "AuthFailure.UnauthorizedOperation"
    result = world.run(environment=world.oidc())
    assert (result["failure"]["kind"], result["failure"]["action"]) == ("permission", "AssumeRoleWithWebIdentity")
    assert (calls(world.clouds), result["changed"]) == ([], False)


@pytest.mark.parametrize("api_version", ["3.0", "2.0"])
def test_the_instance_role(world: World, metadata: tuple[InstanceMetadata, Loopback], api_version: str) -> None:
    world.works({METADATA: metadata[1].url}, api_version=api_version)
    assert metadata[1].paths == [f"GET {ROLES}", f"GET {ROLES}{ROLE_NAME}"]


def test_an_instance_role_without_a_key(world: World, metadata: tuple[InstanceMetadata, Loopback]) -> None:
    metadata[0].code = "Failed"
    assert "returned no key: its code is Failed" in world.mistake("secret_id", {METADATA: metadata[1].url})


def test_metadata_requests_use_no_proxy(world: World, metadata: tuple[InstanceMetadata, Loopback]) -> None:
    """The simulator is the proxy, and does not serve metadata."""
    world.works({METADATA: metadata[1].url, "http_proxy": world.clouds.url})


def test_metadata_is_not_queried_while_other_options_are_wrong(
    world: World, metadata: tuple[InstanceMetadata, Loopback]
) -> None:
    """The mistakes are reported before any request, so it is not known whether there is a key."""
    reason = world.mistake("secret_id", {METADATA: metadata[1].url}, timeout=0)
    assert "instance metadata: only asked if all options are valid" in reason
    assert metadata[1].paths == []


def test_metadata_that_does_not_respond(world: World) -> None:
    with silence() as url:
        assert "did not answer" in world.mistake("secret_id", {METADATA: url})


# ------------------------------------------------------------------------------------------------ roles


@pytest.mark.parametrize("api_version", ["3.0", "2.0"])
def test_a_role(world: World, api_version: str) -> None:
    policy = {"version": "2.0", "statement": [{"effect": "allow", "action": "vpc:*", "resource": "*"}]}
    role = {"role_arn": ROLE_ARN, "session_name": "ci", "duration_seconds": 1200, "external_id": "x", "policy": policy}
    world.works(assume_role=role, api_version=api_version, **KEY)
    (call,) = world.sts.calls
    wanted = {"RoleArn": ROLE_ARN, "RoleSessionName": "ci", "DurationSeconds": 1200, "ExternalId": "x"}
    assert {name: call[name] for name in wanted} == wanted
    assert "{" not in call["Policy"]
    assert json.loads(unquote_plus(call["Policy"])) == policy


def test_a_role_from_variables(world: World) -> None:
    names = {"ARN": ROLE_ARN, "SESSION_NAME": "awx", "SESSION_DURATION": "900", "EXTERNAL_ID": "x1"}
    role = {f"TENCENTCLOUD_ASSUME_ROLE_{name}": value for name, value in names.items()}
    world.works({**KEY_VARIABLES, **role})
    (call,) = world.sts.calls
    wanted = {"RoleArn": ROLE_ARN, "RoleSessionName": "awx", "DurationSeconds": 900, "ExternalId": "x1"}
    assert {name: call[name] for name in wanted} == wanted


def test_an_empty_role_counts_as_not_given(world: World) -> None:
    world.works(assume_role={"role_arn": "", "session_name": "", "external_id": None}, **KEY)
    assert world.sts.calls == []


def test_a_role_assumed_with_the_instance_role(world: World, metadata: tuple[InstanceMetadata, Loopback]) -> None:
    world.works({METADATA: metadata[1].url}, assume_role={"role_arn": ROLE_ARN})
    assert [call["Action"] for call in world.sts.calls] == ["AssumeRole"]


def test_mistakes_in_a_role(world: World) -> None:
    role = {"role_arn": ROLE_ARN, "duration_seconds": 0}
    world.mistake("assume_role.duration_seconds", assume_role=role, **KEY)


def test_a_role_is_assumed_once_for_all_groups(world: World) -> None:
    groups = [{"security_group_id": WEB}, {"security_group_id": PEER}]
    result = world.works(security_group_id="", groups=groups, assume_role={"role_arn": ROLE_ARN}, **KEY)
    assert [action["action"] for action in result["actions"]] == ["AssumeRole"]
    assert len(world.sts.calls) == 1


def test_a_refused_role(world: World) -> None:
    world.sts.refusal = "UnauthorizedOperation"
    result = world.run(assume_role={"role_arn": ROLE_ARN}, **KEY)
    assert (result["failure"]["kind"], result["failure"]["action"]) == ("permission", "AssumeRole")
    assert (calls(world.clouds), result["before"]) == ([], None)


@pytest.mark.parametrize("api_version", ["3.0", "2.0"])
def test_a_key_that_would_expire_within_the_deadline_is_renewed(world: World, api_version: str) -> None:
    """The key is valid for less than two requests, so each call of a change uses a new one."""
    world.sts.seconds = 0
    rule = {"action": "accept", "protocol": "tcp", "port": 8443, "cidr": "192.0.2.1"}
    result = world.works(assume_role={"role_arn": ROLE_ARN}, ingress=[rule], api_version=api_version, **KEY)
    assert result["changed"]
    assert len(world.sts.calls) > 2


# ------------------------------------------------------------------------------------------------ account

INFO = {"region": TENCENT_REGION}


@pytest.mark.parametrize("api_version", ["3.0", "2.0"])
@pytest.mark.parametrize("module", ["tencent_sg_rules", "tencent_sg_rules_info"])
def test_the_expected_account(clouds: Harness, module: str, api_version: str) -> None:
    task = TASK if module == "tencent_sg_rules" else INFO
    options = {**task, **KEY, "endpoint": clouds.url, "sts_endpoint": clouds.url, "api_version": api_version}
    result = run_module(module, {**options, "expected_account_id": ACCOUNT})
    assert "failure" not in result, result["msg"]
    assert calls(clouds)[0] == "GetCallerIdentity"
    assert calls(clouds).count("GetCallerIdentity") == 1
    assert result["actions"][0]["action"] == "GetCallerIdentity"
    clouds.clear_journal()
    run_module(module, options)
    assert "GetCallerIdentity" not in calls(clouds)


@pytest.mark.parametrize("api_version", ["3.0", "2.0"])
@pytest.mark.parametrize("module", ["tencent_sg_rules", "tencent_sg_rules_info"])
def test_another_account_is_refused_before_anything_is_read(clouds: Harness, module: str, api_version: str) -> None:
    task = TASK if module == "tencent_sg_rules" else INFO
    options = {**task, **KEY, "endpoint": clouds.url, "sts_endpoint": clouds.url, "api_version": api_version}
    result = run_module(module, {**options, "expected_account_id": "42"})
    assert (result["failure"]["kind"], result["failure"]["action"]) == ("permission", "GetCallerIdentity")
    assert f"belongs to the account {ACCOUNT}, but expected_account_id is 42" in result["msg"]
    assert (calls(clouds), result["changed"]) == (["GetCallerIdentity"], False)


def test_the_account_is_requested_once_for_all_groups(clouds: Harness) -> None:
    groups = [{"security_group_id": WEB}, {"security_group_id": PEER}]
    task = {**TASK, "security_group_id": "", "groups": groups, "expected_account_id": ACCOUNT}
    result = run_module("tencent_sg_rules", {**task, **KEY, "endpoint": clouds.url, "sts_endpoint": clouds.url})
    assert "failure" not in result, result["msg"]
    assert calls(clouds).count("GetCallerIdentity") == 1
    assert [action["action"] for action in result["actions"]] == ["GetCallerIdentity"]
