/* SPDX-License-Identifier: Apache-2.0 */
/* init: a new server, built beside its place and put there whole. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"
#include "config.h"
#include "data.h"
#include "hamlet/base/limits.h"
#include "hamlet/base/pack.h"
#include "hamlet/base/seal.h"
#include "hamlet/host/file.h"
#include "hamlet/host/keyfile.h"
#include "hamlet/httpd/certificate.h"
#include "hamlet/model/value.h"
#include "hamlet/record/role.h"
#include "hamlet/store/refill.h"
#include "hamlet/store/registry.h"
#include "hamlet/store/server.h"
#include "hamlet/wire/invitation.h"
#include "hamlet/wire/pins.h"
#include "init.h"
#include "recovery.h"
#include "show.h"

enum { HOST_SIZE = 256, URL_SIZE = HOST_SIZE + 32 };

static const char admin_name[] = "admin";
static const char server_name[] = "server";

struct founding {
    struct hm_call *call;
    struct hm_main *main;
    const char *dir;
    char *draft; /* where it is built */
    struct hm_bytes unit;
    struct hm_config config;
    struct hm_key key;
    struct hm_secret secret;
    struct hm_id device;
    struct hm_kinds *kinds;
    struct hm_store *store;
    uint8_t recovery[HM_RECOVERY_SIZE];
    uint64_t incarnation;
    struct hm_id user; /* that the server's account is already; none: it is made */
    bool refilled;     /* laptops are to bring what was there */
    struct hm_pins pins;
    struct hm_buf spare; /* key of the certificate to come; goes where it is asked to */
    struct hm_arena arena;
};

/* ---- what was asked for ---- */

/* A unit's code is a field of the tree, and no name that the protocol keeps for itself.
 */
static enum hm_status read_unit(struct founding *f, struct hm_err *err)
{
    const struct hm_kind *tree = hm_kinds_tree(f->kinds);
    const char *given = hm_args_value(f->call->args, "unit");
    struct hm_buf value;
    hm_buf_init(&value, HM_VALUE_BYTES_MAX);
    enum hm_status status = hm_field_read(tree->tree->code, hm_text(given), &value, err);
    if (status == HM_OK) {
        status = hm_buf_status(&value, err);
    }
    if (status == HM_OK) {
        struct hm_bytes code = hm_value_text_or(hm_buf_bytes(&value), HM_NO_BYTES);
        bool wrong = code.size == 0 || code.data[0] == '~' || code.data[0] == '@';
        f->unit = hm_arena_copy(&f->arena, code);
        status = wrong ? hm_fail(err, HM_BAD_INPUT, "unit-form", given, NULL, NULL)
                       : hm_arena_status(&f->arena, err);
    }
    hm_buf_fini(&value);
    return status;
}

/*
 * How laptops reach a server that was not told: where it listens, or by the name of this
 * machine. It is shown, and can be set in config.json.
 */
static struct hm_bytes guess_url(struct founding *f)
{
    char host[HOST_SIZE] = "";
    char url[URL_SIZE];
    const char *listen = (const char *)f->config.listen.data;
    const char *port = strrchr(listen, ':');
    bool anywhere =
        strncmp(listen, "0.0.0.0:", 8) == 0 || strncmp(listen, "[::]:", 5) == 0;
    if (anywhere && gethostname(host, sizeof(host) - 1) == 0 && host[0] != '\0') {
        (void)snprintf(url, sizeof(url), "https://%s%s", host, port);
    } else {
        (void)snprintf(url, sizeof(url), "https://%s", listen);
    }
    return hm_arena_copy(&f->arena, hm_text(url));
}

static enum hm_status read_urls(struct founding *f, struct hm_err *err)
{
    struct hm_bytes *urls =
        hm_arena_get_array(&f->arena, HM_INVITATION_URLS_MAX, sizeof(*urls));
    size_t count = 0;
    if (urls == NULL) {
        return hm_arena_status(&f->arena, err);
    }
    for (;;) {
        const char *url = hm_args_value_at(f->call->args, "url", count);
        if (url == NULL) {
            break;
        }
        if (count == HM_INVITATION_URLS_MAX) {
            return hm_fail(err, HM_BAD_INPUT, "url-many", url, NULL, NULL);
        }
        enum hm_status status = hm_config_check_url(hm_text(url), err);
        if (status != HM_OK) {
            return status;
        }
        urls[count++] = hm_text(url);
    }
    if (count == 0) {
        urls[count++] = guess_url(f);
    }
    f->config.urls = urls;
    f->config.url_count = count;
    return hm_arena_status(&f->arena, err);
}

