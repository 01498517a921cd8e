# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every YAML block on every page is run, or at least checked for validity.

``FORMS`` defines the possible forms of a block and how each one is tested; a block without a form fails. Blocks of
pages in ``RUN_ELSEWHERE`` are run by the test named there, because they belong together with other files or with output
on the page; here, only their syntax and options are checked.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cloud_simulator.build import build
from tests.cloud_simulator.exchange import Reply, Request, SeedError
from tests.cloud_simulator.harness import running_simulator
from tests.support import aliyun_keys, tencent_keys
from tests.support.ansible_commands import BIN, ROOT, Ansible
from tests.support.loopback import serving
from tests.support.module_runner import COLLECTION, run_module
from tests.support.pages import blocks
from tests.support.worlds import (
    ALIYUN_REGION,
    TENCENT_REGION,
    aliyun_seed,
    tencent_seed,
    variables,
)
from tests.tooling.stage import source_files

PAGES = [path for path in source_files() if path.suffix == ".md" and path.parts[0] in ("README.md", "docs", "roles")]
RUN_ELSEWHERE = {
    "docs/awx.md": "tests/awx/test_configure.py",
    "docs/fleets.md": "tests/playbooks/test_guides.py",
    "docs/impact.md": "tests/playbooks/test_impact_page.py",
    "docs/migration.md": "tests/playbooks/test_migration.py",
    "docs/pull_requests.md": "tests/playbooks/test_pull_requests.py",
    "docs/simulator.md": "tests/playbooks/test_simulator_guide.py",
}
# Keywords with lists of tasks, and a collection whose modules the pages use and the tests do not install.
TASK_LISTS = ("pre_tasks", "tasks", "post_tasks", "handlers", "block", "rescue", "always")
NOT_INSTALLED = "alibaba.alicloud."


@dataclass(frozen=True)
class Block:
    """One YAML block: the page, its number on it from 1, and its text."""

    page: str
    number: int
    text: str

    @property
    def data(self) -> Any:
        """The content of the YAML."""
        return yaml.load(self.text, Loader=_Loader)

    def run_here(self) -> bool:
        """Whether no other test runs it."""
        return self.page not in RUN_ELSEWHERE


class _Loader(yaml.SafeLoader):
    """A SafeLoader that reads ``on`` as a text, as GitHub does."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool" or first not in "oO"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


BLOCKS = [
    Block(page.as_posix(), number, text)
    for page in PAGES
    for number, text in enumerate(blocks((ROOT / page).read_text("utf-8"), "yaml"), start=1)
]


# ------------------------------------------------------------------------------------------------ options


@pytest.fixture(scope="session")
def documented() -> dict[str, dict[str, Any]]:
    """The options of each module according to ``ansible-doc``."""
    names = [f"{COLLECTION}.{path.stem}" for path in (ROOT / "plugins/modules").glob("[a-z]*.py")]
    done = subprocess.run([BIN / "ansible-doc", "--json", *names], capture_output=True, text=True, check=True)
    return {name: entry["doc"]["options"] for name, entry in json.loads(done.stdout).items()}


def tasks_of(data: Any) -> Iterator[dict[str, Any]]:
    """Every task of plays, blocks or a list of tasks."""
    for item in data:
        nested = [item[name] for name in TASK_LISTS if name in item]
        for inner in nested:
            yield from tasks_of(inner)
        if not nested and "hosts" not in item:
            yield item


def unknown_options(given: Any, options: Mapping[str, Any], path: str) -> list[str]:
    """The paths of the undocumented options, at any depth. Templates are not examined."""
    if isinstance(given, list):
        return [found for item in given for found in unknown_options(item, options, path)]
    if not isinstance(given, dict):
        return []
    known = {name: option for key, option in options.items() for name in (key, *option.get("aliases", []))}
    found = [f"{path}.{name}" for name in given if name not in known]
    for name, value in given.items():
        if known.get(name, {}).get("suboptions"):
            found += unknown_options(value, known[name]["suboptions"], f"{path}.{name}")
    return found


def undocumented(data: Any, documented: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Unknown options in tasks with modules of this collection, and unknown modules."""
    found = []
    for task in tasks_of(data):
        for name in (name for name in task if name.startswith(f"{COLLECTION}.")):
            if name not in documented:
                found.append(name)
            else:
                found += unknown_options(task[name], documented[name], name)
    return found


