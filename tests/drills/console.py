"""The console's part of a page: the saved queries of template.yaml asked of the lines that were really logged."""

from __future__ import annotations

import json
import logging
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

from tests.support import deployed

Line = dict[str, Any]


@contextmanager
def listening() -> Iterator[list[Line]]:
    """Everything the product's loggers say meanwhile, as it stands in the log group."""
    lines: list[Line] = []

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(json.loads(self.format(record)))

    kept = []
    for logger in list(logging.root.manager.loggerDict.values()):
        for handler in getattr(logger, "handlers", ()):
            if isinstance(handler.formatter, LambdaPowertoolsFormatter):
                keeper = Keeper()
                keeper.setFormatter(handler.formatter)
                kept.append((logger, keeper))
    for logger, keeper in kept:
        logger.addHandler(keeper)
    try:
        yield lines
    finally:
        for logger, keeper in kept:
            logger.removeHandler(keeper)


def asked(name: str, lines: list[Line]) -> Counter[tuple[str, ...]]:
    """A saved query's answer: how often each combination of what it groups by was met, empty values included."""
    (query,) = [
        one["Properties"]["QueryString"]
        for one in deployed.template()["Resources"].values()
        if one["Type"] == "AWS::Logs::QueryDefinition" and one["Properties"]["Name"]["Sub"].endswith(f"/{name}")
    ]
    return Counter(
        tuple(str(line.get(column, "")) for column in _grouped_by(query)) for line in lines if _passes(query, line)
    )


def _passes(query: str, line: Line) -> bool:
    equal = re.findall(r'filter (\w+) = "([^"]+)"', query)
    present = re.findall(r"filter ispresent\((\w+)\)", query)
    return all(line.get(key) == value for key, value in equal) and all(key in line for key in present)


def _grouped_by(query: str) -> list[str]:
    (columns,) = re.findall(r"stats [^\n]+ by ([^\n]+)", query)
    return [name for name in re.split(r",\s*", columns) if not name.startswith("bin(")]
