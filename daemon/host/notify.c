/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/host/notify.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "hamlet/base/json_scan.h"

enum { STATE_SIZE = 512 };

/* The address of $NOTIFY_SOCKET; a leading @ is the abstract namespace's zero. */
static socklen_t address_of(struct sockaddr_un *address, const char *name)
{
    size_t size = strlen(name);
    if ((name[0] != '/' && name[0] != '@') || size < 2 ||
        size >= sizeof(address->sun_path)) {
        return 0;
    }
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    memcpy(address->sun_path, name, size);
    if (name[0] == '@') {
        address->sun_path[0] = '\0';
        return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size);
    }
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size + 1);
}

static void notify(const char *state)
{
    struct sockaddr_un address;
    const char *name = getenv("NOTIFY_SOCKET");
    socklen_t size = name == NULL ? 0 : address_of(&address, name);
    if (size == 0) {
        return;
    }
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return;
    }
    (void)sendto(fd, state, strlen(state), MSG_NOSIGNAL,
                 (const struct sockaddr *)&address, size);
    close(fd);
}

void hm_notify_ready(void)
{
    notify("READY=1");
}

void hm_notify_stopping(void)
{
    notify("STOPPING=1");
}

void hm_notify_status(const char *text)
{
    char state[STATE_SIZE] = "STATUS=";
    size_t size = strlen(state);
    struct hm_bytes left = hm_text(text);
    /* Whole characters only: the manager drops text that is not UTF-8. */
    while (left.size > 0) {
        size_t length = hm_utf8_length(left);
        size_t step = length == 0 ? 1 : length;
        if (size + step >= STATE_SIZE) {
            break;
        }
        /* A line feed would begin another assignment, for instance READY=1. */
        bool plain = length > 0 && left.data[0] >= 0x20 && left.data[0] != 0x7F;
        memcpy(state + size, plain ? (const char *)left.data : " ", step);
        size += step;
        left.data += step;
        left.size -= step;
    }
    state[size] = '\0';
    notify(state);
}
