/* SPDX-License-Identifier: Apache-2.0 */
#include "plant.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"

enum { CHANCES = 3, LAZY = 1 };

static const struct plant {
    const char *name;
    const char *what;
} plants[SIM_PLANT_COUNT] = {[SIM_PLANT_NONE] = {"none", "nothing"},
#define SIM_PLANT_ROW(name, word, what) [SIM_PLANT_##name] = {#word, what},
                             SIM_PLANT_MAP(SIM_PLANT_ROW)
#undef SIM_PLANT_ROW
};

#define IN_A_UNIT " home IN (SELECT id FROM unit WHERE code <> '~')"

/* What is done to a store behind its program's back, when, and to which. */
static const struct harm {
    enum sim_moment moment;
    bool server;
    const char *sql;
} harms[SIM_PLANT_COUNT] = {
    [SIM_PLANT_LOST_PAGE] = {SIM_AFTER_TRIP, true,
                             "DELETE FROM change WHERE id = (SELECT max(id) FROM change"
                             " WHERE act < 6 AND" IN_A_UNIT ")"},
    [SIM_PLANT_LOST_HEAD] = {SIM_AFTER_TRIP, false,
                             "UPDATE change SET withdrawn = 1 WHERE id ="
                             " (SELECT max(change) FROM disputed) AND withdrawn = 0"},
    [SIM_PLANT_LOST_CONFLICT] = {SIM_AFTER_TRIP, false,
                                 "DELETE FROM conflict WHERE id ="
                                 " (SELECT min(id) FROM conflict WHERE open = 1)"},
    [SIM_PLANT_NO_CURSOR] = {SIM_AFTER_TRIP, false,
                             "UPDATE origin SET acked = 0 WHERE acked > 0"},
    [SIM_PLANT_LATER_CURSOR] = {SIM_AFTER_TRIP, false,
                                "UPDATE bucket SET n = n + 1 WHERE n > 0 AND name IN"
                                " (SELECT code FROM unit WHERE code <> '~')"},
    [SIM_PLANT_UNORDERED] = {SIM_AFTER_TRIP, false, "DELETE FROM erasure"},
    [SIM_PLANT_UNENDED] = {SIM_AFTER_TRIP, true,
                           "UPDATE permit SET ended = NULL WHERE ended = 'at once'"},
    [SIM_PLANT_UNREVOKED] = {SIM_AFTER_TRIP, true,
                             "UPDATE device SET revoked = NULL, heads = NULL"
                             " WHERE revoked IS NOT NULL"},
    [SIM_PLANT_WRONG_DIGEST] = {SIM_AFTER_TRIP, false,
                                "UPDATE bucket SET leaves = zeroblob(4096), stale ="
                                " zeroblob(32), digest = zeroblob(32) WHERE n > 0 AND"
                                " name IN (SELECT code FROM unit WHERE code <> '~')"},
    [SIM_PLANT_SWAPPED] =
        {SIM_AFTER_SAVE, false,
         "CREATE TEMP TABLE run AS SELECT e.origin o, e.seq q, e.count n,"
         " e.change c FROM envelope e JOIN origin x ON x.id = e.origin"
         " WHERE x.sent > 0 AND e.seq + e.count - 1 = x.seq AND"
         " e.count >= 3 AND x.seq >= x.sent + 2;"
         "INSERT INTO envelope(origin, seq, count, change)"
         " SELECT o, q + n - 2, 1, c + n - 1 FROM temp.run UNION ALL"
         " SELECT o, q + n - 1, 1, c + n - 2 FROM temp.run;"
         "UPDATE envelope SET count = count - 2 WHERE (origin, seq) IN"
         " (SELECT o, q FROM temp.run)"},
    [SIM_PLANT_ALTERED] = {SIM_AFTER_TRIP, false,
                           "UPDATE record SET fields = replace(fields, '\"red\"',"
                           " '\"blue\"') WHERE fields LIKE '%\"red\"%'"},
    [SIM_PLANT_LOST_WORD] = {SIM_AT_LOSS, false, "UPDATE bucket SET receipt = NULL"}};

const char *sim_plant_name(enum sim_plant plant)
{
    return plants[plant].name;
}

const char *sim_plant_what(enum sim_plant plant)
{
    return plants[plant].what;
}

bool sim_plant_find(enum sim_plant *plant, const char *name)
{
    for (int i = 0; i < SIM_PLANT_COUNT; i++) {
        if (strcmp(plants[i].name, name) == 0) {
            *plant = (enum sim_plant)i;
            return true;
        }
    }
    return false;
}

/* How many rows it harmed. */
static int harm(struct sim *sim, int who, const char *sql)
{
    sqlite3 *db = NULL;
    int harmed = 0;
    const char *vfs = hm_disk_vfs(sim_disk(sim, who));
    if (sqlite3_open_v2("store.db", &db, SQLITE_OPEN_READWRITE, vfs) == SQLITE_OK &&
        sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK) {
        harmed = sqlite3_changes(db);
    } else if (!sim_troubled(sim, who)) {
        sim_fail(sim, "the plant does not take: %s", sqlite3_errmsg(db));
    }
    (void)sqlite3_close(db);
    return harmed;
}

/* The first laptop's disk loses, at the first crash, what it had said to have. */
static void lose_lazily(struct sim *sim, int who, enum sim_moment moment)
{
    static uint8_t *data;
    static size_t size;
    struct hm_disk *disk = sim_disk(sim, who);
    if (who != LAZY) {
        return;
    }
    if (moment == SIM_AT_SAVE) {
        const uint8_t *now = hm_disk_file(disk, "store.db", &size);
        free(data);
        data = malloc(size);
        if (data == NULL) {
            abort();
        }
        memcpy(data, now, size);
        sim->strikes = 1;
    } else if (moment == SIM_AT_CRASH && sim->strikes == 1) {
        (void)hm_disk_put_file(disk, "store.db", data, size);
    }
}

bool sim_plant_strike(struct sim *sim, int who, enum sim_moment moment)
{
    const struct harm *plan = &harms[sim->options.plant];
    if (sim->options.plant == SIM_PLANT_UNSAVED) {
        return moment == SIM_AT_SAVE && ++sim->strikes == 3 * CHANCES;
    }
    if (sim->options.plant == SIM_PLANT_LAZY_DISK) {
        lose_lazily(sim, who, moment);
    }
    int victim = plan->server ? ORACLE_SERVER : who;
    if (plan->sql == NULL || plan->moment != moment || sim->strikes > CHANCES ||
        (victim == ORACLE_SERVER) != plan->server) {
        return false;
    }
    if (moment == SIM_AT_LOSS) {
        (void)harm(sim, victim, plan->sql);
    } else if (sim->strikes < CHANCES) {
        sim->strikes++;
    } else if (harm(sim, victim, plan->sql) > 0) {
        sim->strikes++;
        sim_say(sim, "  # planted: %s", sim_plant_what(sim->options.plant));
    }
    return false;
}
