#!/usr/bin/env python3
"""Checks an evidence package without a network: audit trail, documents, seals, and what signed statements say of them.

usage: econtracting_verify.py [EVIDENCE.zip | FOLDER] [--certificate CARRIER.pem]

Prints one line per check, then in words what they come to. Exit codes:

0  valid and anchored: nothing was altered, and a signed statement covers all of it
1  altered: something is not what was signed
2  the libraries for signatures are missing: hashes hold, signatures were NOT checked
3  valid, but not all of it is signed: what is not signed is named
4  cannot be read: this says nothing about the package

Runs on Python 3.7 and later. Signatures need the packages cryptography and asn1crypto; nothing here makes up for them.
This file stands alone on purpose: it uses nothing of the system that made the package.
"""

import argparse
import base64
import hashlib
import json
import re
import sys
import zipfile
import zlib
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Tuple

try:
    from asn1crypto import cms, tsp  # noqa: F401 - tsp teaches cms the attribute that binds a signature to its certificate
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.backends import default_backend
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding

    MISSING = ""
except Exception as error:  # a broken library is as good as none
    MISSING = "{}: {}".format(type(error).__name__, error)
SIGNATURES = not MISSING

ANCHORED, ALTERED, UNCHECKED, UNSIGNED, UNREADABLE = 0, 1, 2, 3, 4
OLDEST_PYTHON = (3, 7)
# The newest release of cryptography that installs on a Python which later releases no longer take.
NEWEST_CRYPTOGRAPHY = {(3, 7): "45.0.7", (3, 8): "47.0.0"}

COMMENT = re.compile(rb"econtracting-evidence sha256:([0-9a-f]{64})\Z")
HASH = re.compile(r"[0-9a-f]{64}\Z")
COMPILED = re.compile(r"__pycache__/econtracting_verify\.[\w.-]+\.pyc\Z")  # what Python itself leaves beside this file
GENESIS = "0" * 64
LARGEST = 1 << 31  # bytes of an unpacked package
MANIFEST, INDEX, TRAIL, CERTIFICATE = "manifest.json", "packet.json", "events.jsonl", "certificate.json"
CHECKPOINT, EXPORT, DAILY, SEALER = "checkpoint.json", "export.json", "heads/daily.json", "seal-certificate.pem"
FIXED = {MANIFEST, INDEX, TRAIL, CERTIFICATE, CHECKPOINT, EXPORT, DAILY, SEALER, "README.txt", "econtracting_verify.py"}
OUTSIDE_MANIFEST = {MANIFEST, EXPORT}
MOST_TOLD = 60  # events that no signature covers, by number and kind
FORMATS = (1, 2)  # 2 is signed as a whole


class Wrong(Exception):
    """A check that does not hold, in one sentence."""


class Unreadable(Exception):
    """Nothing can be said about the package, and why."""


def canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def must(holds: Any, sentence: str) -> None:
    if not holds:
        raise Wrong(sentence)


def shown(value: Any) -> str:
    """A text of the package that may be printed: on one line, of bounded length, without control characters."""
    text = str(value)[:200]
    return "".join(one if one.isprintable() else "?" for one in text)


def say(line: str) -> None:
    """Prints whatever a terminal's encoding can show of a line."""
    encoding = getattr(sys.stdout, "encoding", None) or "ascii"
    print(line.encode(encoding, "backslashreplace").decode(encoding))


def member(value: Any, name: str, kind: Any, where: str) -> Any:
    """A member of a JSON object that has to be there, and of a kind."""
    must(isinstance(value, dict) and name in value, "{} does not tell {}".format(where, name))
    found = value[name]
    fits = isinstance(found, kind) and not (kind is int and isinstance(found, bool))
    must(fits, "{} tells {} in a form that cannot be".format(where, name))
    return found


# --- reading the package -------------------------------------------------------------------------------------------


def read_archive(path: Path) -> Dict[str, bytes]:
    """The files of a ZIP; Wrong when any byte of the archive differs from what its comment promises."""
    content = path.read_bytes()
    match = COMMENT.search(content)
    if match is None:
        must(not is_package(path), "the archive does not end with the hash of its content")
        raise Unreadable("this is not an evidence package, or it did not arrive whole")
    must(sha256(content[: match.start()]) == match.group(1).decode(), "the archive was altered: its hash is another")
    with zipfile.ZipFile(str(path)) as archive:
        names = archive.namelist()
        must(len(names) == len(set(names)), "the archive holds a file twice")
        if sum(entry.file_size for entry in archive.infolist()) > LARGEST:
            raise Unreadable("the archive unpacks to more than 2 GiB")
        return {name: archive.read(name) for name in names}


