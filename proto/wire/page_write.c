/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "hamlet/base/json_write.h"
#include "hamlet/base/limits.h"
#include "hamlet/model/value.h"
#include "hamlet/wire/page.h"
#include "page_form.h"
#include "page_table.h"

/* A text is noise, to be packed apart, when it is long and hardly has words. */
enum { NOISE_LEAST = 64, NOISE_WORD_LEAST = 16 };

struct writer {
    struct hm_page_text *text;
    struct hm_json_write rows;
    struct hm_json_write tail;
    const struct hm_page *page;
    const struct hm_reference *references;
    size_t reference_count;
    const struct hm_run *runs;
    size_t run_count;
    struct hm_arena *arena;
    struct hm_table table;

    /* the context that the reader has now */
    struct hm_id user;
    struct hm_bytes role;
    struct hm_id bulk;
    int64_t time_ms;
    const struct hm_run *run;
    uint64_t run_index;
    size_t keys_ahead;
};

void hm_page_text_init(struct hm_page_text *text)
{
    hm_buf_init(&text->rows, HM_PAGE_TEXT_MAX);
    hm_buf_init(&text->noise, HM_PAGE_TEXT_MAX);
}

void hm_page_text_fini(struct hm_page_text *text)
{
    hm_buf_fini(&text->rows);
    hm_buf_fini(&text->noise);
}

static bool noise(struct hm_bytes text)
{
    size_t words = 1;
    if (text.size < NOISE_LEAST) {
        return false;
    }
    for (size_t i = 0; i < text.size; i++) {
        words += text.data[i] == ' ';
    }
    return words * NOISE_WORD_LEAST < text.size;
}

static void put_value(struct writer *w, struct hm_bytes value)
{
    struct hm_value_each each;
    struct hm_bytes name;
    struct hm_bytes member;
    struct hm_bytes text = hm_value_text_or(value, HM_NO_BYTES);
    enum hm_value_tag tag = hm_value_tag(value);
    if (tag == HM_VALUE_TEXT && noise(text)) {
        hm_json_open(&w->rows, '[');
        hm_json_null(&w->rows);
        hm_json_close(&w->rows, ']');
        hm_json_text(&w->tail, text);
        return;
    }
    if (tag != HM_VALUE_LIST && tag != HM_VALUE_OBJECT) {
        hm_value_to_json(&w->rows, value);
        return;
    }
    hm_json_open(&w->rows, tag == HM_VALUE_LIST ? '[' : '{');
    hm_value_each_init(&each, value);
    while (hm_value_each_next(&each, &name, &member)) {
        if (tag == HM_VALUE_OBJECT) {
            hm_json_key_bytes(&w->rows, name);
        }
        put_value(w, member);
    }
    hm_json_close(&w->rows, tag == HM_VALUE_LIST ? ']' : '}');
}

static void put_group(struct writer *w,
                      const struct hm_table_reg *reg,
                      struct hm_bytes value)
{
    struct hm_value_each each;
    struct hm_bytes name;
    struct hm_bytes member;
    hm_value_each_init(&each, value);
    bool more = hm_value_each_next(&each, &name, &member);
    hm_json_open(&w->rows, '[');
    for (size_t m = 0; m < reg->member_count; m++) {
        if (more && hm_bytes_equal(name, reg->members[m])) {
            put_value(w, member);
            more = hm_value_each_next(&each, &name, &member);
        } else {
            hm_json_null(&w->rows);
        }
    }
    hm_json_close(&w->rows, ']');
}

static void put_write(struct writer *w,
                      const struct hm_table_reg *reg,
                      const struct hm_write *write)
{
    if (write->value.size == 0) {
        hm_json_open(&w->rows, '{');
        hm_json_key(&w->rows, "~");
        hm_json_b64(&w->rows, (struct hm_bytes){write->commitment, HM_ID_SIZE});
        hm_json_close(&w->rows, '}');
    } else if (reg != NULL && hm_table_is_group(reg) &&
               hm_value_tag(write->value) == HM_VALUE_OBJECT) {
        put_group(w, reg, write->value);
    } else {
        put_value(w, write->value);
    }
}

