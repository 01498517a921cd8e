# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""Where the key of a Tencent Cloud task comes from if it is not simply given.

The order is the one of the vendor's client library, with the files of the command line tool behind those of the
library, but for one thing: instance metadata come last, so that they are looked up only if everything else is empty.
"""

from __future__ import annotations

from functools import partial

from .._http.errors import CloudError
from .._keys.assumed_role import SESSION_NAME, AssumedRole, role_option
from .._keys.key_chain import KeyPlace, Unusable, base_keys, first_region, read_text, unset
from .._keys.keys import KeySource
from .._options.options import Options
from .._options.service_options import KeyParts, from_variables
from .arguments import KEY, ROLE
from .instance_role import instance_key, instance_keys
from .profiles import CLI_CONFIGURATION, CLI_FILE, Profiles
from .sts import Identity, StsAccess

OIDC = ("TKE_REGION", "TKE_PROVIDER_ID", "TKE_WEB_IDENTITY_TOKEN_FILE", "TKE_ROLE_ARN")
PROFILE = ("TENCENTCLOUD_PROFILE", "TCCLI_PROFILE")
INI_FILE = ("TENCENTCLOUD_CREDENTIALS_FILE",)
INI_FILES = ("~/.tencentcloud/credentials", "/etc/tencentcloud/credentials")
SHORTEST_SESSION = 1


def found_keys(options: Options, parts: KeyParts, sts: StsAccess) -> KeySource | None:
    """The keys to work with, or None and a mistake. C(parts) are those of options or variables."""
    role = role_option(options, ROLE, SHORTEST_SESSION)
    keys = base_keys(options, KEY, parts, lambda profile: _files(profile, sts) if profile else _places(sts))
    return sts.assume(keys, role) if keys and role else keys


def _places(sts: StsAccess) -> list[KeyPlace]:
    return [
        *_files(from_variables(PROFILE), sts),
        KeyPlace("OIDC of TKE", lambda: _oidc(sts)),
        KeyPlace("instance metadata", lambda: _metadata(sts)),
    ]


def _files(profile: str, sts: StsAccess) -> list[KeyPlace]:
    profiles = Profiles(profile or "default", sts.calls, sts)
    places = [KeyPlace(file, partial(profiles.from_ini, file)) for file in _ini_files()]
    return [*places, KeyPlace(CLI_FILE.format(profiles.name), profiles.from_cli)]


def profile_region(options: Options, sts: StsAccess) -> tuple[str, str]:
    """The region of the profile in use, which the task or a variable names, as first_region has it."""
    profiles = Profiles(options.text("profile") or from_variables(PROFILE) or "default", sts.calls, sts)
    cli = (f"region in {CLI_CONFIGURATION.format(profiles.name)}", profiles.cli_region)
    return first_region([*((file, partial(profiles.ini_region, file)) for file in _ini_files()), cli])


def _ini_files() -> tuple[str, ...]:
    own = from_variables(INI_FILE)
    return (own,) if own else INI_FILES


def _oidc(sts: StsAccess) -> KeySource | str:
    missing = unset(OIDC)
    if missing:
        return missing
    region, provider, file, arn = (from_variables([name]) for name in OIDC)
    if not (read_text(file) or "").strip():
        raise Unusable(f"the file that {OIDC[2]} names, {file}, does not exist or is empty")
    return sts.assume_with_identity(Identity(provider, file, region), AssumedRole(arn, SESSION_NAME))


def _metadata(sts: StsAccess) -> KeySource | str:
    try:
        return instance_keys(sts.calls, instance_key())
    except CloudError as error:
        return error.reason
