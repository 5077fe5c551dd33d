/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a device said last of the entries that it has. A request is answered by what it
 * says itself; a file is made while nobody asks, and begins where the device was then.
 */
#include "hamlet/base/limits.h"
#include "hamlet/base/pack.h"
#include "hamlet/store/buckets.h"
#include "hamlet/store/registry.h"
#include "serving.h"

static void put_states(struct hm_buf *buf,
                       const struct hm_bucket_state *buckets,
                       size_t count)
{
    hm_pack_uint(buf, count);
    for (size_t i = 0; i < count; i++) {
        hm_pack_bytes(buf, buckets[i].name);
        hm_pack_uint(buf, buckets[i].n);
    }
}

static enum hm_status get_states(struct hm_unpack *in,
                                 struct hm_bucket_state **buckets,
                                 size_t *count,
                                 struct hm_arena *arena,
                                 struct hm_err *err)
{
    size_t n = hm_unpack_count(in, 2);
    struct hm_bucket_state *list = hm_arena_get_array(arena, n, sizeof(*list));
    for (size_t i = 0; i < n && list != NULL; i++) {
        list[i].name = hm_unpack_bytes(in);
        list[i].n = hm_unpack_uint(in);
    }
    *buckets = list;
    *count = in->failed ? 0 : n;
    return hm_arena_status(arena, err);
}

static enum hm_status pack(struct hm_bytes *stated,
                           const struct hm_bucket_state *buckets,
                           size_t count,
                           struct hm_arena *arena,
                           struct hm_err *err)
{
    struct hm_buf buf;
    hm_buf_init(&buf, HM_REQUEST_BYTES_MAX);
    put_states(&buf, buckets, count);
    enum hm_status status = hm_buf_status(&buf, err);
    if (status == HM_OK) {
        *stated = hm_arena_copy(arena, hm_buf_bytes(&buf));
        status = hm_arena_status(arena, err);
    }
    hm_buf_fini(&buf);
    return status;
}

/* What stands in our own store; what is not ours there is as if nothing were said. */
static enum hm_status unpack(struct hm_bucket_state **buckets,
                             size_t *count,
                             struct hm_bytes stated,
                             struct hm_arena *arena,
                             struct hm_err *err)
{
    struct hm_unpack in;
    *buckets = NULL;
    *count = 0;
    hm_unpack_init(&in, stated);
    return stated.size == 0 ? HM_OK : get_states(&in, buckets, count, arena, err);
}

enum hm_status hm_serving_state(struct hm_serving *serving,
                                struct hm_visit *visit,
                                struct hm_err *err)
{
    const struct hm_request *request = &serving->request;
    visit->incarnation = request->incarnation;
    if (request->offers) {
        visit->stated = HM_NO_BYTES; /* a file would begin its buckets anew: not before
                                      * all is offered */
        return HM_OK;
    }
    return pack(&visit->stated, request->buckets, request->bucket_count, &serving->arena,
                err);
}

static uint64_t stated_of(const struct hm_bucket_state *buckets,
                          size_t count,
                          struct hm_bytes name)
{
    for (size_t i = 0; i < count; i++) {
        if (hm_bytes_equal(buckets[i].name, name)) {
            return buckets[i].n;
        }
    }
    return 0;
}

/* Whether it said nothing of this incarnation yet, or began to offer to it. */
static bool is_first_word(const struct hm_visit *visit, const struct hm_request *request)
{
    return visit->incarnation != request->incarnation || visit->stated.size == 0;
}

/*
 * That a device has offered all to this incarnation, before it says what it has of it,
 * is so if all of its file that came before this body was taken.
 */
static bool comes_too_early(const struct hm_serving *serving,
                            const struct hm_visit *visit)
{
    const struct hm_request *request = &serving->request;
    return serving->part != NULL && serving->part->missing > 0 &&
           request->incarnation == serving->self.incarnation &&
           (request->offers || is_first_word(visit, request));
}

/* Files come late, twice and in any order: the most that was said counts. */
static enum hm_status raise(struct hm_serving *serving,
                            struct hm_visit *visit,
                            bool *news,
                            struct hm_err *err)
{
    struct hm_request *request = &serving->request;
    struct hm_bucket_state *before = NULL;
    size_t count = 0;
    if (comes_too_early(serving, visit)) {
        serving->part->waits = true;
        return HM_OK;
    }
    if (request->offers) {
        return HM_OK;
    }
    if (is_first_word(visit, request)) {
        /* It may be an old file, or from an old disk: an answer that is longer than it
         * had to be harms neither, and the disk must be able to take it. */
        *news = true;
        return hm_serving_state(serving, visit, err);
    }
    enum hm_status status = unpack(&before, &count, visit->stated, &serving->arena, err);
    for (size_t i = 0; i < request->bucket_count && status == HM_OK; i++) {
        uint64_t n = stated_of(before, count, request->buckets[i].name);
        *news = *news || request->buckets[i].n > n;
        if (n > request->buckets[i].n) {
            request->buckets[i].n = n;
        }
    }
    return status != HM_OK || !*news ? status : hm_serving_state(serving, visit, err);
}

