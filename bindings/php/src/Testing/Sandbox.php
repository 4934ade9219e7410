<?php

declare(strict_types=1);

namespace AliKassa\Testing;

use AliKassa\Client;

/**
 * A sandbox of the provider for a merchant's tests: a local process with its own temporary keys,
 * orders and balance, which verifies every signature. It stops with this object, or with this
 * process. Its documentation describes the options, statuses and faults in detail.
 */
final class Sandbox
{
    /** Seconds for a control request, which takes milliseconds. */
    private const CONTROL_TIMEOUT = 5.0;

    /** The base URL for plain HTTP. */
    public readonly string $url;

    /** The base URL for TLS; its certificate authority is in `ca_file`. */
    public readonly string $tls_url;

    /** The PEM file with the sandbox's certificate authority. */
    public readonly string $ca_file;

    /** The only account that the sandbox has. */
    public readonly string $account;

    /** The folder of the certificate for payments. */
    public readonly string $payment_cert;

    /** The folder of the certificate for payouts. */
    public readonly string $payout_cert;

    /** The folder of the merchant's part of the certificate for notifications. */
    public readonly string $notification_cert;

    /** The folder of the provider's part of that certificate. */
    public readonly string $notification_private_cert;

    private readonly Process $process;

    /**
     * @param string|null $executable The program. By default the environment variable
     *     `ALIKASSA_SANDBOX`, then `alikassa-sandbox` of the PATH.
     * @param string|int|null $balance The account's initial balance; 93.84 by default.
     * @param 'any'|'sha1'|'sha256'|null $digest The digests that a signature may have.
     * @param 'refuse'|'replay'|'allow'|null $duplicates The response to a second create with the
     *     same `order_id`: a refusal, the first response again, or another payment or payout.
     * @param 'never'|'paid'|'cancel'|'fail'|null $settle The final status that payments and payouts
     *     get automatically. By default they wait for `settle` or a `rule`.
     * @param int|null $settleAfterMs Milliseconds from a create to that status; 1000 by default.
     *
     * @throws SandboxError The program was not found, did not start, or has another version than
     *     this package.
     */
    public function __construct(
        ?string $executable = null,
        string|int|null $balance = null,
        ?string $digest = null,
        ?string $duplicates = null,
        ?string $settle = null,
        ?int $settleAfterMs = null,
    ) {
        $options = [
            '--balance' => $balance,
            '--digest' => $digest,
            '--duplicates' => $duplicates,
            '--settle' => $settle,
            '--settle-after-ms' => $settleAfterMs,
        ];
        $command = [$executable ?? (getenv('ALIKASSA_SANDBOX') ?: 'alikassa-sandbox'), '--json', '--until-eof'];
        foreach ($options as $name => $value) {
            if ($value !== null) {
                $command[] = "$name=$value";
            }
        }
        $this->process = new Process($command);
        $ready = $this->process->readLine();
        if (($ready['version'] ?? null) !== Client::VERSION) {
            throw new SandboxError("$command[0] has another version than this package, " . Client::VERSION);
        }
        $text = static fn(string $name): string => \is_string($ready[$name] ?? null)
            ? $ready[$name]
            : throw new SandboxError("$command[0] names no $name");
        $this->url = $text('url');
        $this->tls_url = $text('tls_url');
        $this->ca_file = $text('ca_file');
        $this->account = $text('account');
        $this->payment_cert = $text('payment_cert');
        $this->payout_cert = $text('payout_cert');
        $this->notification_cert = $text('notification_cert');
        $this->notification_private_cert = $text('notification_private_cert');
    }

    /**
     * The options of a client that uses the sandbox over TLS: `new Client(...$sandbox->options())`.
     *
     * @return array{account: string, paymentCert: string, payoutCert: string, notificationCert:
     *     string, caFile: string, baseUrl: string}
     */
    public function options(): array
    {
        return [
            'account' => $this->account,
            'paymentCert' => $this->payment_cert,
            'payoutCert' => $this->payout_cert,
            'notificationCert' => $this->notification_cert,
            'caFile' => $this->ca_file,
            'baseUrl' => $this->tls_url,
        ];
    }

