/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/wire/reply.h"

#include <string.h>

#include "hamlet/base/json_write.h"
#include "hamlet/base/limits.h"

enum { PROTOCOL_VERSION = 1 };

static void put_receipt(struct hm_json_write *out, const struct hm_reply *reply)
{
    const struct hm_receipt *receipt = &reply->receipt;
    if (receipt->seq > 0) {
        hm_json_key(out, "k");
        hm_json_open(out, '[');
        hm_json_int(out, (int64_t)receipt->seq);
        hm_json_b64(out, hm_digest_bytes(&receipt->head));
        hm_json_close(out, ']');
    }
    if (receipt->bucket_count > 0) {
        hm_json_key(out, "b");
        hm_json_open(out, '{');
        for (size_t i = 0; i < receipt->bucket_count; i++) {
            const struct hm_bucket_state *bucket = &receipt->buckets[i];
            bool mailbox = bucket->name.size > 0 && bucket->name.data[0] == '@';
            hm_json_key_bytes(out, mailbox ? hm_text("@") : bucket->name);
            hm_json_open(out, '[');
            hm_json_int(out, (int64_t)bucket->n);
            hm_json_b64(out, hm_digest_bytes(&bucket->digest));
            hm_json_close(out, ']');
        }
        hm_json_close(out, '}');
    }
    if (reply->has_receipt) {
        hm_json_key(out, "g");
        hm_json_b64(out, HM_BYTES(reply->signature.at));
    }
}

static void put_wants(struct hm_json_write *out, const struct hm_reply *reply)
{
    if (reply->want_count > 0) {
        hm_json_key(out, "want");
        hm_json_open(out, '{');
        for (size_t i = 0; i < reply->want_count; i++) {
            hm_json_key_bytes(out, reply->wants[i].bucket);
            hm_json_b64(out, HM_BYTES(reply->wants[i].mask));
        }
        hm_json_close(out, '}');
    }
    if (reply->need.size > 0) {
        hm_json_key(out, "need");
        hm_json_b64(out, reply->need);
    }
}

void hm_reply_write(struct hm_buf *buf, const struct hm_reply *reply)
{
    struct hm_json_write out;
    hm_json_write_init(&out, buf);
    hm_json_open(&out, '{');
    hm_json_put_int(&out, "v", PROTOCOL_VERSION);
    hm_json_key(&out, "s");
    hm_json_b64(&out, hm_id_bytes(&reply->receipt.server));
    hm_json_put_int(&out, "i", (int64_t)reply->receipt.incarnation);
    hm_json_put_int(&out, "t", reply->receipt.time.ms);
    hm_json_key(&out, "l");
    hm_json_b64(&out, hm_id_bytes(&reply->lease));
    put_receipt(&out, reply);
    if (reply->has_scope) {
        hm_json_key(&out, "u");
        hm_json_open(&out, '[');
        for (size_t i = 0; i < reply->scope_count; i++) {
            hm_json_text(&out, reply->scope[i]);
        }
        hm_json_close(&out, ']');
    }
    if (reply->more) {
        hm_json_put_int(&out, "more", 1);
    }
    if (reply->wait_s > 0) {
        hm_json_put_int(&out, "wait", reply->wait_s);
    }
    put_wants(&out, reply);
    hm_json_close(&out, '}');
    hm_buf_put_byte(buf, '\n');
}

static struct hm_bytes bucket_name(const struct hm_json *json,
                                   const struct hm_id *device,
                                   struct hm_arena *arena)
{
    struct hm_bytes name = hm_text(hm_json_name(json));
    if (!hm_bytes_are(name, "@")) {
        return hm_arena_copy(arena, name);
    }
    uint8_t *mailbox = hm_arena_get(arena, HM_HEX16_SIZE + 1);
    if (mailbox == NULL) {
        return HM_NO_BYTES;
    }
    mailbox[0] = '@';
    hm_hex_put((char *)mailbox + 1, hm_id_bytes(device));
    return (struct hm_bytes){mailbox, HM_HEX16_SIZE};
}

