/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pin, rotate-certificate: the TLS key of this server, and the one that is to follow it.
 *
 * Laptops know the pins of both before either is needed, from the registry. The order is
 * files, `serve`, registry: laptops that are here take the spare as soon as it is used,
 * and hear of the next spare from the server that has changed already. Killed in between,
 * the command is given again.
 */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "account.h"
#include "commands.h"
#include "data.h"
#include "hamlet/base/limits.h"
#include "hamlet/host/file.h"
#include "hamlet/httpd/certificate.h"
#include "hamlet/store/registry.h"
#include "pins.h"
#include "show.h"

struct rotating {
    struct hm_call *call;
    struct hm_control_ctx *ctx;
    struct hm_pins pins;
    struct hm_buf certificate; /* the new one */
    struct hm_arena arena;
};

/* The next spare: its key goes where --out says, and nowhere else. */
static enum hm_status make_spare(struct rotating *r, struct hm_err *err)
{
    struct hm_buf certificate;
    hm_buf_init(&certificate, HM_CERTIFICATE_BYTES_MAX);
    enum hm_status status = hm_certificate_make(&certificate, &r->ctx->file, NULL, err);
    if (status == HM_OK) {
        status = hm_certificate_pin(r->pins.at[1], hm_buf_bytes(&certificate), err);
        r->pins.count = 2;
        r->pins.turn++;
    }
    hm_buf_fini(&certificate);
    return status;
}

static enum hm_status put_pins(struct hm_author *author, void *ctx, struct hm_err *err)
{
    struct rotating *r = ctx;
    char device[HM_HEX16_SIZE];
    uint8_t memory[HM_PINS_TEXT_MAX];
    struct hm_buf text;
    struct hm_id record;
    struct hm_added added;
    hm_hex_put(device, hm_id_bytes(&r->ctx->device));
    hm_buf_init_fixed(&text, memory, sizeof(memory));
    hm_pins_put(&text, &r->pins);
    const struct hm_key_field key = {hm_text(HM_REGISTRY_DEVICE),
                                     hm_show_value(&r->arena, hm_text(device))};
    const struct hm_registry_value pins = {HM_REGISTRY_PINS,
                                           hm_show_value(&r->arena, hm_buf_bytes(&text))};
    enum hm_status status = hm_arena_status(&r->arena, err);
    if (status != HM_OK) {
        return status;
    }
    hm_record_id(&record, hm_text(HM_HOME_REGISTRY), hm_text(HM_KIND_DEVICE), &key, 1);
    hm_author_as_server(author);
    return hm_author_registry(author, HM_KIND_DEVICE, &record, NULL, &pins, 1, &added,
                              err);
}

/* ---- the spare comes into use ---- */

static enum hm_status read_spare(struct rotating *r, struct hm_err *err)
{
    uint8_t pin[HM_PIN_SIZE];
    const char *path = hm_args_value(r->call->args, "spare");
    if (hm_certificate_of(&r->certificate, r->ctx->input, NULL, NULL) != HM_OK ||
        hm_certificate_pin(pin, hm_buf_bytes(&r->certificate), NULL) != HM_OK) {
        return hm_fail(err, HM_BAD_INPUT, "spare-broken", path, NULL, NULL);
    }
    if (memcmp(pin, r->pins.at[0], HM_PIN_SIZE) == 0) {
        return hm_fail(err, HM_EXISTS, "spare-used", path, NULL, NULL);
    }
    if (r->pins.count < 2 || memcmp(pin, r->pins.at[1], HM_PIN_SIZE) != 0) {
        return hm_fail(err, HM_BAD_INPUT, "spare-other", path, NULL, NULL);
    }
    memcpy(r->pins.at[0], pin, HM_PIN_SIZE);
    return HM_OK;
}

/* Wipe the old key, unless it is but a second name of the one in use. */
static void forget(const struct hm_env *env, const char *key, const char *old)
{
    struct stat in_use;
    struct stat left;
    if (lstat(old, &left) != 0 || lstat(key, &in_use) != 0) {
        return;
    }
    if (left.st_ino == in_use.st_ino) {
        (void)unlink(old);
    } else {
        (void)!hm_file_wipe(env, old, NULL);
    }
}

