# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is found after the last write."""

from __future__ import annotations

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._change.outcome import Outcome
from ansible_collections.cnclouds.security_groups.plugins.module_utils._change.plan import Guard, Plan, Step
from ansible_collections.cnclouds.security_groups.plugins.module_utils._change.reading import Reader
from ansible_collections.cnclouds.security_groups.plugins.module_utils._change.verify import verify
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.errors import CloudError
from tests.unit.plugins.word_cloud import Overwriting, Seen, WordCloud

BEFORE, AFTER = Seen(("a",), 7), Seen(("c",), 8)
NONE, OVERWRITTEN, AFTERWARDS = "", "may have been overwritten", "changed the group after this write"
NO_EFFECT, OTHER = "is still as it was before", "is not what was written"
# Guard of the write, words and version that are found, and what that means.
CASES = [
    (Guard.REPLACES_ALL, ("c",), 8, NONE),
    (Guard.REPLACES_ALL, ("c",), 9, OVERWRITTEN),  # another write came before ours
    (Guard.REPLACES_ALL, ("x",), 9, AFTERWARDS),
    (Guard.REPLACES_ALL, ("x",), 10, OVERWRITTEN),
    (Guard.REPLACES_ALL, ("x",), 8, OTHER),
    (Guard.REPLACES_ALL, ("a",), 7, NO_EFFECT),
    (Guard.REPLACES_ALL, ("c",), None, NONE),
    (Guard.REPLACES_PART, ("x",), 9, OVERWRITTEN),
    (Guard.AT_POSITION, ("x",), 8, OVERWRITTEN),
    (Guard.AT_POSITION, ("c",), 9, OVERWRITTEN),
    (Guard.AT_POSITION, ("a",), 7, NO_EFFECT),
    (Guard.ADDS_AT_POSITION, ("x",), 9, OVERWRITTEN),
    (Guard.VERSION, ("x",), 9, AFTERWARDS),
    (Guard.VERSION, ("x",), 8, OTHER),
    (Guard.TOKEN, ("c",), 9, NONE),
]


@pytest.mark.parametrize(("guard", "words", "version", "meaning"), CASES)
def test_what_is_found(guard: Guard, words: tuple[str, ...], version: int | None, meaning: str) -> None:
    client = WordCloud(words, version).speak().client
    outcome: Outcome[Seen] = Outcome()
    plan = Plan(BEFORE, (Step("Put", {}, AFTER, guard),))
    reader = Reader(Overwriting(("c",)), client, outcome)
    if not meaning:
        verify(plan, reader)
        assert outcome.after is not None
        assert outcome.after.words == words
        return
    with pytest.raises(CloudError, match=meaning) as caught:
        verify(plan, reader)
    assert (caught.value.kind, caught.value.action) == ("conflict", "Put")
    assert caught.value.details["theirs"]["words"] == list(words)
