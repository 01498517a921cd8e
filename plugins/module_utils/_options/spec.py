# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The parts of an argument spec that modules share."""

from __future__ import annotations

from typing import Any

from ansible.module_utils.errors import AnsibleFallbackNotFound

from .environment import from_variables

Spec = dict[str, dict[str, Any]]


def first_non_empty(*names: str) -> str:
    """Return the value of the first variable that is not empty, as the fallback of an option.

    Raises AnsibleFallbackNotFound. ansible-core's own fallback accepts an empty variable as a value.
    """
    value = from_variables(names)
    if not value:
        raise AnsibleFallbackNotFound
    return value


def from_environment(*names: str, **option: Any) -> dict[str, Any]:
    """Return the spec of a text option whose value may come from the first non-empty of these variables."""
    return {"type": "str", "fallback": (first_non_empty, list(names)), **option}


def transport_spec() -> Spec:
    """Return the options about connections, which every module with a service has."""
    return {
        "validate_certs": {"type": "bool", "default": True},
        "ca_path": {"type": "path"},
        "timeout": {"type": "int", "default": 10},
        "deadline": {"type": "int", "default": 120},
    }


def fleet_spec() -> Spec:
    """Return the options about several groups in one task, which every module that changes groups has."""
    return {
        "groups": {"type": "list", "elements": "dict"},
        "max_concurrency": {"type": "int", "default": 8},
        "return_unchanged": {"type": "bool", "default": True},
        "expected_fingerprint": {"type": "str"},
        "progress_file": {"type": "path"},
    }


def info_spec() -> Spec:
    """Return the options that select groups, which every info module has."""
    return {
        "security_group_ids": {"type": "list", "elements": "str"},
        "filters": {"type": "dict"},
        "max_concurrency": {"type": "int", "default": 8},
    }
