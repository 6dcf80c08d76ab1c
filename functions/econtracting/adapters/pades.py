"""The seal: one PAdES signature per document, made with a key that never leaves KMS, as the file's last update.

The frozen bytes stay the beginning of the sealed file; marks and seal come after them. The seal certifies the document
and forbids every later change. With long-term validation configured it is an approval signature instead, because
readers refuse a document that certifies "no changes" and then receives validation data.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign.fields import InvisSigSettings, MDPPerm, SigFieldSpec, SigSeedSubFilter, append_signature_field
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, PdfTimeStamper
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko_certvalidator import ValidationContext

from econtracting.adapters import seal_certificate
from econtracting.adapters.kms_signer import KmsSigner
from econtracting.adapters.mark_pages import MarkPages
from econtracting.adapters.stamps import put_marks
from econtracting.adapters.statements import sign_raw
from econtracting.adapters.structure import StructureTree
from econtracting.domain.signing.completion import SealFacts
from econtracting.domain.signing.documents import Mark, SealedDocument, SealLevel, SealRefused, TimestampUnavailable
from econtracting.domain.words import words

SEAL_FIELD = "Seal"
_TIMESTAMPED = frozenset({"B-T", "B-LT", "B-LTA"})
_SIGNATURE_ROOM = 1536  # signed attributes, names and the signature itself; measured 700 bytes
_LONG_TERM = frozenset({"B-LT", "B-LTA"})


class PadesSeal:
    """Seals documents at one configured level, never silently at a lower one.

    A seal that is to be stamped later must not certify "no changes": then ``certify`` is False.
    ``certificate_pem`` holds the signer's certificate first, then its chain. ``timestamper`` is needed from B-T on,
    ``validation`` (trust roots and a way to fetch revocation data) from B-LT on.
    """

    def __init__(
        self,
        kms_client: Any,
        key_id: str,
        certificate_pem: bytes,
        *,
        level: SealLevel = "B-B",
        certify: bool = True,
        timestamper: TimeStamper | None = None,
        validation: Callable[[], ValidationContext] | None = None,
    ) -> None:
        if level in _TIMESTAMPED and timestamper is None:
            raise SealRefused(words("Level {level} needs a timestamp authority.", level=level))
        if level in _LONG_TERM and validation is None:
            raise SealRefused(words("Level {level} needs trust roots for validation.", level=level))
        self._kms = kms_client
        self._key_id = key_id
        self._pem = certificate_pem
        self._certificate, *self._chain = seal_certificate.load(certificate_pem)
        self._fingerprint = hashlib.sha256(self._certificate.dump()).hexdigest()
        self._level: SealLevel = level
        self._certify = certify and level not in _LONG_TERM
        self._timestamper = timestamper if level in _TIMESTAMPED else None
        self._validation = validation if level in _LONG_TERM else None
        self._pages = MarkPages()
        self._tested = False

    def identity(self) -> SealFacts:
        """Level, key and certificate, as the certificate of completion tells them; the key without its account."""
        return SealFacts(
            level=self._level,
            key_id=self._key_id.rpartition("/")[2],
            certificate_subject=seal_certificate.subject(self._certificate),
            certificate_issuer=seal_certificate.issuer(self._certificate),
            certificate_sha256=self._fingerprint,
        )

    def certificate(self) -> bytes:
        """The signer's certificate and its chain, PEM."""
        return self._pem

    def sign(self, statement: bytes) -> bytes:
        """A DER signature of the sealing key over a short statement: the checkpoint of an audit trail.

        Raises SealRefused, Unavailable.
        """
        return sign_raw(self._kms, self._key_id, statement)

    def seal(
        self, content: bytes, marks: Sequence[Mark], *, document_id: str, title: str, at: datetime
    ) -> SealedDocument:
        """Marks and seals a frozen document.

        Raises SealRefused when key, certificate or file are not what they must be, Unavailable when KMS or the
        timestamp authority does not answer.
        """
        self._self_test(at)
        try:
            sealed = self._signed(self._prepared(content, marks), document_id, title, at)
        except TimestampRequestError as error:
            raise TimestampUnavailable("The timestamp authority does not answer.") from error
        except (PdfError, SigningError) as error:
            raise SealRefused() from error
        if not sealed.startswith(content):
            raise SealRefused("The sealed file does not begin with the frozen bytes.")
        return SealedDocument(
            content=sealed,
            sha256=hashlib.sha256(sealed).hexdigest(),
            level=self._level,
            certificate_sha256=self._fingerprint,
            signed_at=at,
        )

    def stamp(self, content: bytes) -> bytes:
        """A sealed document with an independent authority's time over all of it, as a further update.

        Raises TimestampUnavailable, SealRefused.
        """
        if self._timestamper is None:
            raise SealRefused("There is no timestamp authority.")
        output = BytesIO()
        try:
            writer = _MetadataKept(BytesIO(content))
            asyncio.run(PdfTimeStamper(self._timestamper).async_timestamp_pdf(writer, "sha256", output=output))
        except TimestampRequestError as error:
            raise TimestampUnavailable("The timestamp authority does not answer.") from error
        except (PdfError, SigningError) as error:
            raise SealRefused() from error
        return output.getvalue()

    def _self_test(self, at: datetime) -> None:
        seal_certificate.require_valid(self._certificate, at)
        if not self._tested:
            seal_certificate.require_usable(self._kms, self._key_id, self._pem)
            self._tested = True

    def _prepared(self, content: bytes, marks: Sequence[Mark]) -> IncrementalPdfFileWriter:
        """The document with its marks and an empty, tagged seal field, not yet written."""
        writer = _MetadataKept(BytesIO(content))
        tree = StructureTree(writer)
        if marks:
            put_marks(writer, tree, marks, self._pages.draw(marks))
        append_signature_field(
            writer,
            SigFieldSpec(
                SEAL_FIELD,
                readable_field_name="Electronic seal of this document",
                invis_sig_settings=InvisSigSettings(box_out_of_bounds=True),
            ),
        )
        widget = writer.root["/AcroForm"]["/Fields"].raw_get(0)
        tree.adopt_widget(widget, widget.get_object().raw_get("/P"))
        return writer

    def _signed(self, writer: IncrementalPdfFileWriter, document_id: str, title: str, at: datetime) -> bytes:
        long_term = self._validation is not None
        metadata = PdfSignatureMetadata(
            field_name=SEAL_FIELD,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            reason=f"Seal of {title} ({document_id})",
            certify=self._certify,
            docmdp_permissions=MDPPerm.NO_CHANGES,
            embed_validation_info=long_term,
            use_pades_lta=self._level == "B-LTA",
            validation_context=self._validation() if self._validation else None,
        )
        signer = _SignerAt(
            metadata,
            signer=KmsSigner(self._kms, self._key_id, self._certificate, self._chain),
            timestamper=self._timestamper,
        )
        signer.at = at
        output = BytesIO()
        asyncio.run(
            signer.async_sign_pdf(
                writer, existing_fields_only=True, bytes_reserved=self._bytes_reserved(), output=output
            )
        )
        return output.getvalue()

    def _bytes_reserved(self) -> int | None:
        """Room for the hexadecimal signature, where its size is known; with a timestamp, pyHanko measures it."""
        if self._timestamper is not None:
            return None
        certificates = sum(len(certificate.dump()) for certificate in (self._certificate, *self._chain))
        return 2 * (certificates + _SIGNATURE_ROOM)


class _MetadataKept(IncrementalPdfFileWriter):
    """An update that leaves the metadata as frozen, so that the archival schemas in it stay as they were checked."""

    def _update_meta(self) -> None:
        pass


class _SignerAt(PdfSigner):
    """A signer whose clock is the caller's, and which leaves the file the PDF 1.7 that PDF/A-2 is built on."""

    at: datetime

    def register_extensions(self, pdf_out: BasePdfFileWriter, *, md_algorithm: str) -> None:
        pdf_out.register_extension(ESIC_EXTENSION_1)

    def init_signing_session(self, *args: Any, **kwargs: Any) -> PdfSigningSession:
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self.at
        return session
