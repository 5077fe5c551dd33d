/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "bench.h"
#include "hamlet/base/json.h"
#include "hamlet/base/json_write.h"
#include "hamlet/host/file.h"
#include "hamlet/record/strokes.h"

enum { TRACE_SIZE = 400, TRACE_JSON_MAX = 16 * 1024 };

static const size_t file_max = (size_t)64 * 1024 * 1024;
static const size_t arena_max = (size_t)512 * 1024 * 1024;
static const struct hm_json_limits line_limits = {(size_t)16 * 1024, 4, 256};
static const struct hm_json_limits trace_limits = {TRACE_JSON_MAX, 4, 4096};

/* The workload's base64 is the usual one, with + and /; ours is base64url. */
static void read_trace(uint8_t trace[TRACE_SIZE], struct hm_bytes text)
{
    char url[(TRACE_SIZE * 4 + 2) / 3 + 1];
    size_t size = 0;
    while (size < text.size && size < sizeof(url) - 1 && text.data[size] != '=') {
        char c = (char)text.data[size];
        url[size++] = (char)(c == '+' ? '-' : c == '/' ? '_' : c);
    }
    if (!hm_b64_get(trace, TRACE_SIZE, (struct hm_bytes){(const uint8_t *)url, size})) {
        hm_bench_fail("workload", "a trace is not base64");
    }
}

/* Strokes of a count, a width and that many movements, as a drawing in JSON. */
static void put_drawing(struct hm_json_write *out, const uint8_t trace[TRACE_SIZE])
{
    int64_t x = 0;
    int64_t y = 0;
    hm_json_open(out, '[');
    for (size_t at = 0; at + 2 <= TRACE_SIZE;) {
        size_t count = trace[at];
        int64_t width = trace[at + 1];
        at += 2;
        if (count == 0) {
            continue; /* no room was left for a movement */
        }
        hm_json_open(out, '[');
        if (width != HM_STROKES_WIDTH) {
            hm_json_int(out, width);
        }
        for (; count > 0 && at + 2 <= TRACE_SIZE; count--, at += 2) {
            x += (int8_t)trace[at];
            y += (int8_t)trace[at + 1];
            hm_json_open(out, '[');
            hm_json_int(out, x);
            hm_json_int(out, y);
            hm_json_close(out, ']');
        }
        hm_json_close(out, ']');
    }
    hm_json_close(out, ']');
}

static struct hm_bytes strokes_of(struct hm_bytes text, struct hm_arena *arena)
{
    uint8_t trace[TRACE_SIZE];
    struct hm_err err = HM_ERR_NONE;
    struct hm_buf json;
    struct hm_buf strokes;
    struct hm_json_write out;
    struct hm_json *drawing = NULL;
    hm_buf_init(&json, TRACE_JSON_MAX);
    hm_buf_init(&strokes, TRACE_JSON_MAX);
    hm_json_write_init(&out, &json);
    read_trace(trace, text);
    put_drawing(&out, trace);
    hm_bench_must(hm_json_parse(&drawing, hm_buf_bytes(&json), &trace_limits, &err), &err,
                  "trace");
    hm_bench_must(hm_strokes_from_json(&strokes, drawing, &err), &err, "trace");
    struct hm_bytes kept = hm_arena_copy(arena, hm_buf_bytes(&strokes));
    hm_json_free(drawing);
    hm_buf_fini(&strokes);
    hm_buf_fini(&json);
    return kept;
}

static void read_fields(struct hm_bench_line *line, struct hm_arena *arena)
{
    const struct hm_json *set = hm_json_get(line->json, "set");
    line->fields = hm_arena_get_array(arena, hm_json_count(set), sizeof(*line->fields));
    if (line->fields == NULL) {
        hm_bench_fail("workload", "no memory");
    }
    for (const struct hm_json *at = hm_json_first(set); at != NULL;
         at = hm_json_next(at)) {
        struct hm_field_input *field = &line->fields[line->field_count++];
        const char *name = hm_json_name(at);
        *field = (struct hm_field_input){.name = hm_text(name), .json = at};
        if (strcmp(name, "hamlet") == 0) {
            field->name = hm_text("unit");
        } else if (strcmp(name, "phone") == 0) {
            field->name = hm_text("contact"); /* no kind may have a field of that name */
        } else if (strcmp(name, "signature") == 0) {
            field->json = NULL;
            field->text = strokes_of(hm_json_text_or(at, HM_NO_BYTES), arena);
        }
    }
}

static void read_line(struct hm_bench_line *line,
                      struct hm_bytes text,
                      struct hm_arena *arena)
{
    struct hm_err err = HM_ERR_NONE;
    line->text = text;
    hm_bench_must(hm_json_parse(&line->json, text, &line_limits, &err), &err, "workload");
    struct hm_bytes kind = hm_json_text_or(hm_json_get(line->json, "e"), HM_NO_BYTES);
    line->kind =
        hm_bytes_are(kind, "evaluation") ? "bench_evaluation" : "bench_commitment";
    line->create =
        hm_bytes_are(hm_json_text_or(hm_json_get(line->json, "op"), HM_NO_BYTES), "i");
    line->time.ms = hm_json_int_or(hm_json_get(line->json, "t"), 0);
    line->record = hm_json_text_or(hm_json_get(line->json, "id"), HM_NO_BYTES);
    read_fields(line, arena);
}

void hm_bench_lines_open(struct hm_bench_lines *lines, const char *path)
{
    struct hm_err err = HM_ERR_NONE;
    size_t count = 0;
    *lines = (struct hm_bench_lines){.count = 0};
    hm_buf_init(&lines->text, file_max);
    hm_arena_init(&lines->arena, arena_max);
    hm_bench_must(hm_file_read(&lines->text, path, &err), &err, path);
    for (size_t i = 0; i < lines->text.size; i++) {
        count += lines->text.data[i] == '\n';
    }
    lines->at = hm_arena_get_array(&lines->arena, count, sizeof(*lines->at));
    if (lines->at == NULL) {
        hm_bench_fail(path, "no memory");
    }
    const uint8_t *at = lines->text.data;
    for (; lines->count < count; lines->count++) {
        const uint8_t *end =
            memchr(at, '\n', lines->text.size - (size_t)(at - lines->text.data));
        read_line(&lines->at[lines->count], (struct hm_bytes){at, (size_t)(end - at)},
                  &lines->arena);
        at = end + 1;
    }
}

void hm_bench_lines_close(struct hm_bench_lines *lines)
{
    for (size_t i = 0; i < lines->count; i++) {
        hm_json_free(lines->at[i].json);
    }
    hm_arena_fini(&lines->arena);
    hm_buf_fini(&lines->text);
}
