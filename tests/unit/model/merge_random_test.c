/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random histories, merged by the program and by an oracle that follows PROTOCOL.md 4
 * word by word: it knows who wrote what over whom as a matrix, and asks every pair.
 */
#include "hamlet/model/merge.h"

#include "merged.h"
#include "promise.h"
#include "run.h"
#include "testenv.h"

enum { RUNS = 1000, REGISTERS = 3, CHANGES_MAX = 14, ORDERS = 4 };

static const char *const registers[REGISTERS] = {"a", "b", HM_REGISTER_LIVE};

/* What the oracle knows: numbers of changes instead of ids. */
static struct {
    struct hm_change *change[CHANGES_MAX];
    size_t count;
    bool known[CHANGES_MAX]; /* else it never arrives */
    bool effective[CHANGES_MAX];
    int rank[CHANGES_MAX];
    bool writes[CHANGES_MAX][REGISTERS];
    int value[CHANGES_MAX][REGISTERS]; /* of ~live: 0 false, 1 true; -1 withheld */
    bool over[CHANGES_MAX][CHANGES_MAX][REGISTERS];
    bool seen[CHANGES_MAX][CHANGES_MAX];
} o;

static struct hm_testenv dice;

/* Pairs of heads of a register, as the oracle sees them, and what the program made of it.
 */
struct pairs {
    unsigned seen;
    unsigned missed; /* different values, and no conflict */
    unsigned false_; /* a conflict between equal ones */
};
static struct pairs edits;
static struct pairs decisions; /* one of the two at least decides */

static bool one_in(uint64_t n)
{
    return hm_testenv_below(&dice, n) == 0;
}

static bool is_write(size_t i, size_t r)
{
    return o.known[i] && o.writes[i][r];
}

/* Whether i's write of r reaches j's: directly, or through such as `through` allows. */
static bool reaches(size_t i, size_t j, size_t r, bool through_effective)
{
    if (o.over[i][j][r]) {
        return true;
    }
    for (size_t k = 0; k < i; k++) { /* only what is older can be replaced */
        if (o.over[i][k][r] && is_write(k, r) && (through_effective || !o.effective[k]) &&
            reaches(k, j, r, through_effective)) {
            return true;
        }
    }
    return false;
}

static bool is_head(size_t j, size_t r)
{
    if (!is_write(j, r) || !o.effective[j]) {
        return false;
    }
    for (size_t i = 0; i < o.count; i++) {
        if (i != j && is_write(i, r) && o.effective[i] && reaches(i, j, r, false)) {
            return false;
        }
    }
    return true;
}

static bool same_value(size_t i, size_t j, size_t r)
{
    return i == j || (o.value[i][r] >= 0 && o.value[i][r] == o.value[j][r]);
}

static bool greater(size_t i, size_t j, size_t r)
{
    const struct hm_change *a = o.change[i];
    const struct hm_change *b = o.change[j];
    const struct hm_write *wa = hm_change_write(a, hm_text(registers[r]));
    const struct hm_write *wb = hm_change_write(b, hm_text(registers[r]));
    if (hm_act_decides(a->act) != hm_act_decides(b->act)) {
        return hm_act_decides(a->act);
    }
    if (o.rank[i] != o.rank[j]) {
        return o.rank[i] > o.rank[j];
    }
    if (wa->depth != wb->depth) {
        return wa->depth > wb->depth;
    }
    return hm_id_compare(&a->id, &b->id) > 0;
}

static bool deletes(size_t i)
{
    return is_head(i, 2) && o.value[i][2] == 0;
}

/* Whether the delete d saw j's write of r, or something that reaches it. */
static bool in_closure(size_t d, size_t j, size_t r)
{
    for (size_t k = 0; k < o.count; k++) {
        if (o.seen[d][k] && is_write(k, r) && (k == j || reaches(k, j, r, true))) {
            return true;
        }
    }
    return false;
}

static bool keeps_alive(size_t j)
{
    if (deletes(j)) {
        return false;
    }
    for (size_t r = 0; r < REGISTERS; r++) {
        bool open = is_head(j, r);
        for (size_t d = 0; r < 2 && d < o.count; d++) {
            open = open && !(deletes(d) && in_closure(d, j, r));
        }
        if (open) {
            return true;
        }
    }
    return false;
}

static size_t index_of(const struct hm_known *known)
{
    for (size_t i = 0; i < o.count; i++) {
        if (hm_id_equal(&o.change[i]->id, &known->change->id)) {
            return i;
        }
    }
    return CHANGES_MAX;
}

static void count_pairs(size_t r, bool conflict, bool found)
{
    for (size_t i = 0; i < o.count; i++) {
        for (size_t j = i + 1; j < o.count && is_head(i, r); j++) {
            struct pairs *pairs =
                hm_act_decides(o.change[i]->act) || hm_act_decides(o.change[j]->act)
                    ? &decisions
                    : &edits;
            bool pair = is_head(j, r);
            pairs->seen += pair;
            pairs->missed += pair && !same_value(i, j, r) && !found;
            pairs->false_ += pair && !conflict && found;
        }
    }
}

