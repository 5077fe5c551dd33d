/* SPDX-License-Identifier: Apache-2.0 */
/*
 * paper.h - a page of changes made by hand, written as text and read again.
 */
#ifndef TESTS_UNIT_WIRE_PAPER_H
#define TESTS_UNIT_WIRE_PAPER_H

#include <check.h>
#include <string.h>

#include "builders.h"
#include "hamlet/base/limits.h"
#include "hamlet/wire/page.h"
#include "site.h"

enum { PAPER_CHANGES = 40, PAPER_REFERENCES = 64 };

static struct hm_arena arena;
static struct hm_maker lan;
static struct hm_key key;
static struct hm_secret secret;
static struct hm_err err;

static struct {
    const struct hm_change *changes[PAPER_CHANGES];
    size_t count;
    struct hm_page page;
    struct hm_page_writing writing;
    struct hm_page_text text;
    struct hm_buf lines; /* as they travel */
    struct hm_page_draft *draft;
    struct hm_page read;

    /* what the numbers mean to both sides */
    struct hm_reference references[PAPER_REFERENCES];
    struct hm_id meant[PAPER_REFERENCES];
    struct hm_id records[PAPER_REFERENCES];
    size_t reference_count;
} paper;

static inline void paper_start(void)
{
    memset(&paper, 0, sizeof(paper));
    hm_arena_init(&arena, (size_t)256 * 1024 * 1024);
    hm_maker_init(&lan, &arena, 1);
    hm_site_pair(HM_LAN, &key, &secret);
    hm_page_text_init(&paper.text);
    hm_buf_init(&paper.lines, 2 * HM_PAGE_TEXT_MAX);
    paper.writing.with_head = true;
    err = HM_ERR_NONE;
}

static inline void paper_finish(void)
{
    hm_page_draft_free(paper.draft);
    hm_buf_fini(&paper.lines);
    hm_page_text_fini(&paper.text);
    hm_arena_fini(&arena);
}

static inline void put_on(const struct hm_change *change)
{
    ck_assert_uint_lt(paper.count, PAPER_CHANGES);
    paper.changes[paper.count++] = change;
}

/* The other side holds this change as entry `n` of the bucket, or by its seq. */
static inline void let_know(const struct hm_change *change, uint64_t n, uint64_t seq)
{
    size_t at = paper.reference_count++;
    ck_assert_uint_lt(at, PAPER_REFERENCES);
    hm_prefix prefix = hm_prefix_of(&change->id);
    for (; at > 0 && paper.references[at - 1].prefix > prefix; at--) {
        paper.references[at] = paper.references[at - 1];
        paper.meant[at] = paper.meant[at - 1];
        paper.records[at] = paper.records[at - 1];
    }
    paper.references[at] = (struct hm_reference){
        .prefix = prefix, .n = n, .seq = seq, .record = change->record};
    paper.meant[at] = change->id;
    paper.records[at] = change->record;
}

/* Sign what was put on, beginning at `seq`, and write it. */
static inline enum hm_status paper_write(uint64_t seq)
{
    struct hm_digest head;
    hm_chain_begin(&head, &lan.device, 1, NULL);
    paper.page = hm_make_page(&lan, paper.changes, paper.count, seq, &head, &secret);
    paper.writing.page = &paper.page;
    paper.writing.references = paper.references;
    paper.writing.reference_count = paper.reference_count;
    enum hm_status status = hm_page_write(&paper.text, &paper.writing, &arena, &err);
    hm_buf_clear(&paper.lines);
    hm_buf_put_bytes(&paper.lines, hm_buf_bytes(&paper.text.rows));
    hm_buf_put_bytes(&paper.lines, hm_buf_bytes(&paper.text.noise));
    return status;
}

static inline void fill_needs(struct hm_page_draft *draft)
{
    size_t count = 0;
    struct hm_needed *needs = hm_page_draft_needs(draft, &count);
    for (size_t i = 0; i < count; i++) {
        for (size_t r = 0; r < paper.reference_count; r++) {
            const struct hm_reference *known = &paper.references[r];
            if ((needs[i].n > 0 && needs[i].n == known->n) ||
                (needs[i].n == 0 && needs[i].seq > 0 && needs[i].seq == known->seq)) {
                needs[i].found = true;
                needs[i].change = paper.meant[r];
                needs[i].record = paper.records[r];
            }
        }
    }
}

static inline enum hm_status paper_read_text(struct hm_bytes lines)
{
    hm_page_draft_free(paper.draft);
    paper.draft = NULL;
    enum hm_status status = hm_page_draft_open(&paper.draft, lines, &err);
    if (status == HM_OK) {
        fill_needs(paper.draft);
        status =
            hm_page_draft_expand(paper.draft, &lan.district, &paper.read, &arena, &err);
    }
    return status;
}

static inline void ck_write(const struct hm_change *a,
                            const struct hm_change *b,
                            size_t i)
{
    uint8_t salt_a[HM_SALT_SIZE];
    uint8_t salt_b[HM_SALT_SIZE];
    ck_assert(hm_bytes_equal(a->writes[i].reg, b->writes[i].reg));
    ck_assert(hm_bytes_equal(a->writes[i].value, b->writes[i].value));
    ck_assert_mem_eq(a->writes[i].commitment, b->writes[i].commitment, HM_ID_SIZE);
    if (a->writes[i].value.size > 0) {
        hm_change_salt(salt_a, a, i);
        hm_change_salt(salt_b, b, i);
        ck_assert_mem_eq(salt_a, salt_b, HM_SALT_SIZE);
    }
}

/* What was read is what was written: ids say all but values, keys and salts. */
static inline void ck_read_is_written(void)
{
    ck_assert_uint_eq(paper.read.count, paper.count);
    for (size_t i = 0; i < paper.count; i++) {
        const struct hm_change *a = paper.changes[i];
        const struct hm_change *b = &paper.read.changes[i];
        ck_assert_msg(hm_id_equal(&a->id, &b->id), "row %zu of\n%s", i,
                      (const char *)paper.lines.data);
        ck_assert(hm_id_equal(&a->record, &b->record));
        ck_assert_uint_eq(a->write_count, b->write_count);
        for (size_t w = 0; w < a->write_count; w++) {
            ck_write(a, b, w);
        }
        ck_assert(a->has_key == b->has_key || a->write_count == 0 || !a->has_key);
        ck_assert(!b->has_key || !a->has_key || memcmp(a->key, b->key, 16) == 0);
    }
    if (paper.writing.with_head) {
        ck_assert(hm_page_check(&paper.read, &key));
    }
}

static inline void ck_round(uint64_t seq)
{
    ck_assert_int_eq(paper_write(seq), HM_OK);
    enum hm_status status = paper_read_text(hm_buf_bytes(&paper.lines));
    ck_assert_msg(status == HM_OK, "%s %s\n%s", err.key, err.arg[0],
                  (const char *)paper.lines.data);
    ck_read_is_written();
}

#endif
