/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture.h - what a standard fd gets while a test looks.
 */
#ifndef TESTS_UNIT_COMMAND_CAPTURE_H
#define TESTS_UNIT_COMMAND_CAPTURE_H

#include <check.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { CAPTURE_MAX = 64 * 1024 };

struct capture {
    int fd;
    int kept; /* what the fd was before */
    FILE *file;
    char text[CAPTURE_MAX];
};

static inline void capture_start(struct capture *capture, int fd)
{
    (void)fflush(NULL);
    capture->fd = fd;
    capture->kept = dup(fd);
    capture->file = tmpfile();
    ck_assert_ptr_nonnull(capture->file);
    ck_assert_int_eq(dup2(fileno(capture->file), fd), fd);
}

/* Undo it; the text is what came in the meantime. */
static inline const char *capture_stop(struct capture *capture)
{
    ssize_t size = pread(fileno(capture->file), capture->text, CAPTURE_MAX - 1, 0);
    capture->text[size < 0 ? 0 : size] = '\0';
    ck_assert_int_eq(dup2(capture->kept, capture->fd), capture->fd);
    close(capture->kept);
    fclose(capture->file);
    return capture->text;
}

#endif
