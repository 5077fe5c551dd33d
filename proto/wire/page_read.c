/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "hamlet/base/limits.h"
#include "hamlet/model/value.h"
#include "page_reader.h"

static bool same_names(const struct hm_json *a, const struct hm_json *b)
{
    const struct hm_json *x = hm_json_first(a);
    const struct hm_json *y = hm_json_first(b);
    while (x != NULL && y != NULL &&
           hm_bytes_equal(hm_json_text_or(x, HM_NO_BYTES),
                          hm_json_text_or(y, HM_NO_BYTES))) {
        x = hm_json_next(x);
        y = hm_json_next(y);
    }
    return x == NULL && y == NULL;
}

/* A version of a kind has one natural key: a writer has one row of the table for it. */
static bool key_fits(const struct hm_page_reader *r, const struct hm_page_kind *kind)
{
    for (size_t i = 0; i < r->kind_count; i++) {
        const struct hm_page_kind *other = &r->kinds[i];
        if (other->version == kind->version && hm_bytes_equal(other->name, kind->name) &&
            !same_names(other->keys, kind->keys)) {
            return false;
        }
    }
    return true;
}

static enum hm_status read_kinds(struct hm_page_reader *r, const struct hm_json *kinds)
{
    for (const struct hm_json *at = hm_json_first(kinds); at != NULL;
         at = hm_json_next(at)) {
        const struct hm_json *name = hm_json_at(at, 0);
        int64_t version = hm_json_int_or(hm_json_at(at, 1), -1);
        if (r->kind_count == HM_PAGE_KINDS_MAX || !hm_json_is(name, HM_JSON_TEXT) ||
            version < 0 || version > UINT32_MAX ||
            !hm_json_is(hm_json_at(at, 2), HM_JSON_LIST) ||
            !hm_json_is(hm_json_at(at, 3), HM_JSON_LIST)) {
            return hm_page_refuse(r, "kinds");
        }
        struct hm_page_kind kind = {hm_json_text_or(name, HM_NO_BYTES), (uint32_t)version,
                                    hm_json_at(at, 2), hm_json_at(at, 3)};
        if (!key_fits(r, &kind)) {
            return hm_page_refuse(r, "kinds");
        }
        r->kinds[r->kind_count++] = kind;
    }
    return HM_OK;
}

/* Base64url of some number of 16-byte pieces. */
static enum hm_status read_pieces(struct hm_page_reader *r,
                                  const struct hm_json *json,
                                  const uint8_t **pieces,
                                  size_t *count)
{
    struct hm_bytes text = hm_json_text_or(json, HM_NO_BYTES);
    size_t size = text.size / 4 * 3 + (text.size % 4 == 0 ? 0 : text.size % 4 - 1);
    uint8_t *to = hm_arena_get(r->arena, size);
    if (to == NULL) {
        return hm_arena_status(r->arena, r->err);
    }
    if (size % HM_SALT_SIZE != 0 || !hm_b64_get(to, size, text)) {
        return hm_page_refuse(r, "keys");
    }
    *pieces = to;
    *count = size / HM_SALT_SIZE;
    return HM_OK;
}

static enum hm_status read_run(struct hm_page_reader *r, const struct hm_json *run)
{
    int64_t index = hm_json_int_or(hm_json_at(run, 1), -1);
    if (!hm_json_b64_get(r->seed, HM_SALT_SIZE, hm_json_at(run, 0)) || index < 0 ||
        index >= HM_RUN_CHANGES_MAX) {
        return hm_page_refuse(r, "run");
    }
    r->in_run = true;
    r->run_index = (uint64_t)index;
    return HM_OK;
}

static enum hm_status read_context(struct hm_page_reader *r, const struct hm_json *line)
{
    const struct hm_json *by = hm_json_get(line, "by");
    const struct hm_json *at = hm_json_get(line, "at");
    const struct hm_json *bulk = hm_json_get(line, "bulk");
    const struct hm_json *run = hm_json_get(line, "run");
    const struct hm_json *keys = hm_json_get(line, "keys");
    enum hm_status status = read_kinds(r, hm_json_get(line, "kinds"));
    if (status == HM_OK && by != NULL) {
        r->role = hm_json_text_or(hm_json_at(by, 1), HM_NO_BYTES);
        if (!hm_json_b64_get(r->user.at, HM_ID_SIZE, hm_json_at(by, 0)) ||
            r->role.size == 0) {
            status = hm_page_refuse(r, "by");
        }
    }
    if (bulk != NULL) {
        r->bulk = (struct hm_id){{0}};
        if (!hm_json_is(bulk, HM_JSON_INTEGER) &&
            !hm_json_b64_get(r->bulk.at, HM_ID_SIZE, bulk)) {
            status = hm_page_refuse(r, "bulk");
        }
    }
    r->time_ms = hm_json_int_or(at, r->time_ms);
    if (status == HM_OK && run != NULL) {
        status = read_run(r, run);
    }
    if (status == HM_OK && keys != NULL) {
        r->in_run = false;
        status = read_pieces(r, keys, &r->keys, &r->keys_left);
    }
    return status;
}

