/*
 * A minimal JSON reader and writer. It reads slices of a line that is known to be valid JSON, and
 * decodes strings and base64 from them. Decoded values live until release_all.
 */

#ifndef DRIVER_JSON_H
#define DRIVER_JSON_H

#include <alikassa.h>

/* The raw JSON of a member of an object. `data` is NULL if there is none. */
alikassa_str json_slice(alikassa_str object, const char *key);
/* Reads the next member of an object. `at` is NULL before the first. Returns 0 at the end. */
int json_next(alikassa_str object, const char **at, alikassa_str *key, alikassa_str *value);
/* Reads the next item of a list in the same way. */
int json_next_item(alikassa_str list, const char **at, alikassa_str *item);
/* Whether a slice is absent or null. */
int json_is_null(alikassa_str slice);
/* Decodes a string. */
alikassa_str json_text(alikassa_str slice);
/* Decodes a string of base64. */
alikassa_str json_bytes(alikassa_str slice);
/* Decodes base64 to memory for as many bytes, and returns how many there are. */
size_t decode_base64(alikassa_str text, char *out);
/* Decodes a non-negative integer. */
uint64_t json_number(alikassa_str slice);

/* Write to standard output: raw JSON, a string, and bytes as a string of base64. */
void put(alikassa_str raw);
void put_text(alikassa_str text);
void put_base64(alikassa_str bytes);

int is(alikassa_str text, const char *expected);
alikassa_str str(const char *text);

/* Allocates memory that lives until release_all. */
char *keep(size_t size);
void release_all(void);

#endif
