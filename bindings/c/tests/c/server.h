/* A server of HTTP whose every step the program decides, for calls that stall. */

#ifndef SERVER_H
#define SERVER_H

#include "check.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct {
  int socket;
  uint16_t port;
} server;

static inline struct sockaddr_in loopback(uint16_t port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

/* A server whose queue has this many connections that it has not accepted. */
static inline server listen_with_queue(int length) {
  server made = {socket(AF_INET, SOCK_STREAM, 0), 0};
  struct sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  CHECK(made.socket >= 0);
  CHECK(!bind(made.socket, (struct sockaddr *)&address, size) && !listen(made.socket, length));
  CHECK(!getsockname(made.socket, (struct sockaddr *)&address, &size));
  made.port = ntohs(address.sin_port);
  return made;
}

static inline int accept_connection(server from) {
  int connection = accept(from.socket, NULL, NULL);
  CHECK(connection >= 0);
  return connection;
}

/* Whether somebody connected and was not accepted. */
static inline int is_connection_waiting(server to) {
  struct pollfd waiting = {to.socket, POLLIN, 0};
  return poll(&waiting, 1, 0) > 0;
}

/* Reads a request to its end. */
static inline void read_request(int connection) {
  static const char length[] = "Content-Length: ";
  char request[8192] = {0};
  size_t len = 0;
  for (;;) {
    ssize_t count = read(connection, request + len, sizeof request - 1 - len);
    CHECK(count > 0);
    len += (size_t)count;
    const char *end = strstr(request, "\r\n\r\n"), *header = strstr(request, length);
    header = header ? header : strstr(request, "content-length: ");
    if (end && header && strlen(end + 4) >= (size_t)atoi(header + strlen(length))) {
      return;
    }
  }
}

/* Accepts a connection and reads its request. */
static inline int accept_request(server from) {
  int connection = accept_connection(from);
  read_request(connection);
  return connection;
}

/* Responds, and closes the connection. */
static inline void respond(int connection, const char *status, const char *body) {
  char response[512];
  int len = snprintf(response, sizeof response,
                     "HTTP/1.1 %s\r\nContent-Type: application/json\r\nConnection: close\r\n"
                     "Content-Length: %zu\r\n\r\n%s",
                     status, strlen(body), body);
  CHECK(len > 0 && (size_t)len < sizeof response);
  /* The client may have left. */
  (void)!send(connection, response, (size_t)len, MSG_NOSIGNAL);
  close(connection);
}

#endif
