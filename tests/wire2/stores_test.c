/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a store keeps or asks: digests of buckets (PROTOCOL.md 5), and the reading of a
 * stream, whose keys stand in the registry (6, 7).
 */
#include "hamlet/store/buckets.h"

#include <string.h>

#include "answer.h"
#include "hamlet/sync/inbox.h"
#include "site.h"
#include "vectors.h"

enum { BUCKETS_MAX = 16, KNOWN_MAX = 64 };

static struct hm_arena arena;

static void put_digest(struct hm_buf *answer, const struct hm_digest *digest)
{
    struct hm_json_write out;
    hm_json_write_init(&out, answer);
    hm_json_open(&out, '{');
    told_digest(&out, "digest", digest);
    hm_json_close(&out, '}');
}

/* The entry that an item [change id, kind, reason] means. */
static struct hm_entry heard_entry(const struct hm_json *item,
                                   const struct hm_change *changes,
                                   size_t count,
                                   int64_t first_row)
{
    struct hm_id id;
    size_t at = 0;
    struct hm_bytes kind = hm_json_text_or(hm_json_at(item, 1), hm_text("?"));
    (void)heard_raw(id.at, HM_ID_SIZE, hm_json_at(item, 0));
    while (at < count && !hm_id_equal(&changes[at].id, &id)) {
        at++;
    }
    return (struct hm_entry){.count = at < count ? 1 : 0,
                             .change = first_row + (int64_t)at,
                             .kind = (enum hm_entry_kind)kind.data[0],
                             .reason = hm_json_text_or(hm_json_at(item, 2), HM_NO_BYTES)};
}

/* One after the other, as a server gives its verdicts. */
static bool append(struct hm_site *site,
                   const struct hm_json *ask,
                   const struct hm_change *changes,
                   size_t count,
                   int64_t first_row)
{
    const struct hm_json *item = hm_json_first(hm_json_get(ask, "entries"));
    bool good = hm_store_begin(site->store, &site->err) == HM_OK;
    for (; item != NULL && good; item = hm_json_next(item)) {
        struct hm_entry entry = heard_entry(item, changes, count, first_row);
        good = entry.count == 1 &&
               hm_store_entries_append(site->store, heard_text(ask, "bucket"), &entry, 1,
                                       &site->arena, &site->err) == HM_OK;
    }
    return good && hm_store_commit(site->store, &site->err) == HM_OK;
}

struct known {
    struct hm_change *changes;
    size_t count;
    int64_t first_row;
};

static struct known put_known(struct hm_site *site,
                              const struct hm_json *list,
                              unsigned verdict)
{
    const struct hm_change *changes[KNOWN_MAX];
    struct known known = {.first_row = 0};
    known.changes = heard_changes(list, &known.count, &arena, true);
    ck_assert_uint_le(known.count, KNOWN_MAX);
    for (size_t i = 0; i < known.count; i++) {
        changes[i] = &known.changes[i];
    }
    known.first_row = hm_site_put(site, changes, known.count, verdict);
    return known;
}

static bool answer_bucket(struct hm_buf *answer, const struct hm_json *ask)
{
    struct hm_site site;
    struct hm_bucket bucket;
    hm_site_open_empty(&site, HM_STORE_SERVER, 1);
    struct known known = put_known(&site, hm_json_get(ask, "changes"), HM_VERDICT_NONE);
    bool good = append(&site, ask, known.changes, known.count, known.first_row) &&
                hm_store_bucket_get(site.store, heard_text(ask, "bucket"), &bucket,
                                    &site.err) == HM_OK;
    if (good) {
        put_digest(answer, &bucket.digest);
    }
    hm_site_close(&site);
    return good;
}

static bool answer_scope(struct hm_buf *answer, const struct hm_json *ask)
{
    struct hm_bucket buckets[BUCKETS_MAX];
    struct hm_digest digest;
    size_t count = 0;
    const struct hm_json *item = hm_json_first(hm_json_get(ask, "buckets"));
    for (; item != NULL && count < BUCKETS_MAX; item = hm_json_next(item)) {
        struct hm_bucket *bucket = &buckets[count++];
        bucket->name = hm_json_text_or(hm_json_at(item, 0), HM_NO_BYTES);
        (void)heard_raw(bucket->digest.at, HM_DIGEST_SIZE, hm_json_at(item, 1));
    }
    hm_scope_digest(&digest, buckets, count);
    put_digest(answer, &digest);
    return true;
}

