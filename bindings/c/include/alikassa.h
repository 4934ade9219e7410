/*
 * AliKassa client library: the C interface.
 *
 * Made from the library's source; `make bless` makes it anew. bindings/c/README.md in the source has the contract in full.
 *
 * A function gives a status: ALIKASSA_STATUS_OK, the number of an error's class, or a number from 100 up for a fault
 * of the calling program. Outputs come last and are written only on success. `error` may be NULL; otherwise a
 * function that fails writes an error there, to be ended with alikassa_error_free.
 *
 * Text and bytes go in as a pointer and a length, text in UTF-8, and are copied or done with when the function
 * returns. They come out as alikassa_str, borrowed from their owner.
 *
 * Handles are tickets, never addresses. NULL, one that was freed and one of another kind give
 * ALIKASSA_STATUS_BAD_HANDLE, and the _free functions ignore them. Every function may be called from any thread.
 */

#ifndef ALIKASSA_H
#define ALIKASSA_H

#include <stddef.h>
#include <stdint.h>

/**
 * The version that a program is compiled against.
 */
#define ALIKASSA_VERSION "0.1.0"
#define ALIKASSA_VERSION_MAJOR 0
#define ALIKASSA_VERSION_MINOR 1
#define ALIKASSA_VERSION_PATCH 0

/**
 * The ABI that a program is compiled against; see `alikassa_abi_version`.
 */
#define ALIKASSA_ABI_VERSION 0

/**
 * The statuses of errors, with each one's class in other languages and the class it derives from.
 */
#define ALIKASSA_STATUS_INTERNAL 1 /* InternalError */
#define ALIKASSA_STATUS_CONFIGURATION 2 /* ConfigurationError */
#define ALIKASSA_STATUS_KEY_LOAD 3 /* KeyLoadError < ConfigurationError */
#define ALIKASSA_STATUS_INVALID_ARGUMENT 4 /* InvalidArgumentError */
#define ALIKASSA_STATUS_TRANSPORT 5 /* TransportError */
#define ALIKASSA_STATUS_DEADLINE_EXCEEDED 6 /* DeadlineExceededError */
#define ALIKASSA_STATUS_CANCELLED 7 /* CancelledError */
#define ALIKASSA_STATUS_API 8 /* ApiError */
#define ALIKASSA_STATUS_VALIDATION 9 /* ValidationError < ApiError */
#define ALIKASSA_STATUS_AUTHENTICATION 10 /* AuthenticationError < ApiError */
#define ALIKASSA_STATUS_NOT_FOUND 11 /* NotFoundError < ApiError */
#define ALIKASSA_STATUS_RATE_LIMIT 12 /* RateLimitError < ApiError */
#define ALIKASSA_STATUS_SERVER 13 /* ServerError < ApiError */
#define ALIKASSA_STATUS_PROTOCOL 14 /* ProtocolError */
#define ALIKASSA_STATUS_OUTCOME_UNKNOWN 15 /* OutcomeUnknownError */
#define ALIKASSA_STATUS_DUPLICATE_ORDER 16 /* DuplicateOrderError */
#define ALIKASSA_STATUS_LEDGER 17 /* LedgerError */
#define ALIKASSA_STATUS_NOTIFICATION 19 /* NotificationError */
#define ALIKASSA_STATUS_SIGNATURE_MISMATCH 20 /* SignatureMismatchError < NotificationError */
#define ALIKASSA_STATUS_MALFORMED_NOTIFICATION 21 /* MalformedNotificationError < NotificationError */
#define ALIKASSA_STATUS_ACCOUNT_MISMATCH 22 /* AccountMismatchError < NotificationError */

/**
 * Done; every output is written.
 */
#define ALIKASSA_STATUS_OK 0

/**
 * A handle that is NULL, freed, of another kind, or never was one. Nothing was done.
 */
#define ALIKASSA_STATUS_BAD_HANDLE 100

/**
 * A NULL where the function needs memory. Nothing was done.
 */
#define ALIKASSA_STATUS_NULL_POINTER 101

/**
 * The error is about no request, or about a read that reached the wire.
 */
#define ALIKASSA_OUTCOME_NONE 0

/**
 * No byte of the request left: sending it again is safe.
 */
#define ALIKASSA_OUTCOME_NOT_SENT 1

/**
 * The provider answered no.
 */
#define ALIKASSA_OUTCOME_REJECTED 2

/**
 * The request may have been carried out: never send it again, ask for its status.
 */
#define ALIKASSA_OUTCOME_UNKNOWN 3

/**
 * A client of one account. End it with `alikassa_client_free`.
 *
 * Any number of threads may use one client at the same time, and a child of `fork` its copy.
 */
typedef struct alikassa_client alikassa_client;

/**
 * The settings of a client to be. End it with `alikassa_config_free`.
 *
 * A setter that fails changes nothing. Settings that only together make sense are checked by
 * `alikassa_client_new`.
 */
typedef struct alikassa_config alikassa_config;

