/* SPDX-License-Identifier: Apache-2.0 */
/* A passphrase as it is typed: unseen at a terminal, and never an argument. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "cli.h"
#include "hamlet/replica/passphrase.h"

static void ask_for(const struct hm_call *call, const char *ask, const char *name)
{
    struct hm_buf text;
    hm_buf_init(&text, HM_CLI_SECRET_MAX);
    hm_words_put(&text, hm_words_ui(call->words, ask), &name, 1);
    if (hm_buf_status(&text, NULL) == HM_OK) {
        (void)fprintf(stderr, "%s ", (const char *)text.data);
        (void)fflush(stderr);
    }
    hm_buf_fini(&text);
}

/* A byte at a time: what stands on the next line is the next one's. */
static enum hm_status read_line(struct hm_buf *secret, struct hm_err *err)
{
    char byte = '\0';
    ssize_t got = 1;
    while (got != 0 && byte != '\n') {
        got = read(STDIN_FILENO, &byte, 1);
        if (got < 0 && errno != EINTR) {
            return hm_fail(err, HM_IO, "system", "read", strerror(errno), NULL);
        }
        if (got > 0 && byte != '\n') {
            hm_buf_put_byte(secret, (uint8_t)byte);
        }
    }
    return hm_buf_status(secret, err);
}

enum hm_status hm_secret_line(struct hm_buf *secret,
                              const struct hm_call *call,
                              const char *ask,
                              const char *name,
                              struct hm_err *err)
{
    struct termios before;
    bool terminal = tcgetattr(STDIN_FILENO, &before) == 0;
    if (terminal) {
        struct termios unseen = before;
        unseen.c_lflag &= ~(tcflag_t)ECHO;
        ask_for(call, ask, name);
        (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &unseen);
    }
    enum hm_status status = read_line(secret, err);
    if (terminal) {
        (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
        (void)fputc('\n', stderr);
    }
    return status;
}

void hm_secret_line_fini(struct hm_buf *secret)
{
    if (secret->data != NULL) {
        explicit_bzero(secret->data, secret->capacity);
    }
    hm_buf_fini(secret);
}

bool hm_secret_typed(void)
{
    return isatty(STDIN_FILENO) == 1;
}

bool hm_keys_are_ours(const char *folder)
{
    struct hm_arena arena;
    hm_arena_init(&arena, HM_CLI_WARNED_MAX);
    const char *path = hm_replica_path(&arena, folder, "keys");
    bool ours = path != NULL && (access(path, X_OK) == 0 || errno != EACCES);
    hm_arena_fini(&arena);
    return ours;
}

static enum hm_status check(const struct hm_call *call,
                            const struct hm_desk *desk,
                            const struct hm_passphrase_of *of,
                            struct hm_arena *arena,
                            struct hm_err *err)
{
    struct hm_buf secret;
    struct hm_bytes name = HM_NO_BYTES;
    int64_t wait_ms = 0;
    enum hm_status status = hm_view_user(&desk->view, &of->user, &name, arena, err);
    if (status != HM_OK) {
        return status;
    }
    hm_buf_init(&secret, HM_CLI_SECRET_MAX);
    status = hm_secret_line(&secret, call, "member.ask", hm_view_shown(name, arena), err);
    if (status == HM_OK) {
        status = hm_passphrase_check(of, hm_buf_bytes(&secret), &wait_ms, err);
    }
    hm_secret_line_fini(&secret);
    return status;
}

enum hm_status hm_desk_unlock(const struct hm_call *call,
                              const struct hm_desk *desk,
                              struct hm_err *err)
{
    const struct hm_cli *cli = call->ctx;
    struct hm_passphrase_of of = {
        .store = desk->replica.store, .dir = desk->folder, .env = &cli->env};
    struct hm_arena arena;
    enum hm_status status =
        hm_store_meta_get_id(desk->replica.store, HM_META_USER, &of.user, err);
    if (status != HM_OK || !hm_keys_are_ours(desk->folder) ||
        !hm_passphrase_is_set(desk->folder, &of.user)) {
        return status;
    }
    hm_arena_init(&arena, HM_CLI_WARNED_MAX);
    status = check(call, desk, &of, &arena, err);
    hm_arena_fini(&arena);
    return status;
}
