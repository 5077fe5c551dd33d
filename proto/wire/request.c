/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/wire/request.h"

#include <string.h>

#include "hamlet/base/json.h"
#include "hamlet/base/json_write.h"
#include "hamlet/base/limits.h"
#include "hamlet/base/pack.h"

enum { PROTOCOL_VERSION = 1, SIGNED = HM_B64_64_SIZE }; /* signature and a space */

static const char domain[] = "hamlet-request-1";

static void put_message(struct hm_buf *buf,
                        struct hm_bytes json,
                        bool by_file,
                        uint64_t declared,
                        const struct hm_id *server)
{
    hm_pack_text(buf, by_file ? HM_FILE_METHOD : HM_SYNC_METHOD);
    hm_pack_text(buf, by_file ? HM_FILE_PATH : HM_SYNC_PATH);
    hm_buf_put_bytes(buf, hm_id_bytes(server));
    hm_pack_uint(buf, declared);
    hm_pack_bytes(buf, json);
}

static void put_enrolment(struct hm_json_write *out,
                          const struct hm_request_enrolment *enrolment)
{
    hm_json_key(out, "n");
    hm_json_open(out, '{');
    hm_json_key(out, "i");
    hm_json_b64(out, hm_id_bytes(&enrolment->invitation));
    hm_json_key(out, "k");
    hm_json_b64(out, HM_BYTES(enrolment->key.at));
    hm_json_key(out, "p");
    hm_json_b64(out, hm_digest_bytes(&enrolment->proof));
    if (enrolment->first.size > 0) {
        hm_json_put_text(out, "w", enrolment->first);
    }
    hm_json_close(out, '}');
}

static void put_errors(struct hm_json_write *out, const struct hm_request *request)
{
    hm_json_key(out, "x");
    hm_json_open(out, '[');
    for (size_t i = 0; i < request->error_count; i++) {
        hm_json_open(out, '[');
        hm_json_text(out, request->errors[i].name);
        hm_json_int(out, request->errors[i].count);
        hm_json_close(out, ']');
    }
    hm_json_close(out, ']');
}

static void put_parent(struct hm_json_write *out, const struct hm_parent *parent)
{
    hm_json_key(out, "f");
    hm_json_open(out, '[');
    hm_json_int(out, parent->epoch);
    hm_json_int(out, (int64_t)parent->cut);
    hm_json_b64(out, hm_digest_bytes(&parent->cut_head));
    hm_json_int(out, (int64_t)parent->newest);
    hm_json_b64(out, hm_digest_bytes(&parent->newest_head));
    hm_json_close(out, ']');
}

static void put_state(struct hm_json_write *out, const struct hm_request *request)
{
    if (request->seq > 0) {
        hm_json_key(out, "o");
        hm_json_open(out, '[');
        hm_json_int(out, (int64_t)request->seq);
        hm_json_b64(out, hm_digest_bytes(&request->head));
        hm_json_close(out, ']');
    }
    if (request->has_parent) {
        put_parent(out, &request->parent);
    }
    hm_json_key(out, "b");
    hm_json_open(out, '{');
    for (size_t i = 0; i < request->bucket_count; i++) {
        hm_json_key_bytes(out, request->buckets[i].name);
        hm_json_int(out, (int64_t)request->buckets[i].n);
    }
    hm_json_close(out, '}');
    hm_json_key(out, "a");
    hm_json_b64(out, HM_BYTES(request->scope));
}

static void put_json(struct hm_buf *buf, const struct hm_request *request)
{
    struct hm_json_write out;
    hm_json_write_init(&out, buf);
    hm_json_open(&out, '{');
    hm_json_put_int(&out, "v", PROTOCOL_VERSION);
    hm_json_key(&out, "d");
    hm_json_b64(&out, hm_id_bytes(&request->device));
    hm_json_put_int(&out, "e", request->epoch);
    hm_json_key(&out, "r");
    hm_json_b64(&out, hm_id_bytes(&request->id));
    if (!hm_id_is_none(&request->lease)) {
        hm_json_key(&out, "l");
        hm_json_b64(&out, hm_id_bytes(&request->lease));
    }
    if (request->incarnation > 0) {
        hm_json_put_int(&out, "i", (int64_t)request->incarnation);
    }
    put_state(&out, request);
    hm_json_put_int(&out, "t", request->time.ms);
    hm_json_put_int(&out, "p", request->waiting);
    if (request->error_count > 0) {
        put_errors(&out, request);
    }
    if (request->reply_max > 0) {
        hm_json_put_int(&out, "m", (int64_t)request->reply_max);
    }
    hm_json_put_text(&out, "w", request->version);
    if (request->keys.size > 0) {
        hm_json_put_text(&out, "z", request->keys);
    }
    if (request->enrolment.present) {
        put_enrolment(&out, &request->enrolment);
    }
    if (request->offers) {
        hm_json_put_int(&out, "h", 1);
    }
    hm_json_close(&out, '}');
}