static bool answer_mailbox(struct hm_buf *answer, const struct hm_json *ask)
{
    struct hm_id device;
    char name[HM_MAILBOX_SIZE];
    struct hm_json_write out;
    (void)heard_raw(device.at, HM_ID_SIZE, hm_json_get(ask, "device"));
    hm_mailbox_name(name, &device);
    hm_json_write_init(&out, answer);
    hm_json_open(&out, '{');
    hm_json_put_text(&out, "name", hm_text(name));
    hm_json_close(&out, '}');
    return true;
}

static void put_page(struct hm_json_write *out, const struct hm_page *page)
{
    hm_json_open(out, '{');
    hm_json_key(out, "page");
    told_page(out, page);
    hm_json_key(out, "changes");
    told_changes(out, page->changes, page->count);
    hm_json_close(out, '}');
}

static const char *reason_of(enum hm_status status, const struct hm_err *err)
{
    bool other = err->key != NULL && strcmp(err->key, "dictionary") == 0;
    return status == HM_TOO_BIG ? "too_large" : other ? "dictionary" : "page";
}

static void put_inbox(struct hm_buf *answer,
                      const struct hm_inbox *inbox,
                      enum hm_status status,
                      const struct hm_err *err)
{
    struct hm_json_write out;
    hm_json_write_init(&out, answer);
    hm_json_open(&out, '{');
    hm_json_key(&out, "pages");
    hm_json_open(&out, '[');
    for (size_t i = 0; i < inbox->page_count; i++) {
        put_page(&out, &inbox->pages[i].page);
    }
    hm_json_close(&out, ']');
    hm_json_key(&out, "lines");
    hm_json_open(&out, '[');
    for (size_t i = 0; i < inbox->line_count; i++) {
        hm_json_open(&out, '{');
        answer_entry_line(&out, &inbox->lines[i]);
        hm_json_close(&out, '}');
    }
    hm_json_close(&out, ']');
    hm_json_put_bool(&out, "ended", hm_inflate_ended(inbox->inflate));
    hm_json_put_bool(&out, "waits", status == HM_OK && hm_inbox_waits(inbox));
    if (status != HM_OK) {
        hm_json_put_text(&out, "refused", hm_text(reason_of(status, err)));
    }
    hm_json_close(&out, '}');
}

/* Byte by byte: where the pieces are cut must not matter. */
static bool answer_read(struct hm_buf *answer, const struct hm_json *ask)
{
    struct hm_site site;
    struct hm_inbox inbox;
    struct hm_id district;
    struct hm_err err = HM_ERR_NONE;
    struct hm_bytes data = heard_hex(hm_json_get(ask, "data"), &arena);
    (void)heard_raw(district.at, HM_ID_SIZE, hm_json_get(ask, "district"));
    hm_site_open_empty(&site, HM_STORE_SERVER, 1);
    (void)put_known(&site, hm_json_get(ask, "registry"), HM_VERDICT_ACCEPTED);
    enum hm_status status = hm_inbox_open(&inbox, site.store, &district, &err);
    inbox.takes_entries = true;
    for (size_t i = 0; i < data.size && status == HM_OK; i++) {
        status = hm_inbox_put(&inbox, (struct hm_bytes){data.data + i, 1}, &err);
    }
    put_inbox(answer, &inbox, status, &err);
    hm_inbox_close(&inbox);
    hm_site_close(&site);
    return true;
}

static bool answer_own(struct hm_buf *answer, const struct hm_json *ask)
{
    struct hm_bytes what = heard_text(ask, "do");
    if (hm_bytes_are(what, "bucket")) {
        return answer_bucket(answer, ask);
    }
    if (hm_bytes_are(what, "read")) {
        return answer_read(answer, ask);
    }
    if (hm_bytes_are(what, "scope")) {
        return answer_scope(answer, ask);
    }
    return hm_bytes_are(what, "mailbox") && answer_mailbox(answer, ask);
}

static const char *const files[] = {"bodies.json", "buckets.json"};

START_TEST(stores_keep_digests_and_read_streams_as_the_vectors_say)
{
    const char *folder = HM_SOURCE_DIR "/proto/vectors";
    hm_arena_init(&arena, (size_t)16 * 1024 * 1024);

    size_t wrong = vectors_wrong(folder, files[_i], answer_own);

    hm_arena_fini(&arena);
    ck_assert_msg(wrong == 0, "%zu wrong in %s", wrong, files[_i]);
}
END_TEST

int main(int argc, char **argv)
{
    return vectors_run("wire2.stores",
                       stores_keep_digests_and_read_streams_as_the_vectors_say, files, 2,
                       argc, argv);
}
