<?php

declare(strict_types=1);

namespace AliKassa;

use AliKassa\Internal\Handle;
use AliKassa\Internal\KeptName;
use AliKassa\Internal\Native;

/** A merchant's private key, from `load` or `fromPem`. */
final class SigningKey
{
    private function __construct(
        private readonly Handle $handle,
        private readonly string $identity,
    ) {
    }

    /**
     * Loads a private key from the folder that AliKassa's archive unpacks to: `private.pem` and
     * `password.txt`.
     *
     * @throws KeyLoadError The key cannot be loaded; `reason` says why.
     */
    public static function load(string $folder): self
    {
        $handle = Native::get()->make('signing_key', 'signing_key_load', $folder);

        return new self($handle, KeptName::ofFolder($folder));
    }

    /**
     * Loads a private key from a text in PEM form.
     *
     * @param string|null $password The content of `password.txt`; null if the key has no password.
     *
     * @throws KeyLoadError The key cannot be loaded; `reason` says why.
     */
    public static function fromPem(
        #[\SensitiveParameter] string $pem,
        #[\SensitiveParameter] ?string $password = null,
    ): self {
        $handle = Native::get()->make('signing_key', 'signing_key_from_pem', $pem, $password);

        return new self($handle, KeptName::ofText($pem . "\0" . $password));
    }

    /**
     * Signs `data` and returns the signature in base64, as in the header `Sign`.
     *
     * @param 'sha1'|'sha256' $digest
     *
     * @throws InvalidArgumentError The digest is unknown.
     */
    public function sign(#[\SensitiveParameter] string $data, string $digest): string
    {
        return Native::get()->text('sign', $this->handle, $data, $digest);
    }

    /**
     * The same for the same key, without telling it.
     *
     * @internal
     */
    public function identity(): string
    {
        return $this->identity;
    }

    /** @internal */
    public function handle(): Handle
    {
        return $this->handle;
    }

    /** @return array<string, never> */
    public function __debugInfo(): array
    {
        return [];
    }

    public function __serialize(): never
    {
        throw new \LogicException('a SigningKey cannot be serialized: load it again');
    }
}
