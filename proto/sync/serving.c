/* SPDX-License-Identifier: Apache-2.0 */
#include "serving.h"

#include <stdlib.h>
#include <string.h>

#include "hamlet/base/limits.h"
#include "hamlet/wire/invitation.h"

enum { INFLATE_BYTES = 48 * 1024 }; /* zlib's window and tables */

enum hm_status hm_serving_open(struct hm_serving **serving,
                               const struct hm_serving_self *self,
                               uint64_t declared,
                               struct hm_err *err)
{
    struct hm_serving *made = calloc(1, sizeof(*made));
    if (made == NULL) {
        return hm_fail_memory(err);
    }
    made->self = *self;
    made->declared = declared;
    hm_arena_init(&made->arena, HM_REQUEST_ARENA_MAX);
    hm_buf_init(&made->line, HM_HEADER_MAX);
    enum hm_status status = hm_inbox_open(&made->inbox, NULL, &self->server, err);
    hm_keys_one(&made->own_keys, self->key);
    made->inbox.district_keys = &made->own_keys;
    if (status == HM_OK) {
        *serving = made;
        made = NULL;
    }
    hm_serving_close(made);
    return status;
}

void hm_serving_close(struct hm_serving *serving)
{
    if (serving != NULL) {
        hm_inbox_close(&serving->inbox);
        hm_buf_fini(&serving->line);
        hm_arena_fini(&serving->arena);
        free(serving);
    }
}

void hm_serving_refuse(struct hm_serving *serving, enum hm_problem problem)
{
    if (serving->problem == HM_PROBLEM_NONE) {
        serving->problem = problem;
    }
}

bool hm_serving_came_back(const struct hm_serving *serving)
{
    return serving->came_back;
}

void hm_serving_by_file(struct hm_serving *serving)
{
    serving->by_file = true;
}

void hm_serving_of_part(struct hm_serving *serving, struct hm_file_part *part)
{
    serving->by_file = true;
    serving->part = part;
}

size_t hm_serving_fresh(const struct hm_serving *serving)
{
    return serving->fresh;
}

size_t hm_serving_refused(const struct hm_serving *serving)
{
    return serving->refused;
}

bool hm_serving_more(const struct hm_serving *serving)
{
    return serving->more;
}

enum hm_problem hm_serving_problem(const struct hm_serving *serving)
{
    return serving->problem;
}

bool hm_serving_commits(const struct hm_serving *serving)
{
    return serving->header_read &&
           (serving->problem == HM_PROBLEM_NONE || serving->inbox.page_count > 0);
}

const struct hm_request_enrolment *hm_serving_enrolment(const struct hm_serving *serving)
{
    return serving->request.enrolment.present ? &serving->request.enrolment : NULL;
}

const struct hm_invited *hm_serving_first(const struct hm_serving *serving)
{
    return serving->has_first ? &serving->first : NULL;
}

struct hm_bytes hm_serving_keys(const struct hm_serving *serving)
{
    return serving->rotates ? serving->request.keys : HM_NO_BYTES;
}

enum hm_problem hm_serving_denial(const struct hm_serving *serving,
                                  const struct hm_device *device)
{
    if (!device->known) {
        return HM_PROBLEM_UNKNOWN_DEVICE;
    }
    if (device->revoked) {
        return HM_PROBLEM_REVOKED;
    }
    return memcmp(device->key.at, serving->key.at, HM_KEY_SIZE) == 0 ? HM_PROBLEM_NONE
                                                                     : HM_PROBLEM_OLD_KEY;
}

const struct hm_request *hm_serving_request(const struct hm_serving *serving)
{
    return &serving->request;
}

size_t hm_serving_pages(const struct hm_serving *serving)
{
    return serving->pages_kept + serving->inbox.page_count;
}

size_t hm_serving_held(const struct hm_serving *serving)
{
    return sizeof(*serving) + INFLATE_BYTES + serving->arena.used +
           serving->line.capacity + hm_inbox_held(&serving->inbox);
}

