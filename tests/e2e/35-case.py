#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A hamlet's year from its registration to its publication, entered on three laptops: its
state is told from the records, is the same everywhere, and what comes late is shown beside
what was frozen and changes nothing of it.
"""
import json

from sites import check, expect, say, script

YEAR = ("--year", "2026")
BEFORE = (*YEAR, "--on", "2026-01-15")


def case(host, *more):
    return host.ask("case", *(more or BEFORE))


def papers(host, *more):
    """What is missing of each dossier; what `evaluate` says is the same."""
    shown = case(host, *(more or BEFORE))["dossiers"]
    expect("by evaluate", host.ask("evaluate", *(more or BEFORE)[:2])["dossiers"], shown)
    return {row["dossier"]: [paper["paper"] for paper in row["papers"]
                             if paper["found"] == "missing"] for row in shown}


def flags(host):
    return [row["flag"] for row in case(host)["flags"]]


def goes_to(laptop, state, *command):
    """Add a record, and see where the year has come."""
    id = laptop.add(*command)
    shown = case(laptop, *BEFORE, "--unit", laptop.site.hamlet)
    expect(f"after {' '.join(command[:3])}", shown["state"], state)
    return id


def share(*laptops):
    for _ in range(2):
        for laptop in laptops:
            laptop.once()


def same(site, *laptops):
    """Equal on every replica."""
    share(*laptops)
    wanted = case(site.server, *BEFORE, "--unit", site.hamlet)
    for laptop in laptops:
        expect(f"case at {laptop.name}", case(laptop, *BEFORE, "--unit", site.hamlet), wanted)
    return wanted


def until_submitted(site, head, recorder, officer):
    expect("at first", case(head)["state"], "chua_dang_ky")
    expect("what is missing", [row["state"] for row in case(head)["missing"]], ["da_dang_ky"])
    expect("papers at first", papers(head), {"register": ["nghi_quyet", "ban_dang_ky"],
                                             "recognise": ["to_trinh", "bao_cao_ket_qua",
                                                           "bien_ban_hop"]})
    houses = [head.add("household", f"head_name=An {name}", "address_text=1")
              for name in ("Ba", "Bốn", "Năm")]
    goes_to(head, "da_dang_ky", "registration", "year=2026", "reg_type=tieu_chuan")
    expect("papers of the registration", papers(head)["register"], ["nghi_quyet"])
    words = head.run("case", *BEFORE)
    check(f"in words: {words}", "1 of 2" in words and "Party resolution" in words)
    share(head, recorder, officer)
    goes_to(officer, "da_tiep_nhan", "step", f"unit={site.hamlet}", "year=2026",
            "step=tiep_nhan", "round=1", "done_on=2026-02-10")
    share(officer, head, recorder)
    for house in houses[:2]:
        goes_to(recorder, "dang_cam_ket", "commitment", f"household={house}", "year=2026",
                "signer_name=An", "signed_date=2026-02-11")
    share(recorder, head)
    recorder.refuse("add", "step", "year=2026", "step=chot_cam_ket", "round=1",
                    "done_on=2026-03-31", exits=77)
    goes_to(head, "da_chot_cam_ket", "step", "year=2026", "step=chot_cam_ket", "round=1",
            "done_on=2026-03-31", "households_resident=3", "households_signed=2")
    expect("no flag", flags(head), [])
    same(site, head, recorder, officer)
    recorder.add("commitment", f"household={houses[2]}", "year=2026", "signer_name=An",
                 "signed_date=2026-04-02")
    late = [row for row in same(site, head, recorder, officer)["flags"]
            if row["flag"] == "den_muon"]
    expect("late figures", [row["compared"] for row in late],
           [[{"field": "households_signed", "frozen": 2, "now": 3}]])
    goes_to(head, "dang_tu_danh_gia", "evaluation", "year=2026", "stage=tu_danh_gia",
            "answers:=" + json.dumps([{"criterion_id": "4.3.a", "count_cur": 1}]))
    check("ruled out", "bi_loai" in flags(head))
    goes_to(head, "da_tu_danh_gia", "minutes", "year=2026", "meeting_level=ap", "session=1",
            "held_on=2026-11-01", "signed_on=2026-11-02", "chair_name=An", "secretary_name=Ba")
    goes_to(head, "da_nop", "step", "year=2026", "step=nop_ho_so", "round=1",
            "done_on=2026-11-03")
    expect("nothing of it stops the case", papers(head),
           {"register": ["nghi_quyet"], "recognise": ["to_trinh", "bao_cao_ket_qua"]})
    say("submitted", late=1)


def until_published(site, head, recorder, officer):
    share(head, officer)
    officer.refuse("add", "step", f"unit={site.hamlet}", "year=2026", "step=tra_ho_so", "round=1",
                   "done_on=2026-11-04", exits=65, says="reason")
    goes_to(officer, "da_tu_danh_gia", "step", f"unit={site.hamlet}", "year=2026",
            "step=tra_ho_so", "round=1", "done_on=2026-11-04", "return_reason=sai_so_lieu")
    share(officer, head)
    goes_to(head, "da_nop", "step", "year=2026", "step=nop_ho_so", "round=2",
            "done_on=2026-11-05", "document_no=12/TTr")
    party = [row["id"] for row in head.ask("list", "registration", "--where", "year=2026")]
    head.run("edit", party[0], "has_party_body=false")
    expect("no Party organisation, no resolution", papers(head),
           {"register": [], "recognise": ["bao_cao_ket_qua"]})
    share(head, officer)
    goes_to(officer, "da_tham_dinh", "evaluation", f"unit={site.hamlet}", "year=2026",
            "stage=tham_dinh", "result=dat", "evaluated_on=2026-11-08")
    decided = goes_to(officer, "da_cong_nhan", "recognition", f"unit={site.hamlet}", "year=2026",
                      "result=dat", "decision_no=12", "issued_date=2026-11-10",
                      "households_resident=3", "households_signed=3")
    share(officer, head, recorder)
    recorder.add("household", "head_name=An Sáu", "address_text=1")
    shown = same(site, head, recorder, officer)
    expect("the state stands", shown["state"], "da_cong_nhan")
    expect("since", shown["since"], decided)
    changed = [row for row in shown["flags"] if row["flag"] == "doi_sau_quyet_dinh"]
    expect("against the decision", [(row["record"], row["compared"]) for row in changed],
           [(decided, [{"field": "households_resident", "frozen": 3, "now": 4}])])
    expect("the snapshot is as it was",
           head.ask("show", decided)["fields"]["households_resident"], 3)
    officer.add("correction", f"recognition={decided}", "year=2026", "effect=thu_hoi",
                "decision_no=15", "issued_date=2026-12-01")
    goes_to(officer, "da_cong_bo", "step", f"unit={site.hamlet}", "year=2026", "step=cong_bo",
            "round=1", "done_on=2026-12-05")
    check("revoked", "thu_hoi" in [row["flag"] for row in
                                   same(site, head, recorder, officer)["flags"]])
    expect("nothing is missing", case(head)["missing"], [])
    say("published, on three laptops and the server alike")


def deadlines(site, head):
    """They warn, by the day that is asked about, and stop nothing."""
    late = head.ask("case", "--year", "2025", "--on", "2026-05-01")
    expect("deadlines", [(row["deadline"], row["last_day"], row["met"], row["passed"])
                         for row in late["deadlines"]],
           [("register", "2025-03-31", False, True), ("decide", "2025-11-14", False, True)])
    early = head.ask("case", "--year", "2025", "--on", "2025-03-31")
    expect("on the last day", [row["passed"] for row in early["deadlines"]], [False, False])
    expect("the state does not know the day", (late["state"], late["flags"]),
           (early["state"], early["flags"]))
    goes_to_2025 = head.add("registration", "year=2025", "reg_type=tieu_chuan")
    after = head.ask("case", "--year", "2025", "--on", "2026-05-01")
    expect("entered all the same", (after["state"], after["since"]), ("da_dang_ky", goes_to_2025))
    words = head.run("case", "--year", "2025", "--on", "2026-05-01")
    check(f"in words: {words}", "Registered" in words and "2025-11-14" in words)
    head.refuse("case", "--year", "2025", "--on", "hôm qua", exits=65)


def run(site):
    site.set_up()
    head = site.enrol("H", role="hamlet_head")
    recorder = site.enrol("R", role="recorder")
    officer = site.enrol("O", unit=site.commune, role="commune_officer")
    share(head, recorder, officer)
    until_submitted(site, head, recorder, officer)
    until_published(site, head, recorder, officer)
    deadlines(site, head)
    expect("quarantine", site.server.ask("quarantine"), [])


if __name__ == "__main__":
    script(run)