# ------------------------------------------------------------------------------------------------ a world for a block


@dataclass(frozen=True)
class World:
    """The real commands, in clouds that have every security group that the block names."""

    ansible: Ansible
    environment: Mapping[str, str]
    documented: Mapping[str, Mapping[str, Any]]

    def run(self, *command: str) -> None:
        """Run a command, which must succeed."""
        run = self.ansible.command(*command, environment=self.environment)
        assert run.status == 0, run.stdout + run.stderr

    def write(self, name: str, text: str) -> str:
        """Write a file into the folder of the commands; return its name."""
        path = self.ansible.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return name


def page_text(page: str) -> str:
    """The text of a page, or an empty text if the page does not exist."""
    return (ROOT / page).read_text("utf-8") if (ROOT / page).is_file() else ""


def seed(text: str) -> dict[str, Any]:
    """Clouds with the named groups. Alibaba Cloud's have longer IDs, and are isolated."""
    names = sorted(set(re.findall(r"\bsg-[0-9a-z]+", text)))
    drop = {"region": ALIYUN_REGION, "inner_access_policy": "Drop"}
    aliyun = [{"id": name, **drop} for name in names if len(name) > len("sg-33ocnj9n")]
    tencent = [{"id": name, "region": TENCENT_REGION} for name in names if len(name) == len("sg-33ocnj9n")]
    return {
        "aliyun": {**aliyun_seed(), "security_groups": aliyun},
        "tencent": {**tencent_seed(), "security_groups": tencent},
    }


@pytest.fixture
def world(block: Block, ansible: Ansible, documented: Mapping[str, Mapping[str, Any]]) -> Iterator[World]:
    with running_simulator(seed(block.text + page_text(block.page))) as clouds:
        aliyun_sts, tencent_sts = aliyun_keys.Sts(), tencent_keys.Sts()

        def answer(request: Request) -> Reply:
            if request.headers.get("x-acs-action") == "AssumeRole":
                return aliyun_sts.answer(request)
            if request.headers.get("x-tc-action") == "AssumeRole":
                return tencent_sts.answer(request)
            return clouds.simulator.answer(request).reply

        with serving(answer) as front:
            sts = dict.fromkeys(("ALIBABA_CLOUD_ENDPOINT_STS", "TENCENTCLOUD_ENDPOINT_STS"), front.url)
            yield World(ansible, {**variables(front.url), **sts}, documented)


# ------------------------------------------------------------------------------------------------ forms


def playbook(block: Block, world: World) -> None:
    """Check the syntax and the options, then run in check mode with the files of the page next to the playbook."""
    assert undocumented(block.data, world.documented) == []
    files_of_the_page(block, world)
    name = world.write("the_block.yml", block.text)
    if NOT_INSTALLED in block.text:
        return  # ansible-playbook refuses unknown modules; the test of the page has a stub
    world.run("ansible-playbook", "--syntax-check", name)
    if block.run_here():
        world.run("ansible-playbook", "--check", "--diff", name)


def files_of_the_page(block: Block, world: World) -> list[str]:
    """Write the blocks of the page that begin with the name of a file; return the names."""
    named = [(re.match(r"# (\S+\.yml)\n", each.text), each) for each in BLOCKS if each.page == block.page]
    return [world.write(name[1], each.text) for name, each in named if name]


def tasks(block: Block, world: World) -> None:
    """Test them as a playbook with one play."""
    indented = "".join(f"    {line}" for line in block.text.splitlines(keepends=True))
    playbook(replace(block, text=f"{PLAY}  tasks:\n{indented}"), world)


