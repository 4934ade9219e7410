<?php

declare(strict_types=1);

namespace AliKassa\Tests;

use AliKassa\Client;
use AliKassa\Testing\Sandbox;
use PHPUnit\Framework\TestCase;

/** A test with a sandbox, which is as new for each test, and an empty folder. */
abstract class SandboxCase extends TestCase
{
    protected const PAYOUT = [
        'amount' => '3.00',
        'number' => '4111111111111111',
        'order_id' => 'B-1',
        'service' => 'payment_card_rub',
    ];

    protected static Sandbox $sandbox;

    protected string $folder;

    public static function setUpBeforeClass(): void
    {
        self::$sandbox = new Sandbox();
    }

    public static function tearDownAfterClass(): void
    {
        self::$sandbox->close();
    }

    protected function setUp(): void
    {
        self::$sandbox->reset();
        $this->folder = sys_get_temp_dir() . '/alikassa-php-' . bin2hex(random_bytes(8));
        mkdir($this->folder);
    }

    protected function tearDown(): void
    {
        exec('rm -r ' . escapeshellarg($this->folder));
    }

    protected function client(mixed ...$options): Client
    {
        return new Client(...$options, ...array_diff_key(self::$sandbox->options(), $options));
    }

    protected function ledger(): string
    {
        return "$this->folder/ledger.sqlite";
    }

    /** @return list<string> The paths of the requests that the sandbox received. */
    protected static function requests(): array
    {
        return array_column(self::$sandbox->log(), 'path');
    }
}
