# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The parts that only API 2.0 has: its forms, calls, responses, host and limits."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given as given_that
from hypothesis import strategies as st

from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.errors import CloudError
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.transport import HttpRequest
from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.keys import Key, StaticKey
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.endpoint import parse_endpoint
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.filters import Filters
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.options import Options
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.api_2_0 import (
    Api20,
    DfwService,
    flatten,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.edits import (
    Delete,
    Edit,
    Insert,
    Reset,
    Update,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rule_set import RuleSet
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rules import Rule
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.signing import TC3, sign_query
from tests.unit.plugins.fakes import FakeTime, talk
from tests.unit.plugins.tencent_answers import (
    STRANGE,
    answered,
    dfw,
    is_a_gateway_in_trouble,
    is_not_the_services,
    refused,
)

SSH = Rule("accept", "tcp", "22", "cidr", "10.0.0.0/8")


DNS = Rule("accept", "udp", "53", "cidr", "10.0.0.0/8")


SEVEN = RuleSet((), (), "7")


SSH_2_0 = {"action": "ACCEPT", "ipProtocol": "TCP", "portRange": "22", "cidrIp": "10.0.0.0/8"}


DNS_2_0 = {"action": "ACCEPT", "ipProtocol": "UDP", "portRange": "53", "cidrIp": "10.0.0.0/8"}


# The same for API 2.0.
CALLS_2_0: list[tuple[Edit, str, dict[str, Any]]] = [
    (
        Insert("ingress", (SSH, DNS), at_top=True, length=3),
        "CreateSecurityGroupPolicy",
        {"direction": "ingress", "index": 0, "policys": [SSH_2_0, DNS_2_0], "version": "7"},
    ),
    (
        Insert("egress", (SSH,), at_top=False, length=3),
        "CreateSecurityGroupPolicy",
        {"direction": "egress", "index": 3, "policys": [SSH_2_0], "version": "7"},
    ),
    (
        Insert("egress", (SSH,), at_top=True, length=0),
        "CreateSecurityGroupPolicy",
        {"direction": "egress", "index": -1, "policys": [SSH_2_0], "version": "7"},
    ),
    (
        Delete("ingress", (0, 2)),
        "DeleteSecurityGroupPolicy",
        {"direction": "ingress", "indexes": [0, 2], "version": "7"},
    ),
    (
        Update("egress", 1, DNS),
        "ModifySingleSecurityGroupPolicy",
        {"direction": "egress", "index": 1, "policys": DNS_2_0, "version": "7"},
    ),
    (Reset((SSH,), (DNS,)), "ModifySecurityGroupPolicys", {"ingress": [SSH_2_0], "egress": [DNS_2_0]}),
]


@pytest.mark.parametrize(("edit", "action", "parameters"), CALLS_2_0)
def test_call_of_api_2_0(edit: Edit, action: str, parameters: dict[str, Any]) -> None:
    assert Api20().call("sg-1", edit, SEVEN) == (action, {"sgId": "sg-1", **parameters})


def test_api_2_0_may_omit_the_first_rule_so_its_positions_begin_at_0() -> None:
    with pytest.raises(CloudError, match="omits some of the group's rules.*use api_version 3.0") as caught:
        Api20().parse({"data": {"version": 3, "ingress": [{**SSH_2_0, "index": 1}]}})
    assert caught.value.kind == "unsupported"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ([], RuleSet((), (), None)),
        ({}, RuleSet((), (), None)),
        ({"ingress": [], "egress": None, "version": 3}, RuleSet((), (), "3")),
        ({"ingress": [SSH_2_0], "version": 0}, RuleSet((SSH,), (), "0")),
        ({"egress": [{**SSH_2_0, "version": 5}]}, RuleSet((), (SSH,), "5")),
        ({"ingress": [], "egress": [{**SSH_2_0, "version": 5}]}, RuleSet((), (SSH,), "5")),
    ],
)
def test_answer_of_api_2_0(data: Any, expected: RuleSet) -> None:
    found = Api20().parse({"code": 0, "data": data})
    assert found.matches(expected)
    assert found.version == expected.version


