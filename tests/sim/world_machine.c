/* SPDX-License-Identifier: Apache-2.0 */
/* Machines: opening stores, power, disks that are full, sick, copied or older. */
#include <stdio.h>
#include <stdlib.h>

#include "hamlet/store/registry.h"
#include "world.h"

static void must(enum hm_status status, const struct hm_err *err, const char *what)
{
    if (status != HM_OK) {
        fprintf(stderr, "world: %s: %s %s %s %s\n", what, hm_status_name(status),
                err->key == NULL ? "" : err->key, err->arg[0], err->arg[1]);
        abort();
    }
}

static enum hm_status try_writer(struct world *world, struct hm_err *err)
{
    return hm_store_open(&world->store, "store.db", HM_STORE_SERVER, false, world->kinds,
                         &world->env.env, hm_disk_vfs(world->disk), err);
}

static enum hm_status try_server(struct world *world, struct hm_err *err)
{
    enum hm_status status = try_writer(world, err);
    return status != HM_OK ? status
                           : hm_store_open(&world->reader, "store.db", HM_STORE_READER,
                                           false, world->kinds, &world->env.env,
                                           hm_disk_vfs(world->disk), err);
}

void world_server_open(struct world *world)
{
    struct hm_err err = HM_ERR_NONE;
    must(try_server(world, &err), &err, "server store");
}

static enum hm_status try_laptop(struct world_laptop *laptop, struct hm_err *err)
{
    return hm_store_open(&laptop->store, "store.db", HM_STORE_LAPTOP, false,
                         laptop->kinds, &laptop->env.env, hm_disk_vfs(laptop->disk), err);
}

void world_laptop_open(struct world_laptop *laptop)
{
    struct hm_err err = HM_ERR_NONE;
    must(try_laptop(laptop, &err), &err, laptop->name);
}

static void close_laptop(struct world_laptop *laptop)
{
    hm_session_close(laptop->session);
    laptop->session = NULL;
    hm_store_close(laptop->store);
    laptop->store = NULL;
}

static void close_writer(struct world *world)
{
    hm_store_close(world->store);
    world->store = NULL;
}

static void close_server(struct world *world)
{
    hm_store_close(world->reader);
    world->reader = NULL;
    close_writer(world);
}

struct hm_disk *world_laptop_image(const struct world_laptop *laptop)
{
    static unsigned count;
    char name[2 * WORLD_NAME_MAX];
    (void)snprintf(name, sizeof(name), "%s-image-%u", laptop->name, ++count);
    return hm_disk_copy(laptop->disk, name, 0);
}

void world_laptop_restore(struct world_laptop *laptop, const struct hm_disk *image)
{
    close_laptop(laptop);
    hm_disk_free(laptop->disk);
    laptop->disk = hm_disk_copy(image, laptop->name, hm_testenv_next(&laptop->env));
    laptop->full = false;
    laptop->sick.at = 0;
    world_laptop_open(laptop);
}

struct world_laptop *world_laptop_copy(struct world *world,
                                       const struct world_laptop *laptop)
{
    struct world_laptop *copy = &world->laptops[world->laptop_count++];
    uint64_t seed = hm_testenv_next(&world->env);
    *copy = *laptop;
    (void)snprintf(copy->name, sizeof(copy->name), "laptop-%zu", world->laptop_count);
    hm_testenv_init(&copy->env, seed);
    /* All clocks go by seconds: what two disks of one device write alike differs in its
     * time, or would be one change. */
    copy->env.wall_ms += (int64_t)world->laptop_count;
    copy->session = NULL;
    copy->full = false;
    copy->sick.at = 0;
    copy->disk = hm_disk_copy(laptop->disk, copy->name, seed);
    world_laptop_open(copy);
    return copy;
}

static void fill_disk(struct hm_disk *disk, int64_t writes)
{
    hm_disk_fail(disk, HM_DISK_WRITE, writes < 0 ? 0 : (uint64_t)writes + 1, HM_DISK_FULL,
                 true);
}

void world_fill(struct world *world, struct world_laptop *laptop, int64_t writes)
{
    *(laptop == NULL ? &world->full : &laptop->full) = writes >= 0;
    fill_disk(laptop == NULL ? world->disk : laptop->disk, writes);
}

static struct hm_disk *disk_of(const struct world *world,
                               const struct world_laptop *laptop)
{
    return laptop == NULL ? world->disk : laptop->disk;
}

