/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scene.h - what the people of the simulation have to do with: places, roles, two kinds.
 *
 * Owner: the simulator
 *
 * Who may do what stands here once more, as a table of its own, so that neither the kind
 * files nor the judge are taken at their word. A value is a number; how it is typed, in
 * several ways that mean the same, and how it reads in a store, stand beside it.
 */
#ifndef HAMLET_TESTS_SCENE_H
#define HAMLET_TESTS_SCENE_H

#include "hamlet/record/kinds.h"
#include "oracle.h"

enum scene_kind { SCENE_THING, SCENE_CARD, SCENE_KINDS };
enum { SCENE_TEXT_MAX = 4200, SCENE_FIELDS_MAX = 8, SCENE_CARDS = 5, SCENE_ROLES = 4 };

/* Where a thing's note stands: its register, and its place among the fields. */
enum { SCENE_NOTE = 6, SCENE_NOTE_FIELD = 5 };

/* One field as it stands in a register; `place` is its weight in a group's number. */
struct scene_field {
    const char *name;
    int reg;
    int place;                     /* 0: alone in its register */
    const char *const (*typed)[3]; /* [value][way]; null: a note */
};

struct scene_form {
    const char *name;
    const char *key; /* the field that is the natural key; null: there is none */
    int register_count;
    const char *registers[ORACLE_REGISTERS];
    int field_count;
    struct scene_field fields[SCENE_FIELDS_MAX];
};
const struct scene_form *scene_form(enum scene_kind kind);

/* The number of ways that a value may be typed in. */
enum { SCENE_WAYS = 3, SCENE_VALUES = 4 };
void scene_type(char text[SCENE_TEXT_MAX],
                const struct scene_field *field,
                int64_t value,
                unsigned way);

/* A register's number with one field's value set in it; else as it was. */
int64_t scene_set(const struct scene_field *field, int64_t number, int64_t value);
int64_t scene_get(const struct scene_field *field, int64_t number);

/* The number of what stands in a store; -1: nobody ever typed that. */
int64_t scene_read(const struct scene_form *form, int reg, struct hm_bytes value);

/* The places, as trees of codes: a district, communes, hamlets. */
enum { SCENE_UNITS = 7, SCENE_COMMUNES = 2, SCENE_HAMLETS = 2 };
const char *scene_unit(int unit);
int scene_unit_find(const char *code); /* -1: there is none */
/* As they lie at first: what came of them since, places.h says. */
int scene_above(int unit);
bool scene_covers(int scope, int unit);

struct scene_role {
    const char *name;
    int rank;
    bool may[ORACLE_WHATS];
    bool marks; /* may write the field that is not for all */
};
const struct scene_role *scene_role(const char *name);
/* Another role that sees what this one sees, and may do other things. */
const struct scene_role *scene_role_beside(const struct scene_role *role);
/* Whether the register is not for all. */
bool scene_guarded(enum scene_kind kind, int reg);

/* The kinds as they are, and as a program believes them that lets everybody do all. */
struct hm_kinds *scene_kinds_open(bool lax);

#endif