/**
 * Why a function failed. End it with `alikassa_error_free`.
 */
typedef struct alikassa_error alikassa_error;

/**
 * The creates of one or more accounts in a file. End it with `alikassa_ledger_free`.
 *
 * Clients write to it by `alikassa_config_set_ledger`, which takes the path; this is for looking into it.
 */
typedef struct alikassa_ledger alikassa_ledger;

/**
 * What a call gave. End it with `alikassa_reply_free`.
 */
typedef struct alikassa_reply alikassa_reply;

/**
 * A merchant's private key. End it with `alikassa_signing_key_free`.
 */
typedef struct alikassa_signing_key alikassa_signing_key;

/**
 * A text of its own. End it with `alikassa_text_free`.
 */
typedef struct alikassa_text alikassa_text;

/**
 * A public key that checks signatures. End it with `alikassa_verifying_key_free`.
 */
typedef struct alikassa_verifying_key alikassa_verifying_key;

/**
 * Text or bytes that the library owns: valid until the owner they were read from is freed.
 *
 * There is no NUL at the end. What is absent has `data` NULL and `len` 0; an empty text has `len` 0 alone.
 */
typedef struct {
  /**
   * The first byte.
   */
  const char *data;
  /**
   * The number of bytes.
   */
  size_t len;
} alikassa_str;

/**
 * Gets each state that a wait is told, as JSON text like that of its reply, borrowed until the function returns. 0
 * goes on, any other value ends the wait with this state.
 *
 * It runs on the thread that waits, within the deadline, and has to return: no `longjmp`, no C++ exception. It may
 * call the library, with the same client too, but not close that client, which would wait for this wait.
 */
typedef int32_t (*alikassa_on_update)(void *context,
                                      alikassa_str status_json);

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The version of the library that is loaded, such as `"0.1.0"`: static, ended by a NUL.
 *
 * `ALIKASSA_VERSION` is the version that the program was compiled against.
 */
const char *alikassa_version(void);

/**
 * The ABI of the library that is loaded; a program works with it when it equals `ALIKASSA_ABI_VERSION`.
 */
uint32_t alikassa_abi_version(void);

/**
 * Settings for `account`, the account's UUID from the provider's cabinet; all others are the defaults.
 */
int32_t alikassa_config_new(const char *account,
                            size_t account_len,
                            alikassa_config **config,
                            alikassa_error **error);

/**
 * Settings from the environment: `ALIKASSA_ACCOUNT`, `ALIKASSA_PAYMENT_CERT`, `ALIKASSA_PAYOUT_CERT`,
 * `ALIKASSA_NOTIFICATION_CERT`, `ALIKASSA_BASE_URL`, `ALIKASSA_DIGEST` and `ALIKASSA_CA_FILE`, read once. Setters
 * called afterwards have the last word.
 *
 * No other thread may change the environment meanwhile.
 */
int32_t alikassa_config_from_env(alikassa_config **config,
                                 alikassa_error **error);

/**
 * The certificate for payments: the folder that the provider's archive unpacks to, read at once.
 */
int32_t alikassa_config_set_payment_cert(alikassa_config *config,
                                         const char *folder,
                                         size_t folder_len,
                                         alikassa_error **error);

/**
 * The certificate for payouts and the account: the folder that the provider's archive unpacks to, read at once.
 */
int32_t alikassa_config_set_payout_cert(alikassa_config *config,
                                        const char *folder,
                                        size_t folder_len,
                                        alikassa_error **error);

/**
 * The certificate for payments as the text of its `private.pem` and password; NULL where there is no password.
 *
 * The password is taken as in `alikassa_signing_key_from_pem`. Both are copied; wipe yours afterwards if they must not
 * stay in memory.
 */
int32_t alikassa_config_set_payment_key(alikassa_config *config,
                                        const char *pem,
                                        size_t pem_len,
                                        const char *password,
                                        size_t password_len,
                                        alikassa_error **error);

/**
 * The certificate for payouts and the account as the text of its `private.pem` and password; NULL where there is
 * no password.
 *
 * The password is taken as in `alikassa_signing_key_from_pem`. Both are copied; wipe yours afterwards if they must not
 * stay in memory.
 */
int32_t alikassa_config_set_payout_key(alikassa_config *config,
                                       const char *pem,
                                       size_t pem_len,
                                       const char *password,
                                       size_t password_len,
                                       alikassa_error **error);

/**
 * A certificate that checks notifications and redirects: a folder with the provider's `public.pem`, read at once.
 *
 * Several may be added, one call each, while the provider changes its key.
 */
int32_t alikassa_config_add_notification_cert(alikassa_config *config,
                                              const char *folder,
                                              size_t folder_len,
                                              alikassa_error **error);

/**
 * A certificate that checks notifications and redirects as the text of the provider's `public.pem`; added like
 * those of `alikassa_config_add_notification_cert`.
 */
