#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Many large uploads at once that never end: what they hold has a bound, whoever is over it
is told to come back, and a small honest request is served meanwhile."""
import contextlib
import os
import random
import select
import socket
import ssl
import sys
import time

from sites import ROOT, check, expect, promise, read_file, say, script

sys.path.insert(0, os.path.join(ROOT, "tests", "wire2"))
import stream  # noqa: E402  (tests/wire2: the protocol, written a second time)
import talk  # noqa: E402
from pack import b64, device_id  # noqa: E402
from vectors_page import Sheet  # noqa: E402
from ed25519 import public_key  # noqa: E402

UPLOADS = 40
PAGES = 80
CHANGES = 8
NOISE, FILLER = 700, 29000  # of a value: together they pack to a fortieth
MOST_KIB = 512 << 10  # the budget of 256 MiB, what is over it by a piece each, and the rest


def body(laptop, server, home):
    """Some 20 MB of signed pages in less than half a megabyte."""
    seed = read_file(os.path.join(laptop.folder, "keys", "device"))[:32]
    choice = random.Random(5)
    pages, before, seq = [], None, 1
    for _ in range(PAGES):
        sheet = Sheet(seed, seq=seq, home=home, before=before)
        sheet.district = server
        for _ in range(CHANGES):
            name = b64(choice.randbytes(NOISE)) + "x" * FILLER
            sheet.put("create", writes=(("head_name", name),), key=choice.randbytes(16))
        sheet.sign()
        pages.append(sheet.text("page"))
        before, seq = sheet.fields["after"], seq + CHANGES
    packed = stream.deflate(pages)
    fields = {"v": 1, "d": b64(device_id(public_key(seed))), "e": 7, "r": b64(b"\7" * 16),
              "o": [PAGES * CHANGES, b64(before)],
              "b": {}, "a": b64(bytes(16)), "t": 0, "p": 0, "w": "memory"}
    return talk.request_write(fields, len(packed), server, seed) + packed, sum(map(len, pages))


def connect(site):
    host, port = site.server.address.split(":")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context.wrap_socket(socket.create_connection((host, int(port)), timeout=60))


def memory_kib(process):
    text = read_file(f"/proc/{process.pid}/status").decode()
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("VmHWM:"))


def told(connection):
    """What the server said, if anything: it waits for the last byte of the others."""
    answer = b""
    with contextlib.suppress(OSError):
        if connection.pending() or select.select([connection], [], [], 0.2)[0]:
            answer = connection.recv(65536)
    return answer


def run(site):
    site.set_up()
    honest = site.enrol("honest")
    evil = site.enrol("evil")
    honest.once()
    evil.once()
    server = bytes.fromhex(site.server.ask("status")["server"])
    upload, size = body(evil, server, site.hamlet)
    head = (f"POST /v1/sync HTTP/1.1\r\nHost: {site.server.address}\r\nContent-Type: "
            f"application/vnd.hamlet.sync\r\nContent-Length: {len(upload)}\r\n\r\n").encode()
    before = memory_kib(site.server.process)
    with contextlib.ExitStack() as stack:
        connections = []
        for _ in range(UPLOADS):
            connections.append(stack.enter_context(connect(site)))
            with contextlib.suppress(OSError):
                connections[-1].sendall(head + upload[:-1])
        began = time.monotonic()
        honest.add("household", "head_name=An", "address_text=1")
        expect("an honest change sent meanwhile", honest.once()["changes_up"], 1)
        took = time.monotonic() - began
        answers = [answer for answer in map(told, connections) if answer]
        busy = [answer for answer in answers if answer.startswith(b"HTTP/1.1 503")]
        expect("answers", len(answers), len(busy))
        check(f"some were told to come back: {len(busy)}", 0 < len(busy) < UPLOADS)
        check("each is told when", all(b"\r\nRetry-After: " in answer for answer in busy))
        held = memory_kib(site.server.process)
        check(f"{held} KiB in memory, {before} before", held < MOST_KIB)
        promise("P21-22 uploads at once that never end", f"{UPLOADS} uploads",
                f"{size >> 20} MiB each", f"{held >> 10} MiB at most", f"busy {len(busy)}")
    site.server.ask("verify")
    say("many large uploads", sent=len(upload), busy=len(busy), honest_s=f"{took:.1f}")


if __name__ == "__main__":
    script(run)
