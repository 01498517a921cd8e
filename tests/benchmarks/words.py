# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The texts of the report, besides its tables."""

from __future__ import annotations

INTRODUCTION = """# Performance

Written by `make bench`; `make bench ARGS=full` measures up to 1000 groups. Everything runs against the cloud
simulator on the same machine. The variants of a table are measured in turns, so that other load on the machine affects
all of them. The figures are medians. A ratio is the median of the ratios within each turn, which can differ from the
ratio of the medians. A target is only met or missed if the middle half of the turns agrees. Compare the ratios, because
the absolute times depend on the machine.
"""

EXPLANATIONS = {
    "Direct execution": """The same tasks in Ansible's worker process and as separate processes
(`CNCLOUDS_DIRECT_EXECUTION=0`), compared with `ansible.builtin.ping`. Each group already has its desired state. A
playbook has 20 items of a loop or separate tasks, and the time of an empty playbook is subtracted. For the first task
of a run and the ad-hoc command, the time is that of the whole command. `make bench ARGS=direct` measures only this
section and the next one.
""",
    "Where a direct task spends its time": """Wall time of one item of a loop and of one separate task, without the
empty playbook, as above. The module's `main` is measured in a process that has imported the module, as a worker process
has, and divided by the shares that `cProfile` reports. The HTTP call includes the simulator's own time. `AnsibleModule`
is ansible-core's part of a module: it checks the options and prints the result. Ansible around it is everything else:
it templates the options, forks a worker process for each task (not for each item of a loop), and prints and stores the
results. `ansible.builtin.debug` only returns a text.
""",
    "Converged single groups, as tasks of a playbook": """The same task several times in one playbook, as separate
processes; the time of an empty playbook is subtracted. Each group already has its desired state, and the Tencent Cloud
group has 10 rules in each direction. The round trip is that of a small request to the simulator, which is shorter than
that of an API call.
""",
    "Converged single groups, as module processes": """The program that Ansible sends to a host, run by a new
interpreter. The modules that use the vendors' clients (`tests/benchmarks/peers`) only read, compare and exit. Installed
libraries have bytecode; the programs that Ansible sends never have any, on either side. No other collection has a
module to compare with: `alibaba.alicloud` cannot set the policy of a group, and is on no package index.
""",
    "Where a module process spends its time": """The imports of these programs as `python -X importtime` reports them,
by the origin of the code. The report itself takes some time. A converged task takes longer than ping mainly because of
`requests`, with the parts of Python that it imports, and because of the source of this collection, which Python
compiles again in every run.
""",
    "Payloads": """The size of the program that Ansible sends, including the options of a single group.
""",
    "Many groups in one task": """Seconds of the module process of `tencent_sg_rules` with `groups`, 50 rules in each
direction of each group, half of them the same in all groups. *All changed*: one rule of each direction differs. The
last column compares the first concurrency with the best. The module never exceeds the number of calls per second that
the vendor documents for an action, so a higher concurrency does not help beyond some point. From 100 groups on, each
run is made once. The groups are JSON text, with `return_unchanged: false`.
""",
    "One task against a loop": """Seconds of a playbook, without those of an empty one. Compared are a loop of tasks
for one group, whose time is measured with a few items and scaled up, and one task with `groups`, 8 at once and with
`return_unchanged: false`. `groups` is a list in a variable, or the text of a JSON file. Everything is executed
directly, except the loop as processes. The templating is the time that Ansible takes for the same list or text in a
task that does nothing. Groups and repetitions are as above.
""",
    "Plans": """CPU time to get from the options and the service's response to the API calls: both are parsed,
brought to canonical form and compared, and the calls are prepared. Half of the rules are in each direction; a tenth is
merged or deleted. The exponent describes the growth, fitted by least squares of the logarithms: 1 is linear.
""",
    "What a change means": """CPU time to explain a change of the rules of one direction (`impact`), and to lint them.
Typical rules have offices, groups, few ports and an occasional drop; hostile ones have random networks and port ranges,
half of them dropped. An incomplete list of entries was cut by the limit on the work; the effect is still correct.
`python -m tests.benchmarks.traffic` prints only this table.
""",
    "Memory": """Peak memory of the module process for many groups, 50 rules in each direction of each, and the size of
what it returns. The process holds the options twice as text and twice as data, because ansible-core embeds, parses and
copies them; it does not parse a value that is a text. Before ansible-core prints a result, it copies it, and holds it
several times as text.
""",
}
