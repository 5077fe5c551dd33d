/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/host/local.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "failure.h"
#include "folder.h"
#include "hamlet/host/frame.h"

enum { BACKLOG = 16 }; /* commands of one laptop's users; a full queue makes them wait */

/* What SO_PEERCRED fills in; the C library hides its own behind all its extensions. */
struct credentials {
    pid_t pid;
    uid_t uid;
    gid_t gid;
};

/* ---- addresses ---- */

struct place {
    struct sockaddr_un address; /* its path also serves to look at the socket */
    const char *path;           /* as given, for errors */
    int folder;                 /* held open where the address leads through it */
};

static void place_fini(struct place *place)
{
    if (place->folder >= 0) {
        close(place->folder);
        place->folder = -1;
    }
}

/*
 * A socket address holds 107 bytes of path, and the folder of a store may be longer. Then
 * the way leads through the open folder: /proc/self/fd/N/NAME.
 */
static enum hm_status place_init(struct place *place,
                                 const char *path,
                                 struct hm_err *err)
{
    const char *name = NULL;
    size_t room = sizeof(place->address.sun_path);
    *place = (struct place){.address.sun_family = AF_UNIX, .path = path, .folder = -1};
    if (strlen(path) < room) {
        memcpy(place->address.sun_path, path, strlen(path) + 1);
        return HM_OK;
    }
    enum hm_status status = hm_folder_open(&place->folder, &name, path, err);
    if (status != HM_OK) {
        return status;
    }
    int length = snprintf(place->address.sun_path, room, "/proc/self/fd/%d/%s",
                          place->folder, name);
    if (length < 0 || (size_t)length >= room) {
        place_fini(place);
        return hm_fail(err, HM_BAD_INPUT, "file-name-long", path, NULL, NULL);
    }
    return HM_OK;
}

static const struct sockaddr *address_of(const struct place *place)
{
    return (const struct sockaddr *)&place->address;
}

static int new_socket(int flags)
{
    return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
}

static bool set_nonblocking(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0;
}

/* ---- listening ---- */

/*
 * Something of that name is there. A socket that refuses is left from a crash: remove it.
 */
static enum hm_status remove_stale(const struct place *place, struct hm_err *err)
{
    struct stat seen;
    enum hm_status status = HM_OK;
    if (lstat(place->address.sun_path, &seen) != 0) {
        return errno == ENOENT ? HM_OK : hm_failure_path(err, errno, place->path);
    }
    if (!S_ISSOCK(seen.st_mode)) {
        return hm_fail(err, HM_BAD_INPUT, "file-kind", place->path, NULL, NULL);
    }
    int fd = new_socket(SOCK_NONBLOCK);
    if (fd < 0) {
        return hm_failure_system(err, errno, "socket");
    }
    /* Only this answer says that nobody listens; a full queue, for one, says EAGAIN. */
    if (connect(fd, address_of(place), sizeof(place->address)) == 0 ||
        errno != ECONNREFUSED) {
        status = hm_fail(err, HM_LOCKED, "locked", place->path, NULL, NULL);
    } else if (unlink(place->address.sun_path) != 0) {
        status = hm_failure_path(err, errno, place->path);
    }
    close(fd);
    return status;
}

static enum hm_status bind_to(int fd, const struct place *place, struct hm_err *err)
{
    if (bind(fd, address_of(place), sizeof(place->address)) == 0) {
        return HM_OK;
    }
    if (errno != EADDRINUSE) {
        return hm_failure_path(err, errno, place->path);
    }
    enum hm_status status = remove_stale(place, err);
    if (status != HM_OK) {
        return status;
    }
    if (bind(fd, address_of(place), sizeof(place->address)) != 0) {
        return hm_failure_path(err, errno, place->path);
    }
    return HM_OK;
}

/* Nobody can connect before listen(2), so the mode is narrow before it matters. */
static enum hm_status open_to(int fd,
                              const struct place *place,
                              gid_t group,
                              struct hm_err *err)
{
    const char *path = place->address.sun_path;
    bool shared = group != HM_LOCAL_NO_GROUP;
    if ((shared && chown(path, (uid_t)-1, group) != 0) ||
        chmod(path, shared ? 0660 : 0600) != 0 || listen(fd, BACKLOG) != 0) {
        enum hm_status status = hm_failure_path(err, errno, place->path);
        (void)unlink(path);
        return status;
    }
    return HM_OK;
}

enum hm_status hm_local_listen(int *fd, const char *path, gid_t group, struct hm_err *err)
{
    struct place place;
    int made = -1;
    enum hm_status status = place_init(&place, path, err);
    if (status != HM_OK) {
        return status;
    }
    made = new_socket(SOCK_NONBLOCK);
    if (made < 0) {
        status = hm_failure_system(err, errno, "socket");
        goto out;
    }
    status = bind_to(made, &place, err);
    if (status != HM_OK) {
        goto out;
    }
    status = open_to(made, &place, group, err);
    if (status != HM_OK) {
        goto out;
    }
    *fd = made; /* the caller's from here */
    made = -1;
out:
    if (made >= 0) {
        close(made);
    }
    place_fini(&place);
    return status;
}

void hm_local_close(int fd, const char *path)
{
    if (fd >= 0) {
        (void)unlink(path);
        close(fd);
    }
}

/* ---- accepting ---- */

/* The groups of the process at the other end, besides its first. */
static bool further_group(int fd, gid_t group)
{
    socklen_t size = 0;
    bool found = false;
    gid_t *held = NULL;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, NULL, &size) == 0 || errno != ERANGE) {
        return false; /* it has none */
    }
    held = malloc(size);
    if (held == NULL || getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, held, &size) != 0) {
        size = 0;
    }
    for (size_t i = 0; i < size / sizeof(*held) && !found; i++) {
        found = held[i] == group;
    }
    free(held);
    return found;
}