static const struct hm_reference *find_reference(const struct writer *w, hm_prefix prefix)
{
    size_t low = 0;
    size_t high = w->reference_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (w->references[middle].prefix < prefix) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    bool found = low < w->reference_count && w->references[low].prefix == prefix;
    return found ? &w->references[low] : NULL;
}

/* 0: the reader can be told of it by no number. */
static int64_t number_of(const struct writer *w, hm_prefix prefix, uint64_t seq)
{
    const struct hm_reference *found = find_reference(w, prefix);
    if (found == NULL) {
        return 0;
    }
    if (found->n > 0) {
        return (int64_t)found->n;
    }
    return found->seq > 0 && found->seq < seq ? -(int64_t)(seq - found->seq) : 0;
}

static void put_reference(struct writer *w, hm_prefix prefix, uint64_t seq)
{
    uint8_t at[HM_PREFIX_SIZE];
    int64_t number = number_of(w, prefix, seq);
    if (number != 0) {
        hm_json_int(&w->rows, number);
        return;
    }
    hm_prefix_put(at, prefix);
    hm_json_b64(&w->rows, HM_BYTES(at));
}

/*
 * The change by which the record is named: one of it that is replaced and has a number.
 * An author may say to replace anything; another record's change must not name this one.
 */
static bool subject_of(const struct writer *w,
                       const struct hm_change *change,
                       uint64_t seq,
                       hm_prefix *subject)
{
    for (size_t i = 0; i < change->write_count; i++) {
        const struct hm_write *write = &change->writes[i];
        for (size_t p = 0; p < write->replaces_count; p++) {
            const struct hm_reference *found = find_reference(w, write->replaces[p]);
            if (number_of(w, write->replaces[p], seq) != 0 &&
                hm_id_equal(&found->record, &change->record)) {
                *subject = write->replaces[p];
                return true;
            }
        }
    }
    return false;
}

static bool is_default(const struct hm_write *write, const hm_prefix *subject)
{
    if (subject == NULL || hm_bytes_are(write->reg, HM_REGISTER_WHY)) {
        return write->replaces_count == 0 && write->depth == 1;
    }
    return write->replaces_count == 1 && write->replaces[0] == *subject &&
           write->depth == 2;
}

static void put_replaces(struct writer *w,
                         const struct hm_change *change,
                         const hm_prefix *subject,
                         uint64_t seq)
{
    bool all_default = true;
    for (size_t i = 0; i < change->write_count; i++) {
        all_default = all_default && is_default(&change->writes[i], subject);
    }
    if (all_default) {
        return;
    }
    hm_json_key(&w->rows, "r");
    hm_json_open(&w->rows, '[');
    for (size_t i = 0; i < change->write_count; i++) {
        const struct hm_write *write = &change->writes[i];
        if (is_default(write, subject)) {
            hm_json_int(&w->rows, 0);
            continue;
        }
        hm_json_open(&w->rows, '[');
        hm_json_int(&w->rows, write->depth);
        for (size_t p = 0; p < write->replaces_count; p++) {
            put_reference(w, write->replaces[p], seq);
        }
        hm_json_close(&w->rows, ']');
    }
    hm_json_close(&w->rows, ']');
}

static int reserved_index(struct hm_bytes reg)
{
    return hm_bytes_are(reg, HM_REGISTER_LIVE)  ? HM_INDEX_LIVE
           : hm_bytes_are(reg, HM_REGISTER_WHY) ? HM_INDEX_WHY
                                                : HM_INDEX_ALIAS;
}

/* Whether the row's act says this write already. */
static bool implied(const struct hm_change *change, const struct hm_write *write)
{
    char says = change->act == HM_ACT_CREATE ? 't' : 'f';
    return (change->act == HM_ACT_CREATE || change->act == HM_ACT_DELETE) &&
           hm_bytes_are(write->reg, HM_REGISTER_LIVE) && write->value.size == 1 &&
           write->value.data[0] == (uint8_t)says;
}

