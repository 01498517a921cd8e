# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Failures as values."""

from __future__ import annotations

from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.errors import (
    CloudError,
    Mistake,
    invalid_input,
)


def test_all_mistakes_are_reported_at_once() -> None:
    error = invalid_input([Mistake("ingress[2].port", "is wrong"), Mistake("", "is odd")])
    assert error.kind == "invalid_input"
    assert str(error) == "ingress[2].port: is wrong; is odd"
    assert error.as_result() == {
        "kind": "invalid_input",
        "code": None,
        "message": None,
        "http_status": None,
        "request_id": None,
        "action": None,
        "errors": [{"path": "ingress[2].port", "message": "is wrong"}, {"path": "", "message": "is odd"}],
    }


def test_the_vendors_own_words() -> None:
    error = CloudError("quota", "LimitExceeded: no", "LimitExceeded", "no", 200, "r-1", "Create", details={"x": 1})
    assert error.as_result() == {
        "kind": "quota",
        "code": "LimitExceeded",
        "message": "no",
        "http_status": 200,
        "request_id": "r-1",
        "action": "Create",
        "x": 1,
    }


def test_an_input_error_of_the_vendor_is_listed_like_our_own() -> None:
    error = CloudError("invalid_input", "InvalidParameterValue: bad", "InvalidParameterValue", "bad")
    assert error.as_result()["errors"] == [{"path": "", "message": "InvalidParameterValue: bad"}]
