<?php

declare(strict_types=1);

namespace AliKassa\Internal;

/**
 * Reads replies of the C library, and remembers which object was made from which. The objects do
 * not contain the reply: they can be serialized, cloned and printed.
 *
 * @internal
 */
final class Replies
{
    /** @var \WeakMap<object, Handle>|null */
    private static ?\WeakMap $replies = null;

    /**
     * @template T of FieldRecord
     *
     * @param class-string<T> $class
     *
     * @return T
     */
    public static function record(Handle $reply, string $class): FieldRecord
    {
        return self::remember(new $class(self::fields($reply)), $reply);
    }

    /** The members of a reply's JSON. */
    public static function fields(Handle $reply): Fields
    {
        $native = Native::library();
        $json = $native->field('reply_json', $reply) ?? '{}';

        return Fields::decode($json, $native->field('reply_body', $reply) ?? '');
    }

    /**
     * @template T of object
     *
     * @param T $made
     *
     * @return T
     */
    public static function remember(object $made, Handle $reply): object
    {
        self::$replies ??= new \WeakMap();
        self::$replies[$made] = $reply;

        return $made;
    }

    public static function of(object $made): ?Handle
    {
        return self::$replies[$made] ?? null;
    }

    public static function supportText(object $made): ?string
    {
        $reply = self::of($made);

        return $reply === null ? null : Native::library()->field('reply_support_text', $reply);
    }
}