static void put_further(struct writer *w, const struct hm_change *change)
{
    bool open = false;
    for (size_t i = 0; i < change->write_count; i++) {
        const struct hm_write *write = &change->writes[i];
        if (!hm_register_reserved(write->reg) || implied(change, write)) {
            continue;
        }
        if (!open) {
            hm_json_key(&w->rows, "w");
            hm_json_open(&w->rows, '[');
            open = true;
        }
        hm_json_int(&w->rows, reserved_index(write->reg));
        put_write(w, NULL, write);
    }
    if (open) {
        hm_json_close(&w->rows, ']');
    }
}

static void put_salts(struct writer *w, const struct hm_change *change)
{
    size_t present = 0;
    for (size_t i = 0; i < change->write_count; i++) {
        present += change->writes[i].value.size > 0;
    }
    /* Without writes none: said all the same, or the row would use a key. */
    if (change->has_key || (present == 0 && change->write_count > 0)) {
        return;
    }
    uint8_t *salts = hm_arena_get_array(w->arena, present, HM_SALT_SIZE);
    if (salts == NULL) {
        return;
    }
    size_t at = 0;
    for (size_t i = 0; i < change->write_count; i++) {
        if (change->writes[i].value.size > 0) {
            memcpy(salts + at, change->writes[i].salt, HM_SALT_SIZE);
            at += HM_SALT_SIZE;
        }
    }
    hm_json_key(&w->rows, "salts");
    hm_json_b64(&w->rows, (struct hm_bytes){salts, at});
}

static void put_seen(struct writer *w, const struct hm_change *change, uint64_t seq)
{
    if (change->seen_count > 0) {
        hm_json_key(&w->rows, "seen");
        hm_json_open(&w->rows, '[');
        for (size_t i = 0; i < change->seen_count; i++) {
            put_reference(w, change->seen[i], seq);
        }
        hm_json_close(&w->rows, ']');
    }
    if (change->name_count > 0) {
        hm_json_key(&w->rows, "names");
        hm_json_open(&w->rows, '[');
        for (size_t i = 0; i < change->name_count; i++) {
            hm_json_b64(&w->rows, hm_id_bytes(&change->names[i]));
        }
        hm_json_close(&w->rows, ']');
    }
}

/* dt, or [dt, {extras}]: the extras are written first and thrown away if there are none.
 */
static void put_time(struct writer *w,
                     const struct hm_change *change,
                     const hm_prefix *subject,
                     uint64_t seq)
{
    struct hm_buf *buf = &w->text->rows;
    struct hm_json_write before = w->rows;
    size_t size = buf->size;
    int64_t dt = change->time.ms - w->time_ms;
    hm_json_open(&w->rows, '[');
    hm_json_int(&w->rows, dt);
    hm_json_open(&w->rows, '{');
    size_t empty = buf->size;
    put_replaces(w, change, subject, seq);
    put_seen(w, change, seq);
    if (change->act == HM_ACT_CREATE) {
        put_further(w, change);
    }
    put_salts(w, change);
    if (buf->size == empty && buf->failed == HM_OK) {
        buf->size = size;
        w->rows = before;
        hm_json_int(&w->rows, dt);
    } else {
        hm_json_close(&w->rows, '}');
        hm_json_close(&w->rows, ']');
    }
    w->time_ms = change->time.ms;
}

static void put_create(struct writer *w,
                       const struct hm_table_kind *kind,
                       const struct hm_change *change)
{
    size_t last = 0;
    size_t at = 0;
    for (size_t i = 0; i < change->key_field_count; i++) {
        put_value(w, change->key_fields[i].value);
    }
    for (size_t i = 0; i < change->write_count; i++) {
        if (!hm_register_reserved(change->writes[i].reg)) {
            last = i + 1;
        }
    }
    for (size_t r = 0; r < kind->reg_count && at < last; r++) {
        while (hm_register_reserved(change->writes[at].reg)) {
            at++; /* these stand in no table, and names may come after them */
        }
        if (hm_bytes_equal(kind->regs[r].name, change->writes[at].reg)) {
            put_write(w, &kind->regs[r], &change->writes[at]);
            at++;
        } else {
            hm_json_open(&w->rows, '{');
            hm_json_close(&w->rows, '}');
        }
    }
}

