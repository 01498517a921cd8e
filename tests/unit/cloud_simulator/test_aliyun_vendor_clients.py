# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The vendor's own clients with the simulated ECS, over loopback: they accept its responses."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from typing import Any

import pytest
from alibabacloud_ecs20140526 import models
from alibabacloud_ecs20140526.client import Client
from alibabacloud_tea_openapi.client import Client as GenericClient
from alibabacloud_tea_openapi.exceptions import ClientException, ServerException, ThrottlingException
from alibabacloud_tea_openapi.utils_models import Config, OpenApiRequest, Params
from aliyunsdkcore.acs_exception.exceptions import ServerException as OldServerException
from aliyunsdkcore.auth.credentials import StsTokenCredential
from aliyunsdkcore.client import AcsClient
from aliyunsdkecs.request.v20140526.DescribeSecurityGroupAttributeRequest import DescribeSecurityGroupAttributeRequest
from aliyunsdkecs.request.v20140526.DescribeSecurityGroupsRequest import DescribeSecurityGroupsRequest
from aliyunsdkecs.request.v20140526.ModifySecurityGroupPolicyRequest import ModifySecurityGroupPolicyRequest
from darabonba.runtime import RuntimeOptions

from tests.cloud_simulator.aliyun import create
from tests.cloud_simulator.exchange import Reply, Request, ShiftedClock
from tests.cloud_simulator.server import SimulatorServer, serve_in_thread
from tests.cloud_simulator.simulator import Simulator
from tests.unit.cloud_simulator.aliyun_requests import SEED

# Warnings about the clients: datetime.utcnow, and connections that they leave to the garbage collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

BOTH = pytest.mark.parametrize("algorithm", [None, "v2"], ids=["v3", "v1"])


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    clock = ShiftedClock()
    yield Simulator([create(clock)], clock, {"aliyun": SEED})


@pytest.fixture
def endpoint(simulator: Simulator) -> Iterator[str]:
    server = SimulatorServer(simulator)
    stop = serve_in_thread(server)
    yield f"127.0.0.1:{server.port}"
    stop()
    # Close the connections here, where the warning is expected, and not in another test.
    gc.collect()


def new_config(endpoint: str, algorithm: str | None = None, **changes: str) -> Any:
    keys = {"access_key_id": "testid", "access_key_secret": "testsecret", **changes}
    return Config(endpoint=endpoint, protocol="http", region_id="cn-hangzhou", signature_algorithm=algorithm, **keys)


def read(client: Any, group: str) -> str:
    request = models.DescribeSecurityGroupAttributeRequest(region_id="cn-hangzhou", security_group_id=group)
    return str(client.describe_security_group_attribute(request).body.inner_access_policy)


def write(client: Any, group: str, policy: str, token: str | None = None) -> Any:
    request = models.ModifySecurityGroupPolicyRequest(
        region_id="cn-hangzhou", security_group_id=group, inner_access_policy=policy, client_token=token
    )
    return client.modify_security_group_policy(request)


@BOTH
def test_read_write_read_back(endpoint: str, algorithm: str | None) -> None:
    client = Client(new_config(endpoint, algorithm))
    assert read(client, "sg-basic") == "Accept"
    assert write(client, "sg-basic", "drop", "a token +*~/").status_code == 200
    assert read(client, "sg-basic") == "Drop"


@BOTH
def test_list(endpoint: str, algorithm: str | None) -> None:
    client = Client(new_config(endpoint, algorithm))
    tag = models.DescribeSecurityGroupsRequestTag(key="env", value="test")
    request = models.DescribeSecurityGroupsRequest(region_id="cn-hangzhou", tag=[tag], service_managed=False)
    body = client.describe_security_groups(request).body
    assert body.total_count == 1
    (group,) = body.security_groups.security_group
    assert (group.security_group_id, group.security_group_type, group.service_managed) == ("sg-basic", "normal", False)
    assert [(each.tag_key, each.tag_value) for each in group.tags.tag] == [("env", "test"), ("team", "net")]