def play_keywords(block: Block, world: World) -> None:
    """Test them in a play with one task, whose module reads the values."""
    options = "{security_group_id: sg-33ocnj9n, ingress: []}"
    task = f"  tasks:\n    - {COLLECTION}.tencent_sg_rules_check: {options}\n"
    keywords = "".join(f"  {line}" for line in block.text.splitlines(keepends=True))
    playbook(replace(block, text=PLAY + keywords + task), world)


def host_variables(block: Block, world: World) -> None:
    """Test them as variables of a host on which a module runs."""
    inventory = yaml.safe_dump({"all": {"hosts": {"host": block.data}}})
    world.write("inventory.yml", inventory)
    options = "security_group_id=sg-33ocnj9n ingress=[]"
    command = ("ansible", "host", "-i", "inventory.yml", "-m", f"{COLLECTION}.tencent_sg_rules_check", "-a", options)
    world.run(*command)


def role_variables(block: Block, world: World) -> None:
    """The names are those of the role, and its preview accepts the values, together with the groups of the page."""
    specification = yaml.safe_load((ROOT / "roles/security_groups/meta/argument_specs.yml").read_text("utf-8"))
    assert set(block.data) <= set(specification["argument_specs"]["main"]["options"])
    names = [*files_of_the_page(block, world), world.write("more_groups.yml", block.text)]
    world.run("ansible-playbook", f"{COLLECTION}.preview", *(f"-e@{name}" for name in names if "groups" in name))


def rules(block: Block, world: World) -> None:
    """The module that checks rules accepts them. ``desired`` is the name of the ingress rules in docs/impact.md."""
    options = {"ingress" if name == "desired" else name: value for name, value in block.data.items()}
    if "desired" in block.data:
        options["present"] = {"ingress": options["present"]}
    result = run_module("tencent_sg_rules_check", {"security_group_id": "sg-33ocnj9n", **options})
    assert result.get("failure", {}).get("kind") in (None, "policy"), result["msg"]


def clouds_of_the_simulator(block: Block, world: World) -> None:
    """The simulator starts from this seed, and refuses unknown members."""
    build(block.data)


def settings_for_awx(block: Block, world: World) -> None:
    """The names are those of the file. The effect is tested with AWX's own collection."""
    assert set(block.data) <= set(yaml.safe_load((ROOT / "extensions/awx/settings.yml").read_text("utf-8")))


def environment(block: Block, world: World) -> None:
    """ansible-core knows the variables."""
    done = subprocess.run([BIN / "ansible-config", "list", "-f", "json"], capture_output=True, text=True, check=True)
    known = {each["name"] for setting in json.loads(done.stdout).values() for each in setting.get("env") or ()}
    assert set(block.data) <= known


def workflow(block: Block, world: World) -> None:
    """It is valid for GitHub's schema."""
    schema(block, world, "vendor.github-workflows")


def schema(block: Block, world: World, name: str) -> None:
    """The text is valid for a schema that the tool has."""
    file = world.ansible.folder / world.write("file.yml", block.text)
    command = [str(BIN / "check-jsonschema"), "--builtin-schema", name, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def hooks(block: Block, world: World) -> None:
    """The hooks are those of this repository."""
    (repository,) = block.data["repos"]
    known = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))}
    assert {hook["id"] for hook in repository["hooks"]} <= known


def of_the_page(block: Block, world: World) -> None:
    """Files of molecule, and the examples in docs/impact.md: only the test of the page can run them."""
    assert not block.run_here()


PLAY = "- name: The block\n  hosts: localhost\n  gather_facts: false\n"
Check = Callable[[Block, World], None]
# Mappings by their possible names. A name that ends with _ represents all names with this prefix.
FORMS: tuple[tuple[Check, tuple[str, ...]], ...] = (
    (role_variables, ("security_groups_",)),
    (host_variables, ("ansible_",)),
    (settings_for_awx, ("awx_",)),
    (environment, ("ANSIBLE_",)),
    (play_keywords, ("vars", "environment", "module_defaults")),
    (rules, ("ingress", "egress", "present", "desired", "protect", "forbid", "override", "lint", "known_members")),
    (clouds_of_the_simulator, ("aliyun", "tencent")),
    (workflow, ("name", "on", "permissions", "jobs")),
    (hooks, ("repos",)),
    (of_the_page, ("driver", "platforms", "provisioner", "scenario")),
    (of_the_page, ("rules", "before", "after")),
)


