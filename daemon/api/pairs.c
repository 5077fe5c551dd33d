/* SPDX-License-Identifier: Apache-2.0 */
#include "pairs.h"

#include <stdlib.h>
#include <string.h>

#include "hamlet/base/json.h"
#include "hamlet/base/limits.h"
#include "hamlet/model/value.h"
#include "hamlet/store/records.h"

enum { RECORDS_STEP = 1024, LOOKS_MAX = 20 * 1000 * 1000 };

/* What is kept of a thousand records is three quarters of a megabyte. */
#define KEPT_BYTES_MAX ((size_t)128 * 1024 * 1024)

static void compare_by(struct hm_pairs *pairs, const struct hm_field_list *fields)
{
    for (size_t i = 0; i < fields->count; i++) {
        size_t k = 0;
        while (k < pairs->compared_count && pairs->compared[k] != fields->at[i]) {
            k++;
        }
        if (k == pairs->compared_count && k < HM_PAIRS_FIELDS_MAX) {
            pairs->compared[pairs->compared_count++] = fields->at[i];
        }
    }
}

/* A record as the judge reads it. */
struct side {
    const struct hm_pairs *pairs;
    const struct hm_paired *record;
};

/* What is not compared is empty. */
static const struct hm_duplicate_value *get(void *ctx, const struct hm_field *field)
{
    static const struct hm_duplicate_value nothing;
    const struct side *side = ctx;
    for (size_t i = 0; i < side->pairs->compared_count; i++) {
        if (side->pairs->compared[i] == field) {
            return &side->record->values[i];
        }
    }
    return &nothing;
}

struct hm_bytes hm_pairs_value(const struct hm_pairs *pairs,
                               const struct hm_paired *record,
                               const struct hm_field *field)
{
    struct side side = {pairs, record};
    return get(&side, field)->value;
}

/* ---- reading ---- */

static enum hm_status copy_value(struct hm_pairs *pairs,
                                 const struct hm_json *fields,
                                 const struct hm_field *field,
                                 struct hm_bytes *value,
                                 struct hm_err *err)
{
    const struct hm_json *json = field == NULL ? NULL : hm_json_get(fields, field->name);
    *value = HM_NO_BYTES;
    if (json == NULL || hm_json_is(json, HM_JSON_NULL)) {
        return HM_OK;
    }
    hm_buf_clear(&pairs->scratch);
    enum hm_status status = hm_value_from_json(&pairs->scratch, json, err);
    if (status == HM_OK) {
        status = hm_buf_status(&pairs->scratch, err);
    }
    *value = hm_arena_copy(&pairs->arena, hm_buf_bytes(&pairs->scratch));
    return status;
}

static struct hm_bytes copy_key(struct hm_pairs *pairs,
                                const struct hm_field *field,
                                struct hm_bytes value,
                                enum hm_duplicate_match match)
{
    hm_buf_clear(&pairs->scratch);
    hm_duplicate_value_key(&pairs->scratch, field, value, match);
    return hm_arena_copy(&pairs->arena, hm_buf_bytes(&pairs->scratch));
}

static enum hm_status copy_compared(struct hm_pairs *pairs,
                                    const struct hm_json *fields,
                                    const struct hm_field *field,
                                    struct hm_duplicate_value *copy,
                                    struct hm_err *err)
{
    enum hm_status status = copy_value(pairs, fields, field, &copy->value, err);
    if (status == HM_OK) {
        copy->tone = copy_key(pairs, field, copy->value, HM_DUPLICATE_TONE);
        copy->fold = copy_key(pairs, field, copy->value, HM_DUPLICATE_FOLD);
        status = hm_buf_status(&pairs->scratch, err);
    }
    return status;
}

