/* SPDX-License-Identifier: Apache-2.0 */
/* Changes of the workload written at an enrolled laptop, at once or one by one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "hamlet/base/assert.h"
#include "hamlet/host/env.h"

enum { NAME_SIZE = 40, PATH_SIZE = 4096 };

/* Which record here one of the workload's became. */
struct id {
    char name[NAME_SIZE];
    struct hm_id record;
};

struct laptop {
    const char *dir;
    struct hm_replica replica;
    struct hm_author *author;
    struct hm_env host;
    struct hm_env env; /* the host's, but the wall clock stands where a line says */
    struct hm_wall now;
    struct id *ids;
    size_t id_count;
    size_t id_room;
    size_t ids_known; /* those before the first that this run made */
    bool sorted;
};

static struct hm_wall wall(void *ctx)
{
    return ((struct laptop *)ctx)->now;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct id *)a)->name, ((const struct id *)b)->name);
}

static void add_id(struct laptop *laptop, const char *name, const struct hm_id *record)
{
    if (laptop->id_count == laptop->id_room) {
        laptop->id_room = laptop->id_room == 0 ? 1024 : 2 * laptop->id_room;
        laptop->ids = realloc(laptop->ids, laptop->id_room * sizeof(*laptop->ids));
        if (laptop->ids == NULL) {
            hm_bench_fail("ids", "no memory");
        }
    }
    struct id *id = &laptop->ids[laptop->id_count++];
    (void)snprintf(id->name, sizeof(id->name), "%s", name);
    id->record = *record;
    laptop->sorted = false;
}

static FILE *open_ids(const struct laptop *laptop, const char *how)
{
    char path[PATH_SIZE];
    (void)snprintf(path, sizeof(path), "%s/bench.ids", laptop->dir);
    return fopen(path, how);
}

static void read_ids(struct laptop *laptop)
{
    char line[NAME_SIZE + HM_HEX16_SIZE + 2];
    FILE *file = open_ids(laptop, "r");
    while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
        struct hm_id record;
        char *blank = strchr(line, ' ');
        if (blank == NULL ||
            !hm_id_get_hex(&record,
                           (struct hm_bytes){(uint8_t *)blank + 1, HM_HEX16_SIZE - 1})) {
            hm_bench_fail("ids", "a line is none of ours");
        }
        *blank = '\0';
        add_id(laptop, line, &record);
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    laptop->ids_known = laptop->id_count;
}

static void write_ids(struct laptop *laptop)
{
    FILE *file = open_ids(laptop, "w");
    if (file == NULL) {
        hm_bench_fail("ids", "cannot be written");
    }
    for (size_t i = 0; i < laptop->id_count; i++) {
        char hex[HM_HEX16_SIZE];
        hm_hex_put(hex, hm_id_bytes(&laptop->ids[i].record));
        (void)fprintf(file, "%s %s\n", laptop->ids[i].name, hex);
    }
    if (fclose(file) != 0) {
        hm_bench_fail("ids", "cannot be written");
    }
}

static struct hm_id id_of(struct laptop *laptop, const struct hm_bench_line *line)
{
    struct id wanted;
    (void)snprintf(wanted.name, sizeof(wanted.name), "%.*s", (int)line->record.size,
                   (const char *)line->record.data);
    if (!laptop->sorted) {
        qsort(laptop->ids, laptop->id_count, sizeof(*laptop->ids), by_name);
        laptop->sorted = true;
    }
    const struct id *found =
        bsearch(&wanted, laptop->ids, laptop->id_count, sizeof(*laptop->ids), by_name);
    if (found == NULL) {
        hm_bench_fail(wanted.name, "an edit of a record that is not here");
    }
    return found->record;
}

/* Its store goes through the counting disk, so it is opened here and not as a replica. */
static void open_laptop(struct laptop *laptop, const char *dir)
{
    char path[PATH_SIZE];
    struct hm_err err = HM_ERR_NONE;
    *laptop = (struct laptop){.dir = dir};
    hm_host_env_init(&laptop->host);
    laptop->env = laptop->host;
    laptop->env.ctx = laptop;
    laptop->env.wall = wall;
    (void)snprintf(path, sizeof(path), "%s/%s", dir, HM_REPLICA_STORE);
    hm_bench_must(hm_replica_kinds(&laptop->replica.kinds, dir, &err), &err, "kinds");
    hm_bench_must(hm_store_open(&laptop->replica.store, path, HM_STORE_LAPTOP, false,
                                laptop->replica.kinds, &laptop->env, HM_BENCH_VFS, &err),
                  &err, path);
    hm_bench_must(hm_author_open(&laptop->author, laptop->replica.store, &err), &err,
                  "author");
    read_ids(laptop);
}

static void close_laptop(struct laptop *laptop)
{
    write_ids(laptop);
    hm_author_close(laptop->author);
    hm_replica_close(&laptop->replica);
    free(laptop->ids);
}

