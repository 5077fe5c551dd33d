/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/record/duplicate.h"

#include <check.h>
#include <string.h>

#include "hamlet/base/limits.h"
#include "hamlet/record/kinds.h"
#include "run.h"

/* A household: name, year of birth, cluster, address, code; null: not filled in. */
struct home {
    const char *name;
    const char *year;
    const char *cluster;
    const char *address;
    const char *code;
};

static struct hm_kinds *kinds;
static const struct hm_kind *household;
enum { ROOM = 3 };
static struct hm_buf values[2 * ROOM];

static void start(void)
{
    ck_assert_int_eq(hm_kinds_open(&kinds, hm_embedded_kinds, NULL), HM_OK);
    household = hm_kinds_find(kinds, hm_text("household"));
    ck_assert_ptr_nonnull(household->duplicates);
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        hm_buf_init(&values[i], HM_VALUE_BYTES_MAX);
    }
}

static void finish(void)
{
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        hm_buf_fini(&values[i]);
    }
    hm_kinds_close(kinds);
}

struct side {
    const struct home *home;
    struct hm_buf *room; /* for value, tone and fold of the field that is asked for */
    struct hm_duplicate_value value;
};

static const char *text_of(const struct home *home, const struct hm_field *field)
{
    return strcmp(field->name, "head_name") == 0      ? home->name
           : strcmp(field->name, "birth_year") == 0   ? home->year
           : strcmp(field->name, "cluster") == 0      ? home->cluster
           : strcmp(field->name, "address_text") == 0 ? home->address
                                                      : home->code;
}

static const struct hm_duplicate_value *get(void *ctx, const struct hm_field *field)
{
    struct side *side = ctx;
    const char *text = text_of(side->home, field);
    side->value = (struct hm_duplicate_value){HM_NO_BYTES, HM_NO_BYTES, HM_NO_BYTES};
    for (size_t i = 0; i < ROOM; i++) {
        hm_buf_clear(&side->room[i]);
    }
    if (text == NULL) {
        return &side->value;
    }
    ck_assert_int_eq(hm_field_read(field, hm_text(text), &side->room[0], NULL), HM_OK);
    side->value.value = hm_buf_bytes(&side->room[0]);
    hm_duplicate_value_key(&side->room[1], field, side->value.value, HM_DUPLICATE_TONE);
    hm_duplicate_value_key(&side->room[2], field, side->value.value, HM_DUPLICATE_FOLD);
    side->value.tone = hm_buf_bytes(&side->room[1]);
    side->value.fold = hm_buf_bytes(&side->room[2]);
    return &side->value;
}

static struct hm_duplicate judge(const struct home *a, const struct home *b)
{
    struct side x = {.home = a, .room = values};
    struct side y = {.home = b, .room = values + ROOM};
    return hm_duplicate_judge(household, &(struct hm_duplicate_values){get, &x},
                              &(struct hm_duplicate_values){get, &y});
}

