/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/store/buckets.h"

#include <stdlib.h>
#include <string.h>

#include "builders.h"
#include "hamlet/store/offers.h"
#include "hamlet/store/receipts.h"
#include "run.h"
#include "site.h"

enum { CHANGES = 40, CHANGES_MAX = 1300, ELEMENTS_MAX = 1400 };

static struct hm_site server;
static struct hm_site laptop;
static struct hm_maker maker;
static const struct hm_change *changes[CHANGES_MAX];
static int64_t first_row; /* of the changes, neighbours on the server */
static struct hm_bytes unit;

static void open_with(size_t count)
{
    hm_site_open_pair(&server, &laptop);
    hm_maker_init(&maker, &server.arena, 1);
    maker.district = server.device;
    maker.device = laptop.device;
    for (size_t i = 0; i < count; i++) {
        struct hm_change *change = hm_make(&maker, HM_ACT_CREATE, NULL);
        hm_make_text(change, &maker, "head_name", "Út", 0);
        hm_make_text(change, &maker, "address_text", "Tổ 1", 0);
        hm_make_seal(change, &maker);
        changes[i] = change;
    }
    first_row = hm_site_put(&server, changes, count, HM_VERDICT_NONE);
    unit = hm_text("30341-01");
}

static void setup(void)
{
    open_with(CHANGES);
}

static void setup_many(void)
{
    open_with(CHANGES_MAX);
}

static void teardown(void)
{
    hm_site_check(&server);
    hm_site_close(&laptop);
    hm_site_close(&server);
}

static struct hm_entry entry_of(enum hm_entry_kind kind,
                                size_t at,
                                uint64_t count,
                                const char *reason)
{
    return (struct hm_entry){.count = count,
                             .change = first_row + (int64_t)at,
                             .kind = kind,
                             .reason = hm_text(reason)};
}

static void append(struct hm_bytes bucket, struct hm_entry *entries, size_t count)
{
    ck_assert_int_eq(hm_store_begin(server.store, &server.err), HM_OK);
    ck_assert_int_eq(hm_store_entries_append(server.store, bucket, entries, count,
                                             &server.arena, &server.err),
                     HM_OK);
    ck_assert_int_eq(hm_store_commit(server.store, &server.err), HM_OK);
}

static void append_one(enum hm_entry_kind kind,
                       size_t at,
                       uint64_t count,
                       const char *reason)
{
    struct hm_entry entry = entry_of(kind, at, count, reason);
    append(unit, &entry, 1);
}

static struct hm_bucket bucket_of(struct hm_bytes name)
{
    struct hm_bucket bucket;
    ck_assert_int_eq(hm_store_bucket_get(server.store, name, &bucket, &server.err),
                     HM_OK);
    return bucket;
}

static unsigned verdict_of(size_t at)
{
    struct hm_held held;
    ck_assert_int_eq(hm_store_change_find(server.store, &changes[at]->id, &held,
                                          &server.arena, &server.err),
                     HM_OK);
    return held.verdict;
}

/* ---- the digest, as PROTOCOL.md 5 says it ---- */

struct element {
    struct hm_id id;
    char kind;
    const char *reason;
};

static struct element elements[ELEMENTS_MAX];
static size_t element_count;

static void expect(char kind, size_t at, const char *reason)
{
    elements[element_count++] = (struct element){changes[at]->id, kind, reason};
}

static int by_element(const void *a, const void *b)
{
    const struct element *x = a;
    const struct element *y = b;
    int order = hm_id_compare(&x->id, &y->id);
    order = order != 0 ? order : (x->kind > y->kind) - (x->kind < y->kind);
    return order != 0 ? order : strcmp(x->reason, y->reason);
}

