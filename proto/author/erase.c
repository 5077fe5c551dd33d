/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Erasing: null over all that a record's registers ever held, so that every replica
 * forgets it (PROTOCOL.md 4.2), and the server's list of what was erased.
 */
#include "erasing.h"

#include <stdlib.h>
#include <string.h>

#include "hamlet/model/erase.h"
#include "hamlet/model/value.h"
#include "hamlet/store/erase.h"

static enum hm_status find_register(const struct hm_erasing *e,
                                    struct hm_bytes name,
                                    const struct hm_kind_register **reg,
                                    struct hm_err *err)
{
    const struct hm_kind *kind = e->loaded->kind;
    char text[HM_ERR_ARG_MAX];
    const struct hm_field *field = hm_kind_field(kind, name);
    *reg = hm_kind_register(kind, name);
    hm_author_argument(text, name);
    if (*reg != NULL) {
        return HM_OK;
    }
    if (field == NULL) {
        return hm_fail(err, HM_BAD_INPUT, "field-unknown", text, kind->name, NULL);
    }
    return field->reg == NULL
               ? hm_fail(err, HM_BAD_INPUT, "erase-key", text, NULL, NULL)
               : hm_fail(err, HM_BAD_INPUT, "erase-group", text, field->reg->name, NULL);
}

static enum hm_status name_register(struct hm_erasing *e,
                                    struct hm_bytes name,
                                    struct hm_err *err)
{
    const struct hm_kind_register *reg = NULL;
    char text[HM_ERR_ARG_MAX];
    hm_author_argument(text, name);
    if (hm_bytes_are(name, HM_REGISTER_WHY)) {
        e->reasons = true;
        return HM_OK;
    }
    enum hm_status status = find_register(e, name, &reg, err);
    for (size_t i = 0; i < e->count && status == HM_OK; i++) {
        if (e->at[i] == reg) {
            return hm_fail(err, HM_BAD_INPUT, "field-twice", text, NULL, NULL);
        }
    }
    if (status == HM_OK && !hm_loaded_holds(e->loaded, name)) {
        return hm_fail(err, HM_NOT_FOUND, "erase-nothing", text, NULL, NULL);
    }
    if (status == HM_OK) {
        e->at[e->count++] = reg;
    }
    return status;
}

void hm_erasing_name(struct hm_erasing *e,
                     struct hm_write *write,
                     hm_prefix *prefixes,
                     size_t count)
{
    size_t named = count < e->room ? count : e->room;
    e->room -= named;
    e->more = e->more || named < count;
    write->replaces = prefixes;
    write->replaces_count = (uint32_t)named;
}

/*
 * What the erasure replaces of a register: every write that no other replaces, be it
 * effective or not. A value that was refused or taken back is to be forgotten as well.
 */
static enum hm_status last_writes(struct hm_erasing *e,
                                  struct hm_write *write,
                                  struct hm_err *err)
{
    const struct hm_loaded *loaded = e->loaded;
    struct hm_arena *arena = &e->author->arena;
    size_t room = 0;
    size_t count = 0;
    size_t last = 0;
    for (size_t i = 0; i < loaded->count; i++) {
        const struct hm_write *w = hm_change_write(&loaded->held[i].change, write->reg);
        room += w == NULL ? 0 : w->replaces_count;
    }
    hm_prefix *replaced = hm_arena_get_array(arena, room, sizeof(*replaced));
    hm_prefix *prefixes = hm_arena_get_array(arena, loaded->count, sizeof(*prefixes));
    if (replaced == NULL || prefixes == NULL) {
        return hm_arena_status(arena, err);
    }
    for (size_t i = 0; i < loaded->count; i++) {
        const struct hm_write *w = hm_change_write(&loaded->held[i].change, write->reg);
        for (size_t p = 0; w != NULL && p < w->replaces_count; p++) {
            replaced[count++] = w->replaces[p];
        }
    }
    count = hm_prefixes_sort(replaced, count);
    for (size_t i = 0; i < loaded->count; i++) {
        const struct hm_change *change = &loaded->held[i].change;
        const struct hm_write *w = hm_change_write(change, write->reg);
        if (w == NULL || hm_prefixes_have(replaced, count, hm_prefix_of(&change->id))) {
            continue;
        }
        prefixes[last++] = hm_prefix_of(&change->id);
        if (w->depth >= write->depth) {
            write->depth = w->depth == UINT32_MAX ? UINT32_MAX : w->depth + 1;
        }
    }
    hm_erasing_name(e, write, prefixes, hm_prefixes_sort(prefixes, last));
    return HM_OK;
}

