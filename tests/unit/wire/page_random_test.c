/* SPDX-License-Identifier: Apache-2.0 */
/* Random pages come back; mutilated ones never come back as something else. */
#include "hamlet/wire/page.h"

#include <stdlib.h>

#include "paper.h"
#include "run.h"
#include "testenv.h"

enum { PAGES = 400, MUTILATED = 3000, OLD = 8 };

static struct hm_testenv dice;
static struct hm_change *old[OLD]; /* known from before the page */

static uint64_t below(uint64_t n)
{
    return hm_testenv_below(&dice, n);
}

static struct hm_bytes random_value(void)
{
    static const char *const values[] = {
        "null",
        "true",
        "-5",
        "\"\"",
        "\"Út\"",
        "[]",
        "[1,\"x\"]",
        "[[true],{\"k\":\"v\"}]",
        "{\"a\":1,\"b\":\"x\"}",
        "{\"c\":[]}",
        "{\"b\":\"2Aq0Zx9Lk3Mv7Nb1Vc5Xz8As4Df6Gh2Jk0Qw9Er3Ty7Ui1Op5Aa8Ss4Dd6Ff2Gg0Hh9\"}",
        "\"2Aq0Zx9Lk3Mv7Nb1Vc5Xz8As4Df6Gh2Jk0Qw9Er3Ty7Ui1Op5Aa8Ss4Dd6Ff2Gg0Hh9Jj3\"",
        "\"\\u0001\\\\\\\"\"",
        "9007199254740991"};
    return hm_make_value(&lan, values[below(sizeof(values) / sizeof(values[0]))]);
}

/* Writes of a random row: over what is old, or over an earlier row of the page. */
static void random_writes(struct hm_change *change, bool fresh)
{
    static const char *const regs[] = {"a", "b", "g", "note", "zz", "~x"};
    for (size_t i = 0; i < sizeof(regs) / sizeof(regs[0]); i++) {
        const struct hm_change *one = old[below(OLD)];
        const struct hm_change *two =
            paper.count == 0 ? old[0] : paper.changes[below(paper.count)];
        if (below(2) == 0) {
            continue;
        }
        int count = fresh ? 0 : (int)below(3);
        hm_make_write(change, &lan, regs[i], random_value(), count,
                      count == 2 && one == two ? old[(below(OLD - 1) + 1) % OLD] : one,
                      two);
    }
    if (below(6) == 0) {
        hm_make_text(change, &lan, HM_REGISTER_WHY, "vì", 0);
    }
}

static void random_row(const struct hm_run *run, uint64_t seq)
{
    static const enum hm_act acts[] = {HM_ACT_EDIT, HM_ACT_DELETE, HM_ACT_RESOLVE,
                                       HM_ACT_MERGE, HM_ACT_ERASE};
    bool fresh = below(2) == 0;
    const struct hm_id *record = paper.count > 0 && below(2) == 0
                                     ? &paper.changes[below(paper.count)]->record
                                     : &old[below(OLD)]->record;
    lan.kind = below(5) == 0 ? "boat" : "household";
    lan.kind_version = (uint32_t)below(2);
    lan.bulk = below(4) == 0 ? hm_make_id((uint8_t)below(3)) : lan.bulk;
    lan.time_ms += (int64_t)below(10000) - 3000;
    struct hm_change *change =
        hm_make(&lan, fresh ? HM_ACT_CREATE : acts[below(5)], fresh ? NULL : record);
    if (run != NULL) {
        hm_change_key(change->key, run->seed, (uint32_t)(seq - run->seq));
    }
    random_writes(change, fresh);
    if (change->act == HM_ACT_DELETE) {
        hm_make_live(change, &lan, false, (int)below(2), old[below(OLD)]);
        hm_make_seen(change, &lan, (int)below(3), old[0], old[1]);
    }
    hm_make_seal(change, &lan);
    let_know(change, 0, seq);
    put_on(below(10) == 0 ? hm_make_skeleton(&lan, change) : change);
}

