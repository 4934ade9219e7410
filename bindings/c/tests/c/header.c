/* The header in C and in C++. The suite defines the expected versions. */

#include <alikassa.h>
#include <string.h>

#ifdef __cplusplus
#define ASSERT static_assert
#else
#define ASSERT _Static_assert
#endif

ASSERT(ALIKASSA_VERSION_MAJOR == MAJOR, "MAJOR");
ASSERT(ALIKASSA_VERSION_MINOR == MINOR, "MINOR");
ASSERT(ALIKASSA_VERSION_PATCH == PATCH, "PATCH");
ASSERT(sizeof(ALIKASSA_VERSION) == sizeof(VERSION), "VERSION");
ASSERT(sizeof(alikassa_str) == sizeof(char *) + sizeof(size_t), "alikassa_str");

int main(void) {
  return strcmp(alikassa_version(), VERSION) != 0 || strcmp(ALIKASSA_VERSION, VERSION) != 0 ||
         alikassa_abi_version() != ALIKASSA_ABI_VERSION;
}
