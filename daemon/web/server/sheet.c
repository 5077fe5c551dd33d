/* SPDX-License-Identifier: Apache-2.0 */
#include "sheet.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hamlet/base/limits.h"

enum { HEADER_SIZE = 256 };

void hm_sheet_init(struct hm_sheet *sheet, const struct hm_web_call *call)
{
    *sheet = (struct hm_sheet){.web = call->web,
                               .lang = call->guest.lang,
                               .fd = -1,
                               .draft = {.folder = -1, .fd = -1},
                               .failed = HM_ERR_NONE};
    hm_arena_init(&sheet->arena, HM_REQUEST_ARENA_MAX);
}

void hm_sheet_fini(struct hm_sheet *sheet)
{
    if (sheet->fd >= 0) {
        (void)close(sheet->fd);
    }
    hm_arena_fini(&sheet->arena);
}

int hm_sheet_file(const void *at)
{
    const struct hm_sheet *sheet = at;
    return sheet->fd;
}

static void put(void *at, struct hm_bytes bytes)
{
    struct hm_sheet *sheet = at;
    if (sheet->failed.status == HM_OK) {
        (void)!hm_draft_put(&sheet->draft, bytes, &sheet->failed);
    }
}

/* What it holds outlives its name, which goes at once. */
static enum hm_status keep(struct hm_sheet *sheet, const char *name, struct hm_err *err)
{
    sheet->fd = fcntl(sheet->draft.fd, F_DUPFD_CLOEXEC, 0);
    return sheet->fd < 0 ? hm_fail_errno(err, errno, name) : HM_OK;
}

enum hm_status hm_sheet_write(struct hm_sheet *sheet,
                              struct hm_store *reader,
                              const char *name,
                              enum hm_status (*write)(struct hm_sheet *sheet,
                                                      struct hm_err *err),
                              struct hm_err *err)
{
    const char *path = hm_replica_path(&sheet->arena, sheet->web->server.dir, name);
    sheet->view = (struct hm_view){.store = reader,
                                   .words = hm_words_of(sheet->lang),
                                   .lang = sheet->lang,
                                   .put = put,
                                   .ctx = sheet};
    enum hm_status status = hm_arena_status(&sheet->arena, err);
    if (status == HM_OK) {
        status = hm_draft_open(&sheet->draft, sheet->web->server.env, path, err);
    }
    if (status == HM_OK) {
        status = write(sheet, err);
    }
    if (status == HM_OK && sheet->failed.status != HM_OK) {
        *err = sheet->failed;
        status = sheet->failed.status;
    }
    if (status == HM_OK) {
        status = keep(sheet, name, err);
    }
    hm_draft_close(&sheet->draft);
    return status;
}

static void name_file(struct hm_web_call *call, struct hm_bytes name, const char *ending)
{
    char header[HEADER_SIZE];
    struct hm_buf plain;
    hm_buf_init(&plain, HEADER_SIZE / 2);
    for (size_t i = 0; i < name.size; i++) {
        uint8_t byte = name.data[i];
        bool kept =
            (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || byte == '_';
        hm_buf_put_byte(&plain, kept ? byte : '-');
    }
    hm_buf_put_byte(&plain, '\0');
    (void)snprintf(header, sizeof(header), "attachment; filename=\"%s.%s\"",
                   plain.failed == HM_OK ? (const char *)plain.data : "hamlet", ending);
    hm_buf_fini(&plain);
    /* Plain letters, and far below the room that there is. */
    (void)!hm_httpd_reply_header(call->reply, "Content-Disposition", header);
}

enum hm_status hm_sheet_answer(struct hm_web_call *call,
                               const char *type,
                               struct hm_bytes name,
                               const char *ending,
                               struct hm_err *err)
{
    struct hm_web_task_seen seen;
    struct stat file;
    enum hm_status status = hm_web_task_await(call, &seen, err);
    if (status != HM_OK || !seen.done) {
        return status;
    }
    if (seen.fd < 0 || fstat(seen.fd, &file) != 0) {
        return hm_fail(err, HM_NOT_FOUND, "task-unknown", "", NULL, NULL);
    }
    call->file =
        (struct hm_httpd_file){.open = true, .fd = seen.fd, .size = file.st_size};
    call->type = type;
    name_file(call, name, ending);
    return HM_OK;
}
