/* SPDX-License-Identifier: Apache-2.0 */
#include "case.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scene.h"

struct script {
    const char *path;
    FILE *file;
    int number; /* of the line */
    char line[SIM_LINE_MAX];
};

__attribute__((noreturn)) static void fail_line(const struct script *script,
                                                const char *wrong)
{
    (void)fprintf(stderr, "%s:%d: not understood: %s\n", script->path, script->number,
                  wrong);
    exit(64);
}

/* The next line that says something; false: there is none. */
static bool next_line(struct script *script)
{
    while (fgets(script->line, sizeof(script->line), script->file) != NULL) {
        script->number++;
        script->line[strcspn(script->line, "#\n")] = '\0';
        if (script->line[strspn(script->line, " \t")] != '\0') {
            return true;
        }
    }
    return false;
}

static bool begins(const struct script *script, const char *word)
{
    return strncmp(script->line, word, strlen(word)) == 0;
}

static void read_seed(struct sim_case *at, const struct script *script)
{
    char *end = NULL;
    at->seed = strtoull(script->line + strlen("seed "), &end, 10);
    if (end[strspn(end, " \t")] != '\0') {
        fail_line(script, script->line);
    }
}

/* laptop ROLE UNIT [lax] */
static void read_seat(struct sim_case *at, const struct script *script)
{
    char role[WORLD_NAME_MAX];
    char unit[WORLD_UNIT_MAX];
    char lax[8] = "";
    if (at->seat_count == WORLD_LAPTOPS_MAX) {
        fail_line(script, "too many laptops");
    }
    int read = sscanf(script->line, "laptop %23s %31s %7s", role, unit, lax);
    if (read < 2 || scene_role(role) == NULL || scene_unit_find(unit) < 0 ||
        (read == 3 && strcmp(lax, "lax") != 0)) {
        fail_line(script, script->line);
    }
    at->seats[at->seat_count++] =
        (struct sim_seat){scene_role(role)->name, scene_unit_find(unit), read == 3};
}

static void read_event(struct sim_case *at, const struct script *script)
{
    const char *wrong = NULL;
    if (at->event_count == SIM_EVENTS_MAX) {
        fail_line(script, "too many events");
    }
    if (!sim_event_read(&at->events[at->event_count++], script->line, &wrong)) {
        fail_line(script, wrong);
    }
}

void sim_case_read(struct sim_case *at, const char *path)
{
    struct script script = {.path = path, .file = fopen(path, "r")};
    at->seat_count = 0;
    at->event_count = 0;
    at->at = 0;
    if (script.file == NULL) {
        fail_line(&script, "no such file");
    }
    while (next_line(&script)) {
        if (begins(&script, "seed ")) {
            read_seed(at, &script);
        } else if (begins(&script, "laptop ") && at->event_count == 0) {
            read_seat(at, &script);
        } else if (at->seat_count == 0) {
            fail_line(&script, "a script begins with its laptops");
        } else {
            read_event(at, &script);
        }
    }
    (void)fclose(script.file);
}

void sim_case_write(const struct sim_case *at, FILE *file)
{
    char line[SIM_LINE_MAX];
    (void)fprintf(file, "# %s\nseed %" PRIu64 "\n", at->complaint, at->seed);
    for (int i = 0; i < at->seat_count; i++) {
        (void)fprintf(file, "laptop %s %s%s\n", at->seats[i].role,
                      scene_unit(at->seats[i].unit), at->seats[i].lax ? " lax" : "");
    }
    for (int i = 0; i < at->event_count; i++) {
        sim_event_write(line, &at->events[i]);
        (void)fprintf(file, "%s\n", line);
    }
}
