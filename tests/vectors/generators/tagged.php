<?php
// Converts tagged data (tests/README.md) to PHP values.

declare(strict_types=1);

function value(array $node): mixed
{
    [$tag, $content] = $node + [1 => null];
    return match ($tag) {
        'null' => null,
        'bool', 'text' => $content,
        'int' => integer($content),
        'list' => array_map('value', $content),
        'map' => map($content),
    };
}

function integer(string $digits): int
{
    // A cast would silently clamp a larger number.
    if ((string) (int) $digits !== $digits) {
        throw new RangeException($digits);
    }
    return (int) $digits;
}

/** A merchant's array; an object if PHP would encode that array as a list, since tagged maps are never lists. */
function map(array $pairs): array|object
{
    $array = [];
    foreach ($pairs as [$key, $node]) {
        $array[$key] = value($node);
    }
    return array_is_list($array) ? (object) $array : $array;
}