static enum hm_status copy_record(struct hm_pairs *pairs,
                                  struct hm_paired *kept,
                                  const struct hm_listed *listed,
                                  const struct hm_json *fields,
                                  struct hm_err *err)
{
    struct hm_duplicate_value *values =
        hm_arena_get_array(&pairs->arena, pairs->compared_count, sizeof(*values));
    enum hm_status status = hm_arena_status(&pairs->arena, err);
    for (size_t i = 0; status == HM_OK && i < pairs->compared_count; i++) {
        status = copy_compared(pairs, fields, pairs->compared[i], &values[i], err);
    }
    *kept = (struct hm_paired){.id = listed->id, .values = values};
    if (status == HM_OK) {
        status =
            copy_value(pairs, fields, pairs->kind->duplicates->other, &kept->others, err);
    }
    if (status != HM_OK) {
        return status;
    }
    hm_buf_clear(&pairs->scratch);
    hm_duplicate_key(&pairs->scratch, pairs->kind, values[0].value);
    kept->key = hm_arena_copy(&pairs->arena, hm_buf_bytes(&pairs->scratch));
    kept->unit = hm_arena_copy(&pairs->arena, listed->unit);
    kept->fields = hm_arena_copy(&pairs->arena, listed->fields);
    kept->wanted = pairs->wants == NULL || pairs->wants(pairs->wants_ctx, &listed->id);
    status = hm_buf_status(&pairs->scratch, err);
    return status == HM_OK ? hm_arena_status(&pairs->arena, err) : status;
}

static enum hm_status keep(void *ctx, const struct hm_listed *listed, struct hm_err *err)
{
    static const struct hm_json_limits limits = {.size_max = HM_REQUEST_BYTES_MAX,
                                                 .depth_max = HM_JSON_DEPTH_MAX,
                                                 .values_max = 1U << 20};
    struct hm_pairs *pairs = ctx;
    struct hm_json *fields = NULL;
    if (pairs->count == pairs->room) {
        size_t room = pairs->room + RECORDS_STEP;
        struct hm_paired *grown = realloc(pairs->records, room * sizeof(*grown));
        if (grown == NULL) {
            return hm_fail_memory(err);
        }
        pairs->records = grown;
        pairs->room = room;
    }
    enum hm_status status = hm_json_parse(&fields, listed->fields, &limits, err);
    if (status == HM_OK) {
        status = copy_record(pairs, &pairs->records[pairs->count], listed, fields, err);
    }
    hm_json_free(fields);
    if (status == HM_OK && pairs->records[pairs->count].key.size > 0) {
        pairs->count++;
    }
    return status;
}

/* ---- comparing ---- */

static int by_key(const void *a, const void *b)
{
    const struct hm_paired *x = a;
    const struct hm_paired *y = b;
    int order = hm_bytes_compare(x->key, y->key);
    return order != 0 ? order : memcmp(&x->id, &y->id, sizeof(x->id));
}

/* An id is 32 hex digits, which nothing else in a list of ids can be. */
static bool names(struct hm_bytes others, const struct hm_id *id)
{
    char hex[HM_HEX16_SIZE];
    hm_hex_put(hex, hm_id_bytes(id));
    size_t size = sizeof(hex) - 1;
    for (size_t i = 0; i + size <= others.size; i++) {
        if (memcmp(others.data + i, hex, size) == 0) {
            return true;
        }
    }
    return false;
}

/* How many were found of each level, and where the first of them stands. */
struct found {
    size_t count[HM_DUPLICATE_CERTAIN + 1];
};

static struct hm_pair *first_of(const struct hm_pairs *pairs, int level)
{
    return pairs->pairs + (size_t)(HM_DUPLICATE_CERTAIN - level) * pairs->pairs_max;
}

/* At most as many of a level as there is room for. */
static void pair_up(struct hm_pairs *pairs,
                    struct found *found,
                    const struct hm_paired *a,
                    const struct hm_paired *b)
{
    struct side x = {pairs, a};
    struct side y = {pairs, b};
    if (!a->wanted && !b->wanted) {
        return;
    }
    struct hm_duplicate like =
        hm_duplicate_judge(pairs->kind, &(struct hm_duplicate_values){get, &x},
                           &(struct hm_duplicate_values){get, &y});
    if (like.level >= pairs->least && found->count[like.level] < pairs->pairs_max &&
        !names(a->others, &b->id) && !names(b->others, &a->id)) {
        first_of(pairs, (int)like.level)[found->count[like.level]++] =
            (struct hm_pair){a, b, like};
    }
}

/* As many have one name as somebody wrote, and all of them are compared with each other.
 */
