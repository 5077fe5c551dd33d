/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/api/accounts.h"

#include "hamlet/record/role.h"
#include "hamlet/store/accounts.h"
#include "hamlet/store/registry.h"
#include "inside.h"

struct accounts {
    const struct hm_view *view;
    struct hm_wall now;
    struct hm_id founder;
    struct hm_unit_names names;
    struct hm_rows rows;
    struct hm_arena arena;
};

static enum hm_status put_one(struct accounts *a,
                              const struct hm_account *account,
                              struct hm_err *err)
{
    struct hm_json_write *out = &a->rows.out;
    struct hm_bytes unit = HM_NO_BYTES;
    struct hm_account_secret secret;
    enum hm_status status =
        hm_store_account_get(a->view->store, &account->user, &secret, err);
    if (status == HM_OK) {
        status = hm_unit_names_find(&a->names, account->home, &unit, err);
    }
    if (status != HM_OK) {
        return status;
    }
    hm_json_open(out, '{');
    hm_json_put_hex(out, "user", hm_id_bytes(&account->user));
    hm_json_put_text(out, "name", account->name);
    hm_json_put_text(out, "role", hm_text(hm_role_name(account->role)));
    hm_json_put_text(out, "unit", account->home);
    hm_json_put_text(out, "unit_name", unit);
    hm_json_put_bool(out, "server", hm_id_equal(&account->user, &a->founder));
    hm_json_put_bool(out, "passphrase", secret.has_passphrase);
    hm_json_put_bool(out, "code", secret.has_code && a->now.ms < secret.due.ms);
    hm_json_close(out, '}');
    return hm_rows_flush(&a->rows, err);
}

static void say_one(struct accounts *a, const struct hm_account *account)
{
    const char *name = hm_view_shown(account->name, &a->arena);
    const char *unit = hm_view_shown(account->home, &a->arena);
    hm_view_say(a->view, "admin.row", name == NULL ? "" : name,
                hm_words_ui(a->view->words, hm_role_word(account->role)),
                unit == NULL ? "" : unit);
}

static enum hm_status show(struct accounts *a,
                           const struct hm_account *accounts,
                           size_t count,
                           struct hm_err *err)
{
    enum hm_status status = HM_OK;
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        bool within = true;
        status = hm_unit_names_within(&a->names, accounts[i].home, &within, err);
        if (status == HM_OK && within && a->view->json) {
            status = put_one(a, &accounts[i], err);
        } else if (status == HM_OK && within) {
            say_one(a, &accounts[i]);
        }
    }
    return status;
}

enum hm_status hm_api_accounts(const struct hm_view *view,
                               struct hm_bytes scope,
                               struct hm_wall now,
                               struct hm_err *err)
{
    struct accounts a = {.view = view, .now = now};
    struct hm_account *accounts = NULL;
    size_t count = 0;
    hm_arena_init(&a.arena, HM_COMMAND_ARENA_MAX);
    hm_rows_init(&a.rows, view);
    a.names = (struct hm_unit_names){.view = view, .arena = &a.arena, .scope = scope};
    hm_json_open(&a.rows.out, '[');
    enum hm_status status =
        hm_store_meta_get_id(view->store, HM_META_USER, &a.founder, err);
    if (status == HM_OK) {
        status = hm_store_accounts(view->store, &accounts, &count, &a.arena, err);
    }
    if (status == HM_OK) {
        status = show(&a, accounts, count, err);
    }
    hm_json_close(&a.rows.out, ']');
    if (status == HM_OK && view->json) {
        status = hm_rows_end(&a.rows, err);
    }
    if (status == HM_OK) {
        status = hm_arena_status(&a.arena, err);
    }
    hm_rows_fini(&a.rows);
    hm_arena_fini(&a.arena);
    return status;
}
