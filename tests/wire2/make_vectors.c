/* SPDX-License-Identifier: Apache-2.0 */
/*
 * make_vectors FOLDER - writes proto/vectors/*.json, the same bytes every time.
 *
 * Whoever changes what replicas must agree on runs it and reads the difference: each
 * changed line is a change of the protocol.
 */
#include "make.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hamlet/record/role.h"
#include "hamlet/record/strokes.h"

void make_need(bool condition, const char *rule)
{
    if (!condition) {
        (void)fprintf(stderr, "no vectors: %s\n", rule);
        exit(1);
    }
}

void make_open(struct make_file *file, const char *what)
{
    hm_buf_init(&file->buf, (size_t)8 * 1024 * 1024);
    hm_json_write_init(&file->out, &file->buf);
    hm_json_open(&file->out, '{');
    hm_json_put_text(&file->out, "what", hm_text(what));
}

void make_list(struct make_file *file, const char *name)
{
    hm_json_key(&file->out, name);
    hm_json_open(&file->out, '[');
}

void make_list_end(struct make_file *file)
{
    hm_json_close(&file->out, ']');
}

void make_item(struct make_file *file, const char *what)
{
    if (file->out.comma) {
        hm_buf_put_byte(&file->buf, ',');
        file->out.comma = false;
    }
    hm_buf_put_byte(&file->buf, '\n');
    hm_json_open(&file->out, '{');
    if (what != NULL) {
        hm_json_put_text(&file->out, "what", hm_text(what));
    }
}

void make_item_end(struct make_file *file)
{
    hm_json_close(&file->out, '}');
}

void make_close(struct make_file *file, const char *folder, const char *name)
{
    char path[4096];
    hm_json_close(&file->out, '}');
    hm_buf_put_byte(&file->buf, '\n');
    make_need(hm_buf_status(&file->buf, NULL) == HM_OK, "a file is too large");
    int length = snprintf(path, sizeof(path), "%s/%s", folder, name);
    make_need(length > 0 && (size_t)length < sizeof(path), "the path is too long");
    FILE *to = fopen(path, "wb");
    make_need(to != NULL, path);
    size_t put = fwrite(file->buf.data, 1, file->buf.size, to);
    bool whole = put == file->buf.size && fclose(to) == 0;
    make_need(whole, path);
    hm_buf_fini(&file->buf);
}

uint64_t make_number(struct make_random *random, uint64_t below)
{
    uint64_t z = random->state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return (z ^ z >> 31) % below;
}

void make_bytes(struct make_random *random, uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        data[i] = (uint8_t)make_number(random, 256);
    }
}

struct hm_json *make_parsed(struct hm_bytes text)
{
    const struct hm_json_limits limits = {1 << 20, HM_JSON_DEPTH_MAX, 1 << 18};
    struct hm_json *json = NULL;
    make_need(hm_json_parse(&json, text, &limits, NULL) == HM_OK, "our own JSON");
    return json;
}

void make_pair(struct hm_key *key, struct hm_secret *secret, uint8_t byte)
{
    uint8_t seed[32];
    memset(seed, byte, sizeof(seed));
    hm_sign_pair(key, secret, seed);
}

/* Runs, keys and salts; record ids; whole changes. */

static void salts(struct make_file *file)
{
    static const uint32_t indexes[] = {0, 1, 127, 128, 255};
    make_list(file, "runs");
    for (size_t i = 0; i < sizeof(indexes) / sizeof(indexes[0]); i++) {
        uint8_t seed[HM_SALT_SIZE];
        uint8_t salt[HM_SALT_SIZE];
        struct hm_change change = {.has_key = true};
        memset(seed, (int)(i + 1), sizeof(seed));
        hm_change_key(change.key, seed, indexes[i]);
        make_item(file, NULL);
        hm_json_put_hex(&file->out, "seed", HM_BYTES(seed));
        hm_json_put_int(&file->out, "index", indexes[i]);
        hm_json_put_hex(&file->out, "key", HM_BYTES(change.key));
        hm_json_key(&file->out, "salts");
        hm_json_open(&file->out, '[');
        for (size_t w = 0; w < 9; w++) {
            hm_change_salt(salt, &change, w);
            hm_json_hex(&file->out, HM_BYTES(salt));
        }
        hm_json_close(&file->out, ']');
        make_item_end(file);
    }
    make_list_end(file);
}

