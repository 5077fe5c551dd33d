/* SPDX-License-Identifier: Apache-2.0 */
#include "bundle_inside.h"

#include <string.h>

#include "hamlet/base/json.h"
#include "hamlet/base/json_write.h"

enum { FORMAT_VERSION = 1, SIGNED = HM_B64_64_SIZE }; /* signature and a space */

static const char domain_head[] = "hamlet-bundle-1";
static const char domain_key[] = "hamlet-bundle-key-1";
static const char domain_stream[] = "hamlet-bundle-stream-1";

static enum hm_status broken(struct hm_err *err)
{
    return hm_fail(err, HM_BAD_INPUT, "bundle-damaged", NULL, NULL, NULL);
}

void hm_bundle_stream_start(struct hm_seal_stream *stream,
                            const struct hm_bundle_head *head,
                            const struct hm_seal_secret *sealed,
                            struct hm_bytes json)
{
    struct hm_hash hash;
    struct hm_digest text;
    struct hm_seal_secret key;
    hm_hash_once(text.at, HM_DIGEST_SIZE, json);
    hm_hash_init(&hash, HM_DIGEST_SIZE);
    hm_hash_put_packed(&hash, hm_text(domain_stream));
    hm_hash_put(&hash, HM_BYTES(sealed->at));
    hm_hash_put(&hash, hm_digest_bytes(&text));
    hm_hash_end(&hash, key.at, HM_SEAL_KEY_SIZE);
    hm_seal_stream_start(stream, &key, head->begin);
    hm_seal_wipe(&key);
}

static void put_json(struct hm_buf *buf, const struct hm_bundle_head *head)
{
    struct hm_json_write out;
    hm_json_write_init(&out, buf);
    hm_json_open(&out, '{');
    hm_json_put_int(&out, "v", FORMAT_VERSION);
    hm_json_key(&out, "n");
    hm_json_b64(&out, hm_id_bytes(&head->id));
    hm_json_put_int(&out, "k", (int64_t)head->part);
    hm_json_key(&out, "s");
    hm_json_b64(&out, hm_id_bytes(&head->server));
    hm_json_key(&out, "from");
    hm_json_b64(&out, hm_id_bytes(&head->from));
    hm_json_key(&out, "to");
    hm_json_b64(&out, hm_id_bytes(&head->to));
    hm_json_put_int(&out, "t", head->time.ms);
    if (head->epoch > 0) {
        hm_json_put_int(&out, "e", head->epoch);
    }
    if (head->incarnation > 0) {
        hm_json_put_int(&out, "i", (int64_t)head->incarnation);
    }
    if (head->has_key) {
        hm_json_key(&out, "key");
        hm_json_b64(&out, HM_BYTES(head->key.at));
    }
    if (head->keys_size > 0) {
        hm_json_put_text(&out, "keys", (struct hm_bytes){head->keys, head->keys_size});
    }
    hm_json_key(&out, "c");
    hm_json_b64(&out, HM_BYTES(head->sealed));
    hm_json_key(&out, "h");
    hm_json_b64(&out, HM_BYTES(head->begin));
    hm_json_close(&out, '}');
}

/* A key of this file alone, which only its reader can open. */
static enum hm_status draw_key(struct hm_seal_secret *secret,
                               struct hm_bundle_head *head,
                               const struct hm_key *reader,
                               const struct hm_env *env,
                               struct hm_err *err)
{
    uint8_t memory[HM_BUNDLE_SEALED_KEY + 1];
    struct hm_buf sealed;
    struct hm_seal_key key;
    hm_buf_init_fixed(&sealed, memory, sizeof(memory));
    enum hm_status status = hm_env_random(env, secret->at, HM_SEAL_KEY_SIZE, err);
    if (status == HM_OK) {
        status = hm_env_random(env, head->begin, HM_SEAL_STREAM_BEGIN, err);
    }
    if (status == HM_OK) {
        status = hm_seal_key_of(&key, reader, err);
    }
    if (status == HM_OK) {
        status = hm_seal_to(&sealed, domain_key, HM_BYTES(secret->at), &key, env, err);
    }
    if (status == HM_OK) {
        memcpy(head->sealed, sealed.data, HM_BUNDLE_SEALED_KEY);
    }
    return status;
}

enum hm_status hm_bundle_begin(struct hm_bundle_writer *writer,
                               struct hm_buf *out,
                               struct hm_bundle_head *head,
                               const struct hm_key *reader,
                               const struct hm_secret *secret,
                               const struct hm_env *env,
                               struct hm_err *err)
{
    struct hm_buf json;
    struct hm_signature signature;
    struct hm_seal_secret key;
    hm_buf_init(&json, HM_BUNDLE_HEAD_MAX - SIGNED - 1);
    enum hm_status status = draw_key(&key, head, reader, env, err);
    if (status == HM_OK) {
        put_json(&json, head);
        status = hm_buf_status(&json, err);
    }
    if (status == HM_OK) {
        hm_sign_make(&signature, domain_head, hm_buf_bytes(&json), secret);
        hm_buf_put_text(out, HM_BUNDLE_MAGIC);
        hm_buf_put_b64(out, HM_BYTES(signature.at));
        hm_buf_put_byte(out, ' ');
        hm_buf_put_bytes(out, hm_buf_bytes(&json));
        hm_buf_put_byte(out, '\n');
        hm_bundle_stream_start(&writer->stream, head, &key, hm_buf_bytes(&json));
        status = hm_buf_status(out, err);
    }
    hm_seal_wipe(&key);
    hm_buf_fini(&json);
    return status;
}

