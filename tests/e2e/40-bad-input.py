#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the server is sent that it should not be, and what a laptop is answered.

Every case ends alike: the other side is told what is wrong in a documented form, nothing
that is kept has changed, and the next honest request is served. --crowded: only many
connections at once, for a build whose memory is worth measuring.
"""
import contextlib
import json
import os
import resource
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import zlib

from sites import (ROOT, Wrong, check, expect, promise, read_file, say, script, wait_until,
                   write_csv, write_file)

sys.path.insert(0, os.path.join(ROOT, "tests", "wire2"))
import stream  # noqa: E402  (tests/wire2: the protocol, written a second time)
import talk  # noqa: E402
from pack import b64, device_id, unb64, write_json  # noqa: E402

TYPE = "application/vnd.hamlet.sync"
PROBLEM = "urn:hamlet:problem:"
ANSWER_S = 60
HONEST = 40
CROWD_KIB = 128
CROWD_SANITIZED_KIB = 2048  # what was freed is kept
CROWD_S = 2


# ---- raw requests ----

def tls(version=ssl.TLSVersion.TLSv1_3):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.maximum_version = version
    return context


def connect(site):
    host, port = site.server.address.split(":")
    plain = socket.create_connection((host, int(port)), timeout=ANSWER_S)
    return tls().wrap_socket(plain)


class Answer:
    def __init__(self, raw):
        self.raw = raw
        head, _, self.body = raw.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        self.status = int(lines[0].split()[1]) if lines[0].startswith("HTTP/1.1 ") else 0
        self.headers = {name.lower(): value.strip() for name, _, value in
                        (line.partition(":") for line in lines[1:])}

    def problem(self):
        """The name of the problem, whose form is held to RFC 9457."""
        check(f"a refusal is a problem: {self.raw[:300]}",
              self.headers.get("content-type") == "application/problem+json")
        told = json.loads(self.body)
        expect("status in the problem", told["status"], self.status)
        check(f"a problem has a title and says whether to retry: {told}",
              told["title"] and isinstance(told["retry"], bool))
        check(f"type of a problem: {told['type']}", told["type"].startswith(PROBLEM))
        return told["type"][len(PROBLEM):]


def receive(connection):
    """All that comes until the length that was said, or the end."""
    raw = b""
    with contextlib.suppress(OSError):
        while True:
            head, found, body = raw.partition(b"\r\n\r\n")
            if found:
                length = [line.split(b":")[1] for line in head.split(b"\r\n")
                          if line.lower().startswith(b"content-length:")]
                if length and len(body) >= int(length[0]):
                    break
            piece = connection.recv(65536)
            if not piece:
                break
            raw += piece
    return Answer(raw)


def send(site, raw):
    with connect(site) as connection:
        with contextlib.suppress(OSError):
            connection.sendall(raw)
        answer = receive(connection)
    seen.refused += 400 <= answer.status < 500
    return answer


def request(site, body=b"", method="POST", path="/v1/sync", version="HTTP/1.1", host=None,
            length=None, drop=(), extra=(), media=TYPE):
    """A request as our own client sends it, but for what is asked for."""
    lines = [("Host", host or site.server.address), ("Content-Type", media),
             ("Content-Length", str(len(body) if length is None else length)), *extra]
    head = f"{method} {path} {version}\r\n" + "".join(
        f"{name}: {value}\r\n" for name, value in lines if name not in drop)
    return head.encode("latin-1") + b"\r\n" + body


# ---- what must not change ----

class Seen:
    """What was answered 4xx while nothing was to change, and how often something did."""

    def __init__(self):
        self.refused = 0
        self.kept = 0
        self.changed = 0


seen = Seen()


def state(site):
    status = site.server.ask("status")
    return {name: status[name] for name in ("changes", "accepted", "conflict", "quarantined",
                                            "incarnation", "devices")}, \
        site.server.digest(site.hamlet)


@contextlib.contextmanager
def nothing_changes(site, what):
    before = state(site)
    refused_before = seen.refused
    yield
    seen.kept += seen.refused - refused_before
    after = state(site)
    seen.changed += after != before
    expect(f"the server after: {what}", after, before)
    answer = send(site, request(site, method="GET", drop=("Content-Length",)))
    expect(f"it still serves after: {what}", (answer.status, answer.problem()), (405, "method"))


def refused(site, what, raw, status, problem):
    answer = send(site, raw)
    expect(f"status of: {what}", answer.status, status)
    if problem is not None:
        expect(f"problem of: {what}", answer.problem(), problem)
    return answer


# ---- a laptop's own request, caught and signed anew ----

class Device:
    """A laptop seen from outside: its key, and the request that it would send now."""

    def __init__(self, site, laptop):
        self.seed = read_file(os.path.join(laptop.folder, "keys", "device"))[:32]
        self.server = bytes.fromhex(site.server.ask("status")["server"])
        with Fake(site, lambda raw: None) as fake:
            laptop.refuse_once(69)
        self.raw = fake.heard[0]
        self.body = self.raw.partition(b"\r\n\r\n")[2]
        line, _, self.pages = self.body.partition(b"\n")
        self.fields = json.loads(line[87:])

    def sign(self, pages=None, seed=None, server=None, **changed):
        """The body with these pages and members, signed for its length."""
        pages = self.pages if pages is None else pages
        fields = {name: value for name, value in {**self.fields, **changed}.items()
                  if value is not None}
        return talk.request_write(fields, len(pages), server or self.server,
                                  seed or self.seed) + pages


# ---- another server at the same address ----

class Fake:
    """Answers at the server's address with the server's own key, unless given another.

    `reply` is given the raw request and gives the raw answer; None cuts the connection.
    """

    def __init__(self, site, reply, folder=None, encrypted=True):
        folder = folder or site.server.folder
        self.reply = reply
        self.heard = []
        self.context = None
        if encrypted:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(os.path.join(folder, "tls.crt"),
                                         os.path.join(folder, "keys", "tls.pem"))
        self.site = site
        self.running = site.server.process is not None
        if self.running:
            site.server.stop()
        host, port = site.server.address.split(":")
        self.listener = socket.create_server((host, int(port)), backlog=64)
        self.thread = threading.Thread(target=self.serve)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *exception):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.listener.close()
        if self.running:
            self.site.server.serve()

    def serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with contextlib.suppress(OSError), connection:
                connection.settimeout(ANSWER_S)
                if self.context is not None:
                    connection = self.context.wrap_socket(connection, server_side=True)
                with connection:
                    self.answer(connection)

    def answer(self, connection):
        raw = b""
        while True:
            piece = connection.recv(65536)
            if not piece:
                return
            raw += piece
            if self.context is None:
                connection.sendall(self.reply(raw))  # to a greeting that it cannot read
                return
            head, found, body = raw.partition(b"\r\n\r\n")
            length = [int(line.split(b":")[1]) for line in head.split(b"\r\n")
                      if line.lower().startswith(b"content-length:")]
            if found and length and len(body) >= length[0]:
                break
            if found and b"expect:" in head.lower():
                connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        self.heard.append(raw)
        said = self.reply(raw)
        if said is not None:
            connection.sendall(said)


def answer_with(status, body, media, *lines):
    head = "".join(f"{line}\r\n" for line in
                   (f"HTTP/1.1 {status} X", f"Content-Type: {media}",
                    f"Content-Length: {len(body)}", "Connection: close", *lines))
    return head.encode() + b"\r\n" + body


# ---- server: framing ----

def framing(site):
    long = "a" * 9000
    good = request(site, b"x" * 100)
    cases = [
        ("another host", request(site, b"x", host="example.org"), 421, "host"),
        ("no host", request(site, b"x", drop=("Host",)), 400, "header"),
        ("two hosts", request(site, b"x", extra=[("Host", "b")]), 400, "header"),
        ("a strange host", request(site, b"x", host="a b"), 400, "header"),
        ("a long header", request(site, b"x", extra=[("X-Long", long)]), 431, "headers_large"),
        ("many headers", request(site, b"x", extra=[(f"X-{n}", "1") for n in range(100)]), 431,
         "headers_large"),
        ("a long address", request(site, b"x", path="/" + long), 431, "headers_large"),
        ("a huge address", request(site, b"x", path="/" + long * 20), 414, None),
        ("a body over the limit", request(site, b"", length=3 << 20), 413, "too_large"),
        ("no length", request(site, b"", drop=("Content-Length",)), 411, "length"),
        ("two lengths", request(site, b"x", extra=[("Content-Length", "2")]), 400, "header"),
        ("a length below 0", request(site, b"", length=-1), 400, None),
        ("a length of 2^70", request(site, b"", length=1 << 70), 413, None),
        ("chunks", request(site, b"1\r\nx\r\n0\r\n\r\n", drop=("Content-Length",),
                           extra=[("Transfer-Encoding", "chunked")]), 411, "length"),
        ("chunks and a length", request(site, b"1\r\nx\r\n0\r\n\r\n",
                                        extra=[("Transfer-Encoding", "chunked")]), 400, "header"),
        ("another type", request(site, b"x", media="application/json"), 415, "type"),
        ("a coded body", request(site, b"x", extra=[("Content-Encoding", "gzip")]), 415, "type"),
        ("a bomb in gzip", request(site, zlib.compress(b"\0" * (8 << 20)),
                                   extra=[("Content-Encoding", "deflate")]), 415, "type"),
        ("another path", request(site, b"x", path="/v1/other"), 404, "path"),
        ("what the page is read from", request(site, b"x", path="/"), 405, "method"),
        ("a path out of it", request(site, b"x", path="/v1/../v1/sync"), 404, "path"),
        ("a query", request(site, b"x", path="/v1/sync?a=1"), 400, "header"),
        ("another method", request(site, method="DELETE"), 405, "method"),
        ("HTTP/1.0", request(site, b"x", version="HTTP/1.0"), 505, "http_version"),
        ("a bare LF", good.replace(b"\r\nContent-Type", b"\nContent-Type"), 400, "header"),
        ("a folded line", good.replace(b"\r\nContent-Type", b"\r\n Content-Type"), 400, "header"),
        ("a NUL in the address", good.replace(b"/v1/sync", b"/v1/\0sync"), 400, None),
        ("no request", b"\x16\x03 \x01\r\n\r\n", 400, None),
        ("no header line", request(site, b"x" * 100), 400, "header"),
        ("an empty body", request(site, b""), 400, "header"),
        ("a header line over 16 KiB", request(site, b"x" * 17000 + b"\n"), 400, "header"),
        ("bytes for a header line", request(site, bytes(range(11, 256)) + b"\n"), 400, "header"),
    ]
    with nothing_changes(site, "framing"):
        for what, raw, status, problem in cases:
            answer = refused(site, what, raw, status, problem)
            if what == "another method":
                expect("the methods that it takes", answer.headers.get("allow"), "POST")
        for what, raw in (("no TLS", good), ("noise", os.urandom(500)), ("nothing", b"")):
            host, port = site.server.address.split(":")
            with socket.create_connection((host, int(port)), timeout=ANSWER_S) as plain:
                got = b""
                with contextlib.suppress(OSError):
                    plain.sendall(raw)
                    plain.shutdown(socket.SHUT_WR)
                    while piece := plain.recv(4096):
                        got += piece
                check(f"an answer in clear to {what}", not got.startswith(b"HTTP"))
        host, port = site.server.address.split(":")
        with socket.create_connection((host, int(port)), timeout=ANSWER_S) as plain:
            try:
                tls(ssl.TLSVersion.TLSv1_2).wrap_socket(plain).close()
            except (ssl.SSLError, ConnectionError):
                pass
            else:
                raise Wrong("TLS 1.2 was taken")
    say("framing", refused=len(cases) + 4)


# ---- server: who asks, and what ----

def asking(site, laptop, revoked):
    """Requests that are well formed and must not be believed."""
    device = Device(site, laptop)
    other = Device(site, revoked)
    site.server.ask("revoke", "Laptop R", "--reason", "lost")
    stranger = os.urandom(32)
    late = site.server.ask("invite", "--unit", site.hamlet, "--role", "recorder", "--name", "Late",
                           "--valid", "1h", "--out", site.path("late.hmi"))

    def enrol(invitation, secret, who=stranger):
        key = talk_key(who)
        proof = talk.enrolment_proof(secret, invitation, key)
        return device.sign(b"", seed=who, d=b64(device_id(key)), o=None, l=None, i=None, b={},
                           n={"i": b64(invitation), "k": b64(key), "p": b64(proof)})

    flipped = bytearray(device.sign())
    flipped[3] = ord("A") if flipped[3] != ord("A") else ord("B")
    moved = device.sign().replace(b'"p":', b'"p":1', 1)
    known = bytes.fromhex(late["id"])
    secret = unb64(late["secret"], 16)
    cases = [
        ("a signature with a wrong bit", bytes(flipped), 401, "signature"),
        ("no signature", b"A" * 86 + device.sign()[86:], 401, "signature"),
        ("a member changed after signing", moved, 401, "signature"),
        ("a device nobody knows", device.sign(seed=stranger,
                                              d=b64(device_id(talk_key(stranger)))), 401,
         "unknown_device"),
        ("another's key", device.sign(seed=stranger), 401, "signature"),
        ("signed for another server", device.sign(server=b"\1" * 16), 401, "signature"),
        ("a revoked device", other.sign(), 403, "revoked"),
        ("an invitation nobody gave", enrol(b"\1" * 16, secret), 403, "enrolment"),
        ("an invitation without its secret", enrol(known, b"\1" * 16), 403, "enrolment"),
        ("a newer version", device.sign(v=2), 400, "version"),
        ("epoch 0", device.sign(e=0), 400, "header"),
        ("epoch 2^32", device.sign(e=1 << 32), 400, "header"),
        ("a request without an id", device.sign(r=None), 400, "header"),
        ("a member twice", device.sign().replace(b'"p":', b'"p":0,"p":'), 400, "header"),
        ("a number with a fraction", device.sign(p=1.5), 400, "header"),
        ("buckets that are a list", device.sign(b=[]), 400, "header"),
        ("a lease nobody gave", device.sign(l=b64(b"\1" * 16)), 409, "stale"),
        ("deep nesting", device.sign(x=[[[[[[[[[]]]]]]]]]), 400, "header"),
        ("too many buckets", device.sign(b={f"{n}": 0 for n in range(1100)}), 400, "header"),
    ]
    with nothing_changes(site, "asking"):
        for what, body, status, problem in cases:
            refused(site, what, request(site, body), status, problem)
        # As it is: the declared length of the signature is another than the body's.
        refused(site, "a longer body than was signed", request(site, device.sign() + b"x"), 401,
                "signature")
        refused(site, "a shorter one", request(site, device.sign()[:-1]), 401, "signature")
    say("who asks", refused=len(cases) + 2)


def talk_key(seed):
    import ed25519  # of tests/wire2
    return ed25519.public_key(seed)


def bodies(site, laptop):
    """A good request, then the same with its pages broken at every place."""
    device = Device(site, laptop)
    before = state(site)[0]["changes"]
    answer = send(site, request(site, device.sign()))
    expect("the request as it is", answer.status, 200)
    check("its changes are there", state(site)[0]["changes"] > before)
    pages = device.pages
    count = 0
    taken = 0
    with nothing_changes(site, "broken bodies"):
        expect("the same again", send(site, request(site, device.sign())).status, 200)
        for at in range(0, len(pages), 97):
            wrong = bytearray(pages)
            wrong[at] ^= 0x10
            for what, body in ((f"a flipped bit at {at}", bytes(wrong)),
                               (f"cut at {at}", pages[:at]),
                               (f"a byte more at {at}", pages[:at] + b"\0" + pages[at:])):
                answer = send(site, request(site, device.sign(body)))
                check(f"{what}: {answer.status}", answer.status in (200, 400, 413, 415))
                if answer.status != 200:
                    check(f"{what}: {answer.problem()}",
                          answer.problem() in ("page", "too_large", "dictionary"))
                count += 1
                taken += answer.status == 200 and not what.startswith("cut")
        # The bits that fill up a byte before a block that is stored mean nothing.
        check(f"{taken} of {count} broken bodies were taken", taken <= 1)
        text, _ = stream.inflate(pages)
        first = text[:text.index(b"\n") + 1]
        cases = [
            ("another dictionary", stream.deflate([text], b"another one"), "dictionary"),
            ("gzip", b"\x1f\x8b" + pages, "page"),
            ("two streams", pages + pages, "page"),
            ("a bomb", stream.deflate([b"\0" * (16 << 20)]), None),
            ("a bomb of blanks", stream.deflate([first + b" " * (16 << 20)]), None),
            ("a bomb of rows", stream.deflate([first + b"[]\n" * (4 << 20)]), None),
            ("deep rows", stream.deflate([first + b"[" * 5000 + b"]" * 5000 + b"\n"]), "page"),
            ("no UTF-8", stream.deflate([first + b'["\xff"]\n']), "page"),
            ("half a row", stream.deflate([text[:-10]]), "page"),
            ("no page", stream.deflate([b"[1]\n"]), "page"),
            ("another's page", stream.deflate([text.replace(
                device.fields["d"].encode(), b64(b"\2" * 16).encode())]), "page"),
        ]
        for what, body, problem in cases:
            answer = send(site, request(site, device.sign(body)))
            check(f"{what}: {answer.status}", answer.status in (400, 413, 415))
            check(f"{what}: {answer.problem()}",
                  answer.problem() in ((problem,) if problem else ("page", "too_large",
                                                                   "dictionary")))
    laptop.once()
    laptop.once()  # with the lease of the reply before: from now on the older one is stale
    with nothing_changes(site, "a request of yesterday"):
        refused(site, "a request of yesterday", request(site, device.sign()), 409, "stale")
    expect("digest of the laptop", laptop.digest(site.hamlet), site.server.digest(site.hamlet))
    say("broken bodies", sent=count + len(cases))


def cut_body(site, laptop):
    """A body that breaks off: whole pages stay, nothing is doubled when all comes again."""
    write = write_csv(site.path("cut.csv"), ["head_name", "address_text", "household_code"],
                      [[f"Cắt {n}", "1", f"C{n}"] for n in range(400)])
    laptop.ask("import", "household", write)
    device = Device(site, laptop)
    raw = request(site, device.sign())
    before = state(site)[0]["changes"]
    with connect(site) as connection:
        connection.sendall(raw[:len(raw) * 3 // 5])
    grown = wait_until("whole pages of a cut body are kept",
                       lambda: state(site)[0]["changes"] - before)
    check(f"not all of them: {grown}", 0 < grown < 400)
    site.server.ask("verify")
    laptop.once()
    expect("changes after all came", state(site)[0]["changes"], before + 400)
    expect("digest", laptop.digest(site.hamlet), site.server.digest(site.hamlet))
    say("a body that breaks off", kept=grown, of=400)


# ---- server: many, slow, stopping ----

def slow(site, told):
    """A byte a second: dropped by the limit, however steady."""
    began = time.monotonic()
    raw = request(site, b"x" * 100)
    try:
        with connect(site) as connection:
            connection.settimeout(1)
            for at in range(len(raw)):
                connection.sendall(raw[at:at + 1])
                try:
                    if connection.recv(100) == b"":
                        break
                except TimeoutError:
                    continue
    except OSError:
        pass
    told.append(time.monotonic() - began)


def memory_kib(process):
    """What a program has in memory."""
    text = read_file(f"/proc/{process.pid}/status").decode()
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("VmRSS:"))


def honest_s(site):
    """How long a request takes that does nothing wrong but to ask for nothing."""
    began = time.monotonic()
    expect("an honest request in a crowd",
           send(site, request(site, method="GET", drop=("Content-Length",))).status, 405)
    return time.monotonic() - began


def crowd(site, count, most_kib):
    """So many connections at once, each half way in its request; all are answered, and so
    are those that come meanwhile. One more sends a byte a second all the time."""
    raw = request(site, b"x" * 100 + b"\n")
    with contextlib.ExitStack() as stack, nothing_changes(site, "a crowd"):
        connections = []
        before = memory_kib(site.server.process)
        for _ in range(count):
            connections.append(stack.enter_context(connect(site)))
            connections[-1].sendall(raw[:-30])
        each = (memory_kib(site.server.process) - before) / count
        took = sorted(honest_s(site) for _ in range(HONEST))
        late = took[HONEST * 95 // 100]
        promise("P21-22 a crowd that stops half way", f"{len(connections)} connections",
                f"{each:.1f} KiB each", f"{len(took)} honest requests",
                f"p95 {late * 1000:.1f} ms")
        check(f"{each:.1f} KiB a connection", each < most_kib)
        check(f"an honest request takes {late:.2f} s", late < CROWD_S)
        for connection in connections:
            connection.sendall(raw[-30:])
        answers = [receive(connection) for connection in connections]
        expect("answers to a crowd", {(a.status, a.problem()) for a in answers},
               {(400, "header")})
    say("a crowd", connections=count)


def stopping(site, laptop):
    """SIGTERM with a request half sent: it is answered, and what it brought is kept."""
    laptop.add("household", "head_name=Cuối", "address_text=1")
    device = Device(site, laptop)
    raw = request(site, device.sign())
    before = state(site)[0]["changes"]
    with connect(site) as connection:
        connection.sendall(raw[:-20])
        wait_until("the server has the header", lambda: b"listening" in
                   read_file(site.server.log))
        time.sleep(0.2)  # nothing tells that a half request has arrived
        site.server.process.send_signal(signal.SIGTERM)
        wait_until("it stops", lambda: b" stopping" in
                   read_file(site.server.log).splitlines()[-1])
        connection.sendall(raw[-20:])
        expect("status of a request that it stopped in", receive(connection).status, 200)
    expect("exit", site.server.process.wait(30), 0)
    site.processes.remove(site.server.process)
    site.server.process = None
    site.server.serve()
    expect("what it brought", state(site)[0]["changes"], before + 1)
    laptop.once()
    say("stopping lets a request end")


# ---- laptop: what answers is not what should ----

def kept(laptop):
    status = laptop.ask("status")
    return {name: status[name] for name in ("changes", "accepted", "conflict", "quarantined")}, \
        laptop.digest(laptop.site.hamlet)


def answers(site, laptop):
    laptop.add("household", "head_name=Chờ", "address_text=1")
    other = site.path("other")
    site.programs.run("hamlet-server", "init", "--data", other, "--unit", "1",
                      "--recovery-key-file", site.path("other.key"))
    busy = json.dumps({"type": PROBLEM + "busy", "title": "x", "status": 503, "retry": True})
    html = b"<html><body>Log in</body></html>"
    reply = {"v": 1, "s": b64(b"\1" * 16), "i": 1, "t": 1, "l": b64(b"\1" * 16)}
    cases = [
        ("another key", 76, None, {"folder": other}),
        ("no TLS", 69, answer_with(200, html, "text/html"), {"encrypted": False}),
        ("a page of HTML", 69, answer_with(200, html, "text/html"), {}),
        ("a page of HTML as ours", 69, answer_with(200, html, TYPE), {}),
        ("elsewhere", 69, answer_with(302, html, "text/html", "Location: https://login/"), {}),
        ("511", 69, answer_with(511, html, "text/html"), {}),
        ("404 of a stranger", 69, answer_with(404, html, "text/html"), {}),
        ("nothing", 69, None, {}),
        ("an empty body", 69, answer_with(200, b"", TYPE), {}),
        ("half a header", 69, b"HTTP/1.1 200 OK\r\nContent-Ty", {}),
        ("half a body", 69, answer_with(200, b"x" * 100, TYPE)[:-50], {}),
        ("busy", 69, answer_with(503, busy.encode(), "application/problem+json",
                                 "Retry-After: 900"), {}),
        ("no HTTP", 76, b"SSH-2.0-OpenSSH_9.2\r\n", {}),
        ("noise", 76, answer_with(200, b'{"v":1}\n' + b"\1" * 100, TYPE), {}),
        ("another server", 76, answer_with(200, write_json(reply) + b"\n", TYPE), {}),
        ("a reply without end", None, answer_with(200, b'{"v":1' + b" " * (3 << 20), TYPE), {}),
        ("a newer version", None, answer_with(200, b'{"v":9}\n', TYPE), {}),
        ("a header without end", None, b"HTTP/1.1 200 OK\r\n" +
         (b"X: " + b"a" * 8000 + b"\r\n") * 300, {}),
    ]
    site.server.stop()
    before = kept(laptop)
    laptop.refuse_once(69, hint="safe")
    for what, exits, said, how in cases:
        with Fake(site, lambda raw, said=said: said, **how) as fake:
            ended = site.programs.call("hamletd", "--once", "--store", laptop.folder)
        check(f"exit after {what}: {ended.code} {ended.stderr.strip()}",
              ended.code in ((exits,) if exits else (69, 76)))
        check(f"one line and a hint after {what}: {ended.stderr!r}",
              len(ended.stderr.splitlines()) == 2)
        expect(f"the laptop after: {what}", kept(laptop), before)
        if what == "busy":
            expect("requests to a server that is busy", len(fake.heard), 1)
        if what in ("another key", "no TLS"):
            expect(f"requests shown to {what}", fake.heard, [])
    site.server.serve()
    laptop.once()
    expect("pending", laptop.ask("status")["pending"], 0)
    expect("digest", laptop.digest(site.hamlet), site.server.digest(site.hamlet))
    say("answers that are none", cases=len(cases) + 1)


def invitations(site):
    file = site.path("once.hmi")
    server = site.server
    server.ask("invite", "--unit", site.hamlet, "--role", "recorder", "--name", "Once",
               "--out", file)
    first, second, late = (site.laptop(name) for name in ("first", "second", "late"))
    for laptop in (first, second):
        laptop.enrol(file)
        laptop.add("household", f"head_name={laptop.name}", "address_text=1")
    first.once()
    kept_before = kept(second)
    with nothing_changes(site, "an invitation that was used"):
        second.refuse_once(77, hint="still here")
        expect("what was typed", kept(second), kept_before)
    server.ask("invite", "--unit", site.hamlet, "--role", "recorder", "--name", "Late",
               "--valid", "1s", "--out", site.path("short.hmi"))
    late.enrol(site.path("short.hmi"))
    late.add("household", "head_name=late", "address_text=1")
    made = time.monotonic()
    wait_until("the invitation has expired", lambda: time.monotonic() - made > 1.2)
    with nothing_changes(site, "an invitation that has expired"):
        late.refuse_once(77, hint="still here")
    text = read_file(file)
    broken = (("cut", text[:-20]), ("empty", b""), ("changed", text.replace(
        b'"role":"recorder"', b'"role":"district_admin"')), ("no JSON", b"\xff" * 100),
        ("large", b" " * (1 << 20) + text), ("newer", text.replace(b'"v":1', b'"v":2')))
    for what, raw in broken:
        check(f"it is {what}", raw != text)
        laptop = site.laptop(f"bad-{what}")
        ended = laptop.call("enrol", write_file(site.path("bad.hmi"), raw))
        check(f"exit of enrol, {what}: {ended.code}", ended.code in (65, 78))
        check(f"no store after: {what}", not os.path.exists(os.path.join(laptop.folder,
                                                                         "store.db")))
    say("invitations", refused=len(broken) + 2)


# ---- full disks ----

def small_files(bytes_max):
    """For a child: no file of it grows beyond; a write that would fails."""
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_max, bytes_max))
    return limit


def full_server(site, laptop):
    """507 while nothing can be written; the laptop keeps all; then it goes on."""
    write = write_csv(site.path("full.csv"), ["head_name", "address_text", "household_code"],
                      [[f"Đầy {n}", "1", f"F{n}"] for n in range(300)])
    laptop.ask("import", "household", write)
    before = state(site)
    mine = kept(laptop)
    site.server.stop()
    with open(site.path("server-full.log"), "wb") as log:
        process = subprocess.Popen(
            site.programs.command("hamlet-server", ["serve", "--data", site.server.folder]),
            env=site.programs.env, stdout=subprocess.PIPE, stderr=log,
            preexec_fn=small_files(1 << 16))  # of the log of writes, above all
    site.processes.append(process)
    check("it serves with little room", process.stdout.readline().startswith(b"listening"))
    filled = 0
    for _ in range(3):
        ended = site.programs.call("hamletd", "--once", "--store", laptop.folder)
        filled += ended.code == 69
        check(f"exit at a full server: {ended.code} {ended.stderr}", ended.code in (0, 69))
    check("the server became full", filled > 0 and
          b"status=507" in read_file(site.path("server-full.log")))
    expect("what the laptop holds", kept(laptop)[1], mine[1])
    process.send_signal(signal.SIGTERM)
    expect("exit of a full server", process.wait(30), 0)
    process.stdout.close()
    site.processes.remove(process)
    site.server.serve()
    after = state(site)
    check("nothing is gone", after[0]["changes"] >= before[0]["changes"])
    site.server.ask("verify")
    laptop.once()
    expect("pending", laptop.ask("status")["pending"], 0)
    expect("changes", state(site)[0]["changes"], before[0]["changes"] + 300)
    expect("digest", laptop.digest(site.hamlet), site.server.digest(site.hamlet))
    say("a full disk at the server", refused=filled)
    promise("P3 a full server", f"{filled} refused",
            f"lost {before[0]['changes'] + 300 - state(site)[0]['changes']}")


def full_laptop(site, a, b):
    """74 and nothing changed, whatever wanted to write; reading goes on."""
    a.add("household", "head_name=Nhiều", "address_text=1")
    a.once()
    before = kept(b)
    tries = 0
    changed = 0
    for program, args in (("hamlet", ["add", "household", "head_name=Một", "address_text=1",
                                      "--store", b.folder]),
                          ("hamlet", ["import", "household", site.path("full.csv"), "--store",
                                      b.folder]),
                          ("hamletd", ["--once", "--store", b.folder])):
        for most in (0, 1000, 20000):
            done = subprocess.run(site.programs.command(program, args), env=site.programs.env,
                                  capture_output=True, check=False, text=True,
                                  preexec_fn=small_files(most))
            check(f"{program} {args[0]} with {most} bytes: {done.returncode} {done.stderr}",
                  done.returncode == 74)
            after = kept(b)
            changed += after != before
            expect("what it holds", after, before)
            tries += 1
    b.ask("verify")
    b.once()
    expect("digest", b.digest(site.hamlet), site.server.digest(site.hamlet))
    say("a full disk at the laptop", tries=tries)
    promise("P3 a full laptop", f"{tries} refused", f"changed {changed}")


def run(site, crowded=False):
    site.set_up()
    if crowded:
        crowd(site, 200, CROWD_KIB)
        return
    laptop = site.enrol("A", role="hamlet_head")
    second = site.enrol("B")
    revoked = site.enrol("R")
    laptop.ask("import", "household", write_csv(
        site.path("h.csv"), ["head_name", "address_text", "household_code"],
        [[f"Hộ {n}", f"Số {n}", f"H{n}"] for n in range(30)]))
    for each in (laptop, second, revoked):
        each.once()
    laptop.ask("import", "household", write_csv(
        site.path("more.csv"), ["head_name", "address_text", "household_code"],
        [[f"Thêm {n}", f"Số {n}", f"T{n}"] for n in range(60)]))
    revoked.add("household", "head_name=R", "address_text=1")
    told = []
    drip = threading.Thread(target=slow, args=(site, told))
    drip.start()
    framing(site)
    crowd(site, 200, CROWD_SANITIZED_KIB)
    drip.join()
    check(f"a byte a second was let go on for {told[0]:.0f} s", 10 < told[0] < 40)
    say("a byte a second", dropped_after_s=f"{told[0]:.0f}")
    asking(site, laptop, revoked)
    bodies(site, laptop)
    cut_body(site, laptop)
    stopping(site, laptop)
    answers(site, laptop)
    invitations(site)
    full_server(site, laptop)
    full_laptop(site, laptop, second)
    promise("P23 requests that are refused", f"{seen.kept} answers", f"changed {seen.changed}")
    site.server.ask("verify")
    site.server.stop()


if __name__ == "__main__":
    script(run, ["crowded"])