enum hm_status hm_request_write(struct hm_buf *buf,
                                const struct hm_request *request,
                                size_t following,
                                const struct hm_id *server,
                                const struct hm_secret *secret,
                                struct hm_err *err)
{
    struct hm_buf json;
    struct hm_buf message;
    struct hm_signature signature;
    hm_buf_init(&json, HM_HEADER_MAX - SIGNED - 1);
    hm_buf_init(&message, 2 * HM_HEADER_MAX);
    put_json(&json, request);
    size_t declared = SIGNED + json.size + 1 + following;
    put_message(&message, hm_buf_bytes(&json), request->by_file, declared, server);
    enum hm_status status = hm_buf_status(&json, err);
    if (status == HM_OK) {
        status = hm_buf_status(&message, err);
    }
    if (status == HM_OK) {
        hm_sign_make(&signature, domain, hm_buf_bytes(&message), secret);
        hm_buf_put_b64(buf, HM_BYTES(signature.at));
        hm_buf_put_byte(buf, ' ');
        hm_buf_put_bytes(buf, hm_buf_bytes(&json));
        hm_buf_put_byte(buf, '\n');
        status = hm_buf_status(buf, err);
    }
    hm_buf_fini(&message);
    hm_buf_fini(&json);
    return status;
}

static bool check(const struct hm_request_line *parts,
                  bool by_file,
                  uint64_t declared,
                  const struct hm_id *server,
                  const struct hm_key *key)
{
    uint8_t memory[2 * HM_HEADER_MAX];
    struct hm_buf message;
    hm_buf_init_fixed(&message, memory, sizeof(memory));
    put_message(&message, parts->json, by_file, declared, server);
    return message.failed == HM_OK &&
           hm_sign_check(&parts->signature, domain, hm_buf_bytes(&message), key);
}

bool hm_request_check(const struct hm_request_line *parts,
                      uint64_t declared,
                      const struct hm_id *server,
                      const struct hm_key *key)
{
    return check(parts, false, declared, server, key);
}

bool hm_request_check_file(const struct hm_request_line *parts,
                           uint64_t declared,
                           const struct hm_id *server,
                           const struct hm_key *key)
{
    return check(parts, true, declared, server, key);
}

static bool get_count(const struct hm_json *json, uint64_t *count)
{
    int64_t number = hm_json_int_or(json, -1);
    *count = number < 0 ? 0 : (uint64_t)number;
    return number >= 0;
}

static bool read_buckets(struct hm_request *request,
                         const struct hm_json *json,
                         struct hm_arena *arena)
{
    size_t count = hm_json_count(json);
    if (!hm_json_is(json, HM_JSON_OBJECT) || count > HM_REQUEST_BUCKETS_MAX) {
        return false;
    }
    request->buckets = hm_arena_get_array(arena, count, sizeof(*request->buckets));
    for (const struct hm_json *at = hm_json_first(json);
         at != NULL && request->buckets != NULL; at = hm_json_next(at)) {
        struct hm_bucket_state *bucket = &request->buckets[request->bucket_count++];
        bucket->name = hm_arena_copy(arena, hm_text(hm_json_name(at)));
        if (!get_count(at, &bucket->n)) {
            return false;
        }
    }
    return true;
}

static bool read_errors(struct hm_request *request,
                        const struct hm_json *json,
                        struct hm_arena *arena)
{
    for (const struct hm_json *at = hm_json_first(json);
         at != NULL && request->error_count < HM_REQUEST_ERRORS_MAX;
         at = hm_json_next(at)) {
        struct hm_request_error *error = &request->errors[request->error_count++];
        error->name =
            hm_arena_copy(arena, hm_json_text_or(hm_json_at(at, 0), HM_NO_BYTES));
        error->count = hm_json_int_or(hm_json_at(at, 1), 0);
    }
    return json == NULL || hm_json_is(json, HM_JSON_LIST);
}

static bool read_enrolment(struct hm_request_enrolment *enrolment,
                           const struct hm_json *json,
                           struct hm_arena *arena)
{
    const struct hm_json *first = hm_json_get(json, "w");
    if (json == NULL) {
        return true;
    }
    enrolment->present = true;
    enrolment->first = hm_arena_copy(arena, hm_json_text_or(first, HM_NO_BYTES));
    return (first == NULL || hm_json_is(first, HM_JSON_TEXT)) &&
           hm_json_b64_get(enrolment->invitation.at, HM_ID_SIZE,
                           hm_json_get(json, "i")) &&
           hm_json_b64_get(enrolment->key.at, HM_KEY_SIZE, hm_json_get(json, "k")) &&
           hm_json_b64_get(enrolment->proof.at, HM_DIGEST_SIZE, hm_json_get(json, "p"));
}

static bool read_origin(struct hm_request *request, const struct hm_json *json)
{
    if (json == NULL) {
        return true;
    }
    return get_count(hm_json_at(json, 0), &request->seq) && request->seq > 0 &&
           hm_json_b64_get(request->head.at, HM_DIGEST_SIZE, hm_json_at(json, 1));
}

