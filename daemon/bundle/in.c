/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/bundle/in.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "child.h"
#include "hamlet/host/file.h"
#include "hamlet/host/sandbox.h"

enum { SIZE_SIZE = 4, NUMBER_SIZE = 24 };

struct intake {
    const char *path;
    const struct hm_bundle_taker *taker;
    struct hm_sandbox box;
    struct hm_buf record;
    struct hm_bundle_head head;
    bool in_bundle;
    bool ours;
    bool locked; /* ours, and sealed to another key: its bytes are passed over */
    bool ended;
};

static enum hm_status fail(const struct intake *intake,
                           const char *key,
                           struct hm_err *err)
{
    return hm_fail(err, HM_BAD_INPUT, key, intake->path, NULL, NULL);
}

static size_t get_size(const uint8_t *at)
{
    return (size_t)at[0] << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | at[3];
}

/* A child that stops in the middle of its words was ended by what it read. */
static enum hm_status get_record(struct intake *intake,
                                 enum hm_record *type,
                                 struct hm_err *err)
{
    uint8_t head[HM_RECORD_HEAD_SIZE];
    size_t got = 0;
    hm_buf_clear(&intake->record);
    enum hm_status status = hm_sandbox_get(&intake->box, head, sizeof(head), &got, err);
    if (status != HM_OK) {
        return status;
    }
    size_t size = got == sizeof(head) ? get_size(head + 1) : 0;
    if (got != sizeof(head) || size > HM_RECORD_MAX) {
        return fail(intake, "bundle-broken", err);
    }
    uint8_t *room = hm_buf_reserve(&intake->record, size);
    if (room == NULL) {
        return hm_buf_status(&intake->record, err);
    }
    status = hm_sandbox_get(&intake->box, room, size, &got, err);
    if (status == HM_OK && got != size) {
        return fail(intake, "bundle-broken", err);
    }
    hm_buf_commit(&intake->record, size);
    *type = (enum hm_record)head[0];
    return status;
}

/* The lines of a head, read once more here: what they say is what was signed. */
static enum hm_status take_head(struct intake *intake,
                                enum hm_record type,
                                struct hm_err *err)
{
    bool ours = type != HM_RECORD_GIVEN;
    struct hm_bundle_line line;
    struct hm_bytes raw = hm_buf_bytes(&intake->record);
    const uint8_t *first = raw.size == 0 ? NULL : memchr(raw.data, '\n', raw.size);
    if (intake->in_bundle || first == NULL || raw.data[raw.size - 1] != '\n') {
        return fail(intake, "bundle-broken", err);
    }
    struct hm_bytes text = {first + 1, raw.size - (size_t)(first + 1 - raw.data)};
    text.size -= text.size > 0;
    enum hm_status status = hm_bundle_head_read(&intake->head, &line, text, NULL);
    if (status != HM_OK) {
        return status == HM_NO_MEMORY ? hm_fail_memory(err)
                                      : fail(intake, "bundle-broken", err);
    }
    intake->in_bundle = true;
    intake->ours = ours;
    intake->locked = type == HM_RECORD_LOCKED;
    status = intake->taker->head(intake->taker->ctx, &intake->head, &line, ours, err);
    if (status == HM_OK && intake->locked) {
        return intake->taker->locked(intake->taker->ctx, err);
    }
    return status != HM_OK || ours ? status
                                   : intake->taker->raw(intake->taker->ctx, raw, err);
}

static enum hm_status take_body(struct intake *intake, struct hm_err *err)
{
    struct hm_bytes body = hm_buf_bytes(&intake->record);
    size_t declared = body.size < SIZE_SIZE ? 0 : get_size(body.data);
    if (!intake->in_bundle || !intake->ours || intake->locked || declared == 0 ||
        declared > HM_BUNDLE_BODY_MAX || body.size - SIZE_SIZE > declared) {
        return fail(intake, "bundle-broken", err);
    }
    body.data += SIZE_SIZE;
    body.size -= SIZE_SIZE;
    return intake->taker->body(intake->taker->ctx, body, declared, err);
}

static enum hm_status take_raw(struct intake *intake, struct hm_err *err)
{
    if (!intake->in_bundle || (intake->ours && !intake->locked)) {
        return fail(intake, "bundle-broken", err);
    }
    return intake->locked ? HM_OK
                          : intake->taker->raw(intake->taker->ctx,
                                               hm_buf_bytes(&intake->record), err);
}

static enum hm_status take_end(struct intake *intake, struct hm_err *err)
{
    struct hm_bytes said = hm_buf_bytes(&intake->record);
    if (!intake->in_bundle || said.size != 1) {
        return fail(intake, "bundle-broken", err);
    }
    intake->in_bundle = false;
    return intake->taker->end(intake->taker->ctx, intake->ours && said.data[0] == 1, err);
}

static enum hm_status take(struct intake *intake, enum hm_record type, struct hm_err *err)
{
    switch (type) {
    case HM_RECORD_HEAD:
    case HM_RECORD_GIVEN:
    case HM_RECORD_LOCKED:
        return take_head(intake, type, err);
    case HM_RECORD_BODY:
        return take_body(intake, err);
    case HM_RECORD_RAW:
        return take_raw(intake, err);
    case HM_RECORD_END:
        return take_end(intake, err);
    case HM_RECORD_DONE:
        intake->ended = true;
        return intake->in_bundle ? fail(intake, "bundle-broken", err) : HM_OK;
    case HM_RECORD_TORN:
        return fail(intake, "bundle-torn", err);
    case HM_RECORD_NEWER:
        return hm_fail(err, HM_UNCONFIGURED, "bundle-newer", intake->path, NULL, NULL);
    case HM_RECORD_NONE:
        return fail(intake, "bundle-none", err);
    case HM_RECORD_MEMORY:
        return hm_fail_memory(err);
    default:
        return fail(intake, "bundle-broken", err);
    }
}

static enum hm_status open_file(int *fd, const char *path, struct hm_err *err)
{
    struct stat seen = {0};
    char most[NUMBER_SIZE];
    enum hm_status status = hm_file_open(fd, path, err);
    if (status == HM_OK &&
        (fstat(*fd, &seen) != 0 || (uint64_t)seen.st_size > HM_BUNDLE_FILE_MAX)) {
        (void)snprintf(most, sizeof(most), "%" PRIu64, HM_BUNDLE_FILE_MAX);
        close(*fd);
        *fd = -1;
        return hm_fail(err, HM_TOO_BIG, "file-too-big", path, most, NULL);
    }
    return status;
}

enum hm_status hm_bundle_in(const char *path,
                            const struct hm_id *self,
                            const struct hm_key *key,
                            const struct hm_secret *secret,
                            const struct hm_bundle_taker *taker,
                            struct hm_err *err)
{
    struct intake intake = {.path = path, .taker = taker, .box = HM_SANDBOX_NONE};
    struct hm_bundle_child child = {.self = *self, .key = *key, .secret = *secret};
    int fd = -1;
    hm_buf_init(&intake.record, HM_RECORD_MAX);
    enum hm_status status = open_file(&fd, path, err);
    if (status == HM_OK) {
        status = hm_sandbox_start(&intake.box, fd, hm_bundle_child_work, &child, err);
        close(fd);
    }
    while (status == HM_OK && !intake.ended) {
        enum hm_record type = HM_RECORD_BROKEN;
        status = get_record(&intake, &type, err);
        if (status == HM_OK) {
            status = take(&intake, type, err);
        }
    }
    hm_sandbox_stop(&intake.box);
    hm_secret_wipe(&child.secret);
    hm_buf_fini(&intake.record);
    return status;
}
