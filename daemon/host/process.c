/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/host/process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "failure.h"

extern char **environ;

enum { CHUNK_BYTES = 4096 };

static const char own_link[] = "/proc/self/exe";

/* ---- memory ---- */

void hm_process_lean(char **argv)
{
    static const char name[] = "GLIBC_TUNABLES";
    static const char lean[] = "glibc.malloc.tcache_count=0:glibc.malloc.arena_max=1";
    char own[PATH_MAX];
    ssize_t size = readlink(own_link, own, sizeof(own));
    if (size <= 0 || size == (ssize_t)sizeof(own) || getenv(name) != NULL ||
        setenv(name, lean, 0) != 0) {
        return;
    }
    own[size] = '\0'; /* by its path: what is listed as running has the program's name */
    (void)execv(own, argv);
}

/* ---- hardening ---- */

static enum hm_status open_standard_fds(struct hm_err *err)
{
    int fd = 0;
    /* open gives the lowest free number, so this fills the gaps and stops behind them. */
    do {
        fd = open("/dev/null", O_RDWR | O_NOCTTY);
        if (fd < 0) {
            return hm_failure_system(err, errno, "/dev/null");
        }
    } while (fd <= STDERR_FILENO);
    close(fd);
    return HM_OK;
}

static bool forbid_dumps(void)
{
#ifdef __SANITIZE_ADDRESS__
    return true; /* the leak check at the end is a tracer, which this would shut out */
#else
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
#endif
}

enum hm_status hm_process_harden(struct hm_err *err)
{
    const struct rlimit none = {0, 0};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    enum hm_status status = open_standard_fds(err);
    if (status != HM_OK) {
        return status;
    }
    (void)umask(077);
    if (setrlimit(RLIMIT_CORE, &none) != 0) {
        return hm_failure_system(err, errno, "RLIMIT_CORE");
    }
    if (!forbid_dumps()) {
        return hm_failure_system(err, errno, "PR_SET_DUMPABLE");
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        return hm_failure_system(err, errno, "PR_SET_NO_NEW_PRIVS");
    }
    if (sigaction(SIGPIPE, &ignore, NULL) != 0) {
        return hm_failure_system(err, errno, "SIGPIPE");
    }
    if (sigaction(SIGXFSZ, &ignore, NULL) != 0) {
        return hm_failure_system(err, errno, "SIGXFSZ");
    }
    return HM_OK;
}

/* ---- another program ---- */

enum hm_status hm_process_beside(char **path, const char *name, struct hm_err *err)
{
    char own[PATH_MAX];
    struct hm_buf made;
    ssize_t size = readlink(own_link, own, sizeof(own));
    if (size < 0) {
        return hm_failure_system(err, errno, own_link);
    }
    while (size > 0 && own[size - 1] != '/') {
        size--;
    }
    hm_buf_init(&made, 2 * (size_t)PATH_MAX);
    hm_buf_put(&made, own, (size_t)size);
    hm_buf_put_text(&made, name);
    enum hm_status status = hm_buf_status(&made, err);
    if (status == HM_OK) {
        *path = hm_buf_take_text(&made);
    }
    hm_buf_fini(&made);
    return status;
}

struct spawn {
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
};

/*
 * The child gets our pipe for standard output, nothing to read, and signals as a program
 * expects them: what we block or ignore would stay so in it.
 */
static int spawn_settings(struct spawn *spawn, int output, bool complaints)
{
    sigset_t none;
    sigset_t ignored;
    sigemptyset(&none);
    sigemptyset(&ignored);
    sigaddset(&ignored, SIGPIPE);
    sigaddset(&ignored, SIGXFSZ);
    int code = posix_spawn_file_actions_addopen(&spawn->files, STDIN_FILENO, "/dev/null",
                                                O_RDONLY, 0);
    if (code == 0) {
        code = posix_spawn_file_actions_adddup2(&spawn->files, output, STDOUT_FILENO);
    }
    if (code == 0 && complaints) {
        code = posix_spawn_file_actions_adddup2(&spawn->files, output, STDERR_FILENO);
    }
    if (code == 0) {
        code = posix_spawnattr_setsigmask(&spawn->attributes, &none);
    }
    if (code == 0) {
        code = posix_spawnattr_setsigdefault(&spawn->attributes, &ignored);
    }
    if (code == 0) {
        code = posix_spawnattr_setflags(&spawn->attributes,
                                        POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    }
    return code;
}

static int start(pid_t *child,
                 const char *path,
                 char *const argv[],
                 int output,
                 bool complaints)
{
    struct spawn spawn;
    int code = posix_spawn_file_actions_init(&spawn.files);
    if (code != 0) {
        return code;
    }
    code = posix_spawnattr_init(&spawn.attributes);
    if (code == 0) {
        code = spawn_settings(&spawn, output, complaints);
        if (code == 0) {
            code =
                posix_spawn(child, path, &spawn.files, &spawn.attributes, argv, environ);
        }
        (void)posix_spawnattr_destroy(&spawn.attributes);
    }
    (void)posix_spawn_file_actions_destroy(&spawn.files);
    return code;
}

static enum hm_status gather(struct hm_buf *output, int fd, struct hm_err *err)
{
    for (;;) {
        uint8_t piece[CHUNK_BYTES];
        ssize_t got = read(fd, piece, sizeof(piece));
        if (got == 0) {
            return HM_OK;
        }
        if (got < 0 && errno != EINTR) {
            return hm_failure_system(err, errno, "pipe");
        }
        if (got > 0) {
            hm_buf_put(output, piece, (size_t)got);
        }
        enum hm_status status = hm_buf_status(output, err);
        if (status != HM_OK) {
            return status;
        }
    }
}

static enum hm_status wait_for_end(pid_t child, int *exit_code, struct hm_err *err)
{
    int ended = 0;
    while (waitpid(child, &ended, 0) < 0) {
        if (errno != EINTR) {
            return hm_failure_system(err, errno, "waitpid");
        }
    }
    *exit_code = WIFEXITED(ended) ? WEXITSTATUS(ended) : 128 + WTERMSIG(ended);
    return HM_OK;
}

static enum hm_status fail_start(int code, const char *path, struct hm_err *err)
{
    if (code == ENOENT || code == EACCES || code == ENOEXEC || code == ENOTDIR) {
        return hm_fail(err, HM_UNCONFIGURED, "program-missing", path, NULL, NULL);
    }
    return hm_failure_system(err, code, path);
}

enum hm_status hm_process_run(const char *path,
                              char *const argv[],
                              bool complaints,
                              struct hm_buf *output,
                              int *exit_code,
                              struct hm_err *err)
{
    pid_t child = -1;
    int ends[2];
    int code = 0;
    if (pipe(ends) != 0) {
        return hm_failure_system(err, errno, "pipe");
    }
    (void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    (void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    code = start(&child, path, argv, ends[1], complaints);
    close(ends[1]); /* else we would wait for our own end of output */
    if (code != 0) {
        close(ends[0]);
        return fail_start(code, path, err);
    }
    enum hm_status status = gather(output, ends[0], err);
    close(ends[0]);
    if (status != HM_OK) {
        (void)kill(child, SIGTERM);
    }
    int ended = 0;
    enum hm_status waited = wait_for_end(child, &ended, status == HM_OK ? err : NULL);
    if (status == HM_OK) {
        status = waited;
    }
    if (status == HM_OK) {
        *exit_code = ended;
    }
    return status;
}
