<?php

declare(strict_types=1);

namespace AliKassa\Internal;

use AliKassa\AliKassaError;

/**
 * Calls the functions of the C library. A text becomes a pointer and a length, and a status other
 * than 0 an exception.
 *
 * Each call has memory of its own for results: a signal handler of the program may call the library
 * between a call and the reading of its result. No function takes a pointer of FFI as an argument:
 * a program that prints a stack trace would follow it.
 *
 * @internal
 *
 * @phpstan-type Value Handle|Argument|string|int|float|null
 */
final class Native
{
    private static ?self $instance = null;

    private readonly \FFI $library;

    /** Memory for two numbers of the size of a pointer. */
    private readonly \FFI\CType $words;

    private readonly \FFI\CType $stringPointer;

    private readonly \FFI\CType $bytePointers;

    private readonly \FFI\CType $errorPointer;

    private readonly \FFI\CType $countPointer;

    private readonly \FFI\CType $numberPointer;

    /** @var array<string, \FFI\CType> */
    private array $pointers = [];

    private function __construct()
    {
        $this->library = Library::load();
        $this->words = $this->type('intptr_t[2]');
        $this->stringPointer = $this->type('alikassa_str *');
        $this->bytePointers = $this->type('char *[2]');
        $this->errorPointer = $this->type('alikassa_error **');
        $this->countPointer = $this->type('uint64_t *');
        $this->numberPointer = $this->type('int32_t *');
    }

    public static function library(): self
    {
        return self::$instance ??= new self();
    }

    /**
     * Calls a function without a result.
     *
     * @param Value ...$arguments
     */
    public function run(
        string $function,
        #[\SensitiveParameter] Handle|Argument|string|int|float|null ...$arguments,
    ): void {
        $this->call($function, $arguments, null);
    }

    /**
     * Calls a function that returns a handle, or NULL.
     *
     * @param Value ...$arguments
     */
    public function find(
        string $type,
        string $function,
        #[\SensitiveParameter] Handle|Argument|string|int|float|null ...$arguments,
    ): ?Handle {
        $number = self::word($this->call($function, $arguments, $this->pointerTo($type)), 0);

        return $number === 0 ? null : new Handle($this, $type, $number);
    }

    /**
     * Calls a function that always returns a handle.
     *
     * @param Value ...$arguments
     */
    public function make(
        string $type,
        string $function,
        #[\SensitiveParameter] Handle|Argument|string|int|float|null ...$arguments,
    ): Handle {
        return $this->find($type, $function, ...$arguments) ?? throw Failure::internal("$function returned nothing");
    }

    /**
     * Calls a function that returns a text, which it lets the caller free.
     *
     * @param Value ...$arguments
     */
    public function text(
        string $function,
        #[\SensitiveParameter] Handle|Argument|string|int|float|null ...$arguments,
    ): string {
        $text = $this->make('text', $function, ...$arguments);

        return $this->field('text_get', $text) ?? '';
    }

    /**
     * Calls a function that returns a static text.
     *
     * @param Value ...$arguments
     */
    public function constant(
        string $function,
        #[\SensitiveParameter] Handle|Argument|string|int|float|null ...$arguments,
    ): string {
        return $this->string($this->call($function, $arguments, $this->stringPointer)) ?? '';
    }

    /**
     * Calls a function that returns a count.
     *
     * @param Value ...$arguments
     */
    public function count(string $function, Handle|Argument|string|int|float|null ...$arguments): int
    {
        return self::word($this->call($function, $arguments, $this->countPointer), 0);
    }

    /** A text of an object, by its getter. */
    public function field(string $getter, Handle $handle): ?string
    {
        return $this->string($this->get($getter, $handle, $this->stringPointer));
    }

    /** A number of an object, by its getter. */
    public function number(string $getter, Handle $handle): int
    {
        return self::word($this->get($getter, $handle, $this->numberPointer), 0);
    }

    /** The error that an error or a reply contains, by its getter. */
    public function error(string $getter, Handle $handle): ?AliKassaError
    {
        $number = self::word($this->get($getter, $handle, $this->errorPointer), 0);

        return $number === 0 ? null : Failure::of($this, new Handle($this, 'error', $number));
    }

    public function free(Handle $handle): void
    {
        $function = 'alikassa_' . str_replace('_iter', '', $handle->type) . '_free';
        $this->library->{$function}($this->pointer($handle));
    }

    /**
     * Calls a function with an error. Returns the words that it wrote as its result.
     *
     * @param array<array-key, Handle|Argument|string|int|float|null> $arguments
     */
    private function call(string $function, #[\SensitiveParameter] array $arguments, ?\FFI\CType $result): \FFI\CData
    {
        $values = [];
        foreach ($arguments as $argument) {
            if ($argument instanceof Handle) {
                $values[] = $this->pointer($argument);
            } elseif (\is_string($argument)) {
                array_push($values, $argument, \strlen($argument));
            } elseif ($argument === null) {
                array_push($values, null, 0);
            } else {
                $values[] = $argument === Argument::NoFunction ? null : $argument;
            }
        }
        $words = $this->memory();
        if ($result !== null) {
            $values[] = $this->view($result, $words);
        }
        $error = $this->memory();
        $values[] = $this->view($this->errorPointer, $error);
        if ($this->library->{"alikassa_$function"}(...$values) !== 0) {
            throw Failure::of($this, new Handle($this, 'error', self::word($error, 0)));
        }

        return $words;
    }

    /**
     * Calls a getter, which fails only for a handle that is none. Returns the words that it wrote.
     */
    private function get(string $getter, Handle $handle, \FFI\CType $result): \FFI\CData
    {
        $words = $this->memory();
        $pointer = $this->view($result, $words);
        $this->library->{"alikassa_$getter"}($this->pointer($handle), $pointer);

        return $words;
    }

    /** A handle as the C library takes it. */
    private function pointer(Handle $handle): \FFI\CData
    {
        $word = $this->memory();
        $word[0] = $handle->number;
        /** @var \FFI\CData $pointer */
        $pointer = $this->view($this->pointerTo($handle->type), $word)[0];

        return $pointer;
    }

    private function pointerTo(string $type): \FFI\CType
    {
        return $this->pointers[$type] ??= $this->type("alikassa_$type **");
    }

    private function type(string $name): \FFI\CType
    {
        return $this->library->type($name) ?? throw Failure::internal("there is no type $name");
    }

    /** Memory for two words, which are 0. */
    private function memory(): \FFI\CData
    {
        return $this->library->new($this->words) ?? throw Failure::internal('there is no memory');
    }

    /** The address of these words as a pointer of this type. */
    private function view(\FFI\CType $pointer, \FFI\CData $words): \FFI\CData
    {
        $view = $this->library->cast($pointer, \FFI::addr($words));

        return $view ?? throw Failure::internal('there is no such view');
    }

    /** A copy of a text of the library: a pointer and a length. */
    private function string(\FFI\CData $words): ?string
    {
        /** @var \FFI\CData|null $bytes */
        $bytes = ($this->library->cast($this->bytePointers, $words) ?? [null])[0];

        return $bytes === null ? null : \FFI::string($bytes, self::word($words, 1));
    }

    private static function word(\FFI\CData $words, int $index): int
    {
        /** @var int $word */
        $word = $words[$index];

        return $word;
    }
}