static struct hm_digest expected_digest(void)
{
    struct hm_hash hash;
    struct hm_digest digest;
    size_t at = 0;
    qsort(elements, element_count, sizeof(elements[0]), by_element);
    hm_hash_init(&hash, HM_DIGEST_SIZE);
    hm_hash_put_packed(&hash, hm_text("hamlet-bucket-1"));
    for (int leaf = 0; leaf < 256; leaf++) {
        struct hm_hash of_leaf;
        uint8_t made[HM_ID_SIZE] = {0};
        size_t from = at;
        hm_hash_init(&of_leaf, HM_ID_SIZE);
        for (; at < element_count && elements[at].id.at[0] == leaf; at++) {
            hm_hash_put(&of_leaf, hm_id_bytes(&elements[at].id));
            hm_hash_put(&of_leaf, (struct hm_bytes){(uint8_t *)&elements[at].kind, 1});
            hm_hash_put_packed(&of_leaf, hm_text(elements[at].reason));
        }
        if (at > from) {
            hm_hash_end(&of_leaf, made, sizeof(made));
        }
        hm_hash_put(&hash, HM_BYTES(made));
    }
    hm_hash_end(&hash, digest.at, HM_DIGEST_SIZE);
    element_count = 0;
    return digest;
}

static void check_digest(struct hm_bytes name)
{
    struct hm_digest expected = expected_digest();
    struct hm_bucket bucket = bucket_of(name);
    ck_assert(hm_digest_equal(&bucket.digest, &expected));
}

START_TEST(a_bucket_that_is_not_there_is_empty)
{
    uint64_t n = 7;

    ck_assert_uint_eq(bucket_of(hm_text("99999")).n, 0);
    check_digest(hm_text("99999"));
    ck_assert_int_eq(hm_store_bucket_n(server.store, hm_text("99999"), &n, &server.err),
                     HM_OK);
    ck_assert_uint_eq(n, 0);
}
END_TEST

START_TEST(entries_are_numbered_without_gaps)
{
    struct hm_entry entries[] = {entry_of(HM_ENTRY_ACCEPTED, 0, 5, NULL),
                                 entry_of(HM_ENTRY_QUARANTINED, 5, 1, "role"),
                                 entry_of(HM_ENTRY_ACCEPTED, 6, 4, NULL)};

    append(unit, entries, 3);
    append_one(HM_ENTRY_ACCEPTED, 10, 1, NULL);

    ck_assert_uint_eq(entries[0].n, 1);
    ck_assert_uint_eq(entries[1].n, 6);
    ck_assert_uint_eq(entries[2].n, 7);
    ck_assert_uint_eq(bucket_of(unit).n, 11);
    ck_assert_uint_eq(verdict_of(4), HM_VERDICT_ACCEPTED);
    ck_assert_uint_eq(verdict_of(5), HM_VERDICT_QUARANTINED);
    ck_assert_uint_eq(verdict_of(11), HM_VERDICT_NONE);
}
END_TEST

START_TEST(entries_are_read_from_the_middle_of_a_run_on)
{
    struct hm_entry *found = NULL;
    size_t count = 0;
    append_one(HM_ENTRY_ACCEPTED, 0, 10, NULL);
    append_one(HM_ENTRY_QUARANTINED, 10, 1, "role");
    append_one(HM_ENTRY_RELEASED, 10, 1, NULL);

    ck_assert_int_eq(hm_store_entries_after(server.store, unit, 4, 2, &found, &count,
                                            &server.arena, &server.err),
                     HM_OK);

    ck_assert_uint_eq(count, 2);
    ck_assert_uint_eq(found[0].n, 5);
    ck_assert_uint_eq(found[0].count, 6);
    ck_assert_int_eq(found[0].change, first_row + 4);
    ck_assert_uint_eq(found[1].n, 11);
    ck_assert_int_eq(found[1].kind, HM_ENTRY_QUARANTINED);
    ck_assert(hm_bytes_are(found[1].reason, "role"));
}
END_TEST

START_TEST(nothing_comes_after_the_newest_entry)
{
    struct hm_entry *found = NULL;
    size_t count = 9;
    append_one(HM_ENTRY_ACCEPTED, 0, 10, NULL);

    ck_assert_int_eq(hm_store_entries_after(server.store, unit, 10, 5, &found, &count,
                                            &server.arena, &server.err),
                     HM_OK);

    ck_assert_uint_eq(count, 0);
}
END_TEST

