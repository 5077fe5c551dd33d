/* SPDX-License-Identifier: Apache-2.0 */
#include "site.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "../../proto/store/sql.h"
#include "hamlet/base/limits.h"
#include "hamlet/model/value.h"
#include "hamlet/store/check.h"

static const struct {
    const char *name;
    const char *role;
    const char *home;
} people[HM_PERSON_COUNT] = {
    [HM_LAN] = {"Lan", "recorder", "30341-01"},
    [HM_HUNG] = {"Hùng", "recorder", "30341-01"},
    [HM_TU] = {"Tư", "recorder", "30341-02"},
    [HM_BAY] = {"Bảy", "recorder", "30344-01"},
    [HM_MAI] = {"Mai", "commune_officer", "30341"},
    [HM_ANH] = {"Anh", "district_admin", "886"},
};

static const struct {
    const char *code;
    const char *parent;
    const char *name;
} units[] = {
    {"886", "", "Huyện An Phú"},        {"30341", "886", "Xã Khánh An"},
    {"30341-01", "30341", "Ấp An Hòa"}, {"30341-02", "30341", "Ấp An Khánh"},
    {"30344", "886", "Xã Khánh Bình"},  {"30344-01", "30344", "Ấp Bình Di"},
};

/* Ends the test with the site's error where the status is none. */
static void must(struct hm_site *site, enum hm_status status, const char *what)
{
    ck_assert_msg(status == HM_OK, "%s: %s %s %s %s", what, hm_status_name(status),
                  site->err.key == NULL ? "" : site->err.key, site->err.arg[0],
                  site->err.arg[1]);
}

void hm_site_pair(enum hm_person person, struct hm_key *key, struct hm_secret *secret)
{
    uint8_t seed[32];
    memset(seed, (int)person + 1, sizeof(seed));
    ck_assert_int_eq(hm_sign_start(NULL), HM_OK);
    hm_sign_pair(key, secret, seed);
}

const char *hm_person_name(enum hm_person person)
{
    return people[person].name;
}

static void open_store(struct hm_site *site)
{
    must(site,
         hm_store_open(&site->store, "store.db", site->mode, true, site->kinds,
                       &site->env.env, hm_disk_vfs(site->disk), &site->err),
         "open");
}

void hm_site_open_empty(struct hm_site *site, enum hm_store_mode mode, uint64_t seed)
{
    static unsigned disks;
    char name[32];
    memset(site, 0, sizeof(*site));
    (void)snprintf(name, sizeof(name), "disk-%u", disks++);
    hm_testenv_init(&site->env, seed);
    hm_arena_init(&site->arena, HM_COMMAND_ARENA_MAX);
    site->mode = mode;
    site->disk = hm_disk_new(name, seed);
    ck_assert_ptr_nonnull(site->disk);
    must(site, hm_sign_start(&site->err), "sign");
    must(site, hm_kinds_open(&site->kinds, hm_embedded_kinds, &site->err), "kinds");
    open_store(site);
}

void hm_site_close(struct hm_site *site)
{
    hm_author_close(site->author);
    hm_store_close(site->store);
    hm_kinds_close(site->kinds);
    hm_disk_free(site->disk);
    hm_arena_fini(&site->arena);
    memset(site, 0, sizeof(*site));
}

static void open_author(struct hm_site *site)
{
    must(site, hm_author_open(&site->author, site->store, &site->err), "author");
    if (site->mode == HM_STORE_SERVER) {
        hm_author_sign_with(site->author, &site->secret);
    }
}

/* Gives whether there was an author. */
static bool close_all(struct hm_site *site)
{
    bool authored = site->author != NULL;
    hm_author_close(site->author);
    hm_store_close(site->store);
    site->author = NULL;
    site->store = NULL;
    return authored;
}

static void open_all(struct hm_site *site, bool authored)
{
    open_store(site);
    if (authored) {
        open_author(site);
    }
}

