# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the report says beside its tables."""

from __future__ import annotations

INTRODUCTION = """# Performance

Written by `make bench`; `make bench ARGS=full` measures up to 1000 groups. Everything runs against the cloud
simulator on the same machine. The variants of a table are measured in turns, the figures are medians, and a ratio is
the median of the ratios within each turn (and so need not be the ratio of the medians), so that whatever else the
machine does hits both sides. A target counts as met or missed only if the middle half of the turns agrees. Read the
ratios: the absolute times are those of one machine.
"""

EXPLANATIONS = {
    "Direct execution": """The same tasks in Ansible's worker process and as processes of their own
(`CNCLOUDS_DIRECT_EXECUTION=0`), against `ansible.builtin.ping`. Each group is as wanted. Loops and separate tasks are
20 in one playbook, less the time of an empty playbook; the first task of a run and the ad-hoc command are whole
commands. `make bench ARGS=direct` measures this section alone.
""",
    "Converged single groups, as tasks of a playbook": """The same task several times in one playbook, as processes of
their own, less the time of an empty playbook. Each group is as wanted; the Tencent Cloud group has 10 rules in each
direction. The round trip is that of a small request to the simulator, and so less than that of an API call.
""",
    "Converged single groups, as module processes": """The program that Ansible sends to a host, run by a fresh
interpreter. The modules on the vendors' clients (`tests/benchmarks/peers`) read, compare and exit, and do nothing
else. Installed libraries have their bytecode; what Ansible sends never has any, on either side. There is no module of
another collection to compare with: `alibaba.alicloud` cannot set the policy of a group, and is on no package index.
""",
    "Where a module process spends its time": """What `python -X importtime` tells of the imports of these programs, by
whose code it is; telling it takes some time itself. It is what a target on converged groups is missed by: `requests`
and what of Python it needs, and the source of this collection, which is compiled anew in every run.
""",
    "Payloads": """The size of the program that Ansible sends, with the options of a single group in it.
""",
    "Many groups in one task": """Seconds of the module process of `tencent_sg_rules` with `groups`, 50 rules in each
direction of each group, half of them the same in all groups. All changed: one rule of each direction is another. The
last column is the first concurrency against the best. The module never sends more calls a second than the vendor
documents for an action, so that beyond some concurrency more does not help. From 100 groups on a run is made once. The
groups are given as JSON text, with `return_unchanged: false`.
""",
    "One task against a loop": """Seconds of a playbook, less those of an empty one: a loop of single-group tasks, whose
time is measured with a few items and scaled up, and one task with `groups`, 8 at once and `return_unchanged: false`.
Its groups are a list in a variable, or the text of a JSON file. All of it is executed directly, except the loop as
processes. The templating is what Ansible needs for the same list or text in a task that does nothing. Groups and
repetitions as above.
""",
    "Plans": """CPU time from the options and the service's answer to the API calls: both parsed and brought to
canonical form, compared, and the calls made up. Half of the rules are in each direction; a tenth is to be merged or
deleted. The exponent is that of the growth, fitted by least squares of the logarithms: 1 is linear.
""",
    "What a change means": """CPU time to explain a change of the rules of one direction (`impact`), and to lint them.
Typical rules have offices, groups, few ports and a drop now and then; hostile ones have random networks and ranges of
ports, half of them dropped. A list of entries that is not complete was cut by the bound on the work; the effect is
right nevertheless. `python -m tests.benchmarks.traffic` prints this table alone.
""",
    "Memory": """Peak memory of the module process for many groups, 50 rules in each direction of each, and the size of
what it returns. The options are in it twice as text and twice as data: ansible-core embeds, parses and copies them;
what it takes for a text it does not parse. Before it prints a result, it copies it, and has it several times as text.
""",
}
