/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/command/report.h"

#include <unistd.h>

enum { REPORT_SIZE = 4 * 1024 }; /* two sentences with three arguments, all escaped */

static void put_report(struct hm_buf *line,
                       const char *program,
                       const struct hm_words *words,
                       const struct hm_err *err)
{
    uint8_t memory[REPORT_SIZE];
    struct hm_buf hint;
    hm_buf_init_fixed(&hint, memory, sizeof(memory));
    hm_buf_put_text(line, program);
    hm_buf_put_text(line, ": ");
    if (words == NULL) {
        hm_buf_put_text(line, hm_status_text(err->status));
    } else {
        hm_words_error(line, words, err, false);
        hm_words_error(&hint, words, err, true);
    }
    hm_buf_put_text(line, "\n");
    if (hint.size > 0) {
        hm_buf_put_text(line, "HINT: ");
        hm_buf_put_bytes(line, hm_buf_bytes(&hint));
        hm_buf_put_text(line, "\n");
    }
    hm_buf_fini(&hint);
}

int hm_report(const char *program,
              const struct hm_words *words,
              enum hm_status status,
              const struct hm_err *err)
{
    struct hm_err bare = {.status = status, .key = ""};
    uint8_t memory[2 * REPORT_SIZE]; /* no memory left must be told, too */
    struct hm_buf line;
    if (status == HM_OK) {
        return hm_status_exit(status);
    }
    hm_buf_init_fixed(&line, memory, sizeof(memory));
    put_report(&line, program, words, err == NULL || err->status == HM_OK ? &bare : err);
    /* There is nobody left to tell if this fails; the exit code still says it. */
    ssize_t written = write(STDERR_FILENO, line.data, line.size);
    (void)written;
    hm_buf_fini(&line);
    return hm_status_exit(status);
}
