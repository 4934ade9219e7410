<?php
// Encodes and signs as the provider's server does. Each line of input is one request:
// {"encode": tagged map, "flags": [names of constants]} returns the output of json_encode in base64,
// {"sign": base64, "key": file, "password": text, "digest": name} returns openssl_sign's signature in base64,
// {"query": [[name, text], …], "spaces": "+" or "%20"} returns the output of http_build_query.

declare(strict_types=1);

ini_set('display_errors', 'stderr');
require __DIR__ . '/tagged.php';

function encode(object $request): string
{
    $flags = array_reduce($request->flags, fn(int $all, string $name) => $all | constant($name), JSON_THROW_ON_ERROR);
    return base64_encode(json_encode(value($request->encode), $flags));
}

function sign(object $request): string
{
    $key = openssl_pkey_get_private('file://' . $request->key, $request->password);
    if (!openssl_sign(base64_decode($request->sign), $signature, $key, $request->digest)) {
        throw new RuntimeException(openssl_error_string());
    }
    return base64_encode($signature);
}

function query(object $request): string
{
    $encoding = $request->spaces === '+' ? PHP_QUERY_RFC1738 : PHP_QUERY_RFC3986;
    return http_build_query(array_column($request->query, 1, 0), '', '&', $encoding);
}

while (($line = fgets(STDIN)) !== false) {
    $request = json_decode($line, false, 512, JSON_THROW_ON_ERROR);
    $response = match (true) {
        isset($request->encode) => encode($request),
        isset($request->sign) => sign($request),
        isset($request->query) => query($request),
    };
    echo json_encode($response, JSON_THROW_ON_ERROR), "\n";
}
