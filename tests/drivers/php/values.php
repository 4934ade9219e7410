<?php

// Converts between the values of the protocol and those of the package.

declare(strict_types=1);

use AliKassa\AliKassaError;
use AliKassa\Internal\Record;
use AliKassa\Notification;

const ERROR_FIELDS = [
    'hint', 'operation', 'order_id', 'outcome', 'attempts', 'field', 'reason', 'phase', 'http_status', 'server_message',
    'errors', 'same_body',
];

/** Tagged data as a value of PHP. */
function untag(array $node): mixed
{
    $content = $node[1] ?? null;
    return match ($node[0]) {
        'null' => null,
        'bool' => $content,
        'int' => (int) $content,
        'float' => match ($content) {
            'NaN' => NAN,
            'Infinity' => INF,
            '-Infinity' => -INF,
            default => (float) $content,
        },
        'text' => $content,
        'list' => array_map(untag(...), $content),
        'map' => untagMap($content),
    };
}

/** An array, as programs pass it; an object where PHP takes an array for a list. */
function untagMap(array $members): array|stdClass
{
    $map = [];
    foreach ($members as [$name, $value]) {
        $map[$name] = untag($value);
    }
    return array_is_list($map) ? (object) $map : $map;
}

/** `maxRetries` for `max_retries`. */
function camelCase(string $name): string
{
    return lcfirst(str_replace('_', '', ucwords($name, '_')));
}

/** The limits of one operation, with the names of PHP. */
function limits(mixed $limits): mixed
{
    return is_array($limits) ? array_combine(array_map(camelCase(...), array_keys($limits)), $limits) : $limits;
}

/** The options of one call; the library counts seconds. */
function times(array $request, string ...$more): array
{
    $times = array_intersect_key($request, array_flip(['timeout', 'deadline', ...$more]));
    return array_map(static fn($time) => $time === null ? null : $time / 1000, $times);
}

/** The arguments that verify a message. */
function payload(array $request): array
{
    $arguments = array_intersect_key($request, array_flip(['query', 'digest']));
    if (isset($request['content_type'])) {
        $arguments['contentType'] = $request['content_type'];
    }
    if (isset($request['body'])) {
        $arguments['body'] = base64_decode($request['body'], true);
    }
    if (isset($request['fields'])) {
        $arguments['fields'] = (array) untag($request['fields']);
    }
    return $arguments;
}

/** An object of JSON. */
function members(array $members): array|stdClass
{
    // An object of PHP has no name that begins with NUL.
    return array_is_list($members) ? (object) $members : $members;
}

function record(Record $record): array
{
    return [
        'type' => (new ReflectionClass($record))->getShortName(),
        'fields' => $record->toArray(),
        'is_final' => $record->is_final ?? null,
        'other' => members($record->other ?? []),
        'raw' => base64_encode($record->raw),
    ];
}

/** A verified message, with its unsigned fields and how it was signed. */
function verified(Record $message): array
{
    $fields = ['unsigned' => members($message->unsigned), 'digest' => $message->digest] + record($message);
    unset($fields['other']);
    return $fields + ($message instanceof Notification ? ['variant' => $message->variant] : []);
}

/** The fields of an error that are set. */
function errorFields(AliKassaError $error): array
{
    $fields = ['class' => (new ReflectionClass($error))->getShortName(), 'code' => $error->code()];
    $fields['message'] = $error->getMessage();
    foreach (ERROR_FIELDS as $name) {
        $fields[$name] = $error->{$name};
    }
    if ($error->errors === []) {
        $fields['errors'] = new stdClass();
    }
    if ($error->retry_after !== null) {
        $fields['retry_after'] = (int) round($error->retry_after * 1000);
    }
    if ($error->cause !== null) {
        $fields['cause'] = errorFields($error->cause);
    }
    $fields['previous'] = $error->previous?->toArray();
    return array_filter($fields, static fn($value): bool => $value !== null);
}
