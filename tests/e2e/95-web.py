#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The record API of a laptop, over real HTTP: its door, its forms, drafts through kill -9,
two windows at once, and what pages are told.

    95-web.py --bin DIR --work DIR [--large]

`--large`: ten years of 1,500 households instead; any action is answered within 100 ms, and
an idle hamletd neither wakes nor holds memory.
"""
import json
import os
import random
import re
import select
import socket
import stat
import threading
import time
import urllib.parse
from importlib import import_module

from browser import Browser, raw
from sites import (NOBODY, Wrong, check, expect, is_id, promise, read_file, say, script, unchanged,
                   wait_until, write_csv)

SEED = 27
ANSWER_MS = 100  # the quickest of several requests
START_MS = 1000  # the quickest of several
ACTION_MS = 100  # of processor time, as speed.mjs makes it fair
HOSTILE = ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "</script>",
           "=HYPERLINK(\"http://evil.test\")", "javascript:alert(1)", "{{constructor}}",
           "${7*7}", "%3Cscript%3E", "\\u003cscript\\u003e", "'; DROP TABLE record; --",
           "Nguyễn Văn <b>&amp;", "]]><svg onload=alert(1)>"]


def start(laptop):
    laptop.start("--listen", "127.0.0.1:0")


def draw(choice):
    return choice.randbytes(16).hex()


# ---- the door ----

def way_in(laptop):
    """A secret opens once; cookie and token are both needed, each whole."""
    page = Browser(laptop)
    expect("no session yet", page.get("/api/status", 401)["key"], "web-session")
    cookie = page.enter().headers["set-cookie"]
    for part in ("HttpOnly", "SameSite=Strict", "Path=/api"):
        check(f"{part} in {cookie}", part in cookie.split("; "))
    expect("who is signed in", page.get("/api/session")["member"]["name"], "Laptop A")
    again = Browser(laptop)
    again.secret = page.secret
    expect("a secret again", again.request("POST", "/api/session", {"secret": page.secret}).status,
           401)
    tried = 0
    for name in ("cookie", "token"):
        good = getattr(page, name)
        for bad in (None, "", good[:-1], good + "A", good[:-2] + ("AA" if good[-2:] != "AA" else "BB"),
                    good.swapcase() if name == "token" else good.replace("=", "x=", 1)):
            headers = {"Cookie": bad} if name == "cookie" else {"X-Hamlet-Token": bad}
            expect(f"{name} {bad!r}", page.request("GET", "/api/status", headers=headers).status, 401)
            tried += 1
    expect("and with both", page.request("GET", "/api/status").status, 200)
    mode = stat.S_IMODE(os.stat(os.path.join(laptop.folder, "hamletd.sock")).st_mode)
    expect("who else may ask the daemon", mode, 0o600)
    say("the way in", tried=tried)
    return page, tried


def foreign_requests(page, good):
    """(what, bytes) of requests that another page or program may send: none may do anything."""
    host, port = page.host, page.host.rsplit(":", 1)[1]
    body = json.dumps({"kind": "household", "fields": {"head_name": "X", "address_text": "Y"}})
    own = {"Host": host, "Origin": f"http://{host}", "Content-Type": "application/json",
           "Cookie": page.cookie, "X-Hamlet-Token": page.token, "Connection": "close"}

    def text(change=None, line="POST /api/add", more="", body=body, length=None):
        headers = {**own, **(change or {})}
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items()
                       if value is not None)
        size = len(body.encode()) if length is None else length
        size = f"Content-Length: {size}\r\n" if size is not False else ""
        return f"{line} HTTP/1.1\r\n{head}{size}{more}\r\n{body}".encode()

    def get(path, change=None, more=""):
        return text({"Origin": None, "Content-Type": None, **(change or {})}, f"GET {path}", more, "",
                    False)

    for other in ("evil.test", f"evil.test:{port}", "127.0.0.1", "localhost", f"127.0.0.1:{int(port) - 1}",
                  f"localhost.evil.test:{port}", f"127.0.0.1.nip.io:{port}", f"[::1]:{port}",
                  f"0.0.0.0:{port}", f"2130706433:{port}", f"127.1:{port}", f"localhost.:{port}",
                  f"user@{host}", f"{host}, evil.test", f"{host}/", ""):
        yield f"Host {other}", text({"Host": other, "Origin": f"http://{other}"})
        yield f"reading, Host {other}", get("/api/records?kind=household", {"Host": other})
    yield "no Host", text({"Host": None})
    yield "two Hosts", text(more=f"Host: {host}\r\n")
    yield "a second Host, foreign", text(more="Host: evil.test\r\n")
    for other in (None, "null", "http://evil.test", f"https://{host}", f"http://127.0.0.1:{int(port) - 1}",
                  f"http://evil.test:{port}", "http://127.0.0.1", f"http://{host}.evil.test",
                  f"http://{host}/", f"HTTP//{host}", "file://", f"http://localhost:{port}0", ""):
        yield f"Origin {other}", text({"Origin": other})
        if other is not None:
            yield f"reading, Origin {other}", get("/api/records?kind=household", {"Origin": other})
    yield "two Origins", text(more=f"Origin: http://{host}\r\n")
    for site in ("cross-site", "same-site", "none", "Same-Origin", "same-origin, cross-site", ""):
        yield f"Sec-Fetch-Site {site}", text({"Sec-Fetch-Site": site})
        yield f"reading, Sec-Fetch-Site {site}", get("/api/records?kind=household",
                                                     {"Sec-Fetch-Site": site})
    for kind in (None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data",
                 "application/json; charset=utf-8", "text/plain; application/json",
                 "application/jsonp", "text/json"):
        yield f"Content-Type {kind}", text({"Content-Type": kind})
    yield "two Content-Types", text(more="Content-Type: text/plain\r\n")
    yield "no session", text({"Cookie": None, "X-Hamlet-Token": None})
    yield "the cookie alone", text({"X-Hamlet-Token": None})
    yield "the token alone", text({"Cookie": None})
    yield "token and cookie changed over", text({"Cookie": page.cookie.split("=")[0] + "=" + page.token,
                                                 "X-Hamlet-Token": page.cookie.split("=")[1]})
    yield "two cookies", text(more="Cookie: a=b\r\n")
    yield "two tokens", text(more=f"X-Hamlet-Token: {page.token}\r\n")
    yield "the token in the query", get(f"/api/records?kind=household&token={page.token}",
                                        {"X-Hamlet-Token": None})
    yield "a preflight", text({"Access-Control-Request-Method": "POST"}, "OPTIONS /api/add", body="")
    for method in ("PUT", "DELETE", "PATCH", "HEAD", "TRACE", "CONNECT", "post", "GET"):
        yield f"method {method}", text(line=f"{method} /api/add")
    yield "a method overridden", get("/api/add", {"X-HTTP-Method-Override": "POST"})
    for path in ("//api/add", "/api/add/", "/api/%61dd", "/api/../api/add", "/API/add", "/api/add?x=1",
                 f"http://{host}/api/add", "/api/add;x", "/api/add#x", "/.git/config", "/style.css/../api"):
        yield f"path {path}", text(line=f"POST {path}")
    yield "a websocket", get("/api/events", {"Upgrade": "websocket", "Connection": "Upgrade",
                                             "Sec-WebSocket-Version": "13", "Sec-Fetch-Site": "cross-site"})
    yield "chunked", text(more="Transfer-Encoding: chunked\r\n", length=False)
    yield "two lengths", text(more="Content-Length: 5\r\n")
    yield "a body packed", text({"Content-Encoding": "gzip"})
    for name in ("Origin", "X-Hamlet-Token", "Host"):
        yield f"{name} with a space before the colon", text({name: None}, more=f"{name} : {own[name]}\r\n")
        yield f"{name} folded", text({name: None}, more=f"{name}:\r\n {own[name]}\r\n")
    for other in ("[]", "null", "1", "\"x\"", "{", "{}", "{\"kind\":\"household\"}", good[:-1],
                  good + "x", "\ufeff" + good, good.replace("\"kind\"", "\"kind\":1,\"kind\"")):
        yield f"body {other[:20]}", text(body=other)
    yield "a file of the page, in another page", get("/style.css", {"Sec-Fetch-Site": "cross-site",
                                                                   "Sec-Fetch-Dest": "style"})
    yield "the page in a frame", get("/", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate",
                                           "Sec-Fetch-Dest": "iframe"})
    yield "the page as a script", get("/", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors",
                                            "Sec-Fetch-Dest": "script"})


def no_stranger(laptop, page):
    """Whatever another page, name or program of this machine sends is refused, shows no record
    and changes nothing."""
    page.add("household", {"head_name": "Canary Name", "address_text": "Ấp 1"})
    good = json.dumps({"kind": "household", "fields": {"head_name": "X", "address_text": "Y"}})
    tried = 0
    with unchanged(laptop, "what strangers sent"):
        for what, said in foreign_requests(page, good):
            try:
                status, whole = raw(page.host, said)
            except TimeoutError:
                raise Wrong(f"{what}: no answer") from None
            check(f"{what}: answered {status}", status == 0 or 400 <= status < 600)
            check(f"{what}: shows a record", b"Canary" not in whole)
            check(f"{what}: has CORS headers", b"access-control-" not in whole.lower())
            check(f"{what}: sets a cookie", b"set-cookie" not in whole.lower())
            tried += 1
    for dest in ("document",):
        answer = page.request("GET", "/", headers={"Sec-Fetch-Site": "cross-site", "Cookie": None,
                                                   "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": dest})
        expect("the page itself, from elsewhere", answer.judge().status, 200)
    say("strangers", requests=tried)
    return tried


def page_itself(page):
    """The page's files: packed, tagged, under a strict policy."""
    answer = page.request("GET", "/").judge()
    policy = answer.headers["content-security-policy"]
    for part in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'",
                 "require-trusted-types-for 'script'", "base-uri 'none'"):
        check(f"{part} in {policy}", part in policy.split("; "))
    check("nothing unsafe in the policy", "unsafe" not in policy and "*" not in policy)
    expect("packed", answer.headers["content-encoding"], "gzip")
    tag = answer.headers["etag"]
    expect("known already", page.request("GET", "/", headers={"If-None-Match": tag}).status, 304)
    expect("forms known already", page.request(
        "GET", "/api/kinds",
        headers={"If-None-Match": page.request("GET", "/api/kinds").headers["etag"]}).status, 304)


