#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A district at its desks while its hamlets send their day: 200 windows, each signed in, ask
once a second over the same HTTPS door at which 1,000 laptops push within a minute.

    41-readers.py --bin DIR --work DIR [--whole]

Six seconds of it, at the same rates, unless --whole. A question is late from when it was due,
whatever the one before it took. What the readers, the laptops and the server each cost stands
beside the times: they share the processors of this machine. Times are held to their bound by the
whole minute; six seconds are held to what a question costs, which no neighbour makes longer.
"""
import asyncio
import contextlib
import importlib
import json
import os
import resource
import select
import socket
import ssl
import time
from concurrent.futures import ThreadPoolExecutor

from district import Desk, blind
from sites import DISTRICT, check, expect, promise, say, script, write_csv

READERS = 200
ACCOUNTS = 20 # a session each reader: an office has as many windows as it likes
LAPTOPS_A_MINUTE = 1000
BRIEF_S, WHOLE_S = 6, 60
HOUSEHOLDS = 404 # of a hamlet of a district of 42,000
DAY = 20 # new ones that a laptop brings
LATE_MS = 300
EACH_MS = 10 # of the server's processor, of a question or a push
ANSWERED = 0.95
P = 95
HALF_OPEN, HALF_OPEN_S = 20, 2
MAKERS = 8 # laptops that are set up side by side: most of it waits for the disk
hostile = importlib.import_module("40-bad-input")
PASSPHRASE = "ba con vịt xanh"
ROLES = ["district_officer", "district_admin", "district_chair", "commune_officer", "viewer"]
COLUMNS = ["head_name", "address_text", "household_code"]
# What the desks of the page ask by themselves, with the right that it needs.
ASKED = [("overview", "/api/overview"), ("conflicts", "/api/inbox?limit=50"),
         ("fleet", "/api/devices"), ("quarantine", "/api/quarantine"),
         ("cases", "/api/cases?year=2026"), ("overview", "/api/units?under=" + DISTRICT),
         ("reports", "/api/report?report=registration&year=2026"), ("conflicts", "/api/claims")]


# ---- who is there ----

def rows(first, count, name):
    return [[f"Nguyễn Văn {name} {n * 7919 % 9973}", f"Số {n * 31 % 997}", f"{name}{n:05d}"]
            for n in range(first, first + count)]


def settle(site, at):
    """The first laptop of a hamlet, whose households are at the district; what it may edit."""
    laptop = site.enrol(f"F{at}", site.hamlets[at]["code"], "hamlet_head")
    file = write_csv(site.path(f"first-{at}.csv"), COLUMNS, rows(0, HOUSEHOLDS, "H"))
    laptop.ask("import", "household", file)
    laptop.once()
    return [row["id"] for row in laptop.ask("list", "household")]


def join(site, at, hamlets):
    laptop = site.enrol(f"L{at}", site.hamlets[at % hamlets]["code"])
    laptop.once()
    return laptop


def day(site, laptop, at, ids):
    """A day's work of a laptop that knows its hamlet, and who else joined meanwhile, which it
    would be told beside its push; every other edits as the one before."""
    number = at // len(ids)
    laptop.once()
    file = write_csv(site.path(f"day-{at}.csv"), COLUMNS, rows(at * DAY, DAY, "D"))
    laptop.ask("import", "household", file)
    laptop.run("edit", ids[at % len(ids)][number // 2], f"cluster=Tổ {at}")


def windows(site):
    """The readers: each a session of its own, and what its role lets it ask."""
    desks = []
    for n in range(ACCOUNTS):
        role = ROLES[n % len(ROLES)]
        unit = site.communes[n % len(site.communes)]["code"] if role.startswith("commune") else DISTRICT
        made = site.server.ask("admin add", f"Cán bộ {n}", "--role", role, "--unit", unit)
        Desk(site.server.address).sign_in(f"Cán bộ {n}", PASSPHRASE, made["code"])
    for n in range(READERS):
        desk = Desk(site.server.address)
        desk.sign_in(f"Cán bộ {n % ACCOUNTS}", PASSPHRASE)
        desk.connection.close()
        desks.append(desk)
    return desks


# ---- the readers ----

async def read_answer(reader):
    """Its status and size; a chunked answer is none of ours."""
    head = await reader.readuntil(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    size = int(lengths[0].split(b":")[1])
    await reader.readexactly(size)
    return int(head.split(b" ", 2)[1]), size


async def open_window(desk):
    host, port = desk.host.split(":")
    return await asyncio.open_connection(host, int(port), ssl=blind())


async def read_on(desk, connection, n, begin, seconds, took):
    """One window: a question each second, at its own moment of it."""
    paths = [path for right, path in ASKED if right in desk.session["rights"]]
    reader, writer = connection
    for turn in range(seconds):
        due = begin + turn + n / READERS
        await asyncio.sleep(max(0, due - time.monotonic()))
        path = paths[(turn + n) % len(paths)]
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {desk.host}\r\nCookie: {desk.cookie}\r\n"
                     f"X-Hamlet-Token: {desk.token}\r\nSec-Fetch-Site: same-origin\r\n\r\n".encode())
        status, size = await read_answer(reader)
        took.append((path, status, size, (time.monotonic() - due) * 1000))
    writer.close()


# ---- the laptops ----

def requests(site, laptops):
    """Of each laptop the request that it would send now, heard by who answers nobody."""
    with hostile.Fake(site, lambda raw: None) as fake, ThreadPoolExecutor(MAKERS) as pool:
        list(pool.map(lambda laptop: laptop.refuse_once(69), laptops))
    first = {}
    for raw in fake.heard:
        line = raw.partition(b"\r\n\r\n")[2].partition(b"\n")[0]
        first.setdefault(json.loads(line[87:])["d"], raw)
    expect("requests that were heard", len(first), len(laptops))
    return list(first.values())


async def push(site, raw, due, sent):
    """A connection of its own, as a laptop's."""
    host, port = site.server.address.split(":")
    await asyncio.sleep(max(0, due - time.monotonic()))
    reader, writer = await asyncio.open_connection(host, int(port), ssl=blind())
    writer.write(raw)
    status, _ = await read_answer(reader)
    sent.append((status, (time.monotonic() - due) * 1000))
    writer.close()


