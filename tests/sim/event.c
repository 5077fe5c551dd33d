/* SPDX-License-Identifier: Apache-2.0 */
#include "event.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct form {
    const char *word;
    const char *arguments;
} forms[SIM_DO_COUNT] = {
#define SIM_DO_FORM(name, word, arguments) {#word, arguments},
    SIM_DO_MAP(SIM_DO_FORM)
#undef SIM_DO_FORM
};

/* The next `name=number` of a form. */
struct argument {
    const char *name;
    int size;
    int64_t usual;
};

static bool next_argument(const char **at, struct argument *argument)
{
    const char *equals = strchr(*at, '=');
    char *end = NULL;
    if (equals == NULL) {
        return false;
    }
    argument->name = *at + strspn(*at, " ");
    argument->size = (int)(equals - argument->name);
    argument->usual = strtoll(equals + 1, &end, 10);
    *at = end;
    return true;
}

void sim_event_init(struct sim_event *event, enum sim_do what, int who)
{
    struct argument argument;
    const char *at = forms[what].arguments;
    *event = (struct sim_event){.what = what, .who = who};
    for (int i = 0; next_argument(&at, &argument); i++) {
        event->arg[i] = argument.usual;
    }
}

void sim_event_write(char line[SIM_LINE_MAX], const struct sim_event *event)
{
    struct argument argument;
    const char *at = forms[event->what].arguments;
    int size = snprintf(line, SIM_LINE_MAX, "%s %d", forms[event->what].word, event->who);
    for (int i = 0; next_argument(&at, &argument); i++) {
        if (event->arg[i] != argument.usual) {
            size += snprintf(line + size, SIM_LINE_MAX - (size_t)size, " %.*s=%" PRId64,
                             argument.size, argument.name, event->arg[i]);
        }
    }
}

void sim_event_move(struct sim_event *event, int gone)
{
    struct argument argument;
    const char *at = forms[event->what].arguments;
    event->who -= event->who > gone;
    for (int i = 0; next_argument(&at, &argument); i++) {
        bool other = strncmp(argument.name, "other=", strlen("other=")) == 0;
        event->arg[i] -= other && event->arg[i] > gone;
    }
}

static bool find_form(struct sim_event *event, const char *word, size_t size)
{
    for (int i = 0; i < SIM_DO_COUNT; i++) {
        if (strlen(forms[i].word) == size && strncmp(forms[i].word, word, size) == 0) {
            sim_event_init(event, (enum sim_do)i, 0);
            return true;
        }
    }
    return false;
}

static bool read_argument(struct sim_event *event, const char **at)
{
    struct argument argument;
    const char *form = forms[event->what].arguments;
    for (int i = 0; next_argument(&form, &argument); i++) {
        size_t size = (size_t)argument.size;
        if (strncmp(*at, argument.name, size) == 0 && (*at)[size] == '=') {
            char *end = NULL;
            event->arg[i] = strtoll(*at + size + 1, &end, 10);
            bool read = end != *at + size + 1;
            *at = end;
            return read;
        }
    }
    return false;
}

bool sim_event_read(struct sim_event *event, const char *line, const char **wrong)
{
    char *end = NULL;
    size_t size = strcspn(line, " \t\n");
    *wrong = line;
    if (!find_form(event, line, size)) {
        return false;
    }
    *wrong = line + size;
    event->who = (int)strtol(line + size, &end, 10);
    if (end == line + size) {
        return false;
    }
    for (const char *at = end + strspn(end, " \t\n"); *at != '\0' && *at != '#';
         at += strspn(at, " \t\n")) {
        *wrong = at;
        if (!read_argument(event, &at)) {
            return false;
        }
    }
    return true;
}
