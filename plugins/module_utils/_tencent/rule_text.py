# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules as YAML text, for diffs and fingerprints."""

from __future__ import annotations

import functools
import json
import re

from .rules import CACHE_SIZE, DIRECTIONS, Rule

# Values that need no quotes in a YAML flow mapping.
_PLAIN = re.compile(r"[0-9A-Za-z][0-9A-Za-z._/-]*")
_INVISIBLE = re.compile(r"[\x7f-\xa0\xad\u2028\u2029\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")


@functools.lru_cache(maxsize=64)
def as_yaml(ingress: tuple[Rule, ...], egress: tuple[Rule, ...]) -> str:
    """Return both directions, with one rule per line."""
    return "".join(f"{name}:{_listed(rules)}\n" for name, rules in zip(DIRECTIONS, (ingress, egress)))


def _listed(rules: tuple[Rule, ...]) -> str:
    return "".join(f"\n  - {{{_flow(rule)}}}" for rule in rules) or " []"


@functools.lru_cache(maxsize=CACHE_SIZE)
def _flow(rule: Rule) -> str:
    return ", ".join(f"{name}: {_scalar(name, value)}" for name, value in rule.to_dict().items())


def _scalar(name: str, value: str) -> str:
    plain = name != "description" and _PLAIN.fullmatch(value)
    return value if plain else _INVISIBLE.sub(_escaped, json.dumps(value, ensure_ascii=False))


def _escaped(match: re.Match[str]) -> str:
    """Escape what would break the line or be invisible, in the spelling that YAML and JSON share."""
    return json.dumps(match.group())[1:-1]
