/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hamlet/base/assert.h"
#include "hamlet/base/cut.h"
#include "hamlet/base/limits.h"
#include "hamlet/model/value.h"
#include "hamlet/record/judge.h"
#include "hamlet/record/separate.h"
#include "hamlet/text/normal.h"
#include "inside.h"

void hm_author_argument(char text[HM_ERR_ARG_MAX], struct hm_bytes bytes)
{
    hm_cut(text, HM_ERR_ARG_MAX, bytes);
}

static enum hm_status load_self(struct hm_author *author, struct hm_err *err)
{
    struct hm_store *store = author->store;
    enum hm_status status =
        hm_store_meta_get_id(store, HM_META_DISTRICT, &author->district, err);
    if (status == HM_OK) {
        status = hm_store_meta_get_id(store, HM_META_DEVICE, &author->device, err);
    }
    if (status == HM_OK) {
        status = hm_store_meta_get_id(store, HM_META_USER, &author->user, err);
    }
    if (status == HM_OK) {
        status =
            hm_store_meta_get(store, HM_META_ROLE, &author->self, &author->role, err);
    }
    if (status == HM_OK) {
        status =
            hm_store_meta_get(store, HM_META_UNIT, &author->self, &author->unit, err);
    }
    if (status == HM_OK && hm_id_is_none(&author->device)) {
        return hm_fail(err, HM_UNCONFIGURED, "store-missing", NULL, NULL, NULL);
    }
    return status;
}

enum hm_status hm_author_open(struct hm_author **author,
                              struct hm_store *store,
                              struct hm_err *err)
{
    struct hm_author *made = calloc(1, sizeof(*made));
    if (made == NULL) {
        return hm_fail_memory(err);
    }
    made->store = store;
    made->kinds = hm_store_kinds(store);
    hm_arena_init(&made->self, HM_REQUEST_BYTES_MAX);
    hm_arena_init(&made->arena, HM_COMMAND_ARENA_MAX);
    hm_arena_init(&made->found, HM_REQUEST_BYTES_MAX);
    hm_buf_init(&made->scratch, HM_CHANGE_BYTES_MAX);
    enum hm_status status = load_self(made, err);
    if (status == HM_OK) {
        *author = made;
        made = NULL;
    }
    hm_author_close(made);
    return status;
}

void hm_author_close(struct hm_author *author)
{
    if (author != NULL) {
        hm_buf_fini(&author->scratch);
        hm_arena_fini(&author->found);
        hm_arena_fini(&author->arena);
        hm_arena_fini(&author->self);
        free(author);
    }
}

enum hm_status hm_author_as(struct hm_author *author,
                            struct hm_bytes name,
                            struct hm_err *err)
{
    return hm_store_user_find(author->store, &author->device, name, &author->user,
                              &author->role, &author->self, err);
}

void hm_author_as_server(struct hm_author *author)
{
    author->user = author->device;
    author->role = hm_text(hm_role_name(HM_ROLE_SERVER));
}

void hm_author_sign_with(struct hm_author *author, const struct hm_secret *secret)
{
    author->secret = secret;
}

/* The run that the chain's next change belongs to; a new one when the last is full. */
static enum hm_status find_run(struct hm_author *author, struct hm_err *err)
{
    struct hm_stored_run *runs = NULL;
    size_t count = 0;
    uint64_t next = author->origin.seq + 1;
    enum hm_status status =
        hm_store_runs(author->store, author->origin.row, author->origin.seq,
                      author->origin.seq, &runs, &count, &author->arena, err);
    author->run_seq = 0;
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        if (next - runs[i].seq < HM_RUN_CHANGES_MAX) {
            author->run_seq = runs[i].seq;
            memcpy(author->seed, runs[i].seed, HM_SALT_SIZE);
        }
    }
    return status;
}

static enum hm_status begin_run(struct hm_author *author, struct hm_err *err)
{
    uint64_t next = author->origin.seq + 1;
    if (author->run_seq > 0 && next - author->run_seq < HM_RUN_CHANGES_MAX) {
        return HM_OK;
    }
    enum hm_status status =
        hm_env_random(hm_store_env(author->store), author->seed, HM_SALT_SIZE, err);
    if (status == HM_OK) {
        status =
            hm_store_run_put(author->store, author->origin.row, next, author->seed, err);
        author->run_seq = next;
    }
    return status;
}

