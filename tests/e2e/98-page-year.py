#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A year of one hamlet in a real browser without a network, through kills of browser and
hamletd at random moments: what the page said is saved is there, once, and what the district
gets in the end, by file and by network, is what was typed.

    98-page-year.py --bin DIR --work DIR [--whole]

`--whole`: 300 households and 50 kills, else 40 and 6.
"""
import json
import os
import random
import select
import signal
import subprocess
import threading
from collections import Counter
from datetime import datetime, timedelta, timezone
from importlib import import_module

from sites import check, expect, promise, say, script, wait_until, write_csv, write_file, Wrong

page = import_module("96-page")
SEED = 109
PAPER = 20  # rows of the one sheet that was signed on paper
PENS = 3
EVERY = 7  # household someone else than the head signs for
LATER_S = 0.25  # a kill comes so long after a step at most
HERE = timezone(timedelta(hours=7))
YEAR = datetime.now(HERE).year
FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Đặng", "Võ")
GIVEN = ("An", "Bình", "Út", "Ước", "Đào", "Hường", "Ý", "Thạnh", "Khánh", "Mười")
RELATIONS = {"V": "vo_chong", "Con": "con"}  # what is pressed, what is meant

# What is typed by its label, and the field that it is.
REGISTRATION = [("Người đứng đầu", "registrant_name", "Trần Văn Ấp"), ("Nghị quyết chi bộ số", "party_resolution_no", "05-NQ/CB"),
                ("Nơi nhận đăng ký", "to_body", "UBND xã <Đông & Tây>")]
SPLIT = [("Họ và tên chủ hộ", "head_name", "A Hộ Mới Tách"), ("Địa chỉ", "address_text", "Tổ 1, nhà sau")]
MINUTES = [("Địa điểm", "place", "Nhà văn hóa ấp"), ("Chủ trì", "chair_name", "Trần Văn Ấp"), ("Thư ký", "secretary_name", "Lê Thị Bình"),
           ("Số hộ được mời", "households_invited", "40"), ("Số hộ có mặt", "households_present", "38"),
           ("Tán thành", "votes_for", "36"), ("Không tán thành", "votes_against", "2"),
           ("Ý kiến (tóm tắt)", "opinions", "Bà con nhất trí.\nĐề nghị <b>giữ</b> đèn đường.")]
PEN = [("Họ và tên người ký", "signer_name", "Người Ký Bút")]
NOTHING = {"verdict": "dat"}
ANSWERS = {"4.1.a": ("Đạt", NOTHING), "4.2": ("Đạt", NOTHING), "4.4.c": ("Đạt", NOTHING),
           **{one: ("Không xảy ra", NOTHING) for one in
              ("4.3.a", "4.3.b", "4.3.c", "4.3.d", "4.3.dd", "4.3.e", "4.3.g", "4.4.d", "4.5.b")},
           "4.4.b": ("Có, nhưng bất khả kháng", {"mitigating": True, "grounds": "bat_kha_khang"}),
           "4.5.a": ("Hoàn thành nhiệm vụ", {"grade": "hoan_thanh"})}
TREND = {"count_cur": 2, "count_prev": 1005}


def head(number):
    return f"{FAMILY[number % 6]} {('Văn', 'Thị')[number // 6 % 2]} {GIVEN[number // 30]} {chr(65 + number % 26)}"


def address(number):
    return f"Tổ {number % 9 + 1}, số {number}"


def texts(fields):
    return [[label, value] for label, _, value in fields]


def wanted(fields):
    return {name: int(value) if value.isdigit() else value for _, name, value in fields}


class Year:
    """What is typed in a year: for the hand that types it, and for who compares."""

    def __init__(self, households):
        self.heads = [head(number) for number in range(households)]
        self.others = {}
        for number, name in enumerate(self.heads):
            if number % EVERY == 0:
                key = "V" if number % 2 else "Con"
                self.others[name] = {"name": f"Đỗ Thị Ướm {number}", "key": key, "relation": RELATIONS[key]}
        self.date = f"15/02/{YEAR}"
        self.households = households

    def script(self):
        return {"registration": {"choices": [["Loại đăng ký", "Tiêu chuẩn"]], "texts": texts(REGISTRATION)},
                "others": self.others, "paper": PAPER, "pens": PENS, "signatures": self.households, "date": self.date,
                "pen": {"texts": texts(PEN)}, "split": {"texts": texts(SPLIT)}, "split_from": self.heads[0], "stood": [address(0), *self.heads],
                "answers": {id: label for id, (label, _) in ANSWERS.items()}, "trend": [["Năm nay", "2"], ["Năm trước", "1.005"]],
                "evaluation": {"choices": [["Kết quả", "Đạt"], ["Lý do kết quả khác máy tính", "Số liệu trong máy chưa đủ"]]},
                "minutes": {"texts": texts(MINUTES), "choices": [["Kết luận", "Đề nghị công nhận"]]}}

    def signer(self, name):
        """(who signed for this household, what he is to its head)"""
        other = self.others.get(name)
        return (other["name"], other["relation"]) if other else (name, "chu_ho")


# ---- at work ----

def offspring(process):
    """All that this process started, and what those started."""
    parents = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:
                    parents[int(name)] = int(file.read().rsplit(")", 1)[1].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
    found = [process]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


class Sitting:
    """Somebody at the browser; what the page said is saved gathers in `saved`."""

    def __init__(self, site, laptop, saved):
        self.saved = saved
        self.steps = 0
        self.faults = None
        self.news = threading.Condition()
        self.over = False
        done = [what for what, name in saved if name is None]
        address = laptop.run("open", "--print").strip()
        with open(site.path("browser.log"), "ab") as log:
            self.process = subprocess.Popen(["node", "whole-year.mjs", address, site.path(""), *done],
                                            cwd=page.FOLDER, stdout=subprocess.PIPE, stderr=log, encoding="utf-8")
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            if not line.endswith("\n"):
                break
            self.hear(json.loads(line))
        with self.news:
            self.over = True
            self.news.notify()

    def hear(self, said):
        with self.news:
            if "saved" in said:
                self.saved.append((said["saved"], said.get("name")))
            elif "at" in said:
                self.steps += 1
            else:
                self.faults = said["faults"]
            self.news.notify()

    def comes_to(self, steps):
        """Whether it took so many steps before it ended."""
        with self.news:
            self.news.wait_for(lambda: self.over or self.steps >= steps)
            return not self.over

    def end(self):
        """The browser and all that belongs to it, as a power cut would."""
        for one in offspring(self.process.pid):
            try:
                os.kill(one, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.process.wait()
        self.reader.join()


def cut(sitting, laptop, choice):
    """Both are killed, in either order: what one of them has said, the other may have heard."""
    select.select([], [], [], choice.uniform(0, LATER_S))  # a random moment is waited for
    first, then = (laptop.kill, sitting.end) if choice.random() < 0.5 else (sitting.end, laptop.kill)
    first()
    then()


def work(site, laptop, saved, kills, steps_most):
    """The whole year; what stood in the way in the end."""
    choice = random.Random(SEED)
    for _ in range(kills):
        laptop.start("--listen", "127.0.0.1:0")
        sitting = Sitting(site, laptop, saved)
        if not sitting.comes_to(choice.randint(1, steps_most)):
            sitting.end()
            raise Wrong(f"it ended before it was killed: {sitting.faults}; see {site.path('browser.log')}")
        cut(sitting, laptop, choice)
    laptop.start("--listen", "127.0.0.1:0")
    sitting = Sitting(site, laptop, saved)
    sitting.reader.join()
    sitting.end()
    if sitting.faults != []:
        raise Wrong(f"the browser: {sitting.faults}; see {site.path('browser.log')}")
    laptop.stop()


# ---- what came of it ----

def only(host, kind):
    found = host.ask("list", kind)
    expect(f"records of {kind}", len(found), 1)
    return found[0]["fields"]


def has(what, fields, typed):
    expect(what, {name: fields.get(name) for name in typed}, typed)


def signatures(host, year, households):
    """Each household once, with what was typed in its row, and in no other."""
    signed = [row["fields"] for row in host.ask("list", "commitment")]
    expect("one a household", Counter(Counter(one["household"] for one in signed).values()), {1: year.households})
    rows = [one["row_no"] for one in signed if one.get("sheet_no") == 1]
    expect("rows on paper", sorted(rows), list(range(1, PAPER + 1)))
    expect("sheets", Counter(one.get("sheet_no") for one in signed), {1: PAPER, None: year.households - PAPER})
    pens = [one for one in signed if "signature" in one]
    expect("by pen", [one["signer_name"] for one in pens], [PEN[0][2]] * PENS)
    for one in signed:
        name = households[one["household"]]["head_name"]
        expect("signed", (one["signed"], one["year"]), ("da_ky", YEAR))
        if "signature" not in one:
            expect(f"the row of {name}", (one["signer_name"], one.get("signer_relation"), one["signed_date"]),
                   (*year.signer(name), f"{YEAR}-02-15"))


def is_as_typed(host, year):
    """One record of each thing, with the values that were typed."""
    households = {row["id"]: row["fields"] for row in host.ask("list", "household")}
    expect("heads", sorted(one["head_name"] for one in households.values()), sorted([*year.heads, SPLIT[0][2]]))
    new, = (fields for fields in households.values() if fields["head_name"] == SPLIT[0][2])
    has("the one that was split off", new, wanted(SPLIT))
    expect("from whom", households[new["split_from"]]["head_name"], year.heads[0])
    has("registration", only(host, "registration"), {"reg_type": "tieu_chuan", "year": YEAR, **wanted(REGISTRATION)})
    signatures(host, year, households)
    result = only(host, "evaluation")
    expect("result", (result["result"], result["auto_result"], result["stage"], result["override_reason"]),
           ("dat", "chua_dat", "tu_danh_gia", "so_lieu_chua_du"))
    expect("answers", {one.pop("criterion_id"): one for one in result["answers"]},
           {**{id: said for id, (_, said) in ANSWERS.items()}, "4.4.a": TREND})
    has("minutes", only(host, "minutes"), {"conclusion": "de_nghi_cong_nhan", "session": 1, **wanted(MINUTES)})


def reaches_the_district(site, laptop, year):
    """By file, where something was waiting then, and by network: twice is once."""
    site.server.ask("bundle import", site.path("year.hmb"))
    site.server.serve()
    laptop.once()
    is_as_typed(site.server, year)
    expect("digests", laptop.digest(site.hamlet), site.server.digest(site.hamlet))
    wait_until("nothing waits", lambda: laptop.ask("status")["pending"] == 0)


def run(site, whole=False):
    kills, year = (50, Year(300)) if whole else (6, Year(40))
    print(f"seed {SEED}")
    page.packages()
    site.set_up()
    laptop = site.enrol("A", role="hamlet_head")
    laptop.once()
    site.server.stop()
    write_file(site.path("year.json"), json.dumps(year.script()))
    rows = [[name, address(number)] for number, name in enumerate(year.heads)]
    laptop.ask("import", "household", write_csv(site.path("households.csv"), ["head_name", "address_text"], rows))
    saved = []
    work(site, laptop, saved, kills, steps_most=12)

    signed = {row["fields"]["household"] for row in laptop.ask("list", "commitment")}
    heads = {row["fields"]["head_name"]: row["id"] for row in laptop.ask("list", "household")}
    lost = [name for what, name in saved if what == "signature" and name and heads[name] not in signed]
    is_as_typed(laptop, year)
    expect("faults in the store", laptop.ask("verify")["faults"], 0)
    reaches_the_district(site, laptop, year)
    expect("lost of what was said to be saved", lost, [])
    of = Counter(what for what, name in saved if name)
    say("a year in the browser", kills=kills, said_saved=len(saved), **of)
    promise("P1 a year in the browser", f"{kills} kills of browser and hamletd", f"records lost {len(lost)}, doubled 0")


if __name__ == "__main__":
    script(run, options=("whole",))
