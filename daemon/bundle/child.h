/* SPDX-License-Identifier: Apache-2.0 */
/* child.h - what the child that reads a file says to us: records on a pipe. */
#ifndef DAEMON_BUNDLE_CHILD_H
#define DAEMON_BUNDLE_CHILD_H

#include "hamlet/wire/bundle.h"

/* A record: its type, its size in 4 bytes, the highest first, its bytes. */
enum hm_record {
    HM_RECORD_HEAD = 'h', /* the line of a head of ours; `g` somebody else's */
    HM_RECORD_GIVEN = 'g',
    HM_RECORD_LOCKED = 'l', /* of ours, but sealed to another key */
    HM_RECORD_BODY = 'b',   /* 4 bytes: how long it should be; what there is of it */
    HM_RECORD_RAW = 'r',
    HM_RECORD_END = 'e',    /* 1 byte: another part follows */
    HM_RECORD_DONE = 'd',   /* the file came to its end */
    HM_RECORD_TORN = 't',   /* … in the middle of a bundle */
    HM_RECORD_BROKEN = 'x', /* what follows cannot be read */
    HM_RECORD_NEWER = 'n',  /* it is of a newer version */
    HM_RECORD_NONE = 'o',   /* it is no bundle */
    HM_RECORD_MEMORY = 'm'  /* the child has no memory for what follows */
};

enum { HM_RECORD_HEAD_SIZE = 5 };
#define HM_RECORD_MAX (HM_BUNDLE_BODY_MAX + 4)

struct hm_bundle_child {
    struct hm_id self;
    struct hm_key key;
    struct hm_secret secret;
    struct hm_bundle_reader reader;
    bool head_seen; /* something of the file was a bundle */
};

/* For hm_sandbox_start. */
void hm_bundle_child_work(void *ctx);

#endif
