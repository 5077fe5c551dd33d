/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/api/settle.h"

#include <stdio.h>

#include "grid.h"
#include "hamlet/store/audit.h"
#include "hamlet/store/conflicts.h"
#include "hamlet/store/rules.h"

enum { NUMBER_SIZE = 24 };

/*
 * What is to be said is written down whole before anything is on disk: what cannot be
 * told does not happen.
 */
struct settling {
    const struct hm_view *view;
    struct hm_view inner; /* puts into `buf` */
    struct hm_author *author;
    const struct hm_settle *settle;
    struct hm_id bulk;
    size_t decided;
    size_t left;
    struct hm_buf buf;
    struct hm_json_write out;
    struct hm_grid table;
    struct hm_arena arena;
};

static void collect(void *ctx, struct hm_bytes bytes)
{
    hm_buf_put_bytes(ctx, bytes);
}

static void put_json(struct settling *s,
                     const struct hm_conflict *conflict,
                     const struct hm_decided *decided)
{
    hm_json_open(&s->out, '{');
    hm_json_put_hex(&s->out, "conflict", hm_id_bytes(&conflict->id));
    hm_json_put_hex(&s->out, "record", hm_id_bytes(&decided->record));
    hm_json_put_text(&s->out, "kind", decided->kind);
    hm_json_put_text(&s->out, "unit", decided->home);
    hm_json_put_text(&s->out, "register", decided->reg);
    if (!s->settle->bare) {
        hm_api_put_value(&s->out, "value", decided->value);
    }
    hm_json_close(&s->out, '}');
}

static enum hm_status put_row(struct settling *s,
                              const struct hm_conflict *conflict,
                              const struct hm_decided *decided,
                              struct hm_err *err)
{
    char id[HM_HEX16_SIZE];
    struct hm_buf shown;
    const struct hm_kind *kind =
        hm_kinds_find(hm_store_kinds(s->view->store), decided->kind);
    hm_buf_init(&shown, HM_VALUE_BYTES_MAX * 4);
    hm_hex_put(id, hm_id_bytes(&conflict->id));
    hm_grid_put(&s->table, hm_text(id));
    hm_grid_put(&s->table, kind == NULL
                               ? decided->kind
                               : hm_text(hm_label_text(&kind->label, s->view->lang)));
    hm_api_show_name(&shown, s->view, kind, decided->reg);
    hm_grid_put(&s->table, hm_buf_bytes(&shown));
    hm_buf_clear(&shown);
    hm_api_show_register(&shown, s->view, kind, decided->reg, decided->value);
    hm_grid_put(&s->table, hm_buf_bytes(&shown));
    enum hm_status status = hm_buf_status(&shown, err);
    hm_buf_fini(&shown);
    return status;
}

static enum hm_status settle_one(struct settling *s,
                                 const struct hm_conflict *conflict,
                                 struct hm_err *err)
{
    struct hm_decided decided;
    enum hm_status status = hm_author_resolve_by(s->author, conflict, &s->settle->rule,
                                                 s->settle->reason, &decided, err);
    if (status != HM_OK || !decided.meant) {
        return status;
    }
    s->decided += decided.decided ? 1 : 0;
    s->left += decided.decided ? 0 : 1;
    if (decided.decided && s->view->json) {
        put_json(s, conflict, &decided);
    } else if (decided.decided) {
        status = put_row(s, conflict, &decided, err);
    }
    return status;
}

/* A rule for nothing would be a slip of the hand that looks like a success. */
static enum hm_status check_rule(struct settling *s,
                                 struct hm_bytes *unit,
                                 struct hm_err *err)
{
    const struct hm_settle *settle = s->settle;
    const struct hm_kind *kind = NULL;
    enum hm_status status = HM_OK;
    *unit = HM_NO_BYTES;
    if (settle->rule.kind.size > 0) {
        status = hm_api_kind(s->view, settle->rule.kind, &kind, err);
    }
    if (status == HM_OK && settle->unit.size > 0) {
        const char *given = hm_arena_copy_text(&s->arena, settle->unit);
        status = given == NULL ? hm_arena_status(&s->arena, err)
                               : hm_view_unit(s->view, given, unit, &s->arena, err);
    }
    return status;
}

static enum hm_status settle_all(struct settling *s, struct hm_err *err)
{
    struct hm_conflict *conflicts = NULL;
    struct hm_bytes unit;
    size_t count = 0;
    enum hm_status status = check_rule(s, &unit, err);
    if (status == HM_OK) {
        status = hm_author_bulk(s->author, &s->bulk, err);
    }
    if (status == HM_OK) {
        status = hm_store_conflicts(s->view->store, unit, true, &conflicts, &count,
                                    &s->arena, err);
    }
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        struct hm_bytes reg = s->settle->rule.reg;
        if (reg.size == 0 || hm_bytes_equal(reg, conflicts[i].reg)) {
            status = settle_one(s, &conflicts[i], err);
        }
    }
    return status;
}

