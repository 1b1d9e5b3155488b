"""Which failures pass by themselves, and how long to wait for that.

An engine says so with the exception that it gives in place of a reading, in the ways that clients
of HTTP have anyway: ``retry_after`` (seconds), ``status_code``, a ``response`` with headers, or a
ConnectionError or TimeoutError somewhere in its chain.  What is wrong with the text or the model
stays wrong, and is not tried again.

Here: telling them apart, and the waiting (tenacity's).  Not here: reading again (``reading``).
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import tenacity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

# request timeout, too early, too many requests, and a server's own troubles
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504, 529})
_CHAIN = 10  # causes that are looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often to try again, and how long to wait.

    Attributes:
        attempts: tries in all, the first one too.
        first: seconds before the second try, on the average; each further wait is twice as long.
            Each is drawn at random, so that many runs do not come back at once.
        longest: the longest wait in seconds; a text for which a server asks for more is given up.
        in_vain: texts in a row that were given up, and might have passed, before the run stops.
        sleep: what waits.
    """

    attempts: int = 6
    first: float = 1.0
    longest: float = 120.0
    in_vain: int = 10
    sleep: Callable[[float], None] = time.sleep


def patiently(attempt: Callable[[], Sequence[Exception]], patience: Patience) -> None:
    """Call until it gives no failures that are worth another try, or often enough."""
    tenacity.Retrying(
        retry=tenacity.retry_if_result(bool),
        stop=tenacity.stop_after_attempt(patience.attempts),
        wait=_Wait(patience),
        sleep=patience.sleep,
        retry_error_callback=lambda _: None,
    )(attempt)


class _Wait(tenacity.wait.wait_base):
    """What servers asked for, and what chance says, within a limit that doubles each time."""

    def __init__(self, patience: Patience) -> None:
        self._drawn = tenacity.wait_random_exponential(
            multiplier=2 * patience.first, max=patience.longest
        )

    def __call__(self, retry_state: tenacity.RetryCallState) -> float:
        errors = [] if retry_state.outcome is None else retry_state.outcome.result()
        asked = [seconds for err in errors if (seconds := retry_after(err)) is not None]
        drawn = self._drawn(retry_state)
        # beside it, not instead: all who were told the same time would come back at once
        return max(asked) + min(drawn, 1.0) if asked else drawn


def is_passing(err: Exception) -> bool:
    """Whether a failure has nothing to do with the text, and may be over a moment later."""
    if retry_after(err) is not None:
        return True
    chain = list(_causes(err))
    if any(_status(each) in _PASSING for each in chain):
        return True
    return any(isinstance(each, ConnectionError | TimeoutError) for each in chain)


def is_soon(err: Exception, patience: Patience) -> bool:
    """Whether what passes does so within the longest wait, as far as the server says."""
    return (retry_after(err) or 0.0) <= patience.longest


def retry_after(err: BaseException) -> float | None:
    """The seconds that a server asked to wait, in the exception itself or in its response.

    ``Retry-After`` is a number of seconds or a date (RFC 9110); what is neither counts for nothing.
    """
    for each in _causes(err):
        own = getattr(each, "retry_after", None)
        headers = getattr(getattr(each, "response", None), "headers", None)
        for value in (own, _header(headers)):
            seconds = _seconds(value)
            if seconds is not None:
                return seconds
    return None


def _header(headers: Any) -> object:  # noqa: ANN401  # of any client
    try:
        return headers.get("retry-after") or headers.get("Retry-After")
    except Exception:  # noqa: BLE001  # no headers, or of a kind that nobody knows
        return None


def _seconds(value: object) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    try:
        seconds = float(value)  # type: ignore[arg-type]  # whatever it is
    except (TypeError, ValueError, OverflowError):
        seconds = _until(value)
    return max(0.0, seconds) if seconds == seconds else None  # noqa: PLR0124  # NaN is not itself


def _until(value: object) -> float:
    """Seconds until a date as HTTP writes it; NaN where it is none."""
    try:
        return parsedate_to_datetime(str(value)).timestamp() - time.time()
    except (TypeError, ValueError, OverflowError):
        return float("nan")


def _status(err: BaseException) -> object:
    found = getattr(err, "status_code", None)
    return getattr(getattr(err, "response", None), "status_code", None) if found is None else found


def _causes(err: BaseException) -> Iterator[BaseException]:
    """The exception and what it came from."""
    each: BaseException | None = err
    for _ in range(_CHAIN):
        if each is None:
            return
        yield each
        each = each.__cause__ or each.__context__
