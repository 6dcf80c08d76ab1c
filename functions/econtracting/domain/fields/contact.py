"""Ways to reach someone: telephone, e-mail, web address.

Sources: North American Numbering Plan (NXX-NXX-XXXX, N = 2-9, neither area nor exchange code ends in 11); RFC 3966, 5.3
for extensions; RFC 5321 for lengths, RFC 2606 and 6761 for names that are never public; RFC 5891 (IDNA 2008) with the
mapping of UTS #46, non-transitional, for names beyond ASCII.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from econtracting.domain.fields.characters import code, plain_marks
from econtracting.domain.fields.rejections import Refusal
from econtracting.domain.fields.text import clean, too_long

URL_LENGTH = 2048
LONGEST_PHONE = 60  # characters, however it is written
NO_URL = "None"

_NANP = re.compile(r"(?!.11)[2-9][0-9]{2}(?!.11)[2-9][0-9]{6}")
_EXT = r"(?:e?xt(?:n|ension|ensi\u00f3n)?\.?|ex\.?|x\.?|#)"
_EXTENSION = re.compile(rf"{_EXT}?[ :=]*([0-9]{{1,6}})", re.IGNORECASE)
_EXTENDED = re.compile(
    rf"(?P<number>.*?)[ ,;]*(?P<open>\()?(?:{_EXT}|,)[ :=.#]*(?P<extension>[0-9]{{1,6}})(?(open) ?\))",
    re.IGNORECASE,
)
_STORED = re.compile(r"(\+1[0-9]{10})(?:;ext=([0-9]{1,6}))?")
_LABEL = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
_HOST = re.compile(rf"(?:{_LABEL}\.)+(?:[a-z]{{2,63}}|xn--[a-z0-9-]{{1,59}}(?<!-))")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_HAS_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_ODD_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?![0-9]+(?:/|$))", re.IGNORECASE)
_NEVER_PUBLIC = frozenset(
    {"localhost", "local", "internal", "intranet", "lan", "home", "corp", "test", "invalid", "example", "onion", "arpa"}
)
_WORDS_FOR_NONE = frozenset({"none", "n/a", "na", "no", "-"})


def phone(raw: str) -> str:
    """A telephone number of the United States or another NANP country in E.164, with its extension, if it has one, as
    in a "tel" address: +16155550123, +16155550123;ext=12.

    Raises Refusal: phone-country, phone-format, phone-area, phone-exchange.
    """
    text = code(raw)
    if len(text) > LONGEST_PHONE:
        raise _no_phone()
    if text[:4].lower() == "tel:":  # copied from a link
        text = text[4:].strip()
    extended = _EXTENDED.fullmatch(text)
    if extended:
        return f"{_number(extended['number'])};ext={extended['extension']}"
    return _number(text)


def _number(text: str) -> str:
    if re.search(r"[^0-9().+/ -]", text):
        raise _no_phone()
    digits = re.sub(r"[^0-9]", "", text)
    if text.startswith("+") and not digits.startswith("1"):
        raise Refusal("phone-country", "Please give a number in the United States; it may begin with +1.")
    if len(digits) == 11 and digits[0] == "1":
        digits = digits[1:]
    if len(digits) != 10 or "+" in text[1:]:
        raise Refusal("phone-format", "A telephone number has ten digits, area code first, like (615) 555-0123.")
    if not _NANP.fullmatch(digits):
        if digits[0] in "01" or digits[1:3] == "11":
            raise Refusal("phone-area", "There is no such area code. Please check the first three digits.")
        raise Refusal("phone-exchange", "The three digits behind the area code cannot be right. Please check them.")
    return f"+1{digits}"


def _no_phone() -> Refusal:
    return Refusal(
        "phone-format", "Please write the telephone number with digits, like (615) 555-0123 or (615) 555-0123 ext. 12."
    )


def split_extension(phone: str) -> tuple[str, str | None]:
    """A stored telephone number without its extension, as those take it that can dial no other, and the extension."""
    number, _, extension = phone.partition(";ext=")
    return number, extension or None


def phone_shown(phone: str) -> str:
    """A stored telephone number as people write it: (615) 555-0123, extension 12. Anything else as it is."""
    stored = _STORED.fullmatch(phone)
    if stored is None:
        return phone
    number = f"({phone[2:5]}) {phone[5:8]}-{phone[8:12]}"
    return f"{number}, extension {stored[2]}" if stored[2] else number


def extension(raw: str) -> str:
    """A telephone extension, its digits only. Raises Refusal: extension-format."""
    found = _EXTENSION.fullmatch(code(raw))
    if found is None:
        raise Refusal("extension-format", "An extension has 1 to 6 digits, like 12.")
    return found[1]


def email(raw: str) -> str:
    """A bare address, its host as the name service knows it (lower case, xn--). Raises Refusal: email-format,
    email-local, email-length.
    """
    text = _bare_address(code(raw))
    local, at, host = text.partition("@")
    local = "".join(one if one.isascii() else plain_marks(one) for one in local)  # O’Rourke, as telephones write it
    if at and local and not local.isascii():
        raise Refusal(
            "email-local",
            "Our mails reach only addresses whose part before the @ is of plain letters and digits, without accents. "
            "Please give such an address.",
        )
    text = f"{local}@{ascii_host(host)}" if at else text
    if len(text) > 254 or len(text.partition("@")[0]) > 64:
        raise Refusal("email-length", "This e-mail address is too long to exist. Please check it.")
    host = text.partition("@")[2]
    if not at or not _LOCAL.fullmatch(local) or not _HOST.fullmatch(host):
        raise Refusal("email-format", "Please write only the e-mail address, like name@example.com.")
    return f"{local}@{host}"


def _bare_address(text: str) -> str:
    """The address alone where it was copied as a link or out of a line of addresses: mailto:, <>."""
    text = re.sub("^mailto:", "", text, flags=re.IGNORECASE)
    return text[1:-1].strip() if text.startswith("<") and text.endswith(">") else text


def url_or_none(raw: str) -> str:
    """A public http(s) address, its scheme added and its host in lower case, or `NO_URL` for an explicit "none".

    Raises Refusal: url-email, url-scheme, url-userinfo, url-ip, url-host, url-format, too-long.
    """
    text = clean(raw, URL_LENGTH)
    if text.casefold() in _WORDS_FOR_NONE:
        return NO_URL
    if re.search(r"[ \\<>\"^`{|}]", text):
        raise _no_url()
    if not _HAS_SCHEME.match(text):
        if _ODD_SCHEME.match(text):
            raise _odd_scheme()
        if "@" in text.partition("/")[0]:
            raise Refusal("url-email", "This is an e-mail address. Please enter a web address, or choose None.")
        text = f"https://{text}"
    return _public_url(text)


def _public_url(text: str) -> str:
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _no_url() from None
    if parts.scheme not in ("http", "https"):
        raise _odd_scheme()
    if "@" in parts.netloc:
        raise Refusal("url-userinfo", "Please leave out the user name and password in the web address.")
    if re.fullmatch(r"[0-9.]+|0x[0-9a-f.x]+|.*:.*", host):
        raise Refusal("url-ip", "Please enter the site's name, not its numeric address.")
    host = ascii_host(host.removesuffix("."))
    if not _HOST.fullmatch(host) or len(host) > 253 or host.rpartition(".")[2] in _NEVER_PUBLIC:
        raise Refusal(
            "url-host", "This site cannot be reached by the public. Please check the address, or choose None."
        )
    normal = parts._replace(netloc=f"{host}:{port}" if port is not None else host).geturl()
    if len(normal) > URL_LENGTH:
        raise too_long(URL_LENGTH)
    return normal


def ascii_host(host: str) -> str:
    """The host as the name service knows it; an empty text if no such name can exist.

    A label of plain letters is only lowered; one beyond ASCII, or that claims to stand for such (xn--), is read again.
    """
    labels = re.split("[.\u3002\uff0e\uff61]", plain_marks(host))  # no name holds a dash that is no hyphen
    try:
        return ".".join(_ascii_label(label) for label in labels)
    except UnicodeError:
        return ""


def _ascii_label(label: str) -> str:
    if label.isascii() and label[:4].lower() != "xn--":
        return label.lower()
    import idna  # its tables cost more to load than most calls need

    return idna.encode(label, uts46=True, transitional=False, std3_rules=True).decode("ascii")


def _no_url() -> Refusal:
    return Refusal("url-format", "This is not a web address. Please copy it from your browser's address line.")


def _odd_scheme() -> Refusal:
    return Refusal("url-scheme", "A web address begins with https:// or http://.")
