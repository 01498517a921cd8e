# Copyright: the cnclouds.security_groups contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may use it.

from __future__ import annotations


class ModuleDocFragment:
    """Options of all modules for the connection to the service."""

    DOCUMENTATION = r"""
options:
  validate_certs:
    description: Whether to validate the certificate of the service.
    type: bool
    default: true
  ca_path:
    description:
      - A file or directory with the certificates of the trusted authorities, instead of the system's.
      - If not given, the environment variable E(REQUESTS_CA_BUNDLE) is used.
    type: path
  timeout:
    description: How long one HTTP attempt may take, in seconds, from connecting to the complete response.
    type: int
    default: 10
  deadline:
    description:
      - How long all work for one security group may take, in seconds, including retries and waiting.
      - >-
        A call that the service throttles, or refuses temporarily because of another operation or an internal error, is
        retried until then. After network errors, a call is retried a few times. A refused write is only repeated after
        reading the group again, and the outcome of a write whose response was lost is determined by reading the group.
    type: int
    default: 120
requirements:
  - requests (on the host that runs the module)
notes:
  - Empty text in an option or an environment variable counts as not given.
  - The environment is read on the host that runs the module.
  - The module uses the proxies in E(HTTP_PROXY) and E(HTTPS_PROXY), except for the hosts in E(NO_PROXY).
"""