/* A rule that stands: what it did is of the same transaction. */
static enum hm_status note_act(struct settling *s, struct hm_err *err)
{
    char id[HM_HEX16_SIZE];
    char settled[NUMBER_SIZE + sizeof("settled=")];
    struct hm_store *store = s->view->store;
    const struct hm_rule_act act = {.bulk = s->bulk,
                                    .time = hm_env_wall(hm_store_env(store)),
                                    .settled = (int64_t)s->decided};
    hm_hex_put(id, hm_id_bytes(s->settle->standing));
    (void)snprintf(settled, sizeof(settled), "settled=%zu", s->decided);
    const struct hm_audit row = {.account = s->settle->account,
                                 .act = hm_text("rule"),
                                 .subject = hm_text(id),
                                 .detail = hm_text(settled)};
    enum hm_status status = hm_store_rule_acted(store, s->settle->standing, &act, err);
    return status != HM_OK ? status : hm_store_audit_append(store, &row, err);
}

static void say_json(struct settling *s)
{
    hm_json_close(&s->out, ']');
    hm_json_put_int(&s->out, "settled", (int64_t)s->decided);
    hm_json_put_int(&s->out, "left", (int64_t)s->left);
    hm_json_key(&s->out, "bulk");
    if (s->settle->preview || s->decided == 0) {
        hm_json_null(&s->out);
    } else {
        hm_json_hex(&s->out, hm_id_bytes(&s->bulk));
    }
    hm_json_close(&s->out, '}');
    hm_buf_put_byte(&s->buf, '\n');
}

static enum hm_status say_text(struct settling *s, struct hm_err *err)
{
    char decided[NUMBER_SIZE];
    char left[NUMBER_SIZE];
    char bulk[HM_HEX16_SIZE];
    (void)snprintf(decided, sizeof(decided), "%zu", s->decided);
    (void)snprintf(left, sizeof(left), "%zu", s->left);
    hm_hex_put(bulk, hm_id_bytes(&s->bulk));
    enum hm_status status = hm_grid_end(&s->table, "settle.none", err);
    if (status == HM_OK && s->decided > 0) {
        hm_view_say(&s->inner, s->settle->preview ? "settle.would" : "settle.done",
                    decided, left, bulk);
    } else if (status == HM_OK && s->left > 0) {
        hm_view_say(&s->inner, "settle.left", left, NULL, NULL);
    }
    return status;
}

/* Decide, and write down what is to be said of it. */
static enum hm_status run(struct settling *s, struct hm_err *err)
{
    enum hm_status status = settle_all(s, err);
    if (status == HM_OK && s->settle->standing != NULL && s->decided > 0) {
        status = note_act(s, err);
    }
    if (status == HM_OK && s->view->json) {
        say_json(s);
    } else if (status == HM_OK) {
        status = say_text(s, err);
    }
    return status != HM_OK ? status : hm_buf_status(&s->buf, err);
}

static void begin(struct settling *s)
{
    static const char *const keys[] = {"column.conflict", "column.kind", "column.field",
                                       "column.value"};
    hm_arena_init(&s->arena, HM_FILE_BYTES_MAX);
    hm_buf_init(&s->buf, HM_FILE_BYTES_MAX);
    s->inner = *s->view;
    s->inner.put = collect;
    s->inner.ctx = &s->buf;
    hm_grid_init(&s->table, &s->inner, sizeof(keys) / sizeof(keys[0]));
    for (size_t i = 0; !s->view->json && i < s->table.columns; i++) {
        hm_grid_put(&s->table, hm_text(hm_words_ui(s->view->words, keys[i])));
    }
    hm_json_write_init(&s->out, &s->buf);
    if (s->view->json) {
        hm_json_open(&s->out, '{');
        hm_json_key(&s->out, "cases");
        hm_json_open(&s->out, '[');
    }
}

enum hm_status hm_api_settle(const struct hm_view *view,
                             struct hm_author *author,
                             const struct hm_settle *settle,
                             struct hm_err *err)
{
    struct settling s = {.view = view, .author = author, .settle = settle};
    begin(&s);
    enum hm_status status = hm_author_begin(author, err);
    if (status == HM_OK) {
        status = run(&s, err);
    }
    bool keeps = !settle->preview && (settle->standing == NULL || s.decided > 0);
    if (status == HM_OK && keeps) {
        status = hm_author_commit(author, err);
    } else {
        hm_author_rollback(author);
    }
    if (status == HM_OK) {
        view->put(view->ctx, hm_buf_bytes(&s.buf));
    }
    hm_grid_fini(&s.table);
    hm_buf_fini(&s.buf);
    hm_arena_fini(&s.arena);
    return status;
}
