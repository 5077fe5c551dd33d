/* SPDX-License-Identifier: Apache-2.0 */
/* Files that go by stick: written, carried by anybody, taken whole, torn, late and twice.
 */
#include <stdlib.h>
#include <string.h>

#include "erase.h"
#include "heard.h"
#include "loss.h"
#include "machine.h"
#include "world_file.h"
#include "world_key.h"

enum { FILE_MAX = 64 * 1024 * 1024 };

/* One file on its way, and what may excuse that it is not taken. */
struct way {
    struct sim *sim;
    struct sim_stick *stick;
    int reader;
    struct hm_bytes bytes; /* as many of it as arrive */
    bool torn;
    struct world_taken taken;
    struct hm_err err;
    uint64_t crashes; /* as the history stood before */
    uint64_t failures;
};

static bool is_strange(const struct sim *sim, int who)
{
    return who != ORACLE_SERVER && sim->replicas[sim->replicas[who].device].strange;
}

/* The next file is for the disk of which something came last: that may be no disk. */
static bool is_other(const struct sim *sim, int who)
{
    return is_strange(sim, who) ||
           (who != ORACLE_SERVER && sim->replicas[sim->replicas[who].device].forges);
}

/* Another process takes files: what is open for the network knows nothing of it. */
static void close_session(struct sim *sim, int who)
{
    struct world_laptop *laptop = sim->replicas[who].laptop;
    if (laptop != NULL) {
        hm_session_close(laptop->session);
        laptop->session = NULL;
    }
}

static void settle(struct sim *sim, int who)
{
    if (sim_troubled(sim, who)) {
        sim_recover(sim, who);
    } else {
        sim_learn(sim, who);
    }
}

/* What the server writes it seals for the newest key that it knows. */
static int keys_of(const struct sim *sim, int from, int to)
{
    int laptop = to == ORACLE_SERVER ? from : to;
    bool knows =
        to == ORACLE_SERVER || world_key_known(&sim->world, sim->replicas[to].laptop);
    return knows ? sim->replicas[sim->replicas[laptop].device].keys : -1;
}

static int laptop_of(int from, int to)
{
    return to == ORACLE_SERVER ? from : to;
}

static void keep(struct sim *sim, int from, int to, int64_t epoch, struct hm_bytes file)
{
    struct sim_stick *stick = &sim->sticks[sim->stick_count++ % SIM_STICKS_MAX];
    uint8_t *data = malloc(file.size);
    if (data == NULL) {
        abort();
    }
    free(stick->data);
    memcpy(data, file.data, file.size);
    *stick = (struct sim_stick){.data = data,
                                .size = file.size,
                                .from = from,
                                .to = to,
                                .losses = sim->stats.losses,
                                .keys = keys_of(sim, from, to),
                                .epoch = epoch};
    sim_say(sim, "  = a file of %zu bytes from %d to %d", file.size, from, to);
}

void sim_do_stick(struct sim *sim, const struct sim_event *event)
{
    struct hm_buf file;
    struct hm_err err = HM_ERR_NONE;
    uint32_t epoch = 0;
    int from = event->who;
    int to = from == ORACLE_SERVER ? (int)event->arg[0] : ORACLE_SERVER;
    if (to == from || to < 0 || to >= sim->replica_count) {
        return;
    }
    hm_buf_init(&file, FILE_MAX);
    close_session(sim, from);
    enum hm_status status =
        from == ORACLE_SERVER
            ? world_file_down(&sim->world, sim->replicas[to].laptop, &file, &epoch, &err)
            : world_file_up(sim->replicas[from].laptop, &file, &epoch, &err);
    bool denied = from == ORACLE_SERVER && sim_is_revoked(sim, to);
    bool unknown = from == ORACLE_SERVER && !sim_known_there(sim, to);
    if (status == HM_OK && denied) {
        sim_fail(sim, "the server writes a file for %d, which is revoked", to);
    }
    if (status != HM_OK && !denied && !unknown && !sim_troubled(sim, from)) {
        sim_must(sim, status, &err, "stick");
    }
    if (status == HM_OK) {
        keep(sim, from, to, epoch, hm_buf_bytes(&file));
    }
    if (status == HM_OK && from == ORACLE_SERVER) {
        sim_check_file_epoch(sim, to, epoch);
    }
    hm_buf_fini(&file);
    settle(sim, from);
}

static bool is_excused(const struct way *way)
{
    const struct sim *sim = way->sim;
    const struct sim_stick *stick = way->stick;
    int laptop = laptop_of(stick->from, stick->to);
    /* It left a unit, and the server heard no more of it, or later of what it was. */
    bool before = stick->from == ORACLE_SERVER && stick->epoch != 0 &&
                  stick->epoch != sim->replicas[laptop].epoch;
    bool by_old_key = stick->keys != sim->replicas[sim->replicas[laptop].device].keys;
    return by_old_key || before || sim->world.crashes != way->crashes ||
           sim->world.failures != way->failures || sim_troubled(sim, way->reader) ||
           sim_refilled(sim) || is_other(sim, way->stick->from) ||
           is_other(sim, way->stick->to);
}