enum hm_status hm_serving_state_file(struct hm_serving *serving,
                                     struct hm_store *store,
                                     struct hm_err *err)
{
    const struct hm_request *request = &serving->request;
    struct hm_visit visit;
    struct hm_visit last;
    bool found = false;
    bool any = false;
    bool news = false;
    enum hm_status status = hm_store_visit_get(store, &request->device, request->epoch,
                                               &visit, &found, &serving->arena, err);
    if (status == HM_OK) {
        status = hm_store_visit_last(store, &request->device, &last, &any,
                                     &serving->arena, err);
    }
    /* The next file is for the disk of which something came last. */
    bool turns = any && last.epoch != request->epoch;
    /* One that knows less of its own chain than we do is an old file, come again. */
    if (status == HM_OK &&
        (request->seq >= serving->seq || visit.incarnation != request->incarnation)) {
        status = raise(serving, &visit, &news, err);
    }
    if (status != HM_OK || (found && !news && !turns && serving->fresh == 0)) {
        return status;
    }
    /* An old file of the epoch before may come later: only a visit proves two disks. */
    if (!found && request->has_parent) {
        status = hm_head_note(serving, store, true, err);
    }
    if (status != HM_OK) {
        return status;
    }
    visit.contact = hm_env_wall(serving->self.env);
    visit.version = request->version;
    visit.waiting =
        request->seq > serving->seq ? (int64_t)(request->seq - serving->seq) : 0;
    return hm_store_visit_put(store, &visit, err);
}

enum hm_status hm_file_reader_get(struct hm_file_reader *reader,
                                  struct hm_store *store,
                                  const struct hm_id *device,
                                  struct hm_arena *arena,
                                  struct hm_err *err)
{
    char id[HM_HEX16_SIZE];
    struct hm_device known;
    struct hm_visit visit;
    bool found = false;
    hm_hex_put(id, hm_id_bytes(device));
    enum hm_status status = hm_store_device_get(store, device, &known, arena, err);
    if (status == HM_OK && !known.known) {
        status = hm_fail(err, HM_NOT_FOUND, "device-missing", id, NULL, NULL);
    }
    if (status == HM_OK && known.revoked) {
        status = hm_fail(err, HM_DENIED, "problem-revoked", NULL, NULL, NULL);
    }
    if (status == HM_OK) {
        status = hm_store_visit_last(store, device, &visit, &found, arena, err);
    }
    if (status != HM_OK) {
        return status;
    }
    *reader = (struct hm_file_reader){.device = *device,
                                      .epoch = visit.epoch,
                                      .incarnation =
                                          visit.stated.size > 0 ? visit.incarnation : 0};
    return unpack(&reader->buckets, &reader->bucket_count, visit.stated, arena, err);
}

enum hm_status hm_serving_for_file(struct hm_serving *serving,
                                   struct hm_store *store,
                                   struct hm_file_reader *reader,
                                   struct hm_err *err)
{
    struct hm_origin origin = {.seq = 0};
    struct hm_device device;
    bool same = reader->incarnation == serving->self.incarnation;
    enum hm_status status =
        hm_store_device_get(store, &reader->device, &device, &serving->arena, err);
    if (status == HM_OK && reader->epoch != 0) {
        status = hm_store_origin_get(store, &reader->device, reader->epoch, false,
                                     &origin, err);
    }
    if (status != HM_OK) {
        return status;
    }
    serving->key = device.key; /* nobody asks, so nobody asks with an older one */
    serving->by_file = true;
    serving->reader_of_file = reader;
    serving->pages_count = true;
    serving->request =
        (struct hm_request){.device = reader->device,
                            .epoch = reader->epoch,
                            .incarnation = same ? reader->incarnation : 0,
                            .buckets = reader->buckets,
                            .bucket_count = same ? reader->bucket_count : 0,
                            .reply_max = HM_FILE_BODY_BYTES,
                            .waiting = 1 /* what is held of it is said each time */};
    serving->seq = origin.row == 0 ? 0 : origin.seq;
    serving->head = origin.head;
    return status;
}

void hm_file_reader_put(struct hm_buf *buf, const struct hm_file_reader *reader)
{
    hm_pack_uint(buf, reader->incarnation);
    put_states(buf, reader->buckets, reader->bucket_count);
}

enum hm_status hm_file_reader_read(struct hm_file_reader *reader,
                                   struct hm_unpack *in,
                                   struct hm_arena *arena,
                                   struct hm_err *err)
{
    reader->incarnation = hm_unpack_uint(in);
    enum hm_status status =
        get_states(in, &reader->buckets, &reader->bucket_count, arena, err);
    return status != HM_OK || !in->failed
               ? status
               : hm_fail(err, HM_PROTOCOL, "control-message", NULL, NULL, NULL);
}

enum hm_status hm_file_reader_keep(struct hm_file_reader *reader,
                                   struct hm_arena *arena,
                                   struct hm_err *err)
{
    struct hm_bucket_state *copy =
        hm_arena_get_array(arena, reader->bucket_count, sizeof(*copy));
    for (size_t i = 0; i < reader->bucket_count && copy != NULL; i++) {
        copy[i] = (struct hm_bucket_state){
            .name = hm_arena_copy(arena, reader->buckets[i].name),
            .n = reader->buckets[i].n};
    }
    reader->buckets = copy;
    return hm_arena_status(arena, err);
}
