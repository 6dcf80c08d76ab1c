"""Marks and seals: the frozen bytes stay, every reader's checks pass, and one altered byte is found."""

import asyncio
import hashlib
import shutil
import subprocess
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader
from pypdf.generic import IndirectObject

from econtracting.adapters import seal_certificate
from econtracting.adapters.packet_files import signature_styles
from econtracting.adapters.pades import PadesSeal
from econtracting.adapters.render import TypstRenderer
from econtracting.domain.errors import Unavailable
from econtracting.domain.signing.completion import SealFacts
from econtracting.domain.signing.documents import Mark, RenderedDocument, SealedDocument, SealLevel, SealRefused
from tests.support.authority import Authority, authority, timestamp_authority
from tests.support.paperwork import AT, FACTS, NAME, SealingKey, mark_for, marks_for, new_key, sealing_key
from tests.support.pdf_text import text_of
from tests.support.pictures import DRAWN_SIGNATURE


@pytest.fixture(scope="module")
def key() -> Iterator[SealingKey]:
    with sealing_key() as key:
        yield key


@pytest.fixture(scope="module")
def seal(key: SealingKey) -> PadesSeal:
    return PadesSeal(key.kms, key.key_id, key.certificate_pem)


@pytest.fixture(scope="module")
def frozen() -> RenderedDocument:
    return TypstRenderer().render("meridian", "application", FACTS, AT)


def sealed_by(seal: PadesSeal, frozen: RenderedDocument, marks: list[Mark] | None = None) -> SealedDocument:
    return seal.seal(
        frozen.content,
        marks_for(frozen) if marks is None else marks,
        document_id="application",
        title="Individual Agent Application",
        at=AT,
    )


@pytest.fixture(scope="module")
def sealed(seal: PadesSeal, frozen: RenderedDocument) -> SealedDocument:
    return sealed_by(seal, frozen)


def judged(content: bytes, key: SealingKey) -> PdfSignatureStatus:
    (signature,) = PdfFileReader(BytesIO(content)).embedded_signatures
    trusted = ValidationContext(
        trust_roots=seal_certificate.load(key.certificate_pem), moment=AT, best_signature_time=AT
    )
    return asyncio.run(async_validate_pdf_signature(signature, trusted))


def test_a_sealed_document_begins_with_exactly_the_frozen_bytes(
    sealed: SealedDocument, frozen: RenderedDocument
) -> None:
    assert sealed.content.startswith(frozen.content)
    assert hashlib.sha256(sealed.content[: len(frozen.content)]).hexdigest() == frozen.sha256
    assert sealed.sha256 == hashlib.sha256(sealed.content).hexdigest()


def test_a_third_party_validator_finds_the_seal_whole_and_trusted(sealed: SealedDocument, key: SealingKey) -> None:
    status = judged(sealed.content, key)

    assert status.bottom_line
    assert status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    assert status.docmdp_ok
    assert status.modification_level == ModificationLevel.NONE
    assert status.signer_reported_dt == AT


def test_the_seal_is_pades_baseline_and_forbids_changes(sealed: SealedDocument) -> None:
    (signature,) = PdfFileReader(BytesIO(sealed.content)).embedded_signatures

    assert sealed.level == "B-B"
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert signature.docmdp_level.name == "NO_CHANGES"
    signed = {row["type"].native for row in signature.signer_info["signed_attrs"]}
    assert signed == {"content_type", "message_digest", "signing_certificate_v2"}


def accepted(content: bytes, key: SealingKey) -> bool:
    try:
        return bool(judged(content, key).bottom_line)
    except Exception:  # what no reader can parse is not accepted either
        return False