# ---- records ----

def records(page):
    """What is written is what is shown; every wrong field is named at once."""
    record = page.add("household", {"head_name": "Trần Văn Đạt", "address_text": "Ấp 2", "status": "Đang cư trú"})
    check("ids", is_id(record["id"]) and is_id(record["change"]))
    found = page.get("/api/record", id=record["id"])
    expect("a choice by its label", found["fields"]["status"], "dang_cu_tru")
    expect("search without marks", [row["id"] for row in page.get(
        "/api/records", kind="household", search="tran van dat")["records"]], [record["id"]])
    loud = page.add("household", {"head_name": "TRẦN VĂN ĐẠT", "address_text": "Ấp 3"})
    expect("what may be meant", [(row["field"], row["rule"], row["offer"]) for row in loud["warnings"]],
           [("head_name", "head_case", "Trần Văn Đạt")])
    mended = page.post("/api/edit", {"id": loud["id"], "fields": {"head_name": "Trần Văn Đạt"}})
    check("nothing to look at", "warnings" not in mended)
    noted = page.post("/api/delete", {"id": loud["id"]})
    check("gone", is_id(noted["change"]))
    wrong = page.post("/api/add", {"kind": "household", "fields": {"head_name": " ", "status": "x"}}, 422)
    expect("wrong fields", [(row["field"], row["key"]) for row in wrong["fields"]],
           [("head_name", "field-required"), ("address_text", "field-required"), ("status", "field-enum")])
    check("sentences", all(row["text"] and row["hint"] for row in wrong["fields"]))
    year = {"household": record["id"], "year": 2026, "signer_name": "Lan", "signed_date": "5/3/2026"}
    expect("tried only", page.post("/api/add", {"kind": "commitment", "fields": year, "dry": True}), {})
    expect("nothing was kept", page.get("/api/records", kind="commitment")["records"], [])
    signed = page.add("commitment", year)
    twin = page.post("/api/add", {"kind": "commitment", "fields": year}, 409)
    expect("the twin", (twin["key"], twin["args"][0]), ("record-exists", signed["id"]))
    shown = page.get("/api/records", kind="commitment", where=f"household={record['id']}")["records"][0]
    expect("a name for a reference", shown["names"], {"household": "Trần Văn Đạt"})
    expect("a date", shown["fields"]["signed_date"], "2026-03-05")
    expect("an edit that cannot be", page.post("/api/edit", {
        "id": signed["id"], "fields": {"signed_date": "31/2/2026"}}, 422)["fields"][0]["field"], "signed_date")
    change = page.post("/api/edit", {"id": signed["id"], "fields": {"note": "a"}})["change"]
    page.post("/api/undo", {"change": change})
    check("undone", "note" not in page.get("/api/record", id=signed["id"])["fields"])
    page.post("/api/delete", {"id": signed["id"], "reason": "nhầm"})
    expect("deleted", page.get("/api/records", kind="commitment", deleted=1)["records"][0]["id"], signed["id"])
    expect("counted", page.get("/api/counts", kind="commitment")["deleted"], 1)
    expect("of nothing", page.get("/api/record", 404, id=NOBODY)["key"], "record-missing")
    for path, query in (("/api/records", {"kind": "none"}), ("/api/records", {"kind": "household", "limit": 0}),
                        ("/api/records", {"kind": "household", "state": "x"})):
        page.get(path, 422, **query)
    page.get("/api/records", 400)
    page.get("/api/records", 400, kind="household", other=1)