static bool welcome(int fd, const struct credentials *peer, gid_t group)
{
    if (peer->uid == geteuid() || peer->uid == 0) {
        return true;
    }
    return group != HM_LOCAL_NO_GROUP && (peer->gid == group || further_group(fd, group));
}

static enum hm_status judge_peer(int fd, gid_t group, struct hm_err *err)
{
    struct credentials peer = {0};
    socklen_t size = sizeof(peer);
    char uid[24];
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 ||
        size != sizeof(peer)) {
        return hm_failure_system(err, errno, "SO_PEERCRED");
    }
    if (welcome(fd, &peer, group)) {
        return HM_OK;
    }
    (void)snprintf(uid, sizeof(uid), "%lu", (unsigned long)peer.uid);
    return hm_fail(err, HM_DENIED, "local-foreign", uid, NULL, NULL);
}

enum hm_status hm_local_accept(int *fd, int listener, gid_t group, struct hm_err *err)
{
    int peer = accept(listener, NULL, NULL);
    if (peer < 0) {
        if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) {
            return hm_failure_system(err, errno, "accept");
        }
        *fd = -1;
        return HM_OK;
    }
    enum hm_status status = judge_peer(peer, group, err);
    if (status == HM_OK &&
        (fcntl(peer, F_SETFD, FD_CLOEXEC) != 0 || !set_nonblocking(peer))) {
        status = hm_failure_system(err, errno, "fcntl");
    }
    if (status != HM_OK) {
        close(peer);
        return status;
    }
    *fd = peer;
    return HM_OK;
}

/* ---- connecting ---- */

static enum hm_status judge_connect(int code, const char *path, struct hm_err *err)
{
    switch (code) {
    case ENOENT:
    case ECONNREFUSED:
        return hm_fail(err, HM_NO_SERVER, "local-none", path, NULL, NULL);
    case EAGAIN: /* SO_SNDTIMEO ran out */
    case EINTR:
        return hm_fail(err, HM_NO_SERVER, "local-slow", NULL, NULL, NULL);
    default:
        return hm_failure_path(err, code, path);
    }
}

static enum hm_status connect_to(int fd,
                                 const struct place *place,
                                 int64_t wait_ms,
                                 struct hm_err *err)
{
    int64_t at_least_ms = wait_ms < 1 ? 1 : wait_ms; /* to the kernel 0 means for ever */
    struct timeval limit = {.tv_sec = (time_t)(at_least_ms / 1000),
                            .tv_usec = (suseconds_t)(at_least_ms % 1000 * 1000)};
    /* A connect that does not block gives up at once where the queue is full. */
    if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) != 0) {
        return hm_failure_system(err, errno, "SO_SNDTIMEO");
    }
    if (connect(fd, address_of(place), sizeof(place->address)) != 0) {
        return judge_connect(errno, place->path, err);
    }
    if (!set_nonblocking(fd)) {
        return hm_failure_system(err, errno, "fcntl");
    }
    return HM_OK;
}

enum hm_status hm_local_connect(int *fd,
                                const char *path,
                                int64_t wait_ms,
                                struct hm_err *err)
{
    struct place place;
    int made = -1;
    struct hm_err no_folder = HM_ERR_NONE;
    enum hm_status status = place_init(&place, path, &no_folder);
    if (status == HM_NOT_FOUND) {
        return hm_fail(err, HM_NO_SERVER, "local-none", path, NULL, NULL);
    }
    if (status != HM_OK) {
        return hm_failure_pass(err, &no_folder);
    }
    made = new_socket(0);
    if (made < 0) {
        status = hm_failure_system(err, errno, "socket");
        goto out;
    }
    status = connect_to(made, &place, wait_ms, err);
    if (status != HM_OK) {
        goto out;
    }
    *fd = made; /* the caller's from here */
    made = -1;
out:
    if (made >= 0) {
        close(made);
    }
    place_fini(&place);
    return status;
}

static enum hm_status exchange_over(int fd,
                                    const struct hm_env *env,
                                    struct hm_mono deadline,
                                    struct hm_bytes request,
                                    struct hm_frame *reply,
                                    struct hm_err *err)
{
    struct hm_frame out;
    hm_frame_init(&out, request.size);
    enum hm_status status = hm_frame_set(&out, request, err);
    if (status == HM_OK) {
        status = hm_frame_send_by(&out, fd, env, deadline, err);
    }
    hm_frame_fini(&out);
    if (status == HM_OK) {
        status = hm_frame_receive_by(reply, fd, env, deadline, err);
    }
    return status;
}

enum hm_status hm_local_exchange(const struct hm_env *env,
                                 const char *path,
                                 struct hm_bytes request,
                                 struct hm_buf *reply,
                                 int64_t wait_ms,
                                 struct hm_err *err)
{
    int fd = -1;
    struct hm_frame in;
    struct hm_mono deadline = {hm_env_mono(env).ms + wait_ms};
    enum hm_status status = hm_local_connect(&fd, path, wait_ms, err);
    if (status != HM_OK) {
        return status;
    }
    hm_frame_init(&in, reply->max);
    status = exchange_over(fd, env, deadline, request, &in, err);
    if (status == HM_OK) {
        hm_buf_fini(reply);
        *reply = in.body;
        hm_buf_init(&in.body, 0);
    }
    hm_frame_fini(&in);
    close(fd);
    return status;
}
