<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa\Internal;

use AliKassa\Account;
use AliKassa\Ledger;
use AliKassa\Payments;
use AliKassa\Payouts;
use AliKassa\SigningKey;
use AliKassa\VerifyingKey;

/**
 * Takes the options of a client.
 *
 * @internal
 *
 * @phpstan-type Limits array{
 *     maxAmount?: string|int|null,
 *     maxPerDay?: string|int|null,
 *     maxCountPerDay?: int|null,
 *     zone?: string|null,
 *     allowedServices?: list<string>|null,
 *     allowedNumbers?: list<string>|null,
 * }
 * @phpstan-type LimitsByOperation array<string, Limits|null>
 */
abstract class Constructor
{
    /** The calls about payments. */
    public readonly Payments $payments;

    /** The calls about payouts. */
    public readonly Payouts $payouts;

    /** The calls about the account. */
    public readonly Account $account;

    /**
     * Creates a client: loads the keys and checks the options. Nothing is sent.
     *
     * @param string $account The account's UUID, from the provider's cabinet.
     * @param SigningKey|string|null $paymentCert The certificate that signs payment requests. A
     * folder as AliKassa's archive unpacks (`private.pem` and `password.txt`), or a `SigningKey`.
     * @param SigningKey|string|null $payoutCert The certificate that signs payout and account
     * requests. A folder as AliKassa's archive unpacks (`private.pem` and `password.txt`), or a
     * `SigningKey`.
     * @param VerifyingKey|string|list<VerifyingKey|string>|null $notificationCert The certificate
     * that verifies notifications and redirects. A folder with the provider's `public.pem`, or a
     * `VerifyingKey`. Pass a list of several while the provider changes its key.
     * @param ?string $baseUrl The provider's base URL. Plain http is allowed for loopback addresses
     * only. The default is `https://api-merchant.alikassa.com`.
     * @param 'auto'|'sha1'|'sha256' $digest The digest of the signatures of requests and
     * notifications. `auto` detects the digest of requests with the first read, and accepts both
     * for notifications. One of `auto`, `sha1`, `sha256`.
     * @param ?string $caFile A PEM file with certificate authorities to trust in addition to
     * `roots`.
     * @param 'bundled'|'system' $roots The certificate authorities to trust: `bundled` is Mozilla's
     * list, compiled in; `system` is the machine's own list. One of `bundled`, `system`.
     * @param ?string $proxy The HTTP proxy, such as `http://user:password@host:3128`, or the word
     * `none`. If it is not set, the environment's proxy is used.
     * @param float $connectTimeout The time limit for DNS, connect, TLS handshake and proxy. From
     * 0.1 to 3600 seconds.
     * @param float $timeout The time limit for one attempt, from the start of connecting to the
     * last byte of the response. From 0.1 to 3600 seconds.
     * @param float $deadline The time limit for a whole call: the queue, all attempts, and the
     * pauses between them. Above 0 and up to 86400 seconds.
     * @param int $maxRetries How many times a read is retried after a transient error.
     * @param int $maxConnections The limit of pooled connections; also the limit of concurrent
     * calls in Node, asyncio, `statuses`, `reconcile` and Python's main thread. A wait or resolve
     * that pauses does not count. Calls that block other threads are not limited. From 1 to 4096.
     * @param int $signatureCache How many signatures of reads to remember, so that a repeated read
     * costs no RSA operation; 0 turns this off. From 0 to 1000000.
     * @param Ledger|string|null $ledger The ledger that records every create before it is sent. A
     * `Ledger`, or the path of its file.
     * @param LimitsByOperation|null $limits What creates of an operation may be sent: a largest
     * amount, sums and numbers per day, services and recipients. Another create is refused. By
     * operation, such as `payouts.create`. A limit that is null counts as absent.
     * @param ?string $application The Application UUID from the provider's support; it is sent with
     * raw requests only.
     * @param bool $lowerPriority Worker threads run at a lower scheduling priority (nice +5) on
     * Linux.
     * @throws \AliKassa\KeyLoadError A key cannot be loaded; `reason` says why.
     * @throws \AliKassa\InvalidArgumentError An option is invalid; `field` names it.
     * @throws \AliKassa\ConfigurationError The options do not fit together, or PHP cannot load the
     * library.
     */
    public function __construct(
        string $account,
        SigningKey|string|null $paymentCert = null,
        SigningKey|string|null $payoutCert = null,
        VerifyingKey|string|array|null $notificationCert = null,
        ?string $baseUrl = null,
        string $digest = 'auto',
        ?string $caFile = null,
        string $roots = 'bundled',
        #[\SensitiveParameter] ?string $proxy = null,
        float $connectTimeout = 5.0,
        float $timeout = 30.0,
        float $deadline = 60.0,
        int $maxRetries = 2,
        int $maxConnections = 64,
        int $signatureCache = 1024,
        #[\SensitiveParameter] Ledger|string|null $ledger = null,
        #[\SensitiveParameter] ?array $limits = null,
        ?string $application = null,
        bool $lowerPriority = true,
    ) {
        $native = $this->configure([
            'account' => $account,
            'payment_cert' => $paymentCert,
            'payout_cert' => $payoutCert,
            'notification_cert' => $notificationCert,
            'base_url' => $baseUrl,
            'digest' => $digest,
            'ca_file' => $caFile,
            'roots' => $roots,
            'proxy' => $proxy,
            'connect_timeout' => $connectTimeout,
            'timeout' => $timeout,
            'deadline' => $deadline,
            'max_retries' => $maxRetries,
            'max_connections' => $maxConnections,
            'signature_cache' => $signatureCache,
            'ledger' => $ledger,
            'limits' => $limits,
            'application' => $application,
            'lower_priority' => $lowerPriority,
        ]);
        $this->use($native);
    }

    /** @param array<string, mixed> $options */
    abstract protected function configure(#[\SensitiveParameter] array $options): NativeClient;

    /** Makes the resources of a client. */
    protected function use(NativeClient $native): void
    {
        $this->payments = new Payments($native);
        $this->payouts = new Payouts($native);
        $this->account = new Account($native);
    }
}
