#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a conversation costs, seen by a proxy that cannot read it: connections, bytes, round
trips; what a broken one sends again; and a server that is too busy.
"""
import os
import socket
import ssl
import threading
import time

from proxy import Plan, Proxy
from sites import Wrong, check, expect, read_file, say, script, wait_until, write_csv

NOTHING_NEW_BYTES = 700 # of HTTP, both ways: product.md
TLS_BYTES = 4500 # of one connection: handshake, certificate, tickets, records
DAY_HOUSEHOLDS = 25
DAY_COMMITMENTS = 25
MANY = 2000
# Of a run that asks what had landed: two pages of 2 KiB, a handshake, two requests' lines.
AGAIN_BYTES = 2 * 2048 + 2500
TRIES = 8 # connections that a failing run may try
RETRY_AFTER_S = 31 # over the first wait that hamletd would choose by itself


def households(site, name, count, first=0):
    """Names and places that do not repeat, as a hamlet's do not."""
    return write_csv(site.path(name), ["head_name", "address_text", "household_code"],
                     [[f"Nguyễn Văn {n * 7919 % 9973}", f"Số {n * 31 % 997}, ấp {n % 7}",
                       f"H{n:05d}"] for n in range(first, first + count)])


def talk(proxy, laptop, what, round_trips=1):
    """One run over a whole network, held against what the proxy saw of it."""
    proxy.taken()
    done = laptop.once()
    links = proxy.taken()
    wire = sum(link.up + link.down for link in links)
    http = done["bytes_up"] + done["bytes_down"]
    expect(f"connections: {what}", len(links), 1)
    expect(f"round trips: {what}", done["round_trips"], round_trips)
    check(f"{what}: {http} bytes are said, {wire} were seen",
          http < wire <= http + http // 20 + TLS_BYTES)
    say(what, up=done["changes_up"], down=done["changes_down"], http_bytes=http,
        wire_bytes=wire, connections=len(links))
    return done


def nothing_new(proxy, laptop):
    done = talk(proxy, laptop, "nothing new")
    check("nothing was sent or fetched", done["changes_up"] == done["changes_down"] == 0)
    http = done["bytes_up"] + done["bytes_down"]
    check(f"a round with nothing new costs {http} bytes", http <= NOTHING_NEW_BYTES)


def day(site, proxy, a, b):
    """A day of two: one round trip each."""
    done = a.ask("import", "household", households(site, "day.csv", DAY_HOUSEHOLDS))
    expect("households of the day", done["added"], DAY_HOUSEHOLDS)
    ids = [row["id"] for row in a.ask("list", "household")]
    file = write_csv(site.path("commitments.csv"), ["household", "year", "signer_name",
                                                    "signed_date", "sheet_no"],
                     [[id, "2026", f"Trần Thị {n}", "2026-03-12", n + 1]
                      for n, id in enumerate(ids[:DAY_COMMITMENTS])])
    a.ask("import", "commitment", file)
    for id in ids[:5]:
        a.run("edit", id, "cluster=Tổ 3")
    talk(proxy, a, "a day's work goes up")
    b.add("activity", "type=ngay_hoi", "date=2026-03-05")
    done = talk(proxy, b, "another's work goes up, the day's comes down")
    expect("changes down", done["changes_down"], DAY_HOUSEHOLDS + DAY_COMMITMENTS + 5)
    nothing_new(proxy, b)


def broken_off(proxy, laptop, plan):
    """A run whose first connection follows the plan and whose others are refused."""
    proxy.taken()
    proxy.plans = [plan] + [Plan(refuse=True) for _ in range(TRIES)]
    laptop.refuse_once(69)
    proxy.plans = []
    return proxy.taken()[0]


def bytes_up(proxy):
    return sum(link.up for link in proxy.taken())


def lost_reply(site, proxy, a):
    """The server has it all, only its word was lost: at most two pages go once more. What
    the whole had cost."""
    a.once()
    proxy.taken()
    a.once()
    reply_cut = proxy.taken()[0].down - 100 # within a reply that says nothing
    a.ask("import", "household", households(site, "lost.csv", MANY, 1000))
    before = site.server.ask("status")["changes"]
    link = broken_off(proxy, a, Plan(cut_down=reply_cut))
    landed = site.server.ask("status")["changes"] - before
    expect("changes that landed though the reply was lost", landed, MANY)
    done = a.once()
    up = bytes_up(proxy)
    say("reply lost", bytes_up=link.up, landed=landed, then_bytes_up=up,
        round_trips=done["round_trips"])
    check(f"{up} bytes to hear that all had landed", up <= AGAIN_BYTES)
    expect("pending", a.ask("status")["pending"], 0)
    expect("sent twice and there once", site.server.ask("status")["changes"] - before, MANY)
    return link.up


def resume_up(site, proxy, a, whole):
    """What landed before a cut is not sent again, but for two pages that ask about it."""
    before = site.server.ask("status")["changes"]
    a.ask("import", "household", households(site, "many.csv", MANY, 2000))
    for part in (0.4, 0.7):
        link = broken_off(proxy, a, Plan(cut_up=int(whole * part)))
        landed = site.server.ask("status")["changes"] - before
        say("cut on the way up", after_bytes=link.up, landed=landed, of=MANY)
    check(f"{landed} of {MANY} landed", MANY // 4 < landed < MANY)
    done = a.once()
    up = bytes_up(proxy)
    missing = MANY - landed
    say("resumed", missing=missing, bytes_up=up, whole_bytes=whole,
        round_trips=done["round_trips"])
    check(f"{up} bytes for {missing} changes", up <= whole * missing // MANY + AGAIN_BYTES)
    expect("all of them landed", site.server.ask("status")["changes"] - before, MANY)
    expect("pending", a.ask("status")["pending"], 0)


def resume_down(site, proxy, b):
    """Pages that came before a cut stay; only the rest is fetched."""
    before = len(b.ask("list", "household"))
    missing = len(site.server.ask("list", "household")) - before
    link = broken_off(proxy, b, Plan(cut_down=9000))
    got = len(b.ask("list", "household")) - before
    check(f"{got} of {missing} came before the cut", 0 < got < missing)
    b.run("verify")
    proxy.taken()
    done = b.once()
    down = sum(link.down for link in proxy.taken())
    say("cut on the way down", after_bytes=link.down, kept=got, of=missing,
        then_fetched=done["changes_down"], bytes_down=down)
    expect("fetched after the cut", done["changes_down"], missing - got)
    expect("digest", b.digest(site.hamlet), site.server.digest(site.hamlet))
    nothing_new(proxy, b)


class BusyServer:
    """Stands at the server's address with its key and has no time."""

    def __init__(self, server, retry_after):
        self.retry_after = retry_after
        self.visits = []
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_3
        self.context.load_cert_chain(os.path.join(server.folder, "tls.crt"),
                                     os.path.join(server.folder, "keys", "tls.pem"))
        host, _, port = server.address.rpartition(":")
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind((host, int(port)))
        self.listener.listen(16)
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                plain, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.answer, args=(plain,), daemon=True).start()

    def read_request(self, secure):
        """All of it: what is not read would reset the connection."""
        text = b""
        wanted = None
        while wanted is None or len(text) < wanted:
            piece = secure.recv(65536)
            if not piece:
                return False
            text += piece
            head, found, _ = text.partition(b"\r\n\r\n")
            if found:
                length = next(int(line.partition(b":")[2]) for line in head.split(b"\r\n")
                              if line.lower().startswith(b"content-length:"))
                wanted = len(head) + len(found) + length
        return True

    def answer(self, plain):
        body = (b'{"type":"urn:hamlet:problem:busy","title":"busy","status":503,'
                b'"detail":"","retry":true}')
        try:
            with self.context.wrap_socket(plain, server_side=True) as secure:
                if not self.read_request(secure):
                    return
                self.visits.append(time.monotonic())
                secure.sendall(b"HTTP/1.1 503 Service Unavailable\r\n"
                               b"Content-Type: application/problem+json\r\n"
                               b"Retry-After: %d\r\nContent-Length: %d\r\n"
                               b"Connection: close\r\n\r\n" % (self.retry_after, len(body)) + body)
        except OSError:
            pass

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


def busy(site, a):
    """Told to come back later, a laptop does not come before; then all is delivered."""
    site.server.stop()
    record = a.add("household", "head_name=Chín", "address_text=9")
    server = BusyServer(site.server, RETRY_AFTER_S)
    try:
        a.refuse_once(69)
        expect("visits of a single run to a busy server", len(server.visits), 1)
        a.start()
        wait_until("the daemon's visit", lambda: "sync-failed" in read_file(a.log).decode(), 20)
        expect("visits of the daemon", len(server.visits), 2)
        told = server.visits[-1]
    finally:
        server.close()
    site.server.serve()
    wait_until("delivery after the wait", lambda: site.server.call("show", record).code == 0,
               RETRY_AFTER_S * 5 / 4 + 15)
    waited = time.monotonic() - told
    if waited < RETRY_AFTER_S:
        raise Wrong(f"back after {waited:.1f} s, told to wait {RETRY_AFTER_S} s")
    a.stop()
    say("Retry-After is honoured", told_s=RETRY_AFTER_S, waited_s=f"{waited:.1f}")


def run(site):
    with Proxy(int(site.server.address.rpartition(":")[2])) as proxy:
        site.server.url = proxy.url
        site.set_up(serve=False)
        site.server.url = f"https://{site.server.address}"
        site.server.serve()
        a = site.enrol("A", role="hamlet_head")
        b = site.enrol("B")
        a.add("household", "head_name=Út", "address_text=1")
        talk(proxy, a, "the first conversation")
        nothing_new(proxy, a)
        talk(proxy, b, "the first conversation of another")
        day(site, proxy, a, b)
        whole = lost_reply(site, proxy, a)
        resume_up(site, proxy, a, whole)
        resume_down(site, proxy, b)
        busy(site, a)
        for host in (a, b, site.server):
            host.run("verify")


if __name__ == "__main__":
    script(run)
