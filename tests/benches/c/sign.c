/* B1: signing distinct bodies with a loaded key, compared with the system's OpenSSL.

   The first argument is the key file, the second its password. Prints the seconds per signature of each round as JSON. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <alikassa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

enum { ROUNDS = 200, CALLS = 5, BODY = 64, SIGNATURE = 1024 };

static alikassa_signing_key *ours;
static EVP_PKEY *theirs;

static void require(int good, const char *what) {
    if (!good) {
        fprintf(stderr, "%s failed\n", what);
        exit(1);
    }
}

static void load(const char *path, const char *password) {
    static char pem[65536];
    FILE *file = fopen(path, "rb");
    require(file != NULL, "opening the key file");
    size_t length = fread(pem, 1, sizeof pem, file);
    fclose(file);
    require(alikassa_signing_key_from_pem(pem, length, password, strlen(password), &ours, NULL) == 0, "loading the key");
    BIO *memory = BIO_new_mem_buf(pem, (int)length);
    theirs = PEM_read_bio_PrivateKey(memory, NULL, NULL, (void *)password);
    BIO_free(memory);
    require(theirs != NULL, "loading the key with OpenSSL");
}

static void sign_ours(const char *body, size_t length) {
    alikassa_text *signature = NULL;
    require(alikassa_sign(ours, body, length, "sha1", 4, &signature, NULL) == 0, "signing");
    alikassa_text_free(signature);
}

static void sign_theirs(const char *body, size_t length) {
    unsigned char raw[SIGNATURE], base64[2 * SIGNATURE];
    size_t size = sizeof raw;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    require(EVP_DigestSignInit(context, NULL, EVP_sha1(), NULL, theirs) == 1, "initialising OpenSSL's signature");
    require(EVP_DigestSign(context, raw, &size, (const unsigned char *)body, length) == 1, "signing with OpenSSL");
    EVP_MD_CTX_free(context);
    EVP_EncodeBlock(base64, raw, (int)size);
}

static double monotonic_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double seconds_per_signature(void (*sign)(const char *, size_t), int round) {
    double start = monotonic_seconds();
    for (int n = round * CALLS; n < (round + 1) * CALLS; n++) {
        char body[BODY];
        sign(body, (size_t)snprintf(body, sizeof body, "{\"id\":\"%d\"}", n));
    }
    return (monotonic_seconds() - start) / CALLS;
}

static void print(const char *name, const double *times) {
    printf("\"%s\": [", name);
    for (int round = 1; round <= ROUNDS; round++) {
        printf("%s%.9f", round > 1 ? ", " : "", times[round]);
    }
    printf("]");
}

int main(int argc, char **argv) {
    require(argc == 3, "reading the arguments");
    load(argv[1], argv[2]);
    double our_times[ROUNDS + 1], their_times[ROUNDS + 1];
    /* Round 0 is a warm-up and is not printed. */
    for (int round = 0; round <= ROUNDS; round++) {
        if (round % 2) {
            our_times[round] = seconds_per_signature(sign_ours, round);
            their_times[round] = seconds_per_signature(sign_theirs, round);
        } else {
            their_times[round] = seconds_per_signature(sign_theirs, round);
            our_times[round] = seconds_per_signature(sign_ours, round);
        }
    }
    printf("{");
    print("ours", our_times);
    printf(", ");
    print("OpenSSL", their_times);
    printf("}\n");
    EVP_PKEY_free(theirs);
    alikassa_signing_key_free(ours);
    return 0;
}
