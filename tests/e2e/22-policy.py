#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Many conflicts settled by a rule, looked at before, and taken back as one.

What is held to: a preview writes nothing and says what the act then does; what the rule
does not decide stays open for a person; one `withdraw` brings every case back; laptops
hear of all of it; nobody decides who may not.
"""
import time

from sites import DISTRICT, check, expect, say, script, unchanged, write_csv

COUNT = 500
WHY = ("--reason", "Theo biên bản rà soát", "--as", "admin")


def disagree(site):
    """Two laptops that met no network: another address for each household; of the first
    ten also another name, both from hands of one rank."""
    head = site.enrol("A", role="hamlet_head")
    recorder = site.enrol("B")
    rows = [[f"Hộ {n}", f"Số {n}", f"{n:04d}"] for n in range(COUNT)]
    columns = ["head_name", "address_text", "household_code"]
    head.ask("import", "household", write_csv(site.path("all.csv"), columns, rows))
    for laptop in (head, recorder):
        laptop.once()
    ids = [row["id"] for row in head.ask("list", "household")]
    expect("both hold all", len(recorder.ask("list", "household")), COUNT)
    for laptop, said in ((head, "Tổ trưởng ghi"), (recorder, "Người ghi ghi")):
        rows = [[record, f"{said} {n}"] for n, record in enumerate(ids)]
        laptop.ask("import", "household",
                   write_csv(site.path(f"{laptop.name}.csv"), ["id", "address_text"], rows))
    for laptop in (head, recorder, head):
        laptop.once()
    expect("conflicts", len(site.server.ask("conflicts")), COUNT)
    return head, recorder, ids


def looked_at(site):
    """What may not be, and what would be."""
    server = site.server
    for args, exits in ((["--policy", "fair", *WHY], 64), (["--policy", "manual", *WHY], 64),
                        (["--policy", "max", "--take", "0" * 32, *WHY], 64),
                        (["0" * 32, "--policy", "max", *WHY], 64), (["--preview", *WHY], 64),
                        (["--policy", "max", "--reason", "x", "--as", "Nobody"], 77),
                        (["--policy", "max", "--reason", " ", "--as", "admin"], 65)):
        server.refuse("resolve", *args, exits=exits)
    with unchanged(server, "previews"):
        for policy in ("max", "union", "declared"):
            told = server.ask("resolve", "--policy", policy, "--preview", *WHY)
            expect(f"{policy} decides no text", (told["settled"], told["left"], told["bulk"]),
                   (0, COUNT, None))
        for narrow in (("--kind", "commitment"), ("--register", "head_name")):
            told = server.ask("resolve", "--policy", "prefer-authority", *narrow, "--preview", *WHY)
            expect(f"{narrow}", (told["settled"], told["left"]), (0, 0))
        told = server.ask("resolve", "--policy", "prefer-authority", "--preview", *WHY)
        said = server.run("resolve", "--policy", "prefer-authority", "--preview", *WHY)
    expect("it would", (told["settled"], told["left"], told["bulk"]), (COUNT, 0, None))
    check("a line for each case, and the sum", len(said.splitlines()) == COUNT + 2)
    expect("still open", len(server.ask("conflicts")), COUNT)
    return told["cases"]


def settled(site, laptops, ids, cases):
    server = site.server
    began = time.monotonic()
    told = server.ask("resolve", "--policy", "prefer-authority", "--unit", DISTRICT, *WHY)
    took = time.monotonic() - began
    expect("as the preview said", told["cases"], cases)
    expect("open", server.ask("conflicts"), [])
    for laptop in laptops:
        laptop.once()
        expect("the higher authority's", {row["fields"]["address_text"].rsplit(" ", 1)[0]
                                          for row in laptop.ask("list", "household")},
               {"Tổ trưởng ghi"})
        expect("digest", laptop.digest(site.hamlet), server.digest(site.hamlet))
    seen = laptops[1].run("history", ids[0])
    check("whoever was overruled reads why", "Theo biên bản rà soát" in seen)
    expect("again", server.ask("resolve", "--policy", "prefer-authority", *WHY)["settled"], 0)
    began = time.monotonic()
    server.run("withdraw", told["bulk"], *WHY)
    back = time.monotonic() - began
    expect("all open again", len(server.ask("conflicts")), COUNT)
    for laptop in laptops:
        laptop.once()
        expect("digest after", laptop.digest(site.hamlet), server.digest(site.hamlet))
    say("settled by a rule, and taken back", cases=COUNT, settle_s=round(took, 2),
        withdraw_s=round(back, 2))


def run(site):
    site.set_up()
    head, recorder, ids = disagree(site)
    cases = looked_at(site)
    settled(site, (head, recorder), ids, cases)


if __name__ == "__main__":
    script(run)