enum hm_status hm_author_begin(struct hm_author *author, struct hm_err *err)
{
    int64_t epoch = 0;
    enum hm_status status = hm_store_begin(author->store, err);
    if (status != HM_OK) {
        return status;
    }
    author->pending_count = 0;
    hm_author_forget_warnings(author);
    author->bulk = (struct hm_id){{0}};
    hm_author_saw(author, NULL, 0);
    author->known_home = HM_NO_BYTES;
    author->open_home = HM_NO_BYTES;
    status = hm_store_meta_get_int(author->store, HM_META_EPOCH, 0, &epoch, err);
    if (status == HM_OK) {
        status = hm_store_origin_get(author->store, &author->device, (uint32_t)epoch,
                                     true, &author->origin, err);
    }
    if (status == HM_OK) {
        status = find_run(author, err);
    }
    if (status != HM_OK) {
        hm_author_rollback(author);
    }
    return status;
}

enum hm_status hm_author_flush(struct hm_author *author, struct hm_err *err)
{
    uint64_t first_seq = author->origin.seq - author->pending_count + 1;
    size_t count = author->pending_count;
    if (count == 0) {
        author->known_home = HM_NO_BYTES;
        author->open_home = HM_NO_BYTES;
        hm_arena_clear(&author->arena); /* of acts that were left out */
        return HM_OK;
    }
    struct hm_wall now = hm_env_wall(hm_store_env(author->store));
    enum hm_status status = hm_store_changes_put(author->store, author->pending, count,
                                                 now, &author->arena, err);
    if (status == HM_OK) {
        status = hm_store_envelopes_put(author->store, author->origin.row, first_seq,
                                        author->pending[0].row, count, err);
    }
    if (status == HM_OK && author->secret != NULL) {
        status = hm_author_accept(author, first_seq, err);
    }
    if (status == HM_OK) {
        status = hm_store_origin_put(author->store, &author->origin, err);
    }
    author->pending_count = 0;
    author->known_home = HM_NO_BYTES;
    author->open_home = HM_NO_BYTES;
    hm_arena_clear(&author->arena);
    return status;
}

enum hm_status hm_author_commit(struct hm_author *author, struct hm_err *err)
{
    enum hm_status status = hm_author_flush(author, err);
    if (status == HM_OK) {
        status = hm_store_commit(author->store, err);
    }
    if (status != HM_OK) {
        hm_author_rollback(author);
    }
    return status;
}

void hm_author_rollback(struct hm_author *author)
{
    author->pending_count = 0;
    hm_arena_clear(&author->arena);
    hm_store_rollback(author->store);
}

enum hm_status hm_author_bulk(struct hm_author *author,
                              struct hm_id *bulk,
                              struct hm_err *err)
{
    enum hm_status status =
        hm_env_random(hm_store_env(author->store), author->bulk.at, HM_ID_SIZE, err);
    *bulk = author->bulk;
    return status;
}

/* As what the author writes there: hm_author_scope may have found another role. */
static struct hm_bytes role_in(const struct hm_author *author, struct hm_bytes home)
{
    bool acting = author->acting.size > 0 && hm_bytes_equal(home, author->known_home);
    return acting ? author->acting : author->role;
}

enum hm_status hm_author_draft(struct hm_author *author,
                               struct hm_change **change,
                               enum hm_act act,
                               struct hm_bytes kind,
                               int64_t version,
                               struct hm_bytes home,
                               struct hm_err *err)
{
    struct hm_change *made = hm_arena_get(&author->arena, sizeof(*made));
    if (made == NULL) {
        return hm_arena_status(&author->arena, err);
    }
    *made = (struct hm_change){.district = author->district,
                               .device = author->device,
                               .user = author->user,
                               .bulk = author->bulk,
                               .role = role_in(author, home),
                               .home = hm_arena_copy(&author->arena, home),
                               .kind = hm_arena_copy(&author->arena, kind),
                               .kind_version = (uint32_t)version,
                               .act = act,
                               .time = hm_env_wall(hm_store_env(author->store)),
                               .has_key = true};
    *change = made;
    return hm_arena_status(&author->arena, err);
}