static bool read_parent(struct hm_request *request, const struct hm_json *json)
{
    struct hm_parent *parent = &request->parent;
    int64_t epoch = hm_json_int_or(hm_json_at(json, 0), 0);
    if (json == NULL) {
        return true;
    }
    request->has_parent = true;
    parent->epoch = (uint32_t)epoch;
    return epoch > 0 && epoch <= UINT32_MAX && epoch != request->epoch &&
           get_count(hm_json_at(json, 1), &parent->cut) &&
           hm_json_b64_get(parent->cut_head.at, HM_DIGEST_SIZE, hm_json_at(json, 2)) &&
           get_count(hm_json_at(json, 3), &parent->newest) &&
           parent->newest >= parent->cut &&
           hm_json_b64_get(parent->newest_head.at, HM_DIGEST_SIZE, hm_json_at(json, 4));
}

static bool read_members(struct hm_request *request,
                         const struct hm_json *json,
                         struct hm_arena *arena)
{
    const struct hm_json *lease = hm_json_get(json, "l");
    const struct hm_json *incarnation = hm_json_get(json, "i");
    const struct hm_json *most = hm_json_get(json, "m");
    const struct hm_json *keys = hm_json_get(json, "z");
    int64_t epoch = hm_json_int_or(hm_json_get(json, "e"), 0);
    const struct hm_json *offers = hm_json_get(json, "h");
    request->epoch = (uint32_t)epoch;
    request->offers = offers != NULL;
    request->time.ms = hm_json_int_or(hm_json_get(json, "t"), 0);
    request->waiting = hm_json_int_or(hm_json_get(json, "p"), 0);
    request->version =
        hm_arena_copy(arena, hm_json_text_or(hm_json_get(json, "w"), HM_NO_BYTES));
    request->keys = hm_arena_copy(arena, hm_json_text_or(keys, HM_NO_BYTES));
    return epoch > 0 && epoch <= UINT32_MAX &&
           hm_json_b64_get(request->device.at, HM_ID_SIZE, hm_json_get(json, "d")) &&
           hm_json_b64_get(request->id.at, HM_ID_SIZE, hm_json_get(json, "r")) &&
           (lease == NULL || hm_json_b64_get(request->lease.at, HM_ID_SIZE, lease)) &&
           (incarnation == NULL || get_count(incarnation, &request->incarnation)) &&
           (most == NULL || get_count(most, &request->reply_max)) &&
           (keys == NULL || hm_json_is(keys, HM_JSON_TEXT)) &&
           request->keys.size <= HM_KEYS_TEXT_MAX &&
           read_origin(request, hm_json_get(json, "o")) &&
           read_parent(request, hm_json_get(json, "f")) &&
           read_buckets(request, hm_json_get(json, "b"), arena) &&
           read_errors(request, hm_json_get(json, "x"), arena) &&
           read_enrolment(&request->enrolment, hm_json_get(json, "n"), arena) &&
           (offers == NULL || hm_json_int_or(offers, 0) == 1) &&
           hm_json_b64_get(request->scope, HM_ID_SIZE, hm_json_get(json, "a"));
}

enum hm_status hm_request_read(struct hm_request *request,
                               struct hm_request_line *parts,
                               struct hm_bytes line,
                               struct hm_arena *arena,
                               struct hm_err *err)
{
    static const struct hm_json_limits limits = {
        .size_max = HM_HEADER_MAX, .depth_max = 4, .values_max = 2048};
    struct hm_json *json = NULL;
    *request = (struct hm_request){.epoch = 0};
    if (line.size <= SIGNED || line.data[SIGNED - 1] != ' ' ||
        !hm_b64_get(parts->signature.at, HM_SIGNATURE_SIZE,
                    (struct hm_bytes){line.data, SIGNED - 1})) {
        return hm_fail(err, HM_PROTOCOL, "header", NULL, NULL, NULL);
    }
    parts->json = (struct hm_bytes){line.data + SIGNED, line.size - SIGNED};
    enum hm_status status = hm_json_parse(&json, parts->json, &limits, err);
    if (status != HM_OK) {
        return status == HM_NO_MEMORY ? status : HM_PROTOCOL;
    }
    int64_t version = hm_json_int_or(hm_json_get(json, "v"), 0);
    if (version != PROTOCOL_VERSION) {
        status = hm_fail(err, HM_PROTOCOL, version > 1 ? "version" : "header", NULL, NULL,
                         NULL);
    } else if (!read_members(request, json, arena)) {
        status = hm_fail(err, HM_PROTOCOL, "header", NULL, NULL, NULL);
    }
    hm_json_free(json);
    return status != HM_OK ? status : hm_arena_status(arena, err);
}

void hm_enrolment_proof(struct hm_digest *proof,
                        const uint8_t secret[HM_ID_SIZE],
                        const struct hm_id *invitation,
                        const struct hm_key *key)
{
    struct hm_hash hash;
    hm_hash_init(&hash, HM_DIGEST_SIZE);
    hm_hash_put_packed(&hash, hm_text("hamlet-enrol-1"));
    hm_hash_put(&hash, (struct hm_bytes){secret, HM_ID_SIZE});
    hm_hash_put(&hash, hm_id_bytes(invitation));
    hm_hash_put(&hash, HM_BYTES(key->at));
    hm_hash_end(&hash, proof->at, HM_DIGEST_SIZE);
}
