<?php

declare(strict_types=1);

namespace AliKassa\Internal;

use AliKassa\Ledger;
use AliKassa\SigningKey;
use AliKassa\VerifyingKey;

/**
 * The name by which the process keeps a client: a hash over all options and the state of the files
 * that they name, so that a client with another option or a changed key has another name.
 *
 * @internal
 */
final class KeptName
{
    /** The files of a certificate's folder. */
    private const KEY_FILES = ['private.pem', 'password.txt', 'public.pem'];

    /** A client reads them when it is made. */
    private const PROXY_VARIABLES = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY', 'no_proxy', 'NO_PROXY'];

    /** @param array<string, mixed> $options By the core's names. */
    public static function of(#[\SensitiveParameter] array $options): string
    {
        $parts = [Tables::VERSION, getcwd(), array_map(getenv(...), self::PROXY_VARIABLES)];
        foreach ($options as $name => $value) {
            $kind = Tables::OPTIONS[$name] ?? '';
            $parts[$name] = match (true) {
                \is_array($value) && $kind === 'verifying_keys' => array_map(self::part(...), $value),
                $kind === 'path' && \is_string($value) => [$value, self::ofFile($value)],
                $kind === 'signing_key' || $kind === 'verifying_keys' || $kind === 'ledger' => self::part($value),
                default => $value,
            };
        }

        return self::ofText(serialize($parts));
    }

    public static function ofText(#[\SensitiveParameter] string $text): string
    {
        return hash('sha256', $text);
    }

    public static function ofFolder(string $folder): string
    {
        $files = array_map(static fn(string $file): string => self::ofFile("$folder/$file"), self::KEY_FILES);

        return self::ofText($folder . "\0" . implode("\0", $files));
    }

    private static function part(#[\SensitiveParameter] mixed $value): mixed
    {
        return match (true) {
            $value instanceof SigningKey, $value instanceof VerifyingKey => $value->identity(),
            $value instanceof Ledger => self::ofText($value->source()),
            \is_string($value) => self::ofFolder($value),
            default => $value,
        };
    }

    /** Its device, inode, size, and the times of its last changes. */
    private static function ofFile(string $path): string
    {
        clearstatcache(true, $path);
        $state = @stat($path);

        return $state === false ? '' : implode(' ', [
            $state['dev'], $state['ino'], $state['size'], $state['mtime'], $state['ctime'],
        ]);
    }
}
