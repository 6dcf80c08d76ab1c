"""What tests prove, row by row: the failure catalog (mark `failure`), what holds under the law, under repeat and under
a hostile reader (mark `law`), and what people really bring (mark `brings`). A mark names the rows that its test proves.

`python -m tools.reliability` runs those tests and writes the tables of docs/reliability.md, docs/law.md and
docs/what-people-bring.md.
"""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    id: str
    failure: str
    expected: str
    open: str = ""  # what no test here can show, or none shows yet, and what stands in for it
    example: str = ""  # something that a person really brought


ROWS = (
    Row("R01", "The same invitation is sent twice", "one packet, one mail"),
    Row("R02", "An Idempotency-Key comes with another body", "422, nothing written"),
    Row("R03", "The answer to an invitation is lost", "the repeat gets the stored answer"),
    Row("R04", "The process dies between any two calls", "the caller's repeat completes the act"),
    Row("R05", "Passwords are asked for many times, side by side", "one lives, the hourly limit holds, always 202"),
    Row("R06", "Two tabs save one section", "one 200, one 412 with the standing version, no field lost"),
    Row("R07", "A stale tab saves after the freeze or after Finish", "409, the documents' hashes stay"),
    Row("R08", "Finish is clicked many times at once", "one execution, one answer"),
    Row("R09", "Objects are stored, the table refuses", "the repeat finds the objects and records their hashes"),
    Row("R10", "The execution's start fails or is not answered", "the relay starts it, once"),
    Row("R11", "A workflow step is repeated after part of it was done", "every effect stands in the ledger once"),
    Row("R12", "A webhook comes again and again", "202 each time, one change"),
    Row("R13", "Webhooks come out of order", "the final word stands, every message is kept"),
    Row(
        "R14",
        "A message is forged, replayed, or signed and about nothing of ours",
        "401, 401, nothing written; 202, kept, and the department is told",
    ),
    Row("R15", "A result is there before anyone waits for it", "who comes to wait is woken"),
    Row(
        "R16",
        "A result comes after the wait, or for a replaced token",
        "the next attempt applies it, no dead token",
    ),
    Row("R17", "The screening vendor never answers", "reminded on days 3, 7 and 14; a person on day 21, and an alarm"),
    Row(
        "R18",
        "The vendor cannot confirm what the agent entered",
        "the agent is asked for the fields by name; only what shows them is signed again",
    ),
    Row("R19", "The mail service throttles", "the mail goes later, nothing else waits"),
    Row("R20", "An invitation bounces", "marked undeliverable, the recruiter is told, no reminders to a dead address"),
    Row("R21", "The mail service accepts, its answer is lost", "at most one mail more, with the same reference"),
    Row(
        "R22",
        "Complaints, or a vendor down for long",
        "it is left alone; work waits and says so; an alarm rings",
    ),
    Row("R23", "The table throttles", "absorbed by the SDK, else 503 with Retry-After and nothing half written"),
    Row("R24", "A transaction is canceled", "a conflict is decided again, a failed condition is not"),
    Row(
        "R25",
        "A hot partition",
        "indexes are sharded, nothing scans",
        "The limit of 1,000 write units is not emulated; the arithmetic is in the decision on the table.",
    ),
    Row("R26", "Bodies and items grow", "413 or 422 before any write; no item nears 400 KB"),
    Row("R27", "A state's payload grows", "impossible: references only, every input below 8 KB"),
    Row(
        "R28",
        "An execution's history grows",
        "at most 520 events, without retries, for a packet that asks all 56, of 25,000",
    ),
    Row("R29", "A stream record no one can read", "to the dead letters after its attempts; the others progress"),
    Row("R30", "Clocks are 15 minutes off; the store deletes two days late", "the product's own clock decides"),
    Row("R31", "A link is expired, withdrawn or unknown", "one and the same answer, and a way to ask again"),
    Row("R32", "A function dies with an effect in hand", "the lease ends and the next one completes it"),
    Row("R33", "The sealing key's service is down", "SEALING until it is back; never SUBMITTED without all seals"),
    Row("R34", "No timestamp authority answers", "waits, or is stamped later where configured; never a made-up time"),
    Row("R35", "An execution from before a deployment goes on after it", "recorded steps replay against today's code"),
    Row("R36", "One state of several refuses", "every state keeps its own outcome and is told as it is"),
    Row("R37", "A stream record comes twice, backwards or late", "every effect happens once"),
    Row("R38", "Part of a stream batch fails", "the lowest failed number is named, nothing is skipped"),
    Row(
        "R39",
        "A cold start near the gateway's 29 seconds",
        "Finish only writes; rendering and sealing happen elsewhere",
        "Lambda's latency cannot be had here; that Finish makes a handful of table calls stands in for it.",
    ),
    Row(
        "R40",
        "The table is restored to an earlier minute",
        "a report names every object and execution the table no longer knows",
        "Point-in-time recovery itself is AWS's; the drill puts back the items of a moment.",
    ),
    Row("R41", "An execution is gone while its packet waits", "the next attempt starts, never two"),
    Row("R42", "Two seal the same packet at once", "the first object stands, both record its hash"),
    Row("R43", "Sensitive answers are longer than KMS encrypts", "sealed in an envelope, the agent notices nothing"),
    Row(
        "R44",
        "A signed message disagrees with our record",
        "202, kept, on the trail, in a queue that rings; nothing changes",
    ),
    Row("R45", "News comes after an outcome was final", "the first answer stands until a person accepts the news"),
    Row("R46", "A vendor is quicker than our commit", "its message is tried again, and applied by itself once it fits"),
    Row(
        "R47",
        "A day ends without a head over the trails",
        "each missed day is made up for once, oldest first; a run that died goes on; an alarm",
    ),
    Row(
        "R60",
        "An effect fails for ever",
        "its age counts on between tries; packet marked, trail says why, in any status; retry tries it",
    ),
    Row("R61", "A row or a packet cannot even be attended, two hundred at once", "passed over; what is behind goes on"),
    Row(
        "R62", "A letter waits until it is not true any more", "it is not sent, the trail says why; a notice still goes"
    ),
    Row("R63", "A report of a bounce or a delivery cannot be handled", "to the dead letters; handled again from there"),
    Row("R64", "A run of the sweep or of the census fails", "to the dead letters; the next run does its work"),
    Row("R65", "A secret is changed under load", "both count for a while; the old one is refused within five minutes"),
    Row("R50", "A request overlaps its own repeat", "one act; both get the first answer"),
    Row(
        "R51", "Writers of one object meet on S3 (409)", "they wait and write again; the first object stands, else 503"
    ),
    Row("R52", "What the summary showed changes before it is confirmed", "412 with the new summary, nothing frozen"),
)