enum hm_status hm_author_room(struct hm_author *author,
                              struct hm_change *change,
                              size_t writes,
                              struct hm_err *err)
{
    change->writes = hm_arena_get_array(&author->arena, writes, sizeof(*change->writes));
    return hm_arena_status(&author->arena, err);
}

enum hm_status hm_author_write(struct hm_author *author,
                               struct hm_change *change,
                               const struct hm_loaded *loaded,
                               struct hm_bytes reg,
                               struct hm_bytes value,
                               struct hm_err *err)
{
    const struct hm_register *known =
        loaded == NULL ? NULL : hm_merged_register(&loaded->merged, reg);
    struct hm_write *write = &change->writes[change->write_count++];
    *write = (struct hm_write){.reg = hm_arena_copy(&author->arena, reg),
                               .value = hm_arena_copy(&author->arena, value),
                               .depth = 1};
    if (known == NULL) {
        return hm_arena_status(&author->arena, err);
    }
    hm_prefix *replaces =
        hm_arena_get_array(&author->arena, known->head_count, sizeof(*replaces));
    for (size_t i = 0; replaces != NULL && i < known->head_count; i++) {
        const struct hm_head *head = &known->heads[i];
        replaces[i] = hm_prefix_of(&loaded->known[head->known].change->id);
        /* Whoever wrote the greatest depth there is must not end the register. */
        if (head->write->depth >= write->depth && write->depth < UINT32_MAX) {
            write->depth =
                head->write->depth == UINT32_MAX ? UINT32_MAX : head->write->depth + 1;
        }
    }
    if (replaces != NULL) {
        size_t count = hm_prefixes_sort(replaces, known->head_count);
        /* Of a storm of heads as many as a write may name; the next one names the rest.
         */
        write->replaces_count =
            (uint32_t)(count < HM_REPLACES_MAX ? count : HM_REPLACES_MAX);
        write->replaces = replaces;
    }
    return hm_arena_status(&author->arena, err);
}

enum hm_status hm_author_live(struct hm_author *author,
                              struct hm_change *change,
                              const struct hm_loaded *loaded,
                              bool alive,
                              struct hm_err *err)
{
    return hm_author_write(author, change, loaded, hm_text(HM_REGISTER_LIVE),
                           hm_text(alive ? "t" : "f"), err);
}

enum hm_status hm_author_why(struct hm_author *author,
                             struct hm_change *change,
                             struct hm_bytes reason,
                             struct hm_err *err)
{
    struct hm_buf text;
    struct hm_buf value;
    hm_buf_init(&text, HM_VALUE_BYTES_MAX);
    hm_buf_init(&value, HM_VALUE_BYTES_MAX);
    enum hm_status status = hm_text_normal(&text, reason, true, err);
    if (status == HM_OK && text.size > 0) {
        hm_value_put_text(&value, hm_buf_bytes(&text));
        status = hm_buf_status(&value, err);
        if (status == HM_OK) {
            status = hm_author_write(author, change, NULL, hm_text(HM_REGISTER_WHY),
                                     hm_buf_bytes(&value), err);
        }
    }
    hm_buf_fini(&value);
    hm_buf_fini(&text);
    return status;
}

enum hm_status hm_author_seen(struct hm_author *author,
                              struct hm_change *change,
                              const struct hm_loaded *loaded,
                              struct hm_err *err)
{
    size_t room = 0;
    size_t count = 0;
    for (size_t i = 0; i < loaded->merged.register_count; i++) {
        room += loaded->merged.registers[i].head_count;
    }
    hm_prefix *seen = hm_arena_get_array(&author->arena, room, sizeof(*seen));
    for (size_t i = 0; seen != NULL && i < loaded->merged.register_count; i++) {
        const struct hm_register *reg = &loaded->merged.registers[i];
        if (hm_bytes_are(reg->name, HM_REGISTER_LIVE)) {
            continue;
        }
        for (size_t h = 0; h < reg->head_count; h++) {
            seen[count++] = hm_prefix_of(&loaded->known[reg->heads[h].known].change->id);
        }
    }
    if (seen != NULL) {
        change->seen_count = hm_prefixes_sort(seen, count);
        change->seen = seen;
    }
    if (change->seen_count >
        HM_REPLACES_MAX) { /* what is not named would not be deleted */
        return hm_fail(err, HM_TOO_BIG, "too-big", NULL, NULL, NULL);
    }
    return hm_arena_status(&author->arena, err);
}