START_TEST(every_entry_is_given_once_whatever_the_pieces)
{
    append_one(HM_ENTRY_ACCEPTED, 0, 7, NULL);
    append_one(HM_ENTRY_QUARANTINED, 7, 1, "scope");
    append_one(HM_ENTRY_ACCEPTED, 8, 20, NULL);
    for (uint64_t after = 0; after < 28; after++) {
        struct hm_entry *found = NULL;
        size_t count = 0;
        uint64_t next = after + 1;

        ck_assert_int_eq(hm_store_entries_after(server.store, unit, after, 10, &found,
                                                &count, &server.arena, &server.err),
                         HM_OK);

        for (size_t i = 0; i < count; i++) {
            ck_assert_uint_eq(found[i].n, next);
            ck_assert_int_eq(found[i].change, first_row + (int64_t)next - 1);
            next += found[i].count;
        }
        ck_assert_uint_eq(next, 29);
    }
}
END_TEST

START_TEST(the_verdict_is_the_join_of_all_entries_in_any_order)
{
    static const enum hm_entry_kind orders[][2] = {
        {HM_ENTRY_ACCEPTED, HM_ENTRY_QUARANTINED},
        {HM_ENTRY_QUARANTINED, HM_ENTRY_ACCEPTED},
        {HM_ENTRY_QUARANTINED, HM_ENTRY_RELEASED},
        {HM_ENTRY_RELEASED, HM_ENTRY_QUARANTINED}};
    for (size_t i = 0; i < 4; i++) {
        struct hm_listed listed;

        append_one(orders[i][0], i, 1, NULL);
        append_one(orders[i][1], i, 1, NULL);

        /* It is effective: the record is there. */
        ck_assert_int_eq(hm_store_record_show(server.store, &changes[i]->record, &listed,
                                              &server.arena, &server.err),
                         HM_OK);
        ck_assert_uint_eq(verdict_of(i) & HM_VERDICT_QUARANTINED, HM_VERDICT_QUARANTINED);
        ck_assert_uint_ne(verdict_of(i), HM_VERDICT_QUARANTINED);
    }
}
END_TEST

START_TEST(a_refused_creation_takes_its_record_away_and_a_release_brings_it_back)
{
    struct hm_listed listed;
    append_one(HM_ENTRY_QUARANTINED, 3, 1, "role");
    ck_assert_int_eq(hm_store_record_show(server.store, &changes[3]->record, &listed,
                                          &server.arena, NULL),
                     HM_NOT_FOUND);

    append_one(HM_ENTRY_RELEASED, 3, 1, NULL);

    ck_assert_int_eq(hm_store_record_show(server.store, &changes[3]->record, &listed,
                                          &server.arena, NULL),
                     HM_OK);
}
END_TEST

START_TEST(the_digest_is_that_of_the_protocol)
{
    append_one(HM_ENTRY_ACCEPTED, 0, 20, NULL);
    append_one(HM_ENTRY_QUARANTINED, 20, 1, "scope");
    append_one(HM_ENTRY_QUARANTINED, 21, 1, "role");
    append_one(HM_ENTRY_RELEASED, 21, 1, NULL);
    append_one(HM_ENTRY_QUARANTINED, 5, 1, "invalid");

    for (size_t i = 0; i < 20; i++) {
        expect('a', i, "");
    }
    expect('q', 20, "scope");
    expect('q', 21, "role");
    expect('r', 21, "");
    expect('q', 5, "invalid");
    check_digest(unit);
}
END_TEST

START_TEST(an_entry_that_is_repeated_counts_once_in_the_digest)
{
    append_one(HM_ENTRY_QUARANTINED, 20, 1, "scope");
    append_one(HM_ENTRY_QUARANTINED, 20, 1, "scope");
    append_one(HM_ENTRY_QUARANTINED, 20, 1, "role");
    append_one(HM_ENTRY_ACCEPTED, 21, 1, NULL);
    append_one(HM_ENTRY_ACCEPTED, 21, 1, NULL);

    expect('q', 20, "scope");
    expect('q', 20, "role");
    expect('a', 21, "");
    check_digest(unit);
    ck_assert_uint_eq(bucket_of(unit).n, 5);
}
END_TEST

START_TEST(a_digest_that_was_kept_is_renewed_where_an_entry_falls)
{
    for (size_t i = 0; i < CHANGES; i++) {
        append_one(i % 3 == 0 ? HM_ENTRY_QUARANTINED : HM_ENTRY_ACCEPTED, i, 1,
                   i % 3 == 0 ? "role" : NULL);

        for (size_t k = 0; k <= i; k++) {
            expect(k % 3 == 0 ? 'q' : 'a', k, k % 3 == 0 ? "role" : "");
        }
        check_digest(unit);
    }
}
END_TEST

