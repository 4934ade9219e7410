<?php

declare(strict_types=1);

namespace AliKassa;

use AliKassa\Internal\Hidden;

/**
 * The base of this library's exceptions. PHP's own are thrown as well: a `TypeError` or an `Error`
 * if arguments do not fit a signature.
 *
 * Branch on the class, on `code()` and on `outcome`; the message is for people. No message contains
 * a key, a password, a whole body or a card number. A property that does not apply is null.
 * `serialize`, `json_encode` and `var_dump` leave out `body()`, `supportText()` and the arguments
 * of the stack trace.
 */
class AliKassaError extends \RuntimeException implements \JsonSerializable
{
    public const CODE = '';

    /** The number of the error in C, and `getCode()`. */
    protected const STATUS = 0;

    /** The parameters of the constructor that no serialized or printed form has. */
    private const HIDDEN = ['body', 'support'];

    /**
     * @internal
     *
     * @param string|null $hint What to do about it, if the message does not say it; `getMessage()`
     *     ends with it.
     * @param string|null $operation The operation, such as `payouts.status`, or the path of a raw
     *     request.
     * @param string|null $order_id The merchant's id of the order, if the call has one.
     * @param string|null $outcome The outcome of the request: `not_sent`, `rejected`, `unknown` or
     *     `created`. Every error of a create has it; it is null for a read that was sent. After
     *     `unknown` the money may have moved: never send the create again. `not_sent` speaks of
     *     this call only: the same `order_id` may be sent again through the same ledger, and it is
     *     never a reason to refund, or to take a new `order_id`. A DuplicateOrderError has the
     *     outcome of the order that the ledger has: `unknown` or `created`.
     * @param int $attempts How many requests the call started.
     * @param string|null $field The path of the invalid field, such as `extra.items[2]`, or the
     *     option of the key that cannot sign.
     * @param string|null $reason Why a field, a key file or a signature was refused, such as
     *     `float` or `wrong_password`.
     * @param string|null $phase How far the request got: `dns`, `connect`, `tls`, `proxy`, `send`,
     *     `receive` or `answer`.
     * @param int|null $http_status The HTTP status of the provider's response.
     * @param string|null $server_message The provider's own message, with card numbers masked. It
     *     may have several lines and any length.
     * @param array<string, list<string>>|null $errors The provider's messages by field, with card
     *     numbers masked; those without a field are under the empty text.
     * @param string|null $body As `body()`.
     * @param string|null $support As `supportText()`.
     * @param float|null $retry_after How many seconds the provider asks to wait before the next
     *     request.
     * @param self|null $cause The error that caused this one; also `getPrevious()`.
     * @param LedgerRow|null $previous The ledger's row of the order.
     * @param bool|null $same_body Whether `previous` was sent with the same body, byte for byte.
     */
    final public function __construct(
        string $message,
        public readonly ?string $hint = null,
        public readonly ?string $operation = null,
        public readonly ?string $order_id = null,
        public readonly ?string $outcome = null,
        public readonly int $attempts = 0,
        public readonly ?string $field = null,
        public readonly ?string $reason = null,
        public readonly ?string $phase = null,
        public readonly ?int $http_status = null,
        public readonly ?string $server_message = null,
        public readonly ?array $errors = null,
        #[\SensitiveParameter] ?string $body = null,
        #[\SensitiveParameter] ?string $support = null,
        public readonly ?float $retry_after = null,
        public readonly ?self $cause = null,
        public readonly ?LedgerRow $previous = null,
        public readonly ?bool $same_body = null,
    ) {
        Hidden::set($this, ['body' => $body, 'support' => $support]);
        parent::__construct($hint === null ? $message : "$message ($hint)", static::STATUS, $cause);
    }

    /** The kind in snake case, the same in every language: `not_found`. */
    final public function code(): string
    {
        return static::CODE;
    }

    /**
     * The bytes of the provider's response, at most 1 MiB. They may contain a card number: do not
     * log them.
     */
    final public function body(): ?string
    {
        return Hidden::get($this, 'body');
    }

    /** What was sent and received, as text for the provider's support; null if nothing was sent. */
    final public function supportText(): ?string
    {
        return Hidden::get($this, 'support');
    }

    /**
     * The error as plain data for JSON, without `body` and `support`: it contains no card number.
     *
     * @return array<string, mixed>
     */
    final public function toArray(): array
    {
        $name = (new \ReflectionClass($this))->getShortName();
        $fields = ['name' => $name, 'code' => static::CODE, 'message' => $this->getMessage()];
        foreach ($this->fields() as $name => $value) {
            $fields[$name] = $value instanceof self || $value instanceof LedgerRow ? $value->toArray() : $value;
        }

        return $fields;
    }

    /** @return array<string, mixed> */
    final public function jsonSerialize(): array
    {
        return $this->toArray();
    }

    /** @return array<string, mixed> */
    final public function __debugInfo(): array
    {
        return $this->toArray() + ['file' => $this->getFile(), 'line' => $this->getLine()];
    }

    /** @return array<string, mixed> */
    final public function __serialize(): array
    {
        $message = $this->getMessage();
        if ($this->hint !== null) {
            $message = substr($message, 0, -\strlen(" ($this->hint)"));
        }

        return ['message' => $message] + $this->fields();
    }

    /** @param array<string, mixed> $data */
    final public function __unserialize(array $data): void
    {
        // Only this constructor may set the properties, which cannot change afterwards.
        $this->__construct(...$data); // @phpstan-ignore argument.type
    }

    /** @return array<string, mixed> */
    private function fields(): array
    {
        $fields = [];
        foreach ((new \ReflectionMethod(self::class, '__construct'))->getParameters() as $parameter) {
            $name = $parameter->getName();
            if ($name !== 'message' && !\in_array($name, self::HIDDEN, true) && $this->{$name} !== null) {
                $fields[$name] = $this->{$name};
            }
        }

        return $fields;
    }
}