static void record_ids(struct make_file *file)
{
    static const struct hm_key_field fields[] = {
        {{(const uint8_t *)"code", 4}, {(const uint8_t *)"s\x03H01", 5}},
        {{(const uint8_t *)"n\xC4\x83m", 4}, {(const uint8_t *)"i\xD4\x1F", 3}},
    };
    make_list(file, "records");
    for (size_t count = 0; count <= 2; count++) {
        struct hm_id id;
        hm_record_id(&id, hm_text("HY.01.002"), hm_text("commitment"), fields, count);
        make_item(file, count == 0 ? "of no key fields: never used, well defined" : NULL);
        hm_json_put_text(&file->out, "home", hm_text("HY.01.002"));
        hm_json_put_text(&file->out, "kind", hm_text("commitment"));
        hm_json_key(&file->out, "key_fields");
        hm_json_open(&file->out, '[');
        for (size_t i = 0; i < count; i++) {
            hm_json_open(&file->out, '[');
            hm_json_text(&file->out, fields[i].name);
            hm_json_hex(&file->out, fields[i].value);
            hm_json_close(&file->out, ']');
        }
        hm_json_close(&file->out, ']');
        told_id(&file->out, "id", &id);
        make_item_end(file);
    }
    make_list_end(file);
}

/* Whole changes; ids, commitments and own records are made here. */
#define AUTHOR                                                                           \
    "\"district\":\"000102030405060708090a0b0c0d0e0f\","                                 \
    "\"device\":\"101112131415161718191a1b1c1d1e1f\","                                   \
    "\"user\":\"202122232425262728292a2b2c2d2e2f\","
#define KEY    "\"key\":\"303132333435363738393a3b3c3d3e3f\","
#define RECORD "\"record\":\"404142434445464748494a4b4c4d4e4f\","
#define PLACE  "\"home\":\"HY.01.002\",\"kind\":\"household\",\"version\":1,"
#define HEAD   "\"role\":\"hamlet_head\",\"time\":1767225600000,"