static struct hm_bytes reg_name(const struct hm_json *reg)
{
    return hm_json_text_or(hm_json_is(reg, HM_JSON_LIST) ? hm_json_first(reg) : reg,
                           HM_NO_BYTES);
}

static struct hm_bytes reserved_name(int64_t index)
{
    switch (index) {
    case HM_INDEX_LIVE:
        return hm_text(HM_REGISTER_LIVE);
    case HM_INDEX_WHY:
        return hm_text(HM_REGISTER_WHY);
    case HM_INDEX_ALIAS:
        return hm_text(HM_REGISTER_ALIAS);
    default:
        return HM_NO_BYTES;
    }
}

/* A row's writes while they are read; room for HM_CHANGE_WRITES_MAX. */
struct writes {
    struct hm_write *at;
    size_t count;
};

static enum hm_status add_write(struct hm_page_reader *r,
                                struct writes *writes,
                                struct hm_bytes name,
                                const struct hm_json *reg,
                                const struct hm_json *json)
{
    if (writes->count == HM_CHANGE_WRITES_MAX || name.size == 0) {
        return hm_page_refuse(r, "register");
    }
    struct hm_write *write = &writes->at[writes->count++];
    *write = (struct hm_write){.reg = name, .depth = 1};
    return hm_page_read_write(r, write, reg, json);
}

/* Pairs of index and value: of an act other than create, or further ones of a create. */
static enum hm_status read_pairs(struct hm_page_reader *r,
                                 const struct hm_page_kind *kind,
                                 const struct hm_json *at,
                                 struct writes *writes)
{
    enum hm_status status = HM_OK;
    while (at != NULL && status == HM_OK) {
        int64_t index = hm_json_int_or(at, INT64_MAX);
        const struct hm_json *value = hm_json_next(at);
        const struct hm_json *reg = index >= 0 && index < (int64_t)HM_CHANGE_WRITES_MAX
                                        ? hm_json_at(kind->regs, (size_t)index)
                                        : NULL;
        struct hm_bytes name = index < 0 ? reserved_name(index) : reg_name(reg);
        status = add_write(r, writes, name, reg, value);
        at = value == NULL ? NULL : hm_json_next(value);
    }
    return status;
}

static void imply_live(struct writes *writes, bool alive)
{
    static const uint8_t said[2] = {'f', 't'};
    for (size_t i = 0; i < writes->count; i++) {
        if (hm_bytes_are(writes->at[i].reg, HM_REGISTER_LIVE)) {
            return;
        }
    }
    writes->at[writes->count++] = (struct hm_write){
        .reg = hm_text(HM_REGISTER_LIVE), .value = {said + alive, 1}, .depth = 1};
}

static enum hm_status read_create(struct hm_page_reader *r,
                                  const struct hm_page_kind *kind,
                                  const struct hm_json *at,
                                  const struct hm_json *extras,
                                  struct hm_change *change,
                                  struct writes *writes)
{
    size_t key_count = hm_json_count(kind->keys);
    struct hm_key_field *keys = hm_arena_get_array(r->arena, key_count, sizeof(*keys));
    const struct hm_json *name = hm_json_first(kind->keys);
    enum hm_status status = hm_arena_status(r->arena, r->err);
    if (status == HM_OK) { /* first, as in the text: the tail goes by that order */
        status = read_pairs(r, kind, hm_json_first(hm_json_get(extras, "w")), writes);
    }
    for (size_t i = 0; i < key_count && status == HM_OK; i++) {
        struct hm_write value = {.depth = 1};
        status = hm_page_read_write(r, &value, NULL, at);
        if (status == HM_OK) {
            keys[i] =
                (struct hm_key_field){hm_json_text_or(name, HM_NO_BYTES), value.value};
            at = hm_json_next(at);
            name = hm_json_next(name);
        }
    }
    change->key_fields = keys;
    change->key_field_count = key_count;
    change->record_is_own = key_count == 0;
    if (status == HM_OK && key_count > 0) {
        hm_record_id(&change->record, change->home, change->kind, keys, key_count);
    }
    for (const struct hm_json *reg = hm_json_first(kind->regs);
         at != NULL && status == HM_OK; reg = hm_json_next(reg), at = hm_json_next(at)) {
        if (reg == NULL) {
            return hm_page_refuse(r, "values");
        }
        if (!hm_json_is(at, HM_JSON_OBJECT) || hm_json_count(at) > 0) {
            status = add_write(r, writes, reg_name(reg), reg, at);
        }
    }
    imply_live(writes, true);
    return status;
}

