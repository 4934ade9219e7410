<?php

declare(strict_types=1);

namespace AliKassa;

use AliKassa\Internal\Constructor;
use AliKassa\Internal\Duration;
use AliKassa\Internal\Environment;
use AliKassa\Internal\Failure;
use AliKassa\Internal\Handle;
use AliKassa\Internal\Json;
use AliKassa\Internal\KeptClient;
use AliKassa\Internal\Native;
use AliKassa\Internal\NativeClient;
use AliKassa\Internal\Options;
use AliKassa\Internal\Replies;
use AliKassa\Internal\Tables;

/**
 * A client of one account. It is immutable, and a child of fork can use it.
 *
 * On the command line each client is a new one, with its own keys and connections: create one and
 * share it. A web server creates the objects of PHP anew for each request; there the process keeps
 * the client itself, by all options and the state of the key files, and `new Client` finds it
 * again.
 *
 * Every call can throw `InvalidArgumentError` before a request is sent, `ApiError` and its
 * subclasses for a response other than 200, `ProtocolError` for an invalid 200 response,
 * `TransportError`, `DeadlineExceededError` and `ConfigurationError` (a certificate is missing, or
 * the client is closed).
 */
final class Client extends Constructor
{
    public const VERSION = Tables::VERSION;

    /** Verifies notifications. */
    public readonly Notifications $notifications;

    /** Verifies redirects. */
    public readonly Redirects $redirects;

    /** The ledger, if there is one. */
    public readonly ?Ledger $ledger;

    private readonly NativeClient $native;

