<?php

// curl with a kept connection, and OpenSSL with a loaded key, as a good programmer would write them.

declare(strict_types=1);

namespace curl_openssl;

/** @return \Closure(string, array<string, string>): array<string, mixed> */
function connect(array $server): \Closure
{
    $key = openssl_pkey_get_private(
        file_get_contents("$server[payout_cert]/private.pem"),
        file_get_contents("$server[payout_cert]/password.txt"),
    );
    $curl = curl_init();
    curl_setopt_array($curl, [
        CURLOPT_POST => true,
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_TIMEOUT => 30,
        CURLOPT_CAINFO => $server['ca_file'],
        CURLOPT_PROXY => '',
    ]);

    return static function (string $path, array $data) use ($server, $key, $curl): array {
        $body = json_encode($data);
        openssl_sign($body, $sign, $key, OPENSSL_ALGO_SHA1);
        curl_setopt_array($curl, [
            CURLOPT_URL => "$server[tls_url]/$path",
            CURLOPT_POSTFIELDS => $body,
            CURLOPT_HTTPHEADER => [
                'Content-Type: application/json',
                "Account: $server[account]",
                'Sign: ' . base64_encode($sign),
            ],
        ]);
        $response = curl_exec($curl);
        if ($response === false) {
            throw new \RuntimeException(curl_error($curl));
        }

        return json_decode($response, true, 64, JSON_THROW_ON_ERROR);
    };
}
