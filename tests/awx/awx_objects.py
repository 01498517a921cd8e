# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of objects in AWX's API that the kit uses: fields, sublists and roles.

Source: AWX, commit e21dd0a of 2024-10-23: serializers in awx/api/serializers.py, role fields in awx/main/models.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

NOTIFICATIONS = {
    f"notification_templates_{event}": "notification_templates" for event in ("started", "success", "error")
}
# Role -> the roles that include it.
RUNNABLE = {"admin_role": (), "execute_role": ("admin_role",), "read_role": ("admin_role", "execute_role")}
APPROVABLE = {
    **RUNNABLE,
    "approval_role": ("admin_role",),
    "read_role": ("admin_role", "execute_role", "approval_role"),
}


@dataclass(frozen=True)
class Kind:
    """One endpoint. ``fields`` are the writable fields and their defaults; anything else in a request is ignored."""

    type: str
    fields: Mapping[str, Any]
    required: tuple[str, ...] = ("name",)
    identity: tuple[str, ...] = ("name", "organization")
    sublists: Mapping[str, str] = field(default_factory=dict)  # name -> the endpoint of its members
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    survey: bool = False
    read_only: Mapping[str, Any] = field(default_factory=dict)


def _named(**fields: Any) -> dict[str, Any]:
    return {"name": "", "description": "", **fields}


_TEMPLATE = {
    "organization": None,
    "extra_vars": "",
    "survey_enabled": False,
    "ask_variables_on_launch": False,
    "allow_simultaneous": False,
}
_SOURCE = {
    **{"inventory": None, "source": "", "source_path": "", "source_project": None, "source_vars": ""},
    **{"credential": None, "execution_environment": None, "overwrite": False, "overwrite_vars": False},
    **{"update_on_launch": False, "update_cache_timeout": 0},
}
_JOB = {
    **{"job_type": "run", "inventory": None, "project": None, "playbook": "", "execution_environment": None},
    **{"diff_mode": False, "job_slice_count": 1},
}
_PROJECT = {
    **{"organization": None, "scm_type": "", "scm_url": "", "scm_branch": ""},
    **{"scm_update_on_launch": False, "default_environment": None},
}
_NODES = "workflow_job_template_nodes"

KINDS = {
    "organizations": Kind("organization", _named()),
    "credential_types": Kind(
        "credential_type",
        _named(kind="", inputs={}, injectors={}),
        identity=("name",),
        read_only={"managed": False},
    ),
    "credentials": Kind(
        "credential",
        _named(organization=None, credential_type=None, inputs={}),
        identity=("name", "organization", "credential_type"),
    ),
    "teams": Kind("team", _named(organization=None)),
    "execution_environments": Kind(
        "execution_environment", _named(organization=None, image="", credential=None, pull=""), ("name", "image")
    ),
    "projects": Kind("project", _named(**_PROJECT), sublists=NOTIFICATIONS, read_only={"scm_revision": ""}),
    "inventories": Kind("inventory", _named(organization=None, kind="", host_filter=None, variables="")),
    "inventory_sources": Kind(
        "inventory_source", _named(**_SOURCE), ("name", "inventory"), ("name", "inventory"), NOTIFICATIONS
    ),
    "notification_templates": Kind(
        "notification_template",
        _named(organization=None, notification_type="", notification_configuration={}, messages=None),
        ("name", "organization", "notification_type"),
    ),
    "job_templates": Kind(
        "job_template",
        _named(**_TEMPLATE, **_JOB),
        ("name", "inventory", "project", "playbook"),
        sublists={**NOTIFICATIONS, "credentials": "credentials"},
        roles=RUNNABLE,
        survey=True,
    ),
    "workflow_job_templates": Kind(
        "workflow_job_template",
        _named(**_TEMPLATE),
        sublists={**NOTIFICATIONS, "notification_templates_approvals": "notification_templates"},
        roles=APPROVABLE,
        survey=True,
    ),
    _NODES: Kind(
        "workflow_job_template_node",
        {
            **{"identifier": "", "workflow_job_template": None, "unified_job_template": None, "extra_data": {}},
            "all_parents_must_converge": False,
        },
        ("workflow_job_template",),
        ("identifier", "workflow_job_template"),
        {"success_nodes": _NODES, "failure_nodes": _NODES, "always_nodes": _NODES, "credentials": "credentials"},
    ),
    "workflow_approval_templates": Kind("workflow_approval_template", _named(timeout=0), identity=()),
    "schedules": Kind(
        "schedule",
        _named(unified_job_template=None, rrule="", enabled=True, extra_data={}),
        ("name", "unified_job_template", "rrule"),
        ("name", "unified_job_template"),
    ),
}
UNIFIED = ("projects", "inventory_sources", "job_templates", "workflow_job_templates", "workflow_approval_templates")
# Fields that contain the ID of another object.
RELATED = {
    "organization": ("organizations",),
    "credential_type": ("credential_types",),
    "credential": ("credentials",),
    "inventory": ("inventories",),
    "project": ("projects",),
    "source_project": ("projects",),
    "execution_environment": ("execution_environments",),
    "default_environment": ("execution_environments",),
    "workflow_job_template": ("workflow_job_templates",),
    "unified_job_template": UNIFIED,
}
