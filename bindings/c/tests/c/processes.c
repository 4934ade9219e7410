/* Two processes create the same orders with one ledger, argv[1]. Each order is sent once. */

#define _POSIX_C_SOURCE 200809L

#include "check.h"

#include <sys/wait.h>
#include <unistd.h>

enum { ORDERS = 8, SECONDS = 60 };

static pid_t start(const char *path, int go, int sent);
static void in_child(const char *path, int go, int sent);

int main(int argc, char **argv) {
  CHECK(argc == 2);
  int go[2], sent[2];
  CHECK(!pipe(go) && !pipe(sent));
  pid_t children[] = {start(argv[1], go[0], sent[1]), start(argv[1], go[0], sent[1])};
  CHECK(write(go[1], "12", 2) == 2);
  for (int i = 0; i < 2; i++) {
    int status = 0;
    CHECK(waitpid(children[i], &status, 0) == children[i]);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
  close(sent[1]);
  char orders[2 * ORDERS + 1];
  CHECK(read(sent[0], orders, sizeof orders) == ORDERS);
  return 0;
}

static pid_t start(const char *path, int go, int sent) {
  pid_t child = fork();
  CHECK(child >= 0);
  if (!child) {
    alarm(SECONDS);
    in_child(path, go, sent);
    _exit(0);
  }
  return child;
}

/* Writes one byte for each order that this process sent. */
static void in_child(const char *path, int go, int sent) {
  alikassa_client *client = client_from_env_with_ledger(path);
  char start_byte;
  CHECK(read(go, &start_byte, 1) == 1);
  for (int i = 0; i < ORDERS; i++) {
    char order_id[16];
    snprintf(order_id, sizeof order_id, "order-%d", i);
    alikassa_reply *reply = NULL;
    alikassa_error *error = NULL;
    int32_t status = create_payout(client, order_id, "1.00", &reply, &error);
    if (status == ALIKASSA_STATUS_DUPLICATE_ORDER) {
      alikassa_error_free(error);
      continue;
    }
    expect_ok(status, error, order_id);
    alikassa_reply_free(reply);
    CHECK(write(sent, "x", 1) == 1);
  }
  alikassa_client_free(client);
}
