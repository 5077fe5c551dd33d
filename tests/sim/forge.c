/* SPDX-License-Identifier: Apache-2.0 */
#include "forge.h"

#include <stdlib.h>
#include <string.h>

#include "hamlet/model/value.h"
#include "hamlet/wire/reply.h"
#include "world_key.h"

enum { BODY_MAX = 4 * 1024 * 1024, VALUE_MAX = 256 };

static void must(struct forge *forge, enum hm_status status, const char *what)
{
    sim_must(forge->sim, status, &forge->err, what);
}

static void *get(struct forge *forge, size_t size)
{
    void *memory = hm_arena_get(&forge->arena, size);
    if (memory == NULL) {
        abort();
    }
    return memory;
}

static void draw(struct forge *forge, void *memory, size_t size)
{
    uint8_t *at = memory;
    for (size_t i = 0; i < size; i++) {
        at[i] = (uint8_t)hm_testenv_below(&forge->sim->dice, 256);
    }
}

static void begin_stream(struct forge *forge)
{
    hm_buf_clear(&forge->stream);
    hm_deflate_close(forge->deflate);
    forge->deflate = NULL;
}

bool forge_begin(struct forge *forge, struct sim *sim, int who)
{
    const struct world_laptop *laptop = sim->replicas[who].laptop;
    sim->replicas[sim->replicas[who].device].forges = true;
    *forge = (struct forge){.sim = sim,
                            .who = who,
                            .device = hm_sign_device(&laptop->key),
                            .district = sim->world.self.server,
                            .role = laptop->role,
                            .home = scene_unit(sim->replicas[who].unit)};
    hm_arena_init(&forge->arena, SIM_ARENA_MAX);
    hm_buf_init(&forge->stream, BODY_MAX);
    draw(forge, &forge->epoch, sizeof(forge->epoch));
    forge->epoch |= 1;
    forge->request = (struct hm_request){.device = forge->device,
                                         .epoch = forge->epoch,
                                         .reply_max = 1,
                                         .version = hm_text("forged")};
    if (!world_key_known(&sim->world, laptop)) {
        forge->request.keys = world_key_text(laptop, &forge->arena);
    }
    draw(forge, forge->request.id.at, HM_ID_SIZE);
    return hm_store_meta_get_id(laptop->store, HM_META_USER, &forge->user, &forge->err) ==
           HM_OK;
}

void forge_end(struct forge *forge)
{
    begin_stream(forge);
    hm_buf_fini(&forge->stream);
    hm_arena_fini(&forge->arena);
}

struct hm_change *forge_change(struct forge *forge,
                               enum hm_act act,
                               const char *kind,
                               const struct hm_id *record)
{
    static const int64_t years_20_ms = INT64_C(20) * 365 * 24 * 3600 * 1000;
    struct hm_change *change = get(forge, sizeof(*change));
    int64_t off = (int64_t)hm_testenv_below(&forge->sim->dice, (uint64_t)years_20_ms) -
                  years_20_ms / 2;
    *change =
        (struct hm_change){.district = forge->district,
                           .device = forge->device,
                           .user = forge->user,
                           .role = hm_text(forge->role),
                           .home = hm_text(forge->home),
                           .kind = hm_text(kind),
                           .kind_version = 1,
                           .act = act,
                           .record_is_own = record == NULL,
                           .has_key = true,
                           .time = {HM_TESTENV_WALL_MS + off},
                           .writes = get(forge, FORGE_WRITES * sizeof(struct hm_write))};
    draw(forge, change->key, sizeof(change->key));
    if (record != NULL) {
        change->record = *record;
    } else {
        change->writes[change->write_count++] = (struct hm_write){
            .reg = hm_text(HM_REGISTER_LIVE), .value = hm_text("t"), .depth = 1};
    }
    return change;
}

void forge_write(struct forge *forge,
                 struct hm_change *change,
                 const char *reg,
                 const char *text,
                 struct forge_over over)
{
    uint8_t memory[VALUE_MAX];
    struct hm_buf value;
    hm_prefix *replaces = get(forge, ORACLE_HEADS * sizeof(*replaces));
    if (change->write_count == FORGE_WRITES) {
        abort();
    }
    hm_buf_init_fixed(&value, memory, sizeof(memory));
    if (text == NULL) {
        hm_value_put_bool(&value, false);
    } else {
        hm_value_put_text(&value, hm_text(text));
    }
    for (int i = 0; i < over.count; i++) {
        replaces[i] = hm_prefix_of(&forge->sim->ids[over.acts[i]]);
    }
    change->writes[change->write_count++] = (struct hm_write){
        .reg = hm_text(reg),
        .value = hm_arena_copy(&forge->arena, hm_buf_bytes(&value)),
        .replaces = replaces,
        .replaces_count = (uint32_t)hm_prefixes_sort(replaces, (size_t)over.count),
        .depth = over.depth};
}

