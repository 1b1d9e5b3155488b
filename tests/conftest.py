"""What all tests share: how many texts a property test generates, and no network."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# `make test` runs "quick"; `make test-all` runs "thorough".
settings.register_profile("quick", max_examples=100, deadline=None, derandomize=True)
settings.register_profile(
    "thorough", max_examples=5_000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