def several(page):
    """Each of several questions is answered as if it had come alone, also the wrong ones; and
    it is a way to read, to nothing that writes or is somebody's own."""
    asked = ["records?kind=household&limit=3", "counts?kind=household", "record?id=" + NOBODY, "records", "conflicts?state=open",
             "records?kind=household&search=" + urllib.parse.quote("Đạt & <b>"), "quarantine", "overruled", "drafts",
             "case?year=2026", "case?year=1", "history?id=" + NOBODY, "records?kind=household&limit=0", "counts?kind=none"]
    answers = page.post("/api/several", {"ask": asked})
    expect("as many", len(answers), len(asked))
    for one, answer in zip(asked, answers):
        alone = page.request("GET", "/api/" + one).judge()
        expect(one, (answer["status"], answer["reply"]), (alone.status, alone.json))
    check("some fail", len({answer["status"] for answer in answers}) > 3)
    refused = ["events", "session", "several", "kinds", "add", "report?report=commitments", "", "?", "records&kind=household", "../",
               "records?kind=household&other=1", "verify", "qr?text=1", 7, None, {}, ["status"]]
    expect("no others", {answer["status"] for answer in page.post("/api/several", {"ask": refused})}, {400})
    for body in ({}, {"ask": "status"}, {"ask": {}}, {"ask": ["status"] * 65}):
        page.post("/api/several", body, 400)
    expect("of nothing", page.post("/api/several", {"ask": []}), [])


