#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The main job, from outside: enter offline, synchronise, conflict, resolve, flow back.

    main_job.py --bin DIR --work DIR [--quick]

Drives hamlet, hamletd and hamlet-server as a person would and compares what they say with
what must be so. Prints each step with its figures; ends with 1 at the first thing that is
not as it should be. --quick takes a tenth of the households, for builds that are slow.
"""
import json
import time

from sites import DISTRICT, HAMLETS, expect, say, script, write_csv, Wrong

YEAR = "2026"

SURNAMES = ["Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Phan", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Dương"]
MIDDLES = ["Văn", "Thị", "Hữu", "Ngọc", "Minh", "Thanh", "Kim", "Hoàng", "Công", "Bích"]
GIVEN = ["An", "Bảo", "Chi", "Dũng", "Giang", "Hạnh", "Khánh", "Lan", "Mai", "Nghĩa", "Phúc",
         "Quyên", "Sương", "Tâm", "Út", "Vinh", "Xuân", "Yến", "Đức"]


def person(number):
    return " ".join((SURNAMES[number % len(SURNAMES)], MIDDLES[number // 3 % len(MIDDLES)],
                     GIVEN[number * 7 % len(GIVEN)]))


def commitments(households, numbers, differing, note):
    """What one laptop enters. Those in `differing` are signed by somebody else at each."""
    rows = []
    for number in numbers:
        signer = person(number) if number not in differing else f"{person(number)} ({note})"
        rows.append([households[number], YEAR, signer, "chu_ho", "2026-03-12",
                     number // 20 + 1, number % 20 + 1])
    return rows


COMMITMENT_COLUMNS = ["household", "year", "signer_name", "signer_relation", "signed_date",
                      "sheet_no", "row_no"]


class Job:
    def __init__(self, site, households):
        self.site = site
        self.server = site.server
        self.count = households
        self.laptops = {}

    def once(self, laptop, step):
        """One run of hamletd; it is told with what it cost."""
        done = self.laptops[laptop].once()
        say(step, up=done["changes_up"], down=done["changes_down"],
            bytes_up=done["bytes_up"], bytes_down=done["bytes_down"],
            round_trips=done["round_trips"], conflicts=done["conflicts_open"])
        expect("refused changes", done["quarantined"], 0)
        return done

    def digests(self):
        found = {"server": self.server.digest(self.site.hamlet)}
        for name, laptop in self.laptops.items():
            found[name] = laptop.digest(self.site.hamlet)
        return found

    # ---- steps ----

    def set_up(self):
        self.site.set_up()
        expect("communes", len(self.site.communes), 18)
        expect("hamlets", len(self.site.hamlets), HAMLETS)
        say("server made, units imported", district=DISTRICT,
            communes=len(self.site.communes), hamlets=len(self.site.hamlets))
        for name, role in (("A", "hamlet_head"), ("B", "recorder")):
            self.laptops[name] = self.site.enrol(name, role=role)
        say("two laptops of one hamlet enrolled", hamlet=self.site.hamlet)

    def share_households(self):
        rows = [[person(n), f"Số {n + 1}, ấp 1", f"Tổ {n % 12 + 1}", f"H{n + 1:03d}"]
                for n in range(self.count)]
        file = write_csv(self.site.path("households.csv"),
                         ["head_name", "address_text", "cluster", "household_code"], rows)
        began = time.monotonic()
        done = self.laptops["A"].ask("import", "household", file)
        expect("households added", done["added"], self.count)
        say("A imports households", households=done["added"],
            seconds=f"{time.monotonic() - began:.2f}")
        up = self.once("A", "A synchronises")
        expect("changes sent by A", up["changes_up"], self.count)
        self.once("B", "B synchronises")
        held = self.laptops["B"].ask("list", "household")
        expect("households at B", len(held), self.count)
        return {int(h["fields"]["household_code"][1:]) - 1: h["id"] for h in held}

    def work_apart(self, households):
        each = self.count * 220 // 380
        common = 2 * each - self.count
        first = range(each)
        second = range(self.count - each, self.count)
        differing = set(list(second)[:3])
        expect("households in both lists", common, len(set(first) & set(second)))
        for name, numbers in (("A", first), ("B", second)):
            file = write_csv(self.site.path(f"commitments-{name}.csv"), COMMITMENT_COLUMNS,
                             commitments(households, numbers, differing, name))
            done = self.laptops[name].ask("import", "commitment", file)
            expect(f"commitments added at {name}", done["added"], each)
            say(f"{name} imports commitments, offline", commitments=each,
                also_at_the_other=common, of_these_equal=common - len(differing))
        shared = households[self.count // 2]
        self.laptops["A"].ask("edit", shared, "address_text=Số 99, ấp 1")
        self.laptops["B"].ask("edit", shared, "cluster=Tổ 99")
        say("each edits another field of one household")
        return shared, len(differing), each, common

    def meet(self, wanted):
        self.once("A", "A synchronises")
        self.once("B", "B synchronises")
        self.once("A", "A synchronises again")
        open_ones = self.server.ask("conflicts")
        expect("conflicts at the server", len(open_ones), wanted)
        for name in self.laptops:
            expect(f"conflicts at {name}", len(self.laptops[name].ask("conflicts")), wanted)
        say("conflicts found", server=len(open_ones), A=wanted, B=wanted)
        return open_ones

    def resolve(self, open_ones):
        for conflict in open_ones:
            values = conflict["values"]
            expect("values of a conflict", len(values), 2)
            chosen = next(v for v in values if "(A)" in json.dumps(v["value"], ensure_ascii=False))
            self.server.run("resolve", conflict["id"], "--take", chosen["change"],
                            "--reason", "the sheet on paper says so", "--as", "admin")
        expect("conflicts left at the server", len(self.server.ask("conflicts")), 0)
        say("the admin resolves them", resolved=len(open_ones))

    def flow_back(self):
        for laptop in self.laptops.values():
            laptop.start()
        for name, laptop in self.laptops.items():
            done = laptop.ask("sync", "--wait", "60")
            say(f"{name} synchronises through its daemon", down=done["changes_down"],
                bytes_up=done["bytes_up"], bytes_down=done["bytes_down"],
                round_trips=done["round_trips"], conflicts=done["conflicts_open"])
            expect(f"conflicts left at {name}", done["conflicts_open"], 0)
        for laptop in self.laptops.values():
            laptop.stop()

    def compare(self, shared, each, common):
        found = self.digests()
        if len(set(found.values())) != 1:
            raise Wrong(f"the digests differ: {found}")
        say("server and laptops are equal", digest=found["server"])
        total = 2 * each - common
        for name in self.laptops:
            held = self.laptops[name].ask("list", "commitment")
            expect(f"commitments at {name}", len(held), total)
            expect("signed by A's", sum("(A)" in c["fields"]["signer_name"] for c in held), 3)
            expect("signed by B's", sum("(B)" in c["fields"]["signer_name"] for c in held), 0)
            both = self.laptops[name].ask("show", shared)["fields"]
            expect("the address", both["address_text"], "Số 99, ấp 1")
            expect("the cluster", both["cluster"], "Tổ 99")
            status = self.laptops[name].ask("status")
            expect(f"accepted changes of {name}", status["accepted"], status["changes"])
            expect(f"pending changes of {name}", status["pending"], 0)
        for device in self.server.ask("devices"):
            expect(f"pending of {device['name']}, as the server sees it", device["pending"], 0)
        status = self.server.ask("status")
        expect("sum of the server's states", status["changes"], status["accepted"] +
               status["conflict"] + status["quarantined"] + status["erased"])
        say("nothing is missing", commitments=total, changes_at_the_server=status["changes"])
        self.server.ask("verify")
        for name in self.laptops:
            self.laptops[name].ask("verify")
        say("chains and digests verified")

    def run(self):
        self.set_up()
        households = self.share_households()
        shared, wanted, each, common = self.work_apart(households)
        self.resolve(self.meet(wanted))
        self.flow_back()
        self.compare(shared, each, common)
        say("the server stopped", seconds=f"{self.server.stop():.2f}")


def run(site, quick):
    Job(site, 38 if quick else 380).run()
    print()
    print(f"everything lies in {site.work}:")
    for name, holds in (("server/", "the server's data"), ("laptop-A/, laptop-B/", "two stores"),
                        ("server.log, hamletd-*.log", "what the daemons said"),
                        ("*.csv, *.hmi", "what was entered, and the invitations")):
        print(f"  {name:<28}{holds}")


if __name__ == "__main__":
    script(run, options=["quick"])