static bool get_count(const struct hm_json *json, uint64_t *count)
{
    int64_t number = hm_json_int_or(json, json == NULL ? 0 : -1);
    *count = number < 0 ? 0 : (uint64_t)number;
    return number >= 0;
}

static bool get_keys(struct hm_bundle_head *head, const struct hm_json *json)
{
    struct hm_bytes text = hm_json_text_or(json, HM_NO_BYTES);
    if (json == NULL) {
        return true;
    }
    if (text.size == 0 || text.size > HM_BUNDLE_KEYS_MAX) {
        return false;
    }
    memcpy(head->keys, text.data, text.size);
    head->keys_size = text.size;
    return true;
}

static bool read_members(struct hm_bundle_head *head, const struct hm_json *json)
{
    const struct hm_json *key = hm_json_get(json, "key");
    uint64_t epoch = 0;
    bool good =
        hm_json_b64_get(head->id.at, HM_ID_SIZE, hm_json_get(json, "n")) &&
        hm_json_b64_get(head->server.at, HM_ID_SIZE, hm_json_get(json, "s")) &&
        hm_json_b64_get(head->from.at, HM_ID_SIZE, hm_json_get(json, "from")) &&
        hm_json_b64_get(head->to.at, HM_ID_SIZE, hm_json_get(json, "to")) &&
        hm_json_b64_get(head->sealed, HM_BUNDLE_SEALED_KEY, hm_json_get(json, "c")) &&
        hm_json_b64_get(head->begin, HM_SEAL_STREAM_BEGIN, hm_json_get(json, "h")) &&
        get_count(hm_json_get(json, "k"), &head->part) && head->part > 0 &&
        get_count(hm_json_get(json, "e"), &epoch) && epoch <= UINT32_MAX &&
        get_count(hm_json_get(json, "i"), &head->incarnation) &&
        (key == NULL || hm_json_b64_get(head->key.at, HM_KEY_SIZE, key)) &&
        get_keys(head, hm_json_get(json, "keys"));
    head->time.ms = hm_json_int_or(hm_json_get(json, "t"), 0);
    head->epoch = (uint32_t)epoch;
    head->has_key = key != NULL;
    /* Laptops do not write to each other: what one knows the other learns by the server.
     */
    return good && !hm_id_equal(&head->from, &head->to) &&
           (hm_id_equal(&head->from, &head->server) ||
            hm_id_equal(&head->to, &head->server));
}

enum hm_status hm_bundle_head_read(struct hm_bundle_head *head,
                                   struct hm_bundle_line *parts,
                                   struct hm_bytes line,
                                   struct hm_err *err)
{
    static const struct hm_json_limits limits = {
        .size_max = HM_BUNDLE_HEAD_MAX, .depth_max = 4, .values_max = 64};
    struct hm_json *json = NULL;
    struct hm_bundle_head read = {.part = 0};
    if (line.size <= SIGNED || line.data[SIGNED - 1] != ' ' ||
        !hm_b64_get(parts->signature.at, HM_SIGNATURE_SIZE,
                    (struct hm_bytes){line.data, SIGNED - 1})) {
        return broken(err);
    }
    parts->json = (struct hm_bytes){line.data + SIGNED, line.size - SIGNED};
    enum hm_status status = hm_json_parse(&json, parts->json, &limits, NULL);
    if (status != HM_OK) {
        return status == HM_NO_MEMORY ? hm_fail_memory(err) : broken(err);
    }
    int64_t version = hm_json_int_or(hm_json_get(json, "v"), 0);
    if (version > FORMAT_VERSION) {
        status = hm_fail(err, HM_UNCONFIGURED, "bundle-version", NULL, NULL, NULL);
    } else if (version != FORMAT_VERSION || !read_members(&read, json)) {
        status = broken(err);
    } else {
        *head = read;
    }
    hm_json_free(json);
    return status;
}

bool hm_bundle_head_check(const struct hm_bundle_line *parts, const struct hm_key *key)
{
    return hm_sign_check(&parts->signature, domain_head, parts->json, key);
}

enum hm_status hm_bundle_unlock(struct hm_bundle_reader *reader,
                                const struct hm_key *key,
                                const struct hm_secret *secret,
                                struct hm_err *err)
{
    uint8_t memory[HM_SEAL_KEY_SIZE + HM_DIGEST_SIZE + 1]; /* opening needs room */
    struct hm_buf opened;
    struct hm_seal_key own;
    struct hm_seal_secret own_secret;
    struct hm_seal_secret once;
    hm_buf_init_fixed(&opened, memory, sizeof(memory));
    enum hm_status status = hm_seal_key_of(&own, key, err);
    if (status != HM_OK) {
        return status;
    }
    hm_seal_secret_of(&own_secret, secret);
    if (hm_seal_open(&opened, domain_key, HM_BYTES(reader->head.sealed), &own,
                     &own_secret, NULL) != HM_OK) {
        status = broken(err);
    } else {
        memcpy(once.at, opened.data, HM_SEAL_KEY_SIZE);
        hm_bundle_stream_start(&reader->stream, &reader->head, &once, reader->line.json);
        reader->unlocked = true;
        hm_seal_wipe(&once);
    }
    hm_seal_wipe(&own_secret);
    memset(memory, 0, sizeof(memory));
    return status;
}