def pieces(page):
    """A list in pieces is the list, whatever their size."""
    whole = [row["id"] for row in page.get("/api/records", kind="household", limit=200)["records"]]
    for limit in (1, 3, len(whole)):
        found, after = [], 0
        while after is not None:
            piece = page.get("/api/records", kind="household", limit=limit, after=after)
            found += [row["id"] for row in piece["records"]]
            after = piece["next"]
        expect(f"pieces of {limit}", found, whole)


def hostile_text(page):
    """Text of a record comes back as JSON alone, whatever is in it."""
    looks = 0
    for text in HOSTILE:
        record = page.add("household", {"head_name": text[:80], "address_text": text})["id"]
        for path in (f"/api/record?id={record}", "/api/records?kind=household&limit=200",
                     f"/api/history?id={record}", "/api/conflicts", "/api/quarantine", "/api/drafts"):
            answer = page.request("GET", path).judge()
            expect(f"type of {path}", answer.headers["content-type"], "application/json; charset=utf-8")
            expect("kept nowhere", answer.headers["cache-control"], "no-store")
            check("a policy that runs nothing", "script" not in answer.headers["content-security-policy"])
            json.loads(answer.body)
            looks += 1
        expect("as it was", page.get("/api/record", id=record)["fields"]["address_text"],
               re.sub(r"\s+", " ", text))
        refused = page.request("POST", "/api/add", {"kind": text, "fields": {}}).judge()
        expect("a problem", refused.headers["content-type"], "application/problem+json")
        looks += 1
    promise("P27-28 hostile texts through every route", f"{looks} answers", "as anything but JSON 0")


def who_shares(laptop):
    """Those who may write the store may ask for the page, and nobody else."""
    socket_path = os.path.join(laptop.folder, "hamletd.sock")
    before = stat.S_IMODE(os.stat(laptop.folder).st_mode)
    for mode, wanted in ((0o2770, 0o660), (0o750, 0o600), (0o700, 0o600)):
        laptop.stop()
        os.chmod(laptop.folder, mode)
        start(laptop)
        expect(f"the socket in a folder of mode {mode:o}",
               stat.S_IMODE(os.stat(socket_path).st_mode), wanted)
        Browser(laptop).enter()
    os.chmod(laptop.folder, before)


# ---- drafts ----

