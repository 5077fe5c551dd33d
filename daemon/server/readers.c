/* SPDX-License-Identifier: Apache-2.0 */
#include "readers.h"

#include <pthread.h>
#include <stdlib.h>

#include "hamlet/base/assert.h"

struct hm_readers {
    pthread_mutex_t mutex;
    pthread_cond_t given;
    struct hm_store **stores; /* those that are free come first */
    size_t count;
    size_t free;
};

enum hm_status hm_readers_open(struct hm_readers **readers,
                               size_t count,
                               const char *path,
                               const struct hm_kinds *kinds,
                               const struct hm_env *env,
                               struct hm_err *err)
{
    struct hm_readers *made = calloc(1, sizeof(*made));
    struct hm_store **stores = calloc(count, sizeof(struct hm_store *));
    enum hm_status status = HM_OK;
    if (made == NULL || stores == NULL) {
        free(made);
        free(stores);
        return hm_fail_memory(err);
    }
    made->stores = stores;
    pthread_mutex_init(&made->mutex, NULL);
    pthread_cond_init(&made->given, NULL);
    while (made->count < count && status == HM_OK) {
        status = hm_store_open(&stores[made->count], path, HM_STORE_READER, false, kinds,
                               env, NULL, err);
        made->count += status == HM_OK ? 1 : 0;
    }
    made->free = made->count;
    if (status == HM_OK) {
        *readers = made;
        made = NULL;
    }
    hm_readers_close(made);
    return status;
}

void hm_readers_close(struct hm_readers *readers)
{
    if (readers == NULL) {
        return;
    }
    HM_ASSERT(readers->free == readers->count);
    for (size_t i = 0; i < readers->count; i++) {
        hm_store_close(readers->stores[i]);
    }
    pthread_cond_destroy(&readers->given);
    pthread_mutex_destroy(&readers->mutex);
    free(readers->stores);
    free(readers);
}

struct hm_store *hm_readers_take(struct hm_readers *readers)
{
    pthread_mutex_lock(&readers->mutex);
    while (readers->free == 0) {
        pthread_cond_wait(&readers->given, &readers->mutex);
    }
    struct hm_store *reader = readers->stores[--readers->free];
    pthread_mutex_unlock(&readers->mutex);
    return reader;
}

void hm_readers_give(struct hm_readers *readers, struct hm_store *reader)
{
    pthread_mutex_lock(&readers->mutex);
    HM_ASSERT(readers->free < readers->count);
    readers->stores[readers->free++] = reader;
    pthread_cond_signal(&readers->given);
    pthread_mutex_unlock(&readers->mutex);
}
