# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The extent of the measurements."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Profile:
    """Sizes and repetitions.

    ``rounds`` repeats module processes, ``play_rounds`` playbooks and ``fleet_rounds`` fleets. Fleets of ``once_from``
    groups and more run once. ``tasks`` is the number of tasks in one playbook, ``loop`` the number of items in the loop
    that a task for several groups is compared with. ``direct_tasks`` and ``direct_rounds`` are for the section on
    direct execution.
    """

    rounds: int
    play_rounds: int
    fleet_rounds: int
    once_from: int
    tasks: int
    direct_rounds: int
    direct_tasks: int
    loop: int
    fleets: tuple[int, ...]
    fleet_rules: int  # of each direction
    latencies: tuple[int, ...]  # milliseconds
    concurrencies: tuple[int, ...]
    played_fleets: tuple[int, ...]
    memory: int  # groups
    plans: tuple[int, ...]  # rules, half of them in each direction
    plan_rounds: int
    explained: tuple[int, ...]  # rules of the lists whose change is explained


QUICK = Profile(
    rounds=7,
    play_rounds=3,
    fleet_rounds=1,
    once_from=100,
    tasks=6,
    direct_rounds=3,
    direct_tasks=20,
    loop=10,
    fleets=(1, 10, 100),
    fleet_rules=50,
    latencies=(30,),
    concurrencies=(1, 16),
    played_fleets=(10,),
    memory=1000,
    plans=(10, 100, 200, 1000, 2000),
    plan_rounds=9,
    explained=(100, 1000),
)
FULL = Profile(
    **{
        **vars(QUICK),
        "rounds": 15,
        "play_rounds": 5,
        "direct_rounds": 5,
        "fleet_rounds": 2,
        "loop": 20,
        "fleets": (1, 10, 100, 1000),
        "latencies": (0, 30),
        "concurrencies": (1, 8, 16),
        "played_fleets": (10, 100, 1000),
        "plan_rounds": 15,
    }
)
TINY = Profile(
    rounds=1,
    play_rounds=1,
    fleet_rounds=1,
    once_from=1,
    tasks=1,
    direct_rounds=1,
    direct_tasks=1,
    loop=2,
    fleets=(2,),
    fleet_rules=2,
    latencies=(0,),
    concurrencies=(2,),
    played_fleets=(2,),
    memory=2,
    plans=(4, 200),
    plan_rounds=1,
    explained=(100,),
)
# "direct" measures only the sections on direct execution.
PROFILES = {"quick": QUICK, "full": FULL, "tiny": TINY, "direct": FULL}
