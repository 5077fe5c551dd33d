/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/wire/offer.h"

#include <stdlib.h>
#include <string.h>

#include "hamlet/base/json.h"
#include "hamlet/base/json_write.h"
#include "hamlet/base/limits.h"
#include "hamlet/base/pack.h"

/* ---- digests ---- */

void hm_leaves_digest(struct hm_digest *digest, struct hm_bytes leaves)
{
    struct hm_hash hash;
    hm_hash_init(&hash, HM_DIGEST_SIZE);
    hm_hash_put_packed(&hash, hm_text("hamlet-bucket-1"));
    hm_hash_put(&hash, leaves);
    hm_hash_end(&hash, digest->at, HM_DIGEST_SIZE);
}

enum hm_status hm_leaf_make(uint8_t leaf[HM_LEAF_SIZE],
                            const struct hm_offer_item *items,
                            size_t count,
                            struct hm_err *err)
{
    struct hm_buf buf;
    memset(leaf, 0, HM_LEAF_SIZE);
    if (count == 0) {
        return HM_OK;
    }
    hm_buf_init(&buf, HM_REQUEST_ARENA_MAX);
    for (size_t i = 0; i < count; i++) {
        hm_buf_put_bytes(&buf, hm_id_bytes(&items[i].id));
        hm_buf_put_byte(&buf, (uint8_t)items[i].kind);
        hm_pack_bytes(&buf, items[i].reason);
    }
    enum hm_status status = hm_buf_status(&buf, err);
    if (status == HM_OK) {
        hm_hash_once(leaf, HM_LEAF_SIZE, hm_buf_bytes(&buf));
    }
    hm_buf_fini(&buf);
    return status;
}

size_t hm_offer_changes(const struct hm_offer_line *line)
{
    size_t count = 0;
    for (size_t i = 0; i < line->count; i++) {
        bool again = i > 0 && line->kind == HM_OFFER_LEAF &&
                     hm_id_equal(&line->items[i - 1].id, &line->items[i].id);
        count += !again;
    }
    return count;
}

/* ---- writing ---- */

/* The ids of plainly accepted changes, one after the other as one text. */
static void put_ids(struct hm_json_write *out, const struct hm_offer_line *line)
{
    struct hm_buf ids;
    hm_buf_init(&ids, HM_REQUEST_BYTES_MAX);
    for (size_t i = 0; i < line->count; i++) {
        if (line->items[i].kind == 'a') {
            hm_buf_put_bytes(&ids, hm_id_bytes(&line->items[i].id));
        }
    }
    if (ids.failed != HM_OK && out->buf->failed == HM_OK) {
        out->buf->failed = ids.failed;
    }
    hm_json_b64(out, hm_buf_bytes(&ids));
    hm_buf_fini(&ids);
}

static void put_leaves(struct hm_json_write *out, const struct hm_offer_line *line)
{
    hm_json_key(out, "leaves");
    hm_json_open(out, '[');
    hm_json_text(out, line->bucket);
    hm_json_b64(out, line->leaves);
    hm_json_close(out, ']');
    hm_json_key(out, "by");
    hm_json_open(out, '[');
    hm_json_b64(out, line->message);
    hm_json_b64(out, HM_BYTES(line->signature.at));
    hm_json_close(out, ']');
}

static void put_leaf(struct hm_json_write *out, const struct hm_offer_line *line)
{
    hm_json_key(out, "leaf");
    hm_json_open(out, '[');
    hm_json_text(out, line->bucket);
    hm_json_int(out, line->leaf);
    hm_json_close(out, ']');
    hm_json_key(out, "a");
    put_ids(out, line);
    hm_json_key(out, "is");
    hm_json_open(out, '[');
    for (size_t i = 0; i < line->count; i++) {
        const struct hm_offer_item *item = &line->items[i];
        if (item->kind == 'a') {
            continue;
        }
        hm_json_open(out, '[');
        hm_json_text(out, (struct hm_bytes){(const uint8_t *)&item->kind, 1});
        hm_json_b64(out, hm_id_bytes(&item->id));
        if (item->kind == 'q') {
            hm_json_text(out, item->reason);
        }
        hm_json_close(out, ']');
    }
    hm_json_close(out, ']');
}

