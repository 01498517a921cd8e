# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Give code in this process the surroundings of a new process, and restore everything afterwards."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

from ansible.module_utils import basic
from ansible.module_utils.common import warnings

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2, signal.SIGALRM)


class Streams(NamedTuple):
    """The output of the code."""

    out: io.StringIO
    err: io.StringIO


@contextmanager
def as_a_process(arguments: bytes, variables: Mapping[str, str], folder: str) -> Iterator[Streams]:
    """Provide a module's arguments (JSON), environment variables and working directory, and streams of its own.

    All items of a loop, and all retries, share one worker process, so no change of a module may persist.
    """
    streams = Streams(io.StringIO(), io.StringIO())
    with ExitStack() as stack:
        for name, value in (("_ANSIBLE_ARGS", arguments), ("_ANSIBLE_PROFILE", "legacy"), ("_PARSED_MODULE_ARGS", {})):
            stack.enter_context(_attribute(basic, name, value))
        for name in ("_global_warnings", "_global_deprecations"):  # a list in 2.18, which never empties it
            stack.enter_context(_attribute(warnings, name, type(getattr(warnings, name))()))
        stack.enter_context(_signal_handlers())
        stack.enter_context(_logging_disabled())
        stack.enter_context(_environment(variables))
        stack.enter_context(_working_directory(folder))
        stack.enter_context(contextlib.redirect_stdout(streams.out))
        stack.enter_context(contextlib.redirect_stderr(streams.err))
        yield streams


@contextmanager
def _attribute(owner: Any, name: str, value: object) -> Iterator[None]:
    """Replace an attribute temporarily. One that this ansible-core does not have stays missing."""
    if not hasattr(owner, name):
        yield
        return
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)


@contextmanager
def _signal_handlers() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            if handler is not None and signal.getsignal(number) is not handler:
                signal.signal(number, handler)


@contextmanager
def _logging_disabled() -> Iterator[None]:
    """Disable logging, because with ``log_path`` Ansible's log would contain messages of libraries with signed URLs."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    try:
        os.environ.update(variables)
        yield
    finally:
        for name in set(os.environ) - set(before):
            del os.environ[name]
        os.environ.update({name: value for name, value in before.items() if os.environ.get(name) != value})


@contextmanager
def _working_directory(folder: str) -> Iterator[None]:
    before = os.open(".", os.O_RDONLY)
    try:
        os.chdir(folder)
        yield
    finally:
        os.fchdir(before)
        os.close(before)