/* Of a revoked device nothing is taken; all else is, as if it came by network. */
static void take_up(struct way *way)
{
    struct sim *sim = way->sim;
    int from = way->stick->from;
    int64_t rows = sim->replicas[ORACLE_SERVER].rows;
    enum hm_status status =
        world_file_take_up(&sim->world, way->bytes, &way->taken, &way->err);
    bool good = status == HM_OK && (way->taken.problem == HM_PROBLEM_NONE || way->torn);
    bool revoked = sim_is_revoked(sim, from);
    if (!good && !revoked && !is_excused(way)) {
        sim_fail(sim, "a file of %d was not taken: %s (%s), problem %d", from,
                 hm_status_name(status), way->err.key == NULL ? "" : way->err.key,
                 (int)way->taken.problem);
    }
    if (revoked && way->taken.bodies > 0) {
        sim_fail(sim, "a file of %d was taken, which is revoked", from);
    }
    if (way->taken.bodies > 0 && !revoked) {
        bool whole = good && !way->torn && sim->world.crashes == way->crashes;
        sim_hears_of(sim, from, way->stick->epoch, whole);
    }
    sim_note_server(sim);
    settle(sim, ORACLE_SERVER);
    sim_scrub(sim, ORACLE_SERVER);
    sim_note_refill(sim, from, rows);
    if (revoked) {
        sim_mark(sim, SIM_MARK_FILE_REVOKED);
    }
    if (sim->replicas[ORACLE_SERVER].rows > rows) {
        sim_mark(sim, way->torn ? SIM_MARK_FILE_TORN : SIM_MARK_FILE_UP);
    }
}

static void take_down(struct way *way)
{
    struct sim *sim = way->sim;
    int64_t rows = sim->replicas[way->reader].rows;
    close_session(sim, way->reader);
    enum hm_status status =
        world_file_take_down(&sim->world, sim->replicas[way->reader].laptop, way->bytes,
                             &way->taken, &way->err);
    if (status != HM_OK && !is_excused(way)) {
        sim_fail(sim, "a file for %d was not taken: %s (%s)", way->reader,
                 hm_status_name(status), way->err.key == NULL ? "" : way->err.key);
    }
    if (way->taken.epochs > 0 && !is_strange(sim, way->reader)) {
        sim_fail(sim, "%d begins a new epoch for a file", way->reader);
    }
    settle(sim, way->reader);
    sim_scrub(sim, way->reader);
    if (sim->replicas[way->reader].rows > rows) {
        sim_mark(sim, way->torn ? SIM_MARK_FILE_TORN : SIM_MARK_FILE_DOWN);
    }
}

/* Whoever else carries it hands on what he was given, if he knows who signed it. */
static bool is_carried(struct sim *sim, int by, const struct sim_stick *stick)
{
    struct hm_buf copy;
    struct hm_err err = HM_ERR_NONE;
    struct hm_bytes file = {stick->data, stick->size};
    if (by == ORACLE_SERVER || by == stick->from || sim_same_device(sim, by, stick->to)) {
        return true;
    }
    hm_buf_init(&copy, FILE_MAX);
    enum hm_status status =
        world_file_carry(&sim->world, sim->replicas[by].laptop, file, &copy, &err);
    bool same = hm_bytes_equal(file, hm_buf_bytes(&copy));
    hm_buf_fini(&copy);
    if (sim_troubled(sim, by)) {
        sim_recover(sim, by);
    }
    if (status == HM_OK && !same) {
        sim_fail(sim, "%d hands on another file than it was given", by);
    }
    if (status == HM_OK) {
        sim_mark(sim, SIM_MARK_FILE_THIRD);
    }
    return status == HM_OK;
}

void sim_do_carry(struct sim *sim, const struct sim_event *event)
{
    int count = sim->stick_count < SIM_STICKS_MAX ? sim->stick_count : SIM_STICKS_MAX;
    if (count == 0) {
        return;
    }
    struct sim_stick *stick = &sim->sticks[(uint64_t)event->arg[0] % (uint64_t)count];
    size_t size =
        event->arg[1] < 0 ? stick->size : (size_t)((uint64_t)event->arg[1] % stick->size);
    struct way way = {.sim = sim,
                      .stick = stick,
                      .reader = sim_same_device(sim, event->who, stick->to) ? event->who
                                                                            : stick->to,
                      .bytes = {stick->data, size},
                      .torn = size < stick->size,
                      .crashes = sim->world.crashes,
                      .failures = sim->world.failures};
    if (!is_carried(sim, event->who, stick)) {
        return;
    }
    if (stick->losses != sim->stats.losses) {
        int laptop = stick->to == ORACLE_SERVER ? stick->from : stick->to;
        sim->replicas[sim->replicas[laptop].device].strange = true;
        sim_mark(sim, SIM_MARK_FILE_LOSS);
    }
    if (stick->to == ORACLE_SERVER) {
        take_up(&way);
    } else {
        take_down(&way);
    }
    sim->stats.files++;
    if (stick->taken && !way.torn) {
        sim_mark(sim, SIM_MARK_FILE_AGAIN);
    }
    stick->taken = stick->taken || !way.torn;
    sim_say(sim, "  > %d takes %zu of %zu bytes: %s", way.reader, size, stick->size,
            way.err.key == NULL ? "" : way.err.key);
}