    /**
     * The environment of a program whose `Client::fromEnv` uses the sandbox over TLS.
     *
     * @return array<string, string>
     */
    public function env(): array
    {
        return [
            'ALIKASSA_ACCOUNT' => $this->account,
            'ALIKASSA_PAYMENT_CERT' => $this->payment_cert,
            'ALIKASSA_PAYOUT_CERT' => $this->payout_cert,
            'ALIKASSA_NOTIFICATION_CERT' => $this->notification_cert,
            'ALIKASSA_CA_FILE' => $this->ca_file,
            'ALIKASSA_BASE_URL' => $this->tls_url,
        ];
    }

    /**
     * Injects a fault into the next matching request; faults apply in the order they were added.
     *
     * @param string $fault The fault, such as `close_after_act`: the request is processed, and its
     *     response is lost.
     * @param string|null $path Only requests to this path, such as `v1/payout`.
     * @param string|null $order_id Only requests with this `order_id` or id.
     * @param int|null $times How often the fault applies; once by default, -1 for no limit.
     * @param int|null $n The fault's number, such as the milliseconds of a `stall`.
     * @param bool|null $act Whether the request is processed, instead of the fault's default.
     * @param int|null $status The HTTP status of the response, for the fault `http`.
     * @param array<string, string>|null $headers The headers of that response.
     * @param mixed $body The body of that response: a string as it is, anything else as JSON. For
     *     the fault `raw`, bytes in base64.
     */
    public function fault(
        string $fault,
        ?string $path = null,
        ?string $order_id = null,
        ?int $times = null,
        ?int $n = null,
        ?bool $act = null,
        ?int $status = null,
        ?array $headers = null,
        mixed $body = null,
    ): void {
        $match = (object) self::given(['path' => $path, 'order_id' => $order_id]);
        $more = ['times' => $times, 'n' => $n, 'act' => $act];
        $more += ['status' => $status, 'headers' => $headers, 'body' => $body];
        $this->control('POST', 'faults', ['match' => $match, 'fault' => $fault] + self::given($more));
    }

    /**
     * Sets the status of a payment or payout, regardless of the rules.
     *
     * @param string $order_id The merchant's id of the order.
     * @param 'wait'|'paid'|'cancel'|'fail' $status The status; all but `wait` are final.
     * @param 'payment'|'payout'|null $kind Required if a payment and a payout have that `order_id`.
     * @param string|int|null $payment_amount The amount paid, if different from the requested
     *     amount.
     * @param string|int|null $hold_amount The part of a payment that is put on hold.
     */
    public function settle(
        string $order_id,
        string $status,
        ?string $kind = null,
        string|int|null $payment_amount = null,
        string|int|null $hold_amount = null,
    ): void {
        $amounts = [
            'payment_amount' => self::text($payment_amount),
            'hold_amount' => self::text($hold_amount),
        ];
        $more = ['kind' => $kind] + $amounts;
        $this->control('POST', 'settle', ['order_id' => $order_id, 'status' => $status] + self::given($more));
    }

    /**
     * Sets the status that later creates get automatically; the first matching rule applies.
     *
     * @param 'wait'|'paid'|'cancel'|'fail' $status The status; `wait` makes an exception to later
     *     rules.
     * @param string|null $path Only creates with this path, such as `v1/payout`.
     * @param string|null $order_id Only creates with this `order_id`.
     * @param int|null $after_ms Milliseconds from the create to the status; 0 by default.
     * @param int|null $after_reads The number of the status request that first returns it, instead
     *     of a time.
     */
    public function rule(
        string $status,
        ?string $path = null,
        ?string $order_id = null,
        ?int $after_ms = null,
        ?int $after_reads = null,
    ): void {
        $match = (object) self::given(['path' => $path, 'order_id' => $order_id]);
        $when = self::given(['after_ms' => $after_ms, 'after_reads' => $after_reads]);
        $this->control('POST', 'rules', ['match' => $match, 'status' => $status] + $when);
    }

