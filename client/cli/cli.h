/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cli.h - what the commands of `hamlet` share.
 *
 * Owner:   client/cli/main.c has the tables; each command has a file of its own
 * Threads: one command, one thread
 *
 * A command opens the store, does its one thing and closes it. Whatever it says goes to
 * call->out, and is JSON where call->args->json.
 */
#ifndef CLIENT_CLI_CLI_H
#define CLIENT_CLI_CLI_H

#include "hamlet/api/records.h"
#include "hamlet/api/view.h"
#include "hamlet/author/author.h"
#include "hamlet/command/program.h"
#include "hamlet/replica/replica.h"
#include "hamlet/wire/invitation.h"

enum { HM_CLI_KEY_SIZE = 64, HM_CLI_WARNED_MAX = 64 * 1024 };

/* call->ctx: this process. */
struct hm_cli {
    struct hm_env env;
    int exit_code;             /* of another program, handed on where we succeeded */
    char key[HM_CLI_KEY_SIZE]; /* of a failure that another process told us */
    struct hm_buf warned;      /* what was noted, as a JSON list; empty: nothing */
};

/* An opened store, and how it is shown. All zero: nothing is open. */
struct hm_desk {
    char *folder;
    struct hm_replica replica;
    struct hm_view view;
};

/* The store that --store or the environment names. HM_UNCONFIGURED: none is there. */
HM_CHECKED enum hm_status hm_desk_open(struct hm_desk *desk,
                                       const struct hm_call *call,
                                       struct hm_err *err);
void hm_desk_close(struct hm_desk *desk);

/*
 * Read and check an invitation, a file or a link. Its JSON is appended to `json`, the
 * rest comes from `arena`. HM_BAD_INPUT as hm_invitation_read
 */
HM_CHECKED enum hm_status hm_read_invitation(struct hm_invitation *invitation,
                                             struct hm_buf *json,
                                             const char *given,
                                             struct hm_arena *arena,
                                             struct hm_err *err);
/* Keep how the server is reached and by which TLS keys it is known; in a transaction. */
HM_CHECKED enum hm_status hm_put_server(struct hm_store *store,
                                        const struct hm_invitation *invitation,
                                        struct hm_err *err);

/*
 * A failure as the daemon tells it: {"status":NAME,"key":KEY,"args":[text…]}. Gives its
 * status.
 */
HM_CHECKED enum hm_status hm_take_failure(struct hm_cli *cli,
                                          const struct hm_json *json,
                                          struct hm_err *err);

/* A view without a store, for sentences. */
void hm_desk_view(struct hm_view *view, const struct hm_call *call);

/*
 * Open the store, let `act` write inside one transaction, commit, and tell the daemon.
 * HM_OK means that it is on disk.
 */
HM_CHECKED enum hm_status hm_desk_act(const struct hm_call *call,
                                      enum hm_status (*act)(struct hm_author *author,
                                                            void *ctx,
                                                            struct hm_err *err),
                                      void *ctx,
                                      struct hm_err *err);

/*
 * Read a passphrase: what is typed at a terminal, unseen, after the sentence `ask` of
 * `name`; else the next line of standard input, so never an argument. `secret` is empty
 * and of HM_CLI_SECRET_MAX; wipe it with hm_secret_line_fini.
 */
enum { HM_CLI_SECRET_MAX = 1024 };
HM_CHECKED enum hm_status hm_secret_line(struct hm_buf *secret,
                                         const struct hm_call *call,
                                         const char *ask,
                                         const char *name,
                                         struct hm_err *err);
void hm_secret_line_fini(struct hm_buf *secret);
bool hm_secret_typed(void); /* by a person, at a terminal */

/*
 * Whether this account of the machine may look into the store's keys. Where hamletd has
 * an account of its own, members' accounts may not: who wants to act as a member who has
 * a passphrase goes to the page.
 */
bool hm_keys_are_ours(const char *folder);

/*
 * Who writes here is the member that the store names: where he has a passphrase, ask for
 * it, if this account can tell. Errors: replica/passphrase.h
 */
HM_CHECKED enum hm_status hm_desk_unlock(const struct hm_call *call,
                                         const struct hm_desk *desk,
                                         struct hm_err *err);

/* Tell the daemon that there is something to send; if none listens, nothing happens. */
void hm_poke(const struct hm_env *env, const char *folder);

/* Tell on standard error what the author noted, and keep it for hm_say_id. */
void hm_desk_warn(const struct hm_call *call,
                  const struct hm_desk *desk,
                  const struct hm_author *author);

