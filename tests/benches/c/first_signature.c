/* Opens the key file (first argument) with the password (second argument) and signs once. Without arguments it does
   nothing, which measures the cost of a process. */
#include <stdio.h>
#include <string.h>

#include <alikassa.h>

int main(int argc, char **argv) {
    if (argc < 3) {
        return 0;
    }
    static char pem[65536];
    FILE *file = fopen(argv[1], "rb");
    if (file == NULL) {
        return 1;
    }
    size_t length = fread(pem, 1, sizeof pem, file);
    fclose(file);
    alikassa_signing_key *key = NULL;
    alikassa_text *signature = NULL;
    const char body[] = "{\"id\":\"100000536\"}";
    if (alikassa_signing_key_from_pem(pem, length, argv[2], strlen(argv[2]), &key, NULL) != 0) {
        return 2;
    }
    if (alikassa_sign(key, body, strlen(body), "sha1", 4, &signature, NULL) != 0) {
        return 3;
    }
    alikassa_text_free(signature);
    alikassa_signing_key_free(key);
    return 0;
}
