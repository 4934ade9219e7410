<?php

declare(strict_types=1);

namespace AliKassa;

use AliKassa\Internal\Environment;
use AliKassa\Internal\Handle;
use AliKassa\Internal\KeptName;
use AliKassa\Internal\Native;

/** A merchant's private key, from `load` or `fromPem`. */
final class SigningKey
{
    private ?Handle $handle = null;

    /**
     * @param \Closure(): Handle $open It holds no secret, since printed objects show what a closure
     *     holds.
     */
    private function __construct(
        private readonly \Closure $open,
        private readonly string $identity,
    ) {}

    /**
     * Loads a private key from the folder that AliKassa's archive unpacks to: `private.pem` and
     * `password.txt`.
     *
     * @throws KeyLoadError The key cannot be loaded; `reason` says why.
     */
    public static function load(string $folder): self
    {
        // First: if the key is replaced meanwhile, no later client finds the old one by the new state.
        $identity = KeptName::ofFolder($folder);
        $handle = Native::library()->make('signing_key', 'signing_key_load', $folder);

        return new self(static fn(): Handle => $handle, $identity);
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
        $handle = Native::library()->make('signing_key', 'signing_key_from_pem', $pem, $password);

        return new self(static fn(): Handle => $handle, KeptName::ofText($pem . "\0" . $password));
    }

    /**
     * The key of two environment variables. It is opened only if a client is made with it: that
     * takes longer than most calls, and a web server makes the same client again for each request.
     *
     * @internal
     */
    public static function fromVariables(string $pem, string $password): self
    {
        $open = static fn(): Handle => self::fromPem(
            Environment::variable($pem) ?? '',
            Environment::variable($password),
        )->handle();

        $texts = Environment::variable($pem) . "\0" . Environment::variable($password);

        return new self($open, KeptName::ofText($texts));
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
        return Native::library()->text('sign', $this->handle(), $data, $digest);
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
        return $this->handle ??= ($this->open)();
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