def drafts(laptop, choice):
    """A draft that was acknowledged is there after kill -9, and is written once."""
    rounds = 12
    for number in range(rounds):
        page = Browser(laptop)
        page.enter()
        draft = draw(choice)
        form = {"head_name": f"Nháp {number}", "address_text": "Ấp 3"}
        for step in range(number % 3 + 1):
            page.post("/api/draft", {"draft": draft, "kind": "household", "form": {**form, "step": step}})
        laptop.kill()
        start(laptop)
        page = Browser(laptop)
        page.enter()
        kept = page.get("/api/drafts")
        expect("the draft", [(row["draft"], row["form"]) for row in kept],
               [(draft, {**form, "step": number % 3})])
        added = page.add("household", form, draft=draft)
        laptop.kill()
        start(laptop)
        page = Browser(laptop)
        page.enter()
        again = page.add("household", form, draft=draft)
        expect("written once", (again["id"], again["change"]), (added["id"], added["change"]))
        expect("no draft any more", page.get("/api/drafts"), [])
        found = page.get("/api/records", kind="household", search=form["head_name"])["records"]
        expect("one record", [row["id"] for row in found if row["fields"]["head_name"] == form["head_name"]],
               [added["id"]])
        expect("a draft that was written", page.post(
            "/api/draft", {"draft": draft, "kind": "household", "form": {}}, 409)["key"], "web-draft-done")
    promise("P1 drafts and saves of a page, kill -9 after the answer", f"{2 * rounds} kills",
            "lost 0, doubled 0")
    draft_again(page, choice)


def draft_again(page, choice):
    """Whoever heard no answer, typed on and saved again has saved what he typed."""
    draft = draw(choice)
    first = page.add("household", {"head_name": "Gửi Lại", "address_text": "1"}, draft=draft)
    second = page.add("household", {"head_name": "Gửi Lại", "address_text": "2"}, draft=draft)
    expect("the same record", second["id"], first["id"])
    check("another change", second["change"] != first["change"])
    edit = {"id": first["id"], "fields": {"address_text": "3"}, "draft": draft}
    third = page.post("/api/edit", edit)
    expect("once", page.post("/api/edit", edit), third)
    record = page.get("/api/record", id=first["id"])
    expect("what was typed last", (record["fields"]["address_text"], record["conflicts"]), ("3", []))
    other = page.add("household", {"head_name": "Hộ Khác", "address_text": "1"})["id"]
    expect("another record", page.post(
        "/api/edit", {**edit, "id": other}, 409)["key"], "web-draft-done")


# ---- at once ----