static enum hm_status read_line(struct founding *f, struct hm_err *err)
{
    const char *listen = hm_args_value(f->call->args, "listen");
    enum hm_status status = read_unit(f, err);
    f->config.listen = hm_text(listen == NULL ? HM_CONFIG_LISTEN : listen);
    if (status == HM_OK && listen != NULL) {
        status = hm_config_check_listen(listen, err);
    }
    return status != HM_OK ? status : read_urls(f, err);
}

/* ---- files ---- */

static enum hm_status put_file(struct founding *f,
                               const char *name,
                               const struct hm_buf *content,
                               mode_t mode,
                               struct hm_err *err)
{
    const char *path = hm_data_path(&f->arena, f->draft, name);
    enum hm_status status = hm_arena_status(&f->arena, err);
    if (status == HM_OK) {
        status = hm_buf_status(content, err);
    }
    return status != HM_OK
               ? status
               : hm_file_create(&f->main->env, path, hm_buf_bytes(content), mode, err);
}

/* The pins of the certificate and, where a file is named for its key, of a spare. */
static enum hm_status find_pins(struct founding *f,
                                const struct hm_buf *certificate,
                                struct hm_err *err)
{
    struct hm_buf spare;
    f->pins = (struct hm_pins){.turn = 1, .count = 1};
    enum hm_status status =
        hm_certificate_pin(f->pins.at[0], hm_buf_bytes(certificate), err);
    if (status != HM_OK || !hm_args_has(f->call->args, "spare-key-file")) {
        return status;
    }
    hm_buf_init(&spare, HM_CERTIFICATE_BYTES_MAX);
    status = hm_certificate_make(&spare, &f->spare, NULL, err);
    if (status == HM_OK) {
        status = hm_certificate_pin(f->pins.at[1], hm_buf_bytes(&spare), err);
        f->pins.count = 2;
    }
    hm_buf_fini(&spare);
    return status;
}

static enum hm_status put_keys(struct founding *f, struct hm_err *err)
{
    uint8_t seed[HM_SEED_SIZE];
    struct hm_buf certificate;
    struct hm_buf key;
    hm_buf_init(&certificate, HM_CERTIFICATE_BYTES_MAX);
    hm_buf_init(&key, HM_CERTIFICATE_BYTES_MAX);
    enum hm_status status =
        hm_keyfile_load_or_make(seed, &f->main->env, f->draft, HM_DATA_KEY, err);
    if (status == HM_OK) {
        hm_sign_pair(&f->key, &f->secret, seed);
        f->device = hm_sign_device(&f->key);
        status = hm_certificate_make(&certificate, &key, NULL, err);
    }
    if (status == HM_OK) {
        status = find_pins(f, &certificate, err);
    }
    if (status == HM_OK) {
        status = put_file(f, HM_DATA_TLS_KEY, &key, 0600, err);
    }
    if (status == HM_OK) {
        status = put_file(f, HM_DATA_TLS, &certificate, 0644, err);
    }
    if (key.size > 0) {
        explicit_bzero(key.data, key.size);
    }
    explicit_bzero(seed, sizeof(seed));
    hm_buf_fini(&key);
    hm_buf_fini(&certificate);
    return status;
}

static enum hm_status put_config(struct founding *f, struct hm_err *err)
{
    struct hm_buf text;
    hm_buf_init(&text, HM_CONFIG_BYTES_MAX);
    hm_config_put(&text, &f->config);
    enum hm_status status = put_file(f, HM_DATA_CONFIG, &text, 0644, err);
    hm_buf_fini(&text);
    return status;
}

/* ---- the store ---- */

