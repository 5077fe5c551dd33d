#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The main job, from outside: enter offline, synchronise, conflict, resolve, flow back.

    main_job.py --bin DIR --work DIR [--quick]

Drives hamlet, hamletd and hamlet-server as a person would and compares what they say with
what must be so. Prints each step with its figures; ends with 1 at the first thing that is
not as it should be. --quick takes a tenth of the households, for builds that are slow.
"""
import argparse
import csv
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PUBLIC_LIST = os.path.join(ROOT, "proto", "registry", "units-vn-2025-03.csv")
DISTRICT = "837"
HAMLETS = 104
YEAR = "2026"
START_S = 60

SURNAMES = ["Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Phan", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Dương"]
MIDDLES = ["Văn", "Thị", "Hữu", "Ngọc", "Minh", "Thanh", "Kim", "Hoàng", "Công", "Bích"]
GIVEN = ["An", "Bảo", "Chi", "Dũng", "Giang", "Hạnh", "Khánh", "Lan", "Mai", "Nghĩa", "Phúc",
         "Quyên", "Sương", "Tâm", "Út", "Vinh", "Xuân", "Yến", "Đức"]


class Wrong(Exception):
    """Something is not as it should be."""


def expect(what, found, wanted):
    if found != wanted:
        raise Wrong(f"{what}: {found!r}, expected {wanted!r}")


def say(step, **figures):
    shown = "  ".join(f"{name.replace('_', ' ')} {value}" for name, value in figures.items())
    print(f"{step:<58} {shown}".rstrip(), flush=True)


class Programs:
    """The three programs, called with the folder that each works on."""

    def __init__(self, folder):
        self.folder = folder
        # Nothing of the caller's settings may reach a store of ours.
        self.env = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
            if name in os.environ:
                self.env[name] = os.environ[name]

    def run(self, name, *args, exits=0):
        command = [os.path.join(self.folder, name), *args, "--lang", "en"]
        done = subprocess.run(command, env=self.env, capture_output=True, text=True,
                              timeout=600, check=False)
        if done.returncode != exits:
            raise Wrong(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def ask(self, name, *args):
        text = self.run(name, *args, "--json")
        return json.loads(text)

    def start(self, name, *args, log):
        """Start a program that stays; give it and its first line."""
        with open(log, "ab") as errors:
            process = subprocess.Popen([os.path.join(self.folder, name), *args, "--lang", "en"],
                                       env=self.env, stdout=subprocess.PIPE, stderr=errors,
                                       text=True)
        line = process.stdout.readline().strip()
        if not line:
            raise Wrong(f"{name} did not start: see {log}")
        return process, line


def stop(process, within_s):
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    try:
        code = process.wait(timeout=within_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise Wrong(f"{process.args[0]} did not stop within {within_s} s") from None
    expect(f"exit of {process.args[0]}", code, 0)
    return time.monotonic() - began


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def write_csv(path, columns, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)
    return path


def unit_rows():
    """The district, what it lies in, its communes out of the public list, and its hamlets."""
    with open(PUBLIC_LIST, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    by_code = {row["code"]: row for row in rows}
    chosen = []
    code = DISTRICT
    while code:
        chosen.append(by_code[code])
        code = by_code[code]["parent_code"]
    communes = [row for row in rows if row["parent_code"] == DISTRICT]
    hamlets = []
    for number in range(HAMLETS):
        commune = communes[number % len(communes)]["code"]
        index = number // len(communes) + 1
        hamlets.append({"code": f"{commune}-{index:02d}", "level": "hamlet", "type": "ap",
                        "name": f"Ấp {index}", "parent_code": commune})
    return chosen, communes, hamlets


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


class Site:
    def __init__(self, programs, work, households):
        self.programs = programs
        self.work = work
        self.count = households
        self.server = os.path.join(work, "server")
        self.stores = {name: os.path.join(work, f"laptop-{name}") for name in "AB"}
        self.log = os.path.join(work, "server.log")
        self.processes = []

    def path(self, name):
        return os.path.join(self.work, name)

    def admin(self, command, *args):
        return self.programs.ask("hamlet-server", *command.split(), *args, "--data", self.server)

    def at(self, laptop, command, *args):
        return self.programs.ask("hamlet", command, *args, "--store", self.stores[laptop])

    def once(self, laptop, step):
        """One run of hamletd; it is told with what it cost."""
        done = self.programs.ask("hamletd", "--once", "--store", self.stores[laptop])
        say(step, up=done["changes_up"], down=done["changes_down"],
            bytes_up=done["bytes_up"], bytes_down=done["bytes_down"],
            round_trips=done["round_trips"], conflicts=done["conflicts_open"])
        expect("refused changes", done["quarantined"], 0)
        return done

    def digests(self):
        found = {"server": self.admin("digest", "--unit", self.hamlet)["digest"]}
        for name in self.stores:
            found[name] = self.at(name, "digest", "--unit", self.hamlet)["digest"]
        return found

    # ---- steps ----

    def set_up(self):
        port = free_port()
        address = f"127.0.0.1:{port}"
        chosen, communes, hamlets = unit_rows()
        self.hamlet = hamlets[0]["code"]
        units = write_csv(self.path("units.csv"), list(chosen[0]),
                          [list(row.values()) for row in chosen + communes + hamlets])
        self.programs.run("hamlet-server", "init", "--data", self.server, "--unit", DISTRICT,
                          "--url", f"https://{address}", "--listen", address,
                          "--recovery-key-file", self.path("recovery-key.txt"))
        done = self.admin("units import", units)
        expect("units added", done["added"], len(chosen) + len(communes) + len(hamlets))
        expect("communes", len(communes), 18)
        say("server made, units imported", communes=len(communes), hamlets=len(hamlets))
        server, line = self.programs.start("hamlet-server", "serve", "--data", self.server,
                                           log=self.log)
        self.processes.append(server)
        expect("first line of serve", line, f"listening https://{address}")
        for name, role in (("A", "hamlet_head"), ("B", "recorder")):
            file = self.path(f"invitation-{name}.hmi")
            self.admin("invite", "--unit", self.hamlet, "--role", role, "--name",
                       f"Laptop {name}", "--out", file)
            self.programs.run("hamlet", "enrol", file, "--store", self.stores[name])
        say("two laptops of one hamlet enrolled", hamlet=self.hamlet)

    def share_households(self):
        rows = [[person(n), f"Số {n + 1}, ấp 1", f"Tổ {n % 12 + 1}", f"H{n + 1:03d}"]
                for n in range(self.count)]
        file = write_csv(self.path("households.csv"),
                         ["head_name", "address_text", "cluster", "household_code"], rows)
        began = time.monotonic()
        done = self.at("A", "import", "household", file)
        expect("households added", done["added"], self.count)
        say("A imports households", households=done["added"],
            seconds=f"{time.monotonic() - began:.2f}")
        up = self.once("A", "A synchronises")
        expect("changes sent by A", up["changes_up"], self.count)
        self.once("B", "B synchronises")
        held = self.at("B", "list", "household")
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
            file = write_csv(self.path(f"commitments-{name}.csv"), COMMITMENT_COLUMNS,
                             commitments(households, numbers, differing, name))
            done = self.at(name, "import", "commitment", file)
            expect(f"commitments added at {name}", done["added"], each)
            say(f"{name} imports commitments, offline", commitments=each,
                also_at_the_other=common, of_these_equal=common - len(differing))
        shared = households[self.count // 2]
        self.at("A", "edit", shared, "address_text=Số 99, ấp 1")
        self.at("B", "edit", shared, "cluster=Tổ 99")
        say("each edits another field of one household")
        return shared, len(differing), each, common

    def meet(self, wanted):
        self.once("A", "A synchronises")
        self.once("B", "B synchronises")
        self.once("A", "A synchronises again")
        open_ones = self.admin("conflicts")
        expect("conflicts at the server", len(open_ones), wanted)
        for name in self.stores:
            expect(f"conflicts at {name}", len(self.at(name, "conflicts")), wanted)
        say("conflicts found", server=len(open_ones), A=wanted, B=wanted)
        return open_ones

    def resolve(self, open_ones):
        for conflict in open_ones:
            values = conflict["values"]
            expect("values of a conflict", len(values), 2)
            chosen = next(v for v in values if "(A)" in json.dumps(v["value"], ensure_ascii=False))
            self.programs.run("hamlet-server", "resolve", conflict["id"], "--take",
                              chosen["change"], "--reason", "the sheet on paper says so",
                              "--as", "admin", "--data", self.server)
        expect("conflicts left at the server", len(self.admin("conflicts")), 0)
        say("the admin resolves them", resolved=len(open_ones))

    def flow_back(self):
        daemons = []
        for name in self.stores:
            daemon, line = self.programs.start("hamletd", "--store", self.stores[name],
                                               log=self.path(f"hamletd-{name}.log"))
            self.processes.append(daemon)
            daemons.append(daemon)
            expect("first line of hamletd", line, "ready")
        for name in self.stores:
            done = self.at(name, "sync", "--wait", "60")
            say(f"{name} synchronises through its daemon", down=done["changes_down"],
                bytes_up=done["bytes_up"], bytes_down=done["bytes_down"],
                round_trips=done["round_trips"], conflicts=done["conflicts_open"])
            expect(f"conflicts left at {name}", done["conflicts_open"], 0)
        for daemon in daemons:
            stop(daemon, 5)
            self.processes.remove(daemon)

    def compare(self, shared, each, common):
        found = self.digests()
        if len(set(found.values())) != 1:
            raise Wrong(f"the digests differ: {found}")
        say("server and laptops are equal", digest=found["server"])
        total = 2 * each - common
        for name in self.stores:
            held = self.at(name, "list", "commitment")
            expect(f"commitments at {name}", len(held), total)
            expect("signed by A's", sum("(A)" in c["fields"]["signer_name"] for c in held), 3)
            expect("signed by B's", sum("(B)" in c["fields"]["signer_name"] for c in held), 0)
            both = self.at(name, "show", shared)["fields"]
            expect("the address", both["address_text"], "Số 99, ấp 1")
            expect("the cluster", both["cluster"], "Tổ 99")
            status = self.at(name, "status")
            expect(f"accepted changes of {name}", status["accepted"], status["changes"])
            expect(f"pending changes of {name}", status["pending"], 0)
        status = self.admin("status")
        expect("sum of the server's states", status["changes"], status["accepted"] +
               status["conflict"] + status["quarantined"] + status["erased"])
        say("nothing is missing", commitments=total, changes_at_the_server=status["changes"])
        self.admin("verify")
        for name in self.stores:
            self.at(name, "verify")
        say("chains and digests verified")

    def run(self):
        self.set_up()
        households = self.share_households()
        shared, wanted, each, common = self.work_apart(households)
        self.resolve(self.meet(wanted))
        self.flow_back()
        self.compare(shared, each, common)
        took = stop(self.processes[0], 30)
        self.processes.clear()
        say("the server stopped", seconds=f"{took:.2f}")

    def close(self):
        for process in self.processes:
            process.kill()
            process.wait()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    work = os.path.abspath(given.work)
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    site = Site(Programs(os.path.abspath(given.bin)), work, 38 if given.quick else 380)
    try:
        site.run()
    except (Wrong, KeyError, StopIteration, OSError, ValueError,
            subprocess.TimeoutExpired) as wrong:
        print(f"WRONG: {type(wrong).__name__}: {wrong}", file=sys.stderr)
        print(f"everything lies in {work}", file=sys.stderr)
        return 1
    finally:
        site.close()
    print()
    print(f"everything lies in {work}:")
    for name, holds in (("server/", "the server's data"), ("laptop-A/, laptop-B/", "two stores"),
                        ("server.log, hamletd-*.log", "what the daemons said"),
                        ("*.csv, *.hmi", "what was entered, and the invitations")):
        print(f"  {name:<28}{holds}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