LAW = (
    Row(
        "T1",
        "A refusal before the wait is over, by a notice posted in the past or the future",
        "a posted notice is dated from the day it was made to today; refused only when its wait is over "
        "(15 U.S.C. 1681b(b)(3))",
    ),
    Row(
        "T2",
        "A refusal with a report that is not clear, by another status, reason or act",
        "pre-adverse notice, wait and final notice, whatever the packet stands in",
    ),
    Row("T3", "A notice about a report of which no copy is kept", "the copy is kept first, also one of many megabytes"),
    Row("T4", "An answer, letter or event tells that a report is being weighed", "no byte differs from a slow check"),
    Row(
        "T5",
        "The trail is rewritten, cut off or added to after the seal",
        "the verifier says so and names what is missing",
    ),
    Row(
        "T6",
        "The package says in words what nobody signed",
        "every word and file is covered by a signature, or it fails",
    ),
    Row("T7", "An effect fails for ever", "its age rings, the packet asks for attention, `retry` works everywhere"),
    Row(
        "T8",
        "News comes after a final state",
        "the first answer stands, the news is on the trail and work for a person",
    ),
    Row("T9", "An approval names no effective date", "the day that was filed, recorded as the default"),
    Row("T10", "The parts of a vendor's message disagree", "it is kept and told to the department, not applied"),
    Row("T11", "A request is repeated while the first is under way", "the stored answer"),
    Row("T12", "Storage answers an overlapping write with 409", "it is tried again, then the winner is read"),
    Row("T13", "What is confirmed is no longer what was shown", "412 with what stands now"),
    Row("T13b", "An answer describes what was, or what is not asked", "what is; what is not asked is not found"),
    Row("T14", "Two letters that are no state", "422 with the field"),
    Row(
        "T15", "A secret is rotated while functions are warm", "the new one counts at once, the old one within minutes"
    ),
    Row("T16", "A document that nobody signed cannot be erased", "retention is set when a document is sealed"),
    Row("T17", "Nobody can tell who read or decided what", "access logs without secrets, short tokens, MFA for staff"),
    Row(
        "T18",
        "Personal data lies in the clear beside the envelope",
        "what vendors said is sealed and expires, done effects expire, indexes hold what lists show, secrets are given "
        "by reference",
    ),
    Row("T19", "A letter waits until it is no longer true", "it is judged again when it is sent"),
    Row(
        "T20",
        "Odd keys, secrets, days and parameters, and a step that always raises",
        "bounded, refused or passed over",
    ),
    Row("T21", "A file hides what it does", "it is unpacked by a library, within bounds, or refused"),
    Row(
        "T22", "A recruiter's words become links in the carrier's mail", "no addresses in names; an agency has one name"
    ),
    Row(
        "N7",
        "A bounce is lost between the mail service and us",
        "every asynchronous source has dead letters and an alarm",
    ),
    Row("N13", "One void webhook secret stops its vendor", "it is padded, or voids only itself"),
    Row("P14", "A webhook is refused for a member that decides nothing", "strict on what decides, else tolerant"),
    Row("N10", "A replaced sensitive answer stays", "it is gone, and any number of saves fits"),
)


