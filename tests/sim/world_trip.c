/* SPDX-License-Identifier: Apache-2.0 */
/* The way between a laptop and the server, on which anything may happen to a message. */
#include <stdlib.h>

#include "world.h"

const struct world_faults world_no_faults = {SIZE_MAX, SIZE_MAX, false};

enum {
    TRIES_MAX = 50,
    BODY_MAX = 8 * 1024 * 1024,
    PIECE_UP = 2000, /* bytes that arrive at once, at most */
    PIECE_DOWN = 3000,
    TOOK_MS = 100,
    GROUP_MAX = 4
};

enum hm_status world_session(struct world_laptop *laptop, struct hm_err *err)
{
    if (laptop->session != NULL) {
        return HM_OK;
    }
    return hm_session_open(&laptop->session, laptop->store, &laptop->secret, "test", err);
}

void world_visit_init(struct world_visit *visit, struct hm_bytes request)
{
    *visit = (struct world_visit){.request = request, .seen = SIZE_MAX};
    hm_buf_init(&visit->reply, BODY_MAX);
}

void world_visit_fini(struct world_visit *visit)
{
    hm_buf_fini(&visit->reply);
}

static bool arrives_whole(const struct world_visit *visit)
{
    return visit->seen >= visit->request.size;
}

/* What arrives, in pieces as a socket gives them. */
static void read_visit(struct world *world,
                       const struct world_visit *visit,
                       struct hm_serving *serving)
{
    size_t size = arrives_whole(visit) ? visit->request.size : visit->seen;
    for (size_t at = 0; at < size;) {
        size_t piece = 1 + hm_testenv_below(&world->env, PIECE_UP);
        piece = piece < size - at ? piece : size - at;
        if (!hm_serving_put(serving, world->reader,
                            (struct hm_bytes){visit->request.data + at, piece})) {
            return;
        }
        at += piece;
    }
    if (arrives_whole(visit)) {
        hm_serving_end(serving);
    }
}

static enum hm_problem problem_of(enum hm_status status)
{
    return status == HM_IO                                 ? HM_PROBLEM_DISK
           : status == HM_LOCKED || status == HM_NO_MEMORY ? HM_PROBLEM_BUSY
                                                           : HM_PROBLEM_INTERNAL;
}

static void answer_visit(struct world *world,
                         struct world_visit *visit,
                         struct hm_serving *serving)
{
    struct hm_err err = HM_ERR_NONE;
    visit->http = 200;
    if (hm_serving_problem(serving) == HM_PROBLEM_NONE && arrives_whole(visit)) {
        enum hm_status status =
            hm_serving_answer(serving, world->reader, &visit->reply, &err);
        if (status != HM_OK) {
            hm_serving_refuse(serving, problem_of(status));
        }
    }
    enum hm_problem problem = hm_serving_problem(serving);
    if (problem != HM_PROBLEM_NONE) {
        hm_buf_clear(&visit->reply);
        visit->http = hm_problem_http(problem);
        hm_problem_write(&visit->reply, problem, hm_text("problem"), HM_NO_BYTES);
    }
    visit->given = arrives_whole(visit) && !hm_disk_is_off(world->disk);
}

/* New keys enter the registry before what they signed is judged. */
static enum hm_status rotate(struct world *world,
                             const struct hm_serving *serving,
                             struct hm_err *err)
{
    struct hm_bytes keys = hm_serving_keys(serving);
    if (keys.size == 0) {
        return HM_OK;
    }
    enum hm_status status = hm_author_rotate(
        world->store, &world->secret, &hm_serving_request(serving)->device, keys, err);
    return status == HM_DENIED ? HM_OK : status;
}

/* After a failure the program opens its store again, as serve does. */
static enum hm_status commit_visits(struct world *world,
                                    struct hm_serving **servings,
                                    size_t count)
{
    struct hm_err err = HM_ERR_NONE;
    enum hm_status status = HM_OK;
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        status = rotate(world, servings[i], &err);
    }
    if (status == HM_OK) {
        status = hm_servings_commit(servings, count, world->store, &err);
    }
    if (status != HM_OK && !hm_disk_is_off(world->disk)) {
        world_server_mend(world);
    }
    return status;
}

/* What fails here is done at the next occasion. */
static void scrub(struct world *world)
{
    struct hm_err err = HM_ERR_NONE;
    if (world_server_scrub(world, &err) != HM_OK && !hm_disk_is_off(world->disk)) {
        world_server_mend(world);
    }
}

