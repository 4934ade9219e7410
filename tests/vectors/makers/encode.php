<?php
// Reads a JSON list of tagged values (tests/README.md), writes the JSON list of what json_encode makes of each, in base64.

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

$bodies = [];
foreach (json_decode(stream_get_contents(STDIN), true, 4096, JSON_THROW_ON_ERROR) as $node) {
    // A body without fields is an empty array in PHP, since a merchant's call passes an array.
    $body = $node === ['map', []] ? [] : value($node);
    // 64 levels is the deepest body allowed; PHP counts them as the vectors do.
    $bodies[] = base64_encode(json_encode($body, JSON_THROW_ON_ERROR, 64));
}
echo json_encode($bodies);
