<?php

declare(strict_types=1);

namespace AliKassa;

use AliKassa\Internal\ResponseRecord;

/**
 * The status of one order of many, or the error in its place.
 *
 * @template-covariant T of ResponseRecord
 */
final class StatusResult
{
    /**
     * @internal
     *
     * @param mixed $id The `id` that was passed; null if an `order_id` was passed.
     * @param mixed $order_id The `order_id` that was passed; null if an `id` was passed.
     * @param T|null $status The status; null if there is an error.
     * @param AliKassaError|null $error Why there is no status. It is not thrown.
     */
    public function __construct(
        public readonly mixed $id,
        public readonly mixed $order_id,
        public readonly ?ResponseRecord $status = null,
        public readonly ?AliKassaError $error = null,
    ) {}
}
