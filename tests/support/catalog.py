"""The failure catalog: what can go wrong, what has to happen then. The mark `failure` names the rows a test proves.

`python -m tools.reliability` runs those tests and writes the table of docs/reliability.md.
"""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    id: str
    failure: str
    expected: str
    open: str = ""  # what no test here can show, or none shows yet, and what stands in for it


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
