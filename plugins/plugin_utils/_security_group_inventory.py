# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The common part of the inventory plugins of both clouds: each security group becomes a host.

The code of the info modules reads the groups, in the process of the plugin.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleParserError
from ansible.inventory.data import InventoryData
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible.utils.display import Display
from ansible.utils.unsafe_proxy import wrap_var

from ..module_utils._change.contract import Entry, InfoCloud
from ..module_utils._http.errors import CloudError
from ..module_utils._http.redaction import redact
from ..module_utils._options.misplaced import secret_words
from ..module_utils._options.spec import Spec, info_spec, transport_spec
from ..module_utils._task.info import run_info
from ..module_utils._task.task import Task

ALL = "security_groups"
# Text with one of these may be a template.
TEMPLATE_MARKS = ("{{", "{%", "{#", "#jinja2")


def _trusted_template(text: str) -> str:
    """Mark text that Ansible may treat as a template, which ansible-core 2.19 and later do not do by themselves."""
    try:
        from ansible.template import trust_as_template
    except ImportError:
        return text
    trusted: str = trust_as_template(text)
    return trusted


def read_groups(cloud: InfoCloud, options: dict[str, Any], details: bool) -> list[Entry]:
    """Return what the info module returns as ``security_groups`` for one region. Raises AnsibleParserError."""
    result = run_info(options, cloud, details=details)
    for warning in result.warnings:
        Display().warning(warning)
    if "failure" in result.values:
        raise AnsibleParserError(redact(result.values["msg"], {*result.secrets, *secret_words(options)}))
    groups: list[Entry] = result.values["security_groups"]
    return groups


