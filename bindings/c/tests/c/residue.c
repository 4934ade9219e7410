/* Loads, uses and frees the key of each folder that a line of the input names, in the way of argv[1].
 * The test searches the memory of this program while it waits for the next line. */

#define _POSIX_C_SOURCE 200809L

#include "check.h"

#include <fcntl.h>
#include <unistd.h>

#define BODY "{\"id\":\"100000536\"}"

static alikassa_signing_key *from_folder(const char *folder);
static alikassa_signing_key *from_bytes(const char *folder);
static alikassa_client *in_client(const char *folder);
static void use(const alikassa_signing_key *key);
static int next_line(char *line, int size);
static void answer(const char *text);

int main(int argc, char **argv) {
  char folder[4096], line[16];
  CHECK(argc == 2);
  while (next_line(folder, sizeof folder)) {
    alikassa_client *client = NULL;
    alikassa_signing_key *key = NULL;
    if (!strcmp(argv[1], "client")) {
      client = in_client(folder);
    } else {
      key = strcmp(argv[1], "folder") ? from_bytes(folder) : from_folder(folder);
      use(key);
    }
    answer("opened");
    CHECK(next_line(line, sizeof line));
    alikassa_signing_key_free(key);
    alikassa_client_free(client);
    answer("freed");
  }
  return 0;
}

static alikassa_signing_key *from_folder(const char *folder) {
  alikassa_signing_key *key = NULL;
  alikassa_error *error = NULL;
  expect_ok(alikassa_signing_key_load(folder, strlen(folder), &key, &error), error, folder);
  return key;
}

static alikassa_client *in_client(const char *folder) {
  alikassa_config *config = new_config("93d5df06-996c-48c3-9847-348d6b580b80");
  alikassa_error *error = NULL;
  expect_ok(alikassa_config_set_payout_cert(config, folder, strlen(folder), &error), error, folder);
  alikassa_client *client = new_client(config);
  alikassa_config_free(config);
  return client;
}

static char content[2][65536];

/* The file's bytes, read without the buffer of a FILE, or NULL if there is no such file. */
static const char *read_file(char *bytes, const char *folder, const char *name, size_t *len) {
  char path[8192];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  int file = open(path, O_RDONLY);
  if (file < 0) {
    return NULL;
  }
  ssize_t count = read(file, bytes, sizeof content[0]);
  CHECK(count >= 0 && !close(file));
  *len = (size_t)count;
  return bytes;
}

static alikassa_signing_key *from_bytes(const char *folder) {
  size_t pem_len = 0, password_len = 0;
  const char *pem = read_file(content[0], folder, "private.pem", &pem_len);
  const char *password = read_file(content[1], folder, "password.txt", &password_len);
  alikassa_signing_key *key = NULL;
  alikassa_error *error = NULL;
  expect_ok(alikassa_signing_key_from_pem(pem, pem_len, password, password_len, &key, &error),
            error, folder);
  for (volatile char *byte = content[0]; byte < content[0] + sizeof content; byte++) {
    *byte = 0;
  }
  return key;
}

static void use(const alikassa_signing_key *key) {
  alikassa_text *signature = NULL;
  alikassa_error *error = NULL;
  expect_ok(alikassa_sign(key, BODY, strlen(BODY), "sha1", 4, &signature, &error), error, "sign");
  alikassa_text_free(signature);
}

static int next_line(char *line, int size) {
  if (!fgets(line, size, stdin)) {
    return 0;
  }
  line[strcspn(line, "\n")] = 0;
  return 1;
}

static void answer(const char *text) {
  puts(text);
  fflush(stdout);
}