    /**
     * Creates a client from environment variables. The documentation of the options names them; an
     * empty variable counts as not set. A variable in `$_SERVER` or `$_ENV` counts too.
     *
     * @param mixed ...$options Options of the constructor, by name. They take precedence, unless
     *     they are null.
     *
     * @throws ConfigurationError There is neither `account` nor `ALIKASSA_ACCOUNT`, or both a
     *     folder and a key are set for the same certificate.
     * @throws AliKassaError As for the constructor.
     */
    public static function fromEnv(#[\SensitiveParameter] mixed ...$options): self
    {
        $names = array_flip(Tables::OPTION_NAMES);
        $given = array_filter($options, static fn(mixed $value): bool => $value !== null);
        $read = Environment::options(array_values(array_intersect_key($names, $given)));
        foreach ($read as $name => $value) {
            $given[Tables::OPTION_NAMES[$name]] = $value;
        }

        return new self(...$given); // @phpstan-ignore argument.type
    }

    /**
     * The bytes that a request with this body signs and sends.
     *
     * @param array<array-key, mixed>|\stdClass $data As for `request`.
     *
     * @throws InvalidArgumentError A value cannot be sent; `field` is its path.
     */
    public static function canonicalJson(#[\SensitiveParameter] mixed $data): string
    {
        return Native::library()->text('canonical_json', Json::body($data));
    }

    /**
     * A client for another account, with the options and keys of this one. It shares threads,
     * connections, the ledger, cached signatures and notices with this client: derive one whenever
     * you need it. Closing it refuses its own calls alone. Nothing is sent.
     *
     * @throws InvalidArgumentError The account is invalid; `field` is `account`.
     */
    public function forAccount(string $account): self
    {
        $derived = (new \ReflectionClass(self::class))->newInstanceWithoutConstructor();
        $client = $this->native->make('client', 'client_for_account', $account);
        $derived->use($derived->begin($client, $this->ledger));

        return $derived;
    }

    /**
     * Sends a raw signed request, for an operation without a typed call.
     *
     * Unless `read` is true, the request counts as a create: it is sent at most once, every error
     * has an `outcome`, and the client's ledger, if there is one, records it. The ledger requires a
     * string `order_id` in `data`.
     *
     * @param string $path The path below the base URL, such as `v1/payment/status`.
     * @param array<array-key, mixed>|\stdClass $data The body: null (JSON's null), strings,
     *     booleans, integers, arrays, and `stdClass` for an object. An array is an object unless it
     *     is a list. An empty array is a list, except `data` itself: write `new \stdClass()` for an
     *     empty object. A float is refused.
     * @param 'payment'|'payout' $cert The certificate that signs the request.
     * @param bool $read Whether the request only reads, so that it may be retried after a transient
     *     error.
     * @param bool $dryRun Check and sign a create, and return what would be sent and whether the
     *     ledger or a limit would refuse it. Nothing is sent or recorded.
     * @param float|null $timeout Seconds for one attempt, if different from the client's.
     * @param float|null $deadline Seconds for the whole call, if different from the client's.
     *
     * @return ($dryRun is true ? DryRun : Reply)
     *
     * @throws AliKassaError As for every call.
     */
    public function request(
        string $path,
        #[\SensitiveParameter] mixed $data,
        string $cert,
        bool $read = false,
        bool $dryRun = false,
        ?float $timeout = null,
        ?float $deadline = null,
    ): Reply|DryRun {
        $json = Json::body($data, $path, $read ? null : 'not_sent');
        $times = [Duration::ofCall($timeout), Duration::ofCall($deadline)];
        if ($dryRun) {
            $reply = $this->native->reply('request_dry_run', $path, $json, $cert, $times[1]);

            return Replies::record($reply, DryRun::class);
        }
        $reply = $this->native->reply('request', $path, $json, $cert, (int) $read, ...$times);

        return Reply::of($reply);
    }

    /**
     * Requests the status of this account's open rows in the ledger, and records the results.
     *
     * A row becomes accepted if the provider has its order with the same amount. Every other row
     * stays unchanged, as does a row whose certificate the client lacks. Only reads are sent. A row
     * that another process asks about at the same time is left out.
     *
     * @param int $concurrency The maximum number of concurrent requests, 1 to 4096; the client's
     *     `maxConnections` limits it further.
     * @param float|null $rate The maximum number of rows per second, 0.001 to 1000000; unlimited by
     *     default.
     * @param float|null $timeout Seconds for one attempt, if different from the client's.
     * @param float|null $deadline Seconds for each row, if different from the client's.
     *
     * @return list<LedgerRow> The rows, as they are afterwards, the oldest first.
     *
     * @throws ConfigurationError The client has no ledger.
     * @throws LedgerError The ledger cannot be read or written.
     * @throws AliKassaError A request failed. After an invalid response for one row, the other rows
     *     are processed before this is thrown. Recorded results stay recorded.
     */
    public function reconcile(
        int $concurrency = 16,
        ?float $rate = null,
        ?float $timeout = null,
        ?float $deadline = null,
    ): array {
        $rows = [];
        $error = null;
        foreach ($this->iterReconcile($concurrency, $rate, $timeout, $deadline) as $reconciled) {
            $rows[] = $reconciled->row;
            $error ??= $reconciled->error;
        }
        if ($error !== null) {
            throw $error;
        }
        usort($rows, static fn(LedgerRow $one, LedgerRow $other): int => $one->created_ms <=> $other->created_ms);

        return $rows;
    }

    /**
     * Does the same as `reconcile`, and yields each row as it settles, in any order. An error about
     * one row is in its result, and the other rows follow. If you stop early, the requests in
     * flight are cancelled.
     *
     * @param int $concurrency As for `reconcile`.
     * @param float|null $rate As for `reconcile`.
     * @param float|null $timeout As for `reconcile`.
     * @param float|null $deadline As for `reconcile`.
     *
     * @return \Generator<int, Reconciled>
     *
     * @throws ConfigurationError The client has no ledger.
     * @throws InvalidArgumentError An argument is invalid; no request is sent.
     * @throws AliKassaError An error that concerns every row, such as a failed connection, ends the
     *     iteration.
     */
    public function iterReconcile(
        int $concurrency = 16,
        ?float $rate = null,
        ?float $timeout = null,
        ?float $deadline = null,
    ): \Generator {
        // The C library takes 0 for the default.
        if ($concurrency < 1) {
            throw Failure::argument('concurrency', 'out_of_range', 'pass 1 to 4096');
        }
        $times = [Duration::ofCall($timeout), Duration::ofCall($deadline)];
        $limits = [min($concurrency, 0xFFFFFFFF), $rate === null ? 0.0 : ($rate > 0 ? $rate : \NAN)];
        $rows = $this->native->make('reconcile_iter', 'reconcile_start', ...$limits, ...$times);

        return $this->native->reconciled($rows);
    }

    /**
     * Refuses new calls, closes connections, and moves the ledger's log into its file. A web
     * server's process then no longer keeps the client: do not call it at the end of each request.
     */
    public function close(): void
    {
        $this->native->close();
    }

    /** @return array<string, mixed> */
    public function __debugInfo(): array
    {
        return ['ledger' => $this->ledger?->location()];
    }

    public function __serialize(): never
    {
        throw new \LogicException('a Client cannot be serialized: it has keys; make it again from its options');
    }

    protected function configure(#[\SensitiveParameter] array $options): NativeClient
    {
        $client = KeptClient::isUsed() ? KeptClient::find($options) : Options::client($options);
        $ledger = $options['ledger'] ?? null;
        if (\is_string($ledger)) {
            $ledger = new Ledger($ledger);
        }

        return $this->begin($client, $ledger instanceof Ledger ? $ledger : null);
    }

    private function begin(Handle $client, ?Ledger $ledger): NativeClient
    {
        $this->native = new NativeClient($client);
        $this->notifications = new Notifications($this->native);
        $this->redirects = new Redirects($this->native);
        $this->ledger = $ledger;

        return $this->native;
    }
}
