#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What two laptops entered differently is decided in a browser at the district, and is gone on
both with their next sync, where whoever was overruled reads who decided, and why.

    24-inbox.py --bin DIR --work DIR [--large]

What is held to: daemon/api/API.md, section 12. No name stands in an answer outside an open case.
"""
import importlib
import time

from district import Desk, account
from sites import DISTRICT, check, expect, say, script

page = importlib.import_module("96-page")
MANY, ASKED = 5000, 20
HEADS = ["Lê Thị Bình", "Phạm Đạt", "Võ Thị Ý"]


def disagree(site):
    """Three households of which the head and a recorder wrote different groups, offline."""
    head = site.enrol("A", role="hamlet_head")
    recorder = site.enrol("B")
    ids = [head.add("household", f"head_name={name}", "address_text=Số 1") for name in HEADS]
    for _ in range(2):
        head.add("household", "head_name=Hồ Út", "address_text=Số 7")
    head.once()
    recorder.once()
    for n, record in enumerate(ids):
        head.run("edit", record, f"cluster=Tổ 1A{n}")
        recorder.run("edit", record, f"cluster=Tổ 2B{n}")
    for laptop in (head, recorder, head):
        laptop.once()
    expect("conflicts", len(site.server.ask("conflicts")), len(ids))
    return head, recorder, ids


def doors(site, desk, ids):
    """What is listed names nobody; a case is one account's at a time; what moved is refused."""
    listed = desk.request("GET", "/api/inbox").judge()
    for name in [*HEADS, "Tổ 1A", "Tổ 2B", "A (", "Hồ Út"]:
        check(f"{name} is in no list", name not in listed.body.decode())
    expect("cases", listed.json["fit"], len(ids))
    pairs = desk.long("/api/duplicates")
    check("nor among those alike", "Hồ Út" not in pairs.body.decode() and len(pairs.json) == 1)
    expect("unopened", desk.post("/api/decide", {"case": ids[0], "settle": [], "reason": "x"}, 409)["key"],
           "case-closed")
    case = desk.post("/api/case-open", {"case": ids[0]})
    part = case["open"][0]
    expect("the register", part["register"], "cluster")
    check("where it will go", any(flow["unit"] == site.hamlet for flow in case["flows"]))
    other = account(site, "Anh Ba", "district_officer", DISTRICT)
    refused = other.post("/api/case-open", {"case": ids[0]}, 409)
    expect("two at one case", (refused["key"], refused["args"]), ("case-claimed", ["Chị Thu"]))
    stale = {"conflict": part["conflict"], "heads": ["0" * 32, "1" * 32], "take": part["values"][0]["change"]}
    expect("a stale form", desk.post("/api/decide", {"case": ids[0], "settle": [stale], "reason": "x"}, 409)["key"],
           "case-moved")
    viewer = account(site, "Bác Tư", "viewer", DISTRICT)
    for path in ("/api/inbox", "/api/claims", "/api/duplicates"):
        expect(f"a viewer at {path}", viewer.get(path, 403)["key"], "right-denied")
    for path in ("case-open", "pair-open", "decide", "merge", "apart", "undo", "settle", "ask", "questions", "answer"):
        expect(f"a viewer at {path}", viewer.post(f"/api/{path}", {}, 403)["key"], "right-denied")
    elsewhere = next(row["code"] for row in site.communes if row["code"] != site.commune)
    away = account(site, "Chú Sáu", "commune_officer", elsewhere)
    expect("another commune", away.get("/api/inbox")["open"], 0)
    expect("who has it open", [(row["case"], row["account"], row["mine"]) for row in other.get("/api/claims")],
           [(ids[0], "Chị Thu", False)])
    expect("which another commune is not told", away.get("/api/claims"), [])
    expect("its case", away.post("/api/case-open", {"case": ids[0]}, 403)["key"], "unit-scope")
    expect("no other records are read so", desk.post("/api/questions", {"kind": "household", "where": "status=nha_trong"},
                                                     400)["key"], "web-member")
    bare = desk.post("/api/settle", {"policy": "prefer-authority", "preview": True, "reason": "x"})
    check("a preview by rule names nobody", all("value" not in one for one in bare["cases"]))
    desk.post("/api/case-leave", {"case": ids[0]})
    told = [row["act"] for row in site.server.ask("audit")]
    check("the log tells of each opening", "open" in told)


def run(site):
    page.packages()
    site.set_up()
    head, recorder, ids = disagree(site)
    desk = account(site, "Chị Thu", "district_officer", DISTRICT)
    doors(site, desk, ids)
    desk.post("/api/sign-out", {})
    done = page.drive(f"https://{site.server.address}/", site, "decide", "inbox.mjs")
    expect("one is decided", len(site.server.ask("conflicts")), len(ids) - 1)
    for laptop in (head, recorder):
        laptop.once()
        expect("gone here, too", len(laptop.ask("conflicts")), len(ids) - 1)
        expect("digest", laptop.digest(site.hamlet), site.server.digest(site.hamlet))
    decided = next(record for record, name in zip(ids, HEADS) if name in done["decided"])
    shown = head.ask("show", decided)["fields"]["cluster"]
    overruled = recorder if shown.startswith("Tổ 1A") else head
    check("what was chosen", shown in " ".join(done["chosen"]))
    overruled.start("--listen", "127.0.0.1:0")
    said = page.browse(site, overruled, "read", "inbox.mjs")
    for words in ("Chị Thu", "Theo giấy gốc", shown):
        check(f"the overruled reads {words}", words in said["said"])
    overruled.stop()
    overruled.once()
    asked = site.server.ask("list", "question")
    expect("asked and answered", sorted(one["fields"].get("answer", "-") for one in asked), ["-", "Tổ 1"])
    page.drive(f"https://{site.server.address}/", site, "answer", "inbox.mjs")
    overruled.once()
    check("the answer is there with the next sync", "Đã xem lại với ấp" in
          [one["fields"].get("answer") for one in overruled.ask("list", "question")])
    say("a case, in a browser and back", screens=done["screens"] + said["screens"])


def many(site):
    """5,000 open conflicts, as two laptops make them that met no network: how long the inbox takes,
    and what it costs the server."""
    policy, readers = importlib.import_module("22-policy"), importlib.import_module("41-readers")
    policy.COUNT = MANY
    site.set_up()
    policy.disagree(site)
    desk = account(site, "Chị Thu", "district_officer", DISTRICT)
    before, took = readers.processor(site.server.process.pid), []
    for _ in range(ASKED):
        began = time.monotonic()
        expect("open", desk.get("/api/inbox", limit=50)["fit"], MANY)
        took.append((time.monotonic() - began) * 1000)
    used = readers.processor(site.server.process.pid) - before
    say("the inbox", open=MANY, p50_ms=f"{sorted(took)[ASKED // 2]:.0f}", most_ms=f"{max(took):.0f}",
        processor_ms=f"{used * 1000 / ASKED:.0f}")


if __name__ == "__main__":
    script(lambda site, large=False: (many if large else run)(site), ["large"])
