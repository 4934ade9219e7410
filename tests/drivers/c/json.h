/*
 * As much of JSON as the driver needs: slices of a line that is known to be JSON, texts and bytes out of them, and
 * texts and bytes written. What is made lives until release_all.
 */

#ifndef DRIVER_JSON_H
#define DRIVER_JSON_H

#include <alikassa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The raw text of a member of an object; absent if there is none. */
static alikassa_str json_slice(alikassa_str object, const char *key);
/* The next member of an object; `at` is NULL before the first one. Gives 0 when there is no more. */
static int json_next(alikassa_str object, const char **at, alikassa_str *key, alikassa_str *value);
/* The next item of a list, in the same way. */
static int json_next_item(alikassa_str list, const char **at, alikassa_str *item);
/* Whether a slice is absent or null. */
static int json_is_null(alikassa_str slice);
/* The text of a string. */
static alikassa_str json_text(alikassa_str slice);
/* The bytes of a string in base64. */
static alikassa_str json_bytes(alikassa_str slice);
/* A whole number that is not negative. */
static uint64_t json_number(alikassa_str slice);

static void put(alikassa_str raw);
static void put_text(alikassa_str text);
static void put_base64(alikassa_str bytes);

static int is(alikassa_str text, const char *expected) {
  return text.len == strlen(expected) && !memcmp(text.data, expected, text.len);
}

static alikassa_str str(const char *text) {
  alikassa_str slice = {text, strlen(text)};
  return slice;
}

/* Memory of one request. */

typedef struct block {
  struct block *next;
  char bytes[];
} block;

static block *blocks;

static char *keep(size_t size) {
  block *made = malloc(sizeof *made + size + 1);
  if (!made) {
    perror("driver");
    exit(1);
  }
  made->next = blocks;
  blocks = made;
  return made->bytes;
}

static void release_all(void) {
  while (blocks) {
    block *next = blocks->next;
    free(blocks);
    blocks = next;
  }
}

/* Slices. */

static const char *skip_blanks(const char *at) { return at + strspn(at, " \t\r\n"); }

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

static int json_next(alikassa_str object, const char **at, alikassa_str *key, alikassa_str *value) {
  const char *from = skip_blanks(*at ? *at : object.data + 1);
  if (*from == ',') {
    from = skip_blanks(from + 1);
  }
  if (*from == '}') {
    return 0;
  }
  const char *end = skip_string(from);
  key->data = from + 1;
  key->len = (size_t)(end - from) - 2;
  value->data = skip_blanks(skip_blanks(end) + 1);
  *at = skip_value(value->data);
  value->len = (size_t)(*at - value->data);
  return 1;
}

static int json_next_item(alikassa_str list, const char **at, alikassa_str *item) {
  const char *from = skip_blanks(*at ? *at : list.data + 1);
  if (*from == ',') {
    from = skip_blanks(from + 1);
  }
  if (*from == ']') {
    return 0;
  }
  item->data = from;
  *at = skip_value(from);
  item->len = (size_t)(*at - from);
  return 1;
}

static alikassa_str json_slice(alikassa_str object, const char *key) {
  const char *at = NULL;
  alikassa_str name, value, none = {NULL, 0};
  while (object.data && json_next(object, &at, &name, &value)) {
    if (is(name, key)) {
      return value;
    }
  }
  return none;
}

static int json_is_null(alikassa_str slice) { return !slice.data || is(slice, "null"); }

static uint64_t json_number(alikassa_str slice) { return strtoull(slice.data, NULL, 10); }

/* Texts. */

static unsigned hex4(const char *at) {
  char digits[5] = {at[0], at[1], at[2], at[3], 0};
  return (unsigned)strtoul(digits, NULL, 16);
}

/* Half of a surrogate pair becomes three bytes that are not UTF-8. */
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

static alikassa_str json_text(alikassa_str slice) {
  alikassa_str text = {NULL, 0};
  if (json_is_null(slice)) {
    return text;
  }
  static const char letters[] = "bfnrt", meant[] = "\b\f\n\r\t";
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
      *out++ = found ? meant[found - letters] : letter;
    }
  }
  *out = 0;
  text.data = start;
  text.len = (size_t)(out - start);
  return text;
}

static void put(alikassa_str raw) { fwrite(raw.data, 1, raw.len, stdout); }

static void put_text(alikassa_str text) {
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

static alikassa_str json_bytes(alikassa_str slice) {
  alikassa_str text = json_text(slice), bytes = {NULL, 0};
  if (!text.data) {
    return bytes;
  }
  char *out = keep(text.len);
  unsigned group = 0, bits = 0;
  for (size_t i = 0; i < text.len && text.data[i] != '='; i++) {
    const char *found = strchr(ALPHABET, text.data[i]);
    group = group << 6 | (unsigned)(found ? found - ALPHABET : 0);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out[bytes.len++] = (char)(group >> bits);
    }
  }
  bytes.data = out;
  return bytes;
}

static void put_base64(alikassa_str bytes) {
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

#endif
