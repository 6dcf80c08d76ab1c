"""One drill from the first invitation to the balance."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict

import httpx

from local import staff
from local.config import Config
from local.demo.cast import somebody
from local.demo.client import NotVerified, Staff, verify
from local.drill.ledger import Balance, settle
from local.drill.patient import Doors, Patient
from local.drill.trouble import Trouble
from local.stack import Stack

AT_ONCE = 4  # requests: the machine is small, and each is a process
RESTARTS = (0.3, 0.7)  # shares of the packets that are finished when the emulator is restarted
TROUBLED = 0.7  # share of the packets that reach their end while parts are still killed
COME_TO_REST = 900.0


def drill(config: Config, packets: int, seed: int) -> Balance:
    """Raise NotVerified unless every packet ends ACTIVE, with everything done once, although no one helps."""
    began = time.monotonic()
    with Stack(config) as stack:
        up = time.monotonic()
        doors = Doors(AT_ONCE)
        client_id = stack.outputs["StaffUserPoolClientId"]
        agents = [Patient(config, client_id, somebody(states=("AL",)), doors) for _ in range(packets)]
        trouble = Trouble(stack, doors, seed)
        trouble.begin()
        with ThreadPoolExecutor(packets) as pool:
            walks = [pool.submit(agent.walk) for agent in agents]
            for share in RESTARTS:
                while (finished := sum(walk.done() for walk in walks)) < share * packets:
                    time.sleep(0.5)
                trouble.restart_emulator()
                print(f"{finished} finished after {time.monotonic() - up:.0f} s; {dict(trouble.dealt)}", flush=True)
            for walk in walks:
                walk.result()
        walked = time.monotonic()
        token = staff.sign_in(config.url("emulator"), client_id, staff.CONTRACTING)
        contracting = Staff(config.url("portal"), token)
        waiting = {agent.packet_id for agent in agents}
        _come_to_rest(contracting, waiting, but=round((1 - TROUBLED) * packets))
        trouble.end()
        _come_to_rest(contracting, waiting)
        balance = settle(config, stack.outputs["TableName"], contracting, agents)
    took = {"start": up - began, "walk": walked - up, "rest": time.monotonic() - walked}
    told = {**asdict(balance), **trouble.dealt, "repeated requests": sum(agent.repeats for agent in agents)}
    print(f"drill, seed {seed}: " + ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in told.items()))
    print("seconds: " + ", ".join(f"{name} {seconds:.0f}" for name, seconds in took.items()), flush=True)
    return balance


def _come_to_rest(contracting: Staff, waiting: set[str], but: int = 0) -> None:
    """Wait until not more than so many are on the way any more, and take those that arrived out of `waiting`."""
    deadline = time.monotonic() + COME_TO_REST
    while len(waiting) > but and time.monotonic() < deadline:
        with suppress(httpx.TransportError, NotVerified):  # the gateway may just be gone
            waiting -= {one for one in waiting if contracting.get(f"/packets/{one}")["status"] == "ACTIVE"}
        time.sleep(1)
    if len(waiting) > but:
        stand = {one: contracting.get(f"/packets/{one}")["status"] for one in waiting}
        verify(False, "every packet becomes ACTIVE with no one helping", stand)