START_TEST(a_mailbox_has_a_digest_of_its_own)
{
    char mailbox[HM_MAILBOX_SIZE];
    hm_mailbox_name(mailbox, &laptop.device);
    struct hm_entry entry = entry_of(HM_ENTRY_QUARANTINED, 2, 1, "role");
    append_one(HM_ENTRY_ACCEPTED, 0, 2, NULL);

    append(hm_text(mailbox), &entry, 1);

    ck_assert_uint_eq(strlen(mailbox), 33);
    ck_assert_int_eq(mailbox[0], '@');
    expect('q', 2, "role");
    check_digest(hm_text(mailbox));
    expect('a', 0, "");
    expect('a', 1, "");
    check_digest(unit);
}
END_TEST

START_TEST(a_scope_s_digest_is_that_of_its_buckets_in_order)
{
    struct hm_bucket buckets[2] = {bucket_of(hm_text("30341-01")),
                                   bucket_of(hm_text("~"))};
    struct hm_hash hash;
    struct hm_digest expected;
    struct hm_digest digest;
    hm_hash_init(&hash, HM_DIGEST_SIZE);
    hm_hash_put_packed(&hash, hm_text("hamlet-scope-1"));
    hm_hash_put_uint(&hash, 2);
    for (size_t i = 0; i < 2; i++) {
        hm_hash_put_packed(&hash, buckets[i].name);
        hm_hash_put(&hash, hm_digest_bytes(&buckets[i].digest));
    }
    hm_hash_end(&hash, expected.at, HM_DIGEST_SIZE);

    hm_scope_digest(&digest, buckets, 2);

    ck_assert(hm_digest_equal(&digest, &expected));
}
END_TEST

START_TEST(numbers_mean_changes_and_changes_have_numbers)
{
    struct hm_meaning meanings[] = {{.n = 3}, {.n = 12}, {.n = 13}, {.n = 99}};
    struct hm_number numbers[] = {{.prefix = hm_prefix_of(&changes[2]->id)},
                                  {.prefix = hm_prefix_of(&changes[12]->id)},
                                  {.prefix = 77}};
    append_one(HM_ENTRY_ACCEPTED, 0, 12, NULL);
    append_one(HM_ENTRY_QUARANTINED, 12, 1, "role");

    ck_assert_int_eq(
        hm_store_meanings(server.store, unit, 0, meanings, 4, &server.arena, &server.err),
        HM_OK);
    ck_assert_int_eq(
        hm_store_numbers(server.store, unit, 0, numbers, 3, &server.arena, &server.err),
        HM_OK);

    ck_assert(meanings[0].found && hm_id_equal(&meanings[0].change, &changes[2]->id));
    ck_assert(meanings[1].found && hm_id_equal(&meanings[1].change, &changes[11]->id));
    ck_assert(meanings[2].found &&
              hm_id_equal(&meanings[2].record, &changes[12]->record));
    ck_assert(!meanings[3].found);
    ck_assert_uint_eq(numbers[0].n, 3);
    ck_assert_uint_eq(numbers[1].n, 13);
    ck_assert(hm_id_equal(&numbers[1].record, &changes[12]->record));
    ck_assert_uint_eq(numbers[2].n, 0);
}
END_TEST

START_TEST(numbers_of_an_incarnation_that_is_over_are_given_to_nobody)
{
    struct hm_number number = {.prefix = hm_prefix_of(&changes[1]->id)};
    append_one(HM_ENTRY_ACCEPTED, 0, 3, NULL);
    ck_assert_int_eq(
        hm_store_numbers(server.store, unit, 0, &number, 1, &server.arena, &server.err),
        HM_OK);
    ck_assert_uint_eq(number.n, 2);

    ck_assert_int_eq(hm_store_begin(server.store, &server.err), HM_OK);
    ck_assert_int_eq(hm_store_buckets_age(server.store, &server.err), HM_OK);
    ck_assert_int_eq(hm_store_commit(server.store, &server.err), HM_OK);
    number = (struct hm_number){.prefix = number.prefix};
    ck_assert_int_eq(
        hm_store_numbers(server.store, unit, 0, &number, 1, &server.arena, &server.err),
        HM_OK);

    ck_assert_uint_eq(number.n, 0);
    ck_assert(hm_id_equal(&number.record, &changes[1]->record)); /* it is still here */
}
END_TEST