static int by_register(const void *a, const void *b)
{
    return hm_bytes_compare(((const struct hm_write *)a)->reg,
                            ((const struct hm_write *)b)->reg);
}

void forge_seal(struct forge *forge, struct hm_change *change)
{
    struct hm_buf scratch;
    hm_buf_init(&scratch, BODY_MAX);
    qsort(change->writes, change->write_count, sizeof(*change->writes), by_register);
    must(forge, hm_change_seal(change, &scratch, &forge->err), "seal");
    hm_buf_fini(&scratch);
}

struct hm_page forge_page(struct forge *forge,
                          struct hm_change *const *changes,
                          size_t count,
                          uint64_t seq,
                          const struct hm_digest *head)
{
    struct hm_page page = {.device = forge->device,
                           .epoch = forge->epoch,
                           .home = changes[0]->home,
                           .seq = seq,
                           .changes = get(forge, count * sizeof(**changes)),
                           .count = count,
                           .head_known = true};
    for (size_t i = 0; i < count; i++) {
        page.changes[i] = *changes[i];
    }
    if (head == NULL) {
        hm_chain_begin(&page.head_before, &forge->device, forge->epoch, NULL);
    } else {
        page.head_before = *head;
    }
    hm_page_head(&page);
    hm_page_sign(&page, &forge->sim->replicas[forge->who].laptop->secret);
    return page;
}

static void put_text(struct forge *forge, struct hm_bytes text)
{
    if (forge->deflate == NULL) {
        must(forge, hm_deflate_open(&forge->deflate, HM_DEFLATE_LEVEL_FAST, &forge->err),
             "deflate");
    }
    must(forge,
         hm_deflate_put(forge->deflate, &forge->stream, text, HM_TEXTURE_ROWS,
                        &forge->err),
         "deflate");
}

void forge_put(struct forge *forge, const struct hm_page *page)
{
    struct hm_page_text text;
    struct hm_page_writing writing = {.page = page, .with_head = true};
    hm_page_text_init(&text);
    must(forge, hm_page_write(&text, &writing, &forge->arena, &forge->err), "page");
    put_text(forge, hm_buf_bytes(&text.rows));
    put_text(forge, hm_buf_bytes(&text.noise));
    hm_page_text_fini(&text);
}

void forge_put_line(struct forge *forge, const char *line)
{
    put_text(forge, hm_text(line));
}

void forge_put_raw(struct forge *forge, struct hm_bytes bytes)
{
    begin_stream(forge);
    hm_buf_put_bytes(&forge->stream, bytes);
}

/* The lease of the reply, for what is sent next. */
static void take_lease(struct forge *forge, struct hm_bytes body)
{
    struct hm_reply reply;
    struct hm_bytes line = {body.data, 0};
    while (line.size < body.size && line.data[line.size] != '\n') {
        line.size++;
    }
    if (hm_reply_read(&reply, line, &forge->device, forge->request.epoch, &forge->arena,
                      &forge->err) == HM_OK) {
        forge->request.lease = reply.lease;
        forge->request.incarnation = reply.receipt.incarnation;
        draw(forge, forge->request.id.at, HM_ID_SIZE);
    }
}

int forge_send(struct forge *forge)
{
    struct sim *sim = forge->sim;
    struct hm_buf body;
    struct world_visit visit;
    hm_buf_init(&body, BODY_MAX);
    if (forge->deflate != NULL) {
        must(forge, hm_deflate_end(forge->deflate, &forge->stream, &forge->err), "end");
    }
    must(forge,
         hm_request_write(&body, &forge->request, forge->stream.size,
                          &sim->world.self.server,
                          &sim->replicas[forge->who].laptop->secret, &forge->err),
         "request");
    hm_buf_put_bytes(&body, hm_buf_bytes(&forge->stream));
    world_visit_init(&visit, hm_buf_bytes(&body));
    world_serve(&sim->world, &visit, 1);
    int http = visit.given ? visit.http : FORGE_HTTP_NONE;
    if (http == 200) {
        take_lease(forge, hm_buf_bytes(&visit.reply));
    }
    sim_note_server(sim);
    world_visit_fini(&visit);
    hm_buf_fini(&body);
    begin_stream(forge);
    return http;
}