void hm_serving_forget(struct hm_serving *serving)
{
    serving->pages_kept += serving->inbox.page_count;
    hm_inbox_clear(&serving->inbox);
    hm_buf_fini(&serving->inbox.text);
}

void hm_serving_limit(struct hm_serving *serving, uint64_t reply_bytes)
{
    if (serving->request.reply_max == 0 || serving->request.reply_max > reply_bytes) {
        serving->request.reply_max = reply_bytes;
    }
}

/* What an error while reading means to the one who sent it. */
static enum hm_problem problem_of(enum hm_status status, const struct hm_err *err)
{
    switch (status) {
    case HM_TOO_BIG:
        return HM_PROBLEM_TOO_LARGE;
    case HM_NO_MEMORY:
    case HM_LOCKED:
        return HM_PROBLEM_BUSY;
    case HM_IO:
        return HM_PROBLEM_DISK;
    case HM_PROTOCOL:
        if (err->key != NULL && strcmp(err->key, "version") == 0) {
            return HM_PROBLEM_VERSION;
        }
        if (err->key != NULL && strcmp(err->key, "dictionary") == 0) {
            return HM_PROBLEM_DICTIONARY;
        }
        return err->key != NULL && strcmp(err->key, "header") == 0 ? HM_PROBLEM_HEADER
                                                                   : HM_PROBLEM_PAGE;
    default:
        return HM_PROBLEM_INTERNAL;
    }
}

/*
 * The invitation in whose place another came. A server that was lost may not have it any
 * more: what it signed proves it.
 */
static enum hm_problem judge_first(struct hm_serving *serving)
{
    struct hm_bytes link = serving->request.enrolment.first;
    struct hm_err err = HM_ERR_NONE;
    struct hm_invitation first;
    struct hm_buf json;
    if (link.size == 0) {
        return HM_PROBLEM_NONE;
    }
    hm_buf_init(&json, HM_HEADER_MAX);
    enum hm_status status = hm_invitation_unlink(&json, link, &err);
    if (status == HM_OK) {
        status = hm_invitation_read(&first, hm_buf_bytes(&json), &serving->arena, &err);
    }
    hm_buf_fini(&json);
    if (status == HM_NO_MEMORY) {
        return problem_of(status, &err);
    }
    if (status != HM_OK || !hm_id_equal(&first.server, &serving->self.server)) {
        return HM_PROBLEM_ENROLMENT;
    }
    serving->first = (struct hm_invited){.id = first.id,
                                         .user = first.user,
                                         .name = first.name,
                                         .role = first.role,
                                         .home = first.unit};
    serving->has_first = true;
    return HM_PROBLEM_NONE;
}

/* A device that enrols brings its key and the proof that it was invited. */
static enum hm_problem judge_enrolment(struct hm_serving *serving)
{
    struct hm_err err = HM_ERR_NONE;
    const struct hm_request_enrolment *enrolment = &serving->request.enrolment;
    struct hm_id device = hm_sign_device(&enrolment->key);
    struct hm_invited invited;
    struct hm_digest proof;
    enum hm_status status = hm_store_invitation_get(
        serving->reader, &enrolment->invitation, &invited, &serving->arena, &err);
    if (status != HM_OK && status != HM_NOT_FOUND) {
        return problem_of(status, &err); /* nothing was said about the invitation */
    }
    if (status == HM_NOT_FOUND || !hm_id_equal(&device, &serving->request.device)) {
        return HM_PROBLEM_ENROLMENT;
    }
    hm_enrolment_proof(&proof, invited.secret, &enrolment->invitation, &enrolment->key);
    return hm_secret_equal(proof.at, enrolment->proof.at, HM_DIGEST_SIZE)
               ? judge_first(serving)
               : HM_PROBLEM_ENROLMENT;
}

/*
 * The keys of the one who asks. A device that has a new key brings all of them, until it
 * hears that they are known: they must go on from those that are known here, or one who
 * copied an earlier key would replace the newer by another.
 */
