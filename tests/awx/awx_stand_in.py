# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for AWX's API: an HTTP server on loopback that stores objects, and refuses what AWX refuses.

It responds to the calls of the modules of ``awx.awx``, and to users who launch, read and approve. Jobs do nothing and
succeed immediately. Sources: ``awx_objects``, ``awx_rules``, awx/api/views/__init__.py and awx/main/access.py of AWX.
"""

from __future__ import annotations

import copy
import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import BadRequest, Forbidden, HTTPException, MethodNotAllowed, NotFound, Unauthorized
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from tests.awx.awx_objects import KINDS, RELATED, UNIFIED, Kind
from tests.awx.awx_rules import (
    NOTIFICATION_FIELDS,
    answer_mistakes,
    complete_notification,
    credential_type_mistakes,
    schedule_mistakes,
    survey_mistakes,
)

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Item = dict[str, Any]
PREFIX = "/api/v2/"
ADMINISTRATOR = "administrator"
ENCRYPTED = "$encrypted$"


class Refused(BadRequest):
    """A request to which AWX responds with status 400 and this JSON."""

    def __init__(self, answer: Mapping[str, Any]) -> None:
        super().__init__(json.dumps(answer))
        self.answer = answer


class Store:
    """The objects by endpoint, the roles, and the memberships of teams. IDs are unique across endpoints."""

    def __init__(self) -> None:
        self.objects: dict[str, dict[int, Item]] = {endpoint: {} for endpoint in KINDS}
        self.members: dict[tuple[int, str], list[int]] = {}  # (ID, sublist) -> IDs
        self.surveys: dict[int, Item] = {}
        self.roles: dict[int, tuple[int, str]] = {}  # role ID -> (ID of the object, role)
        self.granted: dict[int, list[int]] = {}  # role ID -> IDs of teams
        self.teams: dict[str, list[int]] = {}  # user -> IDs of teams
        self.jobs: dict[int, Item] = {}
        self._last = 0

    def new_id(self) -> int:
        """Return the next ID."""
        self._last += 1
        return self._last

    def find(self, identifier: Any, *endpoints: str) -> tuple[str, Item]:
        """Return the endpoint and the object with this ID. Raises NotFound."""
        for endpoint in endpoints or KINDS:
            if identifier in self.objects[endpoint]:
                return endpoint, self.objects[endpoint][identifier]
        raise NotFound

    def add(self, endpoint: str, **fields: Any) -> Item:
        """Add an object, without any check."""
        item = {**copy.deepcopy(dict(KINDS[endpoint].fields)), **fields, "id": self.new_id()}
        self.objects[endpoint][item["id"]] = item
        for role in KINDS[endpoint].roles:
            self.roles[self.new_id()] = (item["id"], role)
        return item

    def shown(self, endpoint: str, item: Item) -> Item:
        """Return the object as the API shows it."""
        kind = KINDS[endpoint]
        url = f"{PREFIX}{endpoint}/{item['id']}/"
        related = {name: f"{url}{name}/" for name in (*kind.sublists, *(["survey_spec"] if kind.survey else []))}
        summary: Item = {}
        for field, endpoints in RELATED.items():
            if item.get(field):
                where, other = self.find(item[field], *endpoints)
                related[field] = f"{PREFIX}{where}/{other['id']}/"
                summary[field] = {"id": other["id"], "name": other["name"]}
        roles = {role: {"id": key} for key, (owner, role) in self.roles.items() if owner == item["id"]}
        summary["object_roles"] = roles
        shown = {**copy.deepcopy(item), "type": kind.type, "url": url, "related": related, "summary_fields": summary}
        shown.update(KINDS[endpoint].read_only)
        if shown.get("notification_configuration", {}).get("password"):
            shown["notification_configuration"]["password"] = ENCRYPTED
        return shown

    def has_role(self, user: str, item: int, role: str) -> bool:
        """Return whether a user has a role on an object, directly or through a role that includes it."""
        if user == ADMINISTRATOR:
            return True
        includes = {role, *KINDS[self.find(item)[0]].roles.get(role, ())}
        teams = set(self.teams[user])
        return any(
            teams & set(self.granted.get(key, []))
            for key, (owner, granted) in self.roles.items()
            if owner == item and granted in includes
        )


def _matches(store: Store, item: Item, name: str, value: str) -> bool:
    """Return whether an object meets one filter of a query, such as ``organization__name=Default``."""
    field, dummy, other = name.partition("__")
    if field not in item:
        raise Refused({"detail": f"{name} is no field"})
    if other:
        return item[field] is not None and str(store.find(item[field], *RELATED[field])[1][other]) == value
    return str(item[field]) == value


class Api:
    """The responses to requests, as functions of user, path and data."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def answer(self, user: str, method: str, path: str, query: Mapping[str, str], data: Item) -> tuple[int, Any]:
        """Return the status and the JSON. Raises HTTPException."""
        parts = path.removeprefix(PREFIX).strip("/").split("/")
        if parts[0] == "roles":
            return self._role(user, method, int(parts[1]), data)
        if parts[0] in ("jobs", "workflow_jobs", "workflow_approvals"):
            return self._job(user, method, parts)
        if parts[-1] == "launch":
            return 201, self._launch(user, int(parts[1]), data)
        if method != "GET" and user != ADMINISTRATOR:
            raise Forbidden
        if len(parts) == 1:
            return self._list(user, method, parts[0], query, data)
        endpoint, item = self.store.find(int(parts[1]), parts[0])
        if not self.store.has_role(user, item["id"], "read_role"):
            raise Forbidden
        return self._detail(method, endpoint, item, data) if len(parts) == 2 else self._part(method, parts, item, data)

    def _list(self, user: str, method: str, endpoint: str, query: Mapping[str, str], data: Item) -> tuple[int, Any]:
        if method == "POST":
            return 201, self._create(endpoint, data)
        endpoints = UNIFIED if endpoint == "unified_job_templates" else (endpoint,)
        if not set(endpoints) <= set(KINDS):
            raise NotFound
        found = [item for each in endpoints for item in self._found(user, each, dict(query))]
        return 200, listing(found)

    def _found(self, user: str, endpoint: str, wanted: dict[str, str]) -> Iterator[Item]:
        if wanted.pop("type", KINDS[endpoint].type) != KINDS[endpoint].type:
            return
        for item in self.store.objects[endpoint].values():
            fields = {"organization": None, **item}
            matches = all(_matches(self.store, fields, name, value) for name, value in wanted.items())
            if matches and self.store.has_role(user, item["id"], "read_role"):
                yield self.store.shown(endpoint, item)

    def _create(self, endpoint: str, data: Item) -> Item:
        kind = KINDS[endpoint]
        item = {**copy.deepcopy(dict(kind.fields)), **_writable(kind, data)}
        missing = [name for name in kind.required if item[name] in ("", None)]
        if missing:
            raise Refused({name: ["This field is required."] for name in missing})
        for other in self.store.objects[endpoint].values():
            if kind.identity and all(other.get(name) == item.get(name) for name in kind.identity):
                raise Refused({"__all__": ["This object already exists."]})
        self._check(endpoint, item, data)
        return self.store.shown(endpoint, self.store.add(endpoint, **item))

    def _detail(self, method: str, endpoint: str, item: Item, data: Item) -> tuple[int, Any]:
        if method == "PATCH":
            changes = _writable(KINDS[endpoint], data)
            used = any(each["credential_type"] == item["id"] for each in self.store.objects["credentials"].values())
            if endpoint == "credential_types" and used and changes.get("inputs", item["inputs"]) != item["inputs"]:
                raise Forbidden
            if endpoint == "workflow_job_template_nodes":
                changes.pop("workflow_job_template", None)
            self._check(endpoint, {**item, **changes}, data)
            item.update(changes)
        elif method != "GET":
            raise MethodNotAllowed
        return 200, self.store.shown(endpoint, item)

    def _check(self, endpoint: str, item: Item, data: Item) -> None:
        for field, endpoints in RELATED.items():
            if item.get(field) is not None:
                self.store.find(item[field], *endpoints)
        mistakes: list[str] = []
        if endpoint == "credential_types":
            mistakes = list(credential_type_mistakes(item))
        elif endpoint == "notification_templates":
            mistakes = list(complete_notification(item["notification_type"], item["notification_configuration"]))
        elif endpoint == "schedules" and data != {"enabled": False}:
            mistakes = list(schedule_mistakes(item["rrule"]))
            self._check_answers(item["unified_job_template"], item["extra_data"])
        if mistakes:
            raise Refused({"__all__": mistakes})

    def _check_answers(self, template: int, answers: Mapping[str, Any]) -> None:
        item = {"survey_enabled": False, "ask_variables_on_launch": False, **self.store.find(template)[1]}
        errors = answer_mistakes({**item, "survey_spec": self.store.surveys.get(template, {})}, answers)
        if errors:
            raise Refused(errors)

    def _part(self, method: str, parts: list[str], item: Item, data: Item) -> tuple[int, Any]:
        """Respond to a request for a part of an object: its survey, its approval, or a list of associated objects."""
        endpoint, name = parts[0], parts[2]
        kind = KINDS[endpoint]
        if name == "survey_spec" and kind.survey:
            return self._survey(method, item["id"], data)
        if name == "create_approval_template" and endpoint == "workflow_job_template_nodes" and method == "POST":
            approval = self._create("workflow_approval_templates", data)
            item["unified_job_template"] = approval["id"]
            return 201, approval
        if name not in kind.sublists:
            raise NotFound
        members = self.store.members.setdefault((item["id"], name), [])
        if method == "POST":
            self._associate(members, kind.sublists[name], data)
            return 204, None
        return 200, listing([self.store.shown(*self.store.find(each, kind.sublists[name])) for each in members])

    def _associate(self, members: list[int], endpoint: str, data: Item) -> None:
        if data.get("disassociate"):
            members.remove(data["id"])
            return
        dummy, added = self.store.find(data["id"], endpoint)
        if endpoint == "credentials":
            types = [self.store.find(each, endpoint)[1]["credential_type"] for each in members]
            if added["credential_type"] in types:
                raise Refused({"error": "Cannot assign multiple credentials of one type."})
        members.append(added["id"])

    def _survey(self, method: str, template: int, data: Item) -> tuple[int, Any]:
        if method == "POST":
            mistakes = list(survey_mistakes(data))
            if mistakes:
                raise Refused({"error": " ".join(mistakes)})
            self.store.surveys[template] = data
        return 200, self.store.surveys.get(template, {})

    def _role(self, user: str, method: str, role: int, data: Item) -> tuple[int, Any]:
        if user != ADMINISTRATOR:
            raise Forbidden
        teams = self.store.granted.setdefault(role, [])
        if method == "POST":
            self._associate(teams, "teams", data)
            return 204, None
        return 200, listing([self.store.shown(*self.store.find(each, "teams")) for each in teams])

    def _launch(self, user: str, template: int, data: Item) -> Item:
        """Launch a job template, or a workflow up to its approval."""
        if not self.store.has_role(user, template, "execute_role"):
            raise Forbidden
        self._check_answers(template, data.get("extra_vars", {}))
        return self._start(template)

    def _start(self, template: int) -> Item:
        endpoint, dummy = self.store.find(template)
        if endpoint == "job_templates":
            return self._new_job("jobs", template, "successful")
        workflow = self._new_job("workflow_jobs", template, "running")
        nodes = self.store.objects["workflow_job_template_nodes"]
        mine = {key for key, node in nodes.items() if node["workflow_job_template"] == template}
        followers = {each for key in mine for each in self.store.members.get((key, "success_nodes"), [])}
        self._run(workflow, mine - followers)
        return workflow

    def _run(self, workflow: Item, nodes: set[int]) -> None:
        for node in nodes:
            target = self.store.objects["workflow_job_template_nodes"][node]["unified_job_template"]
            if self.store.find(target)[0] == "workflow_approval_templates":
                approval = self._new_job("workflow_approvals", workflow["unified_job_template"], "pending")
                approval.update(node=node, workflow=workflow["id"])
                workflow["jobs"].append(approval["url"])
            else:
                workflow["jobs"].append(self._start(target)["url"])
                self._run(workflow, set(self.store.members.get((node, "success_nodes"), [])))

    def _new_job(self, kind: str, template: int, status: str) -> Item:
        key = self.store.new_id()
        url = f"{PREFIX}{kind}/{key}/"
        job = {"id": key, "url": url, "kind": kind, "unified_job_template": template, "status": status, "jobs": []}
        self.store.jobs[key] = job
        return job

    def _job(self, user: str, method: str, parts: list[str]) -> tuple[int, Any]:
        """Respond to a request for a job.

        Users who can read the template can read its jobs; approving requires another role.
        """
        job = self.store.jobs[int(parts[1])]
        if not self.store.has_role(user, job["unified_job_template"], "read_role"):
            raise Forbidden
        if method == "POST" and parts[2:] == ["approve"]:
            if not self.store.has_role(user, job["unified_job_template"], "approval_role"):
                raise Forbidden
            job["status"] = "successful"
            workflow = self.store.jobs[job["workflow"]]
            self._run(workflow, set(self.store.members.get((job["node"], "success_nodes"), [])))
            return 204, None
        return 200, "output" if parts[2:] == ["stdout"] else job


