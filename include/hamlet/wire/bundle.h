/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bundle.h - files that carry what requests and replies carry, sealed to their reader.
 *
 * Owner:   proto/wire/bundle.c (the head), bundle_stream.c (what follows it); layer 2
 * Threads: a writer or reader belongs to one thread
 * Format:  PROTOCOL.md section 12. A file is one bundle or several, one after the other.
 * Errors:  HM_BAD_INPUT "bundle-not" it is no bundle, "bundle-damaged" it breaks the
 *          format or was changed; HM_UNCONFIGURED "bundle-version"
 *
 * A bundle is a head, signed and readable, and bodies, sealed. Each body is that of one
 * request, or of one reply. Nothing here opens files or knows a store.
 */
#ifndef HAMLET_WIRE_BUNDLE_H
#define HAMLET_WIRE_BUNDLE_H

#include "hamlet/base/seal_stream.h"
#include "hamlet/base/time.h"

enum {
    HM_BUNDLE_HEAD_MAX = 4096, /* the head's line with its LF */
    HM_BUNDLE_KEYS_MAX = 3072, /* the text of all keys */
    HM_BUNDLE_PIECE = 4096,    /* of a body, before it is sealed: what a cut loses */
    HM_BUNDLE_SEALED_KEY = 32 + HM_SEAL_TO_EXTRA
};

/* A file system that sticks have ends at 4 GiB, some programs at 2. */
#define HM_BUNDLE_FILE_MAX ((uint64_t)1900 * 1000 * 1000)
/* Of one body: the larger of a request and a reply. */
#define HM_BUNDLE_BODY_MAX ((size_t)2 * 1024 * 1024)

struct hm_bundle_head {
    struct hm_id id; /* of all parts together */
    struct hm_id server;
    struct hm_id from;
    struct hm_id to;
    uint64_t part; /* 1, 2, 3… */
    struct hm_wall time;
    uint32_t epoch;       /* of the laptop, as far as the writer knows; 0: not */
    uint64_t incarnation; /* of the server, as the laptop knows it or said last; 0 */
    bool has_key;         /* the writer is not in the registry yet */
    struct hm_key key;
    uint8_t keys[HM_BUNDLE_KEYS_MAX]; /* the text of all its keys (model/keys.h) … */
    size_t keys_size; /* … while the registry does not know the newest */
    uint8_t sealed[HM_BUNDLE_SEALED_KEY];
    uint8_t begin[HM_SEAL_STREAM_BEGIN];
};

/* A head's line as it came; borrowed. */
struct hm_bundle_line {
    struct hm_signature signature;
    struct hm_bytes json;
};

/* A line without its LF. */
HM_CHECKED enum hm_status hm_bundle_head_read(struct hm_bundle_head *head,
                                              struct hm_bundle_line *parts,
                                              struct hm_bytes line,
                                              struct hm_err *err);
bool hm_bundle_head_check(const struct hm_bundle_line *parts, const struct hm_key *key);

/* ---- writing ---- */

struct hm_bundle_writer {
    struct hm_seal_stream stream;
};

/* Append version and head to `out`. `head` gains what the file's own key makes it gain.
 */
HM_CHECKED enum hm_status hm_bundle_begin(struct hm_bundle_writer *writer,
                                          struct hm_buf *out,
                                          struct hm_bundle_head *head,
                                          const struct hm_key *reader,
                                          const struct hm_secret *secret,
                                          const struct hm_env *env,
                                          struct hm_err *err);
/* Append a body, in pieces; it is not empty. */
HM_CHECKED enum hm_status hm_bundle_put(struct hm_bundle_writer *writer,
                                        struct hm_buf *out,
                                        struct hm_bytes body,
                                        struct hm_err *err);
/* End this part. `more`: another follows. */
HM_CHECKED enum hm_status hm_bundle_end(struct hm_bundle_writer *writer,
                                        struct hm_buf *out,
                                        bool more,
                                        struct hm_err *err);
/* How many bytes hm_bundle_put appends for a body; those of an end. */
size_t hm_bundle_size(size_t body);
enum { HM_BUNDLE_END_SIZE = 4 + HM_SEAL_STREAM_EXTRA + 1 + 4 };
void hm_bundle_writer_wipe(struct hm_bundle_writer *writer);

/* ---- reading ---- */

enum hm_bundle_event {
    HM_BUNDLE_MORE, /* the bytes are used up */
    HM_BUNDLE_HEAD, /* `head`, `line`; unlock it now, or be given it as it is */
    HM_BUNDLE_BODY, /* `body` is whole */
    HM_BUNDLE_RAW,  /* not unlocked: a piece, as it is, in `raw` */
    HM_BUNDLE_END   /* of this bundle; of a locked one `raw` is its end */
};

struct hm_bundle_reader {
    int state;
    struct hm_buf raw; /* the lines of a head, a piece, an end: as they stand there */
    struct hm_bundle_head head;
    struct hm_bundle_line line;
    struct hm_seal_stream stream;
    bool unlocked;
    bool final; /* the last piece was there */
    bool more;  /* … and said that another part follows */
    bool given; /* `raw` or `body` were given out and are to be cleared */
    struct hm_buf piece;
    size_t declared; /* size of the body under way; 0: none is */
    struct hm_buf body;
};

void hm_bundle_reader_init(struct hm_bundle_reader *reader);
void hm_bundle_reader_fini(struct hm_bundle_reader *reader);

/* Take bytes from the front of `in` until something is there. */
HM_CHECKED enum hm_status hm_bundle_read(struct hm_bundle_reader *reader,
                                         struct hm_bytes *in,
                                         enum hm_bundle_event *event,
                                         struct hm_err *err);
/* After HM_BUNDLE_HEAD. HM_BAD_INPUT bundle-damaged: it is not sealed to this key. */
HM_CHECKED enum hm_status hm_bundle_unlock(struct hm_bundle_reader *reader,
                                           const struct hm_key *key,
                                           const struct hm_secret *secret,
                                           struct hm_err *err);
/* Whether the file may end here. If not, `body` is what there is of a body, if any. */
bool hm_bundle_may_end(const struct hm_bundle_reader *reader);

#endif