void hm_offer_line_write(struct hm_buf *buf, const struct hm_offer_line *line)
{
    struct hm_json_write out;
    hm_json_write_init(&out, buf);
    hm_json_open(&out, '{');
    switch (line->kind) {
    case HM_OFFER_LEAVES:
        put_leaves(&out, line);
        break;
    case HM_OFFER_LEAF:
        put_leaf(&out, line);
        break;
    default:
        hm_json_key(&out, "have");
        hm_json_open(&out, '[');
        hm_json_text(&out, line->bucket);
        put_ids(&out, line);
        hm_json_close(&out, ']');
        break;
    }
    hm_json_close(&out, '}');
    hm_buf_put_byte(buf, '\n');
}

/* ---- reading ---- */

static bool is_pair(const struct hm_json *json)
{
    return hm_json_is(json, HM_JSON_LIST) && hm_json_count(json) == 2;
}

/* How many bytes a text stands for; 0 where it can be none. */
static size_t size_of(const struct hm_json *json)
{
    return hm_json_text_or(json, HM_NO_BYTES).size * 3 / 4;
}

static bool get_bytes(struct hm_bytes *bytes,
                      const struct hm_json *json,
                      struct hm_arena *arena)
{
    size_t size = size_of(json);
    uint8_t *data = hm_arena_get(arena, size);
    *bytes = (struct hm_bytes){data, size};
    return hm_json_is(json, HM_JSON_TEXT) &&
           (data == NULL || hm_json_b64_get(data, size, json));
}

static bool get_name(struct hm_bytes *name,
                     const struct hm_json *json,
                     struct hm_arena *arena)
{
    struct hm_bytes text = hm_json_text_or(json, HM_NO_BYTES);
    *name = hm_arena_copy(arena, text);
    return text.size > 0 && text.size <= HM_NAME_MAX;
}

static bool read_leaves(struct hm_offer_line *line,
                        const struct hm_json *leaves,
                        const struct hm_json *by,
                        struct hm_arena *arena)
{
    line->kind = HM_OFFER_LEAVES;
    return is_pair(leaves) && is_pair(by) &&
           get_name(&line->bucket, hm_json_at(leaves, 0), arena) &&
           get_bytes(&line->leaves, hm_json_at(leaves, 1), arena) &&
           line->leaves.size == HM_LEAVES_SIZE &&
           get_bytes(&line->message, hm_json_at(by, 0), arena) &&
           hm_json_b64_get(line->signature.at, HM_SIGNATURE_SIZE, hm_json_at(by, 1));
}

static bool read_ids(struct hm_offer_line *line,
                     const struct hm_json *json,
                     size_t more,
                     struct hm_arena *arena)
{
    struct hm_bytes ids;
    if (!hm_json_is(json, HM_JSON_TEXT) || !get_bytes(&ids, json, arena) ||
        ids.size % HM_ID_SIZE != 0) {
        return false;
    }
    size_t count = ids.size / HM_ID_SIZE;
    line->items = hm_arena_get_array(arena, count + more, sizeof(*line->items));
    for (size_t i = 0; line->items != NULL && ids.data != NULL && i < count; i++) {
        struct hm_offer_item *item = &line->items[line->count++];
        memcpy(item->id.at, ids.data + i * HM_ID_SIZE, HM_ID_SIZE);
        item->kind = 'a';
    }
    return true;
}

