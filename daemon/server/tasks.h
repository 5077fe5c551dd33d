/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tasks.h - what takes long to read: in threads of its own, each with a reader of its
 * own.
 *
 * Owner:   daemon/server/tasks.c
 * Threads: start and stop from one thread, the rest from any
 * Memory:  HM_TASKS_RUNNING are read at once, the others wait for their turn. An outcome
 *          is kept until it is taken, HM_TASK_KEPT_MS are over, or all of them hold more
 *          than HM_TASKS_BYTES_MAX; then the oldest goes
 * Errors:  a task's own outcome is what it put out; what `run` gives back is for those
 *          that came to none
 *
 * The writer is not asked for anything, and the web server's threads and readers are left
 * to those who sync: reading may take minutes, and nobody waits for it but who asked.
 */
#ifndef DAEMON_SERVER_TASKS_H
#define DAEMON_SERVER_TASKS_H

#include "hamlet/base/buf.h"
#include "hamlet/base/limits.h"
#include "hamlet/store/store.h"

enum {
    HM_TASKS_RUNNING = 3,
    HM_TASKS_MAX = 32,      /* that are known at a time; who was told goes first */
    HM_TASKS_OWNED_MAX = 4, /* … of which so many of one owner are not done */
    HM_TASK_SOON_MS = 2000, /* what is done by then never went to the background */
    HM_TASK_KEPT_MS = 10 * 60 * 1000
};
#define HM_TASKS_BYTES_MAX ((size_t)256 * 1024 * 1024)

struct hm_tasks;

struct hm_tasks_options {
    const char *path; /* of the store; all of this is borrowed until the stop */
    const struct hm_kinds *kinds;
    const struct hm_env *env;
    void (*done)(void *ctx); /* a task is done; from its thread */
    void *ctx;
};

HM_CHECKED enum hm_status hm_tasks_start(struct hm_tasks **tasks,
                                         const struct hm_tasks_options *options,
                                         struct hm_err *err);
/* What is under way breaks off, and nothing more is begun. Null: nothing. */
void hm_tasks_stop(struct hm_tasks *tasks);
/* After the stop, once nobody asks any more. Null: nothing. */
void hm_tasks_free(struct hm_tasks *tasks);

/* What is to be read. `ctx` is the task's from the call on, whatever comes of it. */
struct hm_task_work {
    struct hm_bytes owner; /* who may look; no bytes: whoever is at this machine */
    struct hm_bytes name;  /* what it is, for people; the same asked for by the same owner
                            * while it is not done is one task, unless he is nobody */
    enum hm_status (*run)(struct hm_store *reader,
                          void *ctx,
                          struct hm_buf *out,
                          struct hm_err *err);
    /* What it wrote beside `out`: an open file, the task's own; -1: nothing. Null: never.
     * It is no memory, and lies there as long as the task. */
    int (*file)(const void *ctx);
    void (*free)(void *ctx);
    void *ctx;
    size_t out_max; /* bytes */
};

/* HM_LOCKED  tasks-full */
HM_CHECKED enum hm_status hm_tasks_begin(struct hm_tasks *tasks,
                                         const struct hm_task_work *work,
                                         uint64_t *task,
                                         struct hm_err *err);

enum hm_task_state { HM_TASK_WAITING, HM_TASK_RUNNING, HM_TASK_DONE };

struct hm_task_seen {
    uint64_t task;
    enum hm_task_state state;
    int64_t took_ms; /* so far */
    int permille;    /* of it, as far as that is known */
    int64_t rows;
    int fd; /* of one that was looked at and is done: its file, the caller's; or -1 */
    char name[HM_ERR_ARG_MAX + 1];
};

/* Wait until it is done, at most so long; also ends when the server stops. */
void hm_tasks_await(struct hm_tasks *tasks, uint64_t task, int64_t wait_ms);

/*
 * How it stands. Of one that is done what it put out is appended to `out`.
 * HM_NOT_FOUND  task-unknown: there is none, or it is not `owner`'s. The errors of a task
 *               that failed
 */
HM_CHECKED enum hm_status hm_tasks_look(struct hm_tasks *tasks,
                                        uint64_t task,
                                        struct hm_bytes owner,
                                        struct hm_task_seen *seen,
                                        struct hm_buf *out,
                                        struct hm_err *err);

/* Its outcome was fetched: it goes, if it is done. */
void hm_tasks_forget(struct hm_tasks *tasks, uint64_t task);

/* All of them, the oldest first; so many. */
size_t hm_tasks_list(struct hm_tasks *tasks, struct hm_task_seen seen[HM_TASKS_MAX]);

#endif