BRINGS = (
    Row(
        "D1",
        "An act in the evening",
        "the signer's day, with its offset, alike on screen, paper and certificate",
        "The screen in the browser: `web/test/dates.test.ts`, `web/test/tag.test.tsx`.",
        "signed at 7:54 p.m. in Nashville on the 27th",
    ),
    Row(
        "D2",
        "The carrier's own day",
        "sales, clocks, letters and `until` count in days of the carrier's zone",
        example="a sale at 11 p.m., a link that dies tonight",
    ),
    Row(
        "D3",
        "A state's day",
        "license ends, filings and effective days are days of the state's zone",
        example="a license that ends on 2026-11-30 in Kentucky",
    ),
    Row(
        "D4",
        "The clock changes, or the zone is far",
        "the same day everywhere",
        "The screen in the browser: `web/test/dates.test.ts`, `web/test/tag.test.tsx`.",
        "both changes of the clock; Guam, Hawaii, Arizona, Puerto Rico, American Samoa",
    ),
    Row(
        "D5",
        "The date of an instant is taken elsewhere",
        "one module owns days and zones; a test refuses any other",
        example="`.date()` on an instant",
    ),
    Row(
        "P1",
        "Pictures of every depth and mode",
        "the picture that a person sees",
        "",
        "a 16-bit gray scan of a signature",
    ),
    Row(
        "P2",
        "Something stands before or behind a PDF",
        "cut off before it is kept",
        "",
        "a byte-order mark in front",
    ),
    Row(
        "P3",
        "Something stands behind a picture",
        "read to the picture's end, the rest is cut off",
        "",
        "a telephone's JPEG with its maker's trailer",
    ),
    Row(
        "P4",
        "A file without a type, or with another name for it",
        "its name's ending and its content decide",
        "",
        "image/pjpeg, application/x-pdf, no type",
    ),
    Row(
        "P5",
        "A picture larger than is taken",
        "scaled down in the browser, trimmed; limits are told first, refusals say what is wrong",
        "Each step in the browser is shown by `web/test/pictures.test.tsx`.",
        "a photograph of 2 MB; a text file named .pdf",
    ),
    Row(
        "P6",
        "A link that a program or a person has changed",
        "it still opens; the secret reaches no server; no input gives a white page",
        "That the portal reads a link by its secret alone, and that no input gives a white page, is shown by "
        "web/test/link.test.ts and web/test/broken.test.tsx.",
        "/%23/invitation/SECRET; a period behind the link",
    ),
    Row("P7", "A complaint that is none", "noted, nothing else", "", "the feedback type not-spam"),
    Row(
        "P8",
        "A mail that never arrived, after all tries",
        "who sent it is told; a notice is undeliverable and may be posted",
        "",
        "a Transient bounce as the last word",
    ),
    Row(
        "P9",
        "Look-alikes and suffixes in names",
        "folded for comparing; what was typed is kept",
        "",
        "King, Jr.; O\u2019Rourke for O'Rourke",
    ),
    Row(
        "P10",
        "Letters that no font shows, and long names",
        "refused where they are typed, with the way out; long ones fit",
        "",
        "a name of 181 letters",
    ),
    Row(
        "P10b",
        "A name with nothing to see; a code that is not ASCII",
        "refused by name",
        "",
        "Hangul fillers; a ligature as a state",
    ),
    Row(
        "P11",
        "Invisible characters that copying brings",
        "taken away or mapped before anything is judged",
        "What the portal passes on is tried in web/test/model.test.ts.",
        "no-break hyphens in an SSN, direction marks in a telephone number",
    ),
    Row(
        "P12",
        "A file of invitations from a spreadsheet",
        "rows numbered as it shows them, the culprit named, encodings read or named",
        example="a blank row; one letter of Windows-1252",
    ),
    Row(
        "P13",
        "When was the invitation sent?",
        "the event with the mail service's id, on the certificate",
        "",
        "Invitation sent: not known",
    ),
    Row("P15", "Cookies in several headers", "joined", example="cookie: a=1 and cookie: b=2"),
    Row(
        "P16",
        "A link is asked for again when the packet is long submitted",
        "refused with where the packet stands",
        "",
        "resend while the background check is under way",
    ),
    Row(
        "P17",
        "Ordinary addresses and telephones",
        "extensions, military addresses, post-office boxes in every spelling, spouses with one address",
        "What the portal passes on is tried in web/test/model.test.ts.",
        "P. O. Box 12; PSC 3 Box 9, APO AE; 555-0100 ext. 12",
    ),
    Row(
        "P18",
        "A typing error in the invited address",
        "corrected before the first log-in; the old link is void",
        "",
        "gmial.com",
    ),
    Row(
        "P19",
        "Somebody began and stopped",
        "reminded by where they stand, a few times, and may stop it",
        "The page of the link is shown by web/test/reminders.test.tsx.",
        "half an interview; documents not signed",
    ),
    Row(
        "P20",
        "Addresses of mail and web with letters beyond ASCII",
        "one reading (IDNA 2008) by portal, API and file; what is shown is what is kept",
        "What the portal passes on is tried in web/test/model.test.ts.",
        "jose@m\u00fcnchen.de, stra\u00dfe-agentur.com",
    ),
    Row(
        "S6",
        "A sale dated ahead",
        "beyond tomorrow, in the carrier's days, it is refused",
        example="month and day swapped",
    ),
    Row(
        "U14",
        "Every word of a paper in its text version",
        "the words of the paper, for every letter that is shown",
        example="12\u201114 Elm Street",
    ),
    Row(
        "N12",
        "A number that passes for a day or a moment",
        "one Day (YYYY-MM-DD) and one Moment (with its zone)",
        example="`'0'`, 1796083200",
    ),
    Row(
        "N14",
        "Where mail goes",
        "mailing addresses take military and island codes; the table of ZIP codes has its date",
        "",
        "AE, AP, AA, FM, MH, PW; 876 in New Mexico",
    ),
    Row(
        "N15",
        "Parameters that are empty, come twice or are unknown",
        "one reading, in the product's words",
        example="status=&status=",
    ),
    Row(
        "L1",
        "A refusal in one language",
        "every refusal names field, rule and way out in both languages",
        example="Accept-Language: es",
    ),
    Row("L2", "A text that lacks a language it claims", "a check refuses it", example="a letter without Spanish"),
    Row(
        "L3",
        "The person's language",
        "kept with the packet, changeable, used by letters",
        example="a Spanish reader changes to English",
    ),
)
