<?php

// One request of fpm.php: each takes its turn first in every second request.

declare(strict_types=1);

$server = json_decode(getenv('SERVER'), true);
$options = [
    'payoutCert' => $server['payout_cert'],
    'baseUrl' => $server['tls_url'],
    'caFile' => $server['ca_file'],
    'digest' => 'sha1',
];
$balance = static fn() => (new AliKassa\Client($server['account'], ...$options))->account->balance();

$sign = AliKassa\SigningKey::load($server['payout_cert'])->sign('[]', 'sha1');
$curl = curl_init("$server[tls_url]/v1/account/balance");
curl_setopt_array($curl, [
    CURLOPT_POST => true,
    CURLOPT_POSTFIELDS => '[]',
    CURLOPT_RETURNTRANSFER => true,
    CURLOPT_CAINFO => $server['ca_file'],
    CURLOPT_PROXY => '',
    CURLOPT_HTTPHEADER => ['Content-Type: application/json', "Account: $server[account]", "Sign: $sign"],
]);
$trip = static fn() => curl_exec($curl) ?: throw new Exception(curl_error($curl));
// The connection.
$trip();

$calls = ['ours' => $balance, 'trip' => $trip];
$seconds = [];
foreach (hrtime(true) % 2 === 0 ? $calls : array_reverse($calls) as $whose => $call) {
    $start = hrtime(true);
    $call();
    $seconds[$whose] = (hrtime(true) - $start) / 1e9;
}
echo json_encode($seconds);
