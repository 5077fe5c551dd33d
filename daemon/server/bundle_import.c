/* SPDX-License-Identifier: Apache-2.0 */
/* bundle import: a laptop's file is opened here and goes to the store body by body. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "bundle.h"
#include "control.h"
#include "hamlet/base/pack.h"
#include "hamlet/bundle/in.h"
#include "hamlet/wire/problem.h"
#include "show.h"

enum { NUMBER_SIZE = 24, LINE_MAX = HM_BUNDLE_HEAD_MAX, INPUT_MAX = 32 * 1024 * 1024 };

struct importing {
    struct hm_call *call;
    const char *path;
    struct hm_id self;
    struct hm_key key;
    struct hm_secret secret;
    struct hm_buf line;   /* of the head under way */
    struct hm_buf bodies; /* packed, that wait */
    size_t waiting;
    size_t ours;
    size_t others;
    size_t foreign;  /* of these, of another district */
    size_t refusals; /* bundles of ours that were refused, and the first one's reason */
    size_t whole;    /* that were taken to their end */
    struct hm_err refusal;
    char refusal_key[HM_MAIN_KEY_SIZE];
    bool head_ours; /* the bundle under way is for us */
    bool skips;     /* and was refused */
    uint64_t part;
    bool more; /* the last part says that another file goes on with it */
    uint64_t fresh;
    uint64_t refused;
    uint64_t enrolled;
    uint64_t missing; /* the part that must come before one of these; 0: none */
    uint64_t copied;  /* bodies of copied or restored disks, kept */
};

/* What a refusal of a request means to the one who holds the file. */
static enum hm_status fail_problem(const struct importing *i,
                                   uint64_t problem,
                                   struct hm_err *err)
{
    switch (problem) {
    case HM_PROBLEM_NONE:
        return HM_OK;
    case HM_PROBLEM_REVOKED:
        return hm_fail(err, HM_DENIED, "bundle-revoked", i->path, NULL, NULL);
    case HM_PROBLEM_ENROLMENT:
    case HM_PROBLEM_UNKNOWN_DEVICE:
        return hm_fail(err, HM_BAD_INPUT, "bundle-unknown", i->path, NULL, NULL);
    case HM_PROBLEM_OLD_KEY:
        return hm_fail(err, HM_BAD_INPUT, "bundle-old-key", i->path, NULL, NULL);
    case HM_PROBLEM_BUSY:
        return hm_fail_memory(err);
    default:
        return hm_fail(err, HM_BAD_INPUT, "bundle-broken", i->path, NULL, NULL);
    }
}

/* Hand on what waits; with nothing, only the head is judged. */
static enum hm_status hand_on(struct importing *i, int end, struct hm_err *err)
{
    struct hm_buf input;
    struct hm_buf output;
    struct hm_unpack in;
    hm_buf_init(&input, INPUT_MAX);
    hm_buf_init(&output, INPUT_MAX);
    hm_pack_bytes(&input, hm_buf_bytes(&i->line));
    hm_pack_uint(&input, i->waiting);
    hm_buf_put_bytes(&input, hm_buf_bytes(&i->bodies));
    hm_pack_uint(&input, (uint64_t)end);
    enum hm_status status = hm_buf_status(&i->bodies, err);
    if (status == HM_OK) {
        status = hm_buf_status(&input, err);
    }
    if (status == HM_OK) {
        status = hm_control_ask(i->call, hm_buf_bytes(&input), &output, err);
    }
    if (status == HM_OK) {
        hm_unpack_init(&in, hm_buf_bytes(&output));
        i->fresh += hm_unpack_uint(&in);
        i->refused += hm_unpack_uint(&in);
        i->enrolled += hm_unpack_uint(&in);
        i->copied += hm_unpack_uint(&in);
        uint64_t missing = hm_unpack_uint(&in);
        i->missing = i->missing == 0 ? missing : i->missing;
        status = fail_problem(i, hm_unpack_uint(&in), err);
    }
    hm_buf_clear(&i->bodies);
    i->waiting = 0;
    hm_buf_fini(&output);
    hm_buf_fini(&input);
    return status;
}

/*
 * Who carries the files of many must not lose them all by one of a laptop that was
 * revoked. What is no fault of the bundle's ends it all.
 */
