<?php

declare(strict_types=1);

namespace AliKassa;

use AliKassa\Internal\Verifier;

/** Verifies redirects; from `Client`. */
final class Redirects extends Verifier
{
    /**
     * Verifies a redirect that the payer's browser brought back. It does not contain the status:
     * request it. Nothing is sent.
     *
     * @param string|null $query The query of a GET request as it was in the URL, with or without
     *     the `?`: `$_SERVER['QUERY_STRING']`. Pass exactly one of `query`, `body` and `fields`.
     * @param string|null $body The raw body of a POST request: `file_get_contents('php://input')`.
     * @param string|null $contentType The body's `Content-Type`. Without it, an object is read as
     *     JSON and everything else as a form.
     * @param array<array-key, mixed>|null $fields The fields, parsed by a framework. Prefer `query`
     *     and `body`: they refuse a duplicate field, of which PHP keeps only the last.
     * @param 'auto'|'sha1'|'sha256'|null $digest The digest of the signature, if different from the
     *     client's.
     *
     * @throws SignatureMismatchError No certificate matches the signature: do not trust the
     *     content.
     * @throws MalformedNotificationError It cannot be parsed.
     * @throws InvalidArgumentError `fields` holds a value that none has, or the arguments do not
     *     fit together.
     * @throws ConfigurationError The client has no `notificationCert`.
     */
    public function verify(
        #[\SensitiveParameter] ?string $query = null,
        #[\SensitiveParameter] ?string $body = null,
        ?string $contentType = null,
        #[\SensitiveParameter] ?array $fields = null,
        ?string $digest = null,
    ): Redirect {
        return $this->verified('redirects', Redirect::class, $query, $body, $contentType, $fields, $digest);
    }
}