static enum hm_status put_facts(struct founding *f, struct hm_err *err)
{
    struct hm_seal_key recovery;
    struct hm_seal_secret recovery_secret;
    struct hm_bytes role = hm_text(hm_role_name(HM_ROLE_DISTRICT_ADMIN));
    const struct {
        const char *name;
        struct hm_bytes value;
    } facts[] = {{HM_META_DISTRICT, hm_id_bytes(&f->device)},
                 {HM_META_DEVICE, hm_id_bytes(&f->device)},
                 {HM_META_UNIT, f->unit},
                 {HM_META_ROLE, role},
                 {HM_META_RECOVERY, HM_BYTES(recovery.at)}};
    hm_seal_pair(&recovery, &recovery_secret, f->recovery);
    hm_seal_wipe(&recovery_secret);
    enum hm_status status = hm_store_begin(f->store, err);
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]) && status == HM_OK; i++) {
        status = hm_store_meta_put(f->store, facts[i].name, facts[i].value, err);
    }
    if (status == HM_OK) {
        status =
            hm_store_incarnation_begin(f->store, &f->main->env, &f->incarnation, err);
    }
    if (status == HM_OK && f->refilled) {
        status = hm_store_refill_open(f->store, hm_env_wall(&f->main->env), err);
    }
    return status == HM_OK ? hm_store_commit(f->store, err) : status;
}

/* The server as a device of its own registry. */
static enum hm_status put_device(struct founding *f,
                                 struct hm_author *author,
                                 struct hm_bytes device,
                                 struct hm_err *err)
{
    char key[HM_B64_32_SIZE];
    uint8_t memory[HM_PINS_TEXT_MAX];
    struct hm_buf pins;
    struct hm_added added;
    hm_b64_put(key, HM_BYTES(f->key.at));
    hm_buf_init_fixed(&pins, memory, sizeof(memory));
    hm_pins_put(&pins, &f->pins);
    const struct hm_key_field name = {hm_text(HM_REGISTRY_DEVICE), device};
    const struct hm_registry_value registers[] = {
        {HM_REGISTRY_KEY, hm_show_value(&f->arena, hm_text(key))},
        {HM_REGISTRY_NAME, hm_show_value(&f->arena, hm_text(server_name))},
        {HM_REGISTRY_HOME, hm_show_value(&f->arena, f->unit)},
        {HM_REGISTRY_PINS, hm_show_value(&f->arena, hm_buf_bytes(&pins))}};
    /* One that comes back with its key alone does not know them: laptops do. */
    size_t count = f->pins.count == 0 ? 3 : 4;
    enum hm_status status = hm_arena_status(&f->arena, err);
    return status != HM_OK ? status
                           : hm_author_registry(author, HM_KIND_DEVICE, NULL, &name,
                                                registers, count, &added, err);
}

static enum hm_status put_permit(struct founding *f,
                                 struct hm_author *author,
                                 const struct hm_id *user,
                                 struct hm_bytes device,
                                 struct hm_err *err)
{
    char text[HM_HEX16_SIZE];
    struct hm_added added;
    struct hm_bytes role = hm_text(hm_role_name(HM_ROLE_DISTRICT_ADMIN));
    hm_hex_put(text, hm_id_bytes(user));
    const struct hm_registry_value registers[] = {
        {HM_REGISTRY_USER, hm_show_value(&f->arena, hm_text(text))},
        {HM_REGISTRY_DEVICE, device},
        {HM_REGISTRY_ROLE, hm_show_value(&f->arena, role)},
        {HM_REGISTRY_HOME, hm_show_value(&f->arena, f->unit)}};
    enum hm_status status = hm_arena_status(&f->arena, err);
    return status != HM_OK ? status
                           : hm_author_registry(author, HM_KIND_PERMIT, NULL, NULL,
                                                registers, 4, &added, err);
}

