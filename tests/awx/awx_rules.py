# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Validation rules of AWX 24.6.1 whose code is in no package.

Sources: ``CredentialTypeInputField`` and ``CredentialTypeInjectorField`` of awx/main/fields.py, ``_validate_spec_data``
of awx/api/views/__init__.py, and those that the functions name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from awx_plugins.interfaces._temporary_private_inject_api import ENV_BLOCKLIST
from jinja2 import Environment, meta

FIELD = {"id", "label", "type", "help_text", "secret", "multiline", "choices", "default", "format", "ask_at_runtime"}
QUESTION_TYPES = {"text", "textarea", "password", "multiplechoice", "multiselect", "integer", "float"}


def credential_type_mistakes(kind: Mapping[str, Any]) -> Iterator[str]:
    """One sentence for each reason why AWX would refuse the inputs and injectors of a credential type."""
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
    """One sentence for each reason why AWX would refuse a survey."""
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


def _answer_mistakes(question: Mapping[str, Any], answers: Mapping[str, Any]) -> Iterator[str]:
    name = question["variable"]
    choices = question.get("choices", "").splitlines()
    if name not in answers:
        if question["required"]:
            yield f"'{name}' value missing"
    elif question["type"] == "multiplechoice" and answers[name] not in choices:
        yield f"Value {answers[name]} for '{name}' expected to be one of {choices}."


def answer_mistakes(template: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return AWX's errors about the variables of a schedule or a launch, by field.

    ``template`` has the fields of a job template and its ``survey_spec``. Source: ``_survey_element_validation`` and
    ``_accept_or_ignore_variables`` of awx/main/models/mixins.py.
    """
    questions = template["survey_spec"].get("spec", []) if template["survey_enabled"] else []
    needed = [mistake for question in questions for mistake in _answer_mistakes(question, answers)]
    unasked = set(answers) - {question["variable"] for question in questions}
    errors = {"variables_needed_to_start": needed} if needed else {}
    if unasked and not template["ask_variables_on_launch"]:
        errors["extra_data"] = [f"Variables {', '.join(sorted(unasked))} are not allowed on launch."]
    return errors


_TYPES = {"string": str, "int": int, "bool": bool, "list": list, "password": str, "object": dict}
# Field -> type and default; without a default it is required.
NOTIFICATION_FIELDS: dict[str, dict[str, tuple[Any, ...]]] = {
    "webhook": {
        "url": ("string",),
        "http_method": ("string", "POST"),
        "disable_ssl_verification": ("bool", False),
        "username": ("string", ""),
        "password": ("password", ""),
        "headers": ("object",),
    },
    "email": {
        **{"host": ("string",), "port": ("int",), "username": ("string",), "password": ("password",)},
        **{"use_tls": ("bool",), "use_ssl": ("bool",), "sender": ("string",), "recipients": ("list",)},
        "timeout": ("int", 30),
    },
}


def complete_notification(kind: str, configuration: dict[str, Any]) -> Iterator[str]:
    """Add the defaults to the configuration of a notification, and yield AWX's reasons to refuse it.

    Source: ``init_parameters`` of awx/main/notifications and ``NotificationTemplateSerializer.validate``.
    """
    for name, (type_name, *default) in NOTIFICATION_FIELDS[kind].items():
        if name not in configuration and default:
            configuration[name] = default[0]
        if name not in configuration:
            yield f"Missing required fields for Notification Configuration: ['{name}']."
        elif not _is_of(configuration[name], _TYPES[type_name]):
            yield f"Configuration field '{name}' incorrect type, expected {type_name}."
        elif configuration[name] == []:
            yield f"No values specified for field '{name}'"


def schedule_mistakes(rule: str) -> Iterator[str]:
    """Yield AWX's reasons to refuse the rule of a schedule. Source: ``validate_rrule`` of its serializer."""
    if not re.match(r"DTSTART(;[^:]+)?:[0-9]+T[0-9]+Z? ", rule):
        yield "Valid DTSTART required in rrule."
    if "RRULE:" not in rule or "INTERVAL=" not in rule:
        yield "INTERVAL required in rrule"


def _is_of(value: Any, kind: type) -> bool:
    """Whether the value has that type. To AWX, True is not a number."""
    return isinstance(value, kind) and isinstance(value, bool) == (kind is bool)
