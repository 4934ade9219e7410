<?php

declare(strict_types=1);

namespace AliKassa\Internal;

use AliKassa\AliKassaError;
use AliKassa\InternalError;
use AliKassa\InvalidArgumentError;
use AliKassa\LedgerRow;

/**
 * Makes the exception of an error of the C library.
 *
 * @internal
 */
final class Failure
{
    public static function of(Native $native, Handle $error): AliKassaError
    {
        $fields = Fields::decode($native->field('error_json', $error) ?? '{}');
        $class = Tables::ERRORS[$fields->integer('status')] ?? null;
        if ($class === null && $fields->integer('status') >= 100) {
            $class = InternalError::class;
        }
        $class ??= AliKassaError::class;
        $retryAfter = $fields->optionalInteger('retry_after_ms');

        return new $class(
            $fields->text('message'),
            hint: $fields->optionalText('hint'),
            operation: $fields->optionalText('operation'),
            order_id: $fields->optionalText('order_id'),
            outcome: $fields->optionalText('outcome'),
            attempts: $fields->optionalInteger('attempts') ?? 0,
            field: $fields->optionalText('field'),
            reason: $fields->optionalText('reason'),
            phase: $fields->optionalText('phase'),
            http_status: $fields->optionalInteger('http_status'),
            server_message: $fields->optionalText('server_message'),
            errors: $fields->messages('errors'),
            body: $native->field('error_body', $error),
            support: $native->field('error_support_text', $error),
            retry_after: $retryAfter === null ? null : $retryAfter / 1000,
            cause: $native->error('error_cause', $error),
            previous: $fields->optionalRecord('previous', LedgerRow::class),
            same_body: $fields->optionalBool('same_body'),
        );
    }

    public static function internal(string $message): InternalError
    {
        return new InternalError($message);
    }

    /** The error of an argument that the library cannot be asked about. */
    public static function argument(
        string $field,
        string $reason,
        string $advice,
        ?string $operation = null,
        ?string $outcome = null,
        ?string $order_id = null,
    ): InvalidArgumentError {
        return new InvalidArgumentError(
            $field === '' ? $advice : "$field: $advice",
            operation: $operation,
            order_id: $order_id,
            outcome: $outcome,
            field: $field,
            reason: $reason,
        );
    }
}