int32_t alikassa_config_add_notification_key(alikassa_config *config,
                                             const char *pem,
                                             size_t pem_len,
                                             alikassa_error **error);

/**
 * The provider's host, `https://api-merchant.alikassa.com` unless set. Plain http is for loopback addresses only.
 */
int32_t alikassa_config_set_base_url(alikassa_config *config,
                                     const char *base_url,
                                     size_t base_url_len,
                                     alikassa_error **error);

/**
 * The digest of the signatures, of notifications too: `auto`, `sha1` or `sha256`; `auto` unless set.
 */
int32_t alikassa_config_set_digest(alikassa_config *config,
                                   const char *digest,
                                   size_t digest_len,
                                   alikassa_error **error);

/**
 * A PEM file with certificate authorities to trust besides the roots.
 */
int32_t alikassa_config_set_ca_file(alikassa_config *config,
                                    const char *path,
                                    size_t path_len,
                                    alikassa_error **error);

/**
 * The certificate authorities to trust: `bundled`, the default, or `system`.
 */
int32_t alikassa_config_set_roots(alikassa_config *config,
                                  const char *roots,
                                  size_t roots_len,
                                  alikassa_error **error);

/**
 * The time for name, connection, TLS and proxy; 5000 unless set.
 */
int32_t alikassa_config_set_connect_timeout_ms(alikassa_config *config,
                                               uint64_t connect_timeout_ms,
                                               alikassa_error **error);

/**
 * The time for one attempt, from the start of connecting to the last byte of the answer; 30000 unless set.
 */
int32_t alikassa_config_set_timeout_ms(alikassa_config *config,
                                       uint64_t timeout_ms,
                                       alikassa_error **error);

/**
 * The time for everything a call does; 60000 unless set.
 */
int32_t alikassa_config_set_deadline_ms(alikassa_config *config,
                                        uint64_t deadline_ms,
                                        alikassa_error **error);

/**
 * How often a read is sent again after a passing fault; 2 unless set.
 */
int32_t alikassa_config_set_max_retries(alikassa_config *config,
                                        uint32_t max_retries,
                                        alikassa_error **error);

/**
 * The most connections that are kept open; 64 unless set. How many calls are on their way at once is not limited: each
 * runs on the thread that makes it.
 */
int32_t alikassa_config_set_max_connections(alikassa_config *config,
                                            uint32_t max_connections,
                                            alikassa_error **error);

/**
 * How many signatures of reads are remembered, so that asking the same again costs no RSA; 1024 unless set, and 0
 * for none.
 */
int32_t alikassa_config_set_signature_cache(alikassa_config *config,
                                            uint32_t signature_cache,
                                            alikassa_error **error);

/**
 * The file of the ledger, made on first use; none unless set. Not on a network file system.
 *
 * With a ledger each create is on the disk before its first byte is sent, and one whose order is on its way, accepted
 * or of unknown outcome is refused: `ALIKASSA_STATUS_DUPLICATE_ORDER`. Clients, threads and processes may share a
 * file. `alikassa_ledger_new` is for looking into it.
 */
int32_t alikassa_config_set_ledger(alikassa_config *config,
                                   const char *path,
                                   size_t path_len,
                                   alikassa_error **error);

/**
 * The Application UUID from the provider's support, sent with raw requests only.
 */
int32_t alikassa_config_set_application(alikassa_config *config,
                                        const char *application,
                                        size_t application_len,
                                        alikassa_error **error);

/**
 * Ends settings. Clients made from them go on.
 */
void alikassa_config_free(alikassa_config *config);

/**
 * A client with these settings, which it copies. Nothing is sent.
 */
int32_t alikassa_client_new(const alikassa_config *config,
                            alikassa_client **client,
                            alikassa_error **error);

/**
 * A client from the environment and nothing else: see `alikassa_config_from_env`.
 */
int32_t alikassa_client_from_env(alikassa_client **client,
                                 alikassa_error **error);

/**
 * What the client's owner should know since the last asking, one line each: a digest proved, a small key, a
 * ledger that could not be written after an answer. Empty when there is nothing.
 */
int32_t alikassa_client_take_notices(const alikassa_client *client,
                                     alikassa_text **notices,
                                     alikassa_error **error);

/**
 * Refuses new calls and waits for those of other threads, each up to its own deadline; their waits, resolves and
 * retries end with what they know.
 */
int32_t alikassa_client_close(const alikassa_client *client,
                              alikassa_error **error);

/**
 * Ends a client without waiting: calls of other threads that are on their way run to their end.
 */
void alikassa_client_free(alikassa_client *client);

/**
 * Creates a payment, sent at most once, whatever happens; a reply of type `CreatedPayment`.
 *
 * `json` is an object with `amount`, `order_id`, `service`, `customer_ip` and what else the provider's page
 * has; fields that this library does not know go into `other_fields`, an object.
 *
 * Every error has an outcome. After `ALIKASSA_STATUS_OUTCOME_UNKNOWN` the money may have moved: never send it again,
 * ask with `alikassa_payments_resolve`. `timeout_ms` is for one attempt and `deadline_ms` for the whole call; 0 takes
 * the client's.
 */