static const struct {
    struct home a;
    struct home b;
    const char *level;
    const char *name;
    const char *same;
    const char *apart;
} ladder[] = {
    /* spelt alike, born in one year, whatever the Unicode form */
    {{"Nguyễn Văn Út", "1960"},
     {"Nguyễn Văn Út", "1960"},
     "certain",
     "exact",
     "birth_year"},
    {{"Nguye\u0302\u0303n Văn Út", "1960"},
     {"Nguyễn Văn Út", "1960"},
     "certain",
     "exact",
     "birth_year"},
    {{"Nguyễn Văn Út", NULL, NULL, NULL, "H-7"},
     {"Nguyễn Văn Út", NULL, NULL, NULL, "H-7"},
     "certain",
     "exact",
     "household_code"},
    /* the same tone, placed or written otherwise */
    {{"Trần Thị Hòa", NULL, "Tổ 2"},
     {"TRẦN THỊ HOÀ", NULL, "tổ 2"},
     "probable",
     "tone",
     "cluster"},
    {{"Trần Thúy", "1971"}, {"Trần Thuý", "1971"}, "probable", "tone", "birth_year"},
    {{"\u00D0ặng Quý", NULL, NULL, "Ấp 2"},
     {"Đặng Qúy", NULL, NULL, "ấp 2"},
     "probable",
     "tone",
     "address_text"},
    /* spelt alike, with no more than a cluster */
    {{"Lê An", NULL, "Tổ 1"}, {"Lê An", NULL, "Tổ 1"}, "probable", "exact", "cluster"},
    /* folding is for a list alone */
    {{"Nguyen Van Ut", "1960"},
     {"Nguyễn Văn Út", "1960"},
     "possible",
     "fold",
     "birth_year"},
    {{"Lê Sơn Hạ", NULL, "Tổ 1"},
     {"Lê Sơn Hà", NULL, "Tổ 1"},
     "possible",
     "fold",
     "cluster"},
    {{"Lê An", NULL, "To 1"}, {"Lê An", NULL, "Tổ 1"}, "none", "exact"},
    {{"Le An", NULL, "To 1"}, {"Lê An", NULL, "Tổ 1"}, "possible", "fold", "cluster"},
    /* namesakes */
    {{"Nguyễn Văn Út", "1960", "Tổ 1"},
     {"Nguyễn Văn Út", "1982", "Tổ 1"},
     "possible",
     "exact",
     "cluster",
     "birth_year"},
    {{"Nguyễn Văn Út", "1960", NULL, NULL, "1"},
     {"Nguyễn Văn Út", "1960", NULL, NULL, "2"},
     "probable",
     "exact",
     "birth_year",
     "household_code"},
    {{"Nguyen Van Ut", "1960", "Tổ 1"},
     {"Nguyễn Văn Út", "1982", "Tổ 1"},
     "none",
     "fold",
     "cluster",
     "birth_year"},
    /* a name alone says nothing, nor does all else without it */
    {{"Lê An"}, {"Lê An"}, "none", "exact"},
    {{"Lê An", "1960", "Tổ 1", "Ấp 2", "7"},
     {"Lê Bình", "1960", "Tổ 1", "Ấp 2", "7"},
     "none",
     "none"},
    {{"Kim Qui", "1960"}, {"Kim Quy", "1960"}, "none", "none"},
};

START_TEST(the_ladder_is_climbed_as_far_as_name_and_fields_carry)
{
    struct hm_duplicate one = judge(&ladder[_i].a, &ladder[_i].b);
    struct hm_duplicate other = judge(&ladder[_i].b, &ladder[_i].a);

    ck_assert_str_eq(hm_duplicate_level_name(one.level), ladder[_i].level);
    ck_assert_str_eq(hm_duplicate_match_name(one.name), ladder[_i].name);
    ck_assert_pstr_eq(one.same == NULL ? NULL : one.same->name, ladder[_i].same);
    ck_assert_pstr_eq(one.apart == NULL ? NULL : one.apart->name, ladder[_i].apart);
    ck_assert_int_eq(one.level, other.level);
    ck_assert_ptr_eq(one.same, other.same);
}
END_TEST

static void put_key(const struct home *home, struct hm_buf *key)
{
    struct side side = {.home = home, .room = values};
    hm_buf_init(key, HM_VALUE_BYTES_MAX);
    hm_duplicate_key(key, household, get(&side, household->duplicates->name)->value);
}

START_TEST(what_looks_like_one_shares_a_key)
{
    struct hm_buf a;
    struct hm_buf b;
    put_key(&ladder[_i].a, &a);
    put_key(&ladder[_i].b, &b);

    bool shared = hm_bytes_equal(hm_buf_bytes(&a), hm_buf_bytes(&b));

    ck_assert(shared || strcmp(ladder[_i].level, "none") == 0);
    hm_buf_fini(&a);
    hm_buf_fini(&b);
}
END_TEST

int main(void)
{
    int count = sizeof(ladder) / sizeof(ladder[0]);
    Suite *suite = suite_create("record.duplicate");
    TCase *rungs = tcase_create("rungs");
    tcase_add_checked_fixture(rungs, start, finish);
    tcase_add_loop_test(rungs, the_ladder_is_climbed_as_far_as_name_and_fields_carry, 0,
                        count);
    tcase_add_loop_test(rungs, what_looks_like_one_shares_a_key, 0, count);
    suite_add_tcase(suite, rungs);
    return hm_run(suite);
}
