"""An instant falls on a day only somewhere: one module decides where, and no other takes the date of an instant."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.deployed import ROOT

pytestmark = pytest.mark.brings("D5")

OWNERS = {
    ROOT / "functions" / "econtracting" / "domain" / "days.py",
    ROOT / "local" / "days.py",  # the outside systems, which know nothing of the product
    ROOT / "tools" / "scale" / "__main__.py",  # a model's calendar, without an instant
}
FILES = sorted(
    path
    for room in ("functions", "local", "tools", "layers")
    for path in (ROOT / room).rglob("*.py")
    if path not in OWNERS
)
DAY_CODE = re.compile(r"%[-#]?[aAbBcdDejmuUVwWxF]")
WEB = ROOT / "web" / "src"
WEB_OWNER = WEB / "i18n" / "index.ts"
WEB_TAKEN = re.compile(
    r"new Date\([^)]|Intl\.DateTimeFormat\((?!\)\.resolvedOptions)|toLocale(Date|Time)?String|toISOString"
    r"|slice\(0, ?10\)|\.get(UTC)?(Date|Day|Month|FullYear|Hours)\("
)


def taken(source: str) -> Iterator[str]:
    """Where a program takes a day out of an instant, or makes an instant of a day."""
    for node in ast.walk(ast.parse(source)):
        if (what := _what(node)) is not None:
            yield f"{getattr(node, 'lineno', '?')}: {what}"


def _what(node: ast.AST) -> str | None:
    match node:
        case ast.Call(func=ast.Attribute(attr="date"), args=[], keywords=[]):
            return ".date() of an instant"
        case ast.Call(func=ast.Attribute(attr="today" | "utcnow" | "utcfromtimestamp" as name)):
            return f"{name}()"
        case ast.Call(func=ast.Attribute(value=ast.Name(id="date"), attr="fromtimestamp")):
            return "the date of a timestamp"
        case ast.Call(func=ast.Attribute(value=ast.Name(id="datetime"), attr="combine")):
            return "an instant made of a day"
        case ast.Call(func=ast.Attribute(attr="strftime"), args=[ast.Constant(value=str(form))]) if DAY_CODE.search(
            form
        ):
            return "a day in a format"
        case ast.FormattedValue(format_spec=ast.JoinedStr(values=[ast.Constant(value=str(form))])) if DAY_CODE.search(
            form
        ):
            return "a day in a format"
        case ast.Call(
            func=ast.Name(id="date" | "datetime"), args=[ast.Attribute(attr="year"), _, ast.Attribute(attr="day"), *_]
        ):
            return "a day taken apart"
        case ast.Call(func=ast.Attribute(attr="split" | "partition"), args=[ast.Constant(value="T"), *_]):
            return "an instant cut at its T"
        case ast.Subscript(slice=ast.Slice(lower=None, upper=ast.Constant(value=10), step=None)):
            return "the first ten characters"
    return None


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_other_module_takes_the_date_of_an_instant(path: Path) -> None:
    assert list(taken(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "code",
    [
        "clock.now().date()",
        "date.today()",
        "datetime.today()",
        "datetime.utcnow()",
        "date.fromtimestamp(seconds)",
        "at.strftime('%Y-%m-%d')",
        "f'{at:%B} 3'",
        "date(at.year, at.month, at.day)",
        "datetime(day.year, day.month, day.day, tzinfo=UTC)",
        "datetime.combine(day, time.min, UTC)",
        "iso(at)[:10]",
        "told.partition('T')[0]",
        "told.split('T', 1)[0]",
    ],
)
def test_the_law_knows_the_ways_around_it(code: str) -> None:
    assert list(taken(code)) != []


@pytest.mark.parametrize("code", ["date(2026, 11, 28)", "a.date", "name[:9]", "f'{at:%H:%M}'", "f'{share:.0%}'"])
def test_the_law_lets_pass_what_takes_no_day(code: str) -> None:
    assert list(taken(code)) == []


@pytest.mark.parametrize(
    "path",
    sorted(path for path in WEB.rglob("*.ts*") if path != WEB_OWNER),
    ids=lambda path: str(path.relative_to(WEB)),
)
def test_the_portal_writes_days_and_times_in_one_place(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [f"{number}: {line.strip()}" for number, line in enumerate(lines, 1) if WEB_TAKEN.search(line)] == []


OUTSIDE = sorted(
    [
        *(ROOT / "functions").glob("*/handler.py"),
        *(ROOT / "functions" / "econtracting" / "adapters" / "vendors").glob("*.py"),
        ROOT / "functions" / "econtracting" / "domain" / "webhooks.py",
    ]
)
LOOSE = {
    "date",
    "datetime",
    "AwareDatetime",
    "NaiveDatetime",
    "PastDate",
    "FutureDate",
    "PastDatetime",
    "FutureDatetime",
}


def told_loosely(source: str) -> Iterator[str]:
    """Members of models and parameters of routes whose type takes a number, or a text that holds one, for a time."""
    for node in ast.walk(ast.parse(source)):
        declared: list[ast.expr | None] = []
        if isinstance(node, ast.ClassDef) and node.bases:
            declared = [one.annotation for one in node.body if isinstance(one, ast.AnnAssign)]
        elif isinstance(node, ast.FunctionDef) and any("app." in ast.unparse(one) for one in node.decorator_list):
            declared = [one.annotation for one in node.args.args]
        for annotation in filter(None, declared):
            if {name.id for name in ast.walk(annotation) if isinstance(name, ast.Name)} & LOOSE:
                yield f"{annotation.lineno}: {ast.unparse(annotation)}"


@pytest.mark.brings("N12")
@pytest.mark.parametrize("path", OUTSIDE, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_others_tell_is_a_day_or_a_moment_by_its_text_alone(path: Path) -> None:
    assert list(told_loosely(path.read_text(encoding="utf-8"))) == []


@pytest.mark.brings("N12")
@pytest.mark.parametrize(
    "code",
    [
        "class Told(Message):\n    on: date",
        "class Told(BaseModel):\n    at: Annotated[AwareDatetime | None, Kept] = None",
        "@app.get('/')\ndef ask(on: Annotated[date | None, Query()] = None): ...",
    ],
)
def test_the_law_of_days_and_moments_knows_a_loose_type(code: str) -> None:
    assert list(told_loosely(code)) != []