int32_t alikassa_payments_create(const alikassa_client *client,
                                 const char *json,
                                 size_t json_len,
                                 uint64_t timeout_ms,
                                 uint64_t deadline_ms,
                                 alikassa_reply **reply,
                                 alikassa_error **error);

/**
 * The state of one payment, by `{"id": ...}` or `{"order_id": ...}`; a reply of type `Payment`.
 *
 * `timeout_ms` is for one attempt and `deadline_ms` for the whole call; 0 takes the client's.
 */
int32_t alikassa_payments_status(const alikassa_client *client,
                                 const char *json,
                                 size_t json_len,
                                 uint64_t timeout_ms,
                                 uint64_t deadline_ms,
                                 alikassa_reply **reply,
                                 alikassa_error **error);

/**
 * Asks what became of a payment whose create was not answered, with growing pauses until the deadline; a reply of
 * type `Resolution`, whose text is `{"found", "matched_by", "status"}`.
 *
 * `json` is `{"order_id": ..., "amount": ...}`. It is found when the provider has it with the amount sent: the
 * ledger's, else `amount`, compared as numbers; without either by its `order_id` alone. It never says that the order
 * was not created. What is found is recorded in the ledger. `timeout_ms` is for one question and `deadline_ms` for
 * all of them; 0 takes the client's.
 */
int32_t alikassa_payments_resolve(const alikassa_client *client,
                                  const char *json,
                                  size_t json_len,
                                  uint64_t timeout_ms,
                                  uint64_t deadline_ms,
                                  alikassa_reply **reply,
                                  alikassa_error **error);

/**
 * Asks for the state of one payment until it is final, the deadline comes or `on_update` has enough; a reply of type
 * `Payment` with the last state.
 *
 * `json` is `{"id": ...}` or `{"order_id": ...}`. `interval_ms` is the pause between two questions, from 10 to
 * 86400000; 0 takes 2000. `timeout_ms` is for one question and `deadline_ms` for all of them; 0 takes the client's.
 * `on_update` may be NULL; it is given `context`.
 */
int32_t alikassa_payments_wait(const alikassa_client *client,
                               const char *json,
                               size_t json_len,
                               uint64_t interval_ms,
                               uint64_t timeout_ms,
                               uint64_t deadline_ms,
                               alikassa_on_update on_update,
                               void *context,
                               alikassa_reply **reply,
                               alikassa_error **error);

/**
 * A page of the history of payments; a reply of type `History`, whose text has `data`, the payments, and `meta`, which
 * page it is.
 *
 * `json` is `{"date_from": ..., "date_to": ..., "page": ..., "paginate": ...}` or any part of it: the first and the
 * last day as `2024-11-01`, the page from 1, and how many payments a page has. After the last page, `last_page` of
 * `meta`, there is nothing. `timeout_ms` is for one attempt and `deadline_ms` for the whole call; 0 takes the client's.
 */
int32_t alikassa_payments_history(const alikassa_client *client,
                                  const char *json,
                                  size_t json_len,
                                  uint64_t timeout_ms,
                                  uint64_t deadline_ms,
                                  alikassa_reply **reply,
                                  alikassa_error **error);

/**
 * Creates a payout, sent at most once, whatever happens; a reply of type `CreatedPayout`.
 *
 * `json` is an object with `amount`, `number`, `order_id`, `service` and what else the provider's page
 * has; fields that this library does not know go into `other_fields`, an object.
 *
 * Every error has an outcome. After `ALIKASSA_STATUS_OUTCOME_UNKNOWN` the money may have moved: never send it again,
 * ask with `alikassa_payouts_resolve`. `timeout_ms` is for one attempt and `deadline_ms` for the whole call; 0 takes
 * the client's.
 */
int32_t alikassa_payouts_create(const alikassa_client *client,
                                const char *json,
                                size_t json_len,
                                uint64_t timeout_ms,
                                uint64_t deadline_ms,
                                alikassa_reply **reply,
                                alikassa_error **error);

/**
 * The state of one payout, by `{"id": ...}` or `{"order_id": ...}`; a reply of type `Payout`.
 *
 * `timeout_ms` is for one attempt and `deadline_ms` for the whole call; 0 takes the client's.
 */
int32_t alikassa_payouts_status(const alikassa_client *client,
                                const char *json,
                                size_t json_len,
                                uint64_t timeout_ms,
                                uint64_t deadline_ms,
                                alikassa_reply **reply,
                                alikassa_error **error);

/**
 * Asks what became of a payout whose create was not answered, with growing pauses until the deadline; a reply of
 * type `Resolution`, whose text is `{"found", "matched_by", "status"}`.
 *
 * `json` is `{"order_id": ..., "amount": ...}`. It is found when the provider has it with the amount sent: the
 * ledger's, else `amount`, compared as numbers; without either by its `order_id` alone. It never says that the order
 * was not created. What is found is recorded in the ledger. `timeout_ms` is for one question and `deadline_ms` for
 * all of them; 0 takes the client's.
 */