    /** Sets the account's balance; pending and held amounts do not change. */
    public function balance(string|int $balance): void
    {
        $this->control('POST', 'balance', ['balance' => (string) $balance]);
    }

    /**
     * Delivers a notification about a payment or payout in the background, and returns its id in
     * `notifications`.
     *
     * @param string $url A local http URL.
     * @param string|null $order_id The merchant's id of the order.
     * @param mixed ...$options How it differs from the default: `id`, `kind`, `transport`,
     *     `fields`, `partial`, `delay_ms`, `times`, `status`, `desc`, `account`, `card_brand`,
     *     `extra`, `encoding`, `digest`, `signature`.
     */
    public function notify(string $url, ?string $order_id = null, mixed ...$options): int
    {
        $sent = $this->control('POST', 'notify', ['url' => $url] + self::given(['order_id' => $order_id] + $options));

        return \is_int($sent['id'] ?? null) ? $sent['id'] : throw new SandboxError('the sandbox returned no id');
    }

    /**
     * Creates a notification without delivering it, for tests without a server. Its signature is
     * valid by default.
     *
     * @param string|null $order_id The merchant's id of the order.
     * @param mixed ...$options As for `notify`.
     *
     * @return array<array-key, mixed> `query`, `form` and `json`, the notification in each
     *     encoding, and `signed_text`.
     */
    public function forge(?string $order_id = null, mixed ...$options): array
    {
        return $this->control('POST', 'notify', self::given(['order_id' => $order_id] + $options));
    }

    /**
     * Creates the redirect of a payer's browser, without a browser.
     *
     * @param string $order_id The merchant's id of the payment.
     * @param mixed ...$options How it differs from the default: `encoding`, `digest`, `signature`.
     *
     * @return array<array-key, mixed> `form`, the body that a browser posts; its `order_id`, `uuid`
     *     and `sign`, which is null if it is missing; and `signed_text`.
     */
    public function redirect(string $order_id, mixed ...$options): array
    {
        return $this->control('POST', 'redirect', ['order_id' => $order_id] + $options);
    }

    /**
     * The notifications, each with its delivery attempts.
     *
     * @return array<array-key, mixed>
     */
    public function notifications(): array
    {
        return $this->control('GET', 'notifications');
    }

    /**
     * The requests received so far; a body is in base64.
     *
     * @return array<array-key, mixed>
     */
    public function log(): array
    {
        return $this->control('GET', 'log');
    }

    /**
     * The state: `payments`, `payouts`, `balance` and the settings.
     *
     * @return array<array-key, mixed>
     */
    public function state(): array
    {
        return $this->control('GET', 'state');
    }

    /** Restores the initial state; clients stay open. */
    public function reset(): void
    {
        $this->control('POST', 'reset');
    }

    /** Stops the sandbox. */
    public function close(): void
    {
        $this->process->stop();
    }

    /**
     * @param array<array-key, mixed>|null $body
     *
     * @return array<array-key, mixed>
     */
    private function control(string $method, string $route, ?array $body = null): array
    {
        $context = stream_context_create(['http' => [
            'method' => $method,
            'header' => 'Content-Type: application/json',
            'content' => $body === null ? '' : json_encode((object) $body, \JSON_THROW_ON_ERROR),
            'timeout' => self::CONTROL_TIMEOUT,
            'ignore_errors' => true,
        ]]);
        $text = @file_get_contents("$this->url/_sandbox/$route", false, $context);
        $content = $text === false ? null : json_decode($text, true);
        if (!\is_array($content)) {
            throw new SandboxError('the sandbox does not respond');
        }
        if (!str_contains($http_response_header[0] ?? '', ' 200 ')) {
            $message = $content['message'] ?? null;
            throw new SandboxError(\is_string($message) ? $message : 'the sandbox refused it');
        }

        return $content;
    }

    /**
     * @param array<array-key, mixed> $values
     *
     * @return array<array-key, mixed>
     */
    private static function given(array $values): array
    {
        return array_filter($values, static fn(mixed $value): bool => $value !== null);
    }

    private static function text(string|int|null $amount): ?string
    {
        return $amount === null ? null : (string) $amount;
    }
}
