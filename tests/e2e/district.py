# SPDX-License-Identifier: Apache-2.0
"""What a browser does with the district's page (daemon/api/API.md, section 11), over the very
HTTPS that laptops use: `Desk` is one window, signed in as one account."""
import http.client
import json
import ssl
import urllib.parse

from browser import Answer
from sites import expect


def blind():
    """People judge the certificate by its mark; these tests by whom they started."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class Desk:
    """One window at `host`: its connection, its cookie, its token."""

    def __init__(self, host, lang="en"):
        self.host = host
        self.lang = lang
        self.connection = http.client.HTTPSConnection(host, timeout=60, context=blind())
        self.cookie = self.token = self.session = None

    def request(self, method, path, body=None, headers=None):
        """`headers` are added; one of None is left out."""
        given = {"Host": self.host, "Accept-Language": self.lang,
                 "Sec-Fetch-Site": "same-origin"}
        if self.token:
            given.update({"Cookie": self.cookie, "X-Hamlet-Token": self.token})
        if method == "POST":
            given.update({"Origin": f"https://{self.host}", "Content-Type": "application/json"})
        given.update(headers or {})
        raw = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        self.connection.request(method, path, raw, {name: value for name, value in given.items()
                                                    if value is not None})
        reply = self.connection.getresponse()
        return Answer(reply.status, reply.getheaders(), reply.read())

    def get(self, path, status=200, **query):
        if query:
            path += "?" + urllib.parse.urlencode(query)
        answer = self.request("GET", path).judge()
        expect(f"status of {path}: {answer.body[:300]}", answer.status, status)
        return answer.json

    def long(self, path, status=200, **query):
        """What goes on in the background is asked for again until it is there; the answer."""
        task = {}
        while True:
            asked = {**query, **task}
            whole = path + ("?" + urllib.parse.urlencode(asked) if asked else "")
            answer = self.request("GET", whole).judge()
            if answer.status != 202:
                expect(f"status of {path}: {answer.body[:300]}", answer.status, status)
                return answer
            task = {"task": answer.json["task"]}

    def post(self, path, body, status=200):
        answer = self.request("POST", path, body).judge()
        expect(f"status of {path}: {answer.body[:300]}", answer.status, status)
        return answer.json

    def sign_in(self, account, passphrase, code=None):
        """The session; with a code the passphrase is a new one."""
        body = {"account": account, "passphrase": passphrase}
        answer = self.request("POST", "/api/sign-in", body | ({"code": code} if code else {}))
        answer.judge()
        expect(f"sign-in of {account}: {answer.body[:300]}", answer.status, 200)
        self.cookie = answer.headers["set-cookie"].split(";")[0]
        self.token = answer.json["token"]
        self.session = answer.json["session"]
        return answer


def account(site, name, role, unit, passphrase="ba con vịt xanh"):
    """A new account, signed in for the first time; its window."""
    made = site.server.ask("admin add", name, "--role", role, "--unit", unit)
    desk = Desk(site.server.address)
    desk.sign_in(name, passphrase, made["code"])
    return desk