def form_of(data: Any) -> Check:
    """The form of a block. Raises LookupError."""
    if isinstance(data, list) and all(isinstance(item, dict) for item in data):
        return playbook if all("hosts" in item for item in data) else tasks
    for check, names in FORMS:
        beginnings = tuple(name for name in names if name.endswith("_"))
        if isinstance(data, dict) and all(name in names or name.startswith(beginnings) for name in data):
            return check
    raise LookupError("this block is of no form that the tests know")


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: f"{block.page}-{block.number}")
def test_a_block_works(block: Block, world: World) -> None:
    form_of(block.data)(block, world)


# ------------------------------------------------------------------------------------------------ the test itself


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (f"- {COLLECTION}.tencent_sg_rules: {{ingres: []}}\n", "tencent_sg_rules.ingres"),
        (f"- {COLLECTION}.tencent_sg_rules: {{ingress: [{{acton: drop}}]}}\n", "tencent_sg_rules.ingress.acton"),
        (f"- {COLLECTION}.aliyun_sg_policy: {{groups: [{{id: sg-1}}]}}\n", "aliyun_sg_policy.groups.id"),
        (f"- block:\n    - {COLLECTION}.tencent_sg: {{name: web}}\n", f"'{COLLECTION}.tencent_sg'"),
        ("security_groups_tencnt: []\n", "security_groups_tencnt"),
        ("security_groups_tencent: [{regin: ap-guangzhou, groups: []}]\n", "regin"),
        ("awx_clods: []\n", "awx_clods"),
        ("ANSIBLE_COLLECTION_PATH: /\n", "ANSIBLE_COLLECTION_PATH"),
        ("tencent: {regons: []}\n", "regons"),
        ("ingress: [{action: accept, prt: 22}]\n", "prt"),
        ("name: x\non: push\njobs: {test: {runs_on: ubuntu-latest}}\n", "runs_on"),
        ("hello: world\n", "of no form"),
    ],
)
def test_a_block_with_a_mistake_fails(block: Block, world: World, text: str, complaint: str) -> None:
    wrong = replace(block, text=text)
    with pytest.raises((AssertionError, LookupError, SeedError), match=re.escape(complaint)):
        form_of(wrong.data)(wrong, world)


@pytest.fixture
def block() -> Block:
    """A placeholder for tests that are not parametrized with a block."""
    return Block("docs/nothing.md", 1, "")


@pytest.mark.parametrize(("page", "test"), RUN_ELSEWHERE.items())
def test_the_tests_named_read_their_pages(page: str, test: str) -> None:
    text = (ROOT / test).read_text("utf-8")
    assert page in text


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_names_and_links_on_a_page_exist(page: Path) -> None:
    """Full names of modules, plugins, playbooks and the role, and links to files; no other fences contain YAML."""
    text = (ROOT / page).read_text("utf-8")
    for name in re.findall(rf"(?<!ansible_collections\.)\b{COLLECTION}\.(\w+)", text):
        places = [f"plugins/{kind}/{name}.py" for kind in ("modules", "inventory")]
        places += [f"playbooks/{name}.yml", f"roles/{name}/tasks/main.yml"]
        assert name in ACTION_GROUPS or any((ROOT / place).is_file() for place in places), name
    folder = ROOT / "docs" if page.parent.name == "docsite" else ROOT / page.parent  # as on the site
    for link in re.findall(r"\]\(([^)\s#]+)", text):
        if link.startswith(OWN):
            assert (ROOT / link.removeprefix(OWN).partition("/main/")[2]).exists(), link
        elif not link.startswith(("https:", "http:")):
            assert (folder / link).exists(), link
    assert "```yml" not in text


OWN = "https://github.com/cnclouds/security_groups/"
ACTION_GROUPS = ("aliyun", "tencent", "all")
