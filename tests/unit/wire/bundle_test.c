/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/wire/bundle.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 64 * 1024, BODIES = 3, LONG = 3 * HM_BUNDLE_PIECE + 5, EVENTS = 64 };

static struct hm_env env;
static struct hm_err err;
static struct hm_key keys[3]; /* a laptop, the server, another laptop */
static struct hm_secret secrets[3];
static uint8_t next_random;
static uint8_t text[BODIES][LONG];
static const size_t sizes[BODIES] = {10, LONG, HM_BUNDLE_PIECE - 4};
static struct hm_buf file;

static bool draw(void *ctx, uint8_t *to, size_t size)
{
    (void)ctx;
    for (size_t i = 0; i < size; i++) {
        to[i] = next_random++;
    }
    return true;
}

static struct hm_bytes body(size_t i)
{
    return (struct hm_bytes){text[i], sizes[i]};
}

/* A bundle of the bodies, appended to `file`. */
static void put_bundle(uint64_t part, bool more)
{
    struct hm_bundle_writer writer;
    struct hm_bundle_head head = {.id = {{7}},
                                  .server = hm_sign_device(&keys[1]),
                                  .from = hm_sign_device(&keys[0]),
                                  .to = hm_sign_device(&keys[1]),
                                  .part = part,
                                  .time = {1234},
                                  .epoch = 77,
                                  .incarnation = 99};
    ck_assert_int_eq(
        hm_bundle_begin(&writer, &file, &head, &keys[1], &secrets[0], &env, &err), HM_OK);
    for (size_t i = 0; i < BODIES; i++) {
        size_t before = file.size;
        ck_assert_int_eq(hm_bundle_put(&writer, &file, body(i), &err), HM_OK);
        ck_assert_uint_eq(file.size - before, hm_bundle_size(sizes[i]));
    }
    size_t before = file.size;
    ck_assert_int_eq(hm_bundle_end(&writer, &file, more, &err), HM_OK);
    ck_assert_uint_eq(file.size - before, HM_BUNDLE_END_SIZE);
    hm_bundle_writer_wipe(&writer);
}

static void start(void)
{
    env = (struct hm_env){.random = draw};
    err = HM_ERR_NONE;
    next_random = 0;
    ck_assert_int_eq(hm_sign_start(&err), HM_OK);
    for (uint8_t i = 0; i < 3; i++) {
        uint8_t seed[32] = {(uint8_t)(i + 1)};
        hm_sign_pair(&keys[i], &secrets[i], seed);
    }
    for (size_t i = 0; i < BODIES; i++) {
        memset(text[i], (int)('a' + i), LONG);
    }
    hm_buf_init(&file, FILE_MAX);
    put_bundle(2, false);
}

static void finish(void)
{
    hm_buf_fini(&file);
}

/* What a reading met: whole bodies in order, whose bytes were right. */
struct reading {
    size_t heads;
    size_t bodies;
    size_t ends;
    size_t raw_size;
    bool more;
    bool may_end;
    size_t rest; /* of a body that was cut */
    enum hm_status status;
};

static void take(struct reading *reading,
                 struct hm_bundle_reader *reader,
                 enum hm_bundle_event event,
                 int who)
{
    switch (event) {
    case HM_BUNDLE_HEAD:
        reading->heads++;
        reading->raw_size += reader->raw.size;
        if (who >= 0) {
            reading->status = hm_bundle_unlock(reader, &keys[who], &secrets[who], &err);
        }
        break;
    case HM_BUNDLE_BODY:
        ck_assert(hm_bytes_equal(hm_buf_bytes(&reader->body),
                                 body(reading->bodies++ % BODIES)));
        break;
    case HM_BUNDLE_END:
        reading->ends++;
        reading->more = reader->more;
        reading->raw_size += reader->unlocked ? 0 : reader->raw.size;
        break;
    case HM_BUNDLE_RAW:
        reading->raw_size += reader->raw.size;
        break;
    default:
        break;
    }
}

/* Read `bytes` `step` at a time as `who`; -1: as somebody who only carries it. */
static struct reading read_as(struct hm_bytes bytes, size_t step, int who)
{
    struct reading reading = {.status = HM_OK};
    struct hm_bundle_reader reader;
    hm_bundle_reader_init(&reader);
    for (size_t at = 0; at < bytes.size && reading.status == HM_OK; at += step) {
        size_t left = bytes.size - at;
        struct hm_bytes in = {bytes.data + at, left < step ? left : step};
        while (in.size > 0 && reading.status == HM_OK) {
            enum hm_bundle_event event = HM_BUNDLE_MORE;
            err = HM_ERR_NONE;
            reading.status = hm_bundle_read(&reader, &in, &event, &err);
            if (reading.status == HM_OK) {
                take(&reading, &reader, event, who);
            }
        }
    }
    reading.may_end = hm_bundle_may_end(&reader);
    reading.rest = reader.body.size < reader.declared ? reader.body.size : 0;
    hm_bundle_reader_fini(&reader);
    return reading;
}

