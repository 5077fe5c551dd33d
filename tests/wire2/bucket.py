# SPDX-License-Identifier: Apache-2.0
"""Digests of buckets and of a scope (PROTOCOL.md 5)."""
from pack import h16, h32, items, text

EMPTY_LEAF = bytes(16)


def mailbox(device):
    return "@" + device.hex()


def bucket_digest(entries):
    """`entries`: (change id, kind, reason), in any order, twice or once."""
    elements = {change + kind.encode() + text(reason) for change, kind, reason in entries}
    leaves = []
    for first in range(256):
        leaf = sorted(element for element in elements if element[0] == first)
        leaves.append(h16(*leaf) if leaf else EMPTY_LEAF)
    return h32(text("hamlet-bucket-1"), *leaves)


def scope_digest(buckets):
    """`buckets`: name -> digest."""
    names = sorted(buckets, key=str.encode)
    return h32(text("hamlet-scope-1"), items(text(n) + buckets[n] for n in names))