static bool read_receipt(struct hm_reply *reply,
                         const struct hm_json *json,
                         const struct hm_id *device,
                         struct hm_arena *arena)
{
    struct hm_receipt *receipt = &reply->receipt;
    const struct hm_json *ack = hm_json_get(json, "k");
    const struct hm_json *buckets = hm_json_get(json, "b");
    const struct hm_json *signature = hm_json_get(json, "g");
    size_t count = hm_json_count(buckets);
    if (ack != NULL) {
        int64_t seq = hm_json_int_or(hm_json_at(ack, 0), 0);
        receipt->seq = seq < 0 ? 0 : (uint64_t)seq;
        if (seq < 1 ||
            !hm_json_b64_get(receipt->head.at, HM_DIGEST_SIZE, hm_json_at(ack, 1))) {
            return false;
        }
    }
    struct hm_bucket_state *list = hm_arena_get_array(arena, count, sizeof(*list));
    size_t n = 0;
    for (const struct hm_json *at = hm_json_first(buckets); at != NULL && list != NULL;
         at = hm_json_next(at)) {
        int64_t last = hm_json_int_or(hm_json_at(at, 0), -1);
        list[n].name = bucket_name(at, device, arena);
        list[n].n = last < 0 ? 0 : (uint64_t)last;
        if (last < 0 ||
            !hm_json_b64_get(list[n++].digest.at, HM_DIGEST_SIZE, hm_json_at(at, 1))) {
            return false;
        }
    }
    receipt->buckets = list;
    receipt->bucket_count = n;
    reply->has_receipt = signature != NULL;
    return signature == NULL ||
           hm_json_b64_get(reply->signature.at, HM_SIGNATURE_SIZE, signature);
}

static bool read_scope(struct hm_reply *reply,
                       const struct hm_json *json,
                       struct hm_arena *arena)
{
    size_t count = hm_json_count(json);
    if (json == NULL) {
        return true;
    }
    reply->has_scope = true;
    reply->scope = hm_arena_get_array(arena, count, sizeof(*reply->scope));
    for (const struct hm_json *at = hm_json_first(json);
         at != NULL && reply->scope != NULL; at = hm_json_next(at)) {
        struct hm_bytes name = hm_json_text_or(at, HM_NO_BYTES);
        if (name.size == 0 || name.size > HM_NAME_MAX) {
            return false;
        }
        reply->scope[reply->scope_count++] = hm_arena_copy(arena, name);
    }
    return hm_json_is(json, HM_JSON_LIST);
}

static bool read_wants(struct hm_reply *reply,
                       const struct hm_json *want,
                       const struct hm_json *need,
                       struct hm_arena *arena)
{
    size_t size = hm_json_text_or(need, HM_NO_BYTES).size * 3 / 4;
    uint8_t *bits = hm_arena_get(arena, size);
    reply->wants = hm_arena_get_array(arena, hm_json_count(want), sizeof(*reply->wants));
    for (const struct hm_json *at = hm_json_first(want);
         at != NULL && reply->wants != NULL; at = hm_json_next(at)) {
        struct hm_want *made = &reply->wants[reply->want_count++];
        made->bucket = hm_arena_copy(arena, hm_text(hm_json_name(at)));
        if (made->bucket.size > HM_NAME_MAX ||
            !hm_json_b64_get(made->mask, HM_LEAF_MASK_SIZE, at)) {
            return false;
        }
    }
    reply->need = (struct hm_bytes){bits, size};
    return (want == NULL || hm_json_is(want, HM_JSON_OBJECT)) &&
           (need == NULL || (hm_json_is(need, HM_JSON_TEXT) &&
                             (bits == NULL || hm_json_b64_get(bits, size, need))));
}