void hm_site_reopen(struct hm_site *site)
{
    bool authored = close_all(site);
    open_all(site, authored);
}

void hm_site_restart(struct hm_site *site, enum hm_crash crash)
{
    bool authored = close_all(site);
    ck_assert(hm_disk_restart(site->disk, crash));
    open_all(site, authored);
}

void hm_site_replace_disk(struct hm_site *site, struct hm_disk *disk)
{
    bool authored = close_all(site);
    hm_disk_free(site->disk);
    site->disk = disk;
    open_all(site, authored);
}

static void put_text(struct hm_site *site, const char *name, const char *text)
{
    must(site, hm_store_meta_put(site->store, name, hm_text(text), &site->err), name);
}

static void put_id(struct hm_site *site, const char *name, const struct hm_id *id)
{
    must(site, hm_store_meta_put(site->store, name, hm_id_bytes(id), &site->err), name);
}

static void put_identity(struct hm_site *site,
                         enum hm_person person,
                         const struct hm_id *user,
                         const struct hm_id *district)
{
    hm_site_pair(person, &site->key, &site->secret);
    site->device = hm_sign_device(&site->key);
    site->epoch = 1000 + (uint32_t)person;
    must(site, hm_store_begin(site->store, &site->err), "begin");
    put_id(site, HM_META_DISTRICT, district);
    put_id(site, HM_META_DEVICE, &site->device);
    put_id(site, HM_META_USER, user);
    put_text(site, HM_META_ROLE, people[person].role);
    put_text(site, HM_META_UNIT, people[person].home);
    must(site, hm_store_meta_put_int(site->store, HM_META_EPOCH, site->epoch, &site->err),
         "epoch");
    must(site, hm_store_commit(site->store, &site->err), "commit");
}

static struct hm_bytes text_value(struct hm_site *site, const char *text)
{
    uint8_t memory[256];
    struct hm_buf buf;
    hm_buf_init_fixed(&buf, memory, sizeof(memory));
    hm_value_put_text(&buf, hm_text(text));
    return hm_arena_copy(&site->arena, hm_buf_bytes(&buf));
}

static struct hm_id add_user(struct hm_site *server, enum hm_person person)
{
    struct hm_registry_value name = {HM_REGISTRY_NAME,
                                     text_value(server, people[person].name)};
    struct hm_added added;
    must(server,
         hm_author_registry(server->author, HM_KIND_USER, NULL, NULL, &name, 1, &added,
                            &server->err),
         "user");
    return added.record;
}

static void add_device(struct hm_site *server, enum hm_person person)
{
    struct hm_key key;
    struct hm_secret secret;
    struct hm_added added;
    char hex[HM_HEX16_SIZE];
    char text[HM_B64_32_SIZE];
    hm_site_pair(person, &key, &secret);
    struct hm_id device = hm_sign_device(&key);
    hm_hex_put(hex, hm_id_bytes(&device));
    hm_b64_put(text, HM_BYTES(key.at));
    struct hm_key_field natural = {hm_text(HM_REGISTRY_DEVICE), text_value(server, hex)};
    struct hm_registry_value values[] = {
        {HM_REGISTRY_KEY, text_value(server, text)},
        {HM_REGISTRY_NAME, text_value(server, people[person].name)},
        {HM_REGISTRY_HOME, text_value(server, people[person].home)}};
    must(server,
         hm_author_registry(server->author, HM_KIND_DEVICE, NULL, &natural, values, 3,
                            &added, &server->err),
         "device");
}