def half_open(site):
    """Peers that say hello and nothing more cost no processor while they are waited for."""
    host, port = site.server.address.split(":")
    with contextlib.ExitStack() as stack:
        for _ in range(HALF_OPEN):
            plain = stack.enter_context(socket.create_connection((host, int(port)), timeout=10))
            heard, said = ssl.MemoryBIO(), ssl.MemoryBIO()
            with contextlib.suppress(ssl.SSLWantReadError):
                blind().wrap_bio(heard, said).do_handshake()
            plain.sendall(said.read())
            plain.recv(65536)
        before = processor(site.server.process.pid)
        select.select([plain], [], [], HALF_OPEN_S)
        used = processor(site.server.process.pid) - before
    check(f"{HALF_OPEN} half connections cost {used:.2f} s in {HALF_OPEN_S} s", used < HALF_OPEN_S / 10)
    say("half connections", count=HALF_OPEN, processor_s=f"{used:.2f}", seconds=HALF_OPEN_S)


def processor(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def own():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def late(times):
    return sorted(times)[len(times) * P // 100]


async def both(site, desks, raws, seconds):
    """(questions, pushes), each with how long it took."""
    took, sent = [], []
    windows_open = [await open_window(desk) for desk in desks]
    begin = time.monotonic() + 1
    await asyncio.gather(
        *(read_on(desk, windows_open[n], n, begin, seconds, took) for n, desk in enumerate(desks)),
        *(push(site, raw, begin + n * seconds / len(raws), sent) for n, raw in enumerate(raws)))
    return took, sent


def tell(took, sent, server, mine, seconds):
    for path in sorted({path for path, *_ in took}):
        times = [ms for asked, _, _, ms in took if asked == path]
        say(f"  {path}", asked=len(times), p50_ms=f"{sorted(times)[len(times) // 2]:.0f}",
            p95_ms=f"{late(times):.0f}", most_ms=f"{max(times):.0f}",
            bytes=max(size for asked, _, size, _ in took if asked == path))
    pushes = [ms for _, ms in sent]
    say("  a push", p50_ms=f"{sorted(pushes)[len(pushes) // 2]:.0f}", p95_ms=f"{late(pushes):.0f}",
        most_ms=f"{max(pushes):.0f}")
    say("processor seconds", server=f"{server:.1f}", readers_and_laptops=f"{mine:.1f}",
        of=f"{os.cpu_count()} x {seconds}")


def run(site, whole=False):
    seconds = WHOLE_S if whole else BRIEF_S
    count = LAPTOPS_A_MINUTE * seconds // WHOLE_S
    site.set_up()
    made, makers = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    with ThreadPoolExecutor(MAKERS) as pool:
        ids = list(pool.map(lambda at: settle(site, at), range(len(site.hamlets) if whole else 10)))
        laptops = list(pool.map(lambda at: join(site, at, len(ids)), range(count)))
        list(pool.map(lambda at: day(site, laptops[at], at, ids), range(count)))
    raws = requests(site, laptops)
    desks = windows(site) # a session ends when the server stops
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    say("made", laptops=count, windows=len(desks), households=len(ids) * HOUSEHOLDS,
        seconds=f"{time.monotonic() - made:.0f}",
        processor_s=f"{spent.ru_utime + spent.ru_stime - makers.ru_utime - makers.ru_stime:.0f}")

    before, mine = processor(site.server.process.pid), own()
    took, sent = asyncio.run(both(site, desks, raws, seconds))
    used = processor(site.server.process.pid) - before
    tell(took, sent, used, own() - mine, seconds)

    expect("questions", len(took), READERS * seconds)
    answered = sum(status == 200 for _, status, *_ in took)
    check(f"answered: {sorted({status for _, status, *_ in took})}", # later, where it is too much at once
          {status for _, status, *_ in took} <= {200, 202, 503} and answered >= len(took) * ANSWERED)
    expect("every push was taken", {status for status, _ in sent}, {200})
    check("what differs is open", len(site.server.ask("conflicts")) >= count // 3)
    for laptop in laptops[:5]:
        laptop.once()
        expect("a day that went up whole", laptop.ask("status")["accepted"] +
               laptop.ask("status")["conflict"], DAY + 1)
    half_open(site)
    found = late([ms for *_, ms in took])
    promise("P21-22 desks that read while laptops push", f"{len(took)} questions",
            f"{count} laptops", f"p95 {found:.1f} ms")
    each = used * 1000 / (len(took) + len(sent))
    check(f"a question costs {each:.1f} ms of the server", each <= EACH_MS)
    check(f"p95 of {len(took)} questions is {found:.0f} ms", not whole or found <= LATE_MS)


if __name__ == "__main__":
    script(run, ["whole"])