enum hm_status hm_reply_read(struct hm_reply *reply,
                             struct hm_bytes line,
                             const struct hm_id *device,
                             uint32_t epoch,
                             struct hm_arena *arena,
                             struct hm_err *err)
{
    static const struct hm_json_limits limits = {
        .size_max = HM_REQUEST_BYTES_MAX, .depth_max = 4, .values_max = 20000};
    struct hm_json *json = NULL;
    enum hm_status status = hm_json_parse(&json, line, &limits, err);
    if (status != HM_OK) {
        return status == HM_NO_MEMORY ? status : HM_PROTOCOL;
    }
    *reply = (struct hm_reply){.wait_s = hm_json_int_or(hm_json_get(json, "wait"), 0),
                               .more = hm_json_get(json, "more") != NULL};
    int64_t version = hm_json_int_or(hm_json_get(json, "v"), 0);
    int64_t incarnation = hm_json_int_or(hm_json_get(json, "i"), 0);
    reply->receipt.device = *device;
    reply->receipt.epoch = epoch;
    reply->receipt.incarnation = (uint64_t)incarnation;
    reply->receipt.time.ms = hm_json_int_or(hm_json_get(json, "t"), 0);
    if (version != PROTOCOL_VERSION) {
        status = hm_fail(err, HM_PROTOCOL, version > 1 ? "version" : "header", NULL, NULL,
                         NULL);
    } else if (incarnation < 1 ||
               !hm_json_b64_get(reply->receipt.server.at, HM_ID_SIZE,
                                hm_json_get(json, "s")) ||
               !hm_json_b64_get(reply->lease.at, HM_ID_SIZE, hm_json_get(json, "l")) ||
               !read_receipt(reply, json, device, arena) ||
               !read_scope(reply, hm_json_get(json, "u"), arena) ||
               !read_wants(reply, hm_json_get(json, "want"), hm_json_get(json, "need"),
                           arena)) {
        status = hm_fail(err, HM_PROTOCOL, "header", NULL, NULL, NULL);
    }
    hm_json_free(json);
    return status != HM_OK ? status : hm_arena_status(arena, err);
}

void hm_entry_line_write(struct hm_buf *buf, const struct hm_entry_line *line)
{
    struct hm_json_write out;
    hm_json_write_init(&out, buf);
    hm_json_open(&out, '{');
    hm_json_key(&out, "e");
    hm_json_open(&out, '[');
    hm_json_text(&out, line->bucket);
    hm_json_int(&out, (int64_t)line->n);
    hm_json_close(&out, ']');
    if (!line->own) {
        hm_json_key(&out, "of");
        hm_json_open(&out, '[');
        hm_json_b64(&out, hm_id_bytes(&line->device));
        hm_json_int(&out, line->epoch);
        hm_json_close(&out, ']');
    }
    hm_json_key(&out, "is");
    hm_json_open(&out, '[');
    for (size_t i = 0; i < line->count; i++) {
        const struct hm_entry_item *item = &line->items[i];
        hm_json_open(&out, '[');
        if (item->by_id) {
            hm_json_text(&out, (struct hm_bytes){(const uint8_t *)&item->kind, 1});
            hm_json_b64(&out, hm_id_bytes(&item->id));
            if (item->kind == 'q') {
                hm_json_text(&out, item->reason);
            }
        } else {
            hm_json_int(&out, (int64_t)item->seq);
            hm_json_int(&out, (int64_t)item->count);
        }
        hm_json_close(&out, ']');
    }
    hm_json_close(&out, ']');
    hm_json_close(&out, '}');
    hm_buf_put_byte(buf, '\n');
}

static bool read_item(struct hm_entry_item *item,
                      const struct hm_json *json,
                      struct hm_arena *arena)
{
    const struct hm_json *first = hm_json_at(json, 0);
    struct hm_bytes kind = hm_json_text_or(first, HM_NO_BYTES);
    size_t parts = hm_json_is(json, HM_JSON_LIST) ? hm_json_count(json) : 0;
    if (hm_json_is(first, HM_JSON_INTEGER)) {
        int64_t seq = hm_json_int_or(first, 0);
        int64_t count = hm_json_int_or(hm_json_at(json, 1), 0);
        *item = (struct hm_entry_item){
            .kind = 'a', .seq = (uint64_t)seq, .count = (uint64_t)count};
        return parts == 2 && seq > 0 && count > 0;
    }
    if (kind.size != 1 || memchr("aqr", kind.data[0], 3) == NULL) {
        return false;
    }
    bool reasoned = kind.data[0] == 'q';
    *item = (struct hm_entry_item){.kind = (char)kind.data[0], .by_id = true, .count = 1};
    struct hm_bytes reason = hm_json_text_or(hm_json_at(json, 2), HM_NO_BYTES);
    item->reason = reason.size == 0 ? HM_NO_BYTES : hm_arena_copy(arena, reason);
    return parts == (reasoned ? 3 : 2) &&
           (!reasoned || hm_json_is(hm_json_at(json, 2), HM_JSON_TEXT)) &&
           hm_json_b64_get(item->id.at, HM_ID_SIZE, hm_json_at(json, 1)) &&
           reason.size <= HM_NAME_MAX;
}

