/* SPDX-License-Identifier: Apache-2.0 */
/*
 * member list, member passphrase, member reset: the people of this laptop, and what only
 * they remember.
 *
 * A passphrase that is forgotten is taken away by the hamlet head, who gives his own, or
 * by an invitation that the district made for it: of this unit, in the member's name, and
 * good once. Nothing else is done with that invitation, so it still lets a device join.
 */
#include <string.h>

#include "cli.h"
#include "hamlet/api/members.h"
#include "hamlet/record/role.h"
#include "hamlet/replica/passphrase.h"
#include "hamlet/store/rights.h"
#include "hamlet/store/tries.h"
#include "hamlet/text/normal.h"

enum { ARENA_MAX = 1024 * 1024, TEXT_MAX = 64 * 1024 };

struct room {
    const struct hm_call *call;
    struct hm_desk desk;
    struct hm_arena arena;
    struct hm_member *members;
    size_t count;
};

static enum hm_status enter(struct room *room, struct hm_call *call, struct hm_err *err)
{
    *room = (struct room){.call = call};
    hm_arena_init(&room->arena, ARENA_MAX);
    enum hm_status status = hm_desk_open(&room->desk, call, err);
    return status != HM_OK ? status
                           : hm_api_members(&room->desk.view, &room->members,
                                            &room->count, &room->arena, err);
}

static void leave(struct room *room)
{
    hm_desk_close(&room->desk);
    hm_arena_fini(&room->arena);
}

static struct hm_passphrase_of passphrase_of(const struct room *room,
                                             const struct hm_member *member)
{
    const struct hm_cli *cli = room->call->ctx;
    return (struct hm_passphrase_of){.store = room->desk.replica.store,
                                     .dir = room->desk.folder,
                                     .env = &cli->env,
                                     .user = member->user};
}

static enum hm_status find(const struct room *room,
                           const char *name,
                           const struct hm_member **member,
                           struct hm_err *err)
{
    struct hm_buf normal;
    *member = NULL;
    hm_buf_init(&normal, TEXT_MAX);
    enum hm_status status = hm_text_normal(&normal, hm_text(name), false, err);
    for (size_t i = 0; i < room->count && status == HM_OK; i++) {
        if (hm_bytes_equal(room->members[i].name, hm_buf_bytes(&normal))) {
            *member = &room->members[i];
        }
    }
    if (status == HM_OK && *member == NULL) {
        status = hm_fail(err, HM_NOT_FOUND, "member-missing", name, NULL, NULL);
    }
    hm_buf_fini(&normal);
    return status;
}

/* ---- list ---- */

static void put_json(const struct room *room, struct hm_buf *text)
{
    struct hm_json_write out;
    hm_json_write_init(&out, text);
    hm_json_open(&out, '[');
    for (size_t i = 0; i < room->count; i++) {
        const struct hm_member *member = &room->members[i];
        hm_json_open(&out, '{');
        hm_json_put_hex(&out, "user", hm_id_bytes(&member->user));
        hm_json_put_text(&out, "name", member->name);
        hm_json_put_text(&out, "role", member->role);
        hm_json_key(&out, "passphrase");
        if (hm_keys_are_ours(room->desk.folder)) {
            hm_json_bool(&out, hm_passphrase_is_set(room->desk.folder, &member->user));
        } else {
            hm_json_null(&out); /* who can tell is the account of hamletd */
        }
        hm_json_close(&out, '}');
    }
    hm_json_close(&out, ']');
    hm_buf_put_byte(text, '\n');
}

static void say_one(struct room *room, const struct hm_member *member)
{
    enum hm_role role = HM_ROLE_COUNT;
    const char *shown = hm_role_find(&role, member->role)
                            ? hm_words_ui(room->call->words, hm_role_word(role))
                            : hm_view_shown(member->role, &room->arena);
    bool set = hm_keys_are_ours(room->desk.folder) &&
               hm_passphrase_is_set(room->desk.folder, &member->user);
    hm_view_say(&room->desk.view, set ? "member.line-passphrase" : "member.line",
                hm_view_shown(member->name, &room->arena), shown, NULL);
}

