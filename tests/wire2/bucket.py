# SPDX-License-Identifier: Apache-2.0
"""Digests of buckets and of a scope (PROTOCOL.md 5)."""
from pack import h16, h32, items, packed, text

EMPTY_LEAF = bytes(16)


def mailbox(device):
    return "@" + device.hex()


def bucket_digest(entries):
    """`entries`: (change id, kind, reason), in any order, twice or once."""
    ordered = sorted({(change, kind, reason.encode()) for change, kind, reason in entries})
    return leaves_digest(b"".join(
        leaf_hash([(i, k, r.decode()) for i, k, r in ordered if i[0] == first])
        for first in range(256)))


def leaf_hash(items_of_it):
    """`items_of_it`: in their order, each once."""
    leaf = [i + k.encode() + packed(reason.encode()) for i, k, reason in items_of_it]
    return h16(*leaf) if leaf else EMPTY_LEAF


def leaves_digest(leaves):
    return h32(text("hamlet-bucket-1"), leaves)


def scope_digest(buckets):
    """`buckets`: name -> digest."""
    names = sorted(buckets, key=str.encode)
    return h32(text("hamlet-scope-1"), items(text(n) + buckets[n] for n in names))
