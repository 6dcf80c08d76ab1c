"""Lets containers reach what listens on this machine's loopback, and no one else: one address, chosen ports."""

import asyncio
import contextlib
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from local.config import HOST


@contextmanager
def forwarded(address: str, ports: Iterable[int]) -> Iterator[None]:
    """Forward each port of `address`, the machine's end of a container network, to the same port on loopback."""
    loop = asyncio.new_event_loop()
    servers = [loop.run_until_complete(_listen(address, port)) for port in ports]
    thread = threading.Thread(target=loop.run_forever, daemon=True, name="forward")
    thread.start()
    try:
        yield
    finally:
        for server in servers:
            loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


async def _listen(address: str, port: int) -> asyncio.Server:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            inner_reader, inner_writer = await asyncio.open_connection(HOST, port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(_pump(reader, inner_writer), _pump(inner_reader, writer))

    return await asyncio.start_server(connected, address, port)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    with contextlib.suppress(ConnectionError):
        writer.close()
        await writer.wait_closed()