enum hm_status hm_run_member_list(struct hm_call *call, struct hm_err *err)
{
    struct room room;
    struct hm_buf text;
    enum hm_status status = enter(&room, call, err);
    hm_buf_init(&text, TEXT_MAX);
    if (status == HM_OK && call->args->json) {
        put_json(&room, &text);
        status = hm_buf_status(&text, err);
        if (status == HM_OK) {
            hm_output_put(call->out, hm_buf_bytes(&text));
        }
    } else {
        for (size_t i = 0; i < room.count && status == HM_OK; i++) {
            say_one(&room, &room.members[i]);
        }
    }
    hm_buf_fini(&text);
    leave(&room);
    return status;
}

/* ---- passphrase ---- */

static enum hm_status ask(struct room *room,
                          struct hm_buf *secret,
                          const char *key,
                          const struct hm_member *member,
                          struct hm_err *err)
{
    return hm_secret_line(secret, room->call, key,
                          hm_view_shown(member->name, &room->arena), err);
}

/* What nobody saw is typed twice; a script gives it once. */
static enum hm_status ask_fresh(struct room *room,
                                struct hm_buf *fresh,
                                const struct hm_member *member,
                                struct hm_err *err)
{
    struct hm_buf again;
    enum hm_status status = ask(room, fresh, "member.ask-new", member, err);
    if (status == HM_OK && fresh->size == 0) {
        return hm_fail(err, HM_USAGE, "passphrase-empty", NULL, NULL, NULL);
    }
    if (status != HM_OK || !hm_secret_typed()) {
        return status;
    }
    hm_buf_init(&again, HM_CLI_SECRET_MAX);
    status = ask(room, &again, "member.ask-again", member, err);
    if (status == HM_OK && !hm_bytes_equal(hm_buf_bytes(fresh), hm_buf_bytes(&again))) {
        status = hm_fail(err, HM_BAD_INPUT, "passphrase-differs", NULL, NULL, NULL);
    }
    hm_secret_line_fini(&again);
    return status;
}

static enum hm_status change(struct room *room,
                             const struct hm_member *member,
                             bool remove,
                             struct hm_err *err)
{
    const struct hm_passphrase_of of = passphrase_of(room, member);
    struct hm_buf old;
    struct hm_buf fresh;
    int64_t wait_ms = 0;
    enum hm_status status = HM_OK;
    hm_buf_init(&old, HM_CLI_SECRET_MAX);
    hm_buf_init(&fresh, HM_CLI_SECRET_MAX);
    if (hm_passphrase_is_set(room->desk.folder, &member->user)) {
        status = ask(room, &old, "member.ask", member, err);
    }
    if (status == HM_OK && !remove) {
        status = ask_fresh(room, &fresh, member, err);
    }
    if (status == HM_OK) {
        status = hm_passphrase_change(&of, hm_buf_bytes(&old), hm_buf_bytes(&fresh),
                                      &wait_ms, err);
    }
    hm_secret_line_fini(&fresh);
    hm_secret_line_fini(&old);
    return status;
}

enum hm_status hm_run_member_passphrase(struct hm_call *call, struct hm_err *err)
{
    struct room room;
    const struct hm_member *member = NULL;
    bool remove = hm_args_has(call->args, "remove");
    enum hm_status status = enter(&room, call, err);
    if (status == HM_OK) {
        status = find(&room, call->args->operands[0], &member, err);
    }
    if (status == HM_OK) {
        status = change(&room, member, remove, err);
    }
    if (status == HM_OK && !call->args->json) {
        hm_view_say(&room.desk.view, remove ? "member.removed" : "member.set",
                    hm_view_shown(member->name, &room.arena), NULL, NULL);
    }
    leave(&room);
    return status;
}

/* ---- reset ---- */

static enum hm_status by_head(struct room *room,
                              const char *name,
                              const struct hm_member *member,
                              struct hm_err *err)
{
    const struct hm_member *head = NULL;
    struct hm_buf secret;
    int64_t wait_ms = 0;
    enum hm_status status = find(room, name, &head, err);
    if (status == HM_OK &&
        (!hm_api_may_reset(head->role) || hm_id_equal(&head->user, &member->user) ||
         !hm_passphrase_is_set(room->desk.folder, &head->user))) {
        status = hm_fail(err, HM_DENIED, "passphrase-head", NULL, NULL, NULL);
    }
    if (status != HM_OK) {
        return status;
    }
    const struct hm_passphrase_of of = passphrase_of(room, head);
    hm_buf_init(&secret, HM_CLI_SECRET_MAX);
    status = ask(room, &secret, "member.ask", head, err);
    if (status == HM_OK) {
        status = hm_passphrase_check(&of, hm_buf_bytes(&secret), &wait_ms, err);
    }
    hm_secret_line_fini(&secret);
    return status;
}

