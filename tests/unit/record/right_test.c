/* SPDX-License-Identifier: Apache-2.0 */
/* The one table of what a role may at the district: cell by cell, and nothing beside it.
 */
#include "hamlet/record/right.h"

#include <check.h>
#include <string.h>

#include "run.h"

/* A column for each role, in the order of record/role.h; the server's is the last. */
static const struct {
    enum hm_right right;
    const char *roles; /* x: he may */
} cells[] = {
    /* viewer auditor recorder hamlet_head unit_officer commune_officer commune_chair
     * district_officer district_chair district_admin server */
    {HM_RIGHT_NONE, "..........."},      {HM_RIGHT_STRANGER, "..........."},
    {HM_RIGHT_SELF, "xx...xxxxx."},      {HM_RIGHT_OVERVIEW, "x....xxxxx."},
    {HM_RIGHT_REPORTS, "x....xxxxx."},   {HM_RIGHT_RECORDS, ".....xxxx.."},
    {HM_RIGHT_CASES, ".....xxxx.."},     {HM_RIGHT_JUDGE, ".....x.x..."},
    {HM_RIGHT_CONFLICTS, ".....x.x.x."}, {HM_RIGHT_QUARANTINE, ".......x.x."},
    {HM_RIGHT_FLEET, ".....x.x.x."},     {HM_RIGHT_PEOPLE, ".....x.x.x."},
    {HM_RIGHT_ACCOUNTS, ".........x."},  {HM_RIGHT_UNITS, ".........x."},
    {HM_RIGHT_AUDIT, ".x.....xx.."},
};

START_TEST(a_role_may_what_its_cell_says)
{
    ck_assert_uint_eq(sizeof(cells) / sizeof(cells[0]), HM_RIGHT_COUNT);

    for (size_t i = 0; i < HM_RIGHT_COUNT; i++) {
        ck_assert_uint_eq(strlen(cells[i].roles), HM_ROLE_COUNT);
        for (int role = 0; role < HM_ROLE_COUNT; role++) {
            ck_assert_msg(hm_role_may((enum hm_role)role, cells[i].right) ==
                              (cells[i].roles[role] == 'x'),
                          "right %zu, role %s", i, hm_role_name((enum hm_role)role));
        }
    }
}
END_TEST

START_TEST(who_writes_the_log_by_what_he_does_cannot_be_who_alone_reads_it)
{
    /* The administrator of the system decides about people and machines: others watch. */
    ck_assert(!hm_role_may(HM_ROLE_DISTRICT_ADMIN, HM_RIGHT_AUDIT));
    for (int right = HM_RIGHT_OVERVIEW; right < HM_RIGHT_AUDIT; right++) {
        ck_assert(!hm_role_may(HM_ROLE_AUDITOR, (enum hm_right)right));
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("record.right");
    TCase *tests = tcase_create("right");
    tcase_add_test(tests, a_role_may_what_its_cell_says);
    tcase_add_test(tests,
                   who_writes_the_log_by_what_he_does_cannot_be_who_alone_reads_it);
    suite_add_tcase(suite, tests);
    return hm_run(suite);
}
