# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""Where the key of an Alibaba Cloud task comes from if it is not simply given.

The order is the one of the vendor's credentials library, but for one thing: instance metadata come last, so that they
are looked up only if everything else is empty.
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
from .instance_role import instance_key, instance_keys, uri_keys
from .profiles import CLI_FILE, Profiles
from .sts import Identity, StsAccess

OIDC = ("ALIBABA_CLOUD_ROLE_ARN", "ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "ALIBABA_CLOUD_OIDC_TOKEN_FILE")
SESSION = ("ALIBABA_CLOUD_ROLE_SESSION_NAME",)
URI = ("ALIBABA_CLOUD_CREDENTIALS_URI",)
PROFILE = ("ALIBABA_CLOUD_PROFILE", "ALICLOUD_PROFILE")
CLI_DISABLED = ("ALIBABA_CLOUD_CLI_PROFILE_DISABLED",)
INI_FILE = ("ALIBABA_CLOUD_CREDENTIALS_FILE",)
INI_FILES = ("~/.alibabacloud/credentials.ini", "~/.alibabacloud/credentials")
METADATA_DISABLED = ("ALIBABA_CLOUD_ECS_METADATA_DISABLED",)
SHORTEST_SESSION = 900


def found_keys(options: Options, parts: KeyParts, sts: StsAccess) -> KeySource | None:
    """The keys to work with, or None and a mistake. C(parts) are those of options or variables."""
    role = role_option(options, ROLE, SHORTEST_SESSION)
    keys = base_keys(options, KEY, parts, lambda profile: _files(profile, sts) if profile else _places(sts))
    return sts.assume(keys, role) if keys and role else keys


def _places(sts: StsAccess) -> list[KeyPlace]:
    return [
        KeyPlace("OIDC", lambda: _oidc(sts)),
        *_files(from_variables(PROFILE), sts),
        KeyPlace(
            URI[0], lambda: uri_keys(from_variables(URI), sts.calls) if from_variables(URI) else "not set, or empty"
        ),
        KeyPlace("instance metadata", lambda: _metadata(sts)),
    ]


def _files(profile: str, sts: StsAccess) -> list[KeyPlace]:
    profiles = Profiles(profile, sts)
    disabled = from_variables(CLI_DISABLED).lower() == "true"
    cli = KeyPlace(CLI_FILE, lambda: f"{CLI_DISABLED[0]} is set" if disabled else profiles.from_cli())
    return [cli, *(KeyPlace(file, partial(profiles.from_ini, file)) for file in _ini_files())]


def profile_region(options: Options, sts: StsAccess) -> tuple[str, str]:
    """The region of the profile in use: the one that the task, a variable or the file names. As first_region has it."""
    profiles = Profiles(options.text("profile") or from_variables(PROFILE), sts)
    disabled = from_variables(CLI_DISABLED).lower() == "true"
    cli = [] if disabled else [(f"region_id in {CLI_FILE}", profiles.cli_region)]
    return first_region([*cli, *((file, partial(profiles.ini_region, file)) for file in _ini_files())])


def _ini_files() -> tuple[str, ...]:
    own = from_variables(INI_FILE)
    return (own,) if own else INI_FILES


def _oidc(sts: StsAccess) -> KeySource | str:
    missing = unset(OIDC)
    if missing:
        return missing
    arn, provider, file = (from_variables([name]) for name in OIDC)
    if not (read_text(file) or "").strip():
        raise Unusable(f"the file that {OIDC[2]} names, {file}, does not exist or is empty")
    return sts.assume_with_identity(Identity(provider, file), AssumedRole(arn, from_variables(SESSION) or SESSION_NAME))


def _metadata(sts: StsAccess) -> KeySource | str:
    if from_variables(METADATA_DISABLED).lower() == "true":
        return f"{METADATA_DISABLED[0]} is set"
    try:
        return instance_keys("", sts.calls, instance_key())
    except CloudError as error:
        return error.reason
