"""`python -m local.simulators NAME` runs one vendor until it is stopped."""

import logging
import sys

import uvicorn

from local.config import HOST, Config
from local.simulators import (
    appointment_gateway,
    background_check,
    certification_site,
    license_registry,
    ternfield,
)

APPLICATIONS = {
    "background": background_check.application,
    "registry": license_registry.application,
    "appointments": appointment_gateway.application,
    "certification": certification_site.application,
    "ternfield": ternfield.application,
}


def main() -> None:
    name = sys.argv[1] if len(sys.argv) == 2 else ""
    if name not in APPLICATIONS:
        sys.exit(f"usage: python -m local.simulators {{{','.join(APPLICATIONS)}}}")
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    config = Config.read()
    uvicorn.run(APPLICATIONS[name](config), host=HOST, port=getattr(config.ports, name), log_level="warning")


if __name__ == "__main__":
    main()
