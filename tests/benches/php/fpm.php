<?php

// A call in a worker of php-fpm that is warm: a new `Client`, which the process has kept, and a balance; compared with
// the bare trip by curl, with a kept connection and a signature that is ready. Prints seconds per request as JSON.

declare(strict_types=1);

use AliKassa\Tests\Fpm;

require __DIR__ . '/../../../bindings/php/tests/Fpm.php';

const REQUESTS = 60;

$server = json_decode($argv[1], true);
$folder = $argv[2];
// The workers of nginx have a user of their own.
chmod($folder, 0755);
$package = dirname(__DIR__, 3) . '/dist/php';
exec("php $package/bin/alikassa-ini", $ini);
$user = posix_getpwuid(posix_geteuid())['name'];
$env = ['PACKAGE' => $package, 'SERVER' => $argv[1]];
$fpm = new Fpm($folder, [...$ini, "opcache.preload_user=$user"], $env, app: __DIR__ . '/fpm_worker.php');
$fpm->get('warm');
$measured = ['ours' => [], 'trip' => []];
for ($request = 0; $request < REQUESTS; ++$request) {
    foreach ($fpm->get('measure') as $whose => $seconds) {
        $measured[$whose][] = $seconds;
    }
}
echo json_encode($measured);