static enum hm_problem find_keys(struct hm_serving *serving,
                                 const struct hm_device *device,
                                 struct hm_keys *keys)
{
    struct hm_request *request = &serving->request;
    const struct hm_key *enrols = &request->enrolment.key;
    struct hm_bytes text = device->keys;
    bool brings = request->keys.size > 0;
    if (!device->known && !request->enrolment.present) {
        /* It offers what was lost, and with it who it is (refill.c). */
        return hm_keys_read(keys, request->keys, &request->device) ? HM_PROBLEM_NONE
                                                                   : HM_PROBLEM_SIGNATURE;
    }
    if (!device->known && !brings) {
        hm_keys_one(keys, enrols);
        return HM_PROBLEM_NONE;
    }
    if (brings && !hm_keys_follow(text, request->keys)) {
        serving->rotates = true;
        text = request->keys;
    }
    bool whole = serving->rotates ? hm_keys_read(keys, text, &request->device)
                                  : hm_keys_trust(keys, text, &request->device);
    if (!whole ||
        (serving->rotates && device->known && !hm_keys_follow(text, device->keys)) ||
        (!device->known && memcmp(keys->at[0].at, enrols->at, HM_KEY_SIZE) != 0)) {
        return HM_PROBLEM_SIGNATURE;
    }
    return HM_PROBLEM_NONE;
}

static enum hm_problem check_signature(const struct hm_serving *serving,
                                       const struct hm_request_line *line,
                                       const struct hm_keys *keys)
{
    const struct hm_id *server = &serving->self.server;
    bool (*check)(const struct hm_request_line *, uint64_t, const struct hm_id *,
                  const struct hm_key *) =
        serving->by_file ? hm_request_check_file : hm_request_check;
    for (size_t i = keys->count; i > 0; i--) {
        if (check(line, serving->declared, server, &keys->at[i - 1])) {
            return i == keys->count ? HM_PROBLEM_NONE : HM_PROBLEM_OLD_KEY;
        }
    }
    return HM_PROBLEM_SIGNATURE;
}

/*
 * Whether it comes to offer what a server lost, and whether it is let in: those too whom
 * the registry does not know, or not any more, while that is being refilled.
 */
static enum hm_status find_offering(struct hm_serving *serving,
                                    const struct hm_device *device,
                                    bool *admitted,
                                    struct hm_err *err)
{
    const struct hm_request *request = &serving->request;
    bool foreign = !serving->by_file && request->incarnation != 0 &&
                   request->incarnation != serving->self.incarnation;
    serving->offering = request->offers || foreign;
    *admitted = device->known ? !device->revoked : request->enrolment.present;
    return *admitted ? HM_OK : hm_refill_admits(serving, serving->reader, admitted, err);
}

/* It may be another since the server was begun: one whose folder was put back by hand. */
static enum hm_status read_incarnation(struct hm_serving *serving, struct hm_err *err)
{
    int64_t known = 0;
    enum hm_status status =
        hm_store_meta_get_int(serving->reader, HM_META_INCARNATION,
                              (int64_t)serving->self.incarnation, &known, err);
    serving->self.incarnation = (uint64_t)known;
    return status;
}

