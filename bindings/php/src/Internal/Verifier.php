<?php

declare(strict_types=1);

namespace AliKassa\Internal;

/**
 * Verifies what the provider or a payer's browser sent.
 *
 * @internal
 */
abstract class Verifier
{
    /** @internal */
    final public function __construct(private readonly NativeClient $native) {}

    /** @return array<string, never> */
    public function __debugInfo(): array
    {
        return [];
    }

    /**
     * @template T of SignedRecord
     *
     * @param class-string<T> $record
     * @param array<array-key, mixed>|null $fields
     *
     * @return T
     */
    final protected function verified(
        string $resource,
        string $record,
        #[\SensitiveParameter] ?string $query,
        #[\SensitiveParameter] ?string $body,
        ?string $contentType,
        #[\SensitiveParameter] ?array $fields,
        ?string $digest,
    ): SignedRecord {
        if (\count(array_filter([$query, $body, $fields], is_null(...))) !== 2) {
            throw Failure::argument('query', 'exactly_one', 'pass exactly one of query, body and fields');
        }
        if ($query !== null) {
            $reply = $this->native->reply("{$resource}_verify_query", $query, $digest);
        } else {
            $body ??= Json::body($fields);
            $type = $fields === null ? $contentType : 'application/json';
            $reply = $this->native->reply("{$resource}_verify_body", $body, $type, $digest);
        }

        return Replies::record($reply, $record);
    }
}
