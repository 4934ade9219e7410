<?php
// Reads a JSON list of tagged data (tests/README.md). Writes a JSON list with the output of json_encode for each,
// in base64.
declare(strict_types=1);

require __DIR__ . '/tagged.php';

$bodies = [];
foreach (json_decode(stream_get_contents(STDIN), true, 4096, JSON_THROW_ON_ERROR) as $node) {
    // A merchant passes an array, so a body without fields is an empty array.
    $body = $node === ['map', []] ? [] : value($node);
    // The maximum depth. PHP counts levels as the vectors do.
    $bodies[] = base64_encode(json_encode($body, JSON_THROW_ON_ERROR, 64));
}
echo json_encode($bodies);
