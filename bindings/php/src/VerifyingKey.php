<?php

declare(strict_types=1);

namespace AliKassa;

use AliKassa\Internal\Handle;
use AliKassa\Internal\KeptName;
use AliKassa\Internal\Native;

/** A public key that verifies signatures, from `load` or `fromPem`. */
final class VerifyingKey
{
    private function __construct(
        private readonly Handle $handle,
        private readonly ?string $folder,
        private readonly ?string $pem,
        private readonly string $identity,
    ) {}

    /**
     * Loads `public.pem` from the folder that AliKassa's archive unpacks to.
     *
     * @throws KeyLoadError The key cannot be loaded; `reason` says why.
     */
    public static function load(string $folder): self
    {
        // First, as for a SigningKey.
        $identity = KeptName::ofFolder($folder);
        $handle = Native::library()->make('verifying_key', 'verifying_key_load', $folder);

        return new self($handle, $folder, null, $identity);
    }

    /**
     * Loads a public key, or the public key of a certificate, in PEM form.
     *
     * @throws KeyLoadError The key cannot be loaded; `reason` says why.
     */
    public static function fromPem(string $pem): self
    {
        $handle = Native::library()->make('verifying_key', 'verifying_key_from_pem', $pem);

        return new self($handle, null, $pem, KeptName::ofText($pem));
    }

    /**
     * Verifies a signature of `data` and returns the digest that matched: `sha1` or `sha256`.
     *
     * @param string $signature The signature in base64.
     * @param 'auto'|'sha1'|'sha256' $digest The digest to accept; `auto` accepts either.
     *
     * @throws SignatureMismatchError The signature does not match, or is not valid base64.
     * @throws InvalidArgumentError The digest is unknown.
     */
    public function verify(string $data, string $signature, string $digest = 'auto'): string
    {
        return Native::library()->constant('verify', $this->handle, $data, $signature, $digest);
    }

    /**
     * Where the key came from: a folder or a text. The C library takes no other form for a client.
     *
     * @internal
     *
     * @return array{?string, ?string}
     */
    public function source(): array
    {
        return [$this->folder, $this->pem];
    }

    /**
     * A hash of the key, or of the folder and the state of its files.
     *
     * @internal
     */
    public function identity(): string
    {
        return $this->identity;
    }

    /** @return array<string, never> */
    public function __debugInfo(): array
    {
        return [];
    }

    public function __serialize(): never
    {
        throw new \LogicException('a VerifyingKey cannot be serialized: load it again');
    }
}