/* What was to come between, if this is the moment. */
static enum hm_status come_between(struct world *world, enum world_moment moment)
{
    struct hm_err err = HM_ERR_NONE;
    enum hm_status (*amid)(void *, struct hm_err *) = world->amid;
    if (amid == NULL || world->amid_when != moment) {
        return HM_OK;
    }
    world->amid = NULL;
    enum hm_status status = amid(world->amid_ctx, &err);
    if (status != HM_OK && !hm_disk_is_off(world->disk)) {
        world_server_mend(world);
    }
    return status;
}

void world_serve(struct world *world, struct world_visit *visits, size_t count)
{
    struct hm_err err = HM_ERR_NONE;
    struct hm_serving *servings[GROUP_MAX] = {NULL};
    struct hm_serving *ready[GROUP_MAX];
    size_t ready_count = 0;
    if (count > GROUP_MAX) {
        abort();
    }
    for (size_t i = 0; i < count; i++) {
        world->bytes_up += visits[i].request.size;
        if (hm_serving_open(&servings[i], &world->self, visits[i].request.size, &err) !=
            HM_OK) {
            abort();
        }
        read_visit(world, &visits[i], servings[i]);
        if (hm_serving_commits(servings[i])) {
            ready[ready_count++] = servings[i];
        }
    }
    enum hm_status status = come_between(world, WORLD_READ);
    if (status == HM_OK && ready_count > 0) {
        status = commit_visits(world, ready, ready_count);
        if (status == HM_OK) {
            scrub(world);
        }
    }
    if (status == HM_OK) {
        status = come_between(world, WORLD_COMMITTED);
    }
    for (size_t i = 0; i < count; i++) {
        if (status != HM_OK) {
            hm_serving_refuse(servings[i], problem_of(status));
        }
        answer_visit(world, &visits[i], servings[i]);
        world->bytes_down += visits[i].reply.size;
        hm_serving_close(servings[i]);
    }
}

enum hm_session_next world_take(struct world *world,
                                struct hm_session *session,
                                const struct world_visit *visit,
                                size_t size,
                                struct hm_err *err)
{
    bool whole = visit->given && size >= visit->reply.size;
    size = !visit->given ? 0 : whole ? visit->reply.size : size;
    if (visit->given && (whole || size > 0)) {
        hm_session_answer(session, visit->http);
    }
    for (size_t at = 0; at < size;) {
        size_t piece = 1 + hm_testenv_below(&world->env, PIECE_DOWN);
        piece = piece < size - at ? piece : size - at;
        if (!hm_session_put(session, (struct hm_bytes){visit->reply.data + at, piece})) {
            break;
        }
        at += piece;
    }
    return hm_session_end(session, whole, NULL, TOOK_MS, err);
}

enum hm_session_next world_exchange(struct world *world,
                                    struct world_laptop *laptop,
                                    struct hm_session *session,
                                    const struct world_faults *faults,
                                    struct hm_err *err)
{
    struct hm_buf request;
    struct world_visit visit;
    struct world_visit again;
    (void)laptop;
    enum hm_session_next next = HM_SESSION_STOP;
    hm_buf_init(&request, BODY_MAX);
    enum hm_status status = hm_session_request(session, &request, err);
    world_visit_init(&visit, hm_buf_bytes(&request));
    world_visit_init(&again, hm_buf_bytes(&request));
    if (status == HM_OK) {
        visit.seen = faults->cut_up;
        world_serve(world, &visit, 1);
        if (faults->twice) {
            world_serve(world, &again, 1);
        }
        next = world_take(world, session, &visit, faults->cut_down, err);
    }
    world_visit_fini(&again);
    world_visit_fini(&visit);
    hm_buf_fini(&request);
    return next;
}

bool world_sync(struct world *world, struct world_laptop *laptop, struct hm_err *err)
{
    struct hm_session *session = NULL;
    enum hm_session_next next = HM_SESSION_AGAIN;
    if (hm_session_open(&session, laptop->store, &laptop->secret, "test", err) != HM_OK) {
        return false;
    }
    hm_session_begin(session);
    for (int i = 0; i < TRIES_MAX && next != HM_SESSION_DONE && next != HM_SESSION_STOP;
         i++) {
        hm_err_clear(err);
        next = world_exchange(world, laptop, session, &world_no_faults, err);
    }
    hm_session_close(session);
    return next == HM_SESSION_DONE;
}
