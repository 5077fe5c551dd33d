/* SPDX-License-Identifier: Apache-2.0 */
#include "script.h"

#include <stdlib.h>
#include <string.h>

struct script {
    const char *path;
    FILE *file;
    int number; /* of the line */
    char line[SIM_LINE_MAX];
    char roles[WORLD_LAPTOPS_MAX][WORLD_NAME_MAX];
    struct sim_seat seats[WORLD_LAPTOPS_MAX];
    int seat_count;
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

/* laptop ROLE UNIT [lax] */
static bool read_seat(struct script *script)
{
    char unit[WORLD_UNIT_MAX];
    char lax[8] = "";
    if (strncmp(script->line, "laptop ", strlen("laptop ")) != 0) {
        return false;
    }
    if (script->seat_count == WORLD_LAPTOPS_MAX) {
        fail_line(script, "too many laptops");
    }
    struct sim_seat *seat = &script->seats[script->seat_count];
    char *role = script->roles[script->seat_count++];
    int read = sscanf(script->line, "laptop %23s %31s %7s", role, unit, lax);
    if (read < 2 || scene_role(role) == NULL || scene_unit_find(unit) < 0 ||
        (read == 3 && strcmp(lax, "lax") != 0)) {
        fail_line(script, script->line);
    }
    *seat = (struct sim_seat){role, scene_unit_find(unit), read == 3};
    return true;
}

void sim_script_run(struct sim *sim, uint64_t seed, const struct sim_options *options)
{
    struct script script = {.path = options->script};
    struct sim_event event;
    const char *wrong = NULL;
    script.file = fopen(script.path, "r");
    if (script.file == NULL) {
        fail_line(&script, "no such file");
    }
    bool more = next_line(&script);
    while (more && read_seat(&script)) {
        more = next_line(&script);
    }
    if (script.seat_count == 0) {
        fail_line(&script, "a script begins with its laptops");
    }
    sim_init(sim, seed, options, script.seats, script.seat_count);
    for (; more; more = next_line(&script)) {
        if (!sim_event_read(&event, script.line, &wrong)) {
            fail_line(&script, wrong);
        }
        sim_perform(sim, &event);
    }
    (void)fclose(script.file);
    sim_heal(sim);
}