static void put_other(struct writer *w,
                      const struct hm_table_kind *kind,
                      const struct hm_change *change,
                      const hm_prefix *subject,
                      uint64_t seq)
{
    size_t reg = 0;
    if (subject != NULL) {
        hm_json_int(&w->rows, number_of(w, *subject, seq));
    } else if (hm_id_is_none(&change->record)) {
        hm_json_int(&w->rows, 0);
    } else {
        hm_json_b64(&w->rows, hm_id_bytes(&change->record));
    }
    for (size_t i = 0; i < change->write_count; i++) {
        const struct hm_write *write = &change->writes[i];
        if (implied(change, write)) {
            continue;
        }
        if (hm_register_reserved(write->reg)) {
            hm_json_int(&w->rows, reserved_index(write->reg));
            put_write(w, NULL, write);
            continue;
        }
        while (!hm_bytes_equal(kind->regs[reg].name, write->reg)) {
            reg++;
        }
        hm_json_int(&w->rows, (int64_t)reg);
        put_write(w, &kind->regs[reg], write);
    }
}

static void put_row(struct writer *w, const struct hm_change *change, uint64_t seq)
{
    const struct hm_table_kind *kind = hm_table_kind_of(&w->table, change);
    hm_prefix prefix = 0;
    const hm_prefix *subject = NULL;
    if (change->act != HM_ACT_CREATE && subject_of(w, change, seq, &prefix)) {
        subject = &prefix;
    }
    hm_json_open(&w->rows, '[');
    hm_json_int(&w->rows, (int64_t)((size_t)(kind - w->table.kinds) * HM_ACTS_A_KIND +
                                    change->act));
    put_time(w, change, subject, seq);
    if (change->act == HM_ACT_CREATE) {
        put_create(w, kind, change);
    } else {
        put_other(w, kind, change, subject, seq);
    }
    hm_json_close(&w->rows, ']');
    w->rows.comma = false;
    hm_buf_put_byte(&w->text->rows, '\n');
}

static const struct hm_run *run_of(const struct writer *w, uint64_t seq)
{
    for (size_t i = 0; i < w->run_count; i++) {
        if (seq >= w->runs[i].seq && seq - w->runs[i].seq < w->runs[i].count) {
            return &w->runs[i];
        }
    }
    return NULL;
}

/* How many changes from `at` on travel with their own key, and those keys in a row. */
static void put_keys(struct writer *w, size_t at)
{
    uint8_t *keys = hm_arena_get_array(w->arena, w->page->count - at, HM_SALT_SIZE);
    size_t size = 0;
    for (size_t i = at; keys != NULL && i < w->page->count; i++) {
        const struct hm_change *change = &w->page->changes[i];
        if (change->has_key && run_of(w, w->page->seq + i) == NULL) {
            memcpy(keys + size, change->key, HM_SALT_SIZE);
            size += HM_SALT_SIZE;
            w->keys_ahead++;
        } else if (change->has_key) {
            break;
        }
    }
    hm_json_key(&w->rows, "keys");
    hm_json_b64(&w->rows, (struct hm_bytes){keys, size});
}

/* What the reader must know before the row at `at`; the first opens the page's line. */
static void put_context(struct writer *w, size_t at)
{
    const struct hm_change *change = &w->page->changes[at];
    uint64_t seq = w->page->seq + at;
    const struct hm_run *run = run_of(w, seq);
    struct hm_json_write *out = &w->rows;
    if (!hm_id_equal(&w->user, &change->user) || !hm_bytes_equal(w->role, change->role)) {
        hm_json_key(out, "by");
        hm_json_open(out, '[');
        hm_json_b64(out, hm_id_bytes(&change->user));
        hm_json_text(out, change->role);
        hm_json_close(out, ']');
        w->user = change->user;
        w->role = change->role;
    }
    if (!hm_id_equal(&w->bulk, &change->bulk)) {
        hm_json_key(out, "bulk");
        if (hm_id_is_none(&change->bulk)) {
            hm_json_int(out, 0);
        } else {
            hm_json_b64(out, hm_id_bytes(&change->bulk));
        }
        w->bulk = change->bulk;
    }
    if (run != NULL && (run != w->run || seq - run->seq != w->run_index)) {
        hm_json_key(out, "run");
        hm_json_open(out, '[');
        hm_json_b64(out, HM_BYTES(run->seed));
        hm_json_int(out, (int64_t)(seq - run->seq));
        hm_json_close(out, ']');
        w->run = run;
        w->run_index = seq - run->seq;
        w->keys_ahead = 0;
    } else if (run == NULL && change->has_key && w->keys_ahead == 0) {
        put_keys(w, at);
        w->run = NULL;
    }
}

