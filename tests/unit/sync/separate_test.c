/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What two people must write, at the server's door: the laptops' program knows the kind
 * without that, and takes more into a field than the server does.
 */
#include "acts.h"
#include "hamlet/base/embed.h"
#include "run.h"

#define LABEL "\"label\":{\"vi\":\"a\",\"en\":\"a\"}"
#define VISIT(separate, most)                                                            \
    "{\"kind\":\"visit\",\"version\":1," LABEL ",\"key\":[\"year\",\"pass\"]," separate  \
    "\"fields\":[{\"name\":\"year\",\"type\":\"integer\",\"min\":2000,\"max\":"          \
    "2100," LABEL "},{\"name\":\"pass\",\"type\":\"enum\"," LABEL ",\"values\":["        \
    "{\"value\":\"own\",\"label\":{\"vi\":\"b\",\"en\":\"b\"}},"                         \
    "{\"value\":\"second\",\"label\":{\"vi\":\"c\",\"en\":\"c\"}}]},"                    \
    "{\"name\":\"seen\",\"type\":\"text\",\"max\":" most "," LABEL "}],"                 \
    "\"roles\":{\"hamlet_head\":[\"create\",\"edit\"],"                                  \
    "\"recorder\":[\"create\",\"edit\"]}}"

static struct hm_kinds *strict;
static struct hm_kinds *lax;
static struct world_laptop *head;
static struct world_laptop *mate;

static struct hm_kinds *kinds_with(const char *visit)
{
    struct hm_kinds *kinds = NULL;
    ck_assert_int_eq(hm_kinds_open(&kinds, hm_embedded_kinds, &err), HM_OK);
    ck_assert_int_eq(hm_kinds_add(kinds, hm_text(visit), "visit.json", &err), HM_OK);
    return kinds;
}

static void setup(void)
{
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    strict = kinds_with(VISIT("\"separate\":\"pass\",", "8"));
    lax = kinds_with(VISIT("", "40"));
    world_open(&world, 1, strict, 1, 1);
    head = world_laptop_add_with(&world, "101-1", "hamlet_head", lax);
    mate = world_laptop_add_with(&world, "101-1", "recorder", lax);
}

static void teardown(void)
{
    world_fini(&world);
    hm_kinds_close(lax);
    hm_kinds_close(strict);
    hm_arena_fini(&arena);
}

static struct hm_added pay(struct world_laptop *laptop,
                           const char *pass,
                           const char *seen)
{
    struct hm_author *author = NULL;
    struct hm_added added = {.change = {{0}}};
    const struct hm_field_input fields[] = {{hm_text("year"), hm_text("2026"), NULL},
                                            {hm_text("pass"), hm_text(pass), NULL},
                                            {hm_text("seen"), hm_text(seen), NULL}};
    ck_assert_int_eq(hm_author_open(&author, laptop->store, &err), HM_OK);
    ck_assert_int_eq(hm_author_begin(author, &err), HM_OK);
    ck_assert_int_eq(hm_author_add(author, hm_text("visit"), fields, 3, &added, &err),
                     HM_OK);
    ck_assert_int_eq(hm_author_commit(author, &err), HM_OK);
    hm_author_close(author);
    return added;
}

static struct hm_id look_again(struct world_laptop *laptop, const struct hm_id *record)
{
    struct hm_author *author = NULL;
    struct hm_id change;
    const struct hm_field_input field = {hm_text("seen"), hm_text("x"), NULL};
    ck_assert_int_eq(hm_author_open(&author, laptop->store, &err), HM_OK);
    ck_assert_int_eq(hm_author_begin(author, &err), HM_OK);
    ck_assert_int_eq(hm_author_edit(author, record, &field, 1, false, &change, &err),
                     HM_OK);
    ck_assert_int_eq(hm_author_commit(author, &err), HM_OK);
    hm_author_close(author);
    return change;
}

static bool is_refused(const struct hm_id *change)
{
    struct hm_held held;
    ck_assert_int_eq(hm_store_change_find(world.reader, change, &held, &arena, &err),
                     HM_OK);
    return held.verdict == HM_VERDICT_QUARANTINED;
}

START_TEST(of_two_by_one_person_that_come_together_the_first_stands)
{
    struct hm_added own = pay(head, "own", "ra");
    struct hm_added second = pay(head, "second", "ra");

    sync_with(head);

    ck_assert(!is_refused(&own.change));
    ck_assert(is_refused(&second.change));
}
END_TEST

START_TEST(what_is_refused_itself_holds_nobody_apart)
{
    struct hm_added own = pay(head, "own", "longer than may be");
    struct hm_added second = pay(head, "second", "ra");

    sync_with(head);

    ck_assert(is_refused(&own.change));
    ck_assert(!is_refused(&second.change));
}
END_TEST

START_TEST(an_edit_of_what_is_held_apart_is_refused_wherever_its_creation_is)
{
    (void)pay(head, "own", "ra");
    struct hm_added second = pay(mate, "second", "ra");
    sync_with(head);
    sync_with(mate);
    sync_with(head);

    struct hm_id edit = look_again(head, &second.record);
    sync_with(head);

    ck_assert(is_refused(&edit));
}
END_TEST

int main(void)
{
    Suite *made = suite_create("sync separate");
    TCase *group = tcase_create("separate");
    tcase_add_checked_fixture(group, setup, teardown);
    tcase_set_timeout(group, 60);
    tcase_add_test(group, of_two_by_one_person_that_come_together_the_first_stands);
    tcase_add_test(group, what_is_refused_itself_holds_nobody_apart);
    tcase_add_test(group,
                   an_edit_of_what_is_held_apart_is_refused_wherever_its_creation_is);
    suite_add_tcase(made, group);
    return hm_run(made);
}
