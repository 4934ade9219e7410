<?php

declare(strict_types=1);

namespace AliKassa\Internal;

/**
 * The text of a key, from the environment. It is opened only if a client is made with it.
 *
 * @internal
 */
final class Pem
{
    public function __construct(
        #[\SensitiveParameter] public readonly string $text,
        #[\SensitiveParameter] public readonly ?string $password,
    ) {
    }

    /** @return array<string, never> */
    public function __debugInfo(): array
    {
        return [];
    }
}