static bool is_hidden(const struct hm_loaded *loaded)
{
    return loaded->merged.deleted || !loaded->merged.there;
}

/*
 * What is not shown stays so: an erasure is no reason to show it, be it again. Where more
 * stands than one change may see, what deleted it goes on to stand beside the erasure.
 */
static enum hm_status stay_hidden(struct hm_erasing *e,
                                  struct hm_change *change,
                                  struct hm_err *err)
{
    const struct hm_merged *merged = &e->loaded->merged;
    size_t heads = 0;
    for (size_t i = 0; i < merged->register_count; i++) {
        heads += merged->registers[i].head_count;
    }
    const struct hm_loaded *seen = heads <= HM_REPLACES_MAX ? e->loaded : NULL;
    enum hm_status status = hm_author_live(e->author, change, seen, false, err);
    return status != HM_OK || seen == NULL ? status
                                           : hm_author_seen(e->author, change, seen, err);
}

static enum hm_status write_all(struct hm_erasing *e,
                                struct hm_change *change,
                                struct hm_bytes reason,
                                struct hm_err *err)
{
    struct hm_author *author = e->author;
    enum hm_status status = HM_OK;
    for (size_t i = 0; i < e->count && e->room > 0 && status == HM_OK; i++) {
        status = hm_author_write(author, change, NULL, hm_text(e->at[i]->name),
                                 hm_text("n"), err);
        if (status == HM_OK) {
            status = last_writes(e, &change->writes[change->write_count - 1], err);
        }
    }
    e->more = e->more || change->write_count < e->count;
    size_t before = change->write_count;
    if (status == HM_OK) {
        status = hm_author_why(author, change, reason, err);
    }
    if (status == HM_OK && change->write_count > before) {
        status = hm_erasing_reasons(e, &change->writes[before], err);
    }
    if (status == HM_OK && e->room == HM_ERASE_NAMES_MAX) {
        return hm_fail(err, HM_NOT_FOUND, "erase-nothing", HM_REGISTER_WHY, NULL, NULL);
    }
    return status != HM_OK || !is_hidden(e->loaded) ? status
                                                    : stay_hidden(e, change, err);
}

/* Whether nothing of the record is left that is not named. */
static bool names_the_rest(const struct hm_erasing *e)
{
    const struct hm_kind *kind = e->loaded->kind;
    size_t held = 0;
    for (size_t i = 0; i < kind->register_count; i++) {
        held += hm_loaded_holds(e->loaded, hm_text(kind->registers[i].name));
    }
    return held == e->count; /* which all do */
}

static enum hm_status name_all(struct hm_erasing *e,
                               const struct hm_bytes *names,
                               size_t count,
                               struct hm_err *err)
{
    const struct hm_kind *kind = e->loaded->kind;
    if (kind->registry) {
        return hm_fail(err, HM_DENIED, "erase-registry", NULL, NULL, NULL);
    }
    e->at =
        hm_arena_get_array(&e->author->arena, count, sizeof(struct hm_kind_register *));
    enum hm_status status = hm_arena_status(&e->author->arena, err);
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        status = name_register(e, names[i], err);
    }
    e->reasons = e->reasons || names_the_rest(e);
    return status;
}

