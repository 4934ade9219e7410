<?php
// Reads a JSON list of tagged values (tests/README.md), writes the JSON list of what json_encode makes of each, in base64.

declare(strict_types=1);

require __DIR__ . '/tagged.php';

$bodies = [];
foreach (json_decode(stream_get_contents(STDIN), true, 4096, JSON_THROW_ON_ERROR) as $node) {
    // A body without fields is an empty array in PHP, since a merchant's call passes an array.
    $body = $node === ['map', []] ? [] : value($node);
    // 64 levels is the deepest body allowed; PHP counts them as the vectors do.
    $bodies[] = base64_encode(json_encode($body, JSON_THROW_ON_ERROR, 64));
}
echo json_encode($bodies);
