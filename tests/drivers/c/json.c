#include "json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int is(alikassa_str text, const char *expected) {
  return text.len == strlen(expected) && !memcmp(text.data, expected, text.len);
}

alikassa_str str(const char *text) {
  alikassa_str slice = {text, strlen(text)};
  return slice;
}

/* Memory that lives until the response is written. */

typedef struct block {
  struct block *next;
  char bytes[];
} block;

static block *blocks;

char *keep(size_t size) {
  block *allocated = malloc(sizeof *allocated + size + 1);
  if (!allocated) {
    perror("driver");
    exit(1);
  }
  allocated->next = blocks;
  blocks = allocated;
  return allocated->bytes;
}

void release_all(void) {
  while (blocks) {
    block *next = blocks->next;
    free(blocks);
    blocks = next;
  }
}

/* Slices. */

static const char *skip_whitespace(const char *at) { return at + strspn(at, " \t\r\n"); }

static const char *skip_string(const char *at) {
  for (at++; *at != '"'; at++) {
    at += *at == '\\';
  }
  return at + 1;
}

static const char *skip_value(const char *at) {
  int depth = 0;
  do {
    if (*at == '"') {
      at = skip_string(at);
    } else if (strchr("{[", *at)) {
      depth++;
      at++;
    } else if (strchr("}]", *at)) {
      depth--;
      at++;
    } else if (depth && strchr(",: \t\r\n", *at)) {
      at++;
    } else {
      at += strcspn(at, ",:]} \t\r\n");
    }
  } while (depth);
  return at;
}

int json_next(alikassa_str object, const char **at, alikassa_str *key, alikassa_str *value) {
  const char *from = skip_whitespace(*at ? *at : object.data + 1);
  if (*from == ',') {
    from = skip_whitespace(from + 1);
  }
  if (*from == '}') {
    return 0;
  }
  const char *end = skip_string(from);
  key->data = from + 1;
  key->len = (size_t)(end - from) - 2;
  value->data = skip_whitespace(skip_whitespace(end) + 1);
  *at = skip_value(value->data);
  value->len = (size_t)(*at - value->data);
  return 1;
}

int json_next_item(alikassa_str list, const char **at, alikassa_str *item) {
  const char *from = skip_whitespace(*at ? *at : list.data + 1);
  if (*from == ',') {
    from = skip_whitespace(from + 1);
  }
  if (*from == ']') {
    return 0;
  }
  item->data = from;
  *at = skip_value(from);
  item->len = (size_t)(*at - from);
  return 1;
}

alikassa_str json_slice(alikassa_str object, const char *key) {
  const char *at = NULL;
  alikassa_str name, value, none = {NULL, 0};
  while (object.data && json_next(object, &at, &name, &value)) {
    if (is(name, key)) {
      return value;
    }
  }
  return none;
}

int json_is_null(alikassa_str slice) { return !slice.data || is(slice, "null"); }

uint64_t json_number(alikassa_str slice) { return strtoull(slice.data, NULL, 10); }

/* Strings. */

static unsigned hex4(const char *at) {
  char digits[5] = {at[0], at[1], at[2], at[3], 0};
  return (unsigned)strtoul(digits, NULL, 16);
}

/* A lone surrogate becomes three bytes that are not valid UTF-8. */
static char *put_utf8(char *out, unsigned code) {
  if (code < 0x80) {
    *out++ = (char)code;
  } else if (code < 0x800) {
    *out++ = (char)(0xc0 | code >> 6);
    *out++ = (char)(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    *out++ = (char)(0xe0 | code >> 12);
    *out++ = (char)(0x80 | (code >> 6 & 0x3f));
    *out++ = (char)(0x80 | (code & 0x3f));
  } else {
    *out++ = (char)(0xf0 | code >> 18);
    *out++ = (char)(0x80 | (code >> 12 & 0x3f));
    *out++ = (char)(0x80 | (code >> 6 & 0x3f));
    *out++ = (char)(0x80 | (code & 0x3f));
  }
  return out;
}

static unsigned escaped_code(const char **at) {
  unsigned code = hex4(*at);
  *at += 4;
  if (code >> 10 == 0xd800 >> 10 && !strncmp(*at, "\\u", 2)) {
    unsigned low = hex4(*at + 2);
    if (low >> 10 == 0xdc00 >> 10) {
      *at += 6;
      return 0x10000 + ((code & 0x3ff) << 10) + (low & 0x3ff);
    }
  }
  return code;
}

alikassa_str json_text(alikassa_str slice) {
  alikassa_str text = {NULL, 0};
  if (json_is_null(slice)) {
    return text;
  }
  static const char letters[] = "bfnrt", unescaped[] = "\b\f\n\r\t";
  const char *at = slice.data + 1, *end = slice.data + slice.len - 1;
  char *start = keep(slice.len), *out = start;
  while (at < end) {
    if (*at != '\\') {
      *out++ = *at++;
      continue;
    }
    char letter = at[1];
    at += 2;
    const char *found = strchr(letters, letter);
    if (letter == 'u') {
      out = put_utf8(out, escaped_code(&at));
    } else {
      *out++ = found ? unescaped[found - letters] : letter;
    }
  }
  *out = 0;
  text.data = start;
  text.len = (size_t)(out - start);
  return text;
}

void put(alikassa_str raw) { fwrite(raw.data, 1, raw.len, stdout); }

void put_text(alikassa_str text) {
  putchar('"');
  for (size_t i = 0; i < text.len; i++) {
    unsigned char byte = (unsigned char)text.data[i];
    if (byte < 0x20) {
      printf("\\u%04x", byte);
    } else {
      if (byte == '"' || byte == '\\') {
        putchar('\\');
      }
      putchar(byte);
    }
  }
  putchar('"');
}

/* Base64. */

static const char ALPHABET[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

alikassa_str json_bytes(alikassa_str slice) {
  alikassa_str text = json_text(slice), bytes = {NULL, 0};
  if (!text.data) {
    return bytes;
  }
  char *out = keep(text.len);
  bytes.len = decode_base64(text, out);
  bytes.data = out;
  return bytes;
}

size_t decode_base64(alikassa_str text, char *out) {
  size_t len = 0;
  unsigned group = 0, bits = 0;
  for (size_t i = 0; i < text.len && text.data[i] != '='; i++) {
    const char *found = strchr(ALPHABET, text.data[i]);
    group = group << 6 | (unsigned)(found ? found - ALPHABET : 0);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out[len++] = (char)(group >> bits);
    }
  }
  return len;
}

void put_base64(alikassa_str bytes) {
  putchar('"');
  for (size_t i = 0; i < bytes.len; i += 3) {
    unsigned group = 0;
    size_t count = bytes.len - i < 3 ? bytes.len - i : 3;
    for (size_t j = 0; j < 3; j++) {
      group = group << 8 | (j < count ? (unsigned char)bytes.data[i + j] : 0);
    }
    for (size_t j = 0; j < 4; j++) {
      putchar(j <= count ? ALPHABET[group >> (18 - 6 * j) & 0x3f] : '=');
    }
  }
  putchar('"');
}
