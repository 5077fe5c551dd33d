/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"
#include "hamlet/base/limits.h"
#include "hamlet/record/role.h"
#include "hamlet/record/strokes.h"

enum { SALTS_TOLD = 9 };

enum hm_status answer_change(struct answering *a)
{
    struct hm_change change;
    struct hm_buf scratch;
    hm_buf_init(&scratch, HM_CHANGE_BYTES_MAX);
    heard_change(&change, hm_json_get(a->ask, "change"), a->arena, false);
    enum hm_status status = HM_OK;
    if (change.act == HM_ACT_COUNT || !hm_change_valid(&change)) {
        status = answer_refuse(a, "change");
    }
    if (status == HM_OK) {
        status = hm_change_seal(&change, &scratch, a->err);
    }
    if (status == HM_OK) {
        told_id(a->out, "id", &change.id);
        told_id(a->out, "record", &change.record);
        hm_json_key(a->out, "commitments");
        hm_json_open(a->out, '[');
        for (size_t i = 0; i < change.write_count; i++) {
            hm_json_hex(a->out, HM_BYTES(change.writes[i].commitment));
        }
        hm_json_close(a->out, ']');
    }
    hm_buf_fini(&scratch);
    return status;
}

enum hm_status answer_run(struct answering *a)
{
    uint8_t seed[HM_SALT_SIZE];
    uint8_t salt[HM_SALT_SIZE];
    struct hm_change change = {.has_key = true};
    int64_t index = heard_int(a->ask, "index");
    if (!answer_raw(a, "seed", seed, sizeof(seed)) || index < 0 ||
        index >= HM_RUN_CHANGES_MAX) {
        return answer_refuse(a, "run");
    }
    hm_change_key(change.key, seed, (uint32_t)index);
    hm_json_put_hex(a->out, "key", HM_BYTES(change.key));
    hm_json_key(a->out, "salts");
    hm_json_open(a->out, '[');
    for (size_t i = 0; i < SALTS_TOLD; i++) {
        hm_change_salt(salt, &change, i);
        hm_json_hex(a->out, HM_BYTES(salt));
    }
    hm_json_close(a->out, ']');
    return HM_OK;
}

enum hm_status answer_record(struct answering *a)
{
    struct hm_change named;
    struct hm_id id;
    heard_change(&named, a->ask, a->arena, false);
    hm_record_id(&id, named.home, named.kind, named.key_fields, named.key_field_count);
    told_id(a->out, "id", &id);
    return HM_OK;
}

enum hm_status answer_chain(struct answering *a)
{
    struct hm_id device;
    struct hm_digest parent;
    struct hm_digest head;
    bool later = answer_raw(a, "parent", parent.at, HM_DIGEST_SIZE);
    (void)answer_raw(a, "device", device.at, HM_ID_SIZE);
    hm_chain_begin(&head, &device, (uint32_t)heard_int(a->ask, "epoch"),
                   later ? &parent : NULL);
    hm_json_key(a->out, "heads");
    hm_json_open(a->out, '[');
    hm_json_hex(a->out, hm_digest_bytes(&head));
    for (const struct hm_json *at = hm_json_first(hm_json_get(a->ask, "ids")); at != NULL;
         at = hm_json_next(at)) {
        struct hm_id id;
        (void)heard_raw(id.at, HM_ID_SIZE, at);
        hm_chain_next(&head, &id);
        hm_json_hex(a->out, hm_digest_bytes(&head));
    }
    hm_json_close(a->out, ']');
    return HM_OK;
}

enum hm_status answer_merge(struct answering *a)
{
    size_t count = 0;
    struct hm_id record;
    struct hm_merged merged;
    struct hm_known *known =
        heard_known(hm_json_get(a->ask, "changes"), &count, a->arena);
    (void)answer_raw(a, "record", record.at, HM_ID_SIZE);
    enum hm_status status = hm_merge(&merged, known, count, a->arena, a->err);
    if (status == HM_OK) {
        hm_json_key(a->out, "merged");
        told_merged(a->out, &record, &merged, known);
    }
    return status;
}

enum hm_status answer_unit(struct answering *a)
{
    struct hm_hash hash;
    struct hm_digest digest;
    enum hm_status status = HM_OK;
    const struct hm_json *at = hm_json_first(hm_json_get(a->ask, "records"));
    hm_unit_digest_begin(&hash);
    for (; at != NULL && status == HM_OK; at = hm_json_next(at)) {
        size_t count = 0;
        struct hm_id record;
        struct hm_merged merged;
        struct hm_known *known = heard_known(hm_json_at(at, 1), &count, a->arena);
        (void)heard_raw(record.at, HM_ID_SIZE, hm_json_at(at, 0));
        status = hm_merge(&merged, known, count, a->arena, a->err);
        for (size_t i = 0; status == HM_OK && i < merged.register_count; i++) {
            hm_unit_digest_put(&hash, &record, &merged.registers[i], known);
        }
    }
    hm_unit_digest_end(&hash, &digest);
    told_digest(a->out, "digest", &digest);
    return status;
}

/* Of a role that is none of ours too: it decides nothing. */
enum hm_status answer_rank(struct answering *a)
{
    enum hm_role role = HM_ROLE_VIEWER;
    bool known = hm_role_find(&role, heard_text(a->ask, "role"));
    hm_json_put_int(a->out, "rank", known ? hm_role_rank(role) : 0);
    return HM_OK;
}

enum hm_status answer_strokes(struct answering *a)
{
    struct hm_bytes text = heard_text(a->ask, "text");
    if (!hm_strokes_valid(text)) {
        return answer_refuse(a, "strokes");
    }
    hm_json_key(a->out, "points");
    hm_strokes_to_json(a->out, text);
    return HM_OK;
}

enum hm_status answer_draw(struct answering *a)
{
    struct hm_buf text;
    hm_buf_init(&text, 1 << 20);
    enum hm_status status =
        hm_strokes_from_json(&text, hm_json_get(a->ask, "points"), a->err);
    if (status == HM_OK) {
        hm_json_put_text(a->out, "text", hm_buf_bytes(&text));
    }
    hm_buf_fini(&text);
    return status;
}
