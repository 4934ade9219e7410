<?php

// The library, set up as a user would, in the same way for all scripts.

declare(strict_types=1);

use AliKassa\Client;

require __DIR__ . '/../../../dist/php/preload.php';

/** A client with a fixed digest, so that only the call is measured. */
function ours(array $server): Client
{
    return new Client(
        $server['account'],
        payoutCert: $server['payout_cert'],
        baseUrl: $server['tls_url'],
        caFile: $server['ca_file'],
        digest: 'sha1',
    );
}
