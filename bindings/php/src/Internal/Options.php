<?php

declare(strict_types=1);

namespace AliKassa\Internal;

use AliKassa\InvalidArgumentError;
use AliKassa\Ledger;
use AliKassa\SigningKey;
use AliKassa\VerifyingKey;

/**
 * Sets the options of a client in the C library.
 *
 * @internal
 */
final class Options
{
    /** @var array<string, string> */
    private const LIMITS = [
        'maxAmount' => 'max_amount',
        'maxPerDay' => 'max_per_day',
        'maxCountPerDay' => 'max_count_per_day',
        'zone' => 'zone',
        'allowedServices' => 'allowed_services',
        'allowedNumbers' => 'allowed_numbers',
    ];

    private function __construct(private readonly Native $native, private readonly Handle $config) {}

    /**
     * A new client of the C library with these options, by the core's names.
     *
     * @param array<string, mixed> $options
     */
    public static function client(#[\SensitiveParameter] array $options): Handle
    {
        $native = Native::library();
        $account = \is_string($options['account']) ? $options['account'] : '';
        $setter = new self($native, $native->make('config', 'config_new', $account));
        $setter->run('wrapper', 'php/' . Tables::VERSION);
        foreach ($options as $name => $value) {
            if ($value !== null && $name !== 'account') {
                $setter->set($name, $value);
            }
        }

        return $native->make('client', 'client_new', $setter->config);
    }

    private function set(string $name, #[\SensitiveParameter] mixed $value): void
    {
        match (true) {
            $name === 'limits' && \is_array($value) => $this->setLimits($value),
            $name === 'notification_cert' => $this->addKeys(\is_array($value) ? $value : [$value]),
            $value instanceof SigningKey => $this->run(str_replace('_cert', '_signing_key', $name), $value->handle()),
            $value instanceof Ledger => $this->run($name, $value->source()),
            \is_float($value) => $this->run("{$name}_ms", Duration::milliseconds($value)),
            \is_bool($value) => $this->run($name, (int) $value),
            \is_int($value) => $this->run($name, self::count($name, $value)),
            default => $this->run($name, \is_string($value) ? $value : ''),
        };
    }

    /** @param array<array-key, mixed> $keys */
    private function addKeys(array $keys): void
    {
        foreach ($keys as $key) {
            [$folder, $pem] = match (true) {
                $key instanceof VerifyingKey => $key->source(),
                \is_string($key) => [$key, null],
                default => throw self::invalid('notification_cert', 'type', 'pass folders or VerifyingKeys'),
            };
            if ($folder === null) {
                $this->native->run('config_add_notification_key', $this->config, $pem ?? '');
            } else {
                $this->native->run('config_add_notification_cert', $this->config, $folder);
            }
        }
    }

    /** @param array<array-key, mixed> $operations */
    private function setLimits(#[\SensitiveParameter] array $operations): void
    {
        foreach ($operations as $operation => $limits) {
            if ($limits === null) {
                continue;
            }
            $json = Json::body(\is_array($limits) ? self::renamed($limits, "limits.$operation") : $limits);
            $functions = [Argument::NoFunction, Argument::NoFunction, Argument::NoFunction];
            $this->native->run('config_set_limits', $this->config, (string) $operation, $json, ...$functions);
        }
    }

    /**
     * The limits of one operation by the names of the C library.
     *
     * @param array<array-key, mixed> $limits
     *
     * @return array<array-key, mixed>
     */
    private static function renamed(#[\SensitiveParameter] array $limits, string $path): array
    {
        $renamed = [];
        foreach ($limits as $name => $value) {
            if (\is_float($value)) {
                throw Failure::argument("$path.$name", 'float', 'binary floats are not exact; pass a string');
            }
            if (!isset(self::LIMITS[$name]) && \in_array($name, self::LIMITS, true)) {
                // It would silently replace the limit with PHP's name.
                throw Failure::argument("$path.$name", 'unknown', 'there is no such limit');
            }
            $renamed[self::LIMITS[$name] ?? $name] = $value;
        }

        return $renamed;
    }

    /** A count that the C library's type can hold; it checks the range. */
    private static function count(string $name, int $count): int
    {
        [$least, $most] = Tables::COUNTS[$name] ?? [0, 0];
        if ($count < $least || $count > $most) {
            throw self::invalid($name, 'out_of_range', "pass $least to $most");
        }

        return $count;
    }

    private static function invalid(string $name, string $reason, string $advice): InvalidArgumentError
    {
        return Failure::argument(Tables::OPTION_NAMES[$name] ?? $name, $reason, $advice);
    }

    private function run(string $setting, #[\SensitiveParameter] Handle|string|int|null ...$values): void
    {
        $this->native->run("config_set_$setting", $this->config, ...$values);
    }
}
