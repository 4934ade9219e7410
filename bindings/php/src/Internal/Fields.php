<?php

declare(strict_types=1);

namespace AliKassa\Internal;

/**
 * The members of an object of the C library's JSON, read with their types.
 *
 * @internal
 */
final class Fields
{
    /** The library refuses a response that is deeper than 64 levels; its own objects add a few. */
    private const DEPTH = 80;

    /** @param array<array-key, mixed> $values */
    public function __construct(private readonly array $values, public readonly string $raw = '') {}

    public static function decode(string $json, string $raw = ''): self
    {
        $values = json_decode($json, false, self::DEPTH, \JSON_BIGINT_AS_STRING);
        if (json_last_error() === \JSON_ERROR_INVALID_PROPERTY_NAME) {
            // An unknown field can have a name that no object of PHP can have.
            $values = json_decode($json, true, self::DEPTH, \JSON_BIGINT_AS_STRING);
        }

        return new self((array) $values, $raw);
    }

    public function text(string $name): string
    {
        return $this->optionalText($name) ?? throw $this->missing($name);
    }

    public function optionalText(string $name): ?string
    {
        $value = $this->values[$name] ?? null;

        return $value === null || \is_string($value) ? $value : throw $this->missing($name);
    }

    public function integer(string $name): int
    {
        return $this->optionalInteger($name) ?? throw $this->missing($name);
    }

    public function optionalInteger(string $name): ?int
    {
        $value = $this->values[$name] ?? null;

        return $value === null || \is_int($value) ? $value : throw $this->missing($name);
    }

    public function bool(string $name): bool
    {
        return $this->optionalBool($name) ?? throw $this->missing($name);
    }

    public function optionalBool(string $name): ?bool
    {
        $value = $this->values[$name] ?? null;

        return $value === null || \is_bool($value) ? $value : throw $this->missing($name);
    }

    /**
     * @template T of FieldRecord
     *
     * @param class-string<T> $class
     *
     * @return T
     */
    public function record(string $name, string $class): FieldRecord
    {
        return $this->optionalRecord($name, $class) ?? throw $this->missing($name);
    }

    /**
     * @template T of FieldRecord
     *
     * @param class-string<T> $class
     *
     * @return T|null
     */
    public function optionalRecord(string $name, string $class): ?FieldRecord
    {
        $value = $this->values[$name] ?? null;

        return $value === null ? null : new $class(new self((array) $value, $this->raw));
    }

    /**
     * @template T of FieldRecord
     *
     * @param class-string<T> $class
     *
     * @return list<T>
     */
    public function records(string $name, string $class): array
    {
        $records = [];
        foreach ((array) ($this->values[$name] ?? []) as $value) {
            $records[] = new $class(new self((array) $value));
        }

        return $records;
    }

    /**
     * The members of an object, whose values are any JSON.
     *
     * @return array<array-key, mixed>
     */
    public function map(string $name): array
    {
        return array_map(self::plain(...), (array) ($this->values[$name] ?? []));
    }

    /** @return array<string, list<string>>|null */
    public function messages(string $name): ?array
    {
        if (!isset($this->values[$name])) {
            return null;
        }
        $messages = [];
        foreach ((array) $this->values[$name] as $field => $texts) {
            $messages[(string) $field] = array_values(array_filter((array) $texts, is_string(...)));
        }

        return $messages;
    }

    /**
     * Objects as arrays, unless that would be a list: `json_encode` must write what was received.
     */
    private static function plain(mixed $value): mixed
    {
        if (!$value instanceof \stdClass && !\is_array($value)) {
            return $value;
        }
        $members = array_map(self::plain(...), (array) $value);

        return $value instanceof \stdClass && array_is_list($members) ? (object) $members : $members;
    }

    private function missing(string $name): \Throwable
    {
        return Failure::internal("the library returned no valid $name");
    }
}
