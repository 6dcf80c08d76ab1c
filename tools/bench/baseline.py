"""The same text by plainer means: rendering and signing without tags, fields, archival format, marks and KMS."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO
from xml.sax.saxutils import escape

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, SimpleSigner, sign_pdf
from pyhanko_certvalidator.registry import SimpleCertificateStore
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate


def plain_document(pages: list[str]) -> bytes:
    """ReportLab's own layout of the text of some pages, a paragraph for each line."""
    style, story = getSampleStyleSheet()["BodyText"], []
    for page in pages:
        story += [Paragraph(escape(line), style) for line in page.splitlines() if line.strip()]
        story.append(PageBreak())
    output = BytesIO()
    SimpleDocTemplate(output, pagesize=letter).build(story)
    return output.getvalue()


def plain_seal(content: bytes, signer: SimpleSigner) -> bytes:
    """pyHanko's PAdES signature in an invisible field."""
    metadata = PdfSignatureMetadata(field_name="Seal", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
    output: BytesIO = sign_pdf(IncrementalPdfFileWriter(BytesIO(content)), metadata, signer=signer)
    return output.getvalue()


def memory_signer() -> SimpleSigner:
    """A P-256 key in memory with a certificate of its own."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Baseline")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER)),
        signing_key=asn1_keys.PrivateKeyInfo.load(secret),
        cert_registry=SimpleCertificateStore(),
    )
