# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A local stand-in for the security group APIs of Alibaba Cloud and Tencent Cloud, see README.md."""
