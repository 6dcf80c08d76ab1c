"""Files of people to be invited, as a recruiter would export them from a spreadsheet."""

from __future__ import annotations

import csv
import io

from econtracting.domain.access.invitation_file import NAMES

COLUMNS = list(NAMES)


def row(number: int = 1, **changes: str) -> dict[str, str]:
    return {
        "first_name": "Sam",
        "last_name": "Field",
        "email": f"sam{number}@example.com",
        "level": "4",
        "recruiter_name": "Robin Park",
        "recruiter_email": "robin@agency.example",
        "recruiter_phone": "(615) 555-0100",
        "agency_name": "Harbor Agency",
        "npn": str(1000 + number),
        "pre_appointment_states": "AL TN",
        **changes,
    }


def table(*rows: dict[str, str], columns: list[str] = COLUMNS) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
