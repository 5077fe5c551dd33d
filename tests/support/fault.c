/* SPDX-License-Identifier: Apache-2.0 */
#include "fault.h"

#include <cjson/cJSON.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "hamlet/base/assert.h"

/* The linker's --wrap gives these names: __wrap_x is called for x, __real_x is x. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

static uint64_t fail_at; /* 0: disarmed */
static uint64_t counted;
static bool goes_on;
static bool fired;

static bool fails(void)
{
    if (fail_at == 0) {
        return false;
    }
    counted++;
    bool now = goes_on ? counted >= fail_at : counted == fail_at;
    fired = fired || now;
    return now;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return fails() ? NULL : __real_realloc(old, size);
}

static void arm(uint64_t nth, bool on)
{
    counted = 0;
    fired = false;
    goes_on = on;
    fail_at = nth;
}

void hm_fault_arm(uint64_t nth)
{
    arm(nth, false);
}

void hm_fault_arm_from(uint64_t nth)
{
    arm(nth, true);
}

bool hm_fault_disarm(void)
{
    fail_at = 0;
    return fired;
}

/* SQLite asks how large a piece is, so its size stands before it. */
enum { HEAD = 16 };

static void *sqlite_malloc(int size)
{
    uint8_t *piece = fails() ? NULL : __real_malloc((size_t)size + HEAD);
    if (piece == NULL) {
        return NULL;
    }
    memcpy(piece, &size, sizeof(size));
    return piece + HEAD;
}

static void sqlite_free(void *piece)
{
    if (piece != NULL) {
        free((uint8_t *)piece - HEAD);
    }
}

static void *sqlite_realloc(void *old, int size)
{
    uint8_t *from = (uint8_t *)old - HEAD;
    uint8_t *piece = fails() ? NULL : __real_realloc(from, (size_t)size + HEAD);
    if (piece == NULL) {
        return NULL;
    }
    memcpy(piece, &size, sizeof(size));
    return piece + HEAD;
}

static int sqlite_size(void *piece)
{
    int size = 0;
    if (piece != NULL) {
        memcpy(&size, (uint8_t *)piece - HEAD, sizeof(size));
    }
    return size;
}

static int sqlite_round(int size)
{
    return (size + 7) & ~7;
}

static int sqlite_init(void *ctx)
{
    (void)ctx;
    return SQLITE_OK;
}

static void sqlite_shutdown(void *ctx)
{
    (void)ctx;
}

static void *json_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void hm_fault_start(void)
{
    static sqlite3_mem_methods methods = {
        .xMalloc = sqlite_malloc,
        .xFree = sqlite_free,
        .xRealloc = sqlite_realloc,
        .xSize = sqlite_size,
        .xRoundup = sqlite_round,
        .xInit = sqlite_init,
        .xShutdown = sqlite_shutdown,
    };
    static bool started;
    cJSON_Hooks hooks = {.malloc_fn = json_malloc, .free_fn = free};
    if (started) {
        return;
    }
    started = true;
    int code = sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
    HM_ASSERT(code == SQLITE_OK);
    code = sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0);
    HM_ASSERT(code == SQLITE_OK);
    code = sqlite3_initialize();
    HM_ASSERT(code == SQLITE_OK);
    cJSON_InitHooks(&hooks);
}