@pytest.mark.parametrize(("data", "told"), [({"version": 5}, "5"), ({"ingress": [{**SSH_2_0, "version": 5}]}, None)])
def test_a_version_that_goes_with_the_last_rule_is_not_reported(data: dict[str, Any], told: str | None) -> None:
    rules = Api20().parse({"data": data})
    assert rules.version == "5"
    assert rules.as_result()["version"] == told
    assert rules.next_version().as_result()["version"] == (told and "6")


STRANGE_20: dict[str, bytes] = {
    **STRANGE,
    "no number": b'{"code": "Success"}',
    "null for a number": b'{"code": null}',
    "a list for a number": b'{"code": [0]}',
    "no end of a number": b'{"code": Infinity}',
    "not a number": b'{"code": NaN}',
    "the other API's": b'{"Response": {"RequestId": "r-1"}}',
}


@pytest.mark.parametrize("name", STRANGE_20)
def test_an_answer_that_is_not_the_services(name: str) -> None:
    is_not_the_services(dfw(), STRANGE_20[name])


@pytest.mark.parametrize("name", STRANGE_20)
@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_gateway_in_trouble(name: str, status: int) -> None:
    is_a_gateway_in_trouble(dfw(), STRANGE_20[name], status)


@pytest.mark.parametrize("code", [0, "0"])
def test_a_success_is_the_whole_body(code: Any) -> None:
    body: dict[str, Any] = {"code": code, "message": "", "data": []}
    assert answered(dfw(), body) == (body, None)


@pytest.mark.parametrize(("code", "kind"), [(4000, "invalid_input"), ("7001", "not_found"), (-1, "protocol")])
def test_any_other_number_is_a_refusal(code: Any, kind: str) -> None:
    error = refused(dfw(), {"code": code, "message": "Said so.", "requestId": "r-1"})
    assert (error.kind, error.code, error.vendor_message, error.request_id) == (kind, str(code), "Said so.", "r-1")


@pytest.mark.parametrize(("request_id", "returned"), [("r-1", "r-1"), (5, None), (None, None)])
def test_a_request_id_is_text_or_missing(request_id: Any, returned: str | None) -> None:
    assert answered(dfw(), {"code": 0, "codeDesc": "Success", "requestId": request_id})[1] == returned


@pytest.mark.parametrize(
    ("value", "flat"),
    [
        ({"sgId": "sg-1", "index": 0}, {"sgId": "sg-1", "index": "0"}),
        ({"indexes": [4, 2]}, {"indexes.0": "4", "indexes.1": "2"}),
        ({"policys": [{"action": "DROP"}]}, {"policys.0.action": "DROP"}),
        ({"ingress": [], "egress": {}}, {}),
    ],
)
def test_lists_and_objects_become_dotted_names(value: Any, flat: dict[str, str]) -> None:
    assert dict(flatten(value)) == flat


@given_that(st.lists(st.integers(), max_size=12))
def test_no_member_of_a_list_is_lost_and_none_is_named_twice(values: list[int]) -> None:
    pairs = list(flatten({"x": values}))
    assert pairs == [(f"x.{number}", str(value)) for number, value in enumerate(values)]


def sent(request: HttpRequest) -> dict[str, str]:
    """The form of a request, in the query or the body."""
    form = request.body.decode() if request.body else urlsplit(request.url).query
    return dict(parse_qsl(form, keep_blank_values=True))


def service(method: str = "HmacSHA256", token: str = "") -> DfwService:
    keys = StaticKey(Key("AKIDexample", "secret", token))
    return DfwService(parse_endpoint("https://dfw.example"), "gz", keys, method, FakeTime(1_767_225_600.9).clock())


