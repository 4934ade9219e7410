<?php

// The provider's PHP sample, from its page on the payout status: it loads the key and opens a connection for each call.
// Rewritten with the sample's statements in the same order; the bench sets digest, address and certificate folder.

declare(strict_types=1);

namespace documented;

/** @return \Closure(string, array<string, string>): array<string, mixed> */
function connect(array $server): \Closure
{
    return static function (string $path, array $data) use ($server): array {
        $body = json_encode($data);
        $privateKey = openssl_pkey_get_private(
            file_get_contents("$server[payout_cert]/private.pem"),
            trim(file_get_contents("$server[payout_cert]/password.txt")),
        );
        openssl_sign($body, $sign, $privateKey, 'sha1');

        $curl = curl_init("$server[tls_url]/$path");
        curl_setopt_array($curl, [
            CURLOPT_POST => true,
            CURLOPT_POSTFIELDS => $body,
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_TIMEOUT => 30,
            CURLOPT_CAINFO => $server['ca_file'],
            CURLOPT_PROXY => '',
            CURLOPT_HTTPHEADER => [
                'Content-Type: application/json',
                "Account: $server[account]",
                'Sign: ' . base64_encode($sign),
            ],
        ]);
        $response = curl_exec($curl);
        curl_close($curl);

        return json_decode($response, true);
    };
}
