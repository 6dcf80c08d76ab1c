"""What counted calls cost: us-east-1, on demand, November 2026. Storage and what is paid by the month are not in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

# dollars per unit
PRICES = {
    "API request": 3.50e-6,
    "WAF request": 0.60e-6,
    "Lambda request": 0.20e-6,
    "Lambda GB-second": 0.0000133334,  # arm64
    "state transition": 0.025e-3,
    "write unit": 0.625e-6,
    "read unit": 0.125e-6,
    "KMS symmetric": 0.03e-4,
    "KMS asymmetric": 0.15e-4,
    "mail": 0.10e-3,
    "S3 put": 0.005e-3,
    "S3 get": 0.0004e-3,
    "event": 1e-6,
    "secret read": 0.05e-4,
    "log GB": 0.50,
    "execution": 0.0,  # its transitions are paid
}

# How long a call of a function lasts on AWS is modeled: nothing here has run there. The processor's part shrinks and
# grows with the memory a function has (one vCPU at 1,769 MB), the network's part does not.
FULL_VCPU_MB = 1769
HANDLER_CPU_MS = 3.0
CALL_MS = 6.0
INVOCATION_LOG_BYTES = 1500  # Lambda's start, end and report in JSON, and one line of ours
REQUEST_LOG_BYTES = 500  # the API's access log


def duration_ms(calls: float, memory_mb: int, own_cpu_ms: float = 0.0) -> float:
    """Modeled milliseconds of an invocation that makes so many AWS calls."""
    return (HANDLER_CPU_MS + own_cpu_ms) * max(1.0, FULL_VCPU_MB / memory_mb) + CALL_MS * calls


def dollars(units: Mapping[str, float]) -> float:
    """Raises KeyError for a unit without a price, so that nothing is free by oversight."""
    return sum(PRICES[unit] * count for unit, count in units.items())


def by_line(units: Mapping[str, float]) -> list[tuple[str, float, float]]:
    """Unit, count and dollars, dearest first."""
    rows = [(unit, float(count), PRICES[unit] * count) for unit, count in units.items()]
    return sorted((row for row in rows if row[2]), key=lambda row: -row[2])


def compute_units(
    invocations: Mapping[str, int],
    calls: Mapping[str, float],
    memory: Mapping[str, int],
    own_cpu_ms: Mapping[str, float],
) -> Counter[str]:
    """Lambda requests, GB-seconds and log volume of counted invocations; `calls` are AWS calls per invocation."""
    found: Counter[str] = Counter()
    for function, count in invocations.items():
        milliseconds = duration_ms(calls[function], memory[function], own_cpu_ms.get(function, 0.0))
        found["Lambda request"] += count
        found["Lambda GB-second"] += count * milliseconds / 1000 * memory[function] / 1024  # type: ignore[assignment]
        found["log GB"] += count * INVOCATION_LOG_BYTES / 1e9  # type: ignore[assignment]
    return found
