"""`make drill`: PACKETS packets at once, SEED for the trouble; ends with the balance, or with what did not hold."""

import os
import shutil
import sys
import tempfile
from dataclasses import fields
from pathlib import Path

from local.config import Config, Ports
from local.demo.client import NotVerified
from local.drill.run import drill
from local.processes import free_port

# Whoever is killed under a log-in asks for another password; a person would wait for the hour to end.
PARAMETERS = {"PasswordMailsPerPacket": "1000"}


def main() -> int:
    packets, seed = int(os.environ.get("PACKETS", "20")), int(os.environ.get("SEED", "1"))
    ports = Ports(**{port.name: free_port() for port in fields(Ports)})
    home = Path(tempfile.mkdtemp(prefix="econtracting-drill-"))
    try:
        drill(Config(home, ports, PARAMETERS), packets, seed)
    except NotVerified as error:
        print(f"NOT VERIFIED: {error}\nThe logs, mails and stores of this drill are kept in {home}", file=sys.stderr)
        return 1
    shutil.rmtree(home)
    return 0


if __name__ == "__main__":
    sys.exit(main())