/* What a command that writes prints: one id, or `{id, change, warnings}`. */
HM_CHECKED enum hm_status hm_say_id(const struct hm_call *call,
                                    const struct hm_id *printed,
                                    const struct hm_id *record,
                                    const struct hm_id *change,
                                    struct hm_err *err);

/*
 * Which records `list` and `export` are about: --where, --search, --deleted, --limit.
 * Borrows from `args` and `where`.
 */
enum { HM_WHERE_MAX = 8 };
HM_CHECKED enum hm_status hm_read_list(struct hm_api_list *list,
                                       const char *where[HM_WHERE_MAX],
                                       const struct hm_args *args,
                                       struct hm_err *err);

/* An id as it was typed; HM_NOT_FOUND with this key where it is none. */
HM_CHECKED enum hm_status hm_read_id(struct hm_id *id,
                                     const char *text,
                                     const char *key,
                                     struct hm_err *err);

/*
 * Fields as they stand on the command line: field=text, field=@FILE, field:=JSON. What
 * the inputs point into belongs to `fields`.
 */
struct hm_fields {
    struct hm_field_input *at;
    struct hm_json **documents;
    size_t count;
    struct hm_arena arena;
};
/*
 * `given` are borrowed until hm_fields_fini, which also follows a failure.
 * HM_USAGE      one has no `=`
 * HM_BAD_INPUT  the JSON is none
 * HM_TOO_BIG    a file is larger than any field
 */
HM_CHECKED enum hm_status hm_fields_init(struct hm_fields *fields,
                                         const char *const *given,
                                         size_t count,
                                         struct hm_err *err);
void hm_fields_fini(struct hm_fields *fields);

/* The commands. */
enum hm_status hm_run_enrol(struct hm_call *call, struct hm_err *err);
enum hm_status hm_run_add(struct hm_call *call, struct hm_err *err);
enum hm_status hm_run_edit(struct hm_call *call, struct hm_err *err);
enum hm_status hm_run_delete(struct hm_call *call, struct hm_err *err);
enum hm_status hm_run_show(struct hm_call *call, struct hm_err *err);
enum hm_status hm_run_history(struct hm_call *call, struct hm_err *err);
enum hm_status hm_run_list(struct hm_call *call, struct hm_err *err);
enum hm_status hm_run_import(struct hm_call *call, struct hm_err *err);
enum hm_status hm_run_undo(struct hm_call *call, struct hm_err *err);
enum hm_status hm_run_merge(struct hm_call *call, struct hm_err *err);
enum hm_status hm_run_unmerge(struct hm_call *call, struct hm_err *err);
enum hm_status hm_run_withdraw(struct hm_call *call, struct hm_err *err);
enum hm_status hm_run_erase(struct hm_call *call, struct hm_err *err);
enum hm_status hm_run_export(struct hm_call *call, struct hm_err *err);
enum hm_status hm_run_kinds(struct hm_call *call, struct hm_err *err);
enum hm_status hm_run_report(struct hm_call *call, struct hm_err *err);
enum hm_status hm_run_evaluate(struct hm_call *call, struct hm_err *err);
enum hm_status hm_run_case(struct hm_call *call, struct hm_err *err);
enum hm_status hm_run_catalogues(struct hm_call *call, struct hm_err *err);
enum hm_status hm_run_status(struct hm_call *call, struct hm_err *err);
enum hm_status hm_run_sync(struct hm_call *call, struct hm_err *err);
enum hm_status hm_run_duplicates(struct hm_call *call, struct hm_err *err);
enum hm_status hm_run_open(struct hm_call *call, struct hm_err *err);
enum hm_status hm_run_conflicts(struct hm_call *call, struct hm_err *err);
enum hm_status hm_run_quarantine(struct hm_call *call, struct hm_err *err);
enum hm_status hm_run_digest(struct hm_call *call, struct hm_err *err);
enum hm_status hm_run_verify(struct hm_call *call, struct hm_err *err);
enum hm_status hm_run_rebuild(struct hm_call *call, struct hm_err *err);
enum hm_status hm_run_bundle_import(struct hm_call *call, struct hm_err *err);
enum hm_status hm_run_bundle_export(struct hm_call *call, struct hm_err *err);
enum hm_status hm_run_receipt(struct hm_call *call, struct hm_err *err);
enum hm_status hm_run_rotate_key(struct hm_call *call, struct hm_err *err);
enum hm_status hm_run_member_list(struct hm_call *call, struct hm_err *err);
enum hm_status hm_run_member_passphrase(struct hm_call *call, struct hm_err *err);
enum hm_status hm_run_member_reset(struct hm_call *call, struct hm_err *err);
enum hm_status hm_run_trust(struct hm_call *call, struct hm_err *err);

#endif
