/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/command/output.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "hamlet/text/words.h"

enum { HELD_MAX = 64 * 1024 };

void hm_output_init(struct hm_output *out, int fd)
{
    *out = (struct hm_output){.fd = fd, .failed = HM_ERR_NONE};
    hm_buf_init(&out->held, HELD_MAX);
}

void hm_output_fini(struct hm_output *out)
{
    hm_buf_fini(&out->held);
}

static void fail(struct hm_output *out, int code)
{
    if (code == EPIPE) {
        (void)hm_fail(&out->failed, HM_IO, "output-closed", NULL, NULL, NULL);
    } else {
        (void)hm_fail_errno(&out->failed, code, "stdout");
    }
}

/* A terminal that another program made non-blocking is waited for, not failed. */
static void wait_for_room(struct hm_output *out)
{
    struct pollfd look = {.fd = out->fd, .events = POLLOUT};
    if (poll(&look, 1, -1) < 0 && errno != EINTR) {
        fail(out, errno);
    }
}

static void write_all(struct hm_output *out, struct hm_bytes bytes)
{
    while (bytes.size > 0 && out->failed.status == HM_OK) {
        ssize_t put = write(out->fd, bytes.data, bytes.size);
        if (put >= 0) {
            bytes.data += put;
            bytes.size -= (size_t)put;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            wait_for_room(out);
        } else if (errno != EINTR) {
            fail(out, errno);
        }
    }
}

static void write_held(struct hm_output *out)
{
    write_all(out, hm_buf_bytes(&out->held));
    hm_buf_clear(&out->held);
}

void hm_output_put(struct hm_output *out, struct hm_bytes bytes)
{
    if (bytes.size > HELD_MAX - out->held.size) {
        write_held(out);
    }
    if (bytes.size > HELD_MAX) {
        write_all(out, bytes);
    } else {
        hm_buf_put_bytes(&out->held, bytes);
        if (hm_buf_status(&out->held, &out->failed) != HM_OK) {
            hm_buf_clear(&out->held);
        }
    }
}

void hm_output_put_text(struct hm_output *out, const char *text)
{
    hm_output_put(out, hm_text(text));
}

void hm_output_put_shown(struct hm_output *out, struct hm_bytes text)
{
    struct hm_buf plain;
    struct hm_buf shown;
    hm_buf_init(&plain, text.size);
    hm_buf_init(&shown, 4 * text.size); /* each byte may become \xNN */
    hm_buf_put_bytes(&plain, text);
    if (hm_buf_status(&plain, &out->failed) == HM_OK) {
        const char *args[] = {(const char *)plain.data};
        hm_words_put(&shown, "{1}", args, 1);
    }
    if (hm_buf_status(&shown, &out->failed) == HM_OK) {
        hm_output_put(out, hm_buf_bytes(&shown));
    }
    hm_buf_fini(&shown);
    hm_buf_fini(&plain);
}

enum hm_status hm_output_flush(struct hm_output *out, struct hm_err *err)
{
    if (out->failed.status == HM_OK) {
        write_held(out);
    }
    if (out->failed.status != HM_OK && err != NULL && err->status == HM_OK) {
        *err = out->failed;
    }
    return out->failed.status;
}