/* Of the line itself, before its items. */
static bool line_valid(const struct hm_entry_line *line,
                       const struct hm_json *opening,
                       const struct hm_json *of,
                       const struct hm_json *items)
{
    int64_t epoch = hm_json_int_or(hm_json_at(of, 1), 0);
    return hm_json_count(opening) == 2 && hm_json_int_or(hm_json_at(opening, 1), 0) > 0 &&
           line->bucket.size > 0 && line->bucket.size <= HM_NAME_MAX &&
           hm_json_is(items, HM_JSON_LIST) &&
           (of == NULL || (hm_json_count(of) == 2 && epoch > 0 && epoch <= UINT32_MAX));
}

enum hm_status hm_entry_line_read(struct hm_entry_line *line,
                                  struct hm_bytes text,
                                  struct hm_arena *arena,
                                  struct hm_err *err)
{
    static const struct hm_json_limits limits = {
        .size_max = HM_PAGE_TEXT_MAX, .depth_max = 4, .values_max = 40000};
    struct hm_json *json = NULL;
    enum hm_status status = hm_json_parse(&json, text, &limits, err);
    if (status != HM_OK) {
        return status == HM_NO_MEMORY ? status : HM_PROTOCOL;
    }
    const struct hm_json *opening = hm_json_get(json, "e");
    const struct hm_json *of = hm_json_get(json, "of");
    const struct hm_json *items = hm_json_get(json, "is");
    int64_t n = hm_json_int_or(hm_json_at(opening, 1), 0);
    int64_t epoch = hm_json_int_or(hm_json_at(of, 1), 0);
    *line = (struct hm_entry_line){
        .bucket =
            hm_arena_copy(arena, hm_json_text_or(hm_json_at(opening, 0), HM_NO_BYTES)),
        .n = (uint64_t)n,
        .own = of == NULL,
        .epoch = (uint32_t)epoch};
    bool good =
        line_valid(line, opening, of, items) &&
        (of == NULL || hm_json_b64_get(line->device.at, HM_ID_SIZE, hm_json_at(of, 0)));
    line->items = hm_arena_get_array(arena, hm_json_count(items), sizeof(*line->items));
    for (const struct hm_json *at = hm_json_first(items);
         at != NULL && good && line->items != NULL; at = hm_json_next(at)) {
        good = read_item(&line->items[line->count++], at, arena);
    }
    hm_json_free(json);
    if (!good) {
        return hm_fail(err, HM_PROTOCOL, "entries", NULL, NULL, NULL);
    }
    return hm_arena_status(arena, err);
}

static bool begins(struct hm_bytes line, const char *text)
{
    size_t size = strlen(text);
    return line.size >= size && memcmp(line.data, text, size) == 0;
}

enum hm_line hm_line_kind(struct hm_bytes line)
{
    if (begins(line, "{\"page\":")) {
        return HM_LINE_PAGE;
    }
    if (begins(line, "{\"tail\":")) {
        return HM_LINE_TAIL;
    }
    if (begins(line, "{\"leaves\":") || begins(line, "{\"leaf\":") ||
        begins(line, "{\"have\":")) {
        return HM_LINE_OFFER;
    }
    return begins(line, "{\"e\":") ? HM_LINE_ENTRIES : HM_LINE_OTHER;
}