def two_windows(laptop, page):
    """Two windows that edit at once make what two commands would: all of it, one after the
    other, and no conflict."""
    record = page.add("household", {"head_name": "Hai Cửa", "address_text": "0"})["id"]
    told = []

    def edit(name):
        window = Browser(laptop)
        window.enter()
        for step in range(10):
            told.append(window.post("/api/edit", {"id": record, "fields": {"address_text": f"{name} {step}"}}))

    threads = [threading.Thread(target=edit, args=(name,)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for step in range(5):
        laptop.run("edit", record, f"address_text=c {step}")
    for thread in threads:
        thread.join()
    expect("edits", len(told), 20)
    history = [row for row in page.get("/api/history", id=record) if row["register"] == "address_text"]
    expect("writes", len(history), 26)
    expect("heads", len([row for row in history if not row["replaced_by"]]), 1)
    expect("no conflict", page.get("/api/record", id=record)["conflicts"], [])
    expect("faults", laptop.ask("verify")["faults"], 0)


def open_page(laptop, page):
    """A page that was open while others wrote replaces what it had read, and nothing that came
    since: both stand there and people are asked."""
    record = page.add("household", {"head_name": "Trang Mở", "address_text": "cũ"})["id"]
    seen = page.get("/api/record", id=record)["seen"]
    made = page.post("/api/edit", {"id": record, "fields": {"cluster": "Tổ 1"}, "seen": seen})
    laptop.run("edit", record, "address_text=của người khác")
    made = page.post("/api/edit", {"id": record, "fields": {"cluster": "Tổ 2"}, "seen": made["seen"]})
    expect("its own saves it has seen", page.get("/api/record", id=record)["conflicts"], [])
    draft = draw(random.Random(SEED + 1))
    body = {"id": record, "fields": {"address_text": "của trang"}, "seen": made["seen"], "draft": draft}
    made = page.post("/api/edit", body)
    expect("sent again", page.post("/api/edit", body), made)
    expect("a conflict", page.get("/api/record", id=record)["conflicts"], ["address_text"])
    found, = [one for one in page.get("/api/conflicts", state="open") if one["record"] == record]
    expect("both values", {one["value"] for one in found["values"]}, {"của người khác", "của trang"})
    fresh = page.get("/api/record", id=record)["seen"]
    page.post("/api/edit", {"id": record, "fields": {"address_text": "một"}, "seen": fresh})
    expect("who saw both settles it", page.get("/api/record", id=record)["conflicts"], [])
    fresh = page.get("/api/record", id=record)["seen"]
    laptop.run("edit", record, "address_text=thêm")
    expect("it says so", page.post("/api/delete", {"id": record, "seen": fresh})["holds"], False)
    shown = page.get("/api/record", id=record)
    expect("a delete that did not see it", (shown["deleted"], shown["conflicts"]), (False, ["~live"]))
    expect("one that did holds", page.post("/api/delete", {"id": record, "seen": shown["seen"]})["holds"], True)
    expect("and it is gone", page.get("/api/record", id=record)["deleted"], True)
    other = page.add("household", {"head_name": "Trang Mở", "address_text": "hai"})["id"]
    for bad in ("x", seen[:-1], "g" * 16, 7, None):
        said = page.post("/api/edit", {"id": other, "fields": {"cluster": "x"}, "seen": bad}, 400)
        expect("what is no mark", (said["key"], said["args"]), ("web-member", ["seen"]))


def news(laptop, page):
    """Who asks for news hears of every save, by whomever, and of the sync line; what is saved
    leaves by itself."""
    seen = page.get("/api/events")
    for number in range(12):
        if number % 2:
            page.add("household", {"head_name": f"Tin {number}", "address_text": "1"})
        else:
            laptop.add("household", f"head_name=Tin {number}", "address_text=1")
        said = seen["n"]
        while "records" not in (seen := page.get("/api/events", since=seen["n"]))["what"]:
            check("news of a save", seen["n"] > said)
    page.post("/api/sync", {}, 202)
    wait_until("all is held", lambda: page.get("/api/status")["waiting"] == 0)
    status = page.get("/api/status")
    expect("all of it", status["held"] + status["look"], status["saved"])
    check("a success", status["last_success"] and status["reason"] is None)
    check("the line", str(status["held"]) in status["line"])
    expect("the receipt", page.get("/api/receipt")["seq"] > 0, True)


def the_year(laptop, page):
    """The criteria are judged as `hamlet` judges them; answers of a draft stand in for those
    that are recorded, and nothing of them is kept."""
    said = page.post("/api/evaluate", {"year": 2026})
    expect("as the command says", said, laptop.ask("evaluate", "--year", "2026"))
    expect("how far it came", page.get("/api/case", year=2026), laptop.ask("case", "--year", "2026"))
    first = next(row for row in said["criteria"] if row["type"] == "manual_bool")
    drafted = page.post("/api/evaluate", {"year": 2026, "given": [
        {"criterion_id": first["id"], "verdict": "dat"}]})
    verdicts = {row["id"]: row["verdict"] for row in drafted["criteria"]}
    expect("a draft is judged", (first["verdict"], verdicts[first["id"]]), ("unknown", "pass"))
    expect("and not kept", page.post("/api/evaluate", {"year": 2026}), said)
    for body in ({}, {"year": "2026"}, {"year": 26}, {"year": 2026, "given": {}},
                 {"year": 2026, "stage": "bước lạ"}, {"year": 2011}, {"year": 2026, "unit": "99999"}):
        check(f"refused: {body}", page.request("POST", "/api/evaluate", body).status in (400, 422))
    page.get("/api/case", 422)
    unexplained = {"year": 2026, "stage": "tu_danh_gia", "result": "dat", "auto_result": "chua_dat"}
    refused = page.post("/api/add", {"kind": "evaluation", "fields": unexplained}, 422)
    expect("where a rule between fields is told", [one["field"] for one in refused["fields"]], ["override_reason"])


def codes(page):
    """A code for a sheet is a square of three finders; what no sheet has room for is refused."""
    made = page.get("/api/qr", text="hamlet:sheet/29182-01/2026/1")
    expect("a square", {len(row) for row in made["rows"]}, {made["size"], len(made["rows"])})
    finder = made["rows"][0][:8], made["rows"][0][-8:], made["rows"][-1][:8]
    expect("its finders", finder, ("11111110", "01111111", "11111110"))
    page.get("/api/qr", 413, text="x" * 201)
    page.get("/api/qr", 400)


def without_server(site, laptop, page):
    """No network: the reason is told in words, and everything else works."""
    site.server.stop()
    page.add("household", {"head_name": "Mất Mạng", "address_text": "1"})
    page.post("/api/sync", {}, 202)
    reason = wait_until("a reason", lambda: page.get("/api/status")["reason"])
    check("in words", reason["title"] and reason["detail"] and reason["key"])
    check(f"it names whom it did not reach: {reason['title']}", site.server.address in reason["title"])
    check("so does `hamlet status`", reason["title"] in laptop.run("status"))
    check("it waits", page.get("/api/status")["waiting"] > 0)


def unanswered(laptop):
    """A hamletd that is gone and one that does not answer are two things, and said so."""
    path = os.path.join(laptop.folder, "hamletd.sock")
    laptop.refuse("open", exits=69, says="does not run")
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(path)
        door.listen()
        threading.Thread(target=lambda: door.accept()[0].close()).start()
        laptop.refuse("open", exits=69, says="broke off")
    os.unlink(path)


def locked(page):
    """Who signed out sees nothing; signing in again needs no new secret."""
    member = page.get("/api/session")["member"]
    page.post("/api/sign-out", {})
    for path in ("/api/status", "/api/records?kind=household", "/api/drafts", "/api/events"):
        expect("locked", page.get(path, 403)["key"], "web-locked")
    expect("locked", page.post("/api/several", {"ask": ["status"]}, 403)["key"], "web-locked")
    page.post("/api/sign-in", {"user": NOBODY}, 403)
    page.post("/api/sign-in", {"user": member["user"]})
    page.get("/api/status")


# ---- a large store ----

def memory(process):
    text = read_file(f"/proc/{process.pid}/status").decode()
    return {name: int(re.search(rf"{name}:\s+(\d+)", text)[1]) for name in
            ("VmRSS", "RssAnon", "voluntary_ctxt_switches")}


def switches(process):
    """How often its threads were woken."""
    folder = f"/proc/{process.pid}/task"
    return sum(int(re.search(r"\nvoluntary_ctxt_switches:\s+(\d+)",
                             read_file(f"{folder}/{task}/status").decode())[1])
               for task in os.listdir(folder))


def fill(site, laptop, households, years):
    rows = [[f"Nguyễn Văn {number:04d}", f"Số {number}, Ấp 1", f"{number:05d}"] for number in range(households)]
    file = write_csv(site.path("households.csv"), ["head_name", "address_text", "household_code"], rows)
    laptop.ask("import", "household", file)
    ids = [row["id"] for row in laptop.ask("list", "household")]
    rows = [[record, 2017 + year, "Người ký", f"{year % 28 + 1}/3/{2017 + year}"]
            for year in range(years) for record in ids]
    file = write_csv(site.path("commitments.csv"), ["household", "year", "signer_name", "signed_date"], rows)
    laptop.ask("import", "commitment", file)
    return ids


def large_store(site):
    households, years, least = 1500, 10, 20
    site.set_up()
    laptop = site.enrol("A", role="hamlet_head")
    ids = fill(site, laptop, households, years)
    laptop.once()
    start(laptop)
    page = Browser(laptop)
    page.enter()
    wait_until("the first conversation", lambda: not page.get("/api/status")["talking"])
    choice = random.Random(SEED)
    acts = {
        "status": lambda n: page.get("/api/status"),
        "kinds": lambda n: page.get("/api/kinds"),
        "first piece": lambda n: page.get("/api/records", kind="household", limit=50),
        "last piece": lambda n: page.get("/api/records", kind="commitment", limit=50,
                                         after=households * years - 50),
        "search": lambda n: page.get("/api/records", kind="household", search=f"van {n:04d}"),
        "search in all": lambda n: page.get("/api/records", kind="commitment", search="nguoi ky", limit=50),
        "of one record": lambda n: page.get("/api/records", kind="commitment",
                                            where=f"household={choice.choice(ids)}"),
        "a state": lambda n: page.get("/api/records", kind="household", state="conflict"),
        "counts": lambda n: page.get("/api/counts", kind="household"),
        "evaluate": lambda n: page.post("/api/evaluate", {"year": 2026, "given": []}),
        "case": lambda n: page.get("/api/case", year=2026),
        "record": lambda n: page.get("/api/record", id=choice.choice(ids)),
        "history": lambda n: page.get("/api/history", id=choice.choice(ids)),
        "conflicts": lambda n: page.get("/api/conflicts"),
        "quarantine": lambda n: page.get("/api/quarantine"),
        "draft": lambda n: page.post("/api/draft", {"draft": f"{n:032x}", "kind": "household", "form": {}}),
        "add": lambda n: page.add("household", {"head_name": f"Mới {n}", "address_text": "1"}),
        "edit": lambda n: page.post("/api/edit", {"id": ids[n], "fields": {"address_text": "2"}}),
        "delete": lambda n: page.post("/api/delete", {"id": ids[-1 - n]}),
    }
    longest = 0.0  # of the quickest of each: other tests may hold the machine meanwhile
    for name, act in acts.items():
        took = []
        for number in range(least):
            began = time.monotonic()
            act(number)
            took.append((time.monotonic() - began) * 1000)
        took.sort()
        say(name, quickest_ms=round(took[0], 1), median_ms=round(took[least // 2], 1))
        longest = max(longest, took[0])
    check(f"any request within {ANSWER_MS} ms: {longest:.0f} ms", longest <= ANSWER_MS)
    rest(laptop, page)
    in_the_browser(site, laptop)  # which asks many things at a time: of that nothing stays either
    page = Browser(laptop)
    page.enter()
    rest(laptop, page)
    cold_start(site, laptop)


def in_the_browser(site, laptop):
    """Of what people do there, the processor time of hamletd and of the page together."""
    member = import_module("96-page")
    member.packages()
    costs = member.browse(site, laptop, str(laptop.process.pid), "speed.mjs", str(ACTION_MS))["found"]
    for name, cost in costs.items():
        say(name, **cost)
    most = max(costs, key=lambda name: costs[name]["fair_ms"])
    check(f"any action within {ACTION_MS} ms: {most} takes {costs[most]}", costs[most]["fair_ms"] <= ACTION_MS)


def cold_start(site, laptop):
    """From the start of hamletd to a page that can be used."""
    laptop.stop()
    daemon = laptop.programs.command("hamletd", ["--store", laptop.folder, "--listen", "127.0.0.1:0"])
    browser = laptop.programs.command("hamlet", ["open", "--print", "--store", laptop.folder])
    took = import_module("96-page").drive(json.dumps(browser), site, json.dumps(daemon), "start.mjs")["took_ms"]
    say("from a start to a page that can be used", quickest_ms=took[0], median_ms=took[len(took) // 2])
    check(f"it can be used within {START_MS} ms: {took}", took[0] <= START_MS)


def rest(laptop, page):
    """Once all is sent nothing turns round, and no memory is held for it."""
    page.post("/api/sync", {}, 202)
    wait_until("all is held", lambda: page.get("/api/status")["waiting"] == 0, within_s=120)
    page.connection.close()

    def woken_in(seconds):
        before = switches(laptop.process)
        select.select([], [], [], seconds)  # what is watched is that nothing happens
        return switches(laptop.process) - before

    wait_until("it is at rest", lambda: woken_in(2) == 0)
    woken = woken_in(3)
    held = memory(laptop.process)
    say("at rest", rss_kib=held["VmRSS"], anonymous_kib=held["RssAnon"], woken=woken)
    expect("wake-ups at rest", woken, 0)
    check(f"RSS {held['VmRSS']} KiB", held["VmRSS"] <= 16 * 1024)
    check(f"anonymous {held['RssAnon']} KiB", held["RssAnon"] <= 3 * 1024)


def small(site):
    choice = random.Random(SEED)
    print(f"seed {SEED}")
    site.set_up()
    laptop = site.enrol("A", role="hamlet_head")
    start(laptop)
    page, tried = way_in(laptop)
    tried += no_stranger(laptop, page)
    promise("P27-28 requests of strangers", f"{tried} vectors", "successes 0, changes 0")
    page_itself(page)
    records(page)
    hostile_text(page)
    pieces(page)
    two_windows(laptop, page)
    open_page(laptop, page)
    locked(page)
    news(laptop, page)
    several(page)
    the_year(laptop, page)
    codes(page)
    drafts(laptop, choice)
    who_shares(laptop)
    page = Browser(laptop)
    page.enter()
    without_server(site, laptop, page)
    expect("faults", laptop.ask("verify")["faults"], 0)
    laptop.stop()
    unanswered(laptop)
    check("no secret in the log", page.secret.encode() not in read_file(laptop.log)
          and page.token.encode() not in read_file(laptop.log))


def run(site, large=False):
    (large_store if large else small)(site)


if __name__ == "__main__":
    script(run, options=("large",))
