/* SPDX-License-Identifier: Apache-2.0 */
/* bundle export: what laptops may read and do not have, sealed to each of them. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "bundle.h"
#include "control.h"
#include "hamlet/base/pack.h"
#include "hamlet/bundle/out.h"
#include "show.h"

enum { NUMBER_SIZE = 24, MEGABYTE = 1000 * 1000, PLACES = 5 };

struct exporting {
    struct hm_call *call;
    const char *path;
    struct hm_main *main;
    struct hm_key key;
    struct hm_secret secret;
    struct hm_bundle_head head;
    struct hm_bundle_out *out;
    struct hm_bundle_out_stats stats;
};

static enum hm_status broken(struct hm_err *err)
{
    return hm_fail(err, HM_PROTOCOL, "control-message", NULL, NULL, NULL);
}

/* The state of a reader goes to and fro as it is: its bytes, and what it begins with. */
static struct hm_bytes get_state(struct hm_unpack *in, uint64_t *incarnation)
{
    struct hm_bytes state = {in->at, 0};
    *incarnation = hm_unpack_uint(in);
    size_t count = hm_unpack_count(in, 2);
    for (size_t i = 0; i < count && !in->failed; i++) {
        (void)hm_unpack_bytes(in);
        (void)hm_unpack_uint(in);
    }
    state.size = in->failed ? 0 : (size_t)(in->at - state.data);
    return state;
}

/* Bodies of one answer into the file. */
static enum hm_status put_bodies(struct exporting *e,
                                 struct hm_unpack *in,
                                 struct hm_err *err)
{
    enum hm_status status = HM_OK;
    size_t count = hm_unpack_count(in, 1);
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        struct hm_bytes body = hm_unpack_bytes(in);
        if (in->failed || body.size == 0) {
            return broken(err);
        }
        status = hm_bundle_out_put(e->out, body, err);
    }
    return status != HM_OK || hm_unpack_done(in) ? status : broken(err);
}

/* One question to the one who has the store; `state` becomes what it is then. */
static enum hm_status ask(struct exporting *e,
                          const struct hm_id *device,
                          uint64_t epoch,
                          struct hm_buf *state,
                          bool *more,
                          struct hm_err *err)
{
    struct hm_buf question;
    struct hm_buf answer;
    struct hm_unpack in;
    uint64_t incarnation = 0;
    hm_buf_init(&question, HM_CONTROL_REQUEST_MAX);
    hm_buf_init(&answer, HM_CONTROL_REQUEST_MAX);
    hm_buf_put_bytes(&question, hm_id_bytes(device));
    hm_pack_uint(&question, epoch);
    hm_buf_put_bytes(&question, hm_buf_bytes(state));
    enum hm_status status = hm_buf_status(&question, err);
    if (status == HM_OK) {
        status = hm_control_ask(e->call, hm_buf_bytes(&question), &answer, err);
    }
    if (status == HM_OK) {
        hm_unpack_init(&in, hm_buf_bytes(&answer));
        *more = hm_unpack_uint(&in) == 1;
        struct hm_bytes next = get_state(&in, &incarnation);
        hm_buf_clear(state);
        hm_buf_put_bytes(state, next);
        status = hm_buf_status(state, err);
    }
    if (status == HM_OK) {
        status = put_bodies(e, &in, err);
    }
    hm_buf_fini(&answer);
    hm_buf_fini(&question);
    return status;
}

static enum hm_status write_reader(struct exporting *e,
                                   struct hm_unpack *in,
                                   struct hm_err *err)
{
    struct hm_key key;
    struct hm_buf state;
    uint64_t incarnation = 0;
    bool more = true;
    struct hm_bytes device = hm_unpack_raw(in, HM_ID_SIZE);
    struct hm_bytes raw = hm_unpack_raw(in, HM_KEY_SIZE);
    uint64_t epoch = hm_unpack_uint(in);
    struct hm_bytes first = get_state(in, &incarnation);
    if (in->failed || epoch > UINT32_MAX) {
        return broken(err);
    }
    memcpy(e->head.to.at, device.data, HM_ID_SIZE);
    memcpy(key.at, raw.data, HM_KEY_SIZE);
    e->head.epoch = (uint32_t)epoch;
    e->head.incarnation = incarnation;
    hm_buf_init(&state, HM_CONTROL_REQUEST_MAX);
    hm_buf_put_bytes(&state, first);
    enum hm_status status = hm_bundle_out_begin(e->out, &e->head, &key, &e->secret, err);
    while (status == HM_OK && more) {
        status = ask(e, &e->head.to, epoch, &state, &more, err);
    }
    hm_buf_fini(&state);
    return status != HM_OK ? status : hm_bundle_out_end(e->out, err);
}

