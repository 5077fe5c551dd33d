#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The server's TLS key changes: laptops that were away, a spare that is lost, a third key.

    87-certificate.py --bin DIR --work DIR
"""
import os
import random
import shutil
import subprocess
import time

from sites import check, expect, promise, read_file, say, script, write_file

FOREIGN = 65
EXISTS = 73
NOT_OURS = 76
KILLS = 12
CHANGE_S = 0.15  # about as long as a change takes


def rotate(site, spare, following):
    """Use the spare; the key of the next goes to a file of its own. Its path."""
    out = site.path(following)
    return site.server.ask("rotate-certificate", "--spare", spare, "--out", out), out


def tls(site, name="keys/tls.pem"):
    return read_file(os.path.join(site.server.folder, name))


def add(laptop, name):
    laptop.add("household", f"head_name={name}", "address_text=Tổ 3")
    laptop.once()
    expect("what waits", laptop.ask("status")["pending"], 0)


def while_it_serves(site, near, away, spare):
    """The spare comes into use under `serve`; who was away takes it without a word."""
    add(away, "Trước khi vắng")
    before = tls(site)
    done, second = rotate(site, spare, "spare-2.pem")
    check("the key is another", tls(site) != before)
    check("no old key lies about", not os.path.exists(
        os.path.join(site.server.folder, "keys", "tls.old")))
    check("its mode", os.stat(second).st_mode & 0o777 == 0o600)
    expect("turn", done["turn"], 2)
    add(near, "Máy ở gần")
    add(away, "Máy đi vắng về")  # it knew the spare, and hears of the next
    done, third = rotate(site, second, "spare-3.pem")
    for laptop in (near, away):
        add(laptop, "Lần hai")
    site.server.stop()
    site.server.serve()
    for laptop in (near, away):
        add(laptop, "Sau khi chạy lại")
    say("while it serves", turn=done["turn"])
    return third


def away_for_two(site, near, spare):
    """Who missed two changes is told what to do, and it works."""
    late = site.enrol("late")
    add(late, "Trước khi vắng lâu")
    old_invitation = site.server.invite("older")
    _, second = rotate(site, spare, "spare-4.pem")
    add(near, "Giữa hai lần")
    _, third = rotate(site, second, "spare-5.pem")
    add(near, "Sau hai lần")
    late.run("add", "household", "head_name=Vắng hai lần", "address_text=Tổ 4")
    changes = site.server.ask("status")["changes"]
    said = late.refuse_once(NOT_OURS, says="another key")
    check(f"it says what to do: {said}", "hamlet trust" in said.hint)
    expect("the server heard nothing", site.server.ask("status")["changes"], changes)
    late.run("trust", site.server.invite("newer"))
    late.once()
    expect("what waits", late.ask("status")["pending"], 0)
    late.refuse("trust", old_invitation, exits=FOREIGN, says="older")
    late.once()
    say("away for two changes")
    return third


def wrong_spares(site, laptop, spare, used):
    """What is not the spare changes nothing."""
    before = tls(site), tls(site, "tls.crt"), site.server.ask("status")["changes"]
    out = site.path("never.pem")
    broken = write_file(site.path("broken.pem"), b"-----BEGIN PRIVATE KEY-----\n")
    for file, exits, says in ((used, EXISTS, "in use"), (broken, FOREIGN, "no key"),
                              (site.server.recovery, FOREIGN, "no key"),
                              (old_key(site), FOREIGN, "not the spare")):
        site.server.refuse("rotate-certificate", "--spare", file, "--out", out, exits=exits,
                           says=says)
        check("no file was left", not os.path.exists(out))
    site.server.refuse("rotate-certificate", "--spare", spare, "--out", spare, exits=EXISTS)
    expect("files and store", (tls(site), tls(site, "tls.crt"),
                               site.server.ask("status")["changes"]), before)
    add(laptop, "Không có gì đổi")
    say("wrong spares")


def old_key(site):
    return site.path("spare-2.pem")


def lost_spare(site, laptop, spare):
    """A spare that was lost is replaced; the lost one is worth nothing then."""
    replaced = site.path("spare-new.pem")
    site.server.ask("pin", "--out", replaced)
    site.server.refuse("rotate-certificate", "--spare", spare, "--out", site.path("n.pem"),
                       exits=FOREIGN, says="not the spare")
    add(laptop, "Khóa dự phòng mới")
    _, following = rotate(site, replaced, "spare-6.pem")
    add(laptop, "Sau khóa dự phòng mới")
    say("a lost spare")
    return following


def killed(site, laptop, spare):
    """Killed at any moment, then given again: laptops that hear nothing go on."""
    site.server.stop()
    chance = random.Random(87)
    half = 0
    for number in range(KILLS):
        following = site.path(f"killed-{number}.pem")
        command = site.programs.command("hamlet-server", [
            "rotate-certificate", "--spare", spare, "--out", following, "--data",
            site.server.folder])
        before = tls(site)
        process = subprocess.Popen(command, env=site.programs.env, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0, CHANGE_S))  # any moment
        process.kill()
        process.wait()
        site.server.serve()
        add(laptop, f"Lần bị ngắt {number}")
        site.server.stop()
        ended = site.server.call("rotate-certificate", "--spare", spare, "--out",
                                 site.path(f"again-{number}.pem"))
        half += ended.code == 0 and tls(site) != before
        if ended.code == EXISTS:  # it was done; the next spare may not be on its disk
            site.server.run("pin", "--out", site.path(f"again-{number}.pem"))
        else:
            expect("given again", ended.code, 0)
        spare = site.path(f"again-{number}.pem")
        site.server.serve()
        add(laptop, f"Sau lần bị ngắt {number}")
        site.server.stop()
    promise("P1 kills while the certificate changes", f"{KILLS} kills")
    site.server.serve()
    say("killed", kills=KILLS)


def a_third_key(site, laptop):
    """Somebody else's server, under the same address."""
    site.server.stop()
    mine = site.server.folder
    kept = site.path("kept")
    shutil.copytree(mine, kept)
    subprocess.run(["openssl", "ecparam", "-genkey", "-name", "prime256v1", "-noout", "-out",
                    os.path.join(mine, "keys", "tls.pem")], check=True, capture_output=True)
    os.chmod(os.path.join(mine, "keys", "tls.pem"), 0o600)
    site.server.serve()
    laptop.run("add", "household", "head_name=Không ai thấy", "address_text=Tổ 5")
    changes = site.server.ask("status")["changes"]
    laptop.refuse_once(NOT_OURS, says="another key")
    expect("it got nothing", site.server.ask("status")["changes"], changes)
    site.server.stop()
    shutil.rmtree(mine)
    shutil.move(kept, mine)
    site.server.serve()
    add(laptop, "Về lại")
    say("a third key")


def run(site):
    spare = site.path("spare-1.pem")
    site.set_up(serve=False, init=("--spare-key-file", spare))
    check("the spare is for its owner alone", os.stat(spare).st_mode & 0o777 == 0o600)
    site.server.serve()
    near, away = site.enrol("near"), site.enrol("away")
    third = while_it_serves(site, near, away, spare)
    fifth = away_for_two(site, near, third)
    wrong_spares(site, near, fifth, site.path("spare-4.pem"))
    sixth = lost_spare(site, near, fifth)
    killed(site, near, sixth)
    a_third_key(site, near)


if __name__ == "__main__":
    script(run)
