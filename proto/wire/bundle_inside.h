/* SPDX-License-Identifier: Apache-2.0 */
/* bundle_inside.h - what the head of a bundle and its stream share. */
#ifndef HAMLET_WIRE_BUNDLE_INSIDE_H
#define HAMLET_WIRE_BUNDLE_INSIDE_H

#include "hamlet/wire/bundle.h"

#define HM_BUNDLE_MAGIC     "hamlet-bundle-1\n"
#define HM_BUNDLE_MAGIC_ANY "hamlet-bundle-"

enum { HM_BUNDLE_MAGIC_SIZE = sizeof(HM_BUNDLE_MAGIC) - 1 };

/* The key of the stream: of the key that is sealed in the head, for this very head. */
void hm_bundle_stream_start(struct hm_seal_stream *stream,
                            const struct hm_bundle_head *head,
                            const struct hm_seal_secret *sealed,
                            struct hm_bytes json);

#endif