START_TEST(a_bundle_is_read_as_it_was_written_in_whatever_pieces)
{
    struct reading reading =
        read_as(hm_buf_bytes(&file), _i == 0 ? 1 : (size_t)_i * 997, 1);

    ck_assert_int_eq(reading.status, HM_OK);
    ck_assert_uint_eq(reading.heads, 1);
    ck_assert_uint_eq(reading.bodies, BODIES);
    ck_assert_uint_eq(reading.ends, 1);
    ck_assert(reading.may_end);
    ck_assert(!reading.more);
}
END_TEST

START_TEST(several_bundles_may_stand_in_one_file)
{
    put_bundle(3, true);

    struct reading reading = read_as(hm_buf_bytes(&file), 4096, 1);

    ck_assert_int_eq(reading.status, HM_OK);
    ck_assert_uint_eq(reading.heads, 2);
    ck_assert_uint_eq(reading.bodies, 2 * (size_t)BODIES);
    ck_assert(reading.may_end);
    ck_assert(reading.more);
}
END_TEST

START_TEST(of_every_prefix_the_whole_pieces_are_there_and_no_prefix_passes_for_the_whole)
{
    size_t seen = 0;
    size_t rest_seen = 0;
    for (size_t size = 0; size < file.size; size++) {
        struct reading reading =
            read_as((struct hm_bytes){file.data, size}, file.size, 1);
        ck_assert_int_eq(reading.status, HM_OK);
        ck_assert_uint_eq(reading.ends, 0);
        ck_assert(reading.may_end == (size == 0));
        ck_assert_uint_ge(reading.bodies, seen);
        seen = reading.bodies;
        rest_seen += reading.rest > 0;
    }

    ck_assert_uint_eq(seen, BODIES);
    ck_assert_uint_gt(rest_seen, 0);
}
END_TEST

START_TEST(a_byte_that_was_changed_anywhere_is_found)
{
    struct hm_bundle_head head;
    struct hm_bundle_line line;
    for (size_t at = 0; at < file.size; at++) {
        file.data[at] ^= 1;
        struct reading reading = read_as(hm_buf_bytes(&file), file.size, 1);
        bool found = reading.status != HM_OK || !reading.may_end || reading.ends != 1;
        /* A signature is the reader's to check, who knows the sender's key. */
        const uint8_t *first = memchr(file.data, '\n', file.size);
        const uint8_t *second =
            first == NULL
                ? NULL
                : memchr(first + 1, '\n', file.size - (size_t)(first + 1 - file.data));
        if (!found && second != NULL) {
            struct hm_bytes text_of = {first + 1, (size_t)(second - first - 1)};
            found = hm_bundle_head_read(&head, &line, text_of, NULL) != HM_OK ||
                    !hm_bundle_head_check(&line, &keys[0]);
        }
        ck_assert_msg(found, "byte %zu", at);
        file.data[at] ^= 1;
    }
}
END_TEST

/* Where the pieces of the file begin; there are `count` before its end. */
static size_t pieces_of(size_t *at, size_t most)
{
    const uint8_t *line = memchr(file.data, '\n', file.size);
    line = memchr(line + 1, '\n', file.size - (size_t)(line + 1 - file.data));
    size_t count = 0;
    for (size_t i = (size_t)(line - file.data) + 1; i < file.size && count < most;) {
        size_t size = (size_t)file.data[i + 2] << 8 | file.data[i + 3];
        at[count++] = i;
        i += 4 + size;
    }
    return count;
}

START_TEST(pieces_that_are_missing_or_doubled_or_swapped_are_found)
{
    size_t at[EVENTS];
    size_t count = pieces_of(at, EVENTS);
    struct hm_buf other;
    ck_assert_uint_gt(count, 5);
    for (size_t i = 0; i + 2 < count; i++) {
        size_t here = at[i + 1] - at[i];
        size_t next = at[i + 2] - at[i + 1];
        for (int how = 0; how < 3; how++) {
            hm_buf_init(&other, FILE_MAX);
            hm_buf_put(&other, file.data, at[i]);
            if (how > 0) { /* 0: missing, 1: doubled, 2: swapped */
                hm_buf_put(&other, file.data + (how == 1 ? at[i] : at[i + 1]),
                           how == 1 ? here : next);
                hm_buf_put(&other, file.data + at[i], here);
            }
            size_t from = how == 2 ? at[i + 2] : at[i + 1];
            hm_buf_put(&other, file.data + from, file.size - from);
            struct reading reading = read_as(hm_buf_bytes(&other), FILE_MAX, 1);
            ck_assert_int_eq(reading.status, HM_BAD_INPUT);
            hm_buf_fini(&other);
        }
    }
}
END_TEST

