# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the repeated parts of the modules' documentation:

`python -m tests.tooling.documentation [--write]`. A part is between the comments `# begin NAME` and `# end NAME`, and
comes from `tests/tooling/snippets/NAME.txt`. Values such as aliases, protocols and kinds are filled in from the tables
of the code. Without `--write`, an outdated part is a failure.
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Iterable, Mapping
from pathlib import Path
from string import Template
from typing import get_args

from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.errors import FailureKind
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.api_2_0 import Api20
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rule_fields import ALIASES
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rules import PROTOCOLS
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.lint import KINDS
from tests.tooling.environment import ROOT

MODULES = ROOT / "plugins" / "modules"
SNIPPETS = Path(__file__).parent / "snippets"
BLOCK = re.compile(r"^( *)# begin (\w+)(?: (\w+))?\n(.*?)^\1# end \2\n", re.MULTILINE | re.DOTALL)
INCLUDE = re.compile(r"^( *)# include (\w+)\n", re.MULTILINE)
WIDTH = 120
OFFLINE_KINDS = ("invalid_input", "policy", "conflict", "unsupported")


def listed(values: Iterable[str], word: str = "or") -> str:
    """Return `V(a), V(b) or V(c)`."""
    *first, last = [f"V({value})" for value in values]
    return f"{', '.join(first)} {word} {last}" if first else last


TENCENT = {
    "effects": "V(none), V(opens), V(closes) or V(opens_and_closes).",
    "deciders": "The positions of the deciding rules in C(before) and C(after); null where no rule matches.",
    "write_action": "ModifySecurityGroupPolicies",
    "read_action": "DescribeSecurityGroupPolicies",
    "request_id": "3c140219-cfe9-470e-b241-907877d6fb03",
    "kinds": listed(get_args(FailureKind)),
    "kind": "not_found",
    "code": "ResourceNotFound",
    "message": "The specified resource does not exist.",
    "http_status": "200",
    "mistakes": """[{path: "ingress[2].port", message: "'22-' is not a port"}]""",
    "policy_name": "The name of the policy, or the kind of the finding with O(lint=error).",
    "policy_kinds": listed(("protect", "forbid", "lint")) + ".",
}
ALIYUN = {
    **TENCENT,
    "effects": "V(none), V(opens), V(closes), V(opens_and_closes), or V(unknown) if the rules could not be read.",
    "deciders": "The IDs of the deciding rules, or V(inner_access_policy); null where no rule matches.",
    "write_action": "ModifySecurityGroupPolicy",
    "read_action": "DescribeSecurityGroupAttribute",
    "request_id": "CEF72CEB-54B6-4AE8-B225-F876FF7BA984",
    "code": "InvalidSecurityGroupId.NotFound",
    "message": "The specified SecurityGroupId does not exist.",
    "http_status": "404",
    "mistakes": """[{path: "inner_access_policy", message: "'allow' is not accept or drop"}]""",
    "policy_name": "The name of the policy.",
    "policy_kinds": listed(("protect", "forbid")) + ".",
}
CHECK = {**TENCENT, "kinds": listed(OFFLINE_KINDS), "kind": "policy", "omitted": "account_failure"}
VARIANTS: Mapping[str, Mapping[str, str]] = {
    "aliyun_sg_policy": ALIYUN,
    "tencent_sg_rules": TENCENT,
    "tencent_sg_rules_check": CHECK,
}


def tables() -> dict[str, str]:
    """The values from the code."""
    lacking = [protocol for protocol in PROTOCOLS if protocol not in Api20.limits.protocols]
    return {
        **{name: f"[{', '.join(aliases)}]" for name, aliases in ALIASES.items()},
        "protocols": listed(PROTOCOLS),
        "not_on_2_0": listed(lacking, "and no"),
        "description_length": str(Api20.limits.description_length),
        "lint_kinds": listed(KINDS),
    }


def snippet(name: str, values: Mapping[str, str]) -> str:
    """The text of a snippet without its licence header, with the values filled in and others included."""
    text = (SNIPPETS / f"{name}.txt").read_text("utf-8").partition("\n\n")[2]
    text = "".join(wrapped(Template(line).substitute(values)) for line in text.splitlines(keepends=True))

    def included(found: re.Match[str]) -> str:
        return "" if found[2] == values.get("omitted") else textwrap.indent(snippet(found[2], values), found[1])

    return INCLUDE.sub(included, text)


def wrapped(line: str) -> str:
    """A line of a folded text that has become too long, split into several lines."""
    indent = " " * (len(line) - len(line.lstrip()))
    if ": " in line or len(indent) + len(line) <= WIDTH:
        return line
    return "\n".join(textwrap.wrap(line.strip(), WIDTH - 4, initial_indent=indent, subsequent_indent=indent)) + "\n"


def rendered(module: Path) -> str:
    """The source of a module with all its parts up to date. Raises KeyError for an unknown value."""

    def part(found: re.Match[str]) -> str:
        indent, name, argument = found[1], found[2], found[3]
        values = {**tables(), **VARIANTS[module.stem], "direction": argument or ""}
        body = textwrap.indent(snippet(name, values), indent)
        head = f"{name} {argument}" if argument else name
        return f"{indent}# begin {head}\n{body}{indent}# end {name}\n"

    return BLOCK.sub(part, module.read_text("utf-8"))


def undocumented(fields: Iterable[str]) -> list[str]:
    """The fields of a rule that rule_fields.txt does not describe."""
    text = (SNIPPETS / "rule_fields.txt").read_text("utf-8")
    return [name for name in fields if not re.search(rf"^{name}:$", text, re.MULTILINE)]


def main(write: bool) -> int:
    """Write or compare all modules. Return the exit status."""
    missing = undocumented(ALIASES)
    if missing:
        print(f"{(SNIPPETS / 'rule_fields.txt').relative_to(ROOT)}: describe {', '.join(missing)}")
        return 1
    stale = {
        module: text for module in sorted(MODULES.glob("*.py")) if (text := rendered(module)) != module.read_text()
    }
    for module, text in stale.items():
        if write:
            module.write_text(text, "utf-8")
        print(f"{module.relative_to(ROOT)}: {'written' if write else 'not up to date; run make format'}")
    return 1 if stale and not write else 0


if __name__ == "__main__":
    sys.exit(main("--write" in sys.argv[1:]))
