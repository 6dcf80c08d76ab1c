"""The inbox: every mail as its reader would see it. A test reads the same at /inbox.json."""

from dataclasses import asdict
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from local.mails import LINK, Mail, MailStore

# The mail's own HTML stays in its frame: no scripts, no forms, no address of ours; its links open a new tab.
FRAME_SANDBOX = "allow-popups allow-popups-to-escape-sandbox"
FRAME_POLICY = f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox {FRAME_SANDBOX}"
PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'; form-action 'none'"

PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title><meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #1c2733 }}
table {{ border-collapse: collapse; width: 100% }}
th, td {{ text-align: left; padding: .4rem .6rem; border-bottom: 1px solid #d5dce4; vertical-align: top }}
iframe {{ width: 100%; height: 32rem; border: 1px solid #8695a6 }}
pre {{ white-space: pre-wrap; overflow-wrap: anywhere; background: #f3f5f8; padding: 1rem }}
</style></head>
<body><main>{body}</main></body></html>
"""


def routes(store: MailStore) -> list[Route]:
    """/inbox, /inbox.json, /inbox/{number} and the mail's HTML part for the frame."""

    async def listing(_: Request) -> Response:
        return _page("Inbox", _listing(store.all()))

    async def as_json(request: Request) -> Response:
        to = request.query_params.get("to", "").lower()
        mails = [mail for mail in store.all() if not to or to in (address.lower() for address in mail.to)]
        return JSONResponse([asdict(mail) for mail in mails])

    async def one(request: Request) -> Response:
        mail = store.get(request.path_params["number"])
        return _page(mail.subject, _reading(mail)) if mail else PlainTextResponse("There is no such mail.", 404)

    async def frame(request: Request) -> Response:
        mail = store.get(request.path_params["number"])
        if mail is None:
            return PlainTextResponse("There is no such mail.", 404)
        return HTMLResponse(f'<base target="_blank">{mail.html}', headers={"Content-Security-Policy": FRAME_POLICY})

    return [
        Route("/inbox", listing),
        Route("/inbox.json", as_json),
        Route("/inbox/{number:int}", one),
        Route("/inbox/{number:int}/html", frame),
    ]


def _page(title: str, body: str) -> HTMLResponse:
    return HTMLResponse(PAGE.format(title=escape(title), body=body), headers={"Content-Security-Policy": PAGE_POLICY})


def _listing(mails: list[Mail]) -> str:
    rows = "".join(
        f"<tr><td>{mail.number}</td><td>{escape(mail.accepted_at[:19].replace('T', ' '))}</td>"
        f'<td>{escape(", ".join(mail.to))}</td><td><a href="/inbox/{mail.number}">{escape(mail.subject)}</a></td></tr>'
        for mail in reversed(mails)
    )
    head = "".join(f"<th scope='col'>{name}</th>" for name in ("No.", "Time (UTC)", "To", "Subject"))
    table = (
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        if mails
        else "<p>No mail was sent yet.</p>"
    )
    return f"<h1>Inbox</h1><p>Every mail this stack sent, newest first.</p>{table}"


def _reading(mail: Mail) -> str:
    shown = {"From": mail.sender, "To": ", ".join(mail.to), "Accepted (UTC)": mail.accepted_at, **mail.headers}
    rows = "".join(
        f"<tr><th scope='row'>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in shown.items()
    )
    html = (
        "<h2>As the reader sees it</h2>"
        f'<iframe title="The mail" sandbox="{FRAME_SANDBOX}" src="/inbox/{mail.number}/html"></iframe>'
    )
    return (
        f'<p><a href="/inbox">All mails</a></p><h1>{escape(mail.subject)}</h1><table>{rows}</table>'
        f"{html if mail.html else ''}<h2>Text part</h2><pre>{_linked(mail.text)}</pre>"
    )


def _linked(text: str) -> str:
    """Plain text as HTML, its addresses clickable."""
    shown = ""
    end = 0
    for match in LINK.finditer(text):
        link = escape(match[0])
        shown += f'{escape(text[end : match.start()])}<a href="{link}" rel="noreferrer">{link}</a>'
        end = match.end()
    return shown + escape(text[end:])
