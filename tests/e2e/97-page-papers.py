#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What closes a hamlet's year, in a real browser: criteria that are judged while they are
answered. What the page says is what `hamlet` says, what was typed is what the district
has, and what is printed is what is recorded.

    97-page-papers.py --bin DIR --work DIR
"""
import os
import subprocess
import unicodedata
from datetime import datetime, timedelta, timezone
from importlib import import_module

from sites import check, expect, say, script, wait_until

page = import_module("96-page")
HERE = timezone(timedelta(hours=7))


def set_up(site):
    page.packages()
    site.set_up()
    laptop = site.enrol("laptop-A", role="hamlet_head")
    ids = [laptop.add("household", f"head_name=Nguyễn Văn {name}", "address_text=Tổ 1")
           for name in ("An", "Bình", "Cường", "Dũng", "Ước", "Ý")]
    for id in ids[1:]:
        laptop.add("commitment", f"household={id}", "year=2026", "signer_name=An",
                   "signed_date=2026-02-01")
    laptop.add("registration", "year=2026", "reg_type=tieu_chuan")
    laptop.once()
    laptop.start("--listen", "127.0.0.1:0")
    return laptop


def households(site, laptop):
    """A split household knows where it came from; two that are one are listed as one, on
    every laptop, once the commune has said so."""
    page.browse(site, laptop, "households", "year.mjs")
    wait_until("all is sent", lambda: laptop.ask("status")["pending"] == 0)
    commune = site.enrol("commune", site.commune, "commune_officer")
    commune.once()
    commune.start("--listen", "127.0.0.1:0")
    page.browse(site, commune, "merge", "year.mjs")
    wait_until("it is sent", lambda: commune.ask("status")["pending"] == 0)
    commune.stop()
    laptop.run("sync")
    names = {row["id"]: row["fields"] for row in laptop.ask("list", "household")}
    new, = (fields for fields in names.values() if fields["head_name"] == "Nguyễn Văn Cưng")
    expect("where it went", (new.get("status"), new.get("moved_to"), new.get("valid_to")),
           ("da_chuyen", "29185-01", datetime.now(HERE).strftime("%Y-%m-%d")))
    expect("where it came from", names[new["split_from"]]["head_name"], "Nguyễn Văn Cường")
    expect("listed", len(names), 7)
    # what follows counts six, all of whom but one signed
    laptop.run("delete", next(id for id, fields in names.items() if fields is new))


def evaluation(site, laptop):
    """The answers are those that were given, and both programs judge them as the page did."""
    page.browse(site, laptop, "evaluate", "year.mjs")
    record, = laptop.ask("list", "evaluation", "--where", "year=2026")
    fields = record["fields"]
    expect("result", (fields["stage"], fields["result"], fields.get("auto_result")),
           ("tu_danh_gia", "chua_dat", None))
    answers = {one["criterion_id"]: one for one in fields["answers"]}
    expect("a trend", answers["4.4.a"], {"criterion_id": "4.4.a", "count_cur": 3, "count_prev": 1002})
    expect("a ground", answers["4.4.b"],
           {"criterion_id": "4.4.b", "mitigating": True, "grounds": "bat_kha_khang"})
    rows = {row["id"]: row for row in laptop.ask("evaluate", "--year", "2026")["criteria"]}
    expect("what was overridden", (rows["4.1.c"]["source"], rows["4.1.c"]["because"]),
           ("overridden", "một hộ ký trên giấy"))
    say("a self-evaluation in the browser", answers=len(answers))


def minutes(site, laptop):
    """What was typed, what was known and nothing else."""
    page.browse(site, laptop, "minutes", "year.mjs")
    record, = laptop.ask("list", "minutes", "--where", "year=2026")
    fields = record["fields"]
    expect("the meeting", {name: fields.get(name) for name in (
        "meeting_level", "session", "place", "chair_name", "secretary_name", "households_resident",
        "households_invited", "households_present", "vote_method", "votes_for", "votes_against",
        "conclusion", "opinions", "households_met")}, {
            "meeting_level": "ap", "session": 1, "place": "Nhà văn hóa ấp", "chair_name": "Trần Văn Ấp",
            "secretary_name": "Lê Thị Bình", "households_resident": 6, "households_invited": 6,
            "households_present": 5, "vote_method": "gio_tay", "votes_for": 5, "votes_against": 0,
            "conclusion": "de_nghi_cong_nhan", "households_met": None,
            "opinions": "Bà con nhất trí.\nĐề nghị <b>giữ</b> đèn đường."})
    expect("who came", [(one["part"], one["qty"]) for one in fields["attendees"]],
           [("truong_ap", 1), ("bi_thu_chi_bo", 1), ("mat_tran", 2), ("doan_the", 4),
            ("luc_luong_antt", 1)])
    say("minutes in the browser", people=sum(one["qty"] for one in fields["attendees"]))


def work(site, laptop):
    """A model, among what the hamlet does."""
    page.browse(site, laptop, "work", "year.mjs")
    record, = laptop.ask("list", "model")
    expect("a model", record["fields"]["name"], "Tiếng loa an ninh")


def program(*command, **how):
    return subprocess.run(command, capture_output=True, check=True, encoding="utf-8", **how).stdout


def codes_of(picture):
    """What the QR codes of a picture say; zbarimg ends with 4 where there is none."""
    done = subprocess.run(["zbarimg", "-q", "--raw", "-Sdisable", "-Sqrcode.enable", picture],
                          capture_output=True, check=False, encoding="utf-8")
    check(f"zbarimg ended with {done.returncode}: {done.stderr}", done.returncode in (0, 4))
    return done.stdout.split()


def printed(site, name, own="ẤP 1"):
    """One paper as it leaves the printer: its text, its pages, what its code says."""
    path = site.path(name + ".pdf")
    facts = dict(line.split(":", 1) for line in program("pdfinfo", path).splitlines())
    check(f"{name} is A4:{facts['Page size']}", "(A4)" in facts["Page size"])
    program("pdftoppm", "-r", "200", "-gray", "-png", path, site.path(name + "-page"))
    text = unicodedata.normalize("NFC", program("pdftotext", "-layout", path, "-"))
    pages = sorted(file for file in os.listdir(site.work) if file.startswith(name + "-page"))
    expect(f"pages of {name}", len(pages), int(facts["Pages"]))
    codes = [code for file in pages for code in codes_of(site.path(file))]
    for words in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", own):
        check(f"{words!r} in {name}", words in text)
    return text, len(pages), codes


def papers(site, laptop):
    """Each paper has the head that the law asks for, says what the records say, and bears a
    code by which it is found."""
    page.browse(site, laptop, "prints", "year.mjs")

    def only(kind):
        record, = laptop.ask("list", kind)
        return record["id"]

    receipt = laptop.ask("receipt")
    wanted = {
        "sheet": (2, f"hamlet:sheet/{site.hamlet}/2026/1", ["Nguyễn Văn Ước", "đã ký", "Nội dung cam kết".upper()]),
        "registration": (1, "hamlet:record/" + only("registration"), ["BẢN ĐĂNG KÝ", "Kính gửi"]),
        "self-evaluation": (2, "hamlet:record/" + only("evaluation"), ["4.4.a", "3 (1.002)", "một hộ ký", "Chưa đạt"]),
        "minutes-paper": (1, "hamlet:record/" + only("minutes"), ["BIÊN BẢN", "<b>giữ</b>", "Nhà văn hóa ấp", "Trần Văn Ấp"]),
        "receipt": (1, "hamlet:receipt/" + receipt["head"], ["BIÊN NHẬN", receipt["signature"][:20]]),
    }
    for name, (most, code, words) in wanted.items():
        text, pages, codes = printed(site, name)
        expect(f"the code of {name}", codes, [code])
        check(f"{name} takes {pages} pages, at most {most}", pages <= most)
        for word in words:
            check(f"{word!r} in {name}", word in text)
    say("papers", printed=len(wanted))


def by_file(site, laptop):
    """What was written without a network goes to the district in a file, and its word comes
    back in another; a file that is none changes nothing."""
    site.server.stop()
    laptop.add("household", "head_name=Đi Bộ", "address_text=Tổ 9")
    before = laptop.run("digest")
    made = page.browse(site, laptop, "carry", "year.mjs")
    check(f"its name: {made['file']}", made["file"].startswith(f"hamlet-{site.hamlet}-"))
    expect("nothing came of what is no file", laptop.run("digest"), before)
    taken = site.server.ask("bundle import", site.path("up.hmb"))
    expect("the district has it", taken["changes"], 1)
    site.server.ask("bundle export", site.path("down.hmb"), "--for", "Laptop laptop-A")
    page.browse(site, laptop, "bring", "year.mjs")
    expect("nothing waits", laptop.ask("status")["pending"] + laptop.ask("status")["sent"], 0)
    left = [name for name in os.listdir(laptop.folder) if name.startswith("page-")]
    expect("nothing is left behind", left, [])
    site.server.serve()
    say("by file", changes=taken["changes"])


def run(site):
    laptop = set_up(site)
    households(site, laptop)
    evaluation(site, laptop)
    minutes(site, laptop)
    work(site, laptop)
    wait_until("the district has it",
               lambda: [len(site.server.ask("list", kind)) for kind in ("evaluation", "minutes", "model")]
               == [1, 1, 1])
    papers(site, laptop)
    by_file(site, laptop)
    laptop.stop()
    expect("digests", laptop.digest(site.hamlet), site.server.digest(site.hamlet))


if __name__ == "__main__":
    script(run)
