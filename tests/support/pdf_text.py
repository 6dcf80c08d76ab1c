"""The text of a PDF, as a reader would copy it."""

from io import BytesIO

from pypdf import PdfReader


def text_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