static int by_register(const void *a, const void *b)
{
    return hm_bytes_compare(((const struct hm_write *)a)->reg,
                            ((const struct hm_write *)b)->reg);
}

enum hm_status hm_author_take(struct hm_author *author,
                              struct hm_change *change,
                              struct hm_err *err)
{
    if (author->secret == NULL && hm_bytes_are(change->home, HM_HOME_REGISTRY)) {
        /* A server takes no page of it: all that is written after it would stay here. */
        return hm_fail(err, HM_DENIED, "registry-server", NULL, NULL, NULL);
    }
    enum hm_status status = begin_run(author, err);
    if (status != HM_OK) {
        return status;
    }
    if (change->write_count > 1) {
        qsort(change->writes, change->write_count, sizeof(*change->writes), by_register);
    }
    hm_change_key(change->key, author->seed,
                  (uint32_t)(author->origin.seq + 1 - author->run_seq));
    status = hm_change_seal(change, &author->scratch, err);
    if (status != HM_OK) {
        return status;
    }
    HM_ASSERT(hm_change_valid(change));
    author->origin.seq++;
    hm_chain_next(&author->origin.head, &change->id);
    author->pending[author->pending_count++] = (struct hm_put){.change = change};
    return HM_OK;
}

/*
 * Where not even the own unit is known the registry has not come yet: nothing can be said
 * of other units but that they are not in reach.
 */
static enum hm_status fail_unknown(struct hm_author *author,
                                   const char *code,
                                   struct hm_err *err)
{
    bool registry = false;
    enum hm_status status =
        hm_store_unit_known(author->store, author->unit, &registry, err);
    if (status != HM_OK) {
        return status;
    }
    return registry ? hm_fail(err, HM_BAD_INPUT, "unit-unknown", code, NULL, NULL)
                    : hm_fail(err, HM_DENIED, "unit-scope", code, NULL, NULL);
}

/*
 * The own unit is in reach before the registry has come for the first time, until that
 * says that the permit ended.
 */
static enum hm_status check_own(struct hm_author *author,
                                struct hm_bytes home,
                                const char *code,
                                struct hm_err *err)
{
    bool gone = false;
    enum hm_status status = hm_store_permit_gone(
        author->store, &author->device, &author->user, author->role, home, &gone, err);
    if (status == HM_OK && gone) {
        status = hm_fail(err, HM_DENIED, "permit-ended", code, NULL, NULL);
    }
    if (status == HM_OK) {
        author->acting = HM_NO_BYTES;
        author->known_home = hm_arena_copy(&author->arena, home);
        status = hm_arena_status(&author->arena, err);
    }
    return status;
}

/* Whether `unit`, in whose reach `code` lies, is in that of the own role or another. */
static enum hm_status check_permit(struct hm_author *author,
                                   struct hm_bytes unit,
                                   const char *code,
                                   struct hm_err *err)
{
    bool permitted = false;
    author->acting = HM_NO_BYTES;
    enum hm_status status =
        hm_store_permitted(author->store, &author->device, &author->user, author->role,
                           unit, &permitted, err);
    if (status == HM_OK && !permitted) {
        status = hm_store_role_over(author->store, &author->device, &author->user, unit,
                                    &author->acting, err);
        permitted = author->acting.size > 0;
    }
    return status == HM_OK && !permitted
               ? hm_fail(err, HM_DENIED, "unit-scope", code, NULL, NULL)
               : status;
}

enum hm_status hm_author_scope(struct hm_author *author,
                               struct hm_bytes home,
                               struct hm_err *err)
{
    char code[HM_ERR_ARG_MAX];
    bool known = false;
    if (author->known_home.size > 0 && hm_bytes_equal(home, author->known_home)) {
        return HM_OK;
    }
    hm_author_argument(code, home);
    if (hm_bytes_equal(home, author->unit)) {
        return check_own(author, home, code, err);
    }
    author->known_home = HM_NO_BYTES; /* with its role, which is another one's here */
    enum hm_status status = hm_store_unit_known(author->store, home, &known, err);
    if (status == HM_OK && !known) {
        status = fail_unknown(author, code, err);
    }
    if (status == HM_OK) {
        status = check_permit(author, home, code, err);
    }
    if (status == HM_OK) {
        author->known_home = hm_arena_copy(&author->arena, home);
    }
    return status;
}