@pytest.mark.parametrize("method", ["HmacSHA256", "HmacSHA1"])
@pytest.mark.parametrize(
    ("parameters", "verb"),
    [({"sgId": "sg-1"}, "POST"), ({"policys": [{"desc": "a b&c=内网"}]}, "POST"), ({"desc": "@ops"}, "GET")],
)
def test_the_signature_covers_every_value_that_is_sent(method: str, parameters: dict[str, Any], verb: str) -> None:
    """The vendor's clients omit a value that begins with ``@`` from the signature of a POST."""
    request = service(method).request("X", parameters)
    form = sent(request)
    signature = form.pop("Signature")
    assert request.method == verb
    assert dict(flatten(parameters)).items() <= form.items()
    assert signature == sign_query(verb, "dfw.example", "/v2/index.php", form, "secret")
    assert urlsplit(request.url).path == "/v2/index.php"


def test_a_request_names_action_region_time_and_key() -> None:
    form = sent(service(token="temporary").request("DescribeSecurityGroupEx", {}))
    names = ("Action", "Region", "Timestamp", "SecretId", "SignatureMethod", "Token")
    assert [form[name] for name in names] == [
        "DescribeSecurityGroupEx",
        "gz",
        "1767225600",
        "AKIDexample",
        "HmacSHA256",
        "temporary",
    ]
    assert "Token" not in sent(service().request("X", {}))


def test_every_request_has_a_new_nonce() -> None:
    nonces = [sent(service().request("X", {}))["Nonce"] for dummy in range(5)]
    assert len(set(nonces)) == 5
    assert all(int(nonce) > 0 for nonce in nonces)


def options(**given: Any) -> Options:
    return Options(given, "", [])


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TENCENTCLOUD_ENDPOINT_DFW", raising=False)


def test_there_is_one_host_for_all_regions() -> None:
    endpoints = [Api20().endpoint(options(network="public"), region) for region in ("ap-guangzhou", "ap-shanghai-fsi")]
    assert [endpoint and endpoint.host for endpoint in endpoints] == ["dfw.api.qcloud.com"] * 2


def test_inside_a_network_an_endpoint_is_required(monkeypatch: pytest.MonkeyPatch) -> None:
    without = options(network="vpc")
    Api20().endpoint(without, "x")
    assert [mistake.path for mistake in without.mistakes] == ["network"]
    monkeypatch.setenv("TENCENTCLOUD_ENDPOINT_DFW", "variable.example")
    given = options(network="vpc")
    endpoint = Api20().endpoint(given, "x")
    assert endpoint
    assert (endpoint.host, given.mistakes) == ("variable.example", [])


@pytest.mark.parametrize(
    ("method", "used", "wrong"),
    [("", "HmacSHA256", False), ("HmacSHA1", "HmacSHA1", False), ("HmacSHA256", "HmacSHA256", False), (TC3, TC3, True)],
)
def test_the_signature_method(method: str, used: str, wrong: bool) -> None:
    found = options(signature_method=method)
    assert Api20().signature_method(found) == used
    assert [mistake.path for mistake in found.mistakes] == (["signature_method"] if wrong else [])


def test_a_filter_by_tags_is_a_mistake() -> None:
    found = options(filters={"tags": {"env": "prod"}, "name": "web"})
    Api20().check_filters(Filters(found, ("name", "project_id", "tags")), found)
    assert [mistake.path for mistake in found.mistakes] == ["filters.tags"]


def test_an_entry_shows_what_this_api_does_not_return_as_unknown() -> None:
    body = {"code": 0, "data": {"detail": [{"sgId": "sg-1", "sgName": "web", "sgRemark": "d"}], "totalNum": 1}}
    (entry,) = Api20().groups(talk([body]).client, ["sg-1"], Filters(options(), ("name",)))
    assert entry == {
        "security_group_id": "sg-1",
        "name": "web",
        "description": "d",
        "project_id": "0",
        "is_default": None,
        "tags": {},
    }