static enum hm_status skip_refused(struct importing *i,
                                   enum hm_status status,
                                   struct hm_err *err)
{
    if (status != HM_BAD_INPUT && status != HM_DENIED) {
        return status;
    }
    if (i->refusals++ == 0 && err != NULL) {
        i->refusal = *err;
        (void)snprintf(i->refusal_key, sizeof(i->refusal_key), "%s", err->key);
        i->refusal.key = i->refusal_key;
    }
    i->skips = true;
    hm_err_clear(err);
    return HM_OK;
}

static enum hm_status fail_refused(struct importing *i, struct hm_err *err)
{
    struct hm_main *main = i->call->ctx;
    (void)snprintf(main->key, sizeof(main->key), "%s", i->refusal_key);
    i->refusal.key = main->key;
    if (err != NULL && err->status == HM_OK) {
        *err = i->refusal;
    }
    return i->refusal.status;
}

static enum hm_status take_head(void *ctx,
                                const struct hm_bundle_head *head,
                                const struct hm_bundle_line *line,
                                bool ours,
                                struct hm_err *err)
{
    struct importing *i = ctx;
    i->head_ours = ours;
    if (!ours) {
        i->others++;
        i->foreign += !hm_id_equal(&head->server, &i->self);
        return HM_OK;
    }
    i->ours++;
    i->skips = false;
    i->part = head->part;
    hm_buf_clear(&i->line);
    hm_buf_put_b64(&i->line, HM_BYTES(line->signature.at));
    hm_buf_put_byte(&i->line, ' ');
    hm_buf_put_bytes(&i->line, line->json);
    enum hm_status status = hm_buf_status(&i->line, err);
    return status != HM_OK ? status
                           : skip_refused(i, hand_on(i, HM_BUNDLE_GOES_ON, err), err);
}

/* The key of a server never changes: whoever sealed this meant another. */
static enum hm_status take_locked(void *ctx, struct hm_err *err)
{
    struct importing *i = ctx;
    if (i->skips) {
        return HM_OK;
    }
    enum hm_status status =
        hm_fail(err, HM_BAD_INPUT, "bundle-broken", i->path, NULL, NULL);
    return skip_refused(i, status, err);
}

static enum hm_status take_body(void *ctx,
                                struct hm_bytes body,
                                size_t declared,
                                struct hm_err *err)
{
    struct importing *i = ctx;
    if (i->skips) {
        return HM_OK;
    }
    hm_pack_uint(&i->bodies, declared);
    hm_pack_bytes(&i->bodies, body);
    i->waiting++;
    return i->bodies.size < HM_BUNDLE_AT_ONCE
               ? HM_OK
               : skip_refused(i, hand_on(i, HM_BUNDLE_GOES_ON, err), err);
}

static enum hm_status take_raw(void *ctx, struct hm_bytes bytes, struct hm_err *err)
{
    (void)ctx; /* for somebody else: those who carry it bring it there */
    (void)bytes;
    (void)err;
    return HM_OK;
}

static enum hm_status take_end(void *ctx, bool more, struct hm_err *err)
{
    struct importing *i = ctx;
    enum hm_status status = HM_OK;
    if (i->head_ours && !i->skips) {
        int end = more ? HM_BUNDLE_MORE_PARTS : HM_BUNDLE_LAST_PART;
        status = skip_refused(i, hand_on(i, end, err), err);
    }
    i->more = more;
    i->whole += status == HM_OK && i->head_ours && !i->skips;
    return status;
}