START_TEST(an_entry_in_a_mailbox_hides_no_number_of_the_unit)
{
    char mailbox[HM_MAILBOX_SIZE];
    struct hm_number numbers[] = {{.prefix = hm_prefix_of(&changes[6]->id)},
                                  {.prefix = hm_prefix_of(&changes[8]->id)}};
    struct hm_entry entry = entry_of(HM_ENTRY_QUARANTINED, 6, 1, "role");
    hm_mailbox_name(mailbox, &laptop.device);
    append_one(HM_ENTRY_ACCEPTED, 0, 12, NULL);
    append(hm_text(mailbox), &entry, 1);

    ck_assert_int_eq(
        hm_store_numbers(server.store, unit, 0, numbers, 2, &server.arena, &server.err),
        HM_OK);

    ck_assert_uint_eq(numbers[0].n, 7);
    ck_assert_uint_eq(numbers[1].n, 9);
}
END_TEST

START_TEST(a_bucket_that_begins_anew_counts_from_one)
{
    append_one(HM_ENTRY_ACCEPTED, 0, 12, NULL);
    append_one(HM_ENTRY_QUARANTINED, 12, 1, "role");
    ck_assert_int_eq(hm_store_begin(server.store, &server.err), HM_OK);

    ck_assert_int_eq(hm_store_bucket_reset(server.store, unit, &server.err), HM_OK);

    ck_assert_int_eq(hm_store_commit(server.store, &server.err), HM_OK);
    ck_assert_uint_eq(bucket_of(unit).n, 0);
    append_one(HM_ENTRY_QUARANTINED, 12, 1, "role");
    append_one(HM_ENTRY_ACCEPTED, 0, 12, NULL);
    for (size_t i = 0; i < 12; i++) {
        expect('a', i, "");
    }
    expect('q', 12, "role");
    check_digest(unit);
    ck_assert_uint_eq(bucket_of(unit).n, 13);
}
END_TEST

static void begin_anew(void)
{
    ck_assert_int_eq(hm_store_begin(server.store, &server.err), HM_OK);
    ck_assert_int_eq(hm_store_bucket_reset(server.store, unit, &server.err), HM_OK);
    ck_assert_int_eq(hm_store_commit(server.store, &server.err), HM_OK);
}

/* The server is another one now: what stands in buckets the one before said. */
static void age(void)
{
    ck_assert_int_eq(hm_store_begin(server.store, &server.err), HM_OK);
    ck_assert_int_eq(hm_store_buckets_age(server.store, &server.err), HM_OK);
    ck_assert_int_eq(hm_store_commit(server.store, &server.err), HM_OK);
}

/* The server's word on all that is in the bucket now. */
static void note_signed(void)
{
    static const uint8_t word[] = {1};
    int64_t receipt = 0;
    ck_assert_int_eq(hm_store_begin(server.store, &server.err), HM_OK);
    ck_assert_int_eq(hm_store_receipt_put(server.store, (struct hm_wall){1},
                                          HM_BYTES(word), HM_BYTES(word), &receipt,
                                          &server.err),
                     HM_OK);
    ck_assert_int_eq(
        hm_store_bucket_signed(server.store, unit, receipt, &server.arena, &server.err),
        HM_OK);
    ck_assert_int_eq(hm_store_commit(server.store, &server.err), HM_OK);
}

