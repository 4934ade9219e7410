<?php

/**
 * Loads every class of the package: for `opcache.preload`, which lets them use FFI with the default
 * `ffi.enable=preload`, and for programs without Composer.
 */

declare(strict_types=1);

spl_autoload_register(static function (string $class): void {
    if (str_starts_with($class, 'AliKassa\\')) {
        $name = strtr(substr($class, strlen('AliKassa\\')), '\\', '/');
        foreach (['src', 'generated'] as $folder) {
            if (is_file($file = __DIR__ . "/$folder/$name.php")) {
                require_once $file;
            }
        }
    }
});

foreach (['src', 'generated'] as $folder) {
    $files = new RecursiveIteratorIterator(new RecursiveDirectoryIterator(__DIR__ . "/$folder"));
    foreach (new RegexIterator($files, '/\.php$/') as $file) {
        require_once (string) $file;
    }
}