static const struct hm_needed *look_up(const struct hm_page_reader *r,
                                       const struct hm_needed *key)
{
    const struct hm_page_draft *draft = r->draft;
    const struct hm_needed *found = draft->need_count == 0
                                        ? NULL
                                        : bsearch(key, draft->needs, draft->need_count,
                                                  sizeof(*key), hm_needed_compare);
    return found != NULL && found->found ? found : NULL;
}

/* The change that a reference means, and the record of that change. */
static enum hm_status resolve(struct hm_page_reader *r,
                              const struct hm_json *reference,
                              uint64_t seq,
                              struct hm_id *change,
                              struct hm_id *record)
{
    struct hm_needed key;
    if (hm_page_needs(&key, &r->draft->header, seq, reference)) {
        const struct hm_needed *found = look_up(r, &key);
        if (found == NULL) {
            return hm_page_refuse(r, "reference");
        }
        *change = found->change;
        *record = found->record;
        return HM_OK;
    }
    if (key.seq < r->page->seq || key.seq >= seq) {
        return hm_page_refuse(r, "reference");
    }
    *change = r->page->changes[key.seq - r->page->seq].id;
    *record = r->page->changes[key.seq - r->page->seq].record;
    return HM_OK;
}

static enum hm_status resolve_prefix(struct hm_page_reader *r,
                                     const struct hm_json *reference,
                                     uint64_t seq,
                                     hm_prefix *prefix)
{
    struct hm_id change;
    struct hm_id record;
    uint8_t at[HM_PREFIX_SIZE];
    if (hm_json_is(reference, HM_JSON_TEXT)) {
        if (!hm_json_b64_get(at, HM_PREFIX_SIZE, reference)) {
            return hm_page_refuse(r, "prefix");
        }
        *prefix = hm_prefix_from(at);
        return HM_OK;
    }
    enum hm_status status = resolve(r, reference, seq, &change, &record);
    *prefix = status == HM_OK ? hm_prefix_of(&change) : 0;
    return status;
}

static enum hm_status read_prefixes(struct hm_page_reader *r,
                                    const struct hm_json *at,
                                    size_t room,
                                    uint64_t seq,
                                    const hm_prefix **prefixes,
                                    size_t *count)
{
    hm_prefix *to = hm_arena_get_array(r->arena, room, sizeof(*to));
    enum hm_status status = hm_arena_status(r->arena, r->err);
    size_t n = 0;
    for (; at != NULL && status == HM_OK; at = hm_json_next(at)) {
        status = resolve_prefix(r, at, seq, &to[n++]);
    }
    if (status == HM_OK) {
        *count = hm_prefixes_sort(to, n);
        *prefixes = to;
    }
    return status;
}

static int by_register(const void *a, const void *b)
{
    return hm_bytes_compare(((const struct hm_write *)a)->reg,
                            ((const struct hm_write *)b)->reg);
}

/* What each write replaces: by default, or as the row says. */
static enum hm_status read_replaces(struct hm_page_reader *r,
                                    const struct hm_json *list,
                                    uint64_t seq,
                                    const hm_prefix *subject,
                                    struct hm_change *change)
{
    const struct hm_json *item = hm_json_first(list);
    enum hm_status status = HM_OK;
    for (size_t i = 0; i < change->write_count && status == HM_OK; i++) {
        struct hm_write *write = &change->writes[i];
        if (hm_json_is(item, HM_JSON_LIST)) {
            int64_t depth = hm_json_int_or(hm_json_first(item), 0);
            size_t count = 0;
            if (depth < 1 || depth > UINT32_MAX) {
                return hm_page_refuse(r, "depth");
            }
            write->depth = (uint32_t)depth;
            status = read_prefixes(r, hm_json_next(hm_json_first(item)),
                                   hm_json_count(item), seq, &write->replaces, &count);
            write->replaces_count = (uint32_t)count;
        } else if (subject != NULL && !hm_bytes_are(write->reg, HM_REGISTER_WHY)) {
            write->replaces = subject;
            write->replaces_count = 1;
            write->depth = 2;
        }
        item = item == NULL ? NULL : hm_json_next(item);
    }
    return status;
}