enum hm_status hm_author_scope_known(struct hm_author *author,
                                     struct hm_bytes home,
                                     struct hm_err *err)
{
    char code[HM_ERR_ARG_MAX];
    bool known = author->secret == NULL || hm_bytes_equal(home, author->unit);
    enum hm_status status =
        known ? HM_OK : hm_store_unit_known(author->store, home, &known, err);
    if (status != HM_OK || known) {
        return status == HM_OK ? hm_author_scope(author, home, err) : status;
    }
    hm_author_argument(code, home);
    status = check_permit(author, author->unit, code, err);
    if (status == HM_OK) {
        author->known_home = hm_arena_copy(&author->arena, home);
    }
    return status;
}

/* A server must be able to settle what others filled a record with. */
static enum hm_status check_room(const struct hm_author *author,
                                 const struct hm_change *change,
                                 const struct hm_loaded *loaded,
                                 struct hm_err *err)
{
    char record[HM_HEX16_SIZE];
    if (author->secret != NULL || loaded == NULL ||
        loaded->weight + hm_change_weight(change) <= HM_RECORD_WEIGHT_MAX) {
        return HM_OK;
    }
    hm_hex_put(record, hm_id_bytes(&loaded->id));
    return hm_fail(err, HM_TOO_BIG, "record-full", record, NULL, NULL);
}

/* What waits to be put is not in the store yet. */
static bool wrote_pending(const struct hm_author *author,
                          const struct hm_id *others,
                          size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < author->pending_count; k++) {
            if (hm_id_equal(&author->pending[k].change->record, &others[i])) {
                return true;
            }
        }
    }
    return false;
}

static enum hm_status check_separate(const struct hm_author *author,
                                     const struct hm_kind *kind,
                                     const struct hm_change *change,
                                     const struct hm_loaded *loaded,
                                     struct hm_err *err)
{
    struct hm_id others[HM_SEPARATE_MAX];
    char what[2 * HM_ERR_ARG_MAX];
    bool create = change->act == HM_ACT_CREATE;
    const struct hm_key_field *key = create ? change->key_fields : loaded->key;
    size_t key_count = create ? change->key_field_count : loaded->key_count;
    bool same = false;
    if (kind->separate == NULL || !hm_separate_act(change->act)) {
        return HM_OK;
    }
    enum hm_status status =
        hm_store_same_person(author->store, kind, change, key, key_count, &same, err);
    same = same ||
           wrote_pending(author, others,
                         hm_separate_ids(kind, change->home, key, key_count, others));
    if (status != HM_OK || !same) {
        return status;
    }
    (void)snprintf(what, sizeof(what), "%s.%s", kind->name, kind->separate->name);
    return hm_fail(err, HM_DENIED, "same-person", what, NULL, NULL);
}

enum hm_status hm_author_judge(struct hm_author *author,
                               const struct hm_kind *kind,
                               const struct hm_change *change,
                               const struct hm_loaded *loaded,
                               struct hm_err *err)
{
    char name[HM_ERR_ARG_MAX];
    char what[2 * HM_ERR_ARG_MAX];
    struct hm_bytes where = HM_NO_BYTES;
    enum hm_reason reason =
        change->act == HM_ACT_CREATE
            ? hm_kind_judge(kind, change, change->key_fields, change->key_field_count,
                            &where)
            : hm_kind_judge(kind, change, loaded->key, loaded->key_count, &where);
    hm_author_argument(name, where);
    switch (reason) {
    case HM_REASON_NONE: {
        enum hm_status status = check_separate(author, kind, change, loaded, err);
        return status != HM_OK ? status : check_room(author, change, loaded, err);
    }
    case HM_REASON_ROLE:
        (void)snprintf(what, sizeof(what), "%s%s%s", kind->name,
                       name[0] == '\0' ? "" : ".", name);
        return hm_fail(err, HM_DENIED, "role-denied", hm_act_name(change->act), what,
                       NULL);
    case HM_REASON_MISSING:
        return hm_fail(err, HM_BAD_INPUT, "field-required", name, NULL, NULL);
    default:
        return hm_fail(err, HM_BAD_INPUT, "change-refused", hm_reason_name(reason), name,
                       NULL);
    }
}