static enum hm_status take_all(struct importing *i, struct hm_err *err)
{
    struct hm_err torn = HM_ERR_NONE;
    struct hm_err last = HM_ERR_NONE;
    char kept[NUMBER_SIZE];
    const struct hm_bundle_taker taker = {i,         take_head, take_locked,
                                          take_body, take_raw,  take_end};
    enum hm_status status =
        hm_bundle_in(i->path, &i->self, &i->key, &i->secret, &taker, &torn);
    if (status != HM_OK && i->waiting > 0) {
        /* It was whole before the damage. */
        enum hm_status kept_status = hand_on(i, HM_BUNDLE_GOES_ON, &last);
        if (kept_status != HM_OK && kept_status != HM_BAD_INPUT) {
            torn = last;
            status = kept_status;
        }
    }
    if (status == HM_OK && i->refusals > 0 && i->whole == 0) {
        return fail_refused(i, err);
    }
    if (status == HM_OK && i->ours == 0) {
        return hm_fail(err, HM_BAD_INPUT,
                       i->foreign > 0 ? "bundle-foreign" : "bundle-reader", i->path, NULL,
                       NULL);
    }
    if (status != HM_OK && i->fresh > 0) {
        bool cut = hm_bytes_are(hm_text(torn.key), "bundle-torn");
        (void)snprintf(kept, sizeof(kept), "%" PRIu64, i->fresh);
        if (cut || hm_bytes_are(hm_text(torn.key), "bundle-broken")) {
            return hm_fail(err, status, cut ? "bundle-torn-kept" : "bundle-broken-kept",
                           i->path, kept, NULL);
        }
    }
    if (status != HM_OK && err != NULL && err->status == HM_OK) {
        *err = torn;
    }
    return status;
}

static enum hm_status show_json(const struct importing *i, struct hm_err *err)
{
    struct hm_show show;
    hm_show_begin(&show);
    hm_json_open(&show.out, '{');
    hm_json_put_int(&show.out, "changes", (int64_t)i->fresh);
    hm_json_put_int(&show.out, "refused", (int64_t)i->refused);
    hm_json_put_int(&show.out, "enrolled", (int64_t)i->enrolled);
    hm_json_put_bool(&show.out, "copied", i->copied > 0);
    hm_json_put_int(&show.out, "bundles", (int64_t)i->ours);
    hm_json_put_int(&show.out, "others", (int64_t)i->others);
    hm_json_put_int(&show.out, "missing", (int64_t)i->missing);
    hm_json_put_int(&show.out, "skipped", (int64_t)i->refusals);
    hm_json_put_bool(&show.out, "more", i->more);
    hm_json_close(&show.out, '}');
    return hm_show_end(&show, i->call, HM_OK, err);
}

static void say(const struct importing *i)
{
    char fresh[NUMBER_SIZE];
    char refused[NUMBER_SIZE];
    char next[NUMBER_SIZE];
    char missing[NUMBER_SIZE];
    struct hm_view view;
    hm_show_view(&view, i->call, NULL);
    (void)snprintf(fresh, sizeof(fresh), "%" PRIu64, i->fresh);
    (void)snprintf(refused, sizeof(refused), "%" PRIu64, i->refused);
    (void)snprintf(next, sizeof(next), "%" PRIu64, i->part + 1);
    bool none = i->fresh == 0 && i->refusals > 0;
    if (!none) {
        hm_view_say(&view, i->fresh > 0 ? "bundle.taken" : "bundle.taken-none", i->path,
                    fresh, refused);
    }
    if (i->copied > 0) {
        hm_view_say(&view, "bundle.copied", NULL, NULL, NULL);
    }
    if (i->missing > 0) {
        (void)snprintf(missing, sizeof(missing), "%" PRIu64, i->missing);
        hm_view_say(&view, "bundle.part-missing", i->path, missing, NULL);
    }
    if (i->refusals > 0) {
        hm_view_say_why(&view, none ? "bundle.skipped-rest" : "bundle.skipped",
                        i->refusals, &i->refusal);
    }
    if (i->more) {
        hm_view_say(&view, "bundle.more", next, NULL, NULL);
    }
}

enum hm_status hm_bundle_import_run(struct hm_call *call, struct hm_err *err)
{
    struct importing i = {.call = call, .path = call->args->operands[0]};
    hm_buf_init(&i.line, LINE_MAX);
    hm_buf_init(&i.bodies, INPUT_MAX);
    enum hm_status status = hm_control_key(call, &i.key, &i.secret, err);
    if (status == HM_OK) {
        i.self = hm_sign_device(&i.key);
        status = take_all(&i, err);
    }
    if (call->args->json && (status == HM_OK || i.fresh > 0)) {
        enum hm_status shown = show_json(&i, err);
        status = status == HM_OK ? shown : status;
    } else if (status == HM_OK) {
        say(&i);
    }
    hm_secret_wipe(&i.secret);
    hm_buf_fini(&i.bodies);
    hm_buf_fini(&i.line);
    return status;
}
