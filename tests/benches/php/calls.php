<?php

// B3 and B4: one call after another over TLS. Prints the seconds per call as JSON.
//
// The second argument is the operation: `distinct`, statuses of changing payouts; `status`, the same status repeatedly;
// or `balance`.

declare(strict_types=1);

require __DIR__ . '/alternate.php';
require __DIR__ . '/ours.php';
require __DIR__ . '/../peers/curl_openssl.php';
require __DIR__ . '/../peers/documented.php';
require __DIR__ . '/../peers/guzzle_phpseclib.php';

const ROUNDS = 120;
const CALLS = 10;

[, $server, $operation] = $argv;
$server = json_decode($server, true);
$payouts = $server['payouts'];

$payout = static fn(int $n): int => $payouts[$operation === 'distinct' ? $n % count($payouts) : 0];

// The call of a peer. Its response must be the requested one.
$theirs = static fn(Closure $call): Closure => $operation === 'balance'
    ? static fn() => $call('v1/account/balance', [])['currency'] === 'RUB' ?: throw new Exception('no balance')
    : static fn(int $n) => $call('v1/payout/status', ['id' => (string) $payout($n)])['id'] === $payout($n)
        ?: throw new Exception('another payout');

$client = ours($server);
echo json_encode(alternate([
    'ours' => $operation === 'balance'
        ? static fn() => $client->account->balance()
        : static fn(int $n) => $client->payouts->status(id: $payout($n)),
    'curl, OpenSSL' => $theirs(curl_openssl\connect($server)),
    'Guzzle, phpseclib' => $theirs(guzzle_phpseclib\connect($server)),
    'documented sample' => $theirs(documented\connect($server)),
], ROUNDS, CALLS));
