<?php

declare(strict_types=1);

namespace AliKassa;

use AliKassa\Internal\Failure;
use AliKassa\Internal\FieldRecord;
use AliKassa\Internal\Handle;
use AliKassa\Internal\Hidden;
use AliKassa\Internal\Native;
use AliKassa\Internal\Replies;

/**
 * A record of the creates of one or more accounts, in a SQLite file or a PostgreSQL database.
 * Processes can share it, and many machines a database.
 *
 * A client with a ledger writes each create to it before sending it. It refuses a create whose
 * order is in flight, unknown or already accepted. Do not put the file on a network file system:
 * its locks are unreliable.
 */
final class Ledger
{
    private readonly Handle $handle;

    /**
     * @param string $location The file, which is created on first use. Or the URL of a database,
     *     `postgresql://user@host/database?schema=alikassa`, which must have the tables of
     *     `schemaSql`.
     *
     * @throws InvalidArgumentError The path is empty or not UTF-8.
     * @throws ConfigurationError The URL cannot be used.
     */
    public function __construct(#[\SensitiveParameter] string $location)
    {
        Hidden::set($this, ['location' => $location]);
        $this->handle = Native::library()->make('ledger', 'ledger_new', $location);
    }

    /**
     * The SQL that makes the tables of a ledger in a PostgreSQL database. The library never runs
     * it.
     *
     * @throws InvalidArgumentError The name of the schema needs quotes.
     */
    public static function schemaSql(string $schema = 'alikassa'): string
    {
        return Native::library()->text('ledger_schema_sql', $schema);
    }

    /**
     * Where it is: the file, as an absolute path, or the database as a URL without user and
     * password.
     */
    public function location(): string
    {
        return Native::library()->field('ledger_location', $this->handle) ?? '';
    }

    /**
     * The open rows, oldest first. A row is open while it is `sending`, `unknown`, or `accepted`
     * with a status that is not final. A `sending` row belongs to a call in flight, or to one whose
     * process ended. The rows are read page by page.
     *
     * @return \Generator<int, LedgerRow>
     *
     * @throws LedgerError The ledger cannot be read.
     */
    public function open(): \Generator
    {
        return self::each('rows', LedgerRow::class, Native::library()->make('rows', 'ledger_open', $this->handle));
    }

    /**
     * The row of an order, open or not; null if the ledger does not have it.
     *
     * @param string $operation The row's operation, such as `payouts.create`.
     * @param string $order_id The merchant's id of the order.
     * @param string|null $account The account's UUID, if several accounts have the order in this
     *     ledger.
     *
     * @throws InvalidArgumentError Several accounts have the order.
     * @throws LedgerError The ledger cannot be read.
     */
    public function get(string $operation, string $order_id, ?string $account = null): ?LedgerRow
    {
        $reply = Native::library()->find('reply', 'ledger_get', $this->handle, $operation, $order_id, $account);

        return $reply === null ? null : Replies::record($reply, LedgerRow::class);
    }

    /**
     * The rows, open or not, the one that changed first first. Each argument selects rows. A row
     * that changes during the iteration can come twice.
     *
     * @param string|null $state Only rows in this state.
     * @param int|null $since Only rows that changed at this time or later, in milliseconds since
     *     1970, like `LedgerRow::$updated_ms`.
     * @param string|null $account Only rows of this account, by its UUID.
     *
     * @return \Generator<int, LedgerRow>
     *
     * @throws InvalidArgumentError There is no such state.
     * @throws LedgerError The ledger cannot be read.
     */
    public function rows(?string $state = null, ?int $since = null, ?string $account = null): \Generator
    {
        $rows = Native::library()->make('rows', 'ledger_rows', $this->handle, $state, $since ?? 0, $account);

        return self::each('rows', LedgerRow::class, $rows);
    }

    /**
     * The events, oldest first: every change of a row. Events are only added, never changed. Each
     * argument selects events.
     *
     * @param string|null $operation Only events of rows of this operation, such as
     *     `payouts.create`.
     * @param string|null $order_id Only events of this order.
     * @param string|null $account Only events of this account, by its UUID.
     * @param int|null $since Only events at this time or later, in milliseconds since 1970, like
     *     `LedgerEvent::$time_ms`.
     *
     * @return \Generator<int, LedgerEvent>
     *
     * @throws LedgerError The ledger cannot be read.
     */
    public function events(
        ?string $operation = null,
        ?string $order_id = null,
        ?string $account = null,
        ?int $since = null,
    ): \Generator {
        $conditions = [$operation, $order_id, $account, $since ?? 0];
        $events = Native::library()->make('events', 'ledger_events', $this->handle, ...$conditions);

        return self::each('events', LedgerEvent::class, $events);
    }

    /**
     * Records your own decision that a create may be sent again. It can pay an order twice. Do so
     * only after the provider's support confirmed that the order does not exist.
     *
     * @param string $operation The row's operation, such as `payouts.create`.
     * @param string $order_id The merchant's id of the order.
     * @param string $reason Why it may be sent again; it is stored in the row.
     * @param string|null $account The account's UUID, if several accounts have the order in this
     *     ledger.
     *
     * @throws InvalidArgumentError The row does not exist, several accounts have one, or `reason`
     *     is empty.
     * @throws LedgerError The ledger cannot be written.
     */
    public function release(string $operation, string $order_id, string $reason, ?string $account = null): void
    {
        Native::library()->run('ledger_release', $this->handle, $operation, $order_id, $reason, $account);
    }

    /**
     * Checks that creates can be recorded, and returns what the operator should know.
     *
     * @return list<string>
     *
     * @throws LedgerError They cannot be; the message says why.
     */
    public function check(): array
    {
        $warnings = rtrim(Native::library()->text('ledger_check', $this->handle), "\n");

        return $warnings === '' ? [] : explode("\n", $warnings);
    }

    /**
     * Moves the ledger in a file into this one, and returns how many rows were added or changed.
     * From then on the file refuses creates. Calls in flight still record their end in the file:
     * import again when they have ended.
     *
     * @throws InvalidArgumentError There is no such file.
     * @throws LedgerError It is no ledger, it moved to another one before, or this one cannot be
     *     written.
     */
    public function importFrom(string $path): int
    {
        return Native::library()->count('ledger_import_from', $this->handle, $path);
    }

    /**
     * Copies the ledger in a file into a new file, while it is in use. A copy made by other means
     * can lack the newest rows, because a ledger is three files. A client with the copy refuses
     * creates until `resume`.
     *
     * @throws InvalidArgumentError The file exists, or cannot be created.
     * @throws LedgerError The ledger cannot be copied.
     */
    public function backup(string $path): void
    {
        Native::library()->run('ledger_backup', $this->handle, $path);
    }

    /**
     * Records your own decision that a restored copy may send creates again. Do so only once you
     * know the orders that were sent since the copy was made: an order that the copy does not have
     * can be sent twice.
     *
     * @param string $reason Why creates may be sent again; it is stored in the ledger.
     *
     * @throws InvalidArgumentError `reason` is empty.
     * @throws LedgerError The file cannot be written.
     */
    public function resume(string $reason): void
    {
        Native::library()->run('ledger_resume', $this->handle, $reason);
    }

    /**
     * Records a verified notification durably, and returns whether it is new: `new`, `seen`,
     * `stale` if a final status was recorded before, or `other` if it is about another id than the
     * row of its order, or may be. Then nothing is recorded: store it yourself, because somebody
     * must look at both.
     *
     * Do not credit because of `new`: the process can end afterwards. Request the status, credit
     * once with a table of your own, and respond to the provider with 200 once that is stored.
     *
     * @param Notification $event From `Client::$notifications`, not a copy of it.
     *
     * @throws InvalidArgumentError `event` is a copy.
     * @throws LedgerError The ledger cannot be written; do not respond to the provider with 200.
     */
    public function note(Notification $event): string
    {
        $reply = Replies::of($event);
        if ($reply === null) {
            throw Failure::argument('event', 'type', 'pass the Notification that verify returned, not a copy of it');
        }

        return Native::library()->constant('ledger_note', $this->handle, $reply);
    }

    /**
     * The location that was passed, which can contain a password.
     *
     * @internal
     */
    public function source(): string
    {
        $given = Hidden::get($this, 'location') ?? '';
        $location = $this->location();

        // A relative path would depend on the folder. A URL without its password would name nothing.
        return str_starts_with($location, '/') ? $location : $given;
    }

    /** @return array<string, string> */
    public function __debugInfo(): array
    {
        return ['location' => $this->location()];
    }

    public function __serialize(): never
    {
        throw new \LogicException('a Ledger cannot be serialized: its URL can contain a password');
    }

    /**
     * @template T of FieldRecord
     *
     * @param class-string<T> $record
     *
     * @return \Generator<int, T>
     */
    private static function each(string $type, string $record, Handle $cursor): \Generator
    {
        while ($reply = Native::library()->find('reply', "{$type}_next", $cursor)) {
            yield Replies::record($reply, $record);
        }
    }
}
