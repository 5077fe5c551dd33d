/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of bundles: in any pieces the same heads, bodies and end or the same refusal; a
 * file with one body comes out as it went in; and a body of any bytes is scanned without
 * harm. The first byte chooses which, and how long the pieces are.
 */
#include "hamlet/bundle/in.h"

#include <string.h>

#include "fuzz.h"

enum { RAW = 64 }; /* choices below this one read a file, the others a body */

static struct hm_key keys[2];
static struct hm_secret secrets[2];

static bool draw(void *ctx, uint8_t *to, size_t size)
{
    (void)ctx;
    memset(to, 7, size);
    return true;
}

static const struct hm_env env = {.random = draw};

/* What a file came to, as one hash over all events. */
struct told {
    struct hm_hash hash;
    size_t events;
    enum hm_status status;
    bool may_end;
};

static void tell(struct told *told, const struct hm_bundle_reader *reader, int event)
{
    told->events++;
    hm_hash_put_uint(&told->hash, (uint64_t)event);
    hm_hash_put_packed(&told->hash, hm_buf_bytes(&reader->raw));
    if (event == HM_BUNDLE_BODY) {
        hm_hash_put_packed(&told->hash, hm_buf_bytes(&reader->body));
    }
}

static void read_file(struct told *told, struct hm_bytes input, size_t piece)
{
    struct hm_bundle_reader reader;
    *told = (struct told){.status = HM_OK};
    hm_hash_init(&told->hash, HM_DIGEST_SIZE);
    hm_bundle_reader_init(&reader);
    for (size_t at = 0; at < input.size && told->status == HM_OK; at += piece) {
        size_t size = input.size - at < piece ? input.size - at : piece;
        struct hm_bytes in = {input.data + at, size};
        while (in.size > 0 && told->status == HM_OK) {
            enum hm_bundle_event event = HM_BUNDLE_MORE;
            told->status = hm_bundle_read(&reader, &in, &event, NULL);
            if (told->status != HM_OK || event == HM_BUNDLE_MORE) {
                continue;
            }
            tell(told, &reader, (int)event);
            if (event == HM_BUNDLE_HEAD) {
                /* Most are for nobody: then they are only carried. */
                (void)!hm_bundle_unlock(&reader, &keys[1], &secrets[1], NULL);
            }
        }
    }
    told->may_end = hm_bundle_may_end(&reader);
    HM_ASSERT(reader.body.size <= HM_BUNDLE_BODY_MAX);
    hm_bundle_reader_fini(&reader);
}

static void read_both_ways(struct hm_bytes input, size_t piece)
{
    struct told whole;
    struct told pieces;
    uint8_t a[HM_DIGEST_SIZE];
    uint8_t b[HM_DIGEST_SIZE];
    read_file(&whole, input, input.size + 1);
    read_file(&pieces, input, piece);
    hm_hash_end(&whole.hash, a, sizeof(a));
    hm_hash_end(&pieces.hash, b, sizeof(b));
    HM_ASSERT(whole.status == HM_OK || whole.status == HM_BAD_INPUT ||
              whole.status == HM_UNCONFIGURED);
    HM_ASSERT(whole.status == pieces.status && whole.events == pieces.events);
    HM_ASSERT(memcmp(a, b, sizeof(a)) == 0);
    HM_ASSERT(whole.status != HM_OK || whole.may_end == pieces.may_end);
}

static void write_and_read(struct hm_bytes body, size_t piece)
{
    struct hm_bundle_writer writer;
    struct hm_buf file;
    struct told told;
    struct hm_bundle_head head = {.server = hm_sign_device(&keys[1]),
                                  .from = hm_sign_device(&keys[0]),
                                  .to = hm_sign_device(&keys[1])};
    hm_buf_init(&file, 2 * HM_BUNDLE_BODY_MAX);
    head.part = 1;
    HM_ASSERT(hm_bundle_begin(&writer, &file, &head, &keys[1], &secrets[0], &env, NULL) ==
              HM_OK);
    HM_ASSERT(hm_bundle_put(&writer, &file, body, NULL) == HM_OK);
    HM_ASSERT(hm_bundle_end(&writer, &file, false, NULL) == HM_OK);
    read_file(&told, hm_buf_bytes(&file), piece);
    HM_ASSERT(told.status == HM_OK && told.events == 3 && told.may_end);
    hm_bundle_writer_wipe(&writer);
    hm_buf_fini(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hm_bytes input = {data, size};
    if (hm_sign_start(NULL) != HM_OK) {
        return 0;
    }
    for (uint8_t i = 0; i < 2; i++) {
        uint8_t seed[32] = {(uint8_t)(i + 1)};
        hm_sign_pair(&keys[i], &secrets[i], seed);
    }
    uint8_t choice = fuzz_choice(&input);
    if (choice < RAW) {
        read_both_ways(input, 1 + (size_t)choice);
        return 0;
    }
    (void)!hm_bundle_scan(input, choice % 2 == 0, NULL);
    if (input.size > 0) {
        write_and_read(input, 1 + (size_t)choice);
    }
    return 0;
}
