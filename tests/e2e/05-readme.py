#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What README.md tells a newcomer to type works as it stands there, in that order.

    05-readme.py --bin DIR --work DIR

Only the ports are others, the programs are those of --bin, and nobody looks at a browser.
"""
import os
import shlex
import signal
import subprocess

from sites import COMMAND_S, Wrong, check, expect, free_port, read_file, say, script, wait_until

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PORTS = ("8443", "8437")
BUILDING = ("tests/install ", "export PATH=")
PASSPHRASE = "mười hai con giáp quanh nhà\n"


def told():
    """The commands of the part "By hand", a line each."""
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
        part = file.read().split("\n## By hand\n")[1].split("\n## ")[0]
    lines = [line.strip() for line in part.splitlines() if line.startswith("    ")]
    return [line for line in lines if not line.startswith(BUILDING)]


def with_ports(line, ports):
    for old, new in ports.items():
        line = line.replace(f":{old}", f":{new}")
    return line


class Newcomer:
    """Types line after line, where README.md says to."""

    def __init__(self, site):
        self.folder = site.path("checkout")
        self.jobs = []
        self.said = {}
        fake = site.path("desktop")
        self.env = {**site.programs.env, "LANG": "en_US.UTF-8",
                    "PATH": f"{site.programs.folder}:{fake}:{os.environ['PATH']}"}
        os.makedirs(self.folder)
        os.makedirs(fake)
        os.symlink(os.path.join(ROOT, "proto"), os.path.join(self.folder, "proto"))
        browser = os.path.join(fake, "xdg-open")
        with open(browser, "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\necho \"a browser is at $1\"\n")
        os.chmod(browser, 0o755)

    def types(self, line):
        command = line.split("  #")[0].rstrip()
        if command == "kill %1":
            expect(line, self.end(self.jobs.pop(0)), 0)
        elif command.endswith("&"):
            self.start(command[:-1])
        else:
            done = subprocess.run(["bash", "-ec", command], cwd=self.folder, env=self.env,
                                  input=PASSPHRASE, capture_output=True, encoding="utf-8",
                                  timeout=COMMAND_S, check=False)
            if done.returncode != 0:
                raise Wrong(f"{command}: {done.returncode}: {done.stderr.strip()}")
            self.said[command] = done.stdout

    def start(self, command):
        log = os.path.join(self.folder, f"job-{len(self.said)}.log")
        with open(log, "wb") as file:
            job = subprocess.Popen(shlex.split(command), cwd=self.folder, env=self.env,
                                   stdin=subprocess.DEVNULL, stdout=file,
                                   stderr=subprocess.STDOUT)
        self.jobs.append(job)
        wait_until(f"{command} listens", lambda: job.poll() is not None
                   or b"listening" in read_file(log))
        check(f"{command} stays: {read_file(log)}", job.poll() is None)

    @staticmethod
    def end(job):
        job.send_signal(signal.SIGTERM)
        return job.wait(timeout=COMMAND_S)

    def answer(self, start):
        return next(said for command, said in self.said.items() if command.startswith(start))


def run(site):
    lines = told()
    ports = {port: free_port() for port in PORTS}
    newcomer = Newcomer(site)
    try:
        for line in lines:
            newcomer.types(with_ports(line, ports))
    finally:
        for job in newcomer.jobs:
            newcomer.end(job)
    check("his household is found", "Nguyễn Văn An" in newcomer.answer("hamlet list household"))
    for page in ("hamlet open", "xdg-open"):
        check(f"{page} opens a browser", "a browser is at" in newcomer.answer(page))
    check("many commands are told", len(lines) >= 20)
    say("typed as README.md says", commands=len(lines))


if __name__ == "__main__":
    script(run)