static void add_permit(struct hm_site *server,
                       enum hm_person person,
                       const struct hm_id *user)
{
    struct hm_key key;
    struct hm_secret secret;
    struct hm_added added;
    char device_hex[HM_HEX16_SIZE];
    char user_hex[HM_HEX16_SIZE];
    hm_site_pair(person, &key, &secret);
    struct hm_id device = hm_sign_device(&key);
    hm_hex_put(device_hex, hm_id_bytes(&device));
    hm_hex_put(user_hex, hm_id_bytes(user));
    struct hm_registry_value values[] = {
        {HM_REGISTRY_USER, text_value(server, user_hex)},
        {HM_REGISTRY_DEVICE, text_value(server, device_hex)},
        {HM_REGISTRY_ROLE, text_value(server, people[person].role)},
        {HM_REGISTRY_HOME, text_value(server, people[person].home)}};
    must(server,
         hm_author_registry(server->author, HM_KIND_PERMIT, NULL, NULL, values, 4, &added,
                            &server->err),
         "permit");
}

static void add_unit(struct hm_site *server, size_t i)
{
    struct hm_added added;
    struct hm_field_input fields[] = {
        {.name = hm_text("code"), .text = hm_text(units[i].code)},
        {.name = hm_text("name"), .text = hm_text(units[i].name)},
        {.name = hm_text("parent_code"), .text = hm_text(units[i].parent)}};
    must(server,
         hm_author_add(server->author, hm_text("unit"), fields, i == 0 ? 2 : 3, &added,
                       &server->err),
         units[i].code);
}

void hm_site_open_server(struct hm_site *site, uint64_t seed)
{
    struct hm_id admin = {{0}};
    struct hm_key key;
    struct hm_secret secret;
    hm_site_open_empty(site, HM_STORE_SERVER, seed);
    hm_site_pair(HM_ANH, &key, &secret);
    struct hm_id district = hm_sign_device(&key);
    put_identity(site, HM_ANH, &admin, &district);
    open_author(site);
    hm_author_as_server(site->author);
    must(site, hm_author_begin(site->author, &site->err), "begin");
    for (int person = 0; person < HM_PERSON_COUNT; person++) {
        struct hm_id user = add_user(site, (enum hm_person)person);
        add_device(site, (enum hm_person)person);
        add_permit(site, (enum hm_person)person, &user);
    }
    must(site, hm_author_commit(site->author, &site->err), "commit");
    must(site, hm_author_as(site->author, hm_text(people[HM_ANH].name), &site->err),
         "as");
    must(site, hm_author_begin(site->author, &site->err), "begin");
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        add_unit(site, i);
    }
    must(site, hm_author_commit(site->author, &site->err), "commit");
}

struct hm_id hm_person_user(const struct hm_site *server, enum hm_person person)
{
    struct hm_key key;
    struct hm_secret secret;
    struct hm_id user;
    struct hm_bytes role;
    struct hm_site *site = (struct hm_site *)(uintptr_t)server;
    hm_site_pair(person, &key, &secret);
    struct hm_id device = hm_sign_device(&key);
    must(site,
         hm_store_user_find(site->store, &device, hm_text(people[person].name), &user,
                            &role, &site->arena, &site->err),
         "user");
    return user;
}

void hm_site_open_laptop(struct hm_site *site,
                         struct hm_site *server,
                         enum hm_person person)
{
    struct hm_id user = hm_person_user(server, person);
    hm_site_open_empty(site, HM_STORE_LAPTOP, 100 + (uint64_t)person);
    put_identity(site, person, &user, &server->device);
    hm_site_carry(server, site, HM_VERDICT_ACCEPTED);
    open_author(site);
}

void hm_site_open_pair(struct hm_site *server, struct hm_site *laptop)
{
    hm_site_open_server(server, 1);
    hm_site_open_laptop(laptop, server, HM_LAN);
}

static void begin(struct hm_site *site)
{
    hm_testenv_advance(&site->env, 1000);
    must(site, hm_author_begin(site->author, &site->err), "begin");
}

static void commit(struct hm_site *site)
{
    must(site, hm_author_commit(site->author, &site->err), "commit");
}

