#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Programs that are stopped: killed at any moment, asked to end, left without a server.

    60-stop.py --bin DIR --work DIR [--seed S] [--kills N] [--stops N]

After each kill the store opens and verifies, everything acknowledged is there, and an import
is there as a whole or not at all. hamletd says when it is ready, wakes for a local change,
comes back after its server was away, and is silent when there is nothing to say.
"""
import argparse
import contextlib
import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time

from proxy import Plan, Proxy
from sites import (Programs, Site, Wrong, but_one, check, expect, promise, say, wait_until,
                   write_csv)

SEED = 7
KILLS = 60
STOPS = 24
IMPORT_ROWS = 120
WAKE_S = 3
STOP_S = 5
BACKOFF_S = 30 # the first wait after a failure is drawn up to here
QUIET_S = 10
RETURN_S = BACKOFF_S + 10 # a round and a busy machine
# The state of each change of the laptop by itself; one that is not judged yet was sent if
# the chain was as far.
STATES = """
    SELECT CASE WHEN c.verdict = 1 THEN 'quarantined'
                WHEN c.verdict = 0 AND EXISTS(
                    SELECT 1 FROM envelope e JOIN origin o ON o.id = e.origin
                    WHERE c.id >= e.change AND c.id < e.change + e.count
                    AND e.seq + c.id - e.change <= o.sent) THEN 'sent'
                WHEN c.verdict = 0 THEN 'pending'
                WHEN c.id IN (SELECT change FROM disputed) THEN 'conflict'
                WHEN c.id IN (SELECT change FROM incomplete) THEN 'received'
                ELSE 'accepted' END, count(*)
    FROM change c JOIN author a ON a.id = c.author JOIN device d ON d.id = a.device
    WHERE d.device = (SELECT value FROM meta WHERE key = 'device') GROUP BY 1"""


class Killer:
    """Starts a command, kills it at some moment of its life and looks what is left."""

    def __init__(self, site, seed):
        self.site = site
        self.random = random.Random(seed)
        self.lives = {} # seconds that a command takes
        self.printed = set() # ids that were acknowledged
        self.edits = {} # record: value of the last edit that was acknowledged
        self.batches = 0
        self.counts = {}
        self.signal = signal.SIGKILL
        self.lost = 0
        self.half_done = 0
        self.judged = 0
        self.wrong_sums = 0
        self.stops = {} # seconds that each took
        self.ended_s = None # of the last one, from the signal on; None: it ended by itself

    def start(self, laptop):
        self.laptop = laptop
        self.edited = laptop.add("household", "head_name=Út", "address_text=1")
        self.printed.add(self.edited)

    def kill(self, name, program, *args, data=False):
        """Run and kill it; what it had printed until then. Its whole life was seen once."""
        command = self.site.programs.command(program, args)
        life = self.lives.get(name)
        began = time.monotonic()
        process = subprocess.Popen(command, env=self.site.programs.env, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   encoding="utf-8")
        self.ended_s = None
        try:
            process.wait(None if life is None else self.random.uniform(0, life * 1.1))
        except subprocess.TimeoutExpired:
            process.send_signal(self.signal)
        sent = time.monotonic()
        out, err = process.communicate()
        if life is None:
            self.lives[name] = time.monotonic() - began
        if process.returncode not in (0, -self.signal):
            raise Wrong(f"{name} ended with {process.returncode}: {err}")
        killed = process.returncode == -self.signal
        if killed:
            self.ended_s = time.monotonic() - sent
        self.counts[name] = self.counts.get(name, 0) + killed
        return out, killed

    def killed(self):
        return sum(self.counts.values())

    def whole_lines(self, out):
        """What a reader of a pipe has certainly been told."""
        return out[:out.rfind("\n") + 1].split()

    def store(self):
        return ["--store", self.laptop.folder]

    def add(self):
        out, _ = self.kill("add", "hamlet", "add", "household",
                           f"head_name=Hộ {len(self.printed)}", "address_text=1", *self.store())
        self.printed.update(self.whole_lines(out))

    def edit(self):
        value = f"Tổ {self.random.randrange(10 ** 6)}"
        out, _ = self.kill("edit", "hamlet", "edit", self.edited, f"cluster={value}",
                           *self.store())
        shown = self.laptop.ask("show", self.edited)["fields"].get("cluster")
        if self.whole_lines(out):
            self.lost += shown != value
            expect("the edit that was acknowledged", shown, value)
        else:
            check(f"an edit stands that nobody made: {shown}",
                  shown in (value, self.edits.get(self.edited)))
        self.edits[self.edited] = shown

    def bulk(self):
        """All rows of an import or none."""
        self.batches += 1
        mark = f"L{self.batches}"
        file = write_csv(self.site.path(f"{mark}.csv"),
                         ["head_name", "address_text", "household_code"],
                         [[f"Người {row}", "Số 1", mark] for row in range(IMPORT_ROWS)])
        out, killed = self.kill("import", "hamlet", "import", "household", file, "--json",
                                *self.store())
        count = len(self.laptop.ask("list", "household", "--where", f"household_code={mark}"))
        wanted = (IMPORT_ROWS,) if out.endswith("}\n") or not killed else (0, IMPORT_ROWS)
        self.lost += count == 0 and 0 not in wanted
        self.half_done += count not in (0, IMPORT_ROWS)
        check(f"{count} rows of an import of {IMPORT_ROWS}", count in wanted)

    def sync(self):
        self.kill("hamletd", "hamletd", "--once", *self.store())

    def serve(self):
        """The server dies while a laptop talks to it."""
        self.laptop.add("household", "head_name=Năm", "address_text=2")
        command = self.site.programs.command("hamletd", ["--once", *self.store()])
        talking = subprocess.Popen(command, env=self.site.programs.env,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        time.sleep(self.random.uniform(0, self.lives.get("hamletd", 0.2)))  # any moment
        self.site.server.kill()
        code = talking.wait()
        check(f"exit of a sync whose server died: {code}", code in (0, 69))
        self.counts["server"] = self.counts.get("server", 0) + 1
        self.site.server.serve()
        self.site.server.run("verify")
        self.judge_acknowledged()

    def judge_acknowledged(self):
        """What a laptop was told is at the server is there after the server's death."""
        accepted = {row["id"] for row in self.laptop.ask("list", "household")
                    if row["state"] == "accepted"}
        held = {row["id"] for row in self.site.server.ask("list", "household")}
        self.lost += len(accepted - held)
        check(f"acknowledged and not at the server: {accepted - held}", accepted <= held)

    def judge(self):
        self.laptop.run("verify")
        held = {row["id"] for row in self.laptop.ask("list", "household")}
        self.lost += len(self.printed - held)
        check(f"acknowledged and lost: {self.printed - held}", self.printed <= held)
        status = self.laptop.ask("status")
        states = ("pending", "sent", "received", "accepted", "conflict", "quarantined")
        told = {name: status[name] for name in states}
        counted = self.counted()
        self.judged += 1
        self.wrong_sums += told != counted or sum(counted.values()) != status["changes"]
        expect("changes in each state", told, counted)
        expect("sum of the states", sum(counted.values()), status["changes"])

    def counted(self):
        """Changes in each state, one by one out of the store: what `status` calls accepted
        is what is left of the others."""
        path = os.path.join(self.laptop.folder, "store.db")
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as store:
            rows = store.execute(STATES).fetchall()
        found = dict.fromkeys(("pending", "sent", "received", "accepted", "conflict",
                               "quarantined"), 0)
        found.update(rows)
        return found

    def stop_daemon(self):
        """hamletd, woken by a change and stopped at some moment of sending it."""
        self.laptop.start()
        self.printed.add(self.laptop.add("household", "head_name=Chín", "address_text=6"))
        time.sleep(self.random.uniform(0, 0.3))  # any moment
        self.stops.setdefault("hamletd", []).append(self.laptop.stop())

    def stop_server(self):
        """The server is asked to end while a laptop talks to it."""
        self.printed.add(self.laptop.add("household", "head_name=Mười", "address_text=7"))
        command = self.site.programs.command("hamletd", ["--once", *self.store()])
        with subprocess.Popen(command, env=self.site.programs.env, stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as talking:
            time.sleep(self.random.uniform(0, self.lives["hamletd"]))  # any moment
            self.stops.setdefault("server", []).append(self.site.server.stop())
            code = talking.wait()
        check(f"exit of a sync whose server stopped: {code}", code in (0, 69))
        self.site.server.serve()
        self.judge_acknowledged()

    def stop_command(self):
        """A command has no work of its own after SIGTERM: it is as if it were killed."""
        self.signal = signal.SIGTERM
        self.random.choice([self.add, self.bulk, self.edit])()
        self.signal = signal.SIGKILL
        if self.ended_s is not None:
            self.stops.setdefault("command", []).append(self.ended_s)

    def run_stops(self, stops):
        acts = [self.stop_daemon, self.stop_server, self.stop_command]
        for number in range(stops):
            acts[number % len(acts)]()
            self.judge()

    def tell(self):
        promise("P1 programs that are killed", f"{self.killed()} kills", f"lost {self.lost}",
                f"half done {self.half_done}")
        promise("P6 the counts after each of them", f"{self.judged} steps",
                f"wrong sums {self.wrong_sums}")

    def tell_stops(self):
        promise("P32 programs that are stopped", f"{sum(map(len, self.stops.values()))} stops",
                f"lost {self.lost}", f"half done {self.half_done}",
                f"hamletd {max(self.stops['hamletd']):.2f} s",
                f"server {max(self.stops['server']):.2f} s",
                f"command {max(self.stops['command']):.2f} s")
        for name, took in self.stops.items():
            check(f"{name} stopped in {but_one(took):.2f} s", but_one(took) < STOP_S)

    def run(self, kills):
        acts = [self.add, self.edit, self.bulk, self.sync, self.serve]
        for act in acts[:4]:
            act() # its whole life
            self.judge()
        while self.killed() < kills:
            self.random.choice(acts)()
            self.judge()
        self.laptop.once()
        expect("digest in the end", self.laptop.digest(self.site.hamlet),
               self.site.server.digest(self.site.hamlet))
        self.site.server.run("verify")
        self.laptop.run("rebuild")


# ---- hamletd ----

class Listener:
    """What a service manager hears."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(path)
        self.socket.settimeout(30)
        self.heard = []

    def wait_for(self, line):
        while line not in self.heard:
            self.heard.extend(self.socket.recv(4096).decode().splitlines())

    def close(self):
        self.socket.close()


def at_server(site, record):
    return site.server.call("show", record).code == 0


def notified(site, laptop):
    """The readiness line, the readiness message, and one hamletd a store."""
    path = os.path.relpath(site.path("notify"))
    with contextlib.closing(Listener(path)) as manager:
        laptop.start(env={"NOTIFY_SOCKET": os.path.abspath(path)})
        manager.wait_for("READY=1")
        laptop.programs.refuse("hamletd", "--store", laptop.folder, exits=75)
        laptop.programs.refuse("hamletd", "--once", "--store", laptop.folder, exits=75)
        took = laptop.stop()
        manager.wait_for("STOPPING=1")
    say("hamletd says that it is ready and that it ends", stop_s=f"{took:.2f}")


def wakes(site, laptop):
    laptop.start()
    expect("a sync through the daemon", laptop.ask("sync", "--wait", "30")["quarantined"], 0)
    took = []
    for number in range(3):
        began = time.monotonic()
        record = laptop.add("household", "head_name=Sáu", f"address_text={number}")
        wait_until("a change on the server after it was saved", lambda: at_server(site, record))
        took.append(time.monotonic() - began)
    check(f"at the server after {but_one(took):.2f} s", but_one(took) < WAKE_S)
    say("hamletd wakes for a local change", seconds=f"{but_one(took):.2f}")


def stops_within_a_sync(site, proxy, laptop):
    record = laptop.add("household", "head_name=Bảy", "address_text=4")
    before = proxy.total()[0]
    proxy.plans = [Plan(delay_s=2) for _ in range(8)]
    laptop.start()
    wait_until("a connection", lambda: proxy.total()[0] > before)
    took = laptop.stop() # with 0
    proxy.plans = []
    laptop.run("verify")
    expect("the record that was under way", laptop.ask("show", record)["id"], record)
    laptop.once()
    check("it is at the server now", at_server(site, record))
    laptop.run("verify")
    return took


def quiet(proxy, laptop):
    laptop.start()
    laptop.ask("sync", "--wait", "30")
    wait_until("the connection ends", proxy.at_rest)
    before = proxy.total()
    time.sleep(QUIET_S) # the claim is about a stretch of time
    expect("connections and bytes of an idle hamletd", proxy.total(), before)


def comes_back(site, laptop):
    """Its server was away: what was saved meanwhile arrives without anybody's doing."""
    site.server.stop()
    record = laptop.add("household", "head_name=Tám", "address_text=5")
    log = laptop.log
    wait_until("hamletd notices", lambda: "sync-failed" in open(log, encoding="utf-8").read())
    expect("its state", laptop.ask("show", record)["state"] in ("local", "sent"), True)
    site.server.serve()
    began = time.monotonic()
    wait_until("delivery after the server came back", lambda: at_server(site, record), RETURN_S)
    took = time.monotonic() - began
    laptop.stop()
    return took


class Aside(threading.Thread):
    """The part that mostly waits, beside the kills."""

    def __init__(self, site, proxy, laptop):
        super().__init__(daemon=True)
        self.parts = (site, proxy, laptop)
        self.wrong = None
        self.took = None

    def run(self):
        try:
            site, proxy, laptop = self.parts
            quiet(proxy, laptop)
            self.took = comes_back(site, laptop)
        except Exception as wrong: # is raised again by the main thread
            self.wrong = wrong


def site_behind(programs, folder, stack):
    """A site whose laptops know the server's proxy only."""
    os.makedirs(folder)
    site = stack.enter_context(contextlib.closing(Site(programs, folder)))
    proxy = stack.enter_context(Proxy(int(site.server.address.rpartition(":")[2])))
    site.server.url = proxy.url
    site.set_up(serve=False)
    site.server.url = f"https://{site.server.address}"
    site.server.serve()
    return site, proxy


def run(programs, work, seed, kills, stops):
    with contextlib.ExitStack() as stack:
        site, proxy = site_behind(programs, os.path.join(work, "daemon"), stack)
        laptop = site.enrol("D")
        notified(site, laptop)
        wakes(site, laptop)
        laptop.stop()
        took = [stops_within_a_sync(site, proxy, laptop) for _ in range(3)]
        check(f"stopped within a sync in {but_one(took):.1f} s", but_one(took) < STOP_S)
        say("SIGTERM within a sync", stop_s=f"{max(took):.2f}")
        aside = Aside(site, proxy, laptop)
        aside.start()

        other = stack.enter_context(contextlib.closing(
            Site(programs, os.path.join(work, "kills"))))
        os.makedirs(other.work)
        other.set_up()
        killer = Killer(other, seed)
        killer.start(other.enrol("K"))
        killer.run(kills)
        say("killed and whole", seed=seed, **killer.counts)
        killer.tell()
        killer.run_stops(stops)
        killer.tell_stops()
        check("all programs were killed", all(killer.counts.get(name) for name in
                                              ("add", "edit", "import", "hamletd", "server")))
        aside.join()
        if aside.wrong is not None:
            raise aside.wrong
        say("silent when idle, back after its server", quiet_s=QUIET_S,
            delivered_s=f"{aside.took:.1f}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--stops", type=int, default=STOPS)
    given = parser.parse_args()
    work = os.path.abspath(given.work)
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    say("seed", seed=given.seed)
    try:
        run(Programs(os.path.abspath(given.bin)), work, given.seed, given.kills, given.stops)
    except (Wrong, LookupError, OSError, ValueError, subprocess.TimeoutExpired) as wrong:
        print(f"WRONG: seed {given.seed}: {type(wrong).__name__}: {wrong}", file=sys.stderr)
        print(f"everything lies in {work}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
