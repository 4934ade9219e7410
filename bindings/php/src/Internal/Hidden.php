<?php

declare(strict_types=1);

namespace AliKassa\Internal;

/**
 * Values of objects that no cast, dump or serialized form of the object has.
 *
 * @internal
 */
final class Hidden
{
    /** @var \WeakMap<object, array<string, string|null>>|null */
    private static ?\WeakMap $values = null;

    /** @param array<string, string|null> $values */
    public static function set(object $owner, #[\SensitiveParameter] array $values): void
    {
        self::$values ??= new \WeakMap();
        self::$values[$owner] = $values;
    }

    public static function get(object $owner, string $name): ?string
    {
        return self::$values[$owner][$name] ?? null;
    }
}
