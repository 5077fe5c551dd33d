/* SPDX-License-Identifier: Apache-2.0 */
#include "bell.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct hm_bell {
    struct hm_loop *loop;
    void (*rung)(void *ctx, enum hm_bell_for what);
    void *ctx;
    int fd;
    atomic_bool waits[HM_BELL_COUNT];
};

static void woken(void *ctx, int fd, unsigned events)
{
    struct hm_bell *bell = ctx;
    uint64_t count = 0;
    (void)events;
    ssize_t taken = read(fd, &count, sizeof(count));
    (void)taken; /* the flags say what there is */
    for (int what = 0; what < HM_BELL_COUNT; what++) {
        if (atomic_exchange(&bell->waits[what], false)) {
            bell->rung(bell->ctx, (enum hm_bell_for)what);
        }
    }
}

enum hm_status hm_bell_open(struct hm_bell **bell,
                            struct hm_loop *loop,
                            void (*rung)(void *ctx, enum hm_bell_for what),
                            void *ctx,
                            struct hm_err *err)
{
    struct hm_bell *made = calloc(1, sizeof(*made));
    if (made == NULL) {
        return hm_fail_memory(err);
    }
    *made = (struct hm_bell){.loop = loop, .rung = rung, .ctx = ctx, .fd = -1};
    made->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    enum hm_status status =
        made->fd < 0 ? hm_fail_errno(err, errno, "eventfd")
                     : hm_loop_watch(loop, made->fd, HM_LOOP_READ, woken, made, err);
    if (status == HM_OK) {
        *bell = made;
        made = NULL;
    }
    hm_bell_close(made);
    return status;
}

void hm_bell_close(struct hm_bell *bell)
{
    if (bell == NULL) {
        return;
    }
    if (bell->fd >= 0) {
        hm_loop_unwatch(bell->loop, bell->fd);
        (void)close(bell->fd);
    }
    free(bell);
}

void hm_bell_ring(struct hm_bell *bell, enum hm_bell_for what)
{
    const uint64_t one = 1;
    atomic_store(&bell->waits[what], true);
    ssize_t written = write(bell->fd, &one, sizeof(one));
    (void)written; /* it fails only where the counter is full: the loop is awake then */
}