static const struct {
    const char *what;
    const char *change;
} changes[] = {
    {"a create of a kind without a natural key: the record takes the id",
     "{" AUTHOR HEAD PLACE KEY "\"act\":\"create\",\"own\":true,\"writes\":["
     "{\"reg\":\"name\",\"value\":\"73024e61\",\"depth\":1},"
     "{\"reg\":\"~live\",\"value\":\"74\",\"depth\":1}]}"},
    {"a create of a kind with a natural key, in a bulk",
     "{" AUTHOR HEAD PLACE KEY RECORD
     "\"act\":\"create\",\"bulk\":\"505152535455565758595a5b5c5d5e5f\","
     "\"key_fields\":[[\"code\",\"7303483031\"],[\"n\u0103m\",\"69d41f\"]],\"writes\":["
     "{\"reg\":\"~live\",\"value\":\"74\",\"depth\":1}]}"},
    {"an edit of five registers: the salts of two blocks; the extreme depth",
     "{" AUTHOR HEAD PLACE KEY RECORD "\"act\":\"edit\",\"writes\":["
     "{\"reg\":\"a\",\"value\":\"6e\",\"replaces\":[\"0000000000000001\"],\"depth\":2},"
     "{\"reg\":\"b\",\"value\":\"66\",\"depth\":1},"
     "{\"reg\":\"c\",\"value\":\"6900\",\"replaces\":[\"0000000000000001\","
     "\"ffffffffffffffff\"],\"depth\":4294967295},"
     "{\"reg\":\"d\",\"value\":\"6c00\",\"depth\":1},"
     "{\"reg\":\"\u0111\",\"value\":\"6f01017474\",\"depth\":1}]}"},
    {"a delete says what it saw, and why",
     "{" AUTHOR HEAD PLACE KEY RECORD "\"act\":\"delete\",\"writes\":["
     "{\"reg\":\"~live\",\"value\":\"66\",\"replaces\":[\"8000000000000000\"],"
     "\"depth\":2},"
     "{\"reg\":\"~why\",\"value\":\"7308747299af6e67\",\"depth\":1}],"
     "\"seen\":[\"0000000000000001\",\"8000000000000000\"]}"},
    {"a resolve", "{" AUTHOR HEAD PLACE KEY RECORD "\"act\":\"resolve\",\"writes\":["
                  "{\"reg\":\"a\",\"value\":\"74\",\"replaces\":[\"0000000000000001\","
                  "\"0000000000000002\"],\"depth\":3}]}"},
    {"a policy of the server in the registry, before 1970",
     "{" AUTHOR KEY RECORD "\"role\":\"server\",\"time\":-1,\"home\":\"~\","
     "\"kind\":\"~user\",\"version\":1,\"act\":\"policy\",\"writes\":["
     "{\"reg\":\"name\",\"value\":\"7300\",\"depth\":1}]}"},
    {"a merge into another record",
     "{" AUTHOR HEAD PLACE KEY RECORD "\"act\":\"merge\",\"writes\":["
     "{\"reg\":\"~alias\",\"value\":\"7303616263\",\"depth\":1}]}"},
    {"a withdrawal of a bulk: no record, no kind, no writes",
     "{" AUTHOR HEAD KEY "\"home\":\"HY.01.002\",\"kind\":\"\",\"version\":0,"
     "\"act\":\"withdraw\",\"writes\":[],"
     "\"names\":[\"505152535455565758595a5b5c5d5e5f\","
     "\"606162636465666768696a6b6c6d6e6f\"]}"},
    {"an erasure: what is erased is written anew as null",
     "{" AUTHOR HEAD PLACE KEY RECORD "\"act\":\"erase\",\"writes\":["
     "{\"reg\":\"name\",\"value\":\"6e\",\"replaces\":[\"0000000000000001\"],"
     "\"depth\":2}],\"names\":[\"505152535455565758595a5b5c5d5e5f\"]}"},
    {"a skeleton: one value withheld, so salts instead of a key",
     "{" AUTHOR HEAD PLACE RECORD "\"act\":\"edit\",\"writes\":["
     "{\"reg\":\"a\",\"commitment\":\"707172737475767778797a7b7c7d7e7f\",\"depth\":1},"
     "{\"reg\":\"b\",\"value\":\"74\",\"salt\":\"808182838485868788898a8b8c8d8e8f\","
     "\"depth\":1}]}"},
    {"a skeleton of a create: nothing but commitments",
     "{" AUTHOR HEAD PLACE "\"act\":\"create\",\"own\":true,\"writes\":["
     "{\"reg\":\"~live\",\"commitment\":\"707172737475767778797a7b7c7d7e7f\","
     "\"depth\":1}]}"},
    {"the latest time that there is",
     "{" AUTHOR PLACE KEY RECORD "\"role\":\"recorder\",\"time\":4503599627370495,"
     "\"act\":\"edit\",\"writes\":[]}"},
};

static void whole_changes(struct make_file *file)
{
    make_list(file, "changes");
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        struct hm_arena arena;
        struct hm_buf scratch;
        struct hm_change change;
        hm_arena_init(&arena, 1 << 20);
        hm_buf_init(&scratch, 1 << 20);
        struct hm_json *json = make_parsed(hm_text(changes[i].change));
        heard_change(&change, json, &arena, false);
        make_need(hm_change_valid(&change), changes[i].what);
        make_need(hm_change_seal(&change, &scratch, NULL) == HM_OK, changes[i].what);
        make_item(file, changes[i].what);
        hm_json_key(&file->out, "change");
        told_change(&file->out, &change);
        make_item_end(file);
        hm_json_free(json);
        hm_buf_fini(&scratch);
        hm_arena_fini(&arena);
    }
    make_list_end(file);
}

