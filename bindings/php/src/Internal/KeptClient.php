<?php

declare(strict_types=1);

namespace AliKassa\Internal;

/**
 * Clients that the process keeps between the requests of a web server.
 *
 * @internal
 */
final class KeptClient
{
    /** Here an object lives as long as the process. */
    private const COMMAND_LINES = ['cli', 'phpdbg', 'embed'];

    public static function isUsed(): bool
    {
        return !\in_array(\PHP_SAPI, self::COMMAND_LINES, true);
    }

    /**
     * The client with these options, by the core's names, and the name by which the process keeps it.
     *
     * @param array<string, mixed> $options
     *
     * @return array{Handle, string}
     */
    public static function find(#[\SensitiveParameter] array $options): array
    {
        $native = Native::get();
        $name = KeptName::of($options);
        $client = $native->find('client', 'client_kept', $name);
        if ($client === null) {
            $client = Options::client($options);
            $native->run('client_keep', $client, $name);
        }

        return [$client, $name];
    }

    public static function forget(string $name): void
    {
        Native::get()->run('client_unkeep', $name);
    }
}
