<?php

declare(strict_types=1);

namespace AliKassa\Internal;

use AliKassa\LedgerRow;
use AliKassa\Reconciled;

/**
 * A client of the C library. What it tells the operator goes to PHP's error log after each call.
 *
 * @internal
 */
final class NativeClient
{
    public function __construct(public readonly Handle $handle)
    {
        $this->logNotices();
    }

    /** @param Handle|Argument|string|int|float|null ...$arguments Those behind the client. */
    public function reply(
        string $function,
        #[\SensitiveParameter] Handle|Argument|string|int|float|null ...$arguments,
    ): Handle {
        return $this->make('reply', $function, ...$arguments);
    }

    /** @param Handle|Argument|string|int|float|null ...$arguments Those behind the client. */
    public function make(
        string $type,
        string $function,
        #[\SensitiveParameter] Handle|Argument|string|int|float|null ...$arguments,
    ): Handle {
        try {
            return Native::library()->make($type, $function, $this->handle, ...$arguments);
        } finally {
            $this->logNotices();
        }
    }

    /**
     * The rows of a reconciliation as they settle. Its requests end with the generator.
     *
     * @return \Generator<int, Reconciled>
     */
    public function reconciled(Handle $rows): \Generator
    {
        while ($reply = $this->next($rows)) {
            $fields = Replies::fields($reply);
            yield new Reconciled(
                $fields->record('row', LedgerRow::class),
                Native::library()->error('reply_error', $reply),
                $fields->optionalInteger('other_id'),
            );
        }
    }

    private function next(Handle $rows): ?Handle
    {
        try {
            return Native::library()->find('reply', 'reconcile_next', $rows);
        } finally {
            $this->logNotices();
        }
    }

    public function close(): void
    {
        Native::library()->run('client_close', $this->handle);
        $this->logNotices();
    }

    /**
     * Not with `trigger_error`: frameworks turn that into an exception, which would hide the
     * result.
     */
    private function logNotices(): void
    {
        try {
            $notices = Native::library()->text('client_take_notices', $this->handle);
            foreach ($notices === '' ? [] : explode("\n", rtrim($notices, "\n")) as $notice) {
                error_log("alikassa: $notice");
            }
        } catch (\Throwable) {
            // A framework can make an exception of a warning about the log. The result of a create
            // counts more.
        }
    }
}
