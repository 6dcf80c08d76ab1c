"""The kinds of files people bring: those that are taken, and the others with their true names and the way out.

A kind is known by the name's ending, by the type a browser gives it, and by its content; content has the last word.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from econtracting.domain.fields.rejections import Refusal

PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
ANY = "application/octet-stream"  # neither name nor type tells; the content will

ENDINGS = {
    PDF: (".pdf",),
    PNG: (".png", ".apng"),
    JPEG: (".jpg", ".jpeg", ".jpe", ".jfif", ".pjpeg", ".pjp", ".mpo"),
}
# Other names that browsers, telephones and registries of desktops give the same types.
_SAME = {
    "application/x-pdf": PDF,
    "application/acrobat": PDF,
    "application/vnd.pdf": PDF,
    "applications/vnd.pdf": PDF,
    "text/pdf": PDF,
    "text/x-pdf": PDF,
    "image/x-png": PNG,
    "image/apng": PNG,
    "image/vnd.mozilla.apng": PNG,
    "image/x-citrix-png": PNG,
    "image/jpg": JPEG,
    "image/jpe": JPEG,
    "image/jfif": JPEG,
    "image/pjpeg": JPEG,
    "image/x-jpeg": JPEG,
    "image/x-jpg": JPEG,
    "image/x-citrix-jpeg": JPEG,
    "image/mpo": JPEG,
}
_CONTRADICTION = (
    "The file's name and its type contradict each other. The name of a PDF ends in .pdf, that of a picture in .png,"
    " .jpg or .jpeg. Please rename it and upload it again."
)
_ENDING = re.compile(r"\.(?=[0-9]*[a-z])[a-z0-9]{1,8}$")
_SHOWN = 4096  # bytes by which text is told from other content


class Other(NamedTuple):
    """A kind that is not taken. `message` names it and the way out for a supporting file, `as_signature` for a picture
    of a signature, where it is another.
    """

    endings: tuple[str, ...]
    types: tuple[str, ...]
    message: str
    as_signature: str | None = None


HEIC = Other(
    (".heic", ".heif", ".hif", ".heics", ".heifs"),
    ("image/heic", "image/heif", "image/heic-sequence", "image/heif-sequence"),
    "This is a HEIC photo. On an iPhone, choose Settings, Camera, Formats, Most Compatible, and take it again; on any"
    " telephone, you can take a screenshot of it and upload that.",
)
AVIF = Other(
    (".avif", ".avifs"),
    ("image/avif", "image/avif-sequence"),
    "This is an AVIF picture. Please open it, save it as PNG or JPEG, and upload that; a screenshot of it will do too.",
)
WEBP = Other(
    (".webp",),
    ("image/webp",),
    "This is a WebP picture. Please open it, save it as PNG or JPEG, and upload that; a screenshot of it will do too.",
)
GIF = Other(
    (".gif",), ("image/gif",), "This is a GIF picture. Please open it, save it as PNG or JPEG, and upload that."
)
BMP = Other(
    (".bmp", ".dib"),
    ("image/bmp", "image/x-bmp", "image/x-ms-bmp"),
    "This is a BMP picture. Please open it, save it as PNG or JPEG, and upload that.",
)
SVG = Other(
    (".svg", ".svgz"), ("image/svg+xml",), "This is an SVG drawing. Please open it, save it as PNG, and upload that."
)
TIFF = Other(
    (".tif", ".tiff"),
    ("image/tiff", "image/x-tiff"),
    "This is a TIFF picture. Please set the scanner or fax program to PDF, or open the file and print it to PDF.",
    "This is a TIFF picture. Please set the scanner to JPEG or PNG, or open the file, save it as PNG, and upload that.",
)
RAW = Other(
    (".dng", ".cr2", ".cr3", ".nef", ".arw", ".raf", ".orf", ".rw2"),
    ("image/x-adobe-dng", "image/dng", "image/x-canon-cr2", "image/x-nikon-nef", "image/x-sony-arw"),
    "This is a camera's raw photo. Please switch raw photos off and take it again, or save it as JPEG and upload that.",
)
JPEG_2000 = Other(
    (".jp2", ".j2k", ".jpx", ".jpf"),
    ("image/jp2", "image/jpx", "image/jpeg2000"),
    "This is a JPEG 2000 picture, which few programs show. Please save it as PNG or JPEG and upload that.",
)
JPEG_XL = Other(
    (".jxl",),
    ("image/jxl",),
    "This is a JPEG XL picture, which few programs show. Please save it as PNG or JPEG and upload that.",
)
PHOTOSHOP = Other(
    (".psd",),
    ("image/vnd.adobe.photoshop", "image/x-photoshop"),
    "This is a Photoshop file. Please export it as PNG or JPEG and upload that.",
)
WORD = Other(
    (".docx", ".docm", ".dotx"),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document",),
    "This is a Word document. Please open it, choose Save As or Export, PDF, and upload the PDF.",
    "This is a Word document. Please take a photo or a screenshot of your signature and choose that.",
)
EXCEL = Other(
    (".xlsx", ".xlsm", ".xls", ".csv"),
    (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.ms-excel",
        "text/csv",
    ),
    "This is a spreadsheet. Please open it, choose Save As or Export, PDF, and upload the PDF.",
    "This is a spreadsheet. Please take a photo or a screenshot of your signature and choose that.",
)
SLIDES = Other(
    (".pptx", ".ppt"),
    (
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.ms-powerpoint",
    ),
    "This is a presentation. Please open it, choose Save As or Export, PDF, and upload the PDF.",
    "This is a presentation. Please take a photo or a screenshot of your signature and choose that.",
)
OLD_OFFICE = Other(
    (".doc", ".dot", ".wps"),
    ("application/msword",),
    "This is a file of an older Office program. Please open it, choose Save As or Export, PDF, and upload the PDF.",
    "This is a file of an older Office program. Please take a photo or a screenshot of your signature and choose that.",
)
OPEN_DOCUMENT = Other(
    (".odt", ".ods", ".odp"),
    (
        "application/vnd.oasis.opendocument.text",
        "application/vnd.oasis.opendocument.spreadsheet",
        "application/vnd.oasis.opendocument.presentation",
    ),
    "This is an OpenDocument file. Please open it, choose Export as PDF, and upload the PDF.",
    "This is an OpenDocument file. Please take a photo or a screenshot of your signature and choose that.",
)
PAGES = Other(
    (".pages", ".numbers", ".key"),
    ("application/vnd.apple.pages", "application/x-iwork-pages-sffpages"),
    "This is a Pages, Numbers or Keynote document. Please open it, choose Export To, PDF, and upload the PDF.",
    "This is a Pages, Numbers or Keynote document. Please take a photo or a screenshot of your signature and choose"
    " that.",
)
RTF = Other(
    (".rtf",),
    ("application/rtf", "text/rtf"),
    "This is an RTF document. Please open it, print or export it to PDF, and upload the PDF.",
    "This is an RTF document. Please take a photo or a screenshot of your signature and choose that.",
)
XPS = Other(
    (".xps", ".oxps"),
    ("application/vnd.ms-xpsdocument", "application/oxps"),
    "This is an XPS document. Please open it, print it to PDF, and upload the PDF.",
    "This is an XPS document. Please take a photo or a screenshot of your signature and choose that.",
)
POSTSCRIPT = Other(
    (".ps", ".eps"),
    ("application/postscript",),
    "This is a PostScript file. Please convert it to PDF and upload the PDF.",
    "This is a PostScript file. Please save it as PNG and choose that.",
)
MAIL = Other(
    (".eml", ".msg", ".mbox"),
    ("message/rfc822", "application/vnd.ms-outlook"),
    "This is an e-mail. Please save what is attached to it and upload that, or print the e-mail to PDF.",
    "This is an e-mail. Please save the picture that is attached to it and choose that.",
)
PAGE = Other(
    (".html", ".htm", ".mht", ".mhtml", ".xhtml"),
    ("text/html", "application/xhtml+xml", "multipart/related"),
    "This is a web page: the download may have asked for a sign-in. Please open the document itself and save that, or"
    " print the page to PDF.",
    "This is a web page: the download may have asked for a sign-in. Please open the picture itself and save that.",
)
TEXT = Other(
    (".txt", ".md", ".log", ".json", ".xml", ".gdoc", ".url", ".webloc"),
    ("text/plain", "text/markdown", "application/json", "application/xml", "text/xml"),
    "This is a text file. Renaming it makes no PDF of it: please open it, print it to PDF, and upload the PDF.",
    "This is a text file. Please take a photo or a screenshot of your signature and choose that.",
)
ARCHIVE = Other(
    (".zip", ".rar", ".7z", ".gz", ".tar"),
    ("application/zip", "application/x-zip-compressed", "application/x-rar-compressed", "application/x-7z-compressed"),
    "This is an archive. Please unpack it and upload the files in it one by one.",
    "This is an archive. Please unpack it and choose the picture in it.",
)
VIDEO = Other(
    (".mp4", ".mov", ".m4v", ".3gp", ".avi", ".webm"),
    ("video/mp4", "video/quicktime", "video/3gpp", "video/webm", "video/x-msvideo"),
    "This is a video. Please take a photo or a screenshot and upload that.",
)
PROGRAM = Other(
    (".exe", ".msi", ".dll", ".com", ".bat", ".cmd", ".js", ".vbs", ".scr", ".sh", ".apk", ".app", ".dmg", ".lnk"),
    ("application/x-msdownload", "application/x-executable", "application/x-sh", "text/javascript"),
    "This is a program or a shortcut, no document. Please find the document itself and upload it as a PDF, PNG or"
    " JPEG file.",
)
MAC_COMPANION = Other(
    (),
    ("application/applefile",),
    "This is a companion that a Mac writes beside the file: its name begins with a period and a low line. Please"
    " upload the file itself.",
)
OTHERS = (
    HEIC, AVIF, WEBP, GIF, BMP, SVG, TIFF, RAW, JPEG_2000, JPEG_XL, PHOTOSHOP, WORD, EXCEL, SLIDES, OLD_OFFICE,
    OPEN_DOCUMENT, PAGES, RTF, XPS, POSTSCRIPT, MAIL, PAGE, TEXT, ARCHIVE, VIDEO, PROGRAM, MAC_COMPANION,
)  # fmt: skip

_BY_ENDING = {ending: kind for kind in OTHERS for ending in kind.endings}
_BY_TYPE = {one: kind for kind in OTHERS for one in kind.types}
_OURS = {ending: one for one, endings in ENDINGS.items() for ending in endings}

_FIRST = (
    (b"GIF8", GIF),
    (b"BM", BMP),
    (b"II*\0", TIFF),
    (b"MM\0*", TIFF),
    (b"\0\0\0\x0cjP  ", JPEG_2000),
    (b"\xff\x4f\xff\x51", JPEG_2000),
    (b"\xff\x0a", JPEG_XL),
    (b"\0\0\0\x0cJXL ", JPEG_XL),
    (b"8BPS", PHOTOSHOP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLD_OFFICE),
    (b"{\\rtf", RTF),
    (b"%!PS", POSTSCRIPT),
    (b"\xc5\xd0\xd3\xc6", POSTSCRIPT),
    (b"\0\x05\x16\x07", MAC_COMPANION),
    (b"Rar!", ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", ARCHIVE),
    (b"\x1f\x8b", ARCHIVE),
    (b"\x1a\x45\xdf\xa3", VIDEO),
    (b"MZ", PROGRAM),
    (b"\x7fELF", PROGRAM),
    (b"\xcf\xfa\xed\xfe", PROGRAM),
    (b"L\0\0\0\x01\x14\x02\0", PROGRAM),
    (b"#!", PROGRAM),
)
_PACKED = (
    (b"word/document", WORD),
    (b"xl/workbook", EXCEL),
    (b"ppt/presentation", SLIDES),
    (b"application/vnd.oasis.opendocument", OPEN_DOCUMENT),
    (b".iwa", PAGES),
    (b"FixedDocSeq", XPS),
)
# ISO/IEC 14496-12: the brand behind "ftyp".
_BRANDS = {
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), HEIC),
    b"avis": AVIF,
    b"jxl ": JPEG_XL,
    b"crx ": RAW,
}
_WRITTEN = (
    (re.compile(rb"<svg[\s>]"), SVG),
    (re.compile(rb"<!doctype html|<html[\s>]|<head[\s>]|<body[\s>]"), PAGE),
    (re.compile(rb"(?m)\A(?:received|return-path|delivered-to|from|subject|mime-version|x-[\w-]+): "), MAIL),
)


def media_type(file_name: str, declared: str) -> str:
    """The type under which a file may come: its name's ending decides; without one, what the browser calls it.

    A type that says nothing (missing, unknown, `application/octet-stream`) is passed over; parameters and case do not
    matter. `ANY` if neither tells. Raises Refusal: type-unknown for a kind that is not taken, type-mismatch if name and
    type contradict each other.
    """
    given = declared.partition(";")[0].strip().casefold()
    claimed = given if given in ENDINGS else _SAME.get(given)
    match = _ENDING.search(file_name.casefold())
    named = _OURS.get(match[0]) if match else None
    other = _BY_TYPE.get(given)
    if other is None and claimed is None and match is not None:
        other = _BY_ENDING.get(match[0])
    if other is not None:
        raise Refusal("type-unknown", other.message)
    if match is not None and named is None:
        if claimed is not None:
            raise Refusal("type-mismatch", _CONTRADICTION)
        raise Refusal(
            "type-unknown",
            "Only PDF, PNG and JPEG files can be uploaded. Please save or print the document as one of these.",
        )
    if named and claimed and (named == PDF) != (claimed == PDF):
        raise Refusal("type-mismatch", _CONTRADICTION)
    return named or claimed or ANY


def other_kind(content: bytes) -> Other | None:
    """What content that is not taken really is; None if it cannot be told."""
    for first, kind in _FIRST:
        if content.startswith(first):
            return kind
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return WEBP
    if content[4:8] == b"ftyp":
        return AVIF if b"avif" in content[8:64] else _BRANDS.get(content[8:12], VIDEO)
    if content.startswith(b"PK\x03\x04"):
        return next((kind for name, kind in _PACKED if name in content), ARCHIVE)
    return _written(content)


def _written(content: bytes) -> Other | None:
    """The kind of something that is text; None for what is none."""
    shown = content[:_SHOWN]
    if shown.startswith((b"\xff\xfe", b"\xfe\xff")):
        return TEXT
    shown = shown.removeprefix(b"\xef\xbb\xbf").lstrip()
    foreign = sum(byte > 126 for byte in shown)  # letters of other scripts; of Latin ones there are few
    if any(byte < 9 or 13 < byte < 32 for byte in shown) or (3 * foreign > len(shown) and not _is_utf8(shown)):
        return None
    lowered = shown.lower()
    return next((kind for pattern, kind in _WRITTEN if pattern.search(lowered)), TEXT) if lowered else None


def _is_utf8(shown: bytes) -> bool:
    """Whether it is text in UTF-8, which may be cut within its last letter."""
    try:
        shown.decode()
    except UnicodeDecodeError as error:
        return error.end == len(shown) and error.start > len(shown) - 4
    return True