enum hm_status hm_author_erase(struct hm_author *author,
                               const struct hm_id *record,
                               const struct hm_bytes *names,
                               size_t count,
                               struct hm_bytes reason,
                               struct hm_id *id,
                               bool *more,
                               struct hm_err *err)
{
    struct hm_loaded loaded;
    struct hm_erasing e = {
        .author = author, .loaded = &loaded, .room = HM_ERASE_NAMES_MAX};
    struct hm_change *change = NULL;
    enum hm_status status = hm_author_known(author, record, &loaded, err);
    if (status == HM_OK) {
        status = name_all(&e, names, count, err);
    }
    if (status == HM_OK) {
        status = hm_author_draft(author, &change, HM_ACT_ERASE, loaded.kind_name,
                                 loaded.kind->version, loaded.home, err);
    }
    if (status == HM_OK) {
        change->record = loaded.id;
        status = hm_author_room(author, change, e.count + 2, err);
    }
    if (status == HM_OK) {
        status = write_all(&e, change, reason, err);
    }
    if (status == HM_OK) {
        status = hm_author_judge(author, loaded.kind, change, &loaded, err);
    }
    if (status == HM_OK) {
        status = hm_author_take(author, change, err);
        *id = change->id;
        *more = e.more;
    }
    return status;
}

/* ---- the registry's list ---- */

static struct hm_bytes text_value(struct hm_arena *arena, struct hm_bytes text)
{
    struct hm_buf buf;
    hm_buf_init(&buf, HM_VALUE_BYTES_MAX);
    hm_value_put_text(&buf, text);
    struct hm_bytes value = hm_arena_copy(arena, hm_buf_bytes(&buf));
    hm_buf_fini(&buf);
    return value;
}

static int by_prefix(const void *a, const void *b)
{
    hm_prefix x = *(const hm_prefix *)a;
    hm_prefix y = *(const hm_prefix *)b;
    return (x > y) - (x < y);
}

/* All that this write of an erasure reaches among `erased`, and what it names itself. */
static void reach_write(struct hm_write *write,
                        const struct hm_loaded *loaded,
                        const struct hm_erased *erased,
                        size_t count,
                        hm_prefix *prefixes)
{
    size_t n = 0;
    size_t kept = 0;
    for (; n < write->replaces_count; n++) {
        prefixes[n] = write->replaces[n];
    }
    for (size_t i = 0; i < count; i++) {
        const struct hm_change *change = loaded->known[erased[i].known].change;
        if (hm_bytes_equal(change->writes[erased[i].write].reg, write->reg)) {
            prefixes[n++] = hm_prefix_of(&change->id);
        }
    }
    qsort(prefixes, n, sizeof(*prefixes), by_prefix);
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || prefixes[kept - 1] != prefixes[i]) {
            prefixes[kept++] = prefixes[i];
        }
    }
    write->replaces = prefixes;
    write->replaces_count = (uint32_t)kept;
}

/*
 * The erasure as if it named all that it reaches here. A server that was lost may get the
 * old values back from one laptop, and from nobody what stood between them and it.
 */
static enum hm_status reach_all(struct hm_store *store,
                                struct hm_change *erasure,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    struct hm_loaded loaded;
    struct hm_order *orders = NULL;
    struct hm_erased *erased = NULL;
    size_t order_count = 0;
    size_t count = 0;
    enum hm_status status = hm_store_record_load_in(
        store, erasure->home, &erasure->record, &loaded, arena, err);
    if (status == HM_OK) {
        status = hm_erase_orders(&orders, &order_count, erasure, arena, err);
    }
    if (status == HM_OK) {
        status = hm_erase_reach(&erased, &count, loaded.known, loaded.count, orders,
                                order_count, arena, err);
    }
    for (size_t w = 0; w < erasure->write_count && status == HM_OK; w++) {
        struct hm_write *write = &erasure->writes[w];
        hm_prefix *prefixes =
            hm_arena_get_array(arena, write->replaces_count + count, sizeof(*prefixes));
        status = hm_arena_status(arena, err);
        if (status == HM_OK && hm_erase_names(write)) {
            reach_write(write, &loaded, erased, count, prefixes);
        }
    }
    return status;
}

