"""What all tests share: how many texts a property test generates, and a cache of their own."""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING

import strategies
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    import pytest

# `make test` runs "quick"; `make test-all` runs "thorough".
settings.register_profile("quick", max_examples=100, deadline=None, derandomize=True)
settings.register_profile(
    "thorough", max_examples=5_000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

# vectors of types made by tests stay out of the user's cache, also in the processes tests start
os.environ["SCHEMA_NER_CACHE"] = tempfile.mkdtemp(prefix="schema-ner-tests-")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many texts the property tests went through."""
    terminalreporter.write_line(f"property tests generated {strategies.drawn[0]:,} texts")
