# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading a group that may be stale."""

from __future__ import annotations

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._change.outcome import Outcome
from ansible_collections.cnclouds.security_groups.plugins.module_utils._change.reading import READS, Reader
from tests.unit.plugins.word_cloud import Overwriting, Seen, WordCloud, still

OLD = Seen(("a",), 7)


@pytest.mark.parametrize(("stale", "reads"), [(0, 1), (1, 2), (READS - 1, READS), (READS + 3, READS)])
def test_stale_responses_are_read_again_for_a_while(stale: int, reads: int) -> None:
    cloud = WordCloud(("b",), 8, before={("Look", n): still("a", version=7) for n in range(1, stale + 1)})
    outcome: Outcome[Seen] = Outcome()
    found = Reader(Overwriting(("b",)), cloud.speak().client, outcome).read_until_moved([OLD])
    assert len(cloud.calls) == reads
    assert found.words == (("a",) if stale > READS else ("b",))
    assert outcome.after == found


def test_the_deadline_ends_the_wait() -> None:
    cloud = WordCloud(("a",), 7)
    found = Reader(Overwriting(("b",)), cloud.speak(deadline=1).client, Outcome()).read_until_moved([OLD])
    assert found == OLD
    assert len(cloud.calls) < READS