@BOTH
def test_list_pages(endpoint: str, algorithm: str | None) -> None:
    client = Client(new_config(endpoint, algorithm))
    found: list[str] = []
    token: str | None = None
    while token != "":
        request = models.DescribeSecurityGroupsRequest(region_id="cn-hangzhou", max_results=3, next_token=token)
        body = client.describe_security_groups(request).body
        found += [group.security_group_id for group in body.security_groups.security_group]
        token = body.next_token
    assert found == ["sg-managed", "sg-classic", "sg-basic", "sg-advanced"]


@BOTH
@pytest.mark.parametrize(
    ("changes", "group", "policy", "status", "code"),
    [
        ({"access_key_secret": "wrong"}, "sg-basic", "Drop", 400, "SignatureDoesNotMatch"),
        ({"access_key_id": "nobody"}, "sg-basic", "Drop", 404, "InvalidAccessKeyId.NotFound"),
        ({"access_key_id": "sleeping"}, "sg-basic", "Drop", 400, "InvalidAccessKeyId.Inactive"),
        ({"security_token": "nonsense"}, "sg-basic", "Drop", 400, "InvalidSecurityToken.Malformed"),
        ({}, "sg-basic", "Deny", 400, "InvalidPolicy.Malformed"),
        ({}, "sg-gone", "Drop", 404, "InvalidSecurityGroupId.NotFound"),
        ({}, "sg-advanced", "Accept", 404, "InvalidParameter.InnerAccessPolicy"),
        ({}, "sg-managed", "Drop", 403, "InvalidOperation.ResourceManagedByCloudProduct"),
    ],
)
def test_refusals(
    endpoint: str, algorithm: str | None, changes: dict[str, str], group: str, policy: str, status: int, code: str
) -> None:
    client = Client(new_config(endpoint, algorithm, **changes))
    with pytest.raises(ClientException) as caught:
        write(client, group, policy)
    error: Any = caught.value
    assert (error.status_code, error.code) == (status, code)
    assert error.data["HostId"] == endpoint
    assert error.request_id in error.message


def test_refusal_details(endpoint: str) -> None:
    client = Client(new_config(endpoint, access_key_id="reader", access_key_secret="readersecret"))
    assert read(client, "sg-basic") == "Accept"
    with pytest.raises(ClientException) as caught:
        write(client, "sg-basic", "Drop")
    error: Any = caught.value
    assert (error.status_code, error.code) == (403, "Forbidden.RAM")
    assert error.access_denied_detail["AuthAction"] == "ecs:ModifySecurityGroupPolicy"


@BOTH
def test_temporary_key(endpoint: str, algorithm: str | None) -> None:
    keys = {"access_key_id": "STS.two", "access_key_secret": "stssecret2", "security_token": "token-two"}
    client = Client(new_config(endpoint, algorithm, **keys))
    write(client, "sg-basic", "Drop")
    assert read(client, "sg-basic") == "Drop"


@BOTH
def test_clock_that_is_wrong(simulator: Simulator, endpoint: str, algorithm: str | None) -> None:
    simulator.clock.shift = 901
    with pytest.raises(ClientException) as caught:
        read(Client(new_config(endpoint, algorithm)), "sg-basic")
    assert caught.value.code == "InvalidTimeStamp.Expired"