def listing(found: list[Item]) -> Item:
    """Return one page with all objects."""
    return {"count": len(found), "next": None, "previous": None, "results": found}


def _writable(kind: Kind, data: Item) -> Item:
    fields = {name: value for name, value in data.items() if name in kind.fields}
    configuration = fields.get("notification_configuration")
    if configuration and not set(configuration) <= set(NOTIFICATION_FIELDS[data["notification_type"]]):
        raise Refused({"__all__": [f"unknown fields among {sorted(configuration)}"]})
    return fields


class _Silent(WSGIRequestHandler):
    """Logs no requests."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Do nothing."""


class StandIn:
    """The server and its data. ``url`` is the value of ``CONTROLLER_HOST``; the token of a user is the user's name."""

    def __init__(self) -> None:
        self.store = Store()
        self.store.teams[ADMINISTRATOR] = []
        self.changes: list[str] = []  # the requests so far that changed something
        self._api = Api(self.store)
        self._server = make_server("127.0.0.1", 0, self._respond, request_handler=_Silent)

    @property
    def url(self) -> str:
        """``http://127.0.0.1:PORT``."""
        return f"http://127.0.0.1:{self._server.port}"

    @contextmanager
    def running(self) -> Iterator[StandIn]:
        """Serve requests until the end of the block."""
        thread = threading.Thread(target=self._server.serve_forever)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            thread.join()
            self._server.server_close()

    def _respond(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return self._response(Request(environ))(environ, start_response)

    def _response(self, request: Request) -> Response:
        try:
            status, answer = self._answer(request)
        except Refused as refused:
            status, answer = 400, refused.answer
        except HTTPException as error:
            status, answer = error.code or 500, {"detail": error.name}
        if request.method != "GET" and status < 400:
            self.changes.append(f"{request.method} {request.path}")
        body = "" if status == 204 else json.dumps(answer)
        headers = {"X-API-Product-Name": "AWX", "X-API-Product-Version": "24.6.1"}
        return Response(body, status, headers, content_type="application/json")

    def _answer(self, request: Request) -> tuple[int, Any]:
        user = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if user not in self.store.teams:
            raise Unauthorized
        data = json.loads(request.get_data() or b"{}") if request.method in ("POST", "PATCH") else {}
        return self._api.answer(user, request.method, request.path, request.args, data)
