<?php

declare(strict_types=1);

namespace AliKassa\Internal;

/**
 * A record that is made from an object of the C library's JSON.
 *
 * @internal
 */
abstract class FieldRecord extends Record
{
    abstract public function __construct(Fields $fields);
}
