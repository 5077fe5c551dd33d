/* SPDX-License-Identifier: Apache-2.0 */
/*
 * server.h - what a server writes of its own accord: its registry.
 *
 * Owner:      proto/author/; layer 3
 * Threads:    an author belongs to the thread of its store
 * Durability: as of author.h; what has a transaction of its own is on disk at HM_OK
 * Errors:     as of author.h
 */
#ifndef HAMLET_AUTHOR_SERVER_H
#define HAMLET_AUTHOR_SERVER_H

#include "hamlet/author/author.h"
#include "hamlet/base/sign.h"
#include "hamlet/store/server.h"

/* Write as the server itself, into the registry. */
void hm_author_as_server(struct hm_author *author);

/*
 * On a server: sign what is written with this key, borrowed until close. A server's own
 * changes are signed, accepted and numbered in the transaction that writes them; a laptop
 * signs when it sends.
 */
void hm_author_sign_with(struct hm_author *author, const struct hm_secret *secret);

/*
 * A server lists in its registry, in a transaction of its own, the erasures that it has
 * accepted since: whoever brings back the registry brings back the orders.
 */
HM_CHECKED enum hm_status hm_author_list_erasures(struct hm_store *store,
                                                  const struct hm_secret *secret,
                                                  struct hm_err *err);

/*
 * The registry's own kinds (store/registry.h), whose registers are given as they are.
 * `record` null: a new one. `key` names one key field, or is null.
 */
struct hm_registry_value {
    const char *name;
    struct hm_bytes value; /* canonical */
};
HM_CHECKED enum hm_status hm_author_registry(struct hm_author *author,
                                             const char *kind,
                                             const struct hm_id *record,
                                             const struct hm_key_field *key,
                                             const struct hm_registry_value *registers,
                                             size_t count,
                                             struct hm_added *added,
                                             struct hm_err *err);

/*
 * A server redeems an invitation for the device with this key, in a transaction of its
 * own: device and permit enter the registry. Redeeming it again for the same key changes
 * nothing, since the reply may have got lost. With `first` (else null), which a server
 * with this key signed, the device goes on as the user of that one, as whom it has
 * written: it must be of the same unit and role, and no other device may be that user's.
 * HM_DENIED  expired, used by another device, or not of this server
 */
HM_CHECKED enum hm_status hm_author_redeem(struct hm_store *store,
                                           const struct hm_secret *secret,
                                           const struct hm_id *invitation,
                                           const struct hm_invited *first,
                                           const struct hm_key *key,
                                           struct hm_err *err);

/*
 * A server takes a device's new keys into the registry, in a transaction of its own:
 * `keys` is the text of all of them, those that are known first. The same again changes
 * nothing. HM_DENIED  the device is not known or revoked, or its keys went on otherwise
 */
HM_CHECKED enum hm_status hm_author_rotate(struct hm_store *store,
                                           const struct hm_secret *secret,
                                           const struct hm_id *device,
                                           struct hm_bytes keys,
                                           struct hm_err *err);

#endif