static void ck_register(const struct hm_merged *merged,
                        const struct hm_known *known,
                        size_t r)
{
    const struct hm_register *reg = hm_merged_register(merged, hm_text(registers[r]));
    size_t heads = 0;
    size_t best = CHANGES_MAX;
    bool conflict = false;
    for (size_t i = 0; i < o.count; i++) {
        if (is_head(i, r)) {
            heads++;
            conflict = conflict || (best < CHANGES_MAX && !same_value(i, best, r));
            best = best == CHANGES_MAX || greater(i, best, r) ? i : best;
        }
    }
    ck_assert_uint_eq(reg == NULL ? 0 : reg->head_count, heads);
    if (reg == NULL) {
        return;
    }
    for (size_t h = 0; h < reg->head_count; h++) {
        ck_assert(is_head(index_of(&known[reg->heads[h].known]), r));
    }
    count_pairs(r, conflict, reg->conflict);
    ck_assert_int_eq(reg->conflict, conflict);
    ck_assert_uint_eq(index_of(&known[reg->heads[reg->shown].known]), best);
}

static void ck_deletion(const struct hm_merged *merged, const struct hm_known *known)
{
    size_t delete_count = 0;
    size_t alive_count = 0;
    for (size_t i = 0; i < o.count; i++) {
        delete_count += deletes(i);
        alive_count += keeps_alive(i);
    }
    bool contested = delete_count > 0 && alive_count > 0;
    ck_assert_int_eq(merged->deleted, delete_count > 0 && alive_count == 0);
    ck_assert_int_eq(merged->live_conflict, contested);
    ck_assert_uint_eq(merged->live_count, contested ? delete_count + alive_count : 0);
    for (size_t h = 0; h < merged->live_count; h++) {
        size_t i = index_of(&known[merged->live_heads[h].known]);
        ck_assert(merged->live_heads[h].write == NULL ? keeps_alive(i) : deletes(i));
    }
}

static void ck_against_oracle(struct hm_known *known, size_t count)
{
    struct hm_arena mine;
    struct hm_merged merged;
    hm_arena_init(&mine, (size_t)16 * 1024 * 1024);
    ck_assert_int_eq(hm_merge(&merged, known, count, &mine, NULL), HM_OK);
    for (size_t r = 0; r < REGISTERS; r++) {
        ck_register(&merged, known, r);
    }
    ck_deletion(&merged, known);
    hm_arena_fini(&mine);
}

/* Gives i's write of r what it replaces: heads it knows, or anything at all. */
static void write_over(struct hm_change *change, size_t i, size_t r, bool honest)
{
    const struct hm_change *over[HM_MAKE_OVER] = {NULL};
    int count = 0;
    for (size_t k = 0; k < i && count < 4; k++) {
        bool takes = o.writes[k][r] && (honest ? !one_in(4) : one_in(3));
        for (size_t m = k + 1; honest && takes && m < i; m++) {
            takes = !o.over[m][k][r]; /* replaced already */
        }
        if (takes) {
            o.over[i][k][r] = true;
            over[count++] = o.change[k];
        }
    }
    struct hm_bytes value = r == 2 ? hm_text(o.value[i][r] == 0 ? "f" : "t")
                                   : hm_make_plain(&lan, o.value[i][r] == 0 ? "x" : "y");
    hm_make_write(change, &lan, registers[r], value, count, over[0], over[1], over[2],
                  over[3]);
}

static void make_change(size_t i, bool honest)
{
    static const enum hm_act acts[] = {HM_ACT_EDIT, HM_ACT_EDIT, HM_ACT_RESOLVE,
                                       HM_ACT_DELETE};
    struct hm_change *change =
        hm_make(&lan, i == 0 ? HM_ACT_CREATE : acts[hm_testenv_below(&dice, 4)],
                i == 0 ? NULL : &o.change[0]->record);
    o.change[i] = change;
    o.known[i] = !one_in(12);
    o.effective[i] = !one_in(5);
    o.rank[i] = (int)hm_testenv_below(&dice, 3);
    for (size_t r = 0; r < REGISTERS; r++) {
        bool live = r == 2;
        o.writes[i][r] = i == 0 || (live ? change->act == HM_ACT_DELETE || one_in(8)
                                         : change->act != HM_ACT_DELETE && one_in(2));
        o.value[i][r] = live ? change->act != HM_ACT_DELETE : !one_in(2);
        if (o.writes[i][r]) {
            write_over(change, i, r, honest);
        }
    }
    for (size_t k = 0; k < i && change->act == HM_ACT_DELETE; k++) {
        o.seen[i][k] = !one_in(3);
        if (o.seen[i][k]) {
            hm_make_seen(change, &lan, 1, o.change[k]);
        }
    }
    hm_make_seal(change, &lan);
}