/* The record of a row that is no create; *subject: the change it is named by, if any. */
static enum hm_status read_subject(struct hm_page_reader *r,
                                   const struct hm_json *reference,
                                   uint64_t seq,
                                   struct hm_change *change,
                                   const hm_prefix **subject)
{
    struct hm_id id;
    bool none =
        hm_json_is(reference, HM_JSON_INTEGER) && hm_json_int_or(reference, 1) == 0;
    *subject = NULL;
    if (none || change->act == HM_ACT_WITHDRAW) { /* each only with the other */
        return none && change->act == HM_ACT_WITHDRAW ? HM_OK
                                                      : hm_page_refuse(r, "record");
    }
    if (hm_json_is(reference, HM_JSON_TEXT)) {
        return hm_json_b64_get(change->record.at, HM_ID_SIZE, reference)
                   ? HM_OK
                   : hm_page_refuse(r, "record");
    }
    enum hm_status status = resolve(r, reference, seq, &id, &change->record);
    if (status != HM_OK) {
        return status;
    }
    hm_prefix *prefix = hm_arena_get(r->arena, sizeof(*prefix));
    if (prefix == NULL) {
        return hm_arena_status(r->arena, r->err);
    }
    *prefix = hm_prefix_of(&id);
    *subject = prefix;
    return HM_OK;
}

static enum hm_status read_names(struct hm_page_reader *r,
                                 const struct hm_json *list,
                                 struct hm_change *change)
{
    size_t count = hm_json_count(list);
    struct hm_id *names = hm_arena_get_array(r->arena, count, sizeof(*names));
    size_t n = 0;
    if (names == NULL) {
        return hm_arena_status(r->arena, r->err);
    }
    for (const struct hm_json *at = hm_json_first(list); at != NULL;
         at = hm_json_next(at)) {
        if (!hm_json_b64_get(names[n++].at, HM_ID_SIZE, at)) {
            return hm_page_refuse(r, "names");
        }
    }
    change->names = names;
    change->name_count = n;
    return HM_OK;
}

/* Where the change's salts come from: its row, the run, or the next key. */
static enum hm_status read_key(struct hm_page_reader *r,
                               const struct hm_json *salts,
                               struct hm_change *change)
{
    const uint8_t *pieces = NULL;
    size_t count = 0;
    size_t present = 0;
    bool withheld = false;
    for (size_t i = 0; i < change->write_count; i++) {
        withheld = withheld || change->writes[i].value.size == 0;
        present += change->writes[i].value.size > 0;
    }
    uint64_t index = r->run_index;
    r->run_index += r->in_run;
    if (!withheld && salts == NULL) {
        change->has_key = true;
        if (r->in_run && index < HM_RUN_CHANGES_MAX) {
            hm_change_key(change->key, r->seed, (uint32_t)index);
            return HM_OK;
        }
        if (r->in_run || r->keys_left == 0) {
            return hm_page_refuse(r, "key");
        }
        memcpy(change->key, r->keys, HM_SALT_SIZE);
        r->keys += HM_SALT_SIZE;
        r->keys_left--;
        return HM_OK;
    }
    enum hm_status status =
        salts == NULL ? HM_OK : read_pieces(r, salts, &pieces, &count);
    if (status == HM_OK && count != present) {
        status = hm_page_refuse(r, "salts");
    }
    for (size_t i = 0; i < change->write_count && status == HM_OK; i++) {
        if (change->writes[i].value.size > 0 && pieces != NULL) {
            memcpy(change->writes[i].salt, pieces, HM_SALT_SIZE);
            pieces += HM_SALT_SIZE;
        }
    }
    return status;
}

static enum hm_status finish_row(struct hm_page_reader *r,
                                 const struct hm_json *extras,
                                 uint64_t seq,
                                 const hm_prefix *subject,
                                 struct hm_change *change,
                                 const struct writes *writes)
{
    qsort(writes->at, writes->count, sizeof(*writes->at), by_register);
    change->write_count = writes->count;
    change->writes = hm_arena_get_array(r->arena, writes->count, sizeof(*change->writes));
    if (change->writes == NULL) {
        return hm_arena_status(r->arena, r->err);
    }
    memcpy(change->writes, writes->at, writes->count * sizeof(*writes->at));
    enum hm_status status =
        read_replaces(r, hm_json_get(extras, "r"), seq, subject, change);
    const struct hm_json *seen = hm_json_get(extras, "seen");
    if (status == HM_OK && seen != NULL) {
        status = read_prefixes(r, hm_json_first(seen), hm_json_count(seen), seq,
                               &change->seen, &change->seen_count);
    }
    if (status == HM_OK) {
        status = read_names(r, hm_json_get(extras, "names"), change);
    }
    if (status == HM_OK) {
        status = read_key(r, hm_json_get(extras, "salts"), change);
    }
    if (status == HM_OK && !hm_change_valid(change)) {
        status = hm_page_refuse(r, "change");
    }
    return status != HM_OK ? status : hm_change_seal(change, &r->scratch, r->err);
}