/* One change, inside a transaction of the author. `record`: of an edit. */
static struct hm_id write_line(struct laptop *laptop,
                               const struct hm_bench_line *line,
                               const struct hm_id *record)
{
    struct hm_err err = HM_ERR_NONE;
    struct hm_added added = {.record = {{0}}};
    struct hm_id change;
    laptop->now = line->time;
    if (line->create) {
        hm_bench_must(hm_author_add(laptop->author, hm_text(line->kind), line->fields,
                                    line->field_count, &added, &err),
                      &err, "add");
    } else {
        hm_bench_must(hm_author_edit(laptop->author, record, line->fields,
                                     line->field_count, false, &change, &err),
                      &err, "edit");
    }
    return added.record;
}

static void keep_id(struct laptop *laptop,
                    const struct hm_bench_line *line,
                    const struct hm_id *record)
{
    char name[NAME_SIZE];
    if (line->create) {
        (void)snprintf(name, sizeof(name), "%.*s", (int)line->record.size,
                       (const char *)line->record.data);
        add_id(laptop, name, record);
    }
}

void hm_bench_write(const char *const *args)
{
    struct laptop laptop;
    struct hm_bench_lines lines;
    struct hm_err err = HM_ERR_NONE;
    double looked_up = 0;
    open_laptop(&laptop, args[0]);
    hm_bench_lines_open(&lines, args[1]);
    hm_store_grow(laptop.replica.store);
    double began = hm_bench_now_s();
    double cpu = hm_bench_cpu_s();
    hm_bench_must(hm_author_begin(laptop.author, &err), &err, "begin");
    for (size_t i = 0; i < lines.count; i++) {
        const struct hm_bench_line *line = &lines.at[i];
        double before = hm_bench_now_s();
        struct hm_id record = line->create ? (struct hm_id){{0}} : id_of(&laptop, line);
        looked_up += hm_bench_now_s() - before;
        record = write_line(&laptop, line, &record);
        keep_id(&laptop, line, &record);
    }
    hm_bench_must(hm_author_commit(laptop.author, &err), &err, "commit");
    const struct hm_bench_figure figures[] = {
        {"changes", (double)lines.count},
        {"seconds", hm_bench_now_s() - began - looked_up},
        {"cpu", hm_bench_cpu_s() - cpu - looked_up},
        {"syncs", (double)hm_bench_disk_syncs()},
        {NULL, 0}};
    hm_bench_print(figures);
    hm_bench_lines_close(&lines);
    close_laptop(&laptop);
}

/* A save as a person makes it: begun, checked, written, on disk. */
static double save_us(struct laptop *laptop, const struct hm_bench_line *line)
{
    struct hm_err err = HM_ERR_NONE;
    struct hm_id record = line->create ? (struct hm_id){{0}} : id_of(laptop, line);
    double began = hm_bench_now_s();
    hm_bench_must(hm_author_begin(laptop->author, &err), &err, "begin");
    record = write_line(laptop, line, &record);
    hm_bench_must(hm_author_commit(laptop->author, &err), &err, "commit");
    double took = hm_bench_now_s() - began;
    keep_id(laptop, line, &record);
    return took * 1e6;
}

static double commit_us(sqlite3 *db, sqlite3_stmt *insert, struct hm_bytes bytes)
{
    double began = hm_bench_now_s();
    (void)sqlite3_bind_blob(insert, 1, bytes.data, (int)bytes.size, SQLITE_STATIC);
    hm_bench_step(db, insert);
    return (hm_bench_now_s() - began) * 1e6;
}

void hm_bench_save(const char *const *args)
{
    struct laptop laptop;
    struct hm_bench_lines lines;
    long own_syncs = 0;
    long floor_syncs = 0;
    open_laptop(&laptop, args[0]);
    hm_bench_lines_open(&lines, args[1]);
    sqlite3 *db = hm_bench_db(args[2], false);
    hm_bench_sql(db,
                 "CREATE TABLE IF NOT EXISTS saved(id INTEGER PRIMARY KEY, body BLOB)");
    sqlite3_stmt *insert = hm_bench_prepare(db, "INSERT INTO saved(body) VALUES(?)");
    double *own = hm_arena_get_array(&lines.arena, lines.count, sizeof(*own));
    double *floor = hm_arena_get_array(&lines.arena, lines.count, sizeof(*floor));
    HM_ASSERT(own != NULL && floor != NULL);
    for (size_t i = 0; i < lines.count; i++) {
        long before = hm_bench_disk_syncs();
        own[i] = save_us(&laptop, &lines.at[i]);
        long between = hm_bench_disk_syncs();
        floor[i] = commit_us(db, insert, lines.at[i].text);
        own_syncs += between - before;
        floor_syncs += hm_bench_disk_syncs() - between;
    }
    const struct hm_bench_figure figures[] = {
        {"saves", (double)lines.count},
        {"p50_us", hm_bench_part(own, lines.count, 0.5)},
        {"p99_us", hm_bench_part(own, lines.count, 0.99)},
        {"syncs", (double)own_syncs / (double)lines.count},
        {"floor_p50_us", hm_bench_part(floor, lines.count, 0.5)},
        {"floor_p99_us", hm_bench_part(floor, lines.count, 0.99)},
        {"floor_syncs", (double)floor_syncs / (double)lines.count},
        {NULL, 0}};
    hm_bench_print(figures);
    (void)sqlite3_finalize(insert);
    (void)sqlite3_close(db);
    hm_bench_lines_close(&lines);
    close_laptop(&laptop);
}