/* Some arrive as skeletons: what they replaced counts, what they said is not known. */
static void make_history(bool honest)
{
    memset(&o, 0, sizeof(o));
    o.count = 2 + hm_testenv_below(&dice, CHANGES_MAX - 2);
    for (size_t i = 0; i < o.count; i++) {
        make_change(i, honest);
    }
    for (size_t i = 0; i < o.count; i++) {
        if (one_in(15)) {
            o.change[i] = hm_make_skeleton(&lan, o.change[i]);
            for (size_t r = 0; r < REGISTERS; r++) {
                o.value[i][r] = -1;
            }
        }
    }
}

static size_t shuffle(struct hm_known *known)
{
    size_t count = 0;
    for (size_t i = 0; i < o.count; i++) {
        if (o.known[i]) {
            known[count++] = (struct hm_known){
                .change = o.change[i], .effective = o.effective[i], .rank = o.rank[i]};
        }
    }
    for (size_t i = count; i > 1; i--) {
        swap(&known[i - 1], &known[hm_testenv_below(&dice, i)]);
    }
    return count;
}

START_TEST(a_random_history_is_what_the_oracle_says_in_any_order)
{
    size_t deletions = 0;
    hm_testenv_init(&dice, hm_testenv_seed(6));
    for (int run = 0; run < RUNS; run++) {
        struct hm_known known[CHANGES_MAX];
        make_history(run % 2 == 0);
        for (int order = 0; order < ORDERS; order++) {
            size_t count = shuffle(known);
            ck_against_oracle(known, count);
        }
        for (size_t i = 0; i < o.count; i++) {
            deletions += deletes(i);
        }
        hm_arena_clear(&arena);
    }
    hm_promise("P9 concurrent edits against an oracle: %u pairs, missed %u, false %u",
               edits.seen, edits.missed, edits.false_);
    hm_promise("P10 decisions against an oracle: %u pairs, missed %u, false %u",
               decisions.seen, decisions.missed, decisions.false_);
    ck_assert_uint_gt(deletions, RUNS / 8); /* the histories are worth the trouble */
    ck_assert_uint_gt(edits.seen, RUNS);
    ck_assert_uint_gt(decisions.seen, RUNS);
}
END_TEST

START_TEST(the_digest_of_a_unit_does_not_depend_on_the_order)
{
    unsigned orders = 0;
    unsigned different = 0;
    hm_testenv_init(&dice, hm_testenv_seed(7));
    for (int run = 0; run < RUNS / 10; run++) {
        struct hm_digest first;
        make_history(true);
        for (int order = 0; order < ORDERS; order++) {
            struct hm_known known[CHANGES_MAX];
            struct hm_merged merged;
            struct hm_digest digest;
            struct hm_hash hash;
            size_t count = shuffle(known);
            ck_assert_int_eq(hm_merge(&merged, known, count, &arena, NULL), HM_OK);
            hm_unit_digest_begin(&hash);
            for (size_t r = 0; r < merged.register_count; r++) {
                hm_unit_digest_put(&hash, &o.change[0]->record, &merged.registers[r],
                                   known);
            }
            hm_unit_digest_end(&hash, &digest);
            first = order == 0 ? digest : first;
            orders++;
            different += !hm_digest_equal(&digest, &first);
        }
        hm_arena_clear(&arena);
    }
    hm_promise("P8 histories in other orders: %u orders, different %u", orders,
               different);
    ck_assert_uint_gt(orders, RUNS / 10);
    ck_assert_uint_eq(different, 0);
}
END_TEST

START_TEST(ten_thousand_heads_of_one_register_are_merged)
{
    enum { STORM = 10000 };
    struct hm_known *known = hm_arena_get_array(&arena, STORM + 1, sizeof(*known));
    struct hm_change *created = hm_make(&lan, HM_ACT_CREATE, NULL);
    struct hm_merged merged;
    hm_make_text(created, &lan, "a", "x", 0);
    hm_make_seal(created, &lan);
    known[0] = (struct hm_known){.change = created, .effective = true};
    for (size_t i = 1; i <= STORM; i++) {
        struct hm_change *edit = hm_make(&hung, HM_ACT_EDIT, &created->record);
        hm_make_text(edit, &hung, "a", i % 2 == 0 ? "y" : "z", 1, created);
        hm_make_seal(edit, &hung);
        known[i] = (struct hm_known){.change = edit, .effective = true};
    }

    ck_assert_int_eq(hm_merge(&merged, known, STORM + 1, &arena, NULL), HM_OK);

    const struct hm_register *reg = hm_merged_register(&merged, hm_text("a"));
    ck_assert_uint_eq(reg->head_count, STORM);
    ck_assert(reg->conflict);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("merge_random");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, history_start, history_finish);
    tcase_set_timeout(all, 120);
    tcase_add_test(all, a_random_history_is_what_the_oracle_says_in_any_order);
    tcase_add_test(all, the_digest_of_a_unit_does_not_depend_on_the_order);
    tcase_add_test(all, ten_thousand_heads_of_one_register_are_merged);
    suite_add_tcase(suite, all);
    return hm_run(suite);
}
