<?php

// Prints the public classes of the package with their constants, properties, methods and comments,
// as JSON. No class is used, so the C library need not be there.

declare(strict_types=1);

$files = [...glob('src/*.php'), ...glob('src/Testing/*.php'), ...glob('generated/*.php')];
spl_autoload_register(static function (string $class): void {
    $path = str_replace('\\', '/', substr($class, strlen('AliKassa\\')));
    foreach (["src/$path.php", "generated/$path.php"] as $file) {
        if (is_file($file)) {
            require_once $file;
        }
    }
});

$described = [];
foreach ($files as $file) {
    $class = new ReflectionClass('AliKassa\\' . str_replace('/', '\\', preg_replace('#^[^/]+/|\.php$#', '', $file)));
    $comment = (string) $class->getDocComment();
    if (str_contains($comment, '@internal')) {
        continue;
    }
    $described[substr($class->name, strlen('AliKassa\\'))] = [
        'name' => substr($class->name, strlen('AliKassa\\')),
        'comment' => $comment,
        'members' => [...constants($class), ...properties($class), ...methods($class)],
    ];
}
ksort($described);
echo json_encode(array_values($described), JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES);

/** @return list<array{name: string, code: string, comment: string}> */
function constants(ReflectionClass $class): array
{
    return array_map(static fn(ReflectionClassConstant $constant): array => [
        'name' => $constant->name,
        'code' => "const $constant->name = " . var_export($constant->getValue(), true) . ';',
        'comment' => (string) $constant->getDocComment(),
    ], own($class, $class->getReflectionConstants(ReflectionClassConstant::IS_PUBLIC)));
}

/** @return list<array{name: string, code: string, comment: string}> */
function properties(ReflectionClass $class): array
{
    return array_map(static fn(ReflectionProperty $property): array => [
        'name' => "\$$property->name",
        'code' => implode(' ', Reflection::getModifierNames($property->getModifiers()))
            . " {$property->getType()} \$$property->name;",
        'comment' => (string) $property->getDocComment(),
    ], own($class, $class->getProperties(ReflectionProperty::IS_PUBLIC)));
}

/** @return list<array{name: string, code: string, comment: string}> */
function methods(ReflectionClass $class): array
{
    return array_map(static fn(ReflectionMethod $method): array => [
        'name' => "$method->name()",
        'code' => signature($method),
        'comment' => (string) $method->getDocComment(),
    ], own($class, $class->getMethods(ReflectionMethod::IS_PUBLIC)));
}

/** What the class itself or an internal parent declares, without magic methods and what takes internal objects. */
function own(ReflectionClass $class, array $members): array
{
    return array_values(array_filter($members, static function (object $member) use ($class): bool {
        $declaring = $member->getDeclaringClass();
        $isOwn = $declaring->name === $class->name || str_contains((string) $declaring->getDocComment(), '@internal');

        $isMagic = str_starts_with($member->name, '__') && $member->name !== '__construct';
        $isInternal = $member instanceof ReflectionMethod && str_contains(signature($member), 'AliKassa\\Internal');

        return $isOwn && !$isMagic && !$isInternal;
    }));
}

function signature(ReflectionMethod $method): string
{
    $parameters = array_map(static function (ReflectionParameter $parameter): string {
        $default = $parameter->isDefaultValueAvailable() ? ' = ' . var_export($parameter->getDefaultValue(), true) : '';
        $dots = $parameter->isVariadic() ? '...' : '';

        return "    {$parameter->getType()} $dots\$$parameter->name$default,\n";
    }, $method->getParameters());
    $static = $method->isStatic() ? 'static ' : '';
    $type = $method->hasReturnType() ? ": {$method->getReturnType()}" : '';

    return "{$static}function $method->name(" . ($parameters ? "\n" . implode('', $parameters) : '') . ")$type";
}
