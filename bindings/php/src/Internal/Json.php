<?php

declare(strict_types=1);

namespace AliKassa\Internal;

use AliKassa\InvalidArgumentError;

/**
 * Writes the values of a program as JSON text for the C library, which reads, checks and signs
 * them. An object with the library's canonical form is never written here.
 *
 * @internal
 */
final class Json
{
    /** The library refuses more than 64 levels: what is below need not be written. */
    private const DEPTH = 70;

    /** A number that the library refuses as it refuses every float. */
    private const FLOAT = '0.5';

    private function __construct(
        private readonly ?string $operation,
        private readonly ?string $outcome,
        private readonly ?string $order_id,
    ) {}

    /**
     * The fields of a request. An empty array is an object where the request has one.
     *
     * @param array<array-key, mixed> $request
     *
     * @throws InvalidArgumentError A value has a type that JSON has not, or is no UTF-8.
     */
    public static function request(
        #[\SensitiveParameter] array $request,
        string $operation,
        bool $isCreate = false,
    ): string {
        foreach (Tables::OBJECTS[$operation] ?? [] as $field) {
            if (($request[$field] ?? null) === []) {
                $request[$field] = new \stdClass();
            }
        }

        $json = new self($operation, $isCreate ? 'not_sent' : null, self::orderId($request));

        return $json->object($request, '', 0);
    }

    /**
     * A body. At the top an empty array is an object.
     *
     * @throws InvalidArgumentError As for `request`.
     */
    public static function body(
        #[\SensitiveParameter] mixed $body,
        ?string $operation = null,
        ?string $outcome = null,
    ): string {
        $json = new self($operation, $outcome, \is_array($body) ? self::orderId($body) : null);

        return $body === [] ? '{}' : $json->value($body, '', 0);
    }

    /** @param array<array-key, mixed> $request */
    private static function orderId(#[\SensitiveParameter] array $request): ?string
    {
        $order_id = $request['order_id'] ?? null;

        return \is_string($order_id) ? $order_id : null;
    }

    private function value(#[\SensitiveParameter] mixed $value, string $path, int $depth): string
    {
        return match (true) {
            $value === null => 'null',
            \is_bool($value) => $value ? 'true' : 'false',
            \is_int($value) => (string) $value,
            \is_float($value) => self::FLOAT,
            \is_string($value) => $this->text($value, $path),
            \is_array($value) && array_is_list($value) => $this->list($value, $path, $depth),
            \is_array($value) => $this->object($value, $path, $depth),
            $value instanceof \stdClass => $this->object((array) $value, $path, $depth),
            default => throw $this->refusal($path, 'type', get_debug_type($value) . ' is no type of JSON'),
        };
    }

    /** @param list<mixed> $items */
    private function list(#[\SensitiveParameter] array $items, string $path, int $depth): string
    {
        $written = [];
        foreach ($depth < self::DEPTH ? $items : [] as $index => $item) {
            $written[] = $this->value($item, "{$path}[$index]", $depth + 1);
        }

        return '[' . implode(',', $written) . ']';
    }

    /** @param array<array-key, mixed> $members */
    private function object(#[\SensitiveParameter] array $members, string $path, int $depth): string
    {
        $written = [];
        foreach ($depth < self::DEPTH ? $members : [] as $name => $value) {
            $name = (string) $name;
            $inner = $path === '' ? $name : "$path.$name";
            $written[] = $this->text($name, $path) . ':' . $this->value($value, $inner, $depth + 1);
        }

        return '{' . implode(',', $written) . '}';
    }

    private function text(#[\SensitiveParameter] string $text, string $path): string
    {
        $written = json_encode($text, \JSON_UNESCAPED_SLASHES | \JSON_UNESCAPED_UNICODE);
        $advice = 'this text is not UTF-8: convert it, for example with mb_convert_encoding';

        return $written === false ? throw $this->refusal($path, 'utf8', $advice) : $written;
    }

    private function refusal(string $path, string $reason, string $advice): InvalidArgumentError
    {
        return Failure::argument($path, $reason, $advice, $this->operation, $this->outcome, $this->order_id);
    }
}
