<?php

declare(strict_types=1);

namespace AliKassa\Internal;

use AliKassa\ConfigurationError;

/**
 * Finds and loads the C library.
 *
 * @internal
 */
final class Library
{
    private const ABI = 0;

    private const SCOPE = 'alikassa';

    /** The folder of the header and the library, in the package. */
    private const FOLDER = __DIR__ . '/../../lib';

    /** @throws ConfigurationError FFI is missing or restricted, or the library is not there. */
    public static function load(): \FFI
    {
        if (!\extension_loaded('ffi')) {
            throw new ConfigurationError('PHP has no FFI: install php-ffi and write `extension=ffi` into php.ini');
        }
        $library = self::preloaded() ?? self::ownLibrary();
        /** @var int $abi */
        $abi = $library->alikassa_abi_version(); // @phpstan-ignore method.notFound
        if ($abi !== self::ABI) {
            throw new ConfigurationError(
                "the loaded libalikassa has the ABI $abi, and this package needs " . self::ABI
                . ': install the library and the package of the same version',
            );
        }

        return $library;
    }

    /** What `ffi.preload` loaded, if it did. */
    private static function preloaded(): ?\FFI
    {
        try {
            return \FFI::scope(self::SCOPE);
        } catch (\FFI\Exception) {
            return null;
        }
    }

    private static function ownLibrary(): \FFI
    {
        $header = self::FOLDER . '/alikassa.ffi.h';
        $library = self::FOLDER . '/libalikassa.so.' . self::ABI;
        $code = @file_get_contents($header);
        if ($code === false) {
            throw new ConfigurationError("$header cannot be read: install the package that `make dist` builds");
        }
        try {
            return \FFI::cdef($code, $library);
        } catch (\FFI\Exception $exception) {
            throw new ConfigurationError(self::advice($exception));
        }
    }

    private static function advice(\FFI\Exception $exception): string
    {
        if (!str_contains($exception->getMessage(), 'ffi.enable')) {
            return "libalikassa cannot be loaded: {$exception->getMessage()}";
        }
        $folder = \dirname(__DIR__, 2);

        return \sprintf(
            'PHP may not use FFI here (ffi.enable=%s): run `php %s`, which makes a header, and write `ffi.preload=%s`'
            . ' and `opcache.preload=%s` into php.ini, or only `ffi.enable=1`; then restart PHP',
            \ini_get('ffi.enable'),
            "$folder/bin/alikassa-ini",
            "$folder/lib/alikassa.preload.h",
            "$folder/preload.php",
        );
    }
}
