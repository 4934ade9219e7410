<?php

declare(strict_types=1);

namespace AliKassa\Internal;

/**
 * An object of the C library, freed with this one. It is a number, not an address: a pointer of FFI
 * would let a program that prints variables follow it.
 *
 * @internal
 */
final class Handle
{
    public function __construct(
        private readonly Native $native,
        public readonly string $type,
        public readonly int $number,
    ) {}

    public function __destruct()
    {
        $this->native->free($this);
    }

    /** @return array<string, string> */
    public function __debugInfo(): array
    {
        return ['type' => $this->type];
    }

    private function __clone() {}

    public function __serialize(): never
    {
        throw new \LogicException("alikassa: a {$this->type} cannot be serialized");
    }
}