struct hm_id a_household(struct hm_site *site, const char *head_name)
{
    struct hm_added added;
    struct hm_field_input fields[] = {
        {.name = hm_text("head_name"), .text = hm_text(head_name)},
        {.name = hm_text("address_text"), .text = hm_text("Tổ 3")}};
    begin(site);
    must(site,
         hm_author_add(site->author, hm_text("household"), fields, 2, &added, &site->err),
         "add");
    commit(site);
    return added.record;
}

struct hm_id a_commitment(struct hm_site *site, const struct hm_id *household)
{
    struct hm_added added;
    char hex[HM_HEX16_SIZE];
    hm_hex_put(hex, hm_id_bytes(household));
    struct hm_field_input fields[] = {
        {.name = hm_text("household"), .text = hm_text(hex)},
        {.name = hm_text("year"), .text = hm_text("2026")},
        {.name = hm_text("signer_name"), .text = hm_text("Út")}};
    begin(site);
    must(
        site,
        hm_author_add(site->author, hm_text("commitment"), fields, 3, &added, &site->err),
        "add");
    commit(site);
    return added.record;
}

struct hm_id an_edit(struct hm_site *site,
                     const struct hm_id *record,
                     const char *field,
                     const char *text)
{
    struct hm_id change;
    struct hm_field_input input = {.name = hm_text(field), .text = hm_text(text)};
    begin(site);
    must(site,
         hm_author_edit(site->author, record, &input, 1, false, &change, &site->err),
         "edit");
    commit(site);
    return change;
}

struct hm_id a_delete(struct hm_site *site, const struct hm_id *record)
{
    struct hm_id change;
    begin(site);
    must(site, hm_author_delete(site->author, record, HM_NO_BYTES, &change, &site->err),
         "delete");
    commit(site);
    return change;
}

struct hm_id a_resolution(struct hm_site *site,
                          const struct hm_id *record,
                          const char *json)
{
    static const struct hm_json_limits limits = {HM_VALUE_BYTES_MAX, 8, 4096};
    struct hm_conflict *conflicts = NULL;
    struct hm_json *value = NULL;
    struct hm_id change;
    size_t count = 0;
    size_t at = 0;
    must(site,
         hm_store_conflicts(site->store, HM_NO_BYTES, true, &conflicts, &count,
                            &site->arena, &site->err),
         "conflicts");
    while (at < count && !hm_id_equal(&conflicts[at].record, record)) {
        at++;
    }
    ck_assert_uint_lt(at, count);
    must(site, hm_json_parse(&value, hm_text(json), &limits, &site->err), "json");
    begin(site);
    must(site,
         hm_author_resolve(site->author, &conflicts[at].id, NULL, value, HM_NO_BYTES,
                           &change, &site->err),
         "resolve");
    commit(site);
    hm_json_free(value);
    return change;
}

struct hm_held *hm_site_changes(struct hm_site *from, int64_t row, size_t *count)
{
    struct hm_counts counts;
    must(from, hm_store_counts(from->store, false, &counts, &from->err), "counts");
    *count = (size_t)(counts.changes - row + 1);
    struct hm_held *held = hm_arena_get_array(&from->arena, *count + 1, sizeof(*held));
    ck_assert_ptr_nonnull(held);
    must(from,
         hm_store_changes_get(from->store, row, *count, held, &from->arena, &from->err),
         "changes");
    return held;
}

void hm_site_carry(struct hm_site *from, struct hm_site *to, unsigned verdict)
{
    struct hm_arena arena;
    size_t count = 0;
    struct hm_held *held = hm_site_changes(from, 1, &count);
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    struct hm_put *puts = hm_arena_get_array(&arena, count, sizeof(*puts));
    ck_assert_ptr_nonnull(puts);
    for (size_t i = 0; i < count; i++) {
        puts[i] = (struct hm_put){.change = &held[i].change, .verdict = verdict};
    }
    must(to, hm_store_begin(to->store, &to->err), "begin");
    must(to,
         hm_store_changes_put(to->store, puts, count, hm_env_wall(&to->env.env), &arena,
                              &to->err),
         "put");
    must(to, hm_store_commit(to->store, &to->err), "commit");
    hm_arena_fini(&arena);
}