/* The first records: the server, the account `admin`, and what it may do. */
static enum hm_status put_registry(struct founding *f, struct hm_err *err)
{
    struct hm_author *author = NULL;
    struct hm_added user;
    char text[HM_HEX16_SIZE];
    hm_hex_put(text, hm_id_bytes(&f->device));
    struct hm_bytes device = hm_show_value(&f->arena, hm_text(text));
    const struct hm_registry_value name = {HM_REGISTRY_NAME,
                                           hm_show_value(&f->arena, hm_text(admin_name))};
    enum hm_status status = hm_arena_status(&f->arena, err);
    if (status == HM_OK) {
        status = hm_author_open(&author, f->store, err);
    }
    if (status != HM_OK) {
        return status;
    }
    hm_author_sign_with(author, &f->secret);
    hm_author_as_server(author);
    status = hm_author_begin(author, err);
    if (status == HM_OK) {
        status = put_device(f, author, device, err);
    }
    if (status == HM_OK && hm_id_is_none(&f->user)) {
        status =
            hm_author_registry(author, HM_KIND_USER, NULL, NULL, &name, 1, &user, err);
        f->user = user.record;
    }
    if (status == HM_OK) {
        status = put_permit(f, author, &f->user, device, err);
    }
    if (status == HM_OK) {
        status = hm_store_meta_put(f->store, HM_META_USER, hm_id_bytes(&f->user), err);
    }
    if (status == HM_OK) {
        status = hm_author_commit(author, err);
    }
    hm_author_close(author);
    return status;
}

static enum hm_status put_store(struct founding *f, struct hm_err *err)
{
    const char *path = hm_data_path(&f->arena, f->draft, HM_DATA_STORE);
    enum hm_status status = hm_arena_status(&f->arena, err);
    if (status == HM_OK) {
        status = hm_store_open(&f->store, path, HM_STORE_SERVER, true, f->kinds,
                               &f->main->env, NULL, err);
    }
    if (status == HM_OK) {
        status = put_facts(f, err);
    }
    if (status == HM_OK) {
        status = put_registry(f, err);
    }
    /* Closing moves the log into the store: one file to put in its place. */
    hm_store_close(f->store);
    f->store = NULL;
    return status;
}

enum hm_status hm_init_empty(struct hm_empty *empty, struct hm_err *err)
{
    struct founding f = {.main = empty->main,
                         .draft = empty->draft,
                         .unit = empty->unit,
                         .kinds = empty->kinds,
                         .user = empty->user,
                         .refilled = true};
    hm_arena_init(&f.arena, HM_FILE_BYTES_MAX);
    hm_sign_pair(&f.key, &f.secret, empty->seed);
    f.device = hm_sign_device(&f.key);
    memcpy(f.recovery, empty->recovery, sizeof(f.recovery));
    enum hm_status status = put_store(&f, err);
    empty->incarnation = f.incarnation;
    explicit_bzero(f.recovery, sizeof(f.recovery));
    hm_secret_wipe(&f.secret);
    hm_arena_fini(&f.arena);
    return status;
}

/* ---- the recovery key and the end ---- */

static void show(struct founding *f, const char *recovery)
{
    struct hm_view view;
    char server[HM_HEX16_SIZE];
    const struct hm_bytes url = f->config.urls[0];
    const char *first = hm_arena_copy_text(&f->arena, url);
    const char *unit = hm_arena_copy_text(&f->arena, f->unit);
    hm_show_view(&view, f->call, NULL);
    hm_hex_put(server, hm_id_bytes(&f->device));
    hm_view_say(&view, "init.done", f->dir, unit == NULL ? "" : unit,
                first == NULL ? "" : first);
    if (recovery != NULL) {
        hm_view_say(&view, "init.recovery", recovery, NULL, NULL);
    }
}

static enum hm_status show_json(struct founding *f,
                                const char *recovery,
                                struct hm_err *err)
{
    struct hm_show show;
    hm_show_begin(&show);
    hm_json_open(&show.out, '{');
    hm_json_put_text(&show.out, "unit", f->unit);
    hm_json_put_hex(&show.out, "server", hm_id_bytes(&f->device));
    hm_json_put_text(&show.out, "listen", f->config.listen);
    hm_json_key(&show.out, "urls");
    hm_json_open(&show.out, '[');
    for (size_t i = 0; i < f->config.url_count; i++) {
        hm_json_text(&show.out, f->config.urls[i]);
    }
    hm_json_close(&show.out, ']');
    if (recovery != NULL) {
        hm_json_put_text(&show.out, "recovery_key", hm_text(recovery));
    }
    hm_json_close(&show.out, '}');
    return hm_show_end(&show, f->call, HM_OK, err);
}

