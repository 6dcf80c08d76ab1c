"""The verifier on every Python that is here, with the libraries for signatures and without."""

import ast
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from econtracting.evidence import econtracting_verify as verifier
from tests.support import pythons
from tests.support.packages import Package, packaged
from tests.support.paperwork import sealing_key
from tests.support.pythons import Python

pytestmark = pytest.mark.law("T5")

VERIFIER = Path(verifier.__file__)
RECORDED = sorted((Path(__file__).parents[1] / "recorded/evidence").glob("*.zip"))
FOUND = pythons.found()
# What the standard library has only since a later version than 3.7, as it would be spelled here.
NEWER = re.compile(
    r"\.removeprefix\(|\.removesuffix\(|strict=|is_relative_to|missing_ok|math\.prod|functools\.cache\b|\.readlink\("
    r"|\bmatch \w+:|zoneinfo|importlib\.(resources\.files|metadata)|\.hardlink_to|dirs_exist_ok|batched|pairwise"
    r"|ExceptionGroup|\.add_note\(|datetime\.UTC|file_digest|hmac\.digest|posonlyargs|shlex\.join|random\.randbytes"
)


@pytest.fixture(scope="module")
def package() -> Iterator[Package]:
    with sealing_key() as key:
        yield packaged(key)


@pytest.fixture
def archive(package: Package, tmp_path: Path) -> Path:
    path = tmp_path / "evidence.zip"
    path.write_bytes(package.archive)
    return path


def run(python: Python, *arguments: str | Path, libraries: Path | None = None) -> subprocess.CompletedProcess[str]:
    """On a Python without anything installed beside it, in the plainest of environments."""
    flags = ["-S", "-s"] if libraries else ["-I", "-S"]
    environment = {"PYTHONPATH": str(libraries)} if libraries else {}
    command = [python.path, *flags, *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", check=False, env=environment, timeout=120
    )


def libraries_of(python: Python) -> Path:
    found = pythons.libraries(python)
    if isinstance(found, Path):
        return found
    own = python.version == sys.version_info[:2]
    assert not own, found
    pytest.skip(found)


def test_the_projects_own_python_is_among_those_found() -> None:
    assert sys.version_info[:2] in {one.version for one in FOUND}


@pytest.mark.parametrize("python", FOUND, ids=lambda one: one.name)
def test_without_libraries_hashes_hold_and_signatures_are_not_said_to(
    python: Python, archive: Path, tmp_path: Path
) -> None:
    for source in (archive, RECORDED[0]):
        answer = run(python, VERIFIER, source)
        assert answer.returncode == verifier.UNCHECKED, answer.stdout + answer.stderr
        assert "SIGNATURES WERE NOT CHECKED" in answer.stdout
        assert "FAIL" not in answer.stdout
        newest = verifier.NEWEST_CRYPTOGRAPHY.get(python.version)
        assert f"cryptography{f'=={newest}' if newest else ''} asn1crypto" in answer.stdout
    with zipfile.ZipFile(archive) as unpacked:
        unpacked.extractall(tmp_path / "unpacked")
    folder = run(python, tmp_path / "unpacked/econtracting_verify.py")
    assert folder.returncode == verifier.UNCHECKED, folder.stdout + folder.stderr


@pytest.mark.parametrize("python", FOUND, ids=lambda one: one.name)
def test_with_the_newest_libraries_that_install_there_the_answer_is_the_same_everywhere(
    python: Python, package: Package, archive: Path, tmp_path: Path
) -> None:
    libraries = libraries_of(python)
    (installed,) = [one.name for one in libraries.glob("cryptography-*.dist-info")]
    if newest := verifier.NEWEST_CRYPTOGRAPHY.get(python.version):
        assert installed == f"cryptography-{newest}.dist-info"

    good = run(python, VERIFIER, archive, libraries=libraries)
    assert good.returncode == verifier.ANCHORED, good.stdout + good.stderr
    assert "VALID AND ANCHORED" in good.stdout
    for source in RECORDED:
        before = run(python, VERIFIER, source, libraries=libraries)
        assert before.returncode == verifier.UNSIGNED, before.stdout + before.stderr
    damaged = bytearray(package.archive)
    damaged[len(damaged) // 2] ^= 1
    (tmp_path / "damaged.zip").write_bytes(damaged)
    assert run(python, VERIFIER, tmp_path / "damaged.zip", libraries=libraries).returncode == verifier.ALTERED


@pytest.mark.parametrize("python", FOUND, ids=lambda one: one.name)
def test_what_cannot_be_read_is_no_verdict_anywhere(python: Python, tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").write_bytes(b"\xff\xd8\xff")
    (tmp_path / "half.zip").write_bytes(RECORDED[0].read_bytes()[:20_000])
    (tmp_path / "empty").mkdir()
    for name in ("holiday.jpg", "half.zip", "empty", "missing.zip"):
        answer = run(python, VERIFIER, tmp_path / name)
        assert answer.returncode == verifier.UNREADABLE, (name, answer.stdout + answer.stderr)
        assert "no verdict" in answer.stdout
    for arguments in (("--nonsense",), ("a.zip", "b.zip")):
        answer = run(python, VERIFIER, *arguments)
        assert answer.returncode == verifier.UNREADABLE, answer.stdout + answer.stderr


def test_a_certificate_of_the_callers_that_cannot_be_read_is_no_fault_of_the_package(
    archive: Path, tmp_path: Path
) -> None:
    (tmp_path / "mine.pem").write_text("not a certificate")
    assert verifier.verify(archive, tmp_path / "mine.pem") == verifier.UNREADABLE
    assert verifier.verify(archive, tmp_path / "missing.pem") == verifier.UNREADABLE


def test_libraries_that_are_there_and_broken_are_missing(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "asn1crypto.py").write_text("raise RuntimeError('built for another system')")
    own = next(one for one in FOUND if one.version == sys.version_info[:2])
    answer = run(own, VERIFIER, archive, libraries=tmp_path)
    assert answer.returncode == verifier.UNCHECKED, answer.stdout + answer.stderr
    assert "built for another system" in answer.stdout


def test_the_verifier_is_written_in_the_language_of_python_3_7() -> None:
    text = VERIFIER.read_text()
    ast.parse(text, feature_version=verifier.OLDEST_PYTHON)
    assert [match[0] for match in NEWER.finditer(text)] == []
    assert "from __future__" not in text, "a Python before 3.7 is told which one is needed, and not by a SyntaxError"
    outside = {"asn1crypto", "cryptography"}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names]
            assert {name.partition(".")[0] for name in names} <= outside | set(sys.stdlib_module_names)


def test_every_exit_code_has_its_words_where_a_stranger_looks() -> None:
    readme = (VERIFIER.parent / "README.txt").read_text()
    for code, words in ((0, "valid and anchored"), (1, "altered"), (2, "libraries"), (3, "signed"), (4, "read")):
        assert re.search(rf"^\s*{code}\s.*{words}", readme, re.MULTILINE), code
        assert re.search(rf"^{code}\s.*{words}", verifier.__doc__ or "", re.MULTILINE), code
    for newest in verifier.NEWEST_CRYPTOGRAPHY.values():
        assert newest in readme
