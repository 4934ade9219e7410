<?php

// The cost of FFI: a call into the library that does nothing, and the balance with the typed classes and with the C
// functions alone, with a server on this machine. Prints seconds per call as JSON.

declare(strict_types=1);

require __DIR__ . '/alternate.php';
require __DIR__ . '/ours.php';

const ROUNDS = 60;
const CALLS = 50;

$server = json_decode($argv[1], true);
$client = ours(['tls_url' => $server['url']] + $server);
$client->account->balance();

$package = __DIR__ . '/../../../dist/php/lib';
$library = FFI::cdef(file_get_contents("$package/alikassa.ffi.h"), "$package/libalikassa.so.0");
$handles = $library->new('alikassa_client *[1]');
$config = $library->new('alikassa_config *[1]');
$library->alikassa_config_new($server['account'], strlen($server['account']), FFI::addr($config[0]), null);
$options = ['payout_cert' => $server['payout_cert'], 'base_url' => $server['url'], 'digest' => 'sha1'];
foreach ($options as $name => $value) {
    $library->{"alikassa_config_set_$name"}($config[0], $value, strlen($value), null);
}
$library->alikassa_client_new($config[0], FFI::addr($handles[0]), null);

$reply = $library->new('alikassa_reply *[1]');
$measured = alternate([
    'ours' => static fn() => $client->account->balance(),
    'C functions' => static function () use ($library, $handles, $reply): void {
        if ($library->alikassa_account_balance($handles[0], 0, 0, FFI::addr($reply[0]), null) !== 0) {
            throw new Exception('no balance');
        }
        $library->alikassa_reply_free($reply[0]);
    },
], ROUNDS, CALLS);
$crossing = alternate(['FFI' => static function () use ($library): void {
    for ($i = 0; $i < 1000; ++$i) {
        $library->alikassa_abi_version();
    }
}], ROUNDS, 1);
$measured['crossing'] = array_map(static fn(float $seconds): float => $seconds / 1000, $crossing['FFI']);
echo json_encode($measured);