void world_sicken(struct world *world,
                  struct world_laptop *laptop,
                  enum hm_disk_op op,
                  uint64_t nth)
{
    struct hm_disk *disk = disk_of(world, laptop);
    struct world_sick *sick = laptop == NULL ? &world->sick : &laptop->sick;
    world_cure(world, laptop);
    hm_disk_fail(disk, op, nth, HM_DISK_BROKEN, false);
    *sick = (struct world_sick){op, hm_disk_count(disk, op) + nth};
}

bool world_is_sick(const struct world *world, const struct world_laptop *laptop)
{
    const struct world_sick *sick = laptop == NULL ? &world->sick : &laptop->sick;
    return sick->at != 0 && hm_disk_count(disk_of(world, laptop), sick->op) >= sick->at;
}

/* A full disk stays full: its writes fail for that reason alone. */
void world_cure(struct world *world, struct world_laptop *laptop)
{
    struct world_sick *sick = laptop == NULL ? &world->sick : &laptop->sick;
    bool full = laptop == NULL ? world->full : laptop->full;
    if (sick->at != 0 && !(full && sick->op == HM_DISK_WRITE)) {
        hm_disk_fail(disk_of(world, laptop), sick->op, 0, HM_DISK_BROKEN, false);
    }
    world->failures += world_is_sick(world, laptop);
    sick->at = 0;
}

/* Power on again; it may be planned to go once more. */
static void restart(struct world *world,
                    struct hm_disk *disk,
                    struct world_outage *outage,
                    struct world_sick *sick)
{
    if (!hm_disk_restart(disk, outage->how)) {
        abort();
    }
    world->crashes++;
    sick->at = 0;
    hm_disk_cut(disk, outage->again);
    outage->again = 0;
}

void world_laptop_crash(struct world *world,
                        struct world_laptop *laptop,
                        enum hm_crash how)
{
    struct hm_err err = HM_ERR_NONE;
    laptop->outage.how = how;
    hm_disk_cut_now(laptop->disk);
    close_laptop(laptop);
    restart(world, laptop->disk, &laptop->outage, &laptop->sick);
    enum hm_status status = try_laptop(laptop, &err);
    if (hm_disk_is_off(laptop->disk)) {
        world->crashes_opening++;
        close_laptop(laptop);
        restart(world, laptop->disk, &laptop->outage, &laptop->sick);
        status = try_laptop(laptop, &err);
    }
    must(status, &err, laptop->name);
    hm_disk_cut(laptop->disk, 0);
    fill_disk(laptop->disk, laptop->full ? 0 : -1);
}

void world_server_crash(struct world *world, enum hm_crash how)
{
    struct hm_err err = HM_ERR_NONE;
    world->outage.how = how;
    hm_disk_cut_now(world->disk);
    close_server(world);
    restart(world, world->disk, &world->outage, &world->sick);
    enum hm_status status = try_server(world, &err);
    if (hm_disk_is_off(world->disk)) {
        world->crashes_opening++;
        close_server(world);
        restart(world, world->disk, &world->outage, &world->sick);
        status = try_server(world, &err);
    }
    must(status, &err, "server store");
    hm_disk_cut(world->disk, 0);
    fill_disk(world->disk, world->full ? 0 : -1);
}

void world_laptop_mend(struct world *world, struct world_laptop *laptop)
{
    struct hm_err err = HM_ERR_NONE;
    close_laptop(laptop);
    fill_disk(laptop->disk, -1);
    enum hm_status status = try_laptop(laptop, &err);
    if (status != HM_OK && world_is_sick(world, laptop)) {
        close_laptop(laptop);
        status = try_laptop(laptop, &err);
    }
    if (hm_disk_is_off(laptop->disk)) {
        world->crashes_opening++;
        world_laptop_crash(world, laptop, laptop->outage.how);
        return;
    }
    must(status, &err, laptop->name);
    world_cure(world, laptop);
    fill_disk(laptop->disk, laptop->full ? 0 : -1);
}

/* As `serve` does: who writes opens the store anew, and readers go on. */
void world_server_mend(struct world *world)
{
    struct hm_err err = HM_ERR_NONE;
    close_writer(world);
    fill_disk(world->disk, -1);
    enum hm_status status = try_writer(world, &err);
    if (status != HM_OK && world_is_sick(world, NULL)) {
        close_writer(world);
        status = try_writer(world, &err);
    }
    if (hm_disk_is_off(world->disk)) {
        world->crashes_opening++;
        world_server_crash(world, world->outage.how);
        return;
    }
    must(status, &err, "server store");
    world_cure(world, NULL);
    fill_disk(world->disk, world->full ? 0 : -1);
}