static enum hm_status spend(struct hm_store *store,
                            const struct hm_id *invitation,
                            struct hm_err *err)
{
    enum hm_status status = hm_store_begin(store, err);
    if (status == HM_OK) {
        status = hm_store_invitation_spend(store, invitation, err);
    }
    if (status == HM_OK) {
        status = hm_store_commit(store, err);
    }
    hm_store_rollback(store);
    return status;
}

/* Each invitation has a user of its own, who has rights once a device joined by it. */
static enum hm_status joined(const struct room *room,
                             const struct hm_id *user,
                             struct hm_arena *arena,
                             bool *by,
                             struct hm_err *err)
{
    struct hm_permit *permits = NULL;
    struct hm_id own;
    size_t count = 0;
    struct hm_store *store = room->desk.replica.store;
    enum hm_status status = hm_store_meta_get_id(store, HM_META_USER, &own, err);
    if (status == HM_OK) {
        status = hm_store_permits(store, NULL, &permits, &count, arena, err);
    }
    *by = status == HM_OK && hm_id_equal(user, &own);
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        *by = *by || hm_id_equal(user, &permits[i].user);
    }
    return status;
}

static enum hm_status is_for(struct room *room,
                             const struct hm_invitation *invitation,
                             const struct hm_member *member,
                             struct hm_err *err)
{
    struct hm_store *store = room->desk.replica.store;
    struct hm_bytes unit = HM_NO_BYTES;
    struct hm_id server;
    bool used = false;
    enum hm_status status = hm_store_meta_get_id(store, HM_META_DISTRICT, &server, err);
    if (status == HM_OK) {
        status = hm_store_meta_get(store, HM_META_UNIT, &room->arena, &unit, err);
    }
    if (status == HM_OK) {
        status = joined(room, &invitation->user, &room->arena, &used, err);
    }
    if (status == HM_OK && used) {
        status = hm_fail(err, HM_DENIED, "invitation-used", NULL, NULL, NULL);
    }
    if (status == HM_OK && (!hm_id_equal(&invitation->server, &server) ||
                            !hm_bytes_equal(invitation->unit, unit) ||
                            !hm_bytes_equal(invitation->name, member->name))) {
        status = hm_fail(err, HM_DENIED, "invitation-other", NULL, NULL, NULL);
    }
    return status;
}

static enum hm_status by_invitation(struct room *room,
                                    const char *given,
                                    const struct hm_member *member,
                                    struct hm_err *err)
{
    struct hm_invitation invitation;
    struct hm_buf json;
    hm_buf_init(&json, TEXT_MAX);
    enum hm_status status =
        hm_read_invitation(&invitation, &json, given, &room->arena, err);
    if (status == HM_OK) {
        status = is_for(room, &invitation, member, err);
    }
    if (status == HM_OK) {
        status = spend(room->desk.replica.store, &invitation.id, err);
    }
    hm_buf_fini(&json);
    return status;
}

enum hm_status hm_run_member_reset(struct hm_call *call, struct hm_err *err)
{
    struct room room;
    const struct hm_member *member = NULL;
    const char *head = hm_args_value(call->args, "by");
    const char *invitation = hm_args_value(call->args, "invitation");
    if ((head == NULL) == (invitation == NULL)) {
        return hm_fail(err, HM_USAGE, "member-by", NULL, NULL, NULL);
    }
    enum hm_status status = enter(&room, call, err);
    if (status == HM_OK) {
        status = find(&room, call->args->operands[0], &member, err);
    }
    if (status == HM_OK) {
        status = head != NULL ? by_head(&room, head, member, err)
                              : by_invitation(&room, invitation, member, err);
    }
    if (status == HM_OK) {
        const struct hm_passphrase_of of = passphrase_of(&room, member);
        status = hm_passphrase_reset(&of, err);
    }
    if (status == HM_OK && !call->args->json) {
        hm_view_say(&room.desk.view, "member.removed",
                    hm_view_shown(member->name, &room.arena), NULL, NULL);
    }
    leave(&room);
    return status;
}
