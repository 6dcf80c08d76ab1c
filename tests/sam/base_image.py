"""The image that `sam local` puts functions into: the public one where it can be pulled, otherwise a stand-in.

The stand-in is a root filesystem of this machine's own Python 3.13 in /var/lang, the libraries that it and the shell
need, and AWS's runtime client in /var/runtime, started by /var/runtime/bootstrap as on Lambda. What differs from the
real one: this machine’s C library instead of Amazon Linux’s, no time zone database, and only the few commands below.
"""

import hashlib
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from local.config import ROOT

ARCHITECTURE = "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"
NAME = f"public.ecr.aws/lambda/python:3.13-{ARCHITECTURE}"
BUILT_BY_SAM = f"public.ecr.aws/lambda/python:3.13-rapid-{ARCHITECTURE}"
LABEL = "econtracting.stand-in"
LOCK = ROOT / "requirements/lambda.txt"
CACHE = ROOT / ".build/lambda-base"
PULL_SECONDS = 300

COMMANDS = ("sh", "mv", "chmod", "cp", "rm")  # what sam's own image build runs
# What wheels expect of any Linux, and what is opened by name at run time: no file of the image asks for them.
LOADED_LATE = (
    "libgcc_s.so.1", "libstdc++.so.6", "libpthread.so.0", "libdl.so.2", "librt.so.1", "libutil.so.1", "libresolv.so.2",
)  # fmt: skip
LEFT_OUT = ("test", "idlelib", "tkinter", "turtledemo", "ensurepip", "site-packages", "__pycache__")
FILES = {
    "etc/passwd": "root:x:0:0:root:/root:/bin/sh\nsbx_user1051:x:993:990::/tmp:/bin/sh\n",
    "etc/group": "root:x:0:\n",
    "etc/nsswitch.conf": "hosts: files dns\n",
}
BOOTSTRAP = """#!/bin/sh
export PYTHONPATH="$LAMBDA_TASK_ROOT:/opt/python:/opt/python/lib/python3.13/site-packages:/var/runtime"
cd "$LAMBDA_TASK_ROOT"
exec /var/lang/bin/python3.13 -m awslambdaric "$_HANDLER"
"""
CONFIGURATION = (
    "ENV PATH=/var/lang/bin:/usr/bin:/bin LD_LIBRARY_PATH=/var/lang/lib:/opt/lib LANG=C.UTF-8 TZ=:UTC",
    "ENV LAMBDA_TASK_ROOT=/var/task LAMBDA_RUNTIME_DIR=/var/runtime",
    "WORKDIR /var/task",
)


def provide() -> str:
    """Have the image under its public name; returns which one it is, in words."""
    recipe = _recipe()
    label = _label()
    if label == recipe:
        return "stand-in, built before"
    if label == "":
        return "public image"
    if label is None and _pulled():
        return "public image, pulled"
    archive = CACHE.with_name(f"{CACHE.name}-{recipe}.tar")
    if not archive.exists():
        for stale in CACHE.parent.glob(f"{CACHE.name}-*.tar"):
            stale.unlink()
        _build(archive)
    changes = [part for line in (*CONFIGURATION, f"LABEL {LABEL}={recipe}") for part in ("--change", line)]
    subprocess.run(["docker", "import", *changes, str(archive), NAME], check=True, capture_output=True)
    # What sam built on an earlier stand-in would be used for ever.
    subprocess.run(["docker", "image", "rm", "--force", BUILT_BY_SAM], capture_output=True)
    return "stand-in"


def _recipe() -> str:
    """Changes with everything that goes into the stand-in."""
    sources = (Path(__file__).read_bytes(), LOCK.read_bytes(), sys.version.encode(), sys.base_prefix.encode())
    return hashlib.sha256(b"".join(sources)).hexdigest()[:16]


def _label() -> str | None:
    """The stand-in's recipe, an empty text for the public image, None when there is no such image."""
    form = f'{{{{index .Config.Labels "{LABEL}"}}}}'
    found = subprocess.run(["docker", "image", "inspect", NAME, "--format", form], capture_output=True, text=True)
    return None if found.returncode else found.stdout.strip().replace("<no value>", "")


def _pulled() -> bool:
    try:
        return (
            subprocess.run(["docker", "pull", "--quiet", NAME], capture_output=True, timeout=PULL_SECONDS).returncode
            == 0
        )
    except subprocess.TimeoutExpired:
        return False


def _build(archive: Path) -> None:
    archive.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=archive.parent) as folder:
        root = Path(folder)
        _python(root / "var/lang")
        _runtime(root / "var/runtime")
        for name in COMMANDS:
            _copy(Path(shutil.which(name) or f"/bin/{name}"), root / "bin" / name)
        _libraries(root)
        for name, text in FILES.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        for name in ("opt", "tmp", "var/task", "var/rapid", "root", "proc", "sys", "dev"):
            (root / name).mkdir(parents=True, exist_ok=True)
        unfinished = archive.with_suffix(".new")
        with tarfile.open(unfinished, "w") as tar:
            tar.add(root, arcname=".", filter=_owned_by_root)
        unfinished.rename(archive)


def _owned_by_root(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    if entry.name in (".", "./tmp"):
        entry.mode = 0o1777 if entry.name == "./tmp" else 0o755
    return entry


def _python(home: Path) -> None:
    base = Path(sys.base_prefix)
    _copy(base / "bin/python3.13", home / "bin/python3.13")
    shutil.copytree(
        base / "lib/python3.13",
        home / "lib/python3.13",
        ignore=lambda folder, names: {name for name in names if name in LEFT_OUT or name.startswith("config-3.13")},
    )
    for library in base.glob("lib/libpython3.13.so*"):
        _copy(library, home / "lib" / library.name)


def _runtime(home: Path) -> None:
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    install = [*pip, "--require-hashes", "--requirement", str(LOCK), "--target", str(home)]
    done = subprocess.run(install, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"the runtime's packages could not be installed:\n{done.stderr}")
    bootstrap = home / "bootstrap"
    bootstrap.write_text(BOOTSTRAP)
    bootstrap.chmod(0o755)


def _libraries(root: Path) -> None:
    """Every shared library that something in the image asks for, where the loader looks for it."""
    listed = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True).stdout
    wanted = {match[1] for name in LOADED_LATE if (match := re.search(rf"{re.escape(name)} .*=> (\S+)", listed))}
    binaries = [*root.glob("bin/*"), *root.glob("var/lang/bin/*"), *root.rglob("*.so*")]
    for binary in [*binaries, *map(Path, sorted(wanted))]:
        shown = subprocess.run(["ldd", str(binary)], capture_output=True, text=True).stdout
        wanted |= set(re.findall(r"(?:=> |^\s+)(/\S+) \(0x", shown, re.MULTILINE))
    for library in sorted(wanted):
        if not library.startswith(str(root)) and "libpython3" not in library:
            _copy(Path(library), root / library.removeprefix("/"))


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source.resolve(), target)
