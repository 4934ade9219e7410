<?php

declare(strict_types=1);

namespace AliKassa\Internal;

/**
 * Seconds as the milliseconds of the C library.
 *
 * @internal
 */
final class Duration
{
    /** More than the library accepts: it refuses this with the range of the option. */
    private const REFUSED = \PHP_INT_MAX;

    /** The client's value in a call without one. */
    private const DEFAULT = 0;

    public static function ofCall(?float $seconds): int
    {
        return $seconds === null ? self::DEFAULT : self::milliseconds($seconds);
    }

    public static function milliseconds(float $seconds): int
    {
        // Not a number is false in every comparison.
        return $seconds > 0 && $seconds < 1e12 ? max(1, (int) round($seconds * 1000)) : self::REFUSED;
    }
}
