# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The places that are searched for a key if neither the options nor the variables have one.

The order is that of the vendor's client library, followed by the files of the command line tool, with one exception:
instance metadata comes last, so that it is only queried if all other places are empty.
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
from .environment import INI_FILE, KEY, OIDC, PROFILE, ROLE
from .instance_role import instance_key, instance_keys
from .profiles import CLI_CONFIGURATION, CLI_FILE, Profiles
from .sts import Identity, StsAccess, sts_access

INI_FILES = ("~/.tencentcloud/credentials", "/etc/tencentcloud/credentials")
SHORTEST_SESSION = 1  # seconds


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
        *_files(from_variables(PROFILE), sts),
        KeyPlace("OIDC of TKE", lambda: _oidc(sts)),
        KeyPlace("instance metadata", lambda: _metadata(sts), is_remote=True),
    ]


def _files(profile: str, sts: StsAccess) -> list[KeyPlace]:
    profiles = Profiles(profile or "default", sts)
    places = [KeyPlace(file, partial(profiles.from_ini, file)) for file in _ini_files()]
    return [*places, KeyPlace(CLI_FILE.format(profiles.name), profiles.from_cli)]


def profile_region(options: Options, client: TaskClient) -> tuple[str, str]:
    """Return the region of the profile in use, which the option or a variable names, or the default one.

    If there is none, the second value says what was found.
    """
    name = options.text("profile") or from_variables(PROFILE) or "default"
    profiles = Profiles(name, sts_access(options, client))
    cli = (f"region in {CLI_CONFIGURATION.format(profiles.name)}", profiles.cli_region)
    return first_region([*((file, partial(profiles.ini_region, file)) for file in _ini_files()), cli])


def _ini_files() -> tuple[str, ...]:
    own = from_variables(INI_FILE)
    return (own,) if own else INI_FILES


def _oidc(sts: StsAccess) -> KeySource | str:
    missing = unset_variables(OIDC)
    if missing:
        return missing
    region, provider, file, arn = (from_variables([name]) for name in OIDC)
    if not (read_text(file) or "").strip():
        raise UnusablePlace(f"the file that {OIDC[2]} names, {file}, does not exist or is empty")
    return sts.assume_with_identity(Identity(provider, file, region), AssumedRole(arn, SESSION_NAME))


def _metadata(sts: StsAccess) -> KeySource | str:
    try:
        return instance_keys(sts.client, instance_key())
    except CloudError as error:
        return error.reason
