"""`python -m local.simulators NAME` runs one vendor until it is stopped."""

import logging
import sys

import uvicorn

from local.config import HOST, Config
from local.simulators.appointment_gateway import application as appointment_gateway
from local.simulators.background_check import application as background_check
from local.simulators.certification_site import application as certification_site
from local.simulators.license_registry import application as license_registry
from local.simulators.ternfield import application as ternfield

# Under the name of the port of each (local/config.py).
APPLICATIONS = {
    "background": background_check,
    "registry": license_registry,
    "appointments": appointment_gateway,
    "certification": certification_site,
    "ternfield": ternfield,
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