START_TEST(nobody_but_its_reader_opens_it_and_whoever_carries_it_has_all_of_it)
{
    struct reading stranger = read_as(hm_buf_bytes(&file), 4096, 2);
    struct reading sender = read_as(hm_buf_bytes(&file), 4096, 0);
    struct reading carrier = read_as(hm_buf_bytes(&file), 4096, -1);

    ck_assert_int_eq(stranger.status, HM_BAD_INPUT);
    ck_assert_int_eq(sender.status, HM_BAD_INPUT);
    ck_assert_int_eq(carrier.status, HM_OK);
    ck_assert_uint_eq(carrier.raw_size, file.size);
}
END_TEST

/* The stream of one head under another: the key is bound to the very head. */
START_TEST(a_stream_does_not_open_under_another_head)
{
    size_t first = file.size;
    next_random = 0; /* so that it is the same key, were it not for the head */
    put_bundle(3, false);
    size_t at[EVENTS] = {0};
    ck_assert_uint_gt(pieces_of(at, EVENTS), 0);
    struct hm_buf other;
    hm_buf_init(&other, FILE_MAX);
    hm_buf_put(&other, file.data + first, at[0]);
    ck_assert(memcmp(other.data, file.data, at[0]) != 0);
    hm_buf_put(&other, file.data + at[0], first - at[0]);

    struct reading reading = read_as(hm_buf_bytes(&other), FILE_MAX, 1);

    ck_assert_int_eq(reading.status, HM_BAD_INPUT);
    ck_assert_uint_eq(reading.bodies, 0);
    hm_buf_fini(&other);
}
END_TEST

START_TEST(what_is_no_bundle_is_told_at_its_first_bytes_and_a_newer_one_is_named)
{
    struct reading none = read_as(hm_text("hamlet-b, and no line end"), 4096, 1);
    struct hm_err said = err;
    struct reading newer = read_as(hm_text("hamlet-bundle-2"), 4096, 1);

    ck_assert_int_eq(none.status, HM_BAD_INPUT);
    ck_assert_str_eq(said.key, "bundle-not");
    ck_assert_int_eq(newer.status, HM_UNCONFIGURED);
    ck_assert_str_eq(err.key, "bundle-version");
}
END_TEST

START_TEST(a_head_says_all_that_was_said_and_who_signed_it)
{
    struct hm_bundle_head head;
    struct hm_bundle_line line;
    const uint8_t *first = memchr(file.data, '\n', file.size);
    const uint8_t *second =
        memchr(first + 1, '\n', file.size - (size_t)(first + 1 - file.data));

    ck_assert_int_eq(
        hm_bundle_head_read(&head, &line,
                            (struct hm_bytes){first + 1, (size_t)(second - first - 1)},
                            &err),
        HM_OK);

    ck_assert_uint_eq(head.part, 2);
    ck_assert_int_eq(head.time.ms, 1234);
    ck_assert_uint_eq(head.epoch, 77);
    ck_assert_uint_eq(head.incarnation, 99);
    ck_assert(!head.has_key);
    ck_assert(hm_bundle_head_check(&line, &keys[0]));
    ck_assert(!hm_bundle_head_check(&line, &keys[2]));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("wire.bundle");
    TCase *cases = tcase_create("bundle");
    tcase_add_checked_fixture(cases, start, finish);
    tcase_set_timeout(cases, 120);
    tcase_add_loop_test(cases, a_bundle_is_read_as_it_was_written_in_whatever_pieces, 0,
                        8);
    tcase_add_test(cases, several_bundles_may_stand_in_one_file);
    tcase_add_test(
        cases,
        of_every_prefix_the_whole_pieces_are_there_and_no_prefix_passes_for_the_whole);
    tcase_add_test(cases, a_byte_that_was_changed_anywhere_is_found);
    tcase_add_test(cases, pieces_that_are_missing_or_doubled_or_swapped_are_found);
    tcase_add_test(cases,
                   nobody_but_its_reader_opens_it_and_whoever_carries_it_has_all_of_it);
    tcase_add_test(cases, a_stream_does_not_open_under_another_head);
    tcase_add_test(cases,
                   what_is_no_bundle_is_told_at_its_first_bytes_and_a_newer_one_is_named);
    tcase_add_test(cases, a_head_says_all_that_was_said_and_who_signed_it);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
