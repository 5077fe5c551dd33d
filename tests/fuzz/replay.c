/* SPDX-License-Identifier: Apache-2.0 */
/*
 * replay TARGET-CORPUS CHANGED [SEED]   every file of a folder, and CHANGED changed
 * copies replay FILE                           one input, to look at it under a debugger
 *
 * Linked with one target: what libFuzzer does, without it, the same on every machine. A
 * child does the work, so that the input at which it ended can be written down.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fuzz.h"

enum { FILES_MAX = 1024, FILE_BYTES_MAX = 1 << 20, EDITS_MAX = 5 };
enum { SLOW_MS = 3000 }; /* of processor time for one input, sanitizers included */
enum { USUAL_SEED = 20260305 };

struct corpus {
    struct hm_bytes files[FILES_MAX];
    char *names[FILES_MAX];
    size_t count;
};

static struct corpus corpus;
static uint64_t dice;

/* splitmix64 */
static uint64_t next(void)
{
    dice += UINT64_C(0x9E3779B97F4A7C15);
    uint64_t x = dice;
    x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
    return x ^ (x >> 31);
}

static size_t below(size_t n)
{
    return n == 0 ? 0 : (size_t)(next() % n);
}

static struct hm_bytes read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = malloc(FILE_BYTES_MAX);
    HM_ASSERT(file != NULL && data != NULL);
    size_t size = fread(data, 1, FILE_BYTES_MAX, file);
    HM_ASSERT(feof(file));
    (void)fclose(file);
    return (struct hm_bytes){data, size};
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void read_corpus(const char *folder)
{
    DIR *dir = opendir(folder);
    char path[4096];
    HM_ASSERT(dir != NULL);
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        if (entry->d_name[0] != '.') {
            HM_ASSERT(corpus.count < FILES_MAX);
            corpus.names[corpus.count++] = strdup(entry->d_name);
        }
    }
    (void)closedir(dir);
    qsort(corpus.names, corpus.count, sizeof(char *), by_name);
    for (size_t i = 0; i < corpus.count; i++) {
        (void)snprintf(path, sizeof(path), "%s/%s", folder, corpus.names[i]);
        corpus.files[i] = read_file(path);
    }
}

/* Put `piece` over `gone` bytes at `at`, as far as there is room. */
static void splice(struct hm_buf *input, size_t at, size_t gone, struct hm_bytes piece)
{
    size_t after = input->size - at - gone;
    if (input->size - gone + piece.size > FILE_BYTES_MAX) {
        return;
    }
    memmove(input->data + at + piece.size, input->data + at + gone, after);
    if (piece.size > 0) {
        memmove(input->data + at, piece.data, piece.size);
    }
    input->size = at + piece.size + after;
}

/* A run of bytes of some file, mostly short. */
static struct hm_bytes a_piece(void)
{
    struct hm_bytes file = corpus.files[below(corpus.count)];
    size_t at = below(file.size);
    size_t most = below(8) == 0 ? file.size - at : 40;
    size_t size = below(most + 1);
    return (struct hm_bytes){file.data + at,
                             size < file.size - at ? size : file.size - at};
}

/* What decoders stumble over. */
static struct hm_bytes a_word(void)
{
    static const char *const words[] = {"0",
                                        "-1",
                                        "1",
                                        "255",
                                        "4294967295",
                                        "4294967296",
                                        "null",
                                        "true",
                                        "[]",
                                        "{}",
                                        "9007199254740991",
                                        "9007199254740992",
                                        "\"",
                                        "\\",
                                        "\n",
                                        "\r\n",
                                        "18446744073709551615",
                                        "-9007199254740991",
                                        "~",
                                        "@",
                                        " ",
                                        "[[[[[[",
                                        "\\u0000",
                                        "\xEF\xBB\xBF",
                                        "\xC4\x91",
                                        "e\xCC\xA3\xCC\x82",
                                        "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01",
                                        "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01",
                                        "\xED\xA0\x80",
                                        "\xF4\x8F\xBF\xBF"};
    if (below(16) == 0) {
        return (struct hm_bytes){(const uint8_t *)"\0\0\0\0", 1 + below(4)};
    }
    return hm_text(words[below(sizeof(words) / sizeof(words[0]))]);
}

