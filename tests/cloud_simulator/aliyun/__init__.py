# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulated Alibaba Cloud ECS: security groups and their inner access policy, see README.md."""

from __future__ import annotations

from tests.cloud_simulator.aliyun.cloud import AliyunCloud, create

__all__ = ["AliyunCloud", "create"]