def test_one_altered_byte_anywhere_breaks_the_seal(sealed: SealedDocument, key: SealingKey) -> None:
    assert accepted(sealed.content, key)
    for position in range(97, len(sealed.content), len(sealed.content) // 23):
        altered = bytearray(sealed.content)
        altered[position] ^= 0x20
        assert not accepted(bytes(altered), key), position


def test_who_signed_and_when_can_be_read_in_the_document(sealed: SealedDocument) -> None:
    shown = " ".join(text_of(sealed.content).split())

    assert f"Signed by {NAME}" in shown
    assert "sig_7q2m4n8p5r" in shown
    assert "2026-11-23 16:05:12 UTC" in shown
    assert "11-23-2026" in shown


def figures(content: bytes) -> dict[str, Any]:
    """Tagged figures and forms of a document, by their text alternative."""
    found: dict[str, Any] = {}

    def walk(element: Any) -> None:
        if isinstance(element, dict):
            if element.get("/S") in ("/Figure", "/Form"):
                found[str(element.get("/Alt", element["/S"]))] = element
            kids = element.get("/K")
            for kid in kids if isinstance(kids, list) else [kids]:
                walk(kid.get_object() if isinstance(kid, IndirectObject) else kid)

    walk(PdfReader(BytesIO(content)).root_object["/StructTreeRoot"])
    return found


def test_every_mark_is_the_tagged_content_of_its_field(sealed: SealedDocument, frozen: RenderedDocument) -> None:
    before, after = figures(frozen.content), figures(sealed.content)

    assert {box.label for box in frozen.fields} <= before.keys()
    spoken = f"Signed by {NAME}. Signature on Individual Agent Application. sig_7q2m4n8p5r, 2026-11-23 16:05:12 UTC."
    assert [kid["/Type"] for kid in after[spoken]["/K"]] == ["/MCR"]
    assert before.keys().isdisjoint(after.keys() - {"/Form"})


def test_the_seal_field_has_its_place_in_the_structure(sealed: SealedDocument) -> None:
    root = PdfFileReader(BytesIO(sealed.content)).root
    widget: Any = root["/AcroForm"]["/Fields"][0]

    assert widget["/TU"] == "Electronic seal of this document"
    assert figures(sealed.content)["/Form"]["/K"]["/Type"] == "/OBJR"
    numbers = root["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    assert int(widget["/StructParent"]) in [int(numbers[index]) for index in range(0, len(numbers), 2)]


def test_metadata_version_and_tags_stay_what_archival_readers_want(
    sealed: SealedDocument, frozen: RenderedDocument
) -> None:
    before, after = PdfFileReader(BytesIO(frozen.content)).root, PdfFileReader(BytesIO(sealed.content)).root

    assert after["/Metadata"].data == before["/Metadata"].data
    assert "/Version" not in after
    assert after["/Lang"] == before["/Lang"]
    assert after["/OutputIntents"] == before["/OutputIntents"]


@pytest.mark.parametrize("style", ["flowing", "casual", "formal", "brush"])
def test_every_font_a_mark_uses_is_embedded(seal: PadesSeal, frozen: RenderedDocument, style: str) -> None:
    content = sealed_by(seal, frozen, marks_for(frozen, style)).content

    names = {style.id: style.font.replace(" ", "") for style in signature_styles()}
    used = set()
    resources: Any = PdfReader(BytesIO(content)).pages[-1]["/Resources"]
    for form in resources["/XObject"].values():
        for font in form.get_object()["/Resources"]["/Font"].values():
            description = font["/DescendantFonts"][0]["/FontDescriptor"]
            assert description.keys() & {"/FontFile2", "/FontFile3"}
            assert "/ToUnicode" in font
            used.add(font["/BaseFont"].split("+")[1].split("-")[0])
    assert names[style] in used


def test_a_drawn_signature_keeps_the_name_as_text(seal: PadesSeal, frozen: RenderedDocument, key: SealingKey) -> None:
    signature, *others = marks_for(frozen)
    drawn = signature.model_copy(update={"image_png": DRAWN_SIGNATURE})

    content = sealed_by(seal, frozen, [drawn, *others]).content

    assert f"Signed by {NAME}" in text_of(content)
    assert judged(content, key).bottom_line


def test_a_document_without_fields_is_sealed_too(seal: PadesSeal, key: SealingKey) -> None:
    summary = TypstRenderer().render("meridian", "summary", FACTS, AT)

    assert judged(sealed_by(seal, summary, []).content, key).bottom_line


def test_a_mark_for_a_field_the_document_lacks_is_refused(seal: PadesSeal, frozen: RenderedDocument) -> None:
    elsewhere = frozen.fields[0].model_copy(update={"label": "Signature on another document"})

    with pytest.raises(SealRefused):
        sealed_by(seal, frozen, [mark_for(elsewhere)])


def test_an_image_that_is_none_is_refused_and_not_sealed(seal: PadesSeal, frozen: RenderedDocument) -> None:
    broken = marks_for(frozen)[0].model_copy(update={"image_png": b"not a picture"})

    with pytest.raises(Exception, match="mark"):
        sealed_by(seal, frozen, [broken])


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\nnonsense", b"hello"])
def test_what_is_no_document_of_ours_is_refused(seal: PadesSeal, content: bytes) -> None:
    with pytest.raises(SealRefused):
        seal.seal(content, [], document_id="x", title="X", at=AT)


def test_a_certificate_of_another_key_is_refused_before_anything_is_signed(
    key: SealingKey, frozen: RenderedDocument
) -> None:
    other = new_key(key.kms)

    with pytest.raises(SealRefused, match="another key"):
        sealed_by(PadesSeal(key.kms, key.key_id, other.certificate_pem), frozen)


@pytest.mark.parametrize("moment", [AT - timedelta(days=1), AT + timedelta(days=4 * 365)])
def test_nothing_is_sealed_outside_the_certificate_validity(
    seal: PadesSeal, frozen: RenderedDocument, moment: datetime
) -> None:
    with pytest.raises(SealRefused, match="not valid"):
        seal.seal(frozen.content, [], document_id="application", title="Application", at=moment)


class _Down:
    """A key service that answers the self-test and then falls silent."""

    def __init__(self, kms: Any) -> None:
        self.get_public_key = kms.get_public_key

    def sign(self, **_: Any) -> Any:
        raise EndpointConnectionError(endpoint_url="https://kms.example.com")


def test_a_silent_key_service_is_an_outage_to_be_retried(key: SealingKey, frozen: RenderedDocument) -> None:
    with pytest.raises(Unavailable):
        sealed_by(PadesSeal(_Down(key.kms), key.key_id, key.certificate_pem), frozen)


class _Counting:
    def __init__(self, kms: Any) -> None:
        self._kms = kms
        self.messages: list[bytes] = []

    def get_public_key(self, **arguments: Any) -> Any:
        return self._kms.get_public_key(**arguments)

    def sign(self, **arguments: Any) -> Any:
        assert arguments["MessageType"] == "RAW"
        self.messages.append(arguments["Message"])
        return self._kms.sign(**arguments)


def test_a_seal_costs_one_signature_of_a_short_message(key: SealingKey, frozen: RenderedDocument) -> None:
    counting = _Counting(key.kms)

    sealed_by(PadesSeal(counting, key.key_id, key.certificate_pem), frozen)

    (message,) = counting.messages
    assert len(message) < 4096


def test_the_seal_names_itself_as_the_certificate_of_completion_needs_it(seal: PadesSeal, key: SealingKey) -> None:
    facts = SealFacts.model_validate(seal.identity())

    assert facts.level == "B-B"
    assert facts.key_id == key.key_id
    assert facts.certificate_subject == facts.certificate_issuer
    assert "Meridian Health Document Seal" in facts.certificate_subject
    assert facts.certificate_sha256 == sealed_by_fingerprint(key)


def sealed_by_fingerprint(key: SealingKey) -> str:
    return hashlib.sha256(seal_certificate.load(key.certificate_pem)[0].dump()).hexdigest()


def test_a_level_with_a_timestamp_needs_an_authority(key: SealingKey) -> None:
    with pytest.raises(SealRefused, match="timestamp authority"):
        PadesSeal(key.kms, key.key_id, key.certificate_pem, level="B-T")


def test_with_an_authority_the_seal_carries_its_time(key: SealingKey, frozen: RenderedDocument) -> None:
    seal = PadesSeal(key.kms, key.key_id, key.certificate_pem, level="B-T", timestamper=timestamp_authority(AT))

    sealed = sealed_by(seal, frozen)

    (signature,) = PdfFileReader(BytesIO(sealed.content)).embedded_signatures
    assert sealed.level == "B-T"
    unsigned = {row["type"].native for row in signature.signer_info["unsigned_attrs"]}
    assert unsigned == {"signature_time_stamp_token"}


@pytest.fixture(scope="module")
def certified(key: SealingKey) -> tuple[Authority, bytes]:
    """An authority, and the certificate it issued for the sealing key, with its own behind it."""
    issuer = authority(AT)
    public = load_der_public_key(key.kms.get_public_key(KeyId=key.key_id)["PublicKey"])
    chain = [issuer.issued("Meridian Health Document Seal", public), issuer.certificate]
    return issuer, b"".join(certificate.public_bytes(Encoding.PEM) for certificate in chain)


@pytest.mark.parametrize("level", ["B-LT", "B-LTA"])
def test_long_term_levels_carry_what_a_later_check_needs(
    key: SealingKey, frozen: RenderedDocument, certified: tuple[Authority, bytes], level: SealLevel
) -> None:
    issuer, pem = certified
    seal = PadesSeal(
        key.kms, key.key_id, pem, level=level, timestamper=issuer.timestamper(), validation=issuer.validation
    )

    sealed = sealed_by(seal, frozen)

    reader = PdfFileReader(BytesIO(sealed.content))
    signature, *stamps = reader.embedded_signatures
    status = asyncio.run(
        async_validate_pdf_signature(signature, issuer.validation(), ts_validation_context=issuer.validation())
    )
    assert sealed.level == level
    assert sealed.content.startswith(frozen.content)
    assert status.intact
    assert status.valid
    assert status.trusted
    assert status.modification_level == ModificationLevel.LTA_UPDATES
    assert reader.root["/DSS"]["/CRLs"]
    assert [stamp.sig_object["/Type"] for stamp in stamps] == (["/DocTimeStamp"] if level == "B-LTA" else [])
    assert signature.docmdp_level is None


class _SilentAuthority(TimeStamper):
    async def async_request_tsa_response(self, req: Any) -> Any:
        raise TimestampRequestError("no answer")


def test_a_silent_authority_never_lowers_the_level(key: SealingKey, frozen: RenderedDocument) -> None:
    seal = PadesSeal(key.kms, key.key_id, key.certificate_pem, level="B-T", timestamper=_SilentAuthority())

    with pytest.raises(Unavailable):
        sealed_by(seal, frozen)


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="poppler's pdfsig is not installed")
def test_a_reader_of_another_make_finds_the_seal_valid(sealed: SealedDocument, tmp_path: Path) -> None:
    path = tmp_path / "sealed.pdf"
    path.write_bytes(sealed.content)

    told = subprocess.run(["pdfsig", "-nocert", path], capture_output=True, text=True, check=True).stdout

    assert "Signature is Valid" in told
    assert "Total document signed" in told
