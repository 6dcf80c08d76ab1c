"""Policy administration: reports a producer's sale as the carrier's own system would, with a signed webhook.

`python -m local.policy_administration NPN STATE [YYYY-MM-DD]` reports one by hand.
"""

import json
import sys
import uuid
from datetime import UTC, date, datetime

import httpx

from local.config import SALES_WEBHOOK_SECRET, Config
from local.days import carriers_today
from local.simulators.signatures import StandardWebhooks


def report_sale(config: Config, npn: str, state: str, received_on: date, sale_id: str | None = None) -> httpx.Response:
    """Send one sale; the same `sale_id` again is the same sale."""
    sale = sale_id or f"sale_{uuid.uuid4().hex[:12]}"
    event = {
        "type": "sale.reported",
        "timestamp": datetime.now(UTC).isoformat(timespec="seconds"),
        "data": {
            "sale_id": sale,
            "npn": npn,
            "state": state,
            "received_on": received_on.isoformat(),
            "product": "MAPD",
        },
    }
    raw = json.dumps(event).encode()
    headers = StandardWebhooks(SALES_WEBHOOK_SECRET)(f"msg_{sale}", raw)
    return httpx.post(
        config.url("portal") + "/api/webhooks/sales",
        content=raw,
        headers={"Content-Type": "application/json", **headers},
        timeout=30,
    )


def main() -> None:
    if len(sys.argv) not in (3, 4):
        sys.exit("usage: python -m local.policy_administration NPN STATE [YYYY-MM-DD]")
    received_on = date.fromisoformat(sys.argv[3]) if len(sys.argv) == 4 else carriers_today()
    answer = report_sale(Config.read(), sys.argv[1], sys.argv[2], received_on)
    print(answer.status_code, answer.text)


if __name__ == "__main__":
    main()