int64_t hm_site_put(struct hm_site *site,
                    const struct hm_change *const *changes,
                    size_t count,
                    unsigned verdict)
{
    struct hm_arena arena;
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    struct hm_put *puts = hm_arena_get_array(&arena, count, sizeof(*puts));
    ck_assert_ptr_nonnull(puts);
    for (size_t i = 0; i < count; i++) {
        puts[i] = (struct hm_put){.change = changes[i], .verdict = verdict};
    }
    hm_testenv_advance(&site->env, 1000);
    must(site, hm_store_begin(site->store, &site->err), "begin");
    must(site,
         hm_store_changes_put(site->store, puts, count, hm_env_wall(&site->env.env),
                              &arena, &site->err),
         "put");
    must(site, hm_store_commit(site->store, &site->err), "commit");
    int64_t row = puts[0].row;
    hm_arena_fini(&arena);
    return row;
}

void hm_site_entry(struct hm_site *site,
                   const struct hm_id *change,
                   enum hm_entry_kind kind,
                   const char *reason)
{
    struct hm_held held;
    must(site, hm_store_change_find(site->store, change, &held, &site->arena, &site->err),
         "find");
    struct hm_entry entry = {
        .count = 1, .change = held.row, .kind = kind, .reason = hm_text(reason)};
    must(site, hm_store_begin(site->store, &site->err), "begin");
    must(site,
         hm_store_entries_append(site->store, held.change.home, &entry, 1, &site->arena,
                                 &site->err),
         "entry");
    must(site, hm_store_commit(site->store, &site->err), "commit");
}

struct hm_loaded hm_site_load(struct hm_site *site, const struct hm_id *record)
{
    struct hm_loaded loaded;
    must(site,
         hm_store_record_load(site->store, record, &loaded, &site->arena, &site->err),
         "load");
    return loaded;
}

const char *hm_site_shown(struct hm_site *site,
                          const struct hm_id *record,
                          const char *field)
{
    static const struct hm_json_limits limits = {HM_FILE_BYTES_MAX, 8, 4096};
    struct hm_listed listed;
    struct hm_json *json = NULL;
    must(site,
         hm_store_record_show(site->store, record, &listed, &site->arena, &site->err),
         "show");
    must(site, hm_json_parse(&json, listed.fields, &limits, &site->err), "fields");
    const char *text = hm_json_chars(hm_json_get(json, field));
    const char *copy =
        text == NULL ? "-" : hm_arena_copy_text(&site->arena, hm_text(text));
    hm_json_free(json);
    return copy;
}

size_t hm_site_open_conflicts(struct hm_site *site)
{
    struct hm_conflict *conflicts = NULL;
    size_t count = 0;
    must(site,
         hm_store_conflicts(site->store, HM_NO_BYTES, true, &conflicts, &count,
                            &site->arena, &site->err),
         "conflicts");
    return count;
}

