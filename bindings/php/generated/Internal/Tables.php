<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa\Internal;

/**
 * What the package needs of the core's tables.
 *
 * @internal
 */
final class Tables
{
    /** The version of this package, which is that of the C library. */
    public const VERSION = '0.1.0';

    /** The class of an error, by its status in C. */
    public const ERRORS = [
        1 => \AliKassa\InternalError::class,
        2 => \AliKassa\ConfigurationError::class,
        3 => \AliKassa\KeyLoadError::class,
        4 => \AliKassa\InvalidArgumentError::class,
        5 => \AliKassa\TransportError::class,
        6 => \AliKassa\DeadlineExceededError::class,
        7 => \AliKassa\CancelledError::class,
        8 => \AliKassa\ApiError::class,
        9 => \AliKassa\ValidationError::class,
        10 => \AliKassa\AuthenticationError::class,
        11 => \AliKassa\NotFoundError::class,
        12 => \AliKassa\RateLimitError::class,
        13 => \AliKassa\ServerError::class,
        14 => \AliKassa\ProtocolError::class,
        15 => \AliKassa\OutcomeUnknownError::class,
        16 => \AliKassa\DuplicateOrderError::class,
        17 => \AliKassa\LedgerError::class,
        19 => \AliKassa\NotificationError::class,
        20 => \AliKassa\SignatureMismatchError::class,
        21 => \AliKassa\MalformedNotificationError::class,
        22 => \AliKassa\AccountMismatchError::class,
        23 => \AliKassa\GuardError::class,
        24 => \AliKassa\SigningError::class,
    ];

    /** The kind of each option, by its name in C. */
    public const OPTIONS = [
        'account' => 'account',
        'payment_cert' => 'signing_key',
        'payout_cert' => 'signing_key',
        'notification_cert' => 'verifying_keys',
        'base_url' => 'text',
        'digest' => 'choice',
        'ca_file' => 'path',
        'roots' => 'choice',
        'proxy' => 'text',
        'connect_timeout' => 'duration',
        'timeout' => 'duration',
        'deadline' => 'duration',
        'max_retries' => 'count',
        'max_connections' => 'count',
        'signature_cache' => 'count',
        'ledger' => 'ledger',
        'limits' => 'limits',
        'application' => 'text',
        'lower_priority' => 'flag',
    ];

    /** The name of each option in PHP, by its name in C. */
    public const OPTION_NAMES = [
        'account' => 'account',
        'payment_cert' => 'paymentCert',
        'payout_cert' => 'payoutCert',
        'notification_cert' => 'notificationCert',
        'base_url' => 'baseUrl',
        'digest' => 'digest',
        'ca_file' => 'caFile',
        'roots' => 'roots',
        'proxy' => 'proxy',
        'connect_timeout' => 'connectTimeout',
        'timeout' => 'timeout',
        'deadline' => 'deadline',
        'max_retries' => 'maxRetries',
        'max_connections' => 'maxConnections',
        'signature_cache' => 'signatureCache',
        'ledger' => 'ledger',
        'limits' => 'limits',
        'application' => 'application',
        'lower_priority' => 'lowerPriority',
    ];

    /** The range of each count. */
    public const COUNTS = [
        'max_retries' => [0, 4294967295],
        'max_connections' => [1, 4096],
        'signature_cache' => [0, 1000000],
    ];

    /** The environment variables of each option: of its text, and of the text and the password of a key. */
    public const VARIABLES = [
        'account' => ['ALIKASSA_ACCOUNT', null, null],
        'payment_cert' => ['ALIKASSA_PAYMENT_CERT', 'ALIKASSA_PAYMENT_KEY', 'ALIKASSA_PAYMENT_PASSWORD'],
        'payout_cert' => ['ALIKASSA_PAYOUT_CERT', 'ALIKASSA_PAYOUT_KEY', 'ALIKASSA_PAYOUT_PASSWORD'],
        'notification_cert' => ['ALIKASSA_NOTIFICATION_CERT', 'ALIKASSA_NOTIFICATION_KEY', null],
        'base_url' => ['ALIKASSA_BASE_URL', null, null],
        'digest' => ['ALIKASSA_DIGEST', null, null],
        'ca_file' => ['ALIKASSA_CA_FILE', null, null],
        'proxy' => ['ALIKASSA_PROXY', null, null],
        'ledger' => ['ALIKASSA_LEDGER', null, null],
    ];

    /** The fields of each request that are objects, by the operation. */
    public const OBJECTS = [
        'payments.create' => ['other_fields'],
        'payments.history' => ['other_fields'],
        'payouts.create' => ['extra', 'other_fields'],
    ];
}
