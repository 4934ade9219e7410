<?php
// Does what the provider's server does to send a notification or redirect. Each line of input has one thing to do:
// {"encode": tagged map, "flags": [names of constants]} gives json_encode's bytes in base64,
// {"sign": base64, "key": file, "password": text, "digest": name} gives openssl_sign's signature in base64,
// {"query": [[name, text], …], "blanks": "+" or "%20"} gives http_build_query's text.

declare(strict_types=1);

ini_set('display_errors', 'stderr');
require __DIR__ . '/tagged.php';

function encode(object $job): string
{
    $flags = array_reduce($job->flags, fn(int $all, string $name) => $all | constant($name), JSON_THROW_ON_ERROR);
    return base64_encode(json_encode(value($job->encode), $flags));
}

function sign(object $job): string
{
    $key = openssl_pkey_get_private('file://' . $job->key, $job->password);
    if (!openssl_sign(base64_decode($job->sign), $signature, $key, $job->digest)) {
        throw new RuntimeException(openssl_error_string());
    }
    return base64_encode($signature);
}

function query(object $job): string
{
    $encoding = $job->blanks === '+' ? PHP_QUERY_RFC1738 : PHP_QUERY_RFC3986;
    return http_build_query(array_column($job->query, 1, 0), '', '&', $encoding);
}

while (($line = fgets(STDIN)) !== false) {
    $job = json_decode($line, false, 512, JSON_THROW_ON_ERROR);
    $answer = match (true) {
        isset($job->encode) => encode($job),
        isset($job->sign) => sign($job),
        isset($job->query) => query($job),
    };
    echo json_encode($answer, JSON_THROW_ON_ERROR), "\n";
}