int32_t alikassa_payouts_resolve(const alikassa_client *client,
                                 const char *json,
                                 size_t json_len,
                                 uint64_t timeout_ms,
                                 uint64_t deadline_ms,
                                 alikassa_reply **reply,
                                 alikassa_error **error);

/**
 * Asks for the state of one payout until it is final, the deadline comes or `on_update` has enough; a reply of type
 * `Payout` with the last state.
 *
 * `json` is `{"id": ...}` or `{"order_id": ...}`. `interval_ms` is the pause between two questions, from 10 to
 * 86400000; 0 takes 2000. `timeout_ms` is for one question and `deadline_ms` for all of them; 0 takes the client's.
 * `on_update` may be NULL; it is given `context`.
 */
int32_t alikassa_payouts_wait(const alikassa_client *client,
                              const char *json,
                              size_t json_len,
                              uint64_t interval_ms,
                              uint64_t timeout_ms,
                              uint64_t deadline_ms,
                              alikassa_on_update on_update,
                              void *context,
                              alikassa_reply **reply,
                              alikassa_error **error);

/**
 * The account's balance; a reply of type `Balance`. It is signed with the payout certificate.
 *
 * `timeout_ms` is for one attempt and `deadline_ms` for the whole call; 0 takes the client's.
 */
int32_t alikassa_account_balance(const alikassa_client *client,
                                 uint64_t timeout_ms,
                                 uint64_t deadline_ms,
                                 alikassa_reply **reply,
                                 alikassa_error **error);

/**
 * What the account may do, and with which services; a reply of type `AccountInfo`. It is signed with the payout
 * certificate. The provider describes it in its older documentation only.
 *
 * `timeout_ms` is for one attempt and `deadline_ms` for the whole call; 0 takes the client's.
 */
int32_t alikassa_account_info(const alikassa_client *client,
                              uint64_t timeout_ms,
                              uint64_t deadline_ms,
                              alikassa_reply **reply,
                              alikassa_error **error);

/**
 * Asks the provider about every open row of the ledger that is this account's, and records what it knows; a reply of
 * type `LedgerRows` with these rows as they then are, its text an array.
 *
 * A row whose order the provider has with the amount sent becomes accepted, every other stays as it is, one whose
 * certificate the client does not have too. Only reads are sent. A bad answer about one row is the error when the others
 * have been asked about. `timeout_ms` is for one attempt and `deadline_ms` for each question; 0 takes the client's.
 * `ALIKASSA_STATUS_CONFIGURATION` without a ledger.
 */
int32_t alikassa_reconcile(const alikassa_client *client,
                           uint64_t timeout_ms,
                           uint64_t deadline_ms,
                           alikassa_reply **reply,
                           alikassa_error **error);

/**
 * A raw signed request, for what has no function of its own; a raw reply.
 *
 * `path` is written as `v1/payout/status`, `json` is an object, `cert` is `payment` or `payout`. `read` is 1 for
 * a request that only asks and may be sent again after a passing fault. With 0 it may create: it is sent at most
 * once, every error has an outcome as a payout's, and a client with a ledger wants a string `order_id` in it.
 * `timeout_ms` is for one attempt and `deadline_ms` for the whole call; 0 takes the client's.
 */
int32_t alikassa_request(const alikassa_client *client,
                         const char *path,
                         size_t path_len,
                         const char *json,
                         size_t json_len,
                         const char *cert,
                         size_t cert_len,
                         int32_t read,
                         uint64_t timeout_ms,
                         uint64_t deadline_ms,
                         alikassa_reply **reply,
                         alikassa_error **error);

/**
 * Verifies a notification that came as a GET, by its query string as it stood in the URL, with or without the `?`; a
 * reply of type `Notification`. Nothing is sent.
 *
 * The fields of the reply are the signed ones. The provider may send a notification again, late or out of order: tell
 * with `alikassa_ledger_note`, and ask for the status before crediting. `digest` is `auto`, `sha1` or `sha256`, and
 * NULL takes the client's.
 *
 * Do not believe what gives an error: `ALIKASSA_STATUS_SIGNATURE_MISMATCH`; `ALIKASSA_STATUS_ACCOUNT_MISMATCH` when it
 * is signed and for another account; `ALIKASSA_STATUS_MALFORMED_NOTIFICATION` when it cannot be read.
 * `ALIKASSA_STATUS_CONFIGURATION` without a certificate of `alikassa_config_add_notification_cert`.
 */
int32_t alikassa_notifications_verify_query(const alikassa_client *client,
                                            const char *query,
                                            size_t query_len,
                                            const char *digest,
                                            size_t digest_len,
                                            alikassa_reply **reply,
                                            alikassa_error **error);

