# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""From an info task's options to its result: which groups there are, and what is to be said of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn, Protocol

from .._change.result import failed_result
from .._http.client import Client
from .._http.errors import CloudError
from .._options.options import Options, is_unicode
from .module import SecurityGroupModule
from .task import Cloud, OptionProblems, Task

Entry = dict[str, Any]


class Listing(Protocol):
    """What was asked for: groups by their ids, or all that match the filters."""

    def entries(self, client: Client) -> list[Entry]:
        """Every page of the answer: groups with their C(security_group_id), without what takes a call for each."""

    def detail(self, client: Client, entry: Entry) -> Entry:
        """The whole of what is returned for one group."""


class InfoCloud(Cloud, Protocol):
    """What an info module supplies."""

    filters: Sequence[str]

    def check_id(self, identifier: str) -> None:
        """Raises ValueError for what cannot be the id of a security group."""

    def listing(self, ids: list[str], filters: Filters, options: Options, problems: OptionProblems) -> Listing:
        """What to ask for. Not to be used if a mistake was found."""


class Filters:
    """The conditions on the groups to return. All of them have to hold."""

    def __init__(self, options: Options, known: Sequence[str]) -> None:
        given = options.mapping("filters")
        for name in given:
            if name not in known:
                options.wrong(f"filters.{name}", f"is not a filter; there are {', '.join(known)}")
        inner = Options(given, options.path("filters"), options.mistakes)
        self._texts = {name: inner.text(name) for name in known if name != "tags"}
        self.tags = {str(key): "" if value is None else str(value) for key, value in inner.mapping("tags").items()}
        for name, text in (*self._texts.items(), ("tags", "".join([*self.tags, *self.tags.values()]))):
            if not is_unicode(text):
                inner.wrong(name, "holds half a character")

    def text(self, name: str) -> str:
        """The value, or "" if that filter was not given."""
        return self._texts.get(name, "")

    def match(self, entry: Mapping[str, Any]) -> bool:
        """Whether a listed group meets them; services disagree on whether a name is matched whole or in part."""
        texts = all(str(entry.get(name)) == value for name, value in self._texts.items() if value)
        tags = entry.get("tags") or {}
        return texts and all(key in tags and value in ("", tags[key]) for key, value in self.tags.items())


def run_info(module: SecurityGroupModule, cloud: InfoCloud, *, details: bool = True) -> NoReturn:
    """Read what the task asks for, and end the module. Without C(details) a group is told of as it is listed."""
    task = Task(module, cloud)
    ids = list(dict.fromkeys(task.options.texts("security_group_ids", cloud.check_id)))
    listing = cloud.listing(ids, Filters(task.options, cloud.filters), task.options, task.problems)
    result: dict[str, Any] = {"changed": False, "region": task.parameters["region"], "security_groups": []}
    task.begin("read security groups", result)
    purpose = f"read security groups in {result['region']}"
    try:
        entries = listing.entries(task.client())
        listed = _ordered(entries, ids)
        found = task.side_by_side(_told(task, listing), listed) if details else listed
    except CloudError as error:
        task.end({**result, **failed_result(purpose, error, task.secrets)})
    result["security_groups"] = [entry for entry in found if entry is not None]
    told = {entry["security_group_id"] for entry in result["security_groups"]}
    missing = [identifier for identifier in ids if identifier not in told]
    if missing:
        unknown = CloudError("not_found", f"there is none with the id {' or '.join(missing)}{_where(task)}")
        task.end({**result, **failed_result(purpose, unknown, task.secrets)})
    task.end(result)


def _where(task: Task) -> str:
    return " that meets the filters" if task.options.given("filters") else ""


def _told(task: Task, listing: Listing) -> Callable[[Entry], Entry | None]:
    def tell(entry: Entry) -> Entry | None:
        try:
            return listing.detail(task.client(), entry)
        except CloudError as error:
            if error.kind == "not_found":  # deleted since it was listed
                return None
            raise

    return tell


def _ordered(entries: list[Entry], ids: list[str]) -> list[Entry]:
    """As asked for, or else by id; once each, for a list that grows while it is paged through repeats itself."""
    by_id = {entry["security_group_id"]: entry for entry in entries}
    order = [identifier for identifier in ids if identifier in by_id] if ids else sorted(by_id)
    return [by_id[identifier] for identifier in order]
