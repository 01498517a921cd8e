# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWX 24.6.1 accepts, as far as no package holds the code that says so.

Sources: ``argument_spec`` of the modules in awx_collection/plugins/modules, ``CredentialTypeInputField`` and
``CredentialTypeInjectorField`` of awx/main/fields.py, ``_validate_spec_data`` of awx/api/views/__init__.py. The options
of a module are those that the kit may need, not all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from awx_plugins.interfaces._temporary_private_inject_api import ENV_BLOCKLIST
from jinja2 import Environment, meta

COMMON = {"name", "description", "organization", "state"}
OPTIONS = {
    "credential_type": {"name", "description", "kind", "inputs", "injectors", "state"},
    "execution_environment": COMMON | {"image", "credential", "pull"},
    "project": COMMON | {"scm_type", "scm_url", "scm_branch", "scm_update_on_launch", "default_environment"},
    "inventory": COMMON | {"variables", "kind"},
    "inventory_source": COMMON
    | {"inventory", "source", "source_path", "source_project", "credential", "execution_environment", "source_vars"}
    | {"overwrite", "overwrite_vars", "update_on_launch", "update_cache_timeout"},
    "job_template": COMMON
    | {"job_type", "inventory", "project", "playbook", "credentials", "execution_environment", "forks", "extra_vars"}
    | {"diff_mode", "job_slice_count", "survey_enabled", "survey_spec", "ask_limit_on_launch", "allow_simultaneous"},
    "schedule": COMMON | {"rrule", "unified_job_template", "enabled", "extra_data"},
    "workflow_job_template": COMMON
    | {"survey_enabled", "survey_spec", "workflow_nodes", "extra_vars", "destroy_current_nodes"},
}
FIELD = {"id", "label", "type", "help_text", "secret", "multiline", "choices", "default", "format", "ask_at_runtime"}
QUESTION_TYPES = {"text", "textarea", "password", "multiplechoice", "multiselect", "integer", "float"}


def credential_type_mistakes(kind: Mapping[str, Any]) -> Iterator[str]:
    """One sentence for each thing that AWX would refuse about the inputs and injectors of a credential type."""
    ids = [each["id"] for each in kind["inputs"]["fields"]]
    if set(kind["inputs"]) - {"fields", "required"} or set(kind["injectors"]) - {"env", "extra_vars", "file"}:
        yield "there are other members than AWX knows"
    if len(set(ids)) < len(ids) or "tower" in ids or set(kind["inputs"].get("required", [])) - set(ids):
        yield "fields: an id is there twice, is reserved, or is required and not there"
    for each in kind["inputs"]["fields"]:
        if (
            set(each) - FIELD
            or not {"id", "label"} <= set(each)
            or not re.fullmatch("[a-zA-Z_][a-zA-Z0-9_]*", each["id"])
        ):
            yield f"field {each['id']}: has members that AWX does not know, or not those that it wants"
        if each.get("type", "string") not in ("string", "boolean"):
            yield f"field {each['id']}: {each['type']} is no type"
    for name, template in kind["injectors"].get("env", {}).items():
        if name.startswith("ANSIBLE_") or name in ENV_BLOCKLIST:
            yield f"{name} is not allowed"
        if not template.isascii() or meta.find_undeclared_variables(Environment().parse(template)) - set(ids):
            yield f"{name}: its template is not ASCII, or names a field that is not there"


def survey_mistakes(survey: Mapping[str, Any]) -> Iterator[str]:
    """One sentence for each thing that AWX would refuse about a survey."""
    if not isinstance(survey.get("name"), str) or not isinstance(survey.get("description"), str):
        yield "name and description are texts"
    variables = [question["variable"] for question in survey["spec"]]
    if not variables or len(set(variables)) < len(variables):
        yield "there is no question, or two for one variable"
    for question in survey["spec"]:
        if not {"type", "question_name", "variable", "required"} <= set(question):
            yield f"{question['variable']}: lacks a member"
        if question["type"] not in QUESTION_TYPES or not isinstance(question["required"], bool):
            yield f"{question['variable']}: {question['type']} is no type, or required is not true or false"
        choices = question.get("choices", "").splitlines()
        if question["type"].startswith("multi") and question.get("default") not in choices:
            yield f"{question['variable']}: the default is none of the choices"