static enum hm_status write_recovery(struct founding *f,
                                     const char *file,
                                     const char *text,
                                     struct hm_err *err)
{
    char line[HM_RECOVERY_TEXT_SIZE + 1];
    int size = snprintf(line, sizeof(line), "%s\n", text);
    struct hm_bytes bytes = {(const uint8_t *)line, (size_t)size};
    enum hm_status status = hm_file_create(&f->main->env, file, bytes, 0600, err);
    explicit_bzero(line, sizeof(line));
    return status;
}

/*
 * Both keys are where they will be kept before the server is there: the other way round,
 * a full disk would leave a server whose backups nobody can open.
 */
static enum hm_status write_keys(struct founding *f, const char *text, struct hm_err *err)
{
    const char *file = hm_args_value(f->call->args, "recovery-key-file");
    const char *spare = hm_args_value(f->call->args, "spare-key-file");
    enum hm_status status = file == NULL ? HM_OK : write_recovery(f, file, text, err);
    if (status == HM_OK && spare != NULL) {
        status = hm_file_create(&f->main->env, spare, hm_buf_bytes(&f->spare), 0600, err);
        if (status != HM_OK && file != NULL) {
            (void)unlink(file);
        }
    }
    return status;
}

static void remove_keys(const struct founding *f)
{
    static const char *const options[] = {"recovery-key-file", "spare-key-file"};
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        const char *file = hm_args_value(f->call->args, options[i]);
        if (file != NULL) {
            (void)unlink(file);
        }
    }
}

static enum hm_status publish(struct founding *f, struct hm_err *err)
{
    bool shown = !hm_args_has(f->call->args, "recovery-key-file");
    char text[HM_RECOVERY_TEXT_SIZE];
    hm_recovery_put(text, f->recovery);
    enum hm_status status = write_keys(f, text, err);
    if (status != HM_OK) {
        explicit_bzero(text, sizeof(text));
        return status;
    }
    if (f->call->args->json) {
        status = show_json(f, shown ? text : NULL, err);
    } else {
        show(f, shown ? text : NULL);
    }
    if (status == HM_OK) {
        status = hm_output_flush(f->call->out, err);
    }
    if (status == HM_OK) {
        status = hm_data_publish(f->draft, f->dir, err);
    }
    if (status == HM_OK) {
        f->draft = NULL;
    } else {
        remove_keys(f);
    }
    explicit_bzero(text, sizeof(text));
    return status;
}

enum hm_status hm_init_run(struct hm_call *call, struct hm_err *err)
{
    struct founding f = {
        .call = call, .main = call->ctx, .dir = hm_args_value(call->args, "data")};
    hm_arena_init(&f.arena, HM_FILE_BYTES_MAX);
    hm_buf_init(&f.spare, HM_CERTIFICATE_BYTES_MAX);
    enum hm_status status = hm_kinds_open(&f.kinds, hm_embedded_kinds, err);
    if (status == HM_OK) {
        status = read_line(&f, err);
    }
    if (status == HM_OK) {
        status = hm_data_draft(&f.draft, f.dir, &f.arena, err);
    }
    if (status == HM_OK) {
        status = hm_env_random(&f.main->env, f.recovery, sizeof(f.recovery), err);
    }
    if (status == HM_OK) {
        status = put_keys(&f, err);
    }
    if (status == HM_OK) {
        status = put_config(&f, err);
    }
    if (status == HM_OK) {
        status = put_store(&f, err);
    }
    if (status == HM_OK) {
        status = publish(&f, err);
    }
    hm_data_discard(f.draft);
    explicit_bzero(f.recovery, sizeof(f.recovery));
    hm_secret_wipe(&f.secret);
    if (f.spare.size > 0) {
        explicit_bzero(f.spare.data, f.spare.size);
    }
    hm_buf_fini(&f.spare);
    hm_kinds_close(f.kinds);
    hm_arena_fini(&f.arena);
    return status;
}
