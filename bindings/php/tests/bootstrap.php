<?php

// The package as `tests/drivers/build php` stages it, with the library that it built.

declare(strict_types=1);

$root = dirname(__DIR__, 3);
putenv('ALIKASSA_SANDBOX=' . (getenv('CARGO_TARGET_DIR') ?: "$root/target") . '/debug/alikassa-sandbox');
require "$root/target/drivers/php/preload.php";
require __DIR__ . '/SandboxCase.php';
require __DIR__ . '/Fpm.php';