/* One digest over all that the schema calls derived. */
static struct hm_digest derived_of(struct hm_site *site)
{
    static const char *const tables[] = {
        "SELECT id, parent, known FROM unit ORDER BY id",
        "SELECT id, key, name, home, revoked FROM device ORDER BY id",
        "SELECT id, verdict, withdrawn FROM change ORDER BY id",
        "SELECT home, name FROM withdrawal ORDER BY home, name",
        "SELECT id, first, flags, sort, fold, fields, heads FROM record ORDER BY id",
        ("SELECT conflict, record, register, type, open, opened, resolution FROM conflict"
         " ORDER BY conflict, record"),
        "SELECT record, change FROM disputed ORDER BY record, change",
        "SELECT record, change FROM incomplete ORDER BY record, change",
        "SELECT user, name FROM user WHERE name IS NOT NULL ORDER BY user",
        "SELECT record, user, device, role, home, ended FROM permit ORDER BY record"};
    struct hm_hash hash;
    struct hm_digest digest;
    hm_hash_init(&hash, HM_DIGEST_SIZE);
    for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++) {
        sqlite3_stmt *stmt = NULL;
        int code = sqlite3_prepare_v2(site->store->db, tables[t], -1, &stmt, NULL);
        ck_assert_int_eq(code, SQLITE_OK);
        while (sqlite3_step(stmt) == SQLITE_ROW) {
            for (int i = 0; i < sqlite3_column_count(stmt); i++) {
                hm_hash_put_uint(&hash, (uint64_t)sqlite3_column_type(stmt, i));
                hm_hash_put_packed(&hash, hm_column_bytes(stmt, i));
            }
        }
        (void)sqlite3_finalize(stmt);
    }
    hm_hash_end(&hash, digest.at, HM_DIGEST_SIZE);
    return digest;
}

static struct hm_bucket *buckets_of(struct hm_site *site, size_t *count)
{
    struct hm_bucket *buckets = NULL;
    must(site, hm_store_buckets(site->store, &buckets, count, &site->arena, &site->err),
         "buckets");
    return buckets;
}

/* All that the schema calls derived goes, as if it had never been made. */
static void forget_derived(struct hm_site *site)
{
    static const char *const statements[] = {
        "UPDATE unit SET parent = NULL, known = 0",
        "UPDATE device SET key = NULL, name = NULL, home = NULL, revoked = NULL",
        "UPDATE change SET withdrawn = 0",
        ("UPDATE record SET flags = 0, sort = NULL, fold = NULL, fields = NULL,"
         " heads = NULL"),
        "UPDATE bucket SET leaves = NULL, digest = NULL, stale = NULL",
        "DELETE FROM withdrawal",
        "DELETE FROM conflict",
        "DELETE FROM disputed",
        "DELETE FROM incomplete",
        "DELETE FROM user",
        "DELETE FROM permit"};
    must(site, hm_store_begin(site->store, &site->err), "begin");
    for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]); i++) {
        must(site, hm_sql_once(site->store, statements[i], NULL, NULL, &site->err),
             statements[i]);
    }
    must(site, hm_store_commit(site->store, &site->err), "commit");
}

static void compare_buckets(struct hm_site *site,
                            const struct hm_bucket *old,
                            size_t count)
{
    size_t again = 0;
    struct hm_bucket *new = buckets_of(site, &again);
    ck_assert_uint_eq(count, again);
    for (size_t i = 0; i < count; i++) {
        ck_assert_msg(hm_digest_equal(&old[i].digest, &new[i].digest),
                      "the digest of bucket %.*s changes", (int)old[i].name.size,
                      (const char *)old[i].name.data);
    }
}

void hm_site_check(struct hm_site *site)
{
    size_t records = 0;
    size_t different = 0;
    size_t count = 0;
    struct hm_digest before = derived_of(site);
    struct hm_bucket *old = buckets_of(site, &count);
    must(site, hm_store_check_derived(site->store, &records, &different, &site->err),
         "check");
    ck_assert_uint_eq(different, 0);
    must(site, hm_store_rebuild(site->store, &different, &site->err), "rebuild");
    struct hm_digest after = derived_of(site);
    ck_assert_uint_eq(different, 0);
    ck_assert_msg(hm_digest_equal(&before, &after), "a rebuild changes what is derived");
    compare_buckets(site, old, count);
    forget_derived(site);
    must(site, hm_store_rebuild(site->store, &different, &site->err), "rebuild");
    after = derived_of(site);
    ck_assert_msg(hm_digest_equal(&before, &after), "a rebuild from nothing differs");
    compare_buckets(site, old, count);
}