/* The key first: a certificate that is not its own is made anew when it is read. */
static enum hm_status put_files(struct rotating *r, struct hm_err *err)
{
    const struct hm_env *env = r->ctx->env;
    const char *key = hm_data_path(&r->arena, r->ctx->dir, HM_DATA_TLS_KEY);
    const char *old = hm_data_path(&r->arena, r->ctx->dir, HM_DATA_TLS_OLD);
    const char *certificate = hm_data_path(&r->arena, r->ctx->dir, HM_DATA_TLS);
    enum hm_status status = hm_arena_status(&r->arena, err);
    if (status != HM_OK) {
        return status;
    }
    forget(env, key, old); /* what a killed try left */
    hm_env_step(env, "certificate-keep");
    (void)!link(key, old); /* so that it can be wiped once it is replaced */
    status = hm_file_write(env, key, r->ctx->input, 0600, err);
    if (status != HM_OK) {
        (void)unlink(old);
        return status;
    }
    forget(env, key, old);
    return hm_file_write(env, certificate, hm_buf_bytes(&r->certificate), 0644, err);
}

static enum hm_status switch_over(struct rotating *r, struct hm_err *err)
{
    enum hm_status status = put_files(r, err);
    if (status == HM_OK && r->ctx->certify != NULL) {
        status = r->ctx->certify(r->ctx->certify_ctx, hm_buf_bytes(&r->certificate),
                                 r->ctx->input, err);
    }
    return status != HM_OK ? status
                           : hm_account_act(r->ctx, NULL, put_pins, r, &r->arena, err);
}

/* ---- what is said ---- */

static enum hm_status show(struct rotating *r, const char *word, struct hm_err *err)
{
    struct hm_view view;
    struct hm_show show;
    if (!r->call->args->json) {
        hm_show_view(&view, r->call, NULL);
        hm_view_say(&view, word, hm_args_value(r->call->args, "out"), NULL, NULL);
        return HM_OK;
    }
    hm_show_begin(&show);
    hm_json_open(&show.out, '{');
    hm_json_put_int(&show.out, "turn", (int64_t)r->pins.turn);
    hm_json_put_hex(&show.out, "pin", HM_BYTES(r->pins.at[0]));
    hm_json_put_hex(&show.out, "spare", HM_BYTES(r->pins.at[1]));
    hm_json_close(&show.out, '}');
    return hm_show_end(&show, r->call, HM_OK, err);
}

static void begin(struct rotating *r, struct hm_call *call)
{
    *r = (struct rotating){.call = call, .ctx = call->ctx};
    hm_arena_init(&r->arena, HM_COMMAND_ARENA_MAX);
    hm_buf_init(&r->certificate, HM_CERTIFICATE_BYTES_MAX);
}

static void end(struct rotating *r)
{
    hm_buf_fini(&r->certificate);
    hm_arena_fini(&r->arena);
}

enum hm_status hm_pin_run(struct hm_call *call, struct hm_err *err)
{
    struct rotating r;
    begin(&r, call);
    enum hm_status status = hm_pins_find(&r.pins, r.ctx, err);
    if (status == HM_OK) {
        status = make_spare(&r, err);
    }
    if (status == HM_OK) {
        status = hm_account_act(r.ctx, NULL, put_pins, &r, &r.arena, err);
    }
    if (status == HM_OK) {
        status = show(&r, "pin.done", err);
    }
    end(&r);
    return status;
}

enum hm_status hm_rotate_certificate_run(struct hm_call *call, struct hm_err *err)
{
    struct rotating r;
    begin(&r, call);
    enum hm_status status = hm_pins_find(&r.pins, r.ctx, err);
    if (status == HM_OK) {
        status = read_spare(&r, err);
    }
    if (status == HM_OK) {
        status = make_spare(&r, err);
    }
    if (status == HM_OK) {
        status = switch_over(&r, err);
    }
    if (status == HM_OK) {
        status = show(&r, "certificate.done", err);
    }
    end(&r);
    return status;
}
