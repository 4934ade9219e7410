<?php

declare(strict_types=1);

namespace AliKassa;

use AliKassa\Internal\Handle;
use AliKassa\Internal\Native;
use AliKassa\Internal\Record;
use AliKassa\Internal\Replies;

/** The response to a raw request: HTTP 200, and its bytes. */
final class Reply extends Record
{
    protected const FIELDS = ['status'];

    protected const LOGGABLE = ['status'];

    /**
     * @param int $status The HTTP status.
     * @param string $body The body, at most 1 MiB.
     */
    private function __construct(
        public readonly int $status,
        #[\SensitiveParameter] public readonly string $body,
    ) {}

    /** @internal */
    public static function of(Handle $reply): self
    {
        $native = Native::library();
        $made = new self($native->number('reply_http_status', $reply), $native->field('reply_body', $reply) ?? '');

        return Replies::remember($made, $reply);
    }

    /**
     * The body as PHP reads JSON: objects as arrays, integers beyond 64 bits as texts. Other
     * numbers become floats, so read amounts with a typed call, or as texts from `body`.
     *
     * @throws ProtocolError The body is not JSON, or nests deeper than 64 levels.
     */
    public function json(): mixed
    {
        try {
            return json_decode($this->body, true, 64, \JSON_THROW_ON_ERROR | \JSON_BIGINT_AS_STRING);
        } catch (\JsonException $exception) {
            throw new ProtocolError("the response is not JSON: {$exception->getMessage()}");
        }
    }

    /** What was sent and received, as English text for the chat of the provider's support. */
    public function supportText(): ?string
    {
        return Replies::supportText($this);
    }
}
