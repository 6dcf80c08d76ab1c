"""`python -m local.simulators NAME` runs one vendor until it is stopped."""

import logging
import sys
from collections.abc import Callable

import uvicorn
from starlette.applications import Starlette

from local.config import HOST, Config
from local.simulators import (
    appointment_gateway,
    background_check,
    certification_site,
    license_registry,
    ternfield,
)

# The template parameter BackgroundCheckVendor chooses.
SCREENING_COMPANIES = {"fairmeadow": background_check.application, "ternfield": ternfield.application}
APPLICATIONS: dict[str, Callable[[Config], Starlette]] = {
    "background": lambda config: SCREENING_COMPANIES[config.parameters()["BackgroundCheckVendor"]](config),
    "registry": license_registry.application,
    "appointments": appointment_gateway.application,
    "certification": certification_site.application,
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