static enum hm_status write_all(struct exporting *e,
                                struct hm_bytes readers,
                                struct hm_err *err)
{
    struct hm_unpack in;
    enum hm_status status = HM_OK;
    hm_unpack_init(&in, readers);
    size_t count = hm_unpack_count(&in, HM_ID_SIZE + HM_KEY_SIZE);
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        status = write_reader(e, &in, err);
    }
    if (status == HM_OK && !hm_unpack_done(&in)) {
        return broken(err);
    }
    if (status == HM_OK) {
        status = hm_bundle_out_sync(e->out, err);
    }
    return status != HM_OK ? status : hm_bundle_out_publish(e->out, err);
}

/* ---- what is said ---- */

static enum hm_status file_size(const struct hm_call *call,
                                uint64_t *most,
                                struct hm_err *err)
{
    const char *given = hm_args_value(call->args, "split");
    uint64_t megabytes = 0;
    *most = HM_BUNDLE_FILE_MAX;
    if (given == NULL) {
        return HM_OK;
    }
    for (size_t i = 0; i < PLACES && given[i] >= '0' && given[i] <= '9'; i++) {
        megabytes = megabytes * 10 + (uint64_t)(given[i] - '0');
    }
    if (strlen(given) >= PLACES || strspn(given, "0123456789") != strlen(given) ||
        megabytes == 0 || megabytes * MEGABYTE > HM_BUNDLE_FILE_MAX) {
        return hm_fail(err, HM_BAD_INPUT, "option-number", "--split", "1", "1900");
    }
    *most = megabytes * MEGABYTE;
    return HM_OK;
}

static enum hm_status show(const struct exporting *e, struct hm_err *err)
{
    char bundles[NUMBER_SIZE];
    char files[NUMBER_SIZE];
    struct hm_view view;
    struct hm_show show;
    if (e->call->args->json) {
        hm_show_begin(&show);
        hm_json_open(&show.out, '{');
        hm_json_put_text(&show.out, "file", hm_text(e->path));
        hm_json_put_int(&show.out, "files", (int64_t)e->stats.files);
        hm_json_put_int(&show.out, "bytes", (int64_t)e->stats.bytes);
        hm_json_put_int(&show.out, "bundles", (int64_t)e->stats.bundles);
        hm_json_close(&show.out, '}');
        return hm_show_end(&show, e->call, HM_OK, err);
    }
    (void)snprintf(bundles, sizeof(bundles), "%zu", e->stats.bundles);
    (void)snprintf(files, sizeof(files), "%zu", e->stats.files);
    hm_show_view(&view, e->call, NULL);
    hm_view_say(&view, "bundle.written-for", e->path, bundles, NULL);
    if (e->stats.files > 1) {
        hm_view_say(&view, "bundle.files", e->path, files, NULL);
    }
    return HM_OK;
}

enum hm_status hm_bundle_export_run(struct hm_call *call, struct hm_err *err)
{
    struct exporting e = {
        .call = call, .path = call->args->operands[0], .main = call->ctx};
    struct hm_buf readers;
    uint64_t most = 0;
    hm_buf_init(&readers, HM_CONTROL_REQUEST_MAX);
    enum hm_status status = file_size(call, &most, err);
    if (status == HM_OK) {
        status = hm_control_key(call, &e.key, &e.secret, err);
    }
    if (status == HM_OK) {
        status = hm_control_ask(call, HM_NO_BYTES, &readers, err);
    }
    if (status == HM_OK) {
        status = hm_bundle_out_open(&e.out, &e.main->env, e.path, most, err);
    }
    if (status == HM_OK) {
        e.head.server = hm_sign_device(&e.key);
        e.head.from = e.head.server;
        e.head.time = hm_env_wall(&e.main->env);
        status = write_all(&e, hm_buf_bytes(&readers), err);
    }
    if (status == HM_OK) {
        e.stats = *hm_bundle_out_stats(e.out);
        status = show(&e, err);
    }
    hm_bundle_out_close(e.out);
    hm_secret_wipe(&e.secret);
    hm_buf_fini(&readers);
    return status;
}
