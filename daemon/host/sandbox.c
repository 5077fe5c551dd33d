/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/host/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "failure.h"

/* The machines whose calls are known here, as linux/audit.h names them; 0: it is another.
 */
#ifndef HM_SANDBOX_ARCH /* a test says so */
#if defined(__x86_64__)
#define HM_SANDBOX_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define HM_SANDBOX_ARCH AUDIT_ARCH_AARCH64
#else
#define HM_SANDBOX_ARCH 0
#endif
#endif

enum {
    READY = 'r', /* the child's first byte: it is held */
    CPU_SECONDS = 1800,
    CALLS_MAX = 0x40000000, /* from here on they are those of another ABI */
    HELD_BY = 97            /* exit code of a child that could not be held */
};

#define MEMORY_MAX ((rlim_t)1024 * 1024 * 1024)

/* ---- the child ---- */

static bool limit(int what, rlim_t most)
{
    const struct rlimit limit = {most, most};
    /* Stricter than that it may be already; wider it is never made. */
    return setrlimit((__rlimit_resource_t)what, &limit) == 0 || errno == EPERM;
}

static bool set_limits(void)
{
#ifndef __SANITIZE_ADDRESS__ /* whose shadow is larger than any memory */
    if (!limit(RLIMIT_AS, MEMORY_MAX)) {
        return false;
    }
#endif
    return limit(RLIMIT_CPU, CPU_SECONDS) && limit(RLIMIT_CORE, 0) &&
           limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_NPROC, 0) && limit(RLIMIT_NOFILE, 3);
}

#if HM_SANDBOX_ARCH

#define CALL     ((uint32_t)offsetof(struct seccomp_data, nr))
#define ARCH     ((uint32_t)offsetof(struct seccomp_data, arch))
#define ARG(n)   ((uint32_t)offsetof(struct seccomp_data, args[n])) /* its lower half */
#define LOAD(at) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, at)
#define ALLOW    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define KILL     BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)
/* The next `n` steps only for this call. */
#define FOR(call, n)     BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##call, 0, n)
#define UNLESS(value, n) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, n, 0)
#define WITHOUT(bits, n) BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits, 0, n)
#define ALWAYS(call)     FOR(call, 1), ALLOW
#define ON(call, fd)     FOR(call, 4), LOAD(ARG(0)), UNLESS(fd, 1), KILL, ALLOW
/* Memory that is never code: bytes of a file must not become one. */
#define MEMORY(call) FOR(call, 4), LOAD(ARG(2)), WITHOUT(PROT_EXEC, 1), KILL, ALLOW

/* Both machines have the lower half of an argument first. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "arguments of calls");

static bool set_filter(void)
{
    static struct sock_filter steps[] = {
        LOAD(ARCH),
        UNLESS(HM_SANDBOX_ARCH, 1),
        KILL,
        LOAD(CALL),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, CALLS_MAX, 0, 1),
        KILL,
        ON(read, STDIN_FILENO),
        ON(write, STDOUT_FILENO),
        FOR(mmap, 7),
        LOAD(ARG(3)),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, MAP_ANONYMOUS, 1, 0),
        KILL,
        LOAD(ARG(2)),
        WITHOUT(PROT_EXEC, 1),
        KILL,
        ALLOW,
        MEMORY(mprotect),
        ALWAYS(brk),
        ALWAYS(munmap),
        ALWAYS(mremap),
        ALWAYS(madvise),
        ALWAYS(futex),
        ALWAYS(sched_yield),
        ALWAYS(rt_sigreturn),
        ALWAYS(exit),
        ALWAYS(exit_group),
        KILL,
    };
    struct sock_fprog program = {.len = sizeof(steps) / sizeof(steps[0]),
                                 .filter = steps};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}

#else

static bool set_filter(void)
{
    return false;
}

#endif

/* The file, the pipe, and nothing else that this process had open. */
static bool set_files(int fd, int out)
{
    /* Above what they will be, so that neither takes the other's place. */
    int from = fcntl(fd, F_DUPFD, STDERR_FILENO + 1);
    int to = fcntl(out, F_DUPFD, STDERR_FILENO + 1);
    return from >= 0 && to >= 0 && dup2(from, STDIN_FILENO) == STDIN_FILENO &&
           dup2(to, STDOUT_FILENO) == STDOUT_FILENO &&
           dup2(to, STDERR_FILENO) == STDERR_FILENO &&
           syscall(SYS_close_range, (unsigned)(STDERR_FILENO + 1), ~0U, 0U) == 0;
}

static void be_child(int fd, int out, void (*work)(void *ctx), void *ctx)
{
    const uint8_t ready = READY;
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 && set_files(fd, out) &&
        set_limits() && set_filter() && hm_sandbox_write(&ready, 1)) {
        work(ctx);
        _exit(0);
    }
    _exit(HELD_BY);
}

bool hm_sandbox_read(uint8_t *to, size_t size, size_t *got)
{
    ssize_t piece = 0;
    do {
        piece = read(STDIN_FILENO, to, size);
    } while (piece < 0 && errno == EINTR);
    *got = piece < 0 ? 0 : (size_t)piece;
    return piece >= 0;
}

bool hm_sandbox_write(const uint8_t *from, size_t size)
{
    while (size > 0) {
        ssize_t put = write(STDOUT_FILENO, from, size);
        if (put < 0 && errno != EINTR) {
            return false;
        }
        if (put > 0) {
            from += put;
            size -= (size_t)put;
        }
    }
    return true;
}

/* ---- the parent ---- */

enum hm_status hm_sandbox_start(struct hm_sandbox *box,
                                int fd,
                                void (*work)(void *ctx),
                                void *ctx,
                                struct hm_err *err)
{
    int ends[2];
    uint8_t first = 0;
    size_t got = 0;
    *box = HM_SANDBOX_NONE;
    if (HM_SANDBOX_ARCH == 0) {
        return hm_fail(err, HM_UNCONFIGURED, "sandbox-machine", NULL, NULL, NULL);
    }
    if (pipe(ends) != 0) {
        return hm_failure_system(err, errno, "pipe");
    }
    (void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    (void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    pid_t child = fork();
    if (child == 0) {
        be_child(fd, ends[1], work, ctx);
    }
    int code = errno;
    close(ends[1]);
    if (child < 0) {
        close(ends[0]);
        return hm_failure_system(err, code, "fork");
    }
    *box = (struct hm_sandbox){.child = child, .pipe = ends[0]};
    enum hm_status status = hm_sandbox_get(box, &first, 1, &got, err);
    if (status == HM_OK && (got != 1 || first != READY)) {
        status = hm_failure_system(err, ENOSYS, "seccomp");
    }
    if (status != HM_OK) {
        hm_sandbox_stop(box);
    }
    return status;
}

enum hm_status hm_sandbox_get(struct hm_sandbox *box,
                              uint8_t *to,
                              size_t size,
                              size_t *got,
                              struct hm_err *err)
{
    *got = 0;
    while (*got < size) {
        ssize_t piece = read(box->pipe, to + *got, size - *got);
        if (piece == 0) {
            break;
        }
        if (piece < 0 && errno != EINTR) {
            return hm_failure_system(err, errno, "pipe");
        }
        if (piece > 0) {
            *got += (size_t)piece;
        }
    }
    return HM_OK;
}

void hm_sandbox_stop(struct hm_sandbox *box)
{
    if (box->pipe >= 0) {
        close(box->pipe);
    }
    if (box->child > 0) {
        (void)kill(box->child, SIGKILL);
        while (waitpid(box->child, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    *box = HM_SANDBOX_NONE;
}
