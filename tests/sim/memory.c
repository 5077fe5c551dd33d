/* SPDX-License-Identifier: Apache-2.0 */
#include "memory.h"

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifdef __SANITIZE_ADDRESS__
enum { WATCHED = 1 };
#else
enum { WATCHED = 0 };
#endif

enum { STEP = 16, KEPT_MAX = 8192, BLOCK = 1024 * 1024 };

/* A piece as it is taken from a block; what SQLite sees begins after it. */
struct piece {
    struct piece *next; /* of those that are free */
    size_t size;
};

static struct piece *kept[KEPT_MAX / STEP + 1];
static uint8_t *block;
static size_t left;

static int round_up(int size)
{
    int step = size <= 1024 ? STEP : 8 * STEP;
    return size > KEPT_MAX ? size : (size + step - 1) / step * step;
}

static struct piece *piece_of(void *data)
{
    return (struct piece *)data - 1;
}

static int size_of(void *data)
{
    return data == NULL ? 0 : (int)piece_of(data)->size;
}

static struct piece *cut(size_t size)
{
    struct piece *piece = NULL;
    if (left < sizeof(*piece) + size) {
        block = malloc(BLOCK); /* what is left of the one before is given up */
        left = block == NULL ? 0 : BLOCK;
    }
    if (block != NULL) {
        piece = (struct piece *)(void *)block;
        block += sizeof(*piece) + size;
        left -= sizeof(*piece) + size;
    }
    return piece;
}

static void *get(int wanted)
{
    size_t size = (size_t)round_up(wanted);
    struct piece *piece = size > KEPT_MAX ? malloc(sizeof(*piece) + size) : NULL;
    if (size <= KEPT_MAX && kept[size / STEP] != NULL) {
        piece = kept[size / STEP];
        kept[size / STEP] = piece->next;
    } else if (size <= KEPT_MAX) {
        piece = cut(size);
    }
    if (piece == NULL) {
        return NULL;
    }
    piece->size = size;
    return piece + 1;
}

static void put_back(void *data)
{
    struct piece *piece = piece_of(data);
    if (piece->size > KEPT_MAX) {
        free(piece);
        return;
    }
    piece->next = kept[piece->size / STEP];
    kept[piece->size / STEP] = piece;
}

static void *get_again(void *data, int wanted)
{
    size_t size = piece_of(data)->size;
    if ((size_t)wanted <= size) {
        return data;
    }
    void *other = get(wanted);
    if (other != NULL) {
        memcpy(other, data, size);
        put_back(data);
    }
    return other;
}

static int start(void *none)
{
    (void)none;
    return SQLITE_OK;
}

static void stop(void *none)
{
    (void)none;
}

void sim_memory_config(void)
{
    static const sqlite3_mem_methods methods = {
        .xMalloc = get,
        .xFree = put_back,
        .xRealloc = get_again,
        .xSize = size_of,
        .xRoundup = round_up,
        .xInit = start,
        .xShutdown = stop,
    };
    if (!WATCHED) {
        (void)sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
    }
}
