"""Settings that all tests share."""

from __future__ import annotations

import os

from hypothesis import settings

# A first call may compile: time says nothing about right or wrong. In CI the same code draws the same cases.
settings.register_profile("house", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "house")