static void after_row(struct writer *w, const struct hm_change *change)
{
    if (w->run != NULL) {
        w->run_index++;
    } else if (change->has_key && w->keys_ahead > 0) {
        w->keys_ahead--;
    }
}

static void put_opening(struct writer *w, bool with_head)
{
    struct hm_json_write *out = &w->rows;
    const struct hm_page *page = w->page;
    hm_json_open(out, '{');
    hm_json_key(out, "page");
    hm_json_open(out, '[');
    hm_json_b64(out, hm_id_bytes(&page->device));
    hm_json_int(out, page->epoch);
    hm_json_text(out, page->home);
    hm_json_int(out, (int64_t)page->seq);
    hm_json_int(out, (int64_t)page->registry_n);
    hm_json_close(out, ']');
    if (with_head) {
        hm_json_key(out, "head");
        hm_json_b64(out, hm_digest_bytes(&page->head_before));
    }
    hm_json_key(out, "at");
    hm_json_int(out, page->changes[0].time.ms);
    w->time_ms = page->changes[0].time.ms;
    hm_table_put(out, &w->table);
    put_context(w, 0);
    hm_json_close(out, '}');
    out->comma = false;
    hm_buf_put_byte(&w->text->rows, '\n');
}

static void put_rows(struct writer *w)
{
    for (size_t i = 0; i < w->page->count; i++) {
        if (i > 0) {
            struct hm_json_write before = w->rows;
            size_t size = w->text->rows.size;
            hm_json_open(&w->rows, '{');
            put_context(w, i);
            if (w->text->rows.size == size + 1) {
                w->text->rows.size = size;
                w->rows = before;
            } else {
                hm_json_close(&w->rows, '}');
                w->rows.comma = false;
                hm_buf_put_byte(&w->text->rows, '\n');
            }
        }
        put_row(w, &w->page->changes[i], w->page->seq + i);
        after_row(w, &w->page->changes[i]);
    }
}

enum hm_status hm_page_write(struct hm_page_text *text,
                             const struct hm_page_writing *writing,
                             struct hm_arena *arena,
                             struct hm_err *err)
{
    struct writer w = {.text = text,
                       .page = writing->page,
                       .references = writing->references,
                       .reference_count = writing->reference_count,
                       .runs = writing->runs,
                       .run_count = writing->run_count,
                       .arena = arena,
                       .table = {.arena = arena}};
    hm_buf_clear(&text->rows);
    hm_buf_clear(&text->noise);
    hm_json_write_init(&w.rows, &text->rows);
    hm_json_write_init(&w.tail, &text->noise);
    enum hm_status status = hm_table_gather(&w.table, w.page, err);
    if (status != HM_OK) {
        return status;
    }
    hm_buf_put_text(&text->noise, "{\"tail\":[");
    put_opening(&w, writing->with_head);
    put_rows(&w);
    hm_buf_put_text(&text->rows, "{\"sign\":\"");
    hm_buf_put_b64(&text->rows, HM_BYTES(w.page->signature.at));
    hm_buf_put_text(&text->rows, "\"}\n");
    hm_buf_put_text(&text->noise, "]}\n");
    status = hm_arena_status(arena, err);
    if (status == HM_OK) {
        status = hm_buf_status(&text->rows, err);
    }
    if (status == HM_OK) {
        status = hm_buf_status(&text->noise, err);
    }
    /* Both are one text to its reader. */
    if (status == HM_OK && text->rows.size + text->noise.size > HM_PAGE_TEXT_MAX) {
        status = hm_fail(err, HM_TOO_BIG, "too-big", NULL, NULL, NULL);
    }
    return status;
}
