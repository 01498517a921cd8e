# Copyright: the cnclouds.security_groups contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may use it.

from __future__ import annotations


class ModuleDocFragment:
    """Options of every module about reaching the service."""

    DOCUMENTATION = r"""
options:
  validate_certs:
    description: Whether the certificate of the service has to be valid.
    type: bool
    default: true
  ca_path:
    description:
      - File or folder with the certificates of the authorities to trust, instead of the system's.
      - Without it the environment variable E(REQUESTS_CA_BUNDLE) is honoured.
    type: path
  timeout:
    description: How many seconds one HTTP attempt may take, from connecting until the whole answer is there.
    type: int
    default: 10
  deadline:
    description:
      - How many seconds everything that is done for one security group may take, retries and waiting included.
      - >-
        A call that the service refuses as too frequent, or because of something that passes, such as another operation
        on the same group or an internal error, is tried again until then. Troubles of the network are tried again a few
        times. A write that was refused is repeated only after another look at the group, and a write whose answer was
        lost is settled by reading the group back, never by guessing.
    type: int
    default: 120
requirements:
  - requests (on the host that runs the module)
notes:
  - An option that is an empty text, and an environment variable that is empty, count as not given.
  - The environment is read on the host that runs the module.
  - The proxies in E(HTTP_PROXY), E(HTTPS_PROXY) and E(NO_PROXY) are honoured.
"""