static void chains(struct make_file *file)
{
    static const uint32_t epochs[] = {1, 300, UINT32_MAX};
    struct make_random random = {1};
    struct hm_digest parent;
    make_bytes(&random, parent.at, sizeof(parent.at));
    make_list(file, "chains");
    for (size_t i = 0; i < 3; i++) {
        struct hm_id device;
        struct hm_digest head;
        make_bytes(&random, device.at, sizeof(device.at));
        hm_chain_begin(&head, &device, epochs[i], i == 0 ? NULL : &parent);
        make_item(file, i == 0 ? "of a first epoch" : "of a later epoch: with a parent");
        told_id(&file->out, "device", &device);
        hm_json_put_int(&file->out, "epoch", epochs[i]);
        if (i > 0) {
            told_digest(&file->out, "parent", &parent);
        }
        told_digest(&file->out, "begin", &head);
        hm_json_key(&file->out, "links");
        hm_json_open(&file->out, '[');
        for (size_t s = 0; s < 3; s++) {
            struct hm_id id;
            make_bytes(&random, id.at, sizeof(id.at));
            hm_chain_next(&head, &id);
            hm_json_open(&file->out, '[');
            hm_json_hex(&file->out, hm_id_bytes(&id));
            hm_json_hex(&file->out, hm_digest_bytes(&head));
            hm_json_close(&file->out, ']');
        }
        hm_json_close(&file->out, ']');
        make_item_end(file);
    }
    make_list_end(file);
}

static void make_changes(const char *folder)
{
    struct make_file file;
    make_open(&file, "keys and salts of runs, ids of records, changes, chains; values are "
                     "the hex of their canonical form (PROTOCOL.md 3)");
    salts(&file);
    record_ids(&file);
    whole_changes(&file);
    chains(&file);
    make_close(&file, folder, "changes.json");
}

/* Strokes */

static const struct {
    const char *what;
    const char *points;
} drawings[] = {
    {"a point", "[[[0,0]]]"},
    {"the largest small changes", "[[[30,-30]]]"},
    {"the smallest large changes", "[[[31,-31]]]"},
    {"a straight line costs nothing after its second point",
     "[[[5,7],[10,14],[15,21],[20,28]]]"},
    {"round a square: only the first corner is news",
     "[[[0,0],[10,0],[10,10],[0,10],[0,0]]]"},
    {"halves are rounded away from zero", "[[[-2,-2],[-8,-2],[-8,-2]]]"},
    {"an even spiral", "[[[0,0],[40,0],[75,20],[94,54],[95,92],[78,125],[49,145],"
                       "[16,149],[-14,137],[-34,113],[-41,83]]]"},
    {"a standstill has no angle", "[[[3,0],[3,0],[8,0],[8,0],[8,1]]]"},
    {"the longest movement that turns", "[[[4095,0],[4095,4095],[0,4095]]]"},
    {"a longer one is a jump", "[[[4096,0],[4096,4096],[4096,8192]]]"},
    {"a jump in front of it counts as well", "[[[4096,0],[4096,4095],[4096,8190]]]"},
    {"strokes and widths", "[[1,[0,0],[3,4]],[[5,5]],[9,[-7,3],[-8,1]]]"},
    {"from corner to corner",
     "[[[-32767,32767],[32767,-32767],[-32767,32767],[32767,-32767]]]"},
};

static const char *const refused_drawings[] = {
    "", " ", "2", "2@", "2@@ ", " 2@@", "2@@  2@@", "0@@", "@@@", "2@@@", "2@\"",
    "2@\\", "2@\t", "2@\x7f", "2@\xc3\xa9", "2`", "2`!", "2@`!", "2~~~@", "2@@\n2@@",
    "2de,@@@", "2@de,@@"};

static const char *const refused_points[] = {
    "{}", "5", "[[]]", "[[3]]", "[[0,[0,0]]]", "[[10,[0,0]]]", "[[[0]]]", "[[[0,0,0]]]",
    "[[[0,\"1\"]]]", "[[[32768,0]]]", "[[[0,-32768]]]", "[[0,0]]", "[[2,3,[0,0]]]"};

