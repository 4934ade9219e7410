<?php

declare(strict_types=1);

namespace AliKassa\Internal;

/**
 * An argument of a C function that PHP has no value for.
 *
 * @internal
 */
enum Argument
{
    /** NULL in place of a function, or of its context. PHP can serve no thread of the library. */
    case NoFunction;
}