static enum hm_status read_row(struct hm_page_reader *r,
                               const struct hm_json *row,
                               uint64_t seq,
                               struct hm_write *room)
{
    struct hm_change *change = &r->page->changes[seq - r->page->seq];
    struct writes writes = {.at = room};
    int64_t first = hm_json_int_or(hm_json_first(row), -1);
    const struct hm_json *dt = hm_json_at(row, 1);
    const struct hm_json *extras = hm_json_at(dt, 1);
    const struct hm_json *third = hm_json_at(row, 2);
    const hm_prefix *subject = NULL;
    if (first < 0 || first / HM_ACTS_A_KIND >= (int64_t)r->kind_count ||
        first % HM_ACTS_A_KIND >= HM_ACT_COUNT || dt == NULL || r->role.size == 0) {
        return hm_page_refuse(r, "row");
    }
    const struct hm_page_kind *kind = &r->kinds[first / HM_ACTS_A_KIND];
    r->time_ms += hm_json_int_or(extras == NULL ? dt : hm_json_first(dt), 0);
    *change = (struct hm_change){.district = *r->district,
                                 .device = r->page->device,
                                 .user = r->user,
                                 .bulk = r->bulk,
                                 .role = r->role,
                                 .home = r->page->home,
                                 .kind = kind->name,
                                 .kind_version = kind->version,
                                 .act = (enum hm_act)(first % HM_ACTS_A_KIND),
                                 .time = {r->time_ms}};
    enum hm_status status = HM_OK;
    if (change->act == HM_ACT_CREATE) {
        status = read_create(r, kind, third, extras, change, &writes);
    } else {
        status = third == NULL ? hm_page_refuse(r, "record")
                               : read_subject(r, third, seq, change, &subject);
        if (status == HM_OK) {
            status = read_pairs(r, kind, hm_json_next(third), &writes);
        }
        if (status == HM_OK && change->act == HM_ACT_DELETE) {
            imply_live(&writes, false);
        }
    }
    return status != HM_OK ? status
                           : finish_row(r, extras, seq, subject, change, &writes);
}

static enum hm_status read_lines(struct hm_page_reader *r, struct hm_write *room)
{
    uint64_t seq = r->page->seq;
    enum hm_status status = HM_OK;
    for (size_t i = 0; i < r->draft->line_count && status == HM_OK; i++) {
        const struct hm_json *line = r->draft->lines[i];
        if (hm_json_is(line, HM_JSON_LIST)) {
            status = read_row(r, line, seq++, room);
        } else if (hm_json_is(line, HM_JSON_OBJECT)) {
            status = read_context(r, line);
        } else {
            status = hm_page_refuse(r, "line");
        }
    }
    return status;
}

enum hm_status hm_page_draft_expand(struct hm_page_draft *draft,
                                    const struct hm_id *district,
                                    struct hm_page *page,
                                    struct hm_arena *arena,
                                    struct hm_err *err)
{
    struct hm_page made = draft->header;
    struct hm_page_reader r = {.draft = draft,
                               .page = &made,
                               .district = district,
                               .arena = arena,
                               .err = err,
                               .tail = hm_json_first(draft->tail)};
    struct hm_write *room =
        hm_arena_get_array(&draft->arena, HM_CHANGE_WRITES_MAX + 1, sizeof(*room));
    made.changes = hm_arena_get_array(arena, made.count, sizeof(*made.changes));
    if (room == NULL || made.changes == NULL) {
        return hm_fail_memory(err);
    }
    hm_buf_init(&r.scratch, HM_CHANGE_BYTES_MAX);
    enum hm_status status = read_lines(&r, room);
    if (status == HM_OK && r.tail != NULL) {
        status = hm_page_refuse(&r, "tail");
    }
    hm_buf_fini(&r.scratch);
    if (status == HM_OK) {
        hm_page_head(&made);
        *page = made;
    }
    return status;
}