/* A hand: the turn changes slowly, in steps of a tenth of a right angle or so. */
static void random_hand(struct make_random *random, struct hm_buf *points)
{
    int64_t x = (int64_t)make_number(random, 2000) - 1000;
    int64_t y = (int64_t)make_number(random, 2000) - 1000;
    int64_t dx = (int64_t)make_number(random, 40) - 20;
    int64_t dy = 12;
    int64_t turn = 0;
    hm_buf_put_text(points, "[[");
    for (size_t i = 0; i < 60; i++) {
        hm_buf_put_text(points, i == 0 ? "[" : ",[");
        hm_buf_put_int(points, x);
        hm_buf_put_byte(points, ',');
        hm_buf_put_int(points, y);
        hm_buf_put_byte(points, ']');
        turn += (int64_t)make_number(random, 5) - 2;
        int64_t was = dx;
        dx = (10 * dx - turn * dy) / 10;
        dy = (10 * dy + turn * was) / 10;
        bool wild = dx * dx + dy * dy > 20000;
        dx = wild ? 3 : dx + (int64_t)make_number(random, 3) - 1;
        dy = wild ? -3 : dy + (int64_t)make_number(random, 3) - 1;
        turn = wild ? 0 : turn;
        x += dx;
        y += dy;
    }
    hm_buf_put_text(points, "]]");
}

static void drawing(struct make_file *file, const char *what, struct hm_bytes points)
{
    struct hm_buf text;
    struct hm_json *json = make_parsed(points);
    hm_buf_init(&text, 1 << 16);
    make_need(hm_strokes_from_json(&text, json, NULL) == HM_OK, what);
    make_item(file, what);
    hm_json_key(&file->out, "points");
    hm_json_raw(&file->out, points);
    hm_json_put_text(&file->out, "text", hm_buf_bytes(&text));
    make_item_end(file);
    hm_buf_fini(&text);
    hm_json_free(json);
}

static void make_strokes(const char *folder)
{
    struct make_file file;
    struct make_random random = {2};
    make_open(&file, "drawings as points and as text (include/hamlet/record/strokes.h)");
    make_list(&file, "drawings");
    for (size_t i = 0; i < sizeof(drawings) / sizeof(drawings[0]); i++) {
        drawing(&file, drawings[i].what, hm_text(drawings[i].points));
    }
    for (size_t i = 0; i < 20; i++) {
        struct hm_buf points;
        hm_buf_init(&points, 1 << 16);
        random_hand(&random, &points);
        drawing(&file, "a hand", hm_buf_bytes(&points));
        hm_buf_fini(&points);
    }
    make_list_end(&file);
    make_list(&file, "refused");
    for (size_t i = 0; i < sizeof(refused_drawings) / sizeof(refused_drawings[0]); i++) {
        make_need(!hm_strokes_valid(hm_text(refused_drawings[i])), refused_drawings[i]);
        hm_json_text(&file.out, hm_text(refused_drawings[i]));
    }
    make_list_end(&file);
    make_list(&file, "refused_points");
    for (size_t i = 0; i < sizeof(refused_points) / sizeof(refused_points[0]); i++) {
        struct hm_buf text;
        struct hm_json *json = make_parsed(hm_text(refused_points[i]));
        hm_buf_init(&text, 1 << 16);
        make_need(hm_strokes_from_json(&text, json, NULL) != HM_OK, refused_points[i]);
        hm_json_raw(&file.out, hm_text(refused_points[i]));
        hm_buf_fini(&text);
        hm_json_free(json);
    }
    make_list_end(&file);
    make_close(&file, folder, "strokes.json");
}

static void make_roles(const char *folder)
{
    struct make_file file;
    make_open(&file, "the rank of each role; of any other 0 (PROTOCOL.md 4, Shown)");
    hm_json_key(&file.out, "ranks");
    hm_json_open(&file.out, '{');
    for (int role = 0; role < HM_ROLE_COUNT; role++) {
        hm_json_put_int(&file.out, hm_role_name((enum hm_role)role),
                        hm_role_rank((enum hm_role)role));
    }
    hm_json_close(&file.out, '}');
    make_close(&file, folder, "roles.json");
}

int main(int argc, char **argv)
{
    make_need(argc == 2, "usage: make_vectors FOLDER");
    make_need(hm_sign_start(NULL) == HM_OK, "no randomness");
    make_values(argv[1]);
    make_changes(argv[1]);
    make_pages(argv[1]);
    make_talk(argv[1]);
    make_merges(argv[1]);
    make_strokes(argv[1]);
    make_roles(argv[1]);
    return 0;
}
