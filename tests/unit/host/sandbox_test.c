/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/host/sandbox.h"

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "world.h"

enum { ROOM = 4096 };

static char said[ROOM];
static size_t said_size;

/* What `work` writes until it ends or is ended, with `content` as its file. */
static enum hm_status run(void (*work)(void *ctx), const char *content)
{
    struct hm_sandbox box;
    char path[WORLD_PATH_SIZE];
    (void)snprintf(path, sizeof(path), "%s/input", world_folder);
    FILE *file = fopen(path, "w");
    (void)fputs(content, file);
    (void)fclose(file);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    enum hm_status status = hm_sandbox_start(&box, fd, work, NULL, &err);
    if (status == HM_OK) {
        status = hm_sandbox_get(&box, (uint8_t *)said, ROOM, &said_size, &err);
        hm_sandbox_stop(&box);
    }
    close(fd);
    return status;
}

static void say(const char *text)
{
    (void)!hm_sandbox_write((const uint8_t *)text, strlen(text));
}

static bool was_said(const char *text)
{
    return said_size == strlen(text) && memcmp(said, text, said_size) == 0;
}

static void echo(void *ctx)
{
    uint8_t piece[3];
    size_t got = 0;
    (void)ctx;
    while (hm_sandbox_read(piece, sizeof(piece), &got) && got > 0) {
        (void)!hm_sandbox_write(piece, got);
    }
}

START_TEST(the_child_reads_the_file_and_is_heard)
{
    ck_assert_int_eq(run(echo, "seven bytes and more"), HM_OK);

    ck_assert(was_said("seven bytes and more"));
}
END_TEST

static void take_memory(void *ctx)
{
    (void)ctx;
    for (size_t size = 1; size < (size_t)64 * 1024 * 1024; size *= 4) {
        uint8_t *memory = malloc(size);
        memset(memory, 1, size);
        free(memory);
    }
    say("done");
}

START_TEST(the_child_may_take_and_give_back_memory)
{
    ck_assert_int_eq(run(take_memory, ""), HM_OK);

    ck_assert(was_said("done"));
}
END_TEST

/* Each says something, does what is forbidden, and would go on. */
static void opens(void *ctx)
{
    (void)ctx;
    say("a");
    (void)!open("/etc/hostname", O_RDONLY);
    say("b");
}

static void connects(void *ctx)
{
    (void)ctx;
    say("a");
    (void)!socket(AF_UNIX, SOCK_STREAM, 0);
    say("b");
}

static void forks(void *ctx)
{
    (void)ctx;
    say("a");
    (void)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
    say("b");
}

static void starts_a_program(void *ctx)
{
    char *const argv[] = {"true", NULL};
    (void)ctx;
    say("a");
    (void)execv("/bin/true", argv);
    say("b");
}

static void makes_code(void *ctx)
{
    (void)ctx;
    say("a");
    (void)!mmap(NULL, ROOM, PROT_READ | PROT_WRITE | PROT_EXEC,
                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    say("b");
}

static void maps_its_file(void *ctx)
{
    (void)ctx;
    say("a");
    (void)!mmap(NULL, ROOM, PROT_READ, MAP_PRIVATE, STDIN_FILENO, 0);
    say("b");
}

static void makes_memory_code(void *ctx)
{
    void *memory =
        mmap(NULL, ROOM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    (void)ctx;
    say("a");
    (void)!mprotect(memory, ROOM, PROT_READ | PROT_EXEC);
    say("b");
}

static void kills(void *ctx)
{
    (void)ctx;
    say("a");
    (void)kill(1, 0);
    say("b");
}

static void reads_elsewhere(void *ctx)
{
    char byte = 0;
    (void)ctx;
    say("a");
    (void)!read(STDERR_FILENO, &byte, 1);
    say("b");
}

static void writes_elsewhere(void *ctx)
{
    (void)ctx;
    say("a");
    (void)!write(STDERR_FILENO, "x", 1);
    say("b");
}

static void (*const forbidden[])(void *ctx) = {
    opens,         connects,          forks, starts_a_program, makes_code,
    maps_its_file, makes_memory_code, kills, reads_elsewhere,  writes_elsewhere};

START_TEST(whatever_else_it_tries_ends_it_there)
{
    ck_assert_int_eq(run(forbidden[_i], ""), HM_OK);

    ck_assert(was_said("a"));
}
END_TEST

static int held = -1;

static void looks_at_our_files(void *ctx)
{
    (void)ctx;
    /* It was closed before the filter came: nothing is written there. */
    say(held > 2 && syscall(SYS_write, held, "x", 1) < 0 ? "closed" : "open");
}

START_TEST(it_reaches_no_file_that_we_have_open)
{
    int ends[2];
    char byte = 0;
    ck_assert_int_eq(pipe(ends), 0);
    held = ends[1];

    ck_assert_int_eq(run(looks_at_our_files, ""), HM_OK);

    ck_assert(said_size == 0); /* to ask alone ended it */
    close(ends[1]);
    ck_assert_int_eq(read(ends[0], &byte, 1), 0);
    close(ends[0]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("host.sandbox");
    TCase *cases = tcase_create("sandbox");
    tcase_add_checked_fixture(cases, world_start, world_finish);
    tcase_add_test(cases, the_child_reads_the_file_and_is_heard);
    tcase_add_test(cases, the_child_may_take_and_give_back_memory);
    tcase_add_loop_test(cases, whatever_else_it_tries_ends_it_there, 0,
                        sizeof(forbidden) / sizeof(forbidden[0]));
    tcase_add_test(cases, it_reaches_no_file_that_we_have_open);
    suite_add_tcase(suite, cases);
    return world_run(suite);
}