static bool read_item(struct hm_offer_item *item,
                      const struct hm_json *json,
                      struct hm_arena *arena)
{
    struct hm_bytes kind = hm_json_text_or(hm_json_at(json, 0), HM_NO_BYTES);
    bool reasoned = hm_bytes_are(kind, "q");
    if (!reasoned && !hm_bytes_are(kind, "r")) {
        return false;
    }
    struct hm_bytes reason = hm_json_text_or(hm_json_at(json, 2), HM_NO_BYTES);
    item->kind = (char)kind.data[0];
    item->reason = reason.size == 0 ? HM_NO_BYTES : hm_arena_copy(arena, reason);
    return hm_json_is(json, HM_JSON_LIST) &&
           hm_json_count(json) == (reasoned ? 3U : 2U) && reason.size <= HM_NAME_MAX &&
           (!reasoned || hm_json_is(hm_json_at(json, 2), HM_JSON_TEXT)) &&
           hm_json_b64_get(item->id.at, HM_ID_SIZE, hm_json_at(json, 1));
}

static int compare_items(const struct hm_offer_item *a, const struct hm_offer_item *b)
{
    int order = hm_id_compare(&a->id, &b->id);
    if (order == 0) {
        order = (a->kind > b->kind) - (a->kind < b->kind);
    }
    return order != 0 ? order : hm_bytes_compare(a->reason, b->reason);
}

static int by_item(const void *a, const void *b)
{
    return compare_items(a, b);
}

/* A set of this leaf: nothing twice, nothing of another. */
static bool is_set(const struct hm_offer_line *line)
{
    for (size_t i = 0; i < line->count; i++) {
        if (line->items[i].id.at[0] != line->leaf ||
            (i > 0 && compare_items(&line->items[i - 1], &line->items[i]) == 0)) {
            return false;
        }
    }
    return true;
}

static bool read_leaf(struct hm_offer_line *line,
                      const struct hm_json *json,
                      const struct hm_json *leaf,
                      struct hm_arena *arena)
{
    const struct hm_json *items = hm_json_get(json, "is");
    int64_t index = hm_json_int_or(hm_json_at(leaf, 1), -1);
    line->kind = HM_OFFER_LEAF;
    line->leaf = (uint8_t)index;
    bool good = is_pair(leaf) && index >= 0 && index < HM_LEAVES &&
                hm_json_is(items, HM_JSON_LIST) &&
                get_name(&line->bucket, hm_json_at(leaf, 0), arena) &&
                read_ids(line, hm_json_get(json, "a"), hm_json_count(items), arena);
    for (const struct hm_json *at = hm_json_first(items);
         at != NULL && good && line->items != NULL; at = hm_json_next(at)) {
        good = read_item(&line->items[line->count++], at, arena);
    }
    if (good && line->items != NULL && line->count > 1) {
        qsort(line->items, line->count, sizeof(*line->items), by_item);
    }
    return good && is_set(line);
}

static bool read_line(struct hm_offer_line *line,
                      const struct hm_json *json,
                      struct hm_arena *arena)
{
    const struct hm_json *leaves = hm_json_get(json, "leaves");
    const struct hm_json *leaf = hm_json_get(json, "leaf");
    const struct hm_json *have = hm_json_get(json, "have");
    if (leaves != NULL) {
        return read_leaves(line, leaves, hm_json_get(json, "by"), arena);
    }
    if (leaf != NULL) {
        return read_leaf(line, json, leaf, arena);
    }
    line->kind = HM_OFFER_HAVE;
    return is_pair(have) && get_name(&line->bucket, hm_json_at(have, 0), arena) &&
           read_ids(line, hm_json_at(have, 1), 0, arena);
}

enum hm_status hm_offer_line_read(struct hm_offer_line *line,
                                  struct hm_bytes text,
                                  struct hm_arena *arena,
                                  struct hm_err *err)
{
    static const struct hm_json_limits limits = {
        .size_max = HM_PAGE_TEXT_MAX, .depth_max = 4, .values_max = 40000};
    struct hm_json *json = NULL;
    *line = (struct hm_offer_line){.count = 0};
    enum hm_status status = hm_json_parse(&json, text, &limits, err);
    if (status != HM_OK) {
        return status == HM_NO_MEMORY ? status : HM_PROTOCOL;
    }
    bool good = read_line(line, json, arena);
    hm_json_free(json);
    if (!good) {
        return hm_fail(err, HM_PROTOCOL, "offer", NULL, NULL, NULL);
    }
    return hm_arena_status(arena, err);
}
