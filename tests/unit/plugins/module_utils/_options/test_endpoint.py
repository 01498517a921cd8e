# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""URLs of services, as users write them."""

from __future__ import annotations

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.endpoint import Endpoint, parse_endpoint

GOOD = [
    ("ecs.cn-hangzhou.aliyuncs.com", "https://ecs.cn-hangzhou.aliyuncs.com/"),
    ("ECS.cn-hangzhou.AliyunCS.com", "https://ecs.cn-hangzhou.aliyuncs.com/"),
    ("gateway.test:8443", "https://gateway.test:8443/"),
    ("127.0.0.1:8000", "https://127.0.0.1:8000/"),
    ("http://127.0.0.1:8000", "http://127.0.0.1:8000/"),
    ("HTTP://gateway.test", "http://gateway.test/"),
    ("https://gateway.test:443", "https://gateway.test/"),
    ("http://gateway.test:80/", "http://gateway.test/"),
    ("https://gateway.test:80", "https://gateway.test:80/"),
    ("http://gateway.test:443", "http://gateway.test:443/"),
    ("http://[::1]:8000", "http://[::1]:8000/"),
    ("https://[2001:db8::1]", "https://[2001:db8::1]/"),
    ("[::1]", "https://[::1]/"),
    ("[::1]:443", "https://[::1]/"),
    ("https://gateway.test/clouds/ecs", "https://gateway.test/clouds/ecs/"),
    ("https://gateway.test/clouds/ecs/", "https://gateway.test/clouds/ecs/"),
    ("gateway.test:8443/ecs", "https://gateway.test:8443/ecs/"),
]
JUNK = [
    "",
    " ",
    "http://",
    "https:///path",
    "://gateway.test",
    "ftp://gateway.test",
    "file:///etc/passwd",
    "unix:///run/gateway.sock",
    "http://gateway.test:99999",
    "http://gateway.test:port",
    "http://[::1",
    "::1",
    "gate way.test",
    "gateway.test\n",
    "http://gateway.test?x=1",
    "http://gateway.test#top",
    "http://user@gateway.test",
    "http://user:pass@gateway.test",
]


@pytest.mark.parametrize(("text", "url"), GOOD)
def test_address(text: str, url: str) -> None:
    endpoint = parse_endpoint(text)
    assert endpoint.url("/") == url
    assert endpoint.host == url.split("/")[2]


@pytest.mark.parametrize("text", JUNK)
def test_junk(text: str) -> None:
    with pytest.raises(ValueError, match="host"):
        parse_endpoint(text)


def test_a_path_prefix_is_sent_but_not_signed_with_the_host() -> None:
    endpoint = parse_endpoint("http://gateway.test:8000/dfw/")
    assert endpoint == Endpoint("http", "gateway.test:8000", "/dfw")
    assert endpoint.url("/v2/index.php") == "http://gateway.test:8000/dfw/v2/index.php"
