<?php

// Guzzle with a kept connection, and phpseclib with a loaded key and the extension gmp, without which it is far slower.

declare(strict_types=1);

namespace guzzle_phpseclib;

use GuzzleHttp\Client;
use phpseclib3\Crypt\PublicKeyLoader;
use phpseclib3\Crypt\RSA;

require_once 'GuzzleHttp/autoload.php';
require_once 'phpseclib3/autoload.php';

/** @return \Closure(string, array<string, string>): array<string, mixed> */
function connect(array $server): \Closure
{
    $key = PublicKeyLoader::loadPrivateKey(
        file_get_contents("$server[payout_cert]/private.pem"),
        file_get_contents("$server[payout_cert]/password.txt"),
    );
    $key = $key->withHash('sha1')->withPadding(RSA::SIGNATURE_PKCS1);
    $client = new Client([
        'base_uri' => "$server[tls_url]/",
        'verify' => $server['ca_file'],
        'timeout' => 30,
        'proxy' => '',
    ]);

    return static function (string $path, array $data) use ($server, $key, $client): array {
        $body = json_encode($data);
        $response = $client->post($path, ['body' => $body, 'headers' => [
            'Content-Type' => 'application/json',
            'Account' => $server['account'],
            'Sign' => base64_encode($key->sign($body)),
        ]]);

        return json_decode((string) $response->getBody(), true, 64, JSON_THROW_ON_ERROR);
    };
}
