# SPDX-License-Identifier: Apache-2.0
"""What a browser on a laptop does with the record API (daemon/api/API.md), and what a
stranger may try: `Browser` is let in by `hamlet open`, `raw` says anything."""
import http.client
import json
import re
import socket
import urllib.parse

from sites import Wrong, expect

SECURE = {"x-content-type-options": "nosniff", "x-frame-options": "DENY",
          "referrer-policy": "no-referrer", "cross-origin-opener-policy": "same-origin",
          "cross-origin-resource-policy": "same-origin"}


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = {name.lower(): value for name, value in headers}
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)

    def judge(self):
        """What every answer of ours has, whatever was asked."""
        for name, value in SECURE.items():
            expect(f"{name} of a {self.status}", self.headers.get(name), value)
        if "content-security-policy" not in self.headers:
            raise Wrong(f"a {self.status} without a policy")
        if any(name.startswith("access-control-") for name in self.headers):
            raise Wrong(f"a {self.status} with CORS headers: {self.headers}")
        return self


class Browser:
    """One window: its connection, its cookie, its token."""

    def __init__(self, laptop, lang="en"):
        self.laptop = laptop
        self.lang = lang
        self.url = laptop.ask("open")["url"]
        self.host = urllib.parse.urlsplit(self.url).netloc
        self.secret = urllib.parse.urlsplit(self.url).fragment
        self.connection = http.client.HTTPConnection(self.host, timeout=60)
        self.cookie = self.token = None

    def request(self, method, path, body=None, headers=None):
        """`headers` are added; one of None is left out."""
        given = {"Host": self.host, "Accept-Language": self.lang,
                 "Sec-Fetch-Site": "same-origin"}
        if self.token:
            given.update({"Cookie": self.cookie, "X-Hamlet-Token": self.token})
        if method == "POST":
            given.update({"Origin": f"http://{self.host}", "Content-Type": "application/json"})
        given.update(headers or {})
        raw = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        self.connection.request(method, path, raw, {name: value for name, value in given.items()
                                                    if value is not None})
        reply = self.connection.getresponse()
        return Answer(reply.status, reply.getheaders(), reply.read())

    def enter(self):
        """Exchange the secret; the session."""
        answer = self.request("POST", "/api/session", {"secret": self.secret}).judge()
        expect("the exchange of a secret", answer.status, 200)
        self.cookie = answer.headers["set-cookie"].split(";")[0]
        self.token = answer.json["token"]
        return answer

    def get(self, path, status=200, **query):
        if query:
            path += "?" + urllib.parse.urlencode(query)
        answer = self.request("GET", path).judge()
        expect(f"status of {path}: {answer.body[:300]}", answer.status, status)
        return answer.json

    def post(self, path, body, status=200):
        answer = self.request("POST", path, body).judge()
        expect(f"status of {path}: {answer.body[:300]}", answer.status, status)
        return answer.json

    def add(self, kind, fields, **more):
        return self.post("/api/add", {"kind": kind, "fields": fields, **more}, 201)


def is_whole(said):
    """Whether these bytes are an answer to its end; not every peer is let go at once."""
    head, blank, body = said.partition(b"\r\n\r\n")
    length = re.search(rb"\r\ncontent-length: (\d+)", head, re.I)
    return bool(blank and length) and len(body) >= int(length[1])


def raw(host, text, timeout_s=20):
    """Say these bytes; the status of the answer and all of it, (0, b"") if there is none."""
    address, port = host.rsplit(":", 1)
    with socket.create_connection((address, int(port)), timeout=timeout_s) as peer:
        peer.sendall(text)
        peer.shutdown(socket.SHUT_WR)
        said = b""
        while not is_whole(said):
            try:
                piece = peer.recv(65536)
            except ConnectionResetError:
                break
            if not piece:
                break
            said += piece
    return (int(said.split(b" ", 2)[1]) if said else 0), said