static void random_page(void)
{
    struct hm_run *runs = hm_arena_get_array(&arena, 2, sizeof(*runs));
    uint64_t first = 20 + below(100);
    size_t rows = 1 + below(12);
    paper.count = 0;
    paper.reference_count = 0;
    for (size_t i = 0; i < OLD; i++) {
        old[i] = hm_make(&lan, HM_ACT_CREATE, NULL);
        hm_make_text(old[i], &lan, "a", "x", 0);
        hm_make_seal(old[i], &lan);
        if (below(4) != 0) {
            let_know(old[i], below(2) * (1 + i * 3), 1 + i);
        }
    }
    paper.writing.with_head = below(2) == 0;
    paper.writing.run_count = below(3);
    paper.writing.runs = runs;
    for (size_t i = 0; i < 2; i++) {
        runs[i] = (struct hm_run){.seq = first + 5 * i, .count = 1 + below(5)};
        memset(runs[i].seed, (int)i + 1, HM_SALT_SIZE);
    }
    for (size_t i = 0; i < rows; i++) {
        const struct hm_run *run = NULL;
        for (size_t r = 0; r < paper.writing.run_count; r++) {
            uint64_t from = runs[r].seq;
            run = first + i >= from && first + i < from + runs[r].count ? &runs[r] : run;
        }
        random_row(run, first + i);
    }
    ck_round(first);
}

START_TEST(a_random_page_comes_back)
{
    hm_testenv_init(&dice, hm_testenv_seed(9));
    for (int page = 0; page < PAGES; page++) {
        random_page();
        hm_arena_clear(&arena);
        hm_maker_init(&lan, &arena, 1);
    }
}
END_TEST

static unsigned signed_still; /* of those that were mutilated */

/* Either it is refused, or the signature tells, or it says what it said. */
static bool harmless(struct hm_bytes lines)
{
    err = HM_ERR_NONE;
    enum hm_status status = paper_read_text(lines);
    if (status != HM_OK) {
        ck_assert(status == HM_PROTOCOL || status == HM_TOO_BIG);
        return true;
    }
    if (!paper.read.head_known || !hm_page_check(&paper.read, &key)) {
        return true;
    }
    signed_still++;
    for (size_t i = 0; i < paper.count && i < paper.read.count; i++) {
        if (!hm_id_equal(&paper.read.changes[i].id, &paper.changes[i]->id)) {
            return false;
        }
    }
    return paper.read.count == paper.count;
}

START_TEST(a_mutilated_page_is_refused_or_says_the_same)
{
    static const char pieces[] = "0123456789[]{},:\"-nulltrue\\~AQ\n ";
    hm_testenv_init(&dice, hm_testenv_seed(10));
    for (int run = 0; run < MUTILATED; run++) {
        if (run % 50 == 0) {
            hm_arena_clear(&arena);
            hm_maker_init(&lan, &arena, 1);
            random_page();
        }
        struct hm_bytes lines = hm_arena_copy(&arena, hm_buf_bytes(&paper.lines));
        uint8_t *text = (uint8_t *)(uintptr_t)lines.data;
        for (uint64_t edits = 1 + below(3); edits > 0; edits--) {
            size_t at = below(lines.size);
            if (below(3) == 0) { /* cut something out */
                size_t gone = 1 + below(lines.size - at < 20 ? lines.size - at : 20);
                memmove(text + at, text + at + gone, lines.size - at - gone);
                lines.size -= gone;
            } else {
                text[at] = (uint8_t)pieces[below(sizeof(pieces) - 1)];
            }
        }
        ck_assert_msg(harmless(lines), "%.*s", (int)lines.size, (const char *)lines.data);
    }
    ck_assert_uint_gt(signed_still, 0); /* what was put in stood there already */
    ck_assert_uint_lt(signed_still, MUTILATED / 2);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("page_random");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, paper_start, paper_finish);
    tcase_set_timeout(all, 120);
    tcase_add_test(all, a_random_page_comes_back);
    tcase_add_test(all, a_mutilated_page_is_refused_or_says_the_same);
    suite_add_tcase(suite, all);
    return hm_run(suite);
}