START_TEST(what_a_bucket_begun_anew_releases_no_more_is_refused_once_it_is_signed)
{
    for (size_t i = 0; i < 4; i++) {
        append_one(HM_ENTRY_QUARANTINED, i, 1, "role");
    }
    append_one(HM_ENTRY_RELEASED, 0, 1, NULL);
    append_one(HM_ENTRY_RELEASED, 1, 1, NULL);
    append_one(HM_ENTRY_ACCEPTED, 2, 1, NULL);
    append_one(HM_ENTRY_ACCEPTED, 3, 1, NULL);
    note_signed();
    begin_anew();
    for (size_t i = 0; i < 4; i++) {
        append_one(HM_ENTRY_QUARANTINED, i, 1, "role");
    }
    append_one(HM_ENTRY_RELEASED, 1, 1, NULL);
    append_one(HM_ENTRY_ACCEPTED, 3, 1, NULL);
    ck_assert_uint_eq(verdict_of(0), HM_VERDICT_QUARANTINED | HM_VERDICT_RELEASED);

    note_signed();

    ck_assert_uint_eq(verdict_of(0), HM_VERDICT_QUARANTINED);
    ck_assert_uint_eq(verdict_of(1), HM_VERDICT_QUARANTINED | HM_VERDICT_RELEASED);
    ck_assert_uint_eq(verdict_of(2), HM_VERDICT_QUARANTINED);
    ck_assert_uint_eq(verdict_of(3), HM_VERDICT_QUARANTINED | HM_VERDICT_ACCEPTED);
}
END_TEST

/* As a file brings a home that was forgotten: not as far as the mailbox knows it. */
START_TEST(what_the_mailbox_releases_stands_whatever_a_home_does_not_say)
{
    char mailbox[HM_MAILBOX_SIZE];
    struct hm_entry entry = entry_of(HM_ENTRY_QUARANTINED, 0, 1, "role");
    hm_mailbox_name(mailbox, &laptop.device);
    append(hm_text(mailbox), &entry, 1);
    entry = entry_of(HM_ENTRY_RELEASED, 0, 1, NULL);
    append(hm_text(mailbox), &entry, 1);
    append_one(HM_ENTRY_ACCEPTED, 1, 1, NULL);

    note_signed();

    ck_assert_uint_eq(verdict_of(0), HM_VERDICT_QUARANTINED | HM_VERDICT_RELEASED);
    age();
    begin_anew();
    append_one(HM_ENTRY_ACCEPTED, 1, 1, NULL);
    note_signed();
    ck_assert_uint_eq(verdict_of(0), HM_VERDICT_QUARANTINED);
}
END_TEST

START_TEST(buckets_are_listed_in_order_of_name)
{
    struct hm_bucket *buckets = NULL;
    size_t count = 0;
    struct hm_entry entry = entry_of(HM_ENTRY_QUARANTINED, 2, 1, "role");
    append(hm_text("@x"), &entry, 1);
    append_one(HM_ENTRY_ACCEPTED, 0, 2, NULL);

    ck_assert_int_eq(
        hm_store_buckets(server.store, &buckets, &count, &server.arena, &server.err),
        HM_OK);

    ck_assert_uint_eq(count, 3);
    ck_assert(hm_bytes_are(buckets[0].name, "30341-01"));
    ck_assert(hm_bytes_are(buckets[1].name, "@x"));
    ck_assert(hm_bytes_are(buckets[2].name, "~"));
    ck_assert_uint_eq(buckets[0].n, 2);
}
END_TEST

/* ---- an entry of more changes than a page ---- */

START_TEST(the_digest_tells_apart_what_lies_deep_in_a_long_entry)
{
    append_one(HM_ENTRY_ACCEPTED, 0, CHANGES_MAX, NULL);
    append_one(HM_ENTRY_QUARANTINED, 700, 1, "revoked");
    append_one(HM_ENTRY_QUARANTINED, CHANGES_MAX - 1, 1, "revoked");

    for (size_t i = 0; i < CHANGES_MAX; i++) {
        expect('a', i, "");
    }
    expect('q', 700, "revoked");
    expect('q', CHANGES_MAX - 1, "revoked");
    check_digest(unit);
}
END_TEST

