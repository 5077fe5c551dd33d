/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signatures are checked for real, but each only once a process: the same page reaches
 * the server and every laptop, and again with every repetition, and checking it is the
 * dearest single thing in a history. Only what was found good is remembered, and only for
 * exactly the same signature, message and key (the linker puts this in front, see
 * CMakeLists.txt). What is longer than a digest is not looked at.
 */
#include <sodium.h>
#include <string.h>

enum { SLOTS = 4096, DIGEST = 32 };

struct good {
    unsigned char signature[crypto_sign_BYTES];
    unsigned char message[DIGEST];
    unsigned char key[crypto_sign_PUBLICKEYBYTES];
};

int __real_crypto_sign_verify_detached(const unsigned char *signature,
                                       const unsigned char *message,
                                       unsigned long long size,
                                       const unsigned char *key);
int __wrap_crypto_sign_verify_detached(const unsigned char *signature,
                                       const unsigned char *message,
                                       unsigned long long size,
                                       const unsigned char *key);

int __wrap_crypto_sign_verify_detached(const unsigned char *signature,
                                       const unsigned char *message,
                                       unsigned long long size,
                                       const unsigned char *key)
{
    static struct good known[SLOTS];
    static const struct good empty;
    struct good asked;
    unsigned slot = 0;
    if (size != DIGEST) {
        return __real_crypto_sign_verify_detached(signature, message, size, key);
    }
    memcpy(asked.signature, signature, sizeof(asked.signature));
    memcpy(asked.message, message, sizeof(asked.message));
    memcpy(asked.key, key, sizeof(asked.key));
    memcpy(&slot, message, sizeof(slot));
    struct good *kept = &known[slot % SLOTS];
    if (memcmp(kept, &asked, sizeof(asked)) == 0 &&
        memcmp(kept, &empty, sizeof(empty)) != 0) {
        return 0;
    }
    int failed = __real_crypto_sign_verify_detached(signature, message, size, key);
    if (failed == 0) {
        *kept = asked;
    }
    return failed;
}
