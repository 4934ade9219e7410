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
     * The kept client with these options, by the core's names, or a new one that is kept from now
     * on.
     *
     * @param array<string, mixed> $options
     */
    public static function find(#[\SensitiveParameter] array $options): Handle
    {
        $native = Native::library();
        $name = KeptName::of($options);
        $client = $native->find('client', 'client_kept', $name);
        if ($client === null) {
            $client = Options::client($options);
            $native->run('client_keep', $client, $name);
        }

        return $client;
    }
}