static void change_once(struct hm_buf *input)
{
    size_t at = below(input->size + 1);
    size_t left = input->size - at;
    size_t some = below((left < 24 ? left : 24) + 1);
    switch (below(7)) {
    case 0:
        if (left > 0) {
            input->data[at] ^= (uint8_t)(1U << below(8));
        }
        break;
    case 1:
        if (left > 0) {
            input->data[at] = (uint8_t)next();
        }
        break;
    case 2:
        splice(input, at, below(8) == 0 ? left : some, HM_NO_BYTES);
        break;
    case 3:
        splice(input, at, below(2) * some, a_piece());
        break;
    case 4:
        splice(input, at, some, a_word());
        break;
    case 5: /* the same bytes once more */
        splice(input, at, 0, (struct hm_bytes){input->data + at, some});
        break;
    default:
        splice(input, at, 0, a_word());
    }
}

/* Input `index` of a run: first the files as they are, then changed ones. */
static void make_input(struct hm_buf *input, uint64_t seed, size_t index)
{
    size_t file = index % corpus.count;
    dice = seed + index * UINT64_C(0x2545F4914F6CDD1D);
    hm_buf_clear(input);
    hm_buf_put_bytes(input, corpus.files[file]);
    HM_ASSERT(hm_buf_reserve(input, 2 * (size_t)FILE_BYTES_MAX - input->size) != NULL);
    for (size_t edits = index < corpus.count ? 0 : 1 + below(EDITS_MAX); edits > 0;
         edits--) {
        change_once(input);
    }
}

/* In memory of its exact length, so that a sanitizer sees a read past the end. */
static void run_one(struct hm_bytes input)
{
    uint8_t *data = malloc(input.size);
    clock_t began = clock();
    if (input.size > 0) {
        memcpy(data, input.data, input.size);
    }
    (void)LLVMFuzzerTestOneInput(data, input.size);
    free(data);
    HM_ASSERT((clock() - began) / (CLOCKS_PER_SEC / 1000) < SLOW_MS);
}

static void run_all(uint64_t seed, size_t total, volatile size_t *at)
{
    struct hm_buf input;
    hm_buf_init(&input, 2 * (size_t)FILE_BYTES_MAX);
    for (*at = 0; *at < total; (*at)++) {
        make_input(&input, seed, *at);
        run_one(hm_buf_bytes(&input));
    }
    hm_buf_fini(&input);
}

/* Where the run ended is told, and the input at hand becomes a file. */
static void tell(uint64_t seed, size_t at, int status)
{
    char path[64];
    struct hm_buf input;
    hm_buf_init(&input, 2 * (size_t)FILE_BYTES_MAX);
    make_input(&input, seed, at);
    (void)snprintf(path, sizeof(path), "crash-%ld-%zu", (long)getpid(), at);
    FILE *file = fopen(path, "wb");
    if (file != NULL) {
        (void)fwrite(input.data, 1, input.size, file);
        (void)fclose(file);
    }
    (void)fprintf(stderr, "ended with %d at input %zu, from %s; it is in %s\n", status,
                  at, corpus.names[at % corpus.count], path);
    hm_buf_fini(&input);
}

static int run_in_child(uint64_t seed, size_t total)
{
    volatile size_t *at = mmap(NULL, sizeof(*at), PROT_READ | PROT_WRITE,
                               MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int status = 0;
    HM_ASSERT(at != MAP_FAILED);
    pid_t child = fork();
    HM_ASSERT(child >= 0);
    if (child == 0) {
        run_all(seed, total, at);
        exit(0);
    }
    HM_ASSERT(waitpid(child, &status, 0) == child);
    if (status != 0) {
        tell(seed, *at, status);
    }
    (void)munmap((void *)(uintptr_t)at, sizeof(*at));
    return status == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc == 2) {
        struct hm_bytes input = read_file(argv[1]);
        run_one(input);
        free((void *)(uintptr_t)input.data);
        return 0;
    }
    if (argc < 3) {
        (void)fprintf(stderr, "usage: %s FOLDER CHANGED [SEED] | FILE\n", argv[0]);
        return 64;
    }
    uint64_t seed = argc > 3 ? strtoull(argv[3], NULL, 10) : USUAL_SEED;
    size_t changed = strtoull(argv[2], NULL, 10);
    read_corpus(argv[1]);
    HM_ASSERT(corpus.count > 0);
    (void)printf("seed %llu: %zu files, %zu changed\n", (unsigned long long)seed,
                 corpus.count, changed);
    (void)fflush(stdout);
    int result = run_in_child(seed, corpus.count + changed);
    for (size_t i = 0; i < corpus.count; i++) {
        free((void *)(uintptr_t)corpus.files[i].data);
        free(corpus.names[i]);
    }
    return result;
}
