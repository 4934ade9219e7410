<?php

declare(strict_types=1);

namespace AliKassa\Internal;

use AliKassa\AliKassaError;
use AliKassa\DryRun;
use AliKassa\Resolution;
use AliKassa\StatusResult;

/**
 * What the groups of calls have in common.
 *
 * @internal
 */
abstract class Resource
{
    /** @internal */
    final public function __construct(private readonly NativeClient $native) {}

    /** @return array<string, never> */
    public function __debugInfo(): array
    {
        return [];
    }

    /**
     * @template T of FieldRecord
     *
     * @param class-string<T> $record
     * @param array<array-key, mixed>|null $request
     *
     * @return T
     */
    final protected function send(
        string $operation,
        string $record,
        #[\SensitiveParameter] ?array $request,
        ?float $timeout,
        ?float $deadline,
        bool $isCreate = false,
    ): FieldRecord {
        $json = $request === null ? [] : [Json::request($request, $operation, $isCreate)];
        $times = [Duration::ofCall($timeout), Duration::ofCall($deadline)];
        $reply = $this->native->reply(str_replace('.', '_', $operation), ...$json, ...$times);

        return Replies::record($reply, $record);
    }

    /** @param array<array-key, mixed> $request */
    final protected function preview(
        string $operation,
        #[\SensitiveParameter] array $request,
        ?float $deadline,
    ): DryRun {
        $json = Json::request($request, $operation, isCreate: true);
        $reply = $this->native->reply('dry_run', $operation, $json, Duration::ofCall($deadline));

        return Replies::record($reply, DryRun::class);
    }

    /**
     * @template T of ResponseRecord
     *
     * @param class-string<T> $record
     *
     * @return Resolution<T>
     */
    final protected function resolveOrder(
        string $resource,
        string $record,
        mixed $order_id,
        mixed $amount,
        ?float $timeout,
        ?float $deadline,
    ): Resolution {
        $json = Json::request(['order_id' => $order_id, 'amount' => $amount], "$resource.resolve");
        $times = [Duration::ofCall($timeout), Duration::ofCall($deadline)];
        $reply = $this->native->reply("{$resource}_resolve", $json, ...$times);

        return new Resolution(Replies::fields($reply), $record, $reply);
    }

    /**
     * @template T of FieldRecord
     *
     * @param class-string<T> $record
     * @param array<string, mixed> $order
     *
     * @return T
     */
    final protected function waitFor(
        string $resource,
        string $record,
        array $order,
        float $interval,
        ?float $timeout,
        ?float $deadline,
    ): FieldRecord {
        $json = Json::request($order, "$resource.wait");
        $times = [Duration::milliseconds($interval), Duration::ofCall($timeout), Duration::ofCall($deadline)];
        $functions = [Argument::NoFunction, Argument::NoFunction];

        return Replies::record($this->native->reply("{$resource}_wait", $json, ...$times, ...$functions), $record);
    }

    /**
     * @template T of ResponseRecord
     *
     * @param \Closure(mixed, mixed, ?float, ?float): T $status
     * @param iterable<mixed>|null $ids
     * @param iterable<mixed>|null $order_ids
     *
     * @return \Generator<int, StatusResult<T>>
     */
    final protected function statusesOf(
        string $operation,
        \Closure $status,
        ?iterable $ids,
        ?iterable $order_ids,
        ?float $timeout,
        ?float $deadline,
    ): \Generator {
        if (($ids === null) === ($order_ids === null)) {
            throw Failure::argument('ids', 'exactly_one', 'pass exactly one of ids and order_ids', $operation);
        }

        return (static function () use ($status, $ids, $order_ids, $timeout, $deadline): \Generator {
            foreach ($ids ?? $order_ids ?? [] as $named) {
                $order = $ids === null ? [null, $named] : [$named, null];
                try {
                    $result = new StatusResult(...$order, status: $status(...$order, ...[$timeout, $deadline]));
                } catch (AliKassaError $error) {
                    $result = new StatusResult(...$order, error: $error);
                }
                yield $result;
            }
        })();
    }
}