def is_package(path: Path) -> bool:
    try:
        with zipfile.ZipFile(str(path)) as archive:
            return not {MANIFEST, INDEX}.isdisjoint(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def read_folder(path: Path) -> Dict[str, bytes]:
    found = {file.relative_to(path).as_posix(): file for file in path.rglob("*") if file.is_file()}
    files = {name: file.read_bytes() for name, file in found.items() if not COMPILED.match(name)}
    if {MANIFEST, INDEX}.isdisjoint(files):
        raise Unreadable("no evidence package lies in this folder")
    return files


class Package:
    """The files of a package, and what was found out about them so far."""

    def __init__(self, files: Dict[str, bytes]) -> None:
        self.files = files
        self.signed_to = 0  # the last event that a signed statement covers
        self.exported: Optional[str] = None  # when the package was signed as a whole
        self.unsigned: List[str] = []  # what no signature covers, in words
        self.named = set(FIXED)  # files that something signed, or their own check, accounts for
        self.keys: List[Any] = []  # of the certificates that are trusted

    def json(self, name: str) -> Any:
        must(name in self.files, "{} is missing".format(name))
        try:
            value = json.loads(self.files[name].decode())
        except ValueError:
            raise Wrong("{} is not JSON".format(name)) from None
        must(canonical(value) == self.files[name], "{} is not in the form it was written in".format(name))
        return value

    def events(self) -> List[Dict[str, Any]]:
        must(TRAIL in self.files, TRAIL + " is missing")
        try:
            rows = [json.loads(line.decode()) for line in self.files[TRAIL].splitlines()]
        except ValueError:
            raise Wrong("an audit event is not JSON") from None
        for number, row in enumerate(rows, 1):
            where = "audit event {}".format(number)
            for name, kind in (("seq", int), ("hash", str), ("type", str), ("packet_id", str), ("data", dict)):
                member(row, name, kind, where)
        return rows

    def id(self) -> str:
        return str(member(self.json(INDEX), "packet_id", str, INDEX))

    def facts(self) -> Any:
        return self.json(CERTIFICATE)

    def rows(self, which: str) -> List[Dict[str, Any]]:
        found = self.json(INDEX).get(which, [])
        must(isinstance(found, list), "{} tells {} in a form that cannot be".format(INDEX, which))
        for row in found:
            for name in ("code", "title", "mode", "file", "frozen_sha256", "sealed_sha256", "level"):
                member(row, name, str, "a row of " + INDEX)
            for name in ("position", "frozen_size"):
                member(row, name, int, "a row of " + INDEX)
        return list(found)

    def sealings(self) -> List[Dict[str, Any]]:
        """The events that sealed documents, oldest first."""
        found = [event for event in self.events() if event["type"] == "packet.sealed"]
        must(found, "the audit trail does not say that the documents were sealed")
        for event in found:
            member(event["data"], "documents", dict, "audit event {}".format(event["seq"]))
        return found

    def format(self) -> Any:
        return member(self.json(MANIFEST), "format", int, MANIFEST)

    def earlier_facts(self) -> List[Any]:
        """The certificates of completion that a correction replaced, as far as the package holds them."""
        return [self.json(name) for name in sorted(self.files) if re.match(r"earlier/\d+-certificate\.json\Z", name)]


# --- one function per check: returns the sentence to print -----------------------------------------------------------


def check_files(package: Package) -> str:
    manifest = package.json(MANIFEST)
    must(set(manifest) == {"format", "files"}, "the manifest has an unknown form")
    expected = member(manifest, "files", dict, MANIFEST)
    found = set(package.files) - OUTSIDE_MANIFEST
    missing, extra = sorted(set(expected) - found), sorted(found - set(expected))
    must(not missing, "missing from the package: " + ", ".join(map(shown, missing)))
    must(not extra, "not of this package: " + ", ".join(map(shown, extra)))
    for name, row in expected.items():
        real = {"sha256": sha256(package.files[name]), "size": len(package.files[name])}
        must(real == row, "{} is not the file the manifest names".format(shown(name)))
    return "all {} files are the ones the manifest names".format(len(expected))


def check_format(package: Package) -> None:
    """A format that this verifier does not know is no verdict, unless what is signed of the manifest says otherwise."""
    found = package.format()
    if found in FORMATS:
        return
    if EXPORT in package.files:
        must(package.json(EXPORT).get("manifest") == sha256(package.files[MANIFEST]), "the manifest was altered")
    raise Unreadable("the package is written in format {}; a newer verifier is needed".format(found))


def check_chain(package: Package) -> str:
    head, lines = GENESIS, package.files.get(TRAIL, b"").splitlines(True)
    events = package.events()
    must(events, "the audit trail is empty")
    for number, event in enumerate(events, 1):
        must(canonical(event) + b"\n" == lines[number - 1], "audit event {} is not as it was written".format(number))
        must(event["seq"] == number, "audit event {} is out of order or one is missing".format(number))
        must(event.get("prev_hash") == head, "audit event {} does not follow the one before it".format(number))
        body = {name: value for name, value in event.items() if name not in ("hash", "prev_hash")}
        head = sha256(bytes.fromhex(head) + canonical(body))
        must(event["hash"] == head, "audit event {} was altered".format(number))
    return "{} audit events form one unbroken chain, head {}...".format(len(events), head[:16])


def check_packet(package: Package) -> str:
    """The index says nothing that the signed facts do not say: those are named by the event that sealed them."""
    index, facts = package.json(INDEX), package.facts()
    must(set(index) <= {"packet_id", "carrier", "documents", "superseded"}, "the index tells more than it may")
    strangers = {event["packet_id"] for event in package.events()} - {package.id()}
    must(not strangers, "the audit trail has events of another packet")
    certified = member(facts, "packet", dict, CERTIFICATE)
    must(certified.get("id") == package.id(), "the certificate is of another packet")
    must(certified.get("carrier") == index.get("carrier"), "the index names another carrier than the certificate")
    must(package.sealings()[-1]["data"].get("certificate") == sha256(package.files[CERTIFICATE]),
         "the audit trail does not name this certificate")  # fmt: skip
    return "everything is of packet {} of {}".format(shown(package.id()), shown(index.get("carrier")))


def check_words(package: Package) -> str:
    """Titles, kinds, order and file names of the documents are those of the certificate."""
    certified = member(package.facts(), "documents", list, CERTIFICATE)
    rows = package.rows("documents")
    of_code = {row["code"]: row for row in rows}
    must(len(of_code) == len(rows), "the index lists a document twice")
    own = set(of_code) - {document.get("code") for document in certified}
    must(len(own) == 1, "there is not exactly one certificate of completion")
    order = [document.get("code") for document in certified] + sorted(own)
    must([row["code"] for row in sorted(rows, key=lambda row: row["position"])] == order,
         "the documents stand in another order than in the certificate")  # fmt: skip
    for row in rows:
        expected = "documents/{:02d}-{}.pdf".format(row["position"], row["code"])
        must(row["file"] == expected, "{} has the file name of something else".format(shown(row["code"])))
    same_words(of_code, certified)
    superseded = package.rows("superseded")
    for row in superseded:
        expected = r"superseded/\d+/{:02d}-{}\.pdf\Z".format(row["position"], re.escape(row["code"]))
        must(re.match(expected, row["file"]), "{} has the file name of something else".format(shown(row["file"])))
    for facts in package.earlier_facts():
        earlier = {
            document.get("sealed_sha256"): document for document in member(facts, "documents", list, CERTIFICATE)
        }
        for row in superseded:
            if row["sealed_sha256"] in earlier:
                same_words({row["code"]: row}, [earlier[row["sealed_sha256"]]])
    return "titles, order and file names of the documents are those of the certificate of completion"


def same_words(rows: Dict[str, Dict[str, Any]], certified: List[Any]) -> None:
    for document in certified:
        code = shown(document.get("code"))
        row = rows.get(document.get("code"))
        if row is None:
            raise Wrong("{} is certified and missing".format(code))
        for name in ("title", "mode", "frozen_sha256", "sealed_sha256"):
            must(document.get(name) == row[name], "{} has another {} than the certified one".format(code, name))


def check_content(package: Package, row: Dict[str, Any]) -> None:
    content, length = package.files.get(row["file"], b""), row["frozen_size"]
    must(sha256(content) == row["sealed_sha256"], "is not the file that was sealed")
    must(0 < length <= len(content), "is shorter than what was shown")
    must(sha256(content[:length]) == row["frozen_sha256"], "does not begin with the bytes that were shown")


def check_document(package: Package, row: Dict[str, Any]) -> str:
    """The bytes that were shown, the bytes that were sealed, and what the audit trail says of both."""
    check_content(package, row)
    sealed = package.sealings()[-1]["data"]["documents"]
    must(sealed.get(row["code"]) == row["sealed_sha256"], "is not the one the audit trail sealed")
    if not is_completion(package, row):  # the certificate of completion is made after the others were shown
        frozen = recorded(package, "packet.frozen").get(row["code"])
        must(frozen == row["frozen_sha256"], "is not the one the audit trail froze")
    package.named.add(row["file"])
    return "begins with the bytes that were shown, and is the file the audit trail names"


def check_superseded(package: Package, row: Dict[str, Any]) -> str:
    """A document as it was signed before a correction took its place: the trail froze and sealed it then."""
    check_content(package, row)
    before = [event["data"]["documents"].get(row["code"]) for event in package.sealings()[:-1]]
    must(row["sealed_sha256"] in before, "is not one the audit trail sealed before")
    package.named.add(row["file"])
    return "begins with the bytes that were shown, and is a file the audit trail sealed before it was corrected"


def check_completeness(package: Package) -> str:
    """Every document that was ever sealed is there, those that a correction replaced among them."""
    there = {row["sealed_sha256"] for row in package.rows("documents") + package.rows("superseded")}
    sealings = package.sealings()
    for event in sealings:
        for code, digest in sorted(event["data"]["documents"].items()):
            must(digest in there, "{}, which event {} sealed, is missing".format(shown(code), event["seq"]))
    must(set(sealings[-1]["data"]["documents"]) == {row["code"] for row in package.rows("documents")},
         "the documents are not those that were sealed")  # fmt: skip
    return "every document that was sealed is there, after {} sealing{}".format(
        len(sealings), "" if len(sealings) == 1 else "s"
    )


def check_stamped(package: Package, row: Dict[str, Any]) -> Optional[str]:
    """A copy that was given an authority's time after it was sealed; most packages have none."""
    name = row["file"].replace("documents/", "stamped/", 1)
    if name not in package.files:
        return None
    must(package.files[name].startswith(package.files[row["file"]]), "has a stamped copy that is not the sealed file")
    event = next(
        (
            one
            for one in reversed(package.events())
            if one["type"] == "packet.timestamped"
            and one["data"].get("documents", {}).get(row["code"]) == sha256(package.files[name])
        ),
        None,
    )
    if event is None:
        raise Wrong("has a stamped copy that the audit trail does not name")
    package.named.add(name)
    if event["seq"] > package.signed_to:
        must(package.format() == 1, "has a stamped copy that no signed statement covers")
        package.unsigned.append("{}: only an event that is not signed names it".format(shown(name)))
    return "has a copy stamped later, which begins with the sealed file; the stamp itself is not judged here"


def recorded(package: Package, kind: str) -> Dict[str, str]:
    found: Dict[str, str] = {}
    for event in package.events():
        if event["type"] == kind:
            found.update(member(event["data"], "documents", dict, "audit event {}".format(event["seq"])))
    return found


def is_completion(package: Package, row: Dict[str, Any]) -> bool:
    return row["code"] not in {document.get("code") for document in package.facts()["documents"]}


def check_completion(package: Package) -> str:
    """The certificate of completion says of every document and of the audit trail what they are."""
    certified = package.facts()
    (own,) = [row for row in package.rows("documents") if is_completion(package, row)]
    must(
        attached(package.files.get(own["file"], b""), package.files[CERTIFICATE]),
        "the facts attached to the certificate are others",
    )
    log = member(certified, "log", dict, CERTIFICATE)
    events = {event["seq"]: event for event in package.events()}
    must(events.get(log.get("last_seq"), {}).get("hash") == log.get("head"), "the audit trail is not the certified one")
    return "the certificate of completion names {} documents and the audit trail as they are".format(
        len(certified["documents"])
    )


def attached(pdf: bytes, expected: bytes) -> bool:
    """Whether one of a PDF's compressed streams is exactly these bytes."""
    for start in re.finditer(rb"stream\r?\n", pdf):
        try:
            if zlib.decompressobj().decompress(pdf[start.end() :], len(expected) + 1) == expected:
                return True
        except zlib.error:
            continue
    return False


def check_earlier(package: Package) -> Optional[str]:
    """What proved the packet before a correction: facts and checkpoint of each sealing are those of then."""
    before = package.sealings()[:-1]
    if package.format() == 1:
        if package.rows("superseded"):
            package.unsigned.append("the titles of superseded documents: this package does not hold what signed them")
        return None
    for number, event in enumerate(before, 1):
        names = ["earlier/{:02d}-{}.json".format(number, what) for what in ("certificate", "checkpoint")]
        facts, checkpoint = (package.json(name) for name in names)
        must(sha256(package.files[names[0]]) == event["data"].get("certificate"), names[0] + " is not the one of then")
        must(checkpoint.get("seq") == event["seq"] and checkpoint.get("head") == event["hash"]
             and checkpoint.get("packet_id") == package.id(), names[1] + " is of another audit trail")  # fmt: skip
        must(facts["packet"]["id"] == package.id(), names[0] + " is of another packet")
        package.named.update(names)
    return "{} earlier certificates of completion are the ones of then".format(len(before)) if before else None


def check_strangers(package: Package) -> str:
    """Nothing lies in the package that nothing signed accounts for."""
    strangers = sorted(set(package.files) - package.named)
    must(not strangers, "no signed statement names " + ", ".join(map(shown, strangers)))
    return "nothing lies in the package that it does not account for"


# --- signed statements -----------------------------------------------------------------------------------------------


def statement_of(package: Package, value: Any, name: str) -> Tuple[int, str]:
    """The event that a statement is about; Wrong when the trail is not the one it was made of."""
    seq, head = member(value, "seq", int, name), member(value, "head", str, name)
    must(member(value, "packet_id", str, name) == package.id(), "is of another packet")
    events = package.events()
    must(
        0 < seq <= len(events),
        "names event {}, and the audit trail here ends with event {}: later events were removed".format(
            seq, len(events)
        ),
    )
    must(events[seq - 1]["hash"] == head, "was made of another audit trail: events up to {} were changed".format(seq))
    return seq, head


def check_signature(package: Package, value: Any, name: str) -> Optional[bool]:
    """Whether a trusted key made a statement's signature; None without libraries. Wrong for a false signature."""
    signature = member(value, "signature", str, name)
    statement = canonical({key: one for key, one in value.items() if key != "signature"})
    if not SIGNATURES:
        return None
    try:
        raw = bytes.fromhex(signature)
    except ValueError:
        raise Wrong("has a signature that cannot be read") from None
    if any(verifies(key, raw, statement) for key in package.keys):
        return True
    signer = str(value.get("certificate_sha256", ""))
    own = {one.fingerprint(hashes.SHA256()).hex() for one in package.keys}
    must(HASH.match(signer) and signer not in own, "has a signature that does not verify")
    package.unsigned.append(
        "{}: signed with the certificate whose SHA-256 is {}, which did not seal these documents. If the carrier "
        "confirms that certificate, give both with --certificate".format(shown(name), signer)
    )
    return False


def told(signed: Optional[bool]) -> str:
    if signed is None:
        return "has a signature, which was not checked"
    return "is signed by the sealing key" if signed else "is signed by a key that nothing here vouches for"


def check_checkpoint(package: Package) -> str:
    value = package.json(CHECKPOINT)
    known = {"packet_id", "seq", "head", "at", "signature"}
    must(known <= set(value) <= known | {"packages"}, "the checkpoint has an unknown form")
    least = value.get("packages", 1)
    must(package.format() >= least, "was made when packages had format {} already".format(least))
    seq, _ = statement_of(package, value, CHECKPOINT)
    must(package.sealings()[-1]["seq"] == seq, "the checkpoint is not of the event that sealed the documents")
    signed = check_signature(package, value, CHECKPOINT)
    if signed is not False:
        package.signed_to = max(package.signed_to, seq)
    return "the head of the audit trail at event {} {}".format(seq, told(signed))


def check_milestone(package: Package, name: str) -> str:
    value = package.json(name)
    must(value.get("kind") == "milestone", "is not a milestone")
    seq, head = statement_of(package, value, name)
    must(name == "milestones/{:06d}-{}.json".format(seq, head), "has the file name of something else")
    signed = check_signature(package, value, name)
    package.named.add(name)
    if signed is not False:
        package.signed_to = max(package.signed_to, seq)
    return "the head of the audit trail at event {} {}, at {}".format(seq, told(signed), shown(value.get("at")))


def check_daily(package: Package) -> Optional[str]:
    """The daily head over all packets covers this one: its entry leads to a root that is signed."""
    if DAILY not in package.files:
        return None
    value = package.json(DAILY)
    head, entry = member(value, "head", dict, DAILY), member(value, "entry", dict, DAILY)
    must(head.get("kind") == "daily" and set(entry) == {"packet_id", "seq", "head"}, "is not a daily head")
    day = shown(member(head, "day", str, DAILY))
    try:
        seq, _ = statement_of(package, entry, DAILY)
    except Wrong as wrong:
        raise Wrong("the daily head of {} {}".format(day, wrong)) from None
    found = hashlib.sha256(b"\x00" + canonical(entry)).digest()
    for step in member(value, "path", list, DAILY):
        beside = member(step, "hash", str, DAILY)
        must(HASH.match(beside) and step.get("side") in ("left", "right"), "has a path that cannot be")
        pair = bytes.fromhex(beside) + found if step["side"] == "left" else found + bytes.fromhex(beside)
        found = hashlib.sha256(b"\x01" + pair).digest()
    roots, shard = member(head, "roots", list, DAILY), member(value, "shard", int, DAILY)
    must(0 <= shard < len(roots) and roots[shard] == found.hex(), "the daily head of {} is not over this".format(day))
    signed = check_signature(package, head, DAILY)
    if signed is not False:
        package.signed_to = max(package.signed_to, seq)
    return "the daily head of {} over all packets covers events up to {}; it {}".format(day, seq, told(signed))


def check_export(package: Package) -> Optional[str]:
    """The statement about the package as a whole: every file, every word, and where the audit trail ended."""
    if EXPORT not in package.files:
        return None
    must(package.format() != 1, "does not belong into a package of this format")
    value = package.json(EXPORT)
    must(value.get("kind") == "export", "is not a statement about a package")
    seq, _ = statement_of(package, value, EXPORT)
    must(seq == len(package.events()), "ends with event {}: later events were added".format(seq))
    must(member(value, "manifest", str, EXPORT) == sha256(package.files.get(MANIFEST, b"")),
         "was made of another package: files were changed, added, removed or renamed")  # fmt: skip
    named = value.get("daily")
    if named is None:
        must(DAILY not in package.files, "names no daily head, and the package holds one")
    else:
        must(DAILY in package.files, "names the daily head of {}, which is missing".format(shown(named.get("day"))))
        head = package.json(DAILY)["head"]
        must({"day": head.get("day"), "sha256": sha256(canonical(head))} == named, "names another daily head")
    signed = check_signature(package, value, EXPORT)
    if signed is not False:
        package.signed_to = max(package.signed_to, seq)
        package.exported = shown(value.get("at"))
    return "the package as a whole, of {}, {}".format(shown(value.get("at")), told(signed))


def note_tail(package: Package) -> None:
    """What no signed statement covers, in words."""
    tail = [event for event in package.events() if event["seq"] > package.signed_to]
    if tail:
        told_of = ["{} {}".format(event["seq"], shown(event["type"])) for event in tail[:MOST_TOLD]]
        more = " and {} more".format(len(tail) - MOST_TOLD) if len(tail) > MOST_TOLD else ""
        package.unsigned.append(
            "the last {} event{} of the audit trail ({}{}): whoever held the package could have written, changed or "
            "removed them".format(len(tail), "" if len(tail) == 1 else "s", ", ".join(told_of), more)
        )
    if package.exported is not None or EXPORT in package.files:
        return
    if package.format() == 1:
        why = "Packages that were made before there were such statements have none."
    else:
        why = "Packages of this format are handed out with one: someone took it away, or it could not be made."
    package.unsigned.append(
        "the package as a whole: there is no export.json. {} Nothing signed says that the audit trail ended here: "
        "events after event {} may have been removed. README.txt and econtracting_verify.py are not covered "
        "either".format(why, len(package.events()))
    )


# --- seals -----------------------------------------------------------------------------------------------------------


def verifies(certificate: Any, signature: bytes, message: bytes) -> bool:
    try:
        certificate.public_key().verify(signature, message, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def check_seal(content: bytes, level: str, signers: List[Any]) -> str:
    """The seal over the whole file: its range, its hash, its signature, and whose key made it."""
    ranges = re.findall(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]", content)
    must(ranges, "carries no seal")
    before, length, after, rest = (int(number) for number in ranges[0])
    must(before == 0 and 0 < length < after and after + rest <= len(content), "has a seal over a range that cannot be")
    if level in ("B-B", "B-T"):
        must(len(ranges) == 1 and after + rest == len(content), "was changed after it was sealed")
    gap = content[length:after]
    must(gap[:1] == b"<" and gap[-1:] == b">", "has a seal that leaves out more than the signature")
    try:
        message = cms.ContentInfo.load(bytes.fromhex(gap[1:-1].decode()))["content"]
        return check_message(message, content[:length] + content[after : after + rest], signers)
    except (ValueError, TypeError, KeyError, IndexError):
        raise Wrong("has a seal that cannot be read") from None


def check_message(message: Any, covered: bytes, signers: List[Any]) -> str:
    info = message["signer_infos"][0]
    attributes = {row["type"].native: row["values"] for row in info["signed_attrs"]}
    must(attributes["message_digest"][0].native == hashlib.sha256(covered).digest(), "was altered after it was sealed")
    carried = [choice.chosen.dump() for choice in message["certificates"]]
    signer = next((one for one in signers if one.public_bytes(Encoding.DER) in carried), None)
    if signer is None:
        raise Wrong("is sealed with another certificate")
    own = signer.public_bytes(Encoding.DER)
    bound = attributes["signing_certificate_v2"][0]["certs"][0]["cert_hash"].native
    must(bound == hashlib.sha256(own).digest(), "has a seal that is bound to another certificate")
    must(info["signature_algorithm"].signature_algo == "ecdsa", "is sealed with an unexpected algorithm")
    holds = verifies(signer, info["signature"].native, info["signed_attrs"].untag().dump())
    must(holds, "its seal does not verify")
    return "the seal covers the whole file and verifies" + stamped(info)


def stamped(info: Any) -> str:
    """What an independent authority's timestamp says, if the seal carries one. The authority is not judged here."""
    for row in info["unsigned_attrs"] or []:
        if row["type"].native == "signature_time_stamp_token":
            token = row["values"][0]["content"]["encap_content_info"]["content"].parsed
            imprint, algorithm = token["message_imprint"]["hashed_message"], token["message_imprint"]["hash_algorithm"]
            signature = hashlib.new(algorithm["algorithm"].native, info["signature"].native).digest()
            must(imprint.native == signature, "carries a timestamp of another seal")
            return "; stamped {} by an authority that is not judged here".format(token["gen_time"].native.isoformat())
    return ""


def loaded(pem: bytes, name: str) -> Any:
    try:
        return x509.load_pem_x509_certificate(pem, default_backend())
    except ValueError:
        raise Wrong("{} holds no certificate".format(name)) from None


def load_pinned(paths: Tuple[Path, ...]) -> List[Any]:
    """The certificates that the caller trusts; one that cannot be read is no fault of the package."""
    try:
        return [loaded(path.read_bytes(), path.name) for path in paths]
    except Wrong as wrong:
        raise Unreadable(str(wrong)) from None


def before_names(package: Package) -> List[str]:
    return sorted(name for name in package.files if re.match(r"seal-certificate-before-\d+\.pem\Z", name))


def load_signers(package: Package, pinned: List[Any]) -> List[Any]:
    """The sealing certificates of the package, today's first; Wrong when one is not among those the caller trusts."""
    found = [loaded(package.files.get(name, b""), name) for name in [SEALER, *before_names(package)]]
    if pinned:
        must(all(one in pinned for one in found), "a sealing certificate is not one that you gave")
    package.keys = [found[0], *pinned]
    return found


def check_befores(package: Package) -> None:
    """A certificate of an earlier sealing is named by the facts of then, or by a seal that the audit trail names."""
    certified = {facts.get("seal", {}).get("certificate_sha256") for facts in package.earlier_facts()}
    superseded = [package.files.get(row["file"], b"") for row in package.rows("superseded")]
    kept = [package.files.get(row["file"], b"") for row in package.rows("documents")]
    for name in before_names(package):
        der = der_of(package.files[name], name)
        inside = der.hex().encode()
        sealed = any(inside in content or inside.upper() in content for content in superseded + kept)
        must(sha256(der) in certified or sealed, "{} sealed nothing that is here".format(name))
        package.named.add(name)


def der_of(pem: bytes, name: str) -> bytes:
    body = re.search(rb"-----BEGIN CERTIFICATE-----(.+?)-----END", pem, re.DOTALL)
    if body is None:
        raise Wrong("{} holds no certificate".format(name))
    try:
        return base64.b64decode(body.group(1))
    except ValueError:
        raise Wrong("{} holds no certificate".format(name)) from None


def check_fingerprint(package: Package) -> str:
    found = sha256(der_of(package.files.get(SEALER, b""), SEALER))
    certified = member(package.facts(), "seal", dict, CERTIFICATE).get("certificate_sha256")
    must(found == certified, "the sealing certificate is not the certified one")
    return "the sealing certificate is the certified one, SHA-256 {}".format(found)


# --- the run ---------------------------------------------------------------------------------------------------------


class Report:
    """What the checks came to: how many hold, how many do not, and where the verifier itself did not get on."""

    def __init__(self) -> None:
        self.failed = 0
        self.done = 0
        self.stuck: List[str] = []

    def run(self, name: str, check: Callable[..., Any], *arguments: Any) -> Any:
        """Runs a check and prints its line. An error of ours, or of a library, is no answer about the package."""
        try:
            answer = check(*arguments)
        except Wrong as wrong:
            self.failed += 1
            say("FAIL  {}: {}".format(name, wrong))
            return None
        except (Unreadable, OSError, zipfile.BadZipFile, zlib.error) as error:
            return self.stop(name, str(error))
        except Exception as error:
            return self.stop(name, "the verifier itself failed ({}: {})".format(type(error).__name__, shown(error)))
        if isinstance(answer, str):
            self.done += 1
            say("ok    {}: {}".format(name, answer))
        return answer

    def stop(self, name: str, sentence: str) -> None:
        self.stuck.append(sentence)
        say("?     {}: {}".format(name, sentence))


def verify(source: Path, *pinned: Path) -> int:
    report = Report()
    files = report.run("package", read_folder if source.is_dir() else read_archive, source)
    return conclude(Package({}), report) if files is None else verify_files(files, report, *pinned)


def verify_files(files: Dict[str, bytes], report: Report, *pinned: Path) -> int:
    package = Package(files)
    report.run("files", check_files, package)
    report.run("format", check_format, package)
    if report.stuck:
        return conclude(package, report)
    report.run("audit trail", check_chain, package)
    report.run("packet", check_packet, package)
    report.run("certificate", check_fingerprint, package)
    signers: List[Any] = []
    if SIGNATURES:
        given = report.run("certificate", load_pinned, pinned) or []
        signers = report.run("certificate", load_signers, package, given) or []
    report.run("checkpoint", check_checkpoint, package)
    for name in sorted(name for name in files if name.startswith("milestones/")):
        report.run(shown(name), check_milestone, package, name)
    report.run("daily head", check_daily, package)
    report.run("export", check_export, package)
    report.run("words", check_words, package)
    report.run("earlier", check_earlier, package)
    report.run("documents", check_completeness, package)
    for which, check in (("documents", check_document), ("superseded", check_superseded)):
        for row in report.run(which, package.rows, which) or []:
            name = shown(row["code"] if which == "documents" else row["file"])
            report.run(name, check, package, row)
            if which == "documents":
                report.run(name, check_stamped, package, row)
            if signers:
                report.run(name, check_seal, files.get(row["file"], b""), row["level"], signers)
    report.run("certificate", check_befores, package)
    report.run("completion", check_completion, package)
    report.run("files", check_strangers, package)
    if not report.failed and not report.stuck:
        report.run("signatures", note_tail, package)
    return conclude(package, report)


def conclude(package: Package, report: Report) -> int:
    """The last words, and the exit code they stand for."""
    code, lines = judged(package, report)
    say("")
    for line in lines:
        say(line)
    return code


def judged(package: Package, report: Report) -> Tuple[int, List[str]]:
    if report.failed:
        return ALTERED, [
            "ALTERED. {} of the checks above do not hold: this package is not what was signed.".format(report.failed),
            "Do not rely on this package.",
        ]
    if report.stuck:
        return UNREADABLE, [
            "CANNOT BE READ. {}.".format(report.stuck[0]),
            "This is no verdict: it says neither that the package is good nor that it was altered.",
        ]
    missing = ["  - {}.".format(one) for one in package.unsigned]
    if not SIGNATURES:
        also = ["Besides, no signature could cover:", *missing] if missing else []
        return UNCHECKED, [
            "HASHES HOLD. SIGNATURES WERE NOT CHECKED, because libraries are missing ({}).".format(shown(MISSING)),
            "Whoever can compute hashes could have made this package. Before you rely on it: {}".format(advice()),
            *also,
        ]
    if missing:
        return UNSIGNED, [
            "VALID, BUT NOT ALL OF IT IS SIGNED. What is signed was not altered. Not signed, so that it proves nothing "
            "by itself:",
            *missing,
            "Ask the carrier for a package made today: it is signed as a whole.",
        ]
    return ANCHORED, [
        "VALID AND ANCHORED. All {} checks hold. The package shows the packet as it stood at {}, which is signed."
        "".format(report.done, package.exported),
        "It cannot show what happened later. Whose key it is, it cannot say either: compare the certificate's SHA-256 "
        "above with the one the carrier publishes.",
    ]


def advice() -> str:
    """What to install on this Python."""
    newest = NEWEST_CRYPTOGRAPHY.get(sys.version_info[:2])
    version, here = "=={}".format(newest) if newest else "", ".".join(map(str, sys.version_info[:2]))
    which = "{} is the newest that installs on Python {}".format(newest, here) if newest else "any current release"
    return "python3 -m pip install cryptography{} asn1crypto  (cryptography: {})".format(version, which)


class Arguments(argparse.ArgumentParser):
    """A wrong call is no verdict either; argparse would end it with the code of another answer."""

    def error(self, message: str) -> Any:
        self.print_usage(sys.stderr)
        self.exit(UNREADABLE, "CANNOT BE READ. {}. This is no verdict about the package.\n".format(message))


def main() -> int:
    if sys.version_info < OLDEST_PYTHON:
        say("CANNOT BE READ. This verifier needs Python 3.7 or later. This is no verdict about the package.")
        return UNREADABLE
    parser = Arguments(description="Checks an evidence package without a network.")
    parser.add_argument("package", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument(
        "--certificate",
        type=Path,
        action="append",
        default=[],
        help="the carrier's sealing certificate, from a source you trust; once more for each other one",
    )
    arguments = parser.parse_args()
    return verify(arguments.package, *arguments.certificate)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (Exception, KeyboardInterrupt) as error:
        print("CANNOT BE READ. The verifier itself failed ({}).".format(type(error).__name__))
        print("This is no verdict: it says neither that the package is good nor that it was altered.")
        sys.exit(UNREADABLE)
