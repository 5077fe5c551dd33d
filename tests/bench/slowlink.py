#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A slow link between two ports of this machine: bandwidth, delay, cuts.

    slowlink.py LISTEN TARGET [--kbps 64] [--rtt 600] [--cut BYTES]

Each direction is one queue that all connections share, as on one radio link. Data goes in
segments of 1,400 bytes, each charged 40 bytes of headers. A new connection waits one round
trip. A cut comes when payload and headers of both directions reach so many bytes since the
last one: every connection is reset, what is in flight is lost.

Prints one JSON object at SIGTERM: bytes each way, connections, cuts. Also importable:
`Link` runs in a thread of its own.
"""
import argparse
import asyncio
import json
import signal
import socket
import struct
import threading

SEGMENT = 1400
HEADERS = 40
QUEUE_MOST = 32768  # a small send buffer, like a phone modem's
QUEUE_LOW = 16384


class Connection:
    def __init__(self, link, reader, writer):
        self.link = link
        self.near = (reader, writer)
        self.far = None
        self.dead = False

    def kill(self):
        """End both sides at once, with a reset towards the client."""
        if self.dead:
            return
        self.dead = True
        self.link.live.discard(self)
        near = self.near[1].get_extra_info("socket")
        if near is not None and near.fileno() >= 0:
            near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.near[1].transport.abort()
        if self.far is not None:
            self.far[1].transport.abort()

    async def carry(self, reader, writer, way):
        """One direction until its end; bytes arrive when the link has had time for them."""
        loop = asyncio.get_running_loop()
        queued = 0
        room = asyncio.Event()
        empty = asyncio.Event()
        empty.set()

        def arrive(segment):
            nonlocal queued
            queued -= len(segment)
            if queued < QUEUE_LOW:
                room.set()
            if queued == 0:
                empty.set()
            if self.dead:
                return
            writer.write(segment)
            self.link.count(way, len(segment))

        while not self.dead:
            data = await reader.read(65536)
            if not data:
                break
            for at in range(0, len(data), SEGMENT):
                segment = data[at:at + SEGMENT]
                queued += len(segment)
                empty.clear()
                loop.call_at(self.link.due(way, len(segment), loop.time()), arrive, segment)
            if queued > QUEUE_MOST:
                room.clear()
                await room.wait()
        await empty.wait()
        if not self.dead and writer.can_write_eof():
            writer.write_eof()


class Link:
    def __init__(self, target, kbps=64, rtt_ms=600, cut=0, listen=0):
        self.target = target
        self.kbps = kbps
        self.rtt_s = rtt_ms / 1000
        self.cut = cut
        self.listen = listen
        self.on = True  # off: straight through
        self.port = 0
        self.live = set()
        self.busy = [0.0, 0.0]
        self.bytes = [0, 0]
        self.since = 0
        self.cuts = 0
        self.connections = 0
        self.loop = None
        self.thread = None

    def due(self, way, size, now):
        """When a segment that is sent now arrives."""
        if not self.on:
            return now
        self.busy[way] = max(now, self.busy[way]) + (size + HEADERS) * 8 / (self.kbps * 1000)
        return self.busy[way] + self.rtt_s / 2

    def count(self, way, size):
        self.bytes[way] += size
        self.since += size + HEADERS
        if self.on and self.cut and self.since >= self.cut:
            self.cuts += 1
            self.since = 0
            self.busy = [0.0, 0.0]
            for connection in list(self.live):
                connection.kill()

    def reset(self):
        self.bytes = [0, 0]
        self.since = self.cuts = self.connections = 0

    def figures(self):
        return {"up": self.bytes[0], "down": self.bytes[1], "cuts": self.cuts,
                "connections": self.connections}

    async def serve(self, reader, writer):
        connection = Connection(self, reader, writer)
        self.connections += 1
        self.live.add(connection)
        try:
            await asyncio.sleep(self.rtt_s if self.on else 0)
            if connection.dead:
                return
            connection.far = await asyncio.open_connection("127.0.0.1", self.target)
            for _, side in (connection.near, connection.far):
                side.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP,
                                                         socket.TCP_NODELAY, 1)
            await asyncio.gather(connection.carry(reader, connection.far[1], 0),
                                 connection.carry(connection.far[0], writer, 1))
        except OSError:
            connection.kill()
        finally:
            self.live.discard(connection)
            for side in (connection.near, connection.far):
                if side is not None:
                    side[1].close()

    async def run(self, ready):
        server = await asyncio.start_server(self.serve, "127.0.0.1", self.listen)
        self.port = server.sockets[0].getsockname()[1]
        self.loop = asyncio.get_running_loop()
        ready.set()
        async with server:
            await server.serve_forever()

    def start(self):
        ready = threading.Event()

        def work():
            try:
                asyncio.run(self.run(ready))
            except asyncio.CancelledError:
                pass

        self.thread = threading.Thread(target=work, daemon=True)
        self.thread.start()
        ready.wait()
        return self

    def stop(self):
        def end():
            for task in asyncio.all_tasks(self.loop):
                task.cancel()

        self.loop.call_soon_threadsafe(end)
        self.thread.join()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("listen", type=int)
    parser.add_argument("target", type=int)
    parser.add_argument("--kbps", type=float, default=64)
    parser.add_argument("--rtt", type=float, default=600)
    parser.add_argument("--cut", type=int, default=0)
    given = parser.parse_args()
    link = Link(given.target, given.kbps, given.rtt, given.cut, given.listen).start()
    print(f"listening {link.port}", flush=True)
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    print(json.dumps(link.figures()))


if __name__ == "__main__":
    main()
