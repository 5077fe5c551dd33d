/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Of which epoch of a device something came last: the server's next file is for that one
 * (PROTOCOL.md 12). A file or a request that was long on its way, of an epoch that its
 * laptop has left since, turns it back; the laptop does not take the answer then.
 */
#include "heard.h"

#include "loss.h"
#include "sim.h"

enum { UNSURE = -1 /* the power went, or a part came: it may be either */ };

static struct sim_replica *device_of(struct sim *sim, int who)
{
    return &sim->replicas[sim->replicas[who].device];
}

void sim_hears_of(struct sim *sim, int who, int64_t epoch, bool sure)
{
    struct sim_replica *device = device_of(sim, who);
    if (sure || device->heard != epoch) {
        device->heard = sure ? epoch : UNSURE;
    }
}

/* What two disks and a server that was lost make of it is not told here. */
void sim_check_file_epoch(struct sim *sim, int who, int64_t epoch)
{
    const struct sim_replica *device = device_of(sim, who);
    if (device->strange || device->forges || sim_refilled(sim) ||
        device->heard == UNSURE) {
        return;
    }
    if (device->heard != epoch) {
        sim_fail(sim, "a file for %d is not for the epoch of which something came last",
                 who);
    }
}
