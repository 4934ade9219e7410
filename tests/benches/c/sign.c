/* B1: signing distinct bodies with a key that is loaded, against OpenSSL as the system has it.

   The key file is the first argument, its password the second. Prints seconds per signature in each round as JSON. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <alikassa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

enum { ROUNDS = 200, EACH = 5, BODY = 64, SIGNATURE = 1024 };

static alikassa_signing_key *ours;
static EVP_PKEY *theirs;

static void must(int good, const char *what) {
    if (!good) {
        fprintf(stderr, "%s failed\n", what);
        exit(1);
    }
}

static void load(const char *path, const char *password) {
    static char pem[65536];
    FILE *file = fopen(path, "rb");
    must(file != NULL, "opening the key file");
    size_t length = fread(pem, 1, sizeof pem, file);
    fclose(file);
    must(alikassa_signing_key_from_pem(pem, length, password, strlen(password), &ours, NULL) == 0, "loading the key");
    BIO *memory = BIO_new_mem_buf(pem, (int)length);
    theirs = PEM_read_bio_PrivateKey(memory, NULL, NULL, (void *)password);
    BIO_free(memory);
    must(theirs != NULL, "loading the key with OpenSSL");
}

static void sign_ours(const char *body, size_t length) {
    alikassa_text *signature = NULL;
    must(alikassa_sign(ours, body, length, "sha1", 4, &signature, NULL) == 0, "signing");
    alikassa_text_free(signature);
}

static void sign_theirs(const char *body, size_t length) {
    unsigned char raw[SIGNATURE], text[2 * SIGNATURE];
    size_t size = sizeof raw;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    must(EVP_DigestSignInit(context, NULL, EVP_sha1(), NULL, theirs) == 1, "beginning with OpenSSL");
    must(EVP_DigestSign(context, raw, &size, (const unsigned char *)body, length) == 1, "signing with OpenSSL");
    EVP_MD_CTX_free(context);
    EVP_EncodeBlock(text, raw, (int)size);
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double per_signature(void (*sign)(const char *, size_t), int round) {
    double began = seconds();
    for (int n = round * EACH; n < (round + 1) * EACH; n++) {
        char body[BODY];
        sign(body, (size_t)snprintf(body, sizeof body, "{\"id\":\"%d\"}", n));
    }
    return (seconds() - began) / EACH;
}

static void print(const char *name, const double *times) {
    printf("\"%s\": [", name);
    for (int round = 1; round <= ROUNDS; round++) {
        printf("%s%.9f", round > 1 ? ", " : "", times[round]);
    }
    printf("]");
}

int main(int argc, char **argv) {
    must(argc == 3, "reading the arguments");
    load(argv[1], argv[2]);
    double our_times[ROUNDS + 1], their_times[ROUNDS + 1];
    /* Round 0 warms up and is not printed. */
    for (int round = 0; round <= ROUNDS; round++) {
        if (round % 2) {
            our_times[round] = per_signature(sign_ours, round);
            their_times[round] = per_signature(sign_theirs, round);
        } else {
            their_times[round] = per_signature(sign_theirs, round);
            our_times[round] = per_signature(sign_ours, round);
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
