<?php
// What tagged values (tests/README.md) are in PHP.

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
    // A cast of a larger number would be cut to the largest one without a word.
    if ((string) (int) $digits !== $digits) {
        throw new RangeException($digits);
    }
    return (int) $digits;
}

/** A merchant's array; an object where PHP would take that array for a list, which the tagged map is not. */
function map(array $pairs): array|object
{
    $array = [];
    foreach ($pairs as [$key, $node]) {
        $array[$key] = value($node);
    }
    return array_is_list($array) ? (object) $array : $array;
}
