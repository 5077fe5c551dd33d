/* SPDX-License-Identifier: Apache-2.0 */
#include "child.h"

#include "hamlet/bundle/in.h"
#include "hamlet/host/sandbox.h"

enum { READ_SIZE = 16 * 1024, SIZE_SIZE = 4 };

static void put_size(uint8_t *at, size_t size)
{
    for (int i = 0; i < SIZE_SIZE; i++) {
        at[i] = (uint8_t)(size >> (24 - 8 * i));
    }
}

static bool say_two(enum hm_record type, struct hm_bytes first, struct hm_bytes second)
{
    uint8_t head[HM_RECORD_HEAD_SIZE] = {(uint8_t)type};
    put_size(head + 1, first.size + second.size);
    return hm_sandbox_write(head, sizeof(head)) &&
           hm_sandbox_write(first.data, first.size) &&
           hm_sandbox_write(second.data, second.size);
}

static bool say(enum hm_record type, struct hm_bytes bytes)
{
    return say_two(type, bytes, HM_NO_BYTES);
}

/* Read as the one it is for will read it; if that ends this child, nobody else gets it.
 */
static bool say_body(const struct hm_bundle_child *child)
{
    uint8_t declared[SIZE_SIZE];
    const struct hm_bundle_reader *reader = &child->reader;
    struct hm_err err = HM_ERR_NONE;
    put_size(declared, reader->declared);
    (void)!hm_bundle_scan(hm_buf_bytes(&reader->body),
                          hm_id_equal(&reader->head.to, &reader->head.server), &err);
    return say_two(HM_RECORD_BODY, HM_BYTES(declared), hm_buf_bytes(&reader->body));
}

static enum hm_status say_head(struct hm_bundle_child *child, struct hm_err *err)
{
    struct hm_bundle_reader *reader = &child->reader;
    bool ours = hm_id_equal(&reader->head.to, &child->self);
    enum hm_record record = ours ? HM_RECORD_HEAD : HM_RECORD_GIVEN;
    enum hm_status status = HM_OK;
    child->head_seen = true;
    if (ours) {
        status = hm_bundle_unlock(reader, &child->key, &child->secret, err);
    }
    if (status == HM_BAD_INPUT) {
        record = HM_RECORD_LOCKED;
        hm_err_clear(err);
        status = HM_OK;
    }
    if (status == HM_OK && !say(record, hm_buf_bytes(&reader->raw))) {
        status = HM_IO;
    }
    return status;
}

static enum hm_status say_event(struct hm_bundle_child *child,
                                enum hm_bundle_event event,
                                struct hm_err *err)
{
    struct hm_bundle_reader *reader = &child->reader;
    const uint8_t more = reader->more;
    bool said = true;
    switch (event) {
    case HM_BUNDLE_HEAD:
        return say_head(child, err);
    case HM_BUNDLE_BODY:
        said = say_body(child);
        break;
    case HM_BUNDLE_RAW:
        said = say(HM_RECORD_RAW, hm_buf_bytes(&reader->raw));
        break;
    case HM_BUNDLE_END:
        if (!reader->unlocked) {
            said = say(HM_RECORD_RAW, hm_buf_bytes(&reader->raw));
        }
        said = said && say(HM_RECORD_END, (struct hm_bytes){&more, 1});
        break;
    default:
        break;
    }
    return said ? HM_OK : HM_IO;
}

/* What there is of a body that the file has no more of. */
static void say_rest(struct hm_bundle_child *child)
{
    const struct hm_bundle_reader *reader = &child->reader;
    if (reader->declared > 0 && reader->body.size > 0 &&
        reader->body.size < reader->declared) {
        (void)!say_body(child);
    }
}

static enum hm_record record_of(enum hm_status status, const struct hm_err *err)
{
    if (status == HM_UNCONFIGURED) {
        return HM_RECORD_NEWER;
    }
    if (status == HM_NO_MEMORY) {
        return HM_RECORD_MEMORY; /* that is no fault of the file */
    }
    return err->key != NULL && hm_bytes_are(hm_text(err->key), "bundle-not")
               ? HM_RECORD_NONE
               : HM_RECORD_BROKEN;
}

static void read_all(struct hm_bundle_child *child)
{
    struct hm_err err = HM_ERR_NONE;
    enum hm_status status = HM_OK;
    uint8_t piece[READ_SIZE];
    size_t got = 0;
    bool readable = true;
    do {
        readable = hm_sandbox_read(piece, sizeof(piece), &got);
        struct hm_bytes in = {piece, got};
        while (status == HM_OK && in.size > 0) {
            enum hm_bundle_event event = HM_BUNDLE_MORE;
            status = hm_bundle_read(&child->reader, &in, &event, &err);
            if (status == HM_OK) {
                status = say_event(child, event, &err);
            }
        }
    } while (status == HM_OK && readable && got > 0);
    if (status == HM_IO) {
        return; /* nobody listens */
    }
    say_rest(child);
    if (status != HM_OK) {
        enum hm_record record = record_of(status, &err);
        (void)!say(record == HM_RECORD_NONE && child->head_seen ? HM_RECORD_BROKEN
                                                                : record,
                   HM_NO_BYTES);
    } else if (!readable || !child->head_seen || !hm_bundle_may_end(&child->reader)) {
        (void)!say(HM_RECORD_TORN, HM_NO_BYTES);
    } else {
        (void)!say(HM_RECORD_DONE, HM_NO_BYTES);
    }
}

void hm_bundle_child_work(void *ctx)
{
    struct hm_bundle_child *child = ctx;
    hm_bundle_reader_init(&child->reader);
    read_all(child);
    hm_bundle_reader_fini(&child->reader);
}