/**
 * Verifies a notification that came as a POST, by its raw body; otherwise as `alikassa_notifications_verify_query`.
 *
 * `content_type` is the header's value, a form or JSON; where it is NULL, an object is read as JSON and all else as a
 * form. Fields that a framework has parsed are passed as the JSON object of them, each value as it came.
 */
int32_t alikassa_notifications_verify_body(const alikassa_client *client,
                                           const char *body,
                                           size_t body_len,
                                           const char *content_type,
                                           size_t content_type_len,
                                           const char *digest,
                                           size_t digest_len,
                                           alikassa_reply **reply,
                                           alikassa_error **error);

/**
 * Verifies what a payer's browser brought back as a GET, by its query string; a reply of type `Redirect` with
 * `order_id` and `uuid`. Nothing is sent.
 *
 * It says nothing of the status: ask for it. `digest` and the errors are those of
 * `alikassa_notifications_verify_query`, but for the account, which a redirect does not name.
 */
int32_t alikassa_redirects_verify_query(const alikassa_client *client,
                                        const char *query,
                                        size_t query_len,
                                        const char *digest,
                                        size_t digest_len,
                                        alikassa_reply **reply,
                                        alikassa_error **error);

/**
 * Verifies what a payer's browser brought back as a POST, by its raw body; otherwise as
 * `alikassa_redirects_verify_query`, and `content_type` as in `alikassa_notifications_verify_body`.
 */
int32_t alikassa_redirects_verify_body(const alikassa_client *client,
                                       const char *body,
                                       size_t body_len,
                                       const char *content_type,
                                       size_t content_type_len,
                                       const char *digest,
                                       size_t digest_len,
                                       alikassa_reply **reply,
                                       alikassa_error **error);

/**
 * The ledger in the file `path`, which is made on first use. Nothing is opened yet. Not for network file systems.
 */
int32_t alikassa_ledger_new(const char *path,
                            size_t path_len,
                            alikassa_ledger **ledger,
                            alikassa_error **error);

/**
 * The file, as an absolute path.
 */
int32_t alikassa_ledger_path(const alikassa_ledger *ledger,
                             alikassa_str *path);

/**
 * The rows whose end is not known, of all accounts, oldest first: sending, unknown, and accepted with a status that
 * is not final. A reply of type `LedgerRows`; its text is `alikassa_reply_json`.
 *
 * A row that is sending belongs to a call on its way, or to one whose process ended. `ALIKASSA_STATUS_LEDGER` when
 * the file cannot be read.
 */
int32_t alikassa_ledger_open(const alikassa_ledger *ledger,
                             alikassa_reply **reply,
                             alikassa_error **error);

/**
 * Records the merchant's own decision that a create may be sent again: its row becomes released.
 *
 * `operation` and `order_id` are the row's, `reason` is kept with it. `account` is needed in a ledger of several
 * accounts and may be NULL otherwise. Only do so after the provider's support confirmed that the order does not
 * exist. `ALIKASSA_STATUS_INVALID_ARGUMENT` when there is no such row, when several accounts have one, or when
 * `reason` is empty; `ALIKASSA_STATUS_LEDGER` when the file cannot be written.
 */
int32_t alikassa_ledger_release(const alikassa_ledger *ledger,
                                const char *operation,
                                size_t operation_len,
                                const char *order_id,
                                size_t order_id_len,
                                const char *reason,
                                size_t reason_len,
                                const char *account,
                                size_t account_len,
                                alikassa_error **error);

/**
 * Takes note of a notification, durably, and says as static text whether it is news: `new`; `seen` when the same came
 * before; `stale` when a final status came before, which never changes.
 *
 * `notification` is a reply of type `Notification`. A process can die after it, so `new` is nothing to credit by: ask for
 * the status, credit once by a table of your own, and answer the provider with 200 when that is stored.
 * The order's own row becomes accepted with the status that is news, when the amounts are equal and
 * its own status is not final.
 * `ALIKASSA_STATUS_LEDGER` when the file cannot be written: then do not answer with 200.
 */
int32_t alikassa_ledger_note(const alikassa_ledger *ledger,
                             const alikassa_reply *notification,
                             alikassa_str *noted,
                             alikassa_error **error);

/**
 * Ends a ledger's handle. The file stays, and clients that write to it go on.
 */
void alikassa_ledger_free(alikassa_ledger *ledger);

/**
 * The type of a reply: `CreatedPayment`, `CreatedPayout`, `Payment`, `Payout`, `Balance`, `AccountInfo`, `History`,
 * `Resolution`, `LedgerRows`, `Notification`, `Redirect`, or `Reply` for a raw one.
 */
int32_t alikassa_reply_type(const alikassa_reply *reply,
                            alikassa_str *type_name);

/**
 * The HTTP status of the answer; 0 where there is no answer, as for rows of the ledger, a notification, a redirect and
 * a resolution without a status.
 */
int32_t alikassa_reply_http_status(const alikassa_reply *reply,
                                   int32_t *http_status);