@BOTH
def test_throttling_and_server_errors_have_their_classes(
    simulator: Simulator, endpoint: str, algorithm: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud = simulator.clouds["aliyun"]
    client = Client(new_config(endpoint, algorithm))

    def answer_with(code: str) -> None:
        def refuse(request: Request) -> Reply:
            return cloud.refuse(request, code, "")

        monkeypatch.setattr(cloud, "handle", refuse)

    answer_with("InternalError")
    with pytest.raises(ServerException):
        read(client, "sg-basic")
    answer_with("Throttling.User")
    with pytest.raises(ClientException, match="user flow control"):
        read(client, "sg-basic")
    simulator.set_switch("aliyun", "retry_after_header", "2000")
    with pytest.raises(ThrottlingException) as caught:
        read(client, "sg-basic")
    assert caught.value.retry_after == 2000


@BOTH
def test_caller_identity(endpoint: str, algorithm: str | None) -> None:
    params = Params(
        action="GetCallerIdentity",
        version="2015-04-01",
        protocol="HTTP",
        pathname="/",
        method="POST",
        auth_type="AK",
        style="RPC",
        req_body_type="formData",
        body_type="json",
    )
    client = GenericClient(new_config(endpoint, algorithm))
    answer = client.call_api(params, OpenApiRequest(), RuntimeOptions())
    assert answer["body"]["AccountId"] == "1111222233334444"


@BOTH
def test_form_body(endpoint: str, algorithm: str | None) -> None:
    params = Params(
        action="ModifySecurityGroupPolicy",
        version="2014-05-26",
        protocol="HTTP",
        pathname="/",
        method="POST",
        auth_type="AK",
        style="RPC",
        req_body_type="formData",
        body_type="json",
    )
    client = GenericClient(new_config(endpoint, algorithm))
    body = {
        "RegionId": "cn-hangzhou",
        "SecurityGroupId": "sg-basic",
        "InnerAccessPolicy": "Drop",
        "ClientToken": "tok en/2*~",
    }
    client.call_api(params, OpenApiRequest(body=body), RuntimeOptions())
    assert read(Client(new_config(endpoint)), "sg-basic") == "Drop"


def old_client(credential: Any = None, secret: str = "testsecret") -> Any:
    if credential is not None:
        return AcsClient(region_id="cn-hangzhou", credential=credential, auto_retry=False)
    return AcsClient("testid", secret, "cn-hangzhou", auto_retry=False)


def old_call(client: Any, endpoint: str, request: Any, **parameters: str) -> dict[str, Any]:
    """Call with the older client, which signs by version 1.0 and requests JSON."""
    request.set_endpoint(endpoint)
    request.set_protocol_type("http")
    for name, value in parameters.items():
        request.add_query_param(name, value)
    answer: dict[str, Any] = json.loads(client.do_action_with_exception(request))
    return answer


@pytest.mark.parametrize(
    "credential", [None, StsTokenCredential("STS.two", "stssecret2", "token-two")], ids=["lasting", "temporary"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_older_client(endpoint: str, credential: Any, method: str) -> None:
    client = old_client(credential)
    change = ModifySecurityGroupPolicyRequest()
    change.set_method(method)
    old_call(client, endpoint, change, SecurityGroupId="sg-basic", InnerAccessPolicy="drop", ClientToken="a b+c*d~e")
    answer = old_call(client, endpoint, DescribeSecurityGroupAttributeRequest(), SecurityGroupId="sg-basic")
    assert answer["InnerAccessPolicy"] == "Drop"
    answer = old_call(client, endpoint, DescribeSecurityGroupsRequest(), SecurityGroupIds='["sg-basic"]')
    assert answer["TotalCount"] == 1


@pytest.mark.parametrize(
    ("secret", "parameters", "status", "code"),
    [
        # The client compares our string to sign with its own. If they agree, it reports a wrong secret.
        ("wrong", {}, 400, "InvalidAccessKeySecret"),
        ("testsecret", {"InnerAccessPolicy": "Deny"}, 400, "InvalidPolicy.Malformed"),
        ("testsecret", {"SecurityGroupId": "sg-advanced"}, 404, "InvalidParameter.InnerAccessPolicy"),
        ("testsecret", {"RegionId": "cn-nowhere"}, 404, "InvalidRegionId.NotFound"),
    ],
)
def test_older_client_refusals(endpoint: str, secret: str, parameters: dict[str, str], status: int, code: str) -> None:
    wanted = {"SecurityGroupId": "sg-basic", "InnerAccessPolicy": "Drop", **parameters}
    with pytest.raises(OldServerException) as caught:
        old_call(old_client(secret=secret), endpoint, ModifySecurityGroupPolicyRequest(), **wanted)
    assert (caught.value.get_http_status(), caught.value.get_error_code()) == (status, code)


def test_older_client_reads_xml(endpoint: str) -> None:
    request = DescribeSecurityGroupsRequest()
    request.set_endpoint(endpoint)
    request.set_protocol_type("http")
    request.set_accept_format("XML")
    answer = old_client().do_action(request)
    assert b"<DescribeSecurityGroupsResponse>" in answer
