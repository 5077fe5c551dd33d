/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/api/settle.h"

#include <stdio.h>

#include "grid.h"
#include "hamlet/base/limits.h"
#include "hamlet/store/conflicts.h"

enum { NUMBER_SIZE = 24 };

struct settling {
    const struct hm_view *view;
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
    hm_api_put_value(&s->out, "value", decided->value);
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
    enum hm_status status = hm_author_resolve_by(
        s->author, &conflict->id, &s->settle->rule, s->settle->reason, &decided, err);
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

static enum hm_status settle_all(struct settling *s, struct hm_err *err)
{
    struct hm_conflict *conflicts = NULL;
    size_t count = 0;
    enum hm_status status = hm_author_bulk(s->author, &s->bulk, err);
    if (status == HM_OK) {
        status = hm_store_conflicts(s->view->store, s->settle->unit, true, &conflicts,
                                    &count, &s->arena, err);
    }
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        status = settle_one(s, &conflicts[i], err);
    }
    return status;
}

static enum hm_status show_json(struct settling *s, struct hm_err *err)
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
    enum hm_status status = hm_buf_status(&s->buf, err);
    if (status == HM_OK) {
        s->view->put(s->view->ctx, hm_buf_bytes(&s->buf));
    }
    return status;
}

static enum hm_status show(struct settling *s, struct hm_err *err)
{
    char decided[NUMBER_SIZE];
    char left[NUMBER_SIZE];
    char bulk[HM_HEX16_SIZE];
    if (s->view->json) {
        return show_json(s, err);
    }
    (void)snprintf(decided, sizeof(decided), "%zu", s->decided);
    (void)snprintf(left, sizeof(left), "%zu", s->left);
    hm_hex_put(bulk, hm_id_bytes(&s->bulk));
    enum hm_status status = hm_grid_end(&s->table, "settle.none", err);
    if (status == HM_OK && s->decided > 0) {
        hm_view_say(s->view, s->settle->preview ? "settle.would" : "settle.done", decided,
                    left, bulk);
    } else if (status == HM_OK && s->left > 0) {
        hm_view_say(s->view, "settle.left", left, NULL, NULL);
    }
    return status;
}

enum hm_status hm_api_settle(const struct hm_view *view,
                             struct hm_author *author,
                             const struct hm_settle *settle,
                             struct hm_err *err)
{
    static const char *const keys[] = {"column.conflict", "column.kind", "column.field",
                                       "column.value"};
    struct settling s = {.view = view, .author = author, .settle = settle};
    hm_arena_init(&s.arena, HM_FILE_BYTES_MAX);
    hm_buf_init(&s.buf, HM_FILE_BYTES_MAX);
    hm_json_write_init(&s.out, &s.buf);
    hm_json_open(&s.out, '{');
    hm_json_key(&s.out, "cases");
    hm_json_open(&s.out, '[');
    hm_grid_init(&s.table, view, sizeof(keys) / sizeof(keys[0]));
    for (size_t i = 0; i < s.table.columns; i++) {
        hm_grid_put(&s.table, hm_text(hm_words_ui(view->words, keys[i])));
    }
    enum hm_status status = hm_author_begin(author, err);
    if (status == HM_OK) {
        status = settle_all(&s, err);
    }
    if (status == HM_OK && !settle->preview) {
        status = hm_author_commit(author, err);
    } else {
        hm_author_rollback(author);
    }
    if (status == HM_OK) {
        status = show(&s, err);
    }
    hm_grid_fini(&s.table);
    hm_buf_fini(&s.buf);
    hm_arena_fini(&s.arena);
    return status;
}
