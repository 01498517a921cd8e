# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The places that are searched for a key if neither the options nor the variables have one.

The order is that of the vendor's credentials library, with one exception: instance metadata comes last, so that it is
only queried if all other places are empty.
"""

from __future__ import annotations

from functools import partial

from .._http.errors import CloudError
from .._keys.access import TaskClient
from .._keys.assumed_role import SESSION_NAME, AssumedRole, role_option
from .._keys.key_chain import KeyPlace, KeySearch, UnusablePlace, first_region, read_text
from .._keys.key_options import GivenKey
from .._keys.keys import KeySource
from .._options.environment import from_variables, unset_variables
from .._options.options import Options
from .environment import (
    CLI_DISABLED,
    CREDENTIALS_URI,
    INI_FILE,
    KEY,
    METADATA_DISABLED,
    OIDC,
    OIDC_SESSION,
    PROFILE,
    ROLE,
)
from .instance_role import instance_key, instance_keys, uri_keys
from .profiles import CLI_FILE, Profiles
from .sts import Identity, StsAccess, sts_access

INI_FILES = ("~/.alibabacloud/credentials.ini", "~/.alibabacloud/credentials")
SHORTEST_SESSION = 900  # seconds


def other_keys(options: Options, given: GivenKey, client: TaskClient) -> tuple[KeySource | None, KeySearch | None]:
    """Return the keys of the task, or None after a mistake, and the search that has to find them, if any."""
    sts = sts_access(options, client)
    role = role_option(options, ROLE, SHORTEST_SESSION)
    profile = options.text("profile")
    search = None if given.is_final else KeySearch(KEY, profile, _files(profile, sts) if profile else _places(sts))
    keys = search or given.source
    return sts.assume(keys, role) if keys and role else keys, search


def _places(sts: StsAccess) -> list[KeyPlace]:
    return [
        KeyPlace("OIDC", lambda: _oidc(sts)),
        *_files(from_variables(PROFILE), sts),
        KeyPlace(CREDENTIALS_URI[0], lambda: _uri(sts)),
        KeyPlace("instance metadata", lambda: _metadata(sts), is_remote=True),
    ]


def _files(profile: str, sts: StsAccess) -> list[KeyPlace]:
    profiles = Profiles(profile, sts)
    cli = KeyPlace(CLI_FILE, lambda: f"{CLI_DISABLED[0]} is set" if _cli_disabled() else profiles.from_cli())
    return [cli, *(KeyPlace(file, partial(profiles.from_ini, file)) for file in _ini_files())]


def profile_region(options: Options, client: TaskClient) -> tuple[str, str]:
    """Return the region of the profile in use: that of the option, of the variables, or the current one of a file.

    If there is none, the second value says what was found.
    """
    profiles = Profiles(options.text("profile") or from_variables(PROFILE), sts_access(options, client))
    cli = [] if _cli_disabled() else [(f"region_id in {CLI_FILE}", profiles.cli_region)]
    return first_region([*cli, *((file, partial(profiles.ini_region, file)) for file in _ini_files())])


def _cli_disabled() -> bool:
    return from_variables(CLI_DISABLED).lower() == "true"


def _ini_files() -> tuple[str, ...]:
    own = from_variables(INI_FILE)
    return (own,) if own else INI_FILES


def _oidc(sts: StsAccess) -> KeySource | str:
    missing = unset_variables(OIDC)
    if missing:
        return missing
    arn, provider, file = (from_variables([name]) for name in OIDC)
    if not (read_text(file) or "").strip():
        raise UnusablePlace(f"the file that {OIDC[2]} names, {file}, does not exist or is empty")
    role = AssumedRole(arn, from_variables(OIDC_SESSION) or SESSION_NAME)
    return sts.assume_with_identity(Identity(provider, file), role)


def _uri(sts: StsAccess) -> KeySource | str:
    uri = from_variables(CREDENTIALS_URI)
    return uri_keys(uri, sts.client) if uri else "not set, or empty"


def _metadata(sts: StsAccess) -> KeySource | str:
    if from_variables(METADATA_DISABLED).lower() == "true":
        return f"{METADATA_DISABLED[0]} is set"
    try:
        return instance_keys("", sts.client, instance_key())
    except CloudError as error:
        return error.reason
