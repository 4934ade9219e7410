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
    public function __construct(private readonly array $values, public readonly string $raw = '')
    {
    }

    public static function decode(string $json, string $raw = ''): self
    {
        $values = json_decode($json, true, self::DEPTH, \JSON_THROW_ON_ERROR | \JSON_BIGINT_AS_STRING);

        return new self(\is_array($values) ? $values : [], $raw);
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
     * @template T of Record
     *
     * @param class-string<T> $class
     *
     * @return T
     */
    public function record(string $name, string $class): Record
    {
        return $this->optionalRecord($name, $class) ?? throw $this->missing($name);
    }

    /**
     * @template T of Record
     *
     * @param class-string<T> $class
     *
     * @return T|null
     */
    public function optionalRecord(string $name, string $class): ?Record
    {
        $value = $this->values[$name] ?? null;

        return \is_array($value) ? new $class(new self($value, $this->raw)) : null;
    }

    /**
     * @template T of Record
     *
     * @param class-string<T> $class
     *
     * @return list<T>
     */
    public function records(string $name, string $class): array
    {
        $records = [];
        foreach ($this->map($name) as $value) {
            $records[] = new $class(new self(\is_array($value) ? $value : []));
        }

        return $records;
    }

    /** @return array<array-key, mixed> */
    public function map(string $name): array
    {
        $value = $this->values[$name] ?? [];

        return \is_array($value) ? $value : throw $this->missing($name);
    }

    /** @return array<string, list<string>>|null */
    public function messages(string $name): ?array
    {
        if (!isset($this->values[$name])) {
            return null;
        }
        $messages = [];
        foreach ($this->map($name) as $field => $texts) {
            $messages[(string) $field] = array_values(array_filter((array) $texts, is_string(...)));
        }

        return $messages;
    }

    private function missing(string $name): \Throwable
    {
        return Failure::internal("the library returned no valid $name");
    }
}
