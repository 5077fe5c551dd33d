/* SPDX-License-Identifier: Apache-2.0 */
/*
 * merged.h - a small history of one record, merged in every order that it can arrive in.
 */
#ifndef TESTS_UNIT_MODEL_MERGED_H
#define TESTS_UNIT_MODEL_MERGED_H

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "builders.h"
#include "hamlet/model/merge.h"
#include "hamlet/model/value.h"
#include "tests/unit/model/printed.h"

enum { HISTORY_MAX = 64, PRINT_SIZE = 16384, PERMUTED_MAX = 6 };

static struct hm_arena arena;
static struct hm_maker lan; /* who writes: ranks are given to what they write */
static struct hm_maker hung;
static struct hm_maker mai;

static struct {
    struct hm_known known[HISTORY_MAX];
    size_t count;
    struct hm_merged merged; /* of the order in which they were added */
    char print[PRINT_SIZE];  /* the same for every order */
} history;

static inline void history_start(void)
{
    hm_arena_init(&arena, (size_t)512 * 1024 * 1024);
    hm_maker_init(&lan, &arena, 1);
    hm_maker_init(&hung, &arena, 2);
    hm_maker_init(&mai, &arena, 3);
    history.count = 0;
}

static inline void history_finish(void)
{
    hm_arena_fini(&arena);
}

/* Sealed already, or its id is meant to be what it is. */
static inline void know(const struct hm_change *change, int rank, bool effective)
{
    ck_assert_uint_lt(history.count, HISTORY_MAX);
    history.known[history.count++] =
        (struct hm_known){.change = change, .rank = rank, .effective = effective};
}

static inline const struct hm_known *known_of(const struct hm_known *known,
                                              const struct hm_id *id)
{
    for (size_t i = 0; i < history.count; i++) {
        if (hm_id_equal(&known[i].change->id, id)) {
            return &known[i];
        }
    }
    ck_abort_msg("not in the history");
    return NULL;
}

/* All that a merge says, by ids: nothing in it depends on where a change stands. */
static inline void print_merged(char to[PRINT_SIZE],
                                const struct hm_merged *merged,
                                const struct hm_known *known)
{
    struct print print = {to, PRINT_SIZE};
    put(&print, merged->there ? "there " : "");
    put(&print, merged->deleted ? "deleted " : "");
    put(&print, merged->incomplete ? "incomplete " : "");
    put(&print, merged->live_conflict ? "live " : "");
    put(&print, "\n");
    for (size_t r = 0; r < merged->register_count; r++) {
        const struct hm_register *reg = &merged->registers[r];
        char name[64];
        (void)snprintf(name, sizeof(name), "%.*s%s: ", (int)reg->name.size,
                       (const char *)reg->name.data, reg->conflict ? "!" : "");
        put(&print, name);
        put_heads(&print, reg->heads, reg->head_count, reg->shown, known);
    }
    if (merged->live_conflict) {
        put_heads(&print, merged->live_heads, merged->live_count, merged->live_shown,
                  known);
    }
    for (size_t i = 0; i < history.count; i++) {
        const struct hm_known *one = known_of(known, &history.known[i].change->id);
        put(&print, one->incomplete ? "i" : "-");
        put(&print, one->disputed ? "d" : "-");
    }
}

static inline void merge_as(const struct hm_known *known)
{
    static char print[PRINT_SIZE];
    struct hm_known order[HISTORY_MAX];
    struct hm_merged merged;
    struct hm_arena mine;
    hm_arena_init(&mine, (size_t)64 * 1024 * 1024);
    memcpy(order, known, history.count * sizeof(*order));
    ck_assert_int_eq(hm_merge(&merged, order, history.count, &mine, NULL), HM_OK);
    print_merged(print, &merged, order);
    ck_assert_str_eq(print, history.print);
    hm_arena_fini(&mine);
}

static inline void swap(struct hm_known *a, struct hm_known *b)
{
    struct hm_known kept = *a;
    *a = *b;
    *b = kept;
}

/* Heap's way through all orders. */
static inline void permute(struct hm_known *known, size_t count)
{
    if (count <= 1) {
        merge_as(known);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        permute(known, count - 1);
        swap(&known[count % 2 == 0 ? i : 0], &known[count - 1]);
    }
}

/* Merge what is known; every order of it, up to six, must give the same. */
static inline void merge(void)
{
    struct hm_known order[HISTORY_MAX];
    ck_assert_int_eq(
        hm_merge(&history.merged, history.known, history.count, &arena, NULL), HM_OK);
    print_merged(history.print, &history.merged, history.known);
    memcpy(order, history.known, history.count * sizeof(*order));
    if (history.count <= PERMUTED_MAX) {
        permute(order, history.count);
    }
}

static inline const struct hm_register *reg_of(const char *name)
{
    return hm_merged_register(&history.merged, hm_text(name));
}

static inline bool in_conflict(const char *name)
{
    const struct hm_register *reg = reg_of(name);
    return reg != NULL && reg->conflict;
}

/* The text shown; "-" where the register is not there, "?" where it is withheld. */
static inline const char *shown(const char *name)
{
    const struct hm_register *reg = reg_of(name);
    if (reg == NULL) {
        return "-";
    }
    struct hm_bytes value = reg->heads[reg->shown].write->value;
    return value.size == 0
               ? "?"
               : hm_arena_copy_text(&arena, hm_value_text_or(value, hm_text("null")));
}

#endif
