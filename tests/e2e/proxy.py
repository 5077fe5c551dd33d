# SPDX-License-Identifier: Apache-2.0
"""A TCP proxy between laptops and their server, that knows nothing of what passes.

    with Proxy(server_port) as proxy:        # https://127.0.0.1:{proxy.port}
        proxy.plans = [Plan(cut_up=900)]     # for the next connection; whole after that
        ...
        proxy.taken()                        # what passed since the last time

It counts, and breaks what it is told to break: it refuses, delays, cuts after so many bytes
of one direction (with a reset or a plain end), or keeps what comes down to itself.
"""
import contextlib
import socket
import struct
import threading
import time

PIECE = 4096


class Plan:
    """What happens to connections. `cut_up`, `cut_down`: bytes that pass before the cut."""

    def __init__(self, refuse=False, cut_up=None, cut_down=None, delay_s=0.0, reset=True):
        self.refuse = refuse
        self.cut_up = cut_up
        self.cut_down = cut_down
        self.delay_s = delay_s
        self.reset = reset

    def __str__(self):
        told = [f"{name} {value}" for name, value in vars(self).items()
                if value not in (None, False, 0.0)]
        return ", ".join(told) or "whole"


class Link:
    """One connection and what passed through it."""

    def __init__(self, near, plan):
        self.near = near
        self.far = None
        self.plan = plan
        self.up = 0
        self.down = 0
        self.began = time.monotonic()
        self.cut = False
        self.closed = False

    def close(self):
        self.closed = True
        for end in (self.near, self.far):
            if end is None:
                continue
            with contextlib.suppress(OSError):
                if self.cut and self.plan.reset:
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                   struct.pack("ii", 1, 0))
                end.shutdown(socket.SHUT_RDWR)
            with contextlib.suppress(OSError):
                end.close()


class Proxy:
    def __init__(self, server_port):
        self.server = ("127.0.0.1", server_port)
        self.plans = [] # of the connections to come
        self.plan = Plan() # of all after them
        self.lock = threading.Lock()
        self.links = []
        self.told = 0
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(64)
        self.port = self.listener.getsockname()[1]
        self.url = f"https://127.0.0.1:{self.port}"
        threading.Thread(target=self.accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for link in list(self.links):
            link.close()

    def accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            with self.lock:
                link = Link(near, self.plans.pop(0) if self.plans else self.plan)
                self.links.append(link)
            threading.Thread(target=self.carry, args=(link,), daemon=True).start()

    def carry(self, link):
        """Connect to the server; one thread a direction, the second is this one."""
        link.near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            if link.plan.refuse:
                raise ConnectionRefusedError
            link.far = socket.create_connection(self.server, timeout=10)
            link.far.settimeout(None)
            link.far.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError:
            link.cut = True
            link.close()
            return
        back = threading.Thread(target=self.pump, args=(link, False), daemon=True)
        back.start()
        self.pump(link, True)
        back.join()
        link.close()

    def pump(self, link, up):
        """Carry one direction to its end, or to where the plan cuts."""
        source, target = (link.near, link.far) if up else (link.far, link.near)
        limit = link.plan.cut_up if up else link.plan.cut_down
        passed = 0
        try:
            while limit is None or passed < limit:
                room = PIECE if limit is None else min(PIECE, limit - passed)
                piece = source.recv(room)
                if not piece:
                    target.shutdown(socket.SHUT_WR)
                    return
                if link.plan.delay_s:
                    time.sleep(link.plan.delay_s)  # a slow link
                passed += len(piece)
                with self.lock: # before anybody can have it
                    if up:
                        link.up += len(piece)
                    else:
                        link.down += len(piece)
                target.sendall(piece)
            link.cut = True
        except OSError:
            pass
        link.close()

    def total(self):
        """Connections, bytes up and bytes down since the proxy began."""
        with self.lock:
            return (len(self.links), sum(link.up for link in self.links),
                    sum(link.down for link in self.links))

    def at_rest(self):
        """Whether every connection has ended."""
        with self.lock:
            return all(link.closed for link in self.links)

    def taken(self):
        """The links of connections that came since the last call."""
        with self.lock:
            fresh = self.links[self.told:]
            self.told = len(self.links)
        return fresh