/**
 * Whether the status of a payment or payout, that of a resolution or notification too, can change no more: 1 or 0, and
 * -1 where there is no status.
 */
int32_t alikassa_reply_is_final(const alikassa_reply *reply,
                                int32_t *is_final);

/**
 * A field of a typed reply as text, by the provider's name, such as `payment_status`.
 *
 * Amounts have the provider's digits, booleans are `true` and `false`. A field without a value is absent; a name
 * that the reply's type does not have is `ALIKASSA_STATUS_INVALID_ARGUMENT`. A resolution has `found`, `matched_by`
 * and the fields of its status, a notification `variant` and `digest` too, a redirect `digest`. A list or object, such
 * as the `data` and `meta` of a history, is JSON text.
 */
int32_t alikassa_reply_field(const alikassa_reply *reply,
                             const char *name,
                             size_t name_len,
                             alikassa_str *value);

/**
 * The reply as JSON text.
 *
 * A typed one is an object of all its fields in the provider's order, null where there is no value, then
 * `is_final` and `other`, the fields that this library does not know; the objects inside have no `is_final`. Amounts
 * and all numbers with a fraction or exponent are strings with the provider's digits. A raw one is the body as it came,
 * absent if that is not JSON.
 *
 * Of a notification and a redirect the fields are the signed ones alone. Then come `is_final`, `variant` (of a
 * notification: the form in which it was signed), `digest`, and in place of `other` the object `unsigned`: what
 * came along, which anybody may have written.
 *
 * A resolution is `{"found", "matched_by", "status"}`: `matched_by` is `amount`, `order_id` or null, and `status` an
 * object as above or null. Rows of the ledger are an array of objects with `account`, `operation`, `order_id`,
 * `state`, `amount`, `service`, `id`, `payment_status`, `reason`, `created_ms` and `updated_ms`, null where there is
 * no value; times are in milliseconds since 1970.
 */
int32_t alikassa_reply_json(const alikassa_reply *reply,
                            alikassa_str *json);

/**
 * The bytes of the answer as they came, of a resolution those of its status, of a notification or redirect the text
 * that was signed; absent for rows of the ledger and a resolution without a status. They may hold personal data: do
 * not log them.
 */
int32_t alikassa_reply_body(const alikassa_reply *reply,
                            alikassa_str *body);

/**
 * Ends a reply, and with it every text that was read from it.
 */
void alikassa_reply_free(alikassa_reply *reply);

/**
 * The status that the failed function gave.
 */
int32_t alikassa_error_status(const alikassa_error *error,
                              int32_t *status);

/**
 * The error's stable code, the same in every language, such as `validation`; never absent.
 */
int32_t alikassa_error_code(const alikassa_error *error,
                            alikassa_str *code);

/**
 * What went wrong and, where it is short, what to do; never absent. It is one line, and holds no key, password or card
 * number.
 */
int32_t alikassa_error_message(const alikassa_error *error,
                               alikassa_str *message);

/**
 * What to do about it, when there is more to say than the message.
 */
int32_t alikassa_error_hint(const alikassa_error *error,
                            alikassa_str *hint);

/**
 * The operation, such as `payouts.status`, or the path of a raw request; absent when the function makes no call.
 */
int32_t alikassa_error_operation(const alikassa_error *error,
                                 alikassa_str *operation);

/**
 * The merchant's `order_id` of the call, when it named one.
 */
int32_t alikassa_error_order_id(const alikassa_error *error,
                                alikassa_str *order_id);

/**
 * What became of the request: one of `ALIKASSA_OUTCOME_...`. Never `ALIKASSA_OUTCOME_NONE` for a create.
 */
int32_t alikassa_error_outcome(const alikassa_error *error,
                               int32_t *outcome);

/**
 * How many requests were begun for the call.
 */
int32_t alikassa_error_attempts(const alikassa_error *error,
                                uint32_t *attempts);

/**
 * The path of the refused argument, such as `extra.card_exp_year`, with `ALIKASSA_STATUS_INVALID_ARGUMENT` and
 * the statuses from 100 up.
 */
int32_t alikassa_error_field(const alikassa_error *error,
                             alikassa_str *field);

/**
 * The machine-readable reason, such as `wrong_password`, with `ALIKASSA_STATUS_KEY_LOAD`,
 * `ALIKASSA_STATUS_INVALID_ARGUMENT` and the statuses from 100 up.
 */
int32_t alikassa_error_reason(const alikassa_error *error,
                              alikassa_str *reason);

/**
 * How far the request got, with `ALIKASSA_STATUS_TRANSPORT` and `ALIKASSA_STATUS_OUTCOME_UNKNOWN`: `dns`,
 * `connect`, `tls`, `proxy`, `send`, `receive`, or `answer` when a whole answer came that does not say what became
 * of the create.
 */
int32_t alikassa_error_phase(const alikassa_error *error,
                             alikassa_str *phase);