def validated(spec: Spec, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options in the form of a module: without empty text, and with the values of variables.

    Raises AnsibleParserError.
    """
    present = {name: value for name, value in given.items() if name in spec and value not in (None, "")}
    result = ArgumentSpecValidator(spec).validate(present)
    if result.error_messages:
        raise AnsibleParserError(redact("; ".join(result.error_messages), secret_words(given)))
    options: dict[str, Any] = result.validated_parameters
    return options


def inert(value: Any) -> Any:
    """Return the value in a form in which no name or description of a group is treated as a template.

    All other text is marked as trusted, because ``ansible-inventory``, and so AWX, would show it as an object.
    """
    if isinstance(value, Mapping):
        return {name: inert(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [inert(inner) for inner in value]
    if not isinstance(value, str):
        return value
    return wrap_var(value) if any(mark in value for mark in TEMPLATE_MARKS) else _trusted_template(value)


class SecurityGroupInventory(BaseInventoryPlugin, Constructable, Cacheable):
    """An inventory plugin. A subclass adds the name, and what its cloud supplies."""

    NAME = ""
    CLOUD = ""  # the beginning of the names of hosts

    def cloud_spec(self) -> Spec:
        """Return the options that the modules of this cloud have."""
        raise NotImplementedError

    def info_cloud(self, options: Mapping[str, Any]) -> InfoCloud:
        """Return the cloud protocol of the info module."""
        raise NotImplementedError

    def verify_file(self, path: str) -> bool:
        """Return whether the name of the file is one that this plugin documents."""
        endings = tuple(f"{self.CLOUD}_sg.{ending}" for ending in ("yml", "yaml"))
        return path.endswith(endings) and bool(BaseInventoryPlugin.verify_file(self, path))

    def set_options(self, task_keys: Any = None, var_options: Any = None, direct: Any = None) -> None:
        """Refuse a role of a wrong type without showing it, which ansible-core would do. Raises AnsibleParserError."""
        role = direct.get("assume_role") if isinstance(direct, Mapping) else None
        if role not in (None, "") and not isinstance(role, Mapping):
            found = type(role).__name__.strip("_")
            raise AnsibleParserError(f"assume_role has to be a dictionary, not a value of the type {found}")
        BaseInventoryPlugin.set_options(self, task_keys=task_keys, var_options=var_options, direct=direct)

    def parse(self, inventory: InventoryData, loader: DataLoader, path: str, cache: bool = True) -> None:
        """Add a host for each security group. Raises AnsibleParserError."""
        BaseInventoryPlugin.parse(self, inventory, loader, path, cache)
        given = BaseInventoryPlugin._read_config_data(self, path)
        self._refuse_unknown(given)
        for options in self._options_by_region(given):
            for entry in self._cached(options, path, cache):
                self._add(inventory, inert({"cloud": self.CLOUD, "region": options["region"], **entry}))

    def _option(self, name: str) -> Any:
        return BaseInventoryPlugin.get_option(self, name)

    def _options_given(self) -> dict[str, Any]:
        options: dict[str, Any] = BaseInventoryPlugin.get_options(self)
        return options

    def _spec(self) -> Spec:
        return {**info_spec(), **self.cloud_spec(), **transport_spec()}

    def _refuse_unknown(self, given: Mapping[str, Any]) -> None:
        aliases = {alias for option in self._spec().values() for alias in option.get("aliases", ())}
        unknown = sorted(set(given) - set(self._options_given()) - aliases)
        if unknown:
            raise AnsibleParserError(f"{', '.join(unknown)}: no such option; see ansible-doc -t inventory {self.NAME}")

    def _options_by_region(self, file_content: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return the options of the info module for each region. ``file_content`` is that of the inventory source."""
        # ansible-core converts empty text to a list that contains it, but empty text counts as not given.
        options = {name: value for name, value in self._options_given().items() if file_content.get(name) != ""}
        given = {"regions": None, "region": None, **options}
        given = {name: self.templar.template(value) for name, value in given.items()}
        regions = given["regions"] or [given["region"]]
        return [validated(self._spec(), {**given, "region": region}) for region in regions]

    def _cached(self, options: dict[str, Any], path: str, cache: bool) -> list[Entry]:
        if not self._option("cache"):
            return self._read(options)
        key = f"{self.get_cache_key(path)}_{self._cache_key(options)}"
        if not cache or key not in self._cache:
            self._cache[key] = self._read(options)
        entries: list[Entry] = self._cache[key]
        return entries

    def _cache_key(self, options: dict[str, Any]) -> str:
        """Return the key of a cached result, which is only reused with the same key, role, endpoint and options.

        No secret is part of it. Raises AnsibleParserError.
        """
        spec = self._spec()
        try:
            # The key may come from the environment or from files, which the options do not show.
            label = Task(options, self.info_cloud(options)).account_label()
        except CloudError as error:
            raise AnsibleParserError(f"Failed to identify the account of the key: {error.reason}.") from error
        # The region may have become that of a profile.
        parts = {name: value for name, value in options.items() if not spec.get(name, {}).get("no_log")}
        parts.update(details=self._option("details"), account=label)
        return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:16]

    def _read(self, options: dict[str, Any]) -> list[Entry]:
        return read_groups(self.info_cloud(options), options, self._option("details"))

    def _add(self, inventory: InventoryData, entry: Entry) -> None:
        host = f"{self.CLOUD}_{entry['region']}_{entry['security_group_id']}"
        children = inventory.add_group(f"{self.CLOUD}_{ALL}")
        inventory.add_child(inventory.add_group(ALL), children)
        inventory.add_host(host, group=children)
        inventory.set_variable(host, "security_group", entry)
        inventory.set_variable(host, "ansible_connection", _trusted_template("local"))
        # The Python that runs the playbook. In AWX, the inventory is read in another environment.
        interpreter = _trusted_template("{{ ansible_playbook_python }}")
        inventory.set_variable(host, "ansible_python_interpreter", interpreter)
        variables, strict = {"security_group": entry}, self._option("strict")
        Constructable._set_composite_vars(self, self._option("compose"), variables, host, strict)
        Constructable._add_host_to_composed_groups(self, self._option("groups"), variables, host, strict)
        Constructable._add_host_to_keyed_groups(self, self._option("keyed_groups"), variables, host, strict)
