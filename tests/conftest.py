"""What all tests share: how many texts a property test generates, and a cache of their own."""

from __future__ import annotations

import os
import tempfile

import pytest
import strategies
from hypothesis import HealthCheck, settings

# `make test` runs "quick"; `make test-all` runs "thorough".
settings.register_profile("quick", max_examples=100, deadline=None, derandomize=True)
settings.register_profile(
    "thorough", max_examples=1_500, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "quick")
settings.load_profile(PROFILE)

# vectors of types made by tests stay out of the user's cache, also in the processes tests start
os.environ["SCHEMA_NER_CACHE"] = tempfile.mkdtemp(prefix="schema-ner-tests-")


WHOLE_RUN = 1_000  # tests; fewer are a part of the suite, which proves nothing about the whole
ENOUGH = 100_000  # generated texts that a thorough run goes through at the least


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A thorough run of the whole suite that generated too few texts has failed."""
    whole = session.testscollected >= WHOLE_RUN and not session.exitstatus
    if whole and PROFILE == "thorough" and strategies.drawn[0] < ENOUGH:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many texts the property tests went through."""
    wanted = f" of at least {ENOUGH:,}" if PROFILE == "thorough" else ""
    terminalreporter.write_line(f"property tests generated {strategies.drawn[0]:,} texts{wanted}")