/* Who asks, proven before anything of the body is looked at. */
static enum hm_problem judge_header(struct hm_serving *serving,
                                    const struct hm_request_line *line)
{
    struct hm_err err = HM_ERR_NONE;
    struct hm_device device;
    struct hm_request *request = &serving->request;
    struct hm_inbox *inbox = &serving->inbox;
    bool admitted = false;
    enum hm_status status = read_incarnation(serving, &err);
    if (status == HM_OK) {
        status = hm_store_device_get(serving->reader, &request->device, &device,
                                     &serving->arena, &err);
    }
    if (status != HM_OK) {
        return problem_of(status, &err);
    }
    if (device.known) {
        request->enrolment.present = false; /* redeemed before; the reply got lost */
    }
    status = find_offering(serving, &device, &admitted, &err);
    if (status != HM_OK) {
        return problem_of(status, &err);
    }
    if (!device.known && !admitted) {
        return HM_PROBLEM_UNKNOWN_DEVICE;
    }
    enum hm_problem problem = find_keys(serving, &device, &inbox->known_keys);
    if (problem == HM_PROBLEM_NONE) {
        problem = check_signature(serving, line, &inbox->known_keys);
    }
    if (problem == HM_PROBLEM_NONE && !admitted) {
        problem = HM_PROBLEM_REVOKED;
    }
    /* A file may be an old one: that it knows less than we do says nothing. */
    if (problem == HM_PROBLEM_NONE && !serving->by_file) {
        bool fits = false;
        status = hm_head_fits(serving, serving->reader, &fits, &err);
        problem = status != HM_OK ? problem_of(status, &err)
                  : fits          ? HM_PROBLEM_NONE
                                  : HM_PROBLEM_STALE;
    }
    if (problem == HM_PROBLEM_NONE && request->enrolment.present) {
        problem = judge_enrolment(serving);
    }
    if (problem == HM_PROBLEM_NONE) {
        /* Of somebody who is not known pages prove nothing. */
        inbox->epoch = request->epoch;
        inbox->known = device.known || request->enrolment.present ? request->device
                                                                  : (struct hm_id){{0}};
        inbox->takes_offers = serving->offering && request->offers;
        serving->key = *hm_keys_newest(&inbox->known_keys);
    }
    return problem;
}

static void read_header(struct hm_serving *serving)
{
    struct hm_err err = HM_ERR_NONE;
    struct hm_request_line parts;
    enum hm_status status = hm_request_read(
        &serving->request, &parts, hm_buf_bytes(&serving->line), &serving->arena, &err);
    enum hm_problem problem =
        status == HM_OK ? judge_header(serving, &parts) : problem_of(status, &err);
    if (problem != HM_PROBLEM_NONE) {
        hm_serving_refuse(serving,
                          problem == HM_PROBLEM_PAGE ? HM_PROBLEM_HEADER : problem);
        return;
    }
    serving->pages_count = serving->by_file || serving->request.incarnation == 0 ||
                           serving->request.incarnation == serving->self.incarnation;
    serving->header_read = true;
}

bool hm_serving_put(struct hm_serving *serving,
                    struct hm_store *reader,
                    struct hm_bytes bytes)
{
    struct hm_err err = HM_ERR_NONE;
    serving->reader = reader;
    serving->inbox.store = reader;
    if (!serving->header_read && serving->problem == HM_PROBLEM_NONE) {
        const uint8_t *end =
            bytes.size == 0 ? NULL : memchr(bytes.data, '\n', bytes.size);
        size_t size = end == NULL ? bytes.size : (size_t)(end - bytes.data);
        hm_buf_put(&serving->line, bytes.data, size);
        if (serving->line.failed != HM_OK) {
            hm_serving_refuse(serving, serving->line.failed == HM_NO_MEMORY
                                           ? HM_PROBLEM_BUSY
                                           : HM_PROBLEM_HEADER);
        } else if (end != NULL) {
            read_header(serving);
            size++;
        }
        bytes.data += size;
        bytes.size -= size;
    }
    if (serving->problem != HM_PROBLEM_NONE) {
        return false;
    }
    if (bytes.size == 0 || !serving->header_read || !serving->pages_count) {
        return true;
    }
    enum hm_status status = hm_inbox_put(&serving->inbox, bytes, &err);
    if (status == HM_OK && hm_inbox_waits(&serving->inbox)) {
        status = hm_fail(&err, HM_PROTOCOL, "page", "device", NULL, NULL);
    }
    if (status != HM_OK) {
        hm_serving_refuse(serving, problem_of(status, &err));
    }
    return status == HM_OK;
}

void hm_serving_end(struct hm_serving *serving)
{
    serving->ended = true;
    if (!serving->header_read) {
        hm_serving_refuse(serving, HM_PROBLEM_HEADER);
    } else if (serving->pages_count && serving->inbox.in_page) {
        hm_serving_refuse(serving, HM_PROBLEM_PAGE);
    } else if (serving->problem == HM_PROBLEM_NONE && serving->inbox.offer_count > 0) {
        hm_refill_check(serving);
    }
}
