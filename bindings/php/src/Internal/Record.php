<?php

declare(strict_types=1);

namespace AliKassa\Internal;

/**
 * An immutable object of named values. `var_dump`, `print_r` and stack traces show only the values
 * that logs may show.
 *
 * @internal
 */
abstract class Record implements \JsonSerializable
{
    /** @var list<string> */
    protected const FIELDS = [];

    /** @var list<string> */
    protected const LOGGABLE = ['id', 'order_id', 'payment_status', 'amount'];

    /**
     * The fields as plain data for JSON, without the received bytes; amounts are texts.
     *
     * @return array<string, mixed>
     */
    public function toArray(): array
    {
        $values = [];
        foreach (static::FIELDS as $name) {
            $values[$name] = self::plain($this->{$name});
        }

        return $values;
    }

    /** @return array<string, mixed> */
    public function jsonSerialize(): array
    {
        return $this->toArray();
    }

    /** @return array<string, mixed> */
    public function __debugInfo(): array
    {
        $shown = [];
        foreach (static::LOGGABLE as $name) {
            if (\in_array($name, static::FIELDS, true)) {
                $shown[$name] = $this->{$name};
            }
        }

        return $shown;
    }

    private static function plain(mixed $value): mixed
    {
        return match (true) {
            \is_array($value) => array_map(self::plain(...), $value),
            $value instanceof self => $value->toArray(),
            default => $value,
        };
    }
}
