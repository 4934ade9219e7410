<?php

declare(strict_types=1);

namespace AliKassa\Internal;

/**
 * A row or an event of the ledger.
 *
 * @internal
 */
abstract class RowRecord extends FieldRecord
{
    public function __construct(Fields $fields) {}
}