static enum hm_status check_looks(const struct hm_pairs *pairs, struct hm_err *err)
{
    size_t looks = 0;
    size_t run = 0; /* so many before this one have its name */
    for (size_t i = 1; i < pairs->count && looks <= pairs->looks_max; i++) {
        bool same = hm_bytes_equal(pairs->records[i].key, pairs->records[i - 1].key);
        run = same ? run + 1 : 0;
        looks += run;
    }
    return looks <= pairs->looks_max
               ? HM_OK
               : hm_fail(err, HM_TOO_BIG, "duplicates-many", NULL, NULL, NULL);
}

/* One walk over all; nothing likelier comes once there are enough that are certain. */
static void find_pairs(struct hm_pairs *pairs)
{
    struct found found = {{0}};
    for (size_t i = 0; i < pairs->count; i++) {
        for (size_t k = i + 1;
             k < pairs->count && found.count[HM_DUPLICATE_CERTAIN] < pairs->pairs_max &&
             hm_bytes_equal(pairs->records[i].key, pairs->records[k].key);
             k++) {
            pair_up(pairs, &found, &pairs->records[i], &pairs->records[k]);
        }
    }
    for (int level = HM_DUPLICATE_CERTAIN; level >= (int)pairs->least; level--) {
        size_t room = pairs->pairs_max - pairs->pair_count;
        size_t count = found.count[level] < room ? found.count[level] : room;
        memmove(pairs->pairs + pairs->pair_count, first_of(pairs, level),
                count * sizeof(*pairs->pairs));
        pairs->pair_count += count;
    }
}

/* ---- all of it ---- */

enum hm_status hm_pairs_init(struct hm_pairs *pairs,
                             struct hm_store *store,
                             size_t pairs_max,
                             enum hm_duplicate_level least,
                             struct hm_err *err)
{
    *pairs = (struct hm_pairs){
        .store = store, .pairs_max = pairs_max, .looks_max = LOOKS_MAX, .least = least};
    hm_arena_init(&pairs->arena, KEPT_BYTES_MAX);
    hm_buf_init(&pairs->scratch, 4 * HM_VALUE_BYTES_MAX);
    pairs->pairs = calloc(pairs_max, HM_DUPLICATE_CERTAIN * sizeof(*pairs->pairs));
    return pairs->pairs == NULL ? hm_fail_memory(err) : HM_OK;
}

void hm_pairs_fini(struct hm_pairs *pairs)
{
    hm_buf_fini(&pairs->scratch);
    hm_arena_fini(&pairs->arena);
    free(pairs->pairs);
    free(pairs->records);
}

enum hm_status hm_pairs_search(struct hm_pairs *pairs,
                               const struct hm_kind *kind,
                               struct hm_bytes unit,
                               struct hm_err *err)
{
    const struct hm_kind_duplicates *by = kind->duplicates;
    struct hm_list_query query = {.kind = hm_text(kind->name), .unit = unit};
    hm_arena_clear(&pairs->arena);
    pairs->kind = kind;
    pairs->count = 0;
    pairs->pair_count = 0;
    pairs->compared[0] = by->name;
    pairs->compared_count = 1;
    compare_by(pairs, &by->certain);
    compare_by(pairs, &by->probable);
    compare_by(pairs, &by->apart);
    enum hm_status status = hm_store_list(pairs->store, &query, keep, pairs, err);
    if (status == HM_OK && pairs->count > 1) {
        qsort(pairs->records, pairs->count, sizeof(*pairs->records), by_key);
    }
    if (status == HM_OK) {
        status = check_looks(pairs, err);
    }
    if (status == HM_OK) {
        find_pairs(pairs);
    }
    return status;
}

/* ---- showing ---- */

static void put_name(struct hm_json_write *out,
                     const char *member,
                     const struct hm_field *field)
{
    hm_json_key(out, member);
    if (field == NULL) {
        hm_json_null(out);
    } else {
        hm_json_text(out, hm_text(field->name));
    }
}

void hm_pairs_put_reason(struct hm_json_write *out, const struct hm_duplicate *found)
{
    hm_json_key(out, "reason");
    hm_json_open(out, '{');
    hm_json_put_text(out, "name", hm_text(hm_duplicate_match_name(found->name)));
    put_name(out, "same", found->same);
    put_name(out, "apart", found->apart);
    hm_json_close(out, '}');
}
