/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signatures are made for real, and checked for real where they were not made here: the
 * same page reaches the server and every laptop, and again with every repetition, and
 * checking it is the dearest single thing in a history. Remembered is what this process
 * signed or found good, and only for exactly the same signature, message and key (the
 * linker puts this in front, see CMakeLists.txt). What is longer than a digest is not
 * looked at. That a good signature passes and no other does, the unit tests say.
 */
#include <sodium.h>
#include <string.h>

enum { SLOTS = 4096, DIGEST = 32 };

struct good {
    unsigned char signature[crypto_sign_BYTES];
    unsigned char message[DIGEST];
    unsigned char key[crypto_sign_PUBLICKEYBYTES];
};

static struct good known[SLOTS];

int __real_crypto_sign_detached(unsigned char *signature,
                                unsigned long long *length,
                                const unsigned char *message,
                                unsigned long long size,
                                const unsigned char *secret);
int __wrap_crypto_sign_detached(unsigned char *signature,
                                unsigned long long *length,
                                const unsigned char *message,
                                unsigned long long size,
                                const unsigned char *secret);
int __real_crypto_sign_verify_detached(const unsigned char *signature,
                                       const unsigned char *message,
                                       unsigned long long size,
                                       const unsigned char *key);
int __wrap_crypto_sign_verify_detached(const unsigned char *signature,
                                       const unsigned char *message,
                                       unsigned long long size,
                                       const unsigned char *key);

static struct good *place_of(struct good *asked,
                             const unsigned char *signature,
                             const unsigned char *message,
                             const unsigned char *key)
{
    unsigned slot = 0;
    memcpy(asked->signature, signature, sizeof(asked->signature));
    memcpy(asked->message, message, sizeof(asked->message));
    memcpy(asked->key, key, sizeof(asked->key));
    memcpy(&slot, message, sizeof(slot));
    return &known[slot % SLOTS];
}

int __wrap_crypto_sign_detached(unsigned char *signature,
                                unsigned long long *length,
                                const unsigned char *message,
                                unsigned long long size,
                                const unsigned char *secret)
{
    struct good made;
    int failed = __real_crypto_sign_detached(signature, length, message, size, secret);
    if (failed == 0 && size == DIGEST) {
        /* A secret key is its seed, and then the public key. */
        struct good *kept =
            place_of(&made, signature, message, secret + crypto_sign_SEEDBYTES);
        *kept = made;
    }
    return failed;
}

int __wrap_crypto_sign_verify_detached(const unsigned char *signature,
                                       const unsigned char *message,
                                       unsigned long long size,
                                       const unsigned char *key)
{
    static const struct good empty;
    struct good asked;
    if (size != DIGEST) {
        return __real_crypto_sign_verify_detached(signature, message, size, key);
    }
    struct good *kept = place_of(&asked, signature, message, key);
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