/**
 * The HTTP status of the answer, with `ALIKASSA_STATUS_OUTCOME_UNKNOWN` that of its cause; 0 when there was none.
 */
int32_t alikassa_error_http_status(const alikassa_error *error,
                                   int32_t *http_status);

/**
 * The provider's own message, as sent: unlike `alikassa_error_message` it may hold a card number, or several lines.
 */
int32_t alikassa_error_server_message(const alikassa_error *error,
                                      alikassa_str *server_message);

/**
 * The bytes of the answer, when there was one. They may hold personal data: do not log them.
 */
int32_t alikassa_error_body(const alikassa_error *error,
                            alikassa_str *body);

/**
 * How long the provider asked to wait, in milliseconds; -1 when it did not.
 */
int32_t alikassa_error_retry_after_ms(const alikassa_error *error,
                                      int64_t *retry_after_ms);

/**
 * The row of the ledger that stands in the way, with `ALIKASSA_STATUS_DUPLICATE_ORDER`: a JSON object as in the reply
 * of `alikassa_reconcile`.
 */
int32_t alikassa_error_previous(const alikassa_error *error,
                                alikassa_str *previous);

/**
 * Whether the row of `alikassa_error_previous` was sent with the same body, byte for byte: 1 or 0, and -1 where
 * there is no row.
 */
int32_t alikassa_error_same_body(const alikassa_error *error,
                                 int32_t *same_body);

/**
 * The error that led to this one, with `ALIKASSA_STATUS_OUTCOME_UNKNOWN` what it would have been of a read; NULL
 * where there is none.
 *
 * It is an error of its own: end it with `alikassa_error_free` too, in any order.
 */
int32_t alikassa_error_cause(const alikassa_error *error,
                             alikassa_error **cause);

/**
 * All of the error but the body as a JSON object: `status`, `class` (the error's class in other languages), the
 * fields above under their names, `errors` (the provider's, by field, as sent), and `cause`. What is absent is left
 * out.
 */
int32_t alikassa_error_json(const alikassa_error *error,
                            alikassa_str *json);

/**
 * Ends an error, and with it every text that was read from it.
 */
void alikassa_error_free(alikassa_error *error);

/**
 * The bytes of a text.
 */
int32_t alikassa_text_get(const alikassa_text *text,
                          alikassa_str *bytes);

/**
 * Ends a text, and with it what was read from it.
 */
void alikassa_text_free(alikassa_text *text);

/**
 * Opens `private.pem` with `password.txt` in a folder as the provider's archive unpacks.
 */
int32_t alikassa_signing_key_load(const char *folder,
                                  size_t folder_len,
                                  alikassa_signing_key **key,
                                  alikassa_error **error);

/**
 * Opens a private key in PEM form; NULL where there is no password.
 *
 * The bytes of a `password.txt` will do too: should the key not open with the password as it is, it is tried without
 * a byte-order mark and one line end.
 */
int32_t alikassa_signing_key_from_pem(const char *pem,
                                      size_t pem_len,
                                      const char *password,
                                      size_t password_len,
                                      alikassa_signing_key **key,
                                      alikassa_error **error);

/**
 * The base64 signature of `data`, as in the header `Sign`; `digest` is `sha1` or `sha256`.
 */
int32_t alikassa_sign(const alikassa_signing_key *key,
                      const char *data,
                      size_t data_len,
                      const char *digest,
                      size_t digest_len,
                      alikassa_text **signature,
                      alikassa_error **error);

/**
 * Ends a private key. Clients that use it go on.
 */
void alikassa_signing_key_free(alikassa_signing_key *key);

/**
 * Opens `public.pem` in a folder as the provider's archive unpacks.
 */
int32_t alikassa_verifying_key_load(const char *folder,
                                    size_t folder_len,
                                    alikassa_verifying_key **key,
                                    alikassa_error **error);

/**
 * Opens a public key, or the public key of a certificate, in PEM form.
 */
int32_t alikassa_verifying_key_from_pem(const char *pem,
                                        size_t pem_len,
                                        alikassa_verifying_key **key,
                                        alikassa_error **error);

/**
 * Checks the base64 signature of `data` and gives the digest that matched, `sha1` or `sha256`, as static text.
 *
 * `digest` says which may match: `auto` is either. `ALIKASSA_STATUS_SIGNATURE_MISMATCH` when none does.
 */
int32_t alikassa_verify(const alikassa_verifying_key *key,
                        const char *data,
                        size_t data_len,
                        const char *signature,
                        size_t signature_len,
                        const char *digest,
                        size_t digest_len,
                        alikassa_str *matched,
                        alikassa_error **error);

/**
 * Ends a public key.
 */
void alikassa_verifying_key_free(alikassa_verifying_key *key);

/**
 * The bytes that are signed and sent for the JSON object `json`.
 */
int32_t alikassa_canonical_json(const char *json,
                                size_t json_len,
                                alikassa_text **canonical,
                                alikassa_error **error);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* ALIKASSA_H */
