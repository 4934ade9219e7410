<?php

declare(strict_types=1);

namespace AliKassa\Internal;

use AliKassa\ConfigurationError;
use AliKassa\SigningKey;
use AliKassa\VerifyingKey;

/**
 * The options that environment variables set. They are read here and not by the C library, because
 * frameworks set variables in PHP alone.
 *
 * @internal
 */
final class Environment
{
    /**
     * @param list<string> $given The options, by the core's names, whose variables are not read.
     *
     * @return array<string, mixed>
     */
    public static function options(array $given): array
    {
        $options = [];
        foreach (Tables::VARIABLES as $name => $variables) {
            if (!\in_array($name, $given, true)) {
                $options[$name] = self::option(...$variables);
            }
        }
        if (!\in_array('account', $given, true) && $options['account'] === null) {
            throw new ConfigurationError("set ALIKASSA_ACCOUNT to the account's UUID");
        }

        return array_filter($options, static fn(mixed $value): bool => $value !== null);
    }

    private static function option(
        string $variable,
        ?string $keyVariable,
        ?string $passwordVariable,
    ): SigningKey|VerifyingKey|string|null {
        $text = self::variable($variable);
        $pem = self::variable($keyVariable);
        $password = self::variable($passwordVariable);
        if ($text !== null && $pem !== null) {
            throw new ConfigurationError(
                "$variable and $keyVariable are both set: set the folder or the key, not both",
            );
        }
        if ($pem === null && $password !== null) {
            throw new ConfigurationError("$passwordVariable is set without $keyVariable, the key that it belongs to");
        }

        return match (true) {
            $pem === null || $keyVariable === null => $text,
            $passwordVariable === null => VerifyingKey::fromPem($pem),
            default => SigningKey::fromVariables($keyVariable, $passwordVariable),
        };
    }

    public static function variable(?string $name): ?string
    {
        $value = $name === null ? null : $_SERVER[$name] ?? $_ENV[$name] ?? getenv($name);

        return \is_string($value) && $value !== '' ? $value : null;
    }
}
