"""The desk of the background-check bureau: a clerk changes a report, as on the telephone, and the bureau tells of it.

`python -m local.bureau_desk PACKET-ATTEMPT complete consider "Amended: one record"` changes one by hand.
"""

import sys
from typing import Any

import httpx

from local.config import BACKGROUND_CHECK_KEY, Config


def change_report(config: Config, reference: str, **values: Any) -> None:
    """Change the report that was ordered under our `reference`.

    `status` and `result` are the bureau's words, `finding` a line of its document, `document_outage` how often the
    document answers 503 before it can be had. Raises httpx.HTTPStatusError.
    """
    url = f"{config.url('background')}/desk/reports/{reference}"
    headers = {"Authorization": f"Bearer {BACKGROUND_CHECK_KEY}"}
    httpx.post(url, json=values, headers=headers, timeout=30).raise_for_status()


def main() -> None:
    if len(sys.argv) not in (4, 5):
        sys.exit("usage: python -m local.bureau_desk PACKET-ATTEMPT STATUS RESULT [FINDING]")
    reference, status, result, *finding = sys.argv[1:]
    change_report(Config.read(), reference, status=status, result=result, finding=" ".join(finding))


if __name__ == "__main__":
    main()