static enum hm_status put_over(struct hm_author *author,
                               const struct hm_change *erasure,
                               struct hm_buf *over,
                               struct hm_arena *arena,
                               struct hm_err *err)
{
    struct hm_change whole = *erasure;
    whole.writes = hm_arena_get_array(arena, erasure->write_count, sizeof(*whole.writes));
    enum hm_status status = hm_arena_status(arena, err);
    if (status == HM_OK) {
        memcpy(whole.writes, erasure->writes,
               erasure->write_count * sizeof(*whole.writes));
        status = reach_all(author->store, &whole, arena, err);
    }
    if (status != HM_OK) {
        return status;
    }
    hm_erasure_over_put(over, &whole);
    if (hm_buf_status(over, NULL) != HM_OK || over->size > HM_VALUE_BYTES_MAX) {
        hm_buf_clear(over);
        hm_erasure_over_put(over, erasure);
    }
    return hm_buf_status(over, err);
}

static enum hm_status put_listed(struct hm_author *author,
                                 const struct hm_change *erasure,
                                 const struct hm_key_field *key,
                                 struct hm_arena *arena,
                                 struct hm_err *err)
{
    char record[HM_HEX16_SIZE];
    struct hm_buf over;
    struct hm_added added;
    hm_hex_put(record, hm_id_bytes(&erasure->record));
    hm_buf_init(&over, 2 * HM_CHANGE_BYTES_MAX);
    enum hm_status status = put_over(author, erasure, &over, arena, err);
    const struct hm_registry_value values[] = {
        {HM_REGISTRY_UNIT, text_value(arena, erasure->home)},
        {HM_REGISTRY_RECORD, text_value(arena, hm_text(record))},
        {HM_REGISTRY_OVER, hm_buf_bytes(&over)}};
    /* Of a storm of writes the erasure itself tells more than a value can hold. */
    size_t count = over.size <= HM_VALUE_BYTES_MAX ? 3 : 2;
    if (status == HM_OK) {
        status = hm_arena_status(arena, err);
    }
    if (status == HM_OK) {
        status = hm_author_registry(author, HM_KIND_ERASURE, NULL, key, values, count,
                                    &added, err);
    }
    hm_buf_fini(&over);
    return status;
}

static enum hm_status list_one(struct hm_author *author,
                               const struct hm_change *erasure,
                               struct hm_err *err)
{
    struct hm_arena arena;
    char hex[HM_HEX16_SIZE];
    struct hm_listed listed;
    struct hm_err missing = HM_ERR_NONE;
    struct hm_id id;
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    hm_hex_put(hex, hm_id_bytes(&erasure->id));
    const struct hm_key_field key = {hm_text(HM_REGISTRY_CHANGE),
                                     text_value(&arena, hm_text(hex))};
    enum hm_status status = hm_arena_status(&arena, err);
    if (status == HM_OK) {
        hm_record_id(&id, hm_text(HM_HOME_REGISTRY), hm_text(HM_KIND_ERASURE), &key, 1);
        status = hm_store_record_show(author->store, &id, &listed, &arena, &missing);
        if (status == HM_NOT_FOUND) {
            status = put_listed(author, erasure, &key, &arena, err);
        } else if (status != HM_OK) {
            status = hm_fail(err, status, missing.key, missing.arg[0], missing.arg[1],
                             missing.arg[2]);
        }
    }
    hm_arena_fini(&arena);
    return status;
}

static enum hm_status list_all(struct hm_author *author, void *ctx, struct hm_err *err)
{
    (void)ctx;
    struct hm_arena arena;
    struct hm_erasure *erasures = NULL;
    size_t count = 0;
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    enum hm_status status =
        hm_store_erasures(author->store, &erasures, &count, &arena, err);
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        status = list_one(author, &erasures[i].held.change, err);
    }
    hm_arena_fini(&arena);
    return status;
}

enum hm_status hm_author_list_erasures(struct hm_store *store,
                                       const struct hm_secret *secret,
                                       struct hm_err *err)
{
    if (!hm_store_erasures_unlisted(store)) {
        return HM_OK;
    }
    enum hm_status status = hm_author_serve(store, secret, list_all, NULL, err);
    if (status == HM_OK) {
        hm_store_erasures_listed(store);
    }
    return status;
}