START_TEST(every_change_of_a_long_entry_has_its_number)
{
    struct hm_entry long_one = entry_of(HM_ENTRY_ACCEPTED, 0, CHANGES_MAX - 1, NULL);
    append(unit, &long_one, 1);
    append_one(HM_ENTRY_ACCEPTED, CHANGES_MAX - 1, 1, NULL);

    ck_assert_uint_eq(long_one.n, 1);
    ck_assert_uint_eq(bucket_of(unit).n, CHANGES_MAX);
    for (size_t i = 0; i < CHANGES_MAX; i++) {
        struct hm_number number = {.prefix = hm_prefix_of(&changes[i]->id)};
        struct hm_meaning meaning = {.n = i + 1};
        ck_assert_int_eq(hm_store_numbers(server.store, unit, 0, &number, 1,
                                          &server.arena, &server.err),
                         HM_OK);
        ck_assert_int_eq(hm_store_meanings(server.store, unit, 0, &meaning, 1,
                                           &server.arena, &server.err),
                         HM_OK);
        ck_assert_uint_eq(number.n, i + 1);
        ck_assert(meaning.found && hm_id_equal(&meaning.change, &changes[i]->id));
    }
}
END_TEST

START_TEST(a_long_entry_is_given_once_from_wherever_it_is_read)
{
    append_one(HM_ENTRY_ACCEPTED, 0, CHANGES_MAX, NULL);

    for (uint64_t after = 0; after < CHANGES_MAX; after += 7) {
        struct hm_entry *found = NULL;
        size_t count = 0;
        uint64_t next = after + 1;
        ck_assert_int_eq(hm_store_entries_after(server.store, unit, after, 10, &found,
                                                &count, &server.arena, &server.err),
                         HM_OK);
        for (size_t i = 0; i < count; i++) {
            ck_assert_uint_eq(found[i].n, next);
            ck_assert_int_eq(found[i].change, first_row + (int64_t)next - 1);
            next += found[i].count;
        }
        ck_assert_uint_eq(next, CHANGES_MAX + 1);
    }
}
END_TEST

static void add_group(Suite *suite, TCase *group, void (*begin)(void))
{
    tcase_add_checked_fixture(group, begin, teardown);
    tcase_set_timeout(group, 60);
    suite_add_tcase(suite, group);
}

int main(void)
{
    Suite *suite = suite_create("buckets");
    TCase *entries = tcase_create("entries");
    TCase *digests = tcase_create("digests");
    TCase *numbers = tcase_create("numbers");
    TCase *many = tcase_create("many");
    tcase_add_test(entries, a_bucket_that_is_not_there_is_empty);
    tcase_add_test(entries, entries_are_numbered_without_gaps);
    tcase_add_test(entries, entries_are_read_from_the_middle_of_a_run_on);
    tcase_add_test(entries, nothing_comes_after_the_newest_entry);
    tcase_add_test(entries, every_entry_is_given_once_whatever_the_pieces);
    tcase_add_test(entries, the_verdict_is_the_join_of_all_entries_in_any_order);
    tcase_add_test(entries,
                   a_refused_creation_takes_its_record_away_and_a_release_brings_it_back);
    tcase_add_test(entries, a_bucket_that_begins_anew_counts_from_one);
    tcase_add_test(
        entries, what_a_bucket_begun_anew_releases_no_more_is_refused_once_it_is_signed);
    tcase_add_test(entries,
                   what_the_mailbox_releases_stands_whatever_a_home_does_not_say);
    tcase_add_test(entries, buckets_are_listed_in_order_of_name);
    add_group(suite, entries, setup);
    tcase_add_test(digests, the_digest_is_that_of_the_protocol);
    tcase_add_test(digests, an_entry_that_is_repeated_counts_once_in_the_digest);
    tcase_add_test(digests, a_digest_that_was_kept_is_renewed_where_an_entry_falls);
    tcase_add_test(digests, a_mailbox_has_a_digest_of_its_own);
    tcase_add_test(digests, a_scope_s_digest_is_that_of_its_buckets_in_order);
    add_group(suite, digests, setup);
    tcase_add_test(numbers, numbers_mean_changes_and_changes_have_numbers);
    tcase_add_test(numbers, an_entry_in_a_mailbox_hides_no_number_of_the_unit);
    tcase_add_test(numbers, numbers_of_an_incarnation_that_is_over_are_given_to_nobody);
    add_group(suite, numbers, setup);
    tcase_add_test(many, the_digest_tells_apart_what_lies_deep_in_a_long_entry);
    tcase_add_test(many, every_change_of_a_long_entry_has_its_number);
    tcase_add_test(many, a_long_entry_is_given_once_from_wherever_it_is_read);
    add_group(suite, many, setup_many);
    return hm_run(suite);
}
