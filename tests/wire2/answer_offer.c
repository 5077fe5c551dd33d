/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"
#include "hamlet/base/limits.h"
#include "hamlet/wire/offer.h"

static void told_leaves(struct hm_json_write *out, const struct hm_offer_line *line)
{
    struct hm_digest digest;
    hm_leaves_digest(&digest, line->leaves);
    hm_json_put_hex(out, "leaves", line->leaves);
    hm_json_put_hex(out, "message", line->message);
    hm_json_put_hex(out, "signature", HM_BYTES(line->signature.at));
    told_digest(out, "digest", &digest);
}

static enum hm_status told_leaf(struct answering *a, const struct hm_offer_line *line)
{
    uint8_t leaf[HM_LEAF_SIZE];
    enum hm_status status = hm_leaf_make(leaf, line->items, line->count, a->err);
    hm_json_put_int(a->out, "leaf", line->leaf);
    hm_json_key(a->out, "items");
    hm_json_open(a->out, '[');
    for (size_t i = 0; i < line->count; i++) {
        const char kind[] = {line->items[i].kind, 0};
        hm_json_open(a->out, '[');
        hm_json_text(a->out, hm_text(kind));
        hm_json_hex(a->out, hm_id_bytes(&line->items[i].id));
        hm_json_text(a->out, line->items[i].reason);
        hm_json_close(a->out, ']');
    }
    hm_json_close(a->out, ']');
    if (status == HM_OK) {
        hm_json_put_hex(a->out, "hash", HM_BYTES(leaf));
    }
    return status;
}

static void told_have(struct hm_json_write *out, const struct hm_offer_line *line)
{
    hm_json_key(out, "ids");
    hm_json_open(out, '[');
    for (size_t i = 0; i < line->count; i++) {
        hm_json_hex(out, hm_id_bytes(&line->items[i].id));
    }
    hm_json_close(out, ']');
}

enum hm_status answer_offer(struct answering *a)
{
    static const char *const names[] = {
        [HM_OFFER_LEAVES] = "leaves", [HM_OFFER_LEAF] = "leaf", [HM_OFFER_HAVE] = "have"};
    struct hm_offer_line line;
    struct hm_buf again;
    enum hm_status status =
        hm_offer_line_read(&line, answer_hex(a, "line"), a->arena, a->err);
    if (status != HM_OK) {
        return status;
    }
    hm_json_put_text(a->out, "offer", hm_text(names[line.kind]));
    hm_json_put_text(a->out, "bucket", line.bucket);
    if (line.kind == HM_OFFER_LEAVES) {
        told_leaves(a->out, &line);
    } else if (line.kind == HM_OFFER_LEAF) {
        status = told_leaf(a, &line);
    } else {
        told_have(a->out, &line);
    }
    if (heard_flag(a->ask, "again")) {
        hm_buf_init(&again, HM_REQUEST_BYTES_MAX);
        hm_offer_line_write(&again, &line);
        hm_json_put_hex(a->out, "again", hm_buf_bytes(&again));
        hm_buf_fini(&again);
    }
    return status;
}
