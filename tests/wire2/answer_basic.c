/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "hamlet/base/limits.h"
#include "hamlet/base/pack.h"
#include "hamlet/model/value.h"

/* Numbers of 64 bits stand as text: those of JSON end at 2^53 - 1. */
static enum hm_status tell_number(struct answering *a, bool is_signed)
{
    char text[32];
    struct hm_unpack in;
    struct hm_bytes packed = answer_hex(a, "packed");
    struct hm_buf again;
    hm_buf_init(&again, sizeof(text));
    hm_unpack_init(&in, packed);
    if (is_signed) {
        int64_t number = hm_unpack_int(&in);
        hm_pack_int(&again, number);
        (void)snprintf(text, sizeof(text), "%" PRId64, number);
    } else {
        uint64_t number = hm_unpack_uint(&in);
        hm_pack_uint(&again, number);
        (void)snprintf(text, sizeof(text), "%" PRIu64, number);
    }
    bool same = hm_unpack_done(&in) && hm_bytes_equal(hm_buf_bytes(&again), packed);
    if (same) {
        hm_json_put_text(a->out, "number", hm_text(text));
    }
    hm_buf_fini(&again);
    return same ? HM_OK : answer_refuse(a, "packing");
}

enum hm_status answer_uint(struct answering *a)
{
    return tell_number(a, false);
}

enum hm_status answer_int(struct answering *a)
{
    return tell_number(a, true);
}

enum hm_status answer_hash(struct answering *a)
{
    static const char *const names[] = {"h16", "h32", "h64"};
    struct hm_bytes data = answer_hex(a, "data");
    for (size_t i = 0; i < 3; i++) {
        uint8_t result[64];
        size_t size = (size_t)16 << i;
        hm_hash_once(result, size, data);
        hm_json_put_hex(a->out, names[i], (struct hm_bytes){result, size});
    }
    return HM_OK;
}

enum hm_status answer_base64url(struct answering *a)
{
    struct hm_bytes text = heard_text(a->ask, "text");
    size_t size = text.size / 4 * 3 + (text.size % 4 == 0 ? 0 : text.size % 4 - 1);
    uint8_t *data = hm_arena_get(a->arena, size + 1);
    char *again = hm_arena_get(a->arena, hm_b64_length(size) + 1);
    if (data == NULL || again == NULL || !hm_b64_get(data, size, text)) {
        return answer_refuse(a, "base64url");
    }
    hm_b64_put(again, (struct hm_bytes){data, size});
    if (!hm_bytes_are(text, again)) {
        return answer_refuse(a, "base64url");
    }
    hm_json_put_hex(a->out, "data", (struct hm_bytes){data, size});
    return HM_OK;
}

/* Any document as it was read. The scan has bounded the depth. */
static void put_json(struct hm_json_write *out, const struct hm_json *json)
{
    bool object = hm_json_is(json, HM_JSON_OBJECT);
    switch (hm_json_type(json)) {
    case HM_JSON_BOOL:
        hm_json_bool(out, hm_json_bool_or(json, false));
        return;
    case HM_JSON_INTEGER:
        hm_json_int(out, hm_json_int_or(json, 0));
        return;
    case HM_JSON_TEXT:
        hm_json_text(out, hm_json_text_or(json, HM_NO_BYTES));
        return;
    case HM_JSON_NULL:
        hm_json_null(out);
        return;
    default:
        break;
    }
    hm_json_open(out, object ? '{' : '[');
    for (const struct hm_json *at = hm_json_first(json); at != NULL;
         at = hm_json_next(at)) {
        if (object) {
            hm_json_key(out, hm_json_name(at));
        }
        put_json(out, at);
    }
    hm_json_close(out, object ? '}' : ']');
}

enum hm_status answer_json(struct answering *a)
{
    static const struct hm_json_limits limits = {
        .size_max = HM_PAGE_TEXT_MAX, .depth_max = 12, .values_max = 20000};
    struct hm_json *json = NULL;
    enum hm_status status = hm_json_parse(&json, answer_hex(a, "data"), &limits, a->err);
    if (status == HM_OK) {
        hm_json_key(a->out, "json");
        put_json(a->out, json);
        hm_json_free(json);
    }
    return status;
}

enum hm_status answer_device(struct answering *a)
{
    struct hm_key key;
    if (!answer_raw(a, "key", key.at, HM_KEY_SIZE)) {
        return answer_refuse(a, "key");
    }
    struct hm_id id = hm_sign_device(&key);
    told_id(a->out, "id", &id);
    return HM_OK;
}

/* The domain as a C string: domains hold no NUL. */
static const char *domain_of(struct answering *a)
{
    return hm_json_chars(hm_json_get(a->ask, "domain"));
}

enum hm_status answer_sign(struct answering *a)
{
    struct hm_key key;
    struct hm_secret secret;
    struct hm_signature signature;
    if (!answer_pair(a, &key, &secret) || domain_of(a) == NULL) {
        return answer_refuse(a, "key");
    }
    hm_sign_make(&signature, domain_of(a), answer_hex(a, "message"), &secret);
    hm_json_put_hex(a->out, "key", HM_BYTES(key.at));
    hm_json_put_hex(a->out, "signature", HM_BYTES(signature.at));
    return HM_OK;
}

enum hm_status answer_signed(struct answering *a)
{
    struct hm_key key;
    struct hm_signature signature;
    if (!answer_raw(a, "key", key.at, HM_KEY_SIZE) || domain_of(a) == NULL ||
        !answer_raw(a, "signature", signature.at, HM_SIGNATURE_SIZE)) {
        return answer_refuse(a, "key");
    }
    hm_json_put_bool(
        a->out, "holds",
        hm_sign_check(&signature, domain_of(a), answer_hex(a, "message"), &key));
    return HM_OK;
}

/* The value as JSON, which packs into the same bytes again. */
enum hm_status answer_unpack(struct answering *a)
{
    struct hm_buf text;
    struct hm_buf again;
    struct hm_json *json = NULL;
    struct hm_json_write out;
    const struct hm_json_limits limits = {1 << 20, HM_JSON_DEPTH_MAX, 1 << 18};
    struct hm_bytes value = answer_hex(a, "packed");
    if (!hm_value_valid(value)) {
        return answer_refuse(a, "value");
    }
    hm_buf_init(&text, 1 << 20);
    hm_buf_init(&again, 1 << 20);
    hm_json_write_init(&out, &text);
    hm_value_to_json(&out, value);
    enum hm_status status = hm_json_parse(&json, hm_buf_bytes(&text), &limits, a->err);
    if (status == HM_OK) {
        status = hm_value_from_json(&again, json, a->err);
    }
    if (status == HM_OK && !hm_bytes_equal(hm_buf_bytes(&again), value)) {
        status = answer_refuse(a, "value");
    }
    if (status == HM_OK) {
        hm_json_key(a->out, "json");
        hm_json_raw(a->out, hm_buf_bytes(&text));
    }
    hm_json_free(json);
    hm_buf_fini(&again);
    hm_buf_fini(&text);
    return status;
}
