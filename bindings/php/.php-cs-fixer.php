<?php

declare(strict_types=1);

$root = __DIR__ . '/../..';
$files = PhpCsFixer\Finder::create()
    ->in(array_filter([__DIR__, "$root/docs/examples", "$root/tests/drivers/php"], is_dir(...)))
    ->exclude(['lib', 'vendor'])
    ->append([__DIR__ . '/bin/alikassa-ini', __FILE__]);

return (new PhpCsFixer\Config())
    ->setRiskyAllowed(true)
    ->setRules([
        '@PER-CS2.0' => true,
        '@PHP81Migration' => true,
        '@PHP80Migration:risky' => true,
        'method_argument_space' => ['attribute_placement' => 'ignore', 'on_multiline' => 'ensure_fully_multiline'],
        'native_constant_invocation' => ['scope' => 'namespaced'],
        'native_function_invocation' => ['include' => ['@compiler_optimized'], 'scope' => 'namespaced'],
        'no_superfluous_phpdoc_tags' => ['allow_mixed' => true, 'remove_inheritdoc' => true],
        'no_unused_imports' => true,
        'ordered_imports' => true,
        'single_quote' => true,
        'static_lambda' => true,
        'strict_comparison' => true,
        'strict_param' => true,
    ])
    ->setFinder($files);
