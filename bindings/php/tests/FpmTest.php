<?php

declare(strict_types=1);

namespace AliKassa\Tests;

use AliKassa\Ledger;

/** The package in a web server, where each request begins with no object. */
final class FpmTest extends SandboxCase
{
    private function fpm(array $ini, array $env = [], int $workers = 1, string $terminate = '0'): Fpm
    {
        $env += ['ALIKASSA_BASE_URL' => self::$sandbox->url] + self::$sandbox->env();

        return new Fpm($this->folder, $ini, $env, $workers, $terminate);
    }

    /** @return list<string> The lines that the package tells to write into php.ini. */
    private static function preload(): array
    {
        $package = \dirname(__DIR__, 3) . '/target/drivers/php';
        exec("php $package/bin/alikassa-ini", $lines, $status);
        self::assertSame(0, $status);
        // PHP asks for the user, if it is started by root.
        $user = posix_getpwuid(posix_geteuid());

        return [...$lines, "opcache.preload_user={$user['name']}"];
    }

    /** @return iterable<string, array{list<string>}> */
    public static function allowed(): iterable
    {
        yield 'preloaded' => [self::preload()];
        yield 'enabled' => [['ffi.enable=1']];
    }

    /**
     * @param list<string> $ini
     *
     * @dataProvider allowed
     */
    public function testAProcessKeepsTheClient(array $ini): void
    {
        $fpm = $this->fpm($ini);
        $first = $fpm->get('do=create&order_id=A-1');
        self::assertSame('wait', $first['result'] ?? null, json_encode($first) . $fpm->log());
        // The first create makes a read, which finds out the digest.
        self::assertSame(['/v1/account/balance', '/v1/payout'], self::requests());
        self::assertSame(['pid' => $first['pid'], 'result' => 'wait'], $fpm->get('do=create&order_id=A-2'));
        self::assertSame('/v1/payout', self::requests()[2]);
        self::assertCount(3, self::requests());
        foreach (self::$sandbox->log() as $request) {
            self::assertStringStartsWith('alikassa-php/', $request['headers']['user-agent']);
        }
    }

    public function testAnotherKeyOrOptionIsAnotherClient(): void
    {
        $folder = "$this->folder/cert";
        exec('cp -r ' . self::$sandbox->payout_cert . " $folder");
        $fpm = $this->fpm(self::preload(), ['ALIKASSA_PAYOUT_CERT' => $folder]);
        $fpm->get('do=create&order_id=A-1');
        $fpm->get('do=create&order_id=A-2');
        self::assertCount(3, self::requests());
        // The same key in a new file.
        copy("$folder/private.pem", "$folder/new.pem");
        rename("$folder/new.pem", "$folder/private.pem");
        $fpm->get('do=create&order_id=A-3');
        self::assertSame(['/v1/account/balance', '/v1/payout'], \array_slice(self::requests(), 3));
    }

    public function testAClosedClientIsMadeAgain(): void
    {
        $fpm = $this->fpm(self::preload());
        $fpm->get('do=balance');
        self::assertNull($fpm->get('do=close')['result']);
        self::assertSame('93.84000000', $fpm->get('do=balance')['result']);
    }

    public function testWithoutPreloadingTheErrorSaysWhatToWrite(): void
    {
        $error = $this->fpm([])->get('do=balance')['error'];
        self::assertSame('ConfigurationError', $error['name']);
        foreach (self::preload() as $line) {
            if (!str_contains($line, 'preload_user')) {
                self::assertStringContainsString(str_replace('bin/../', '', $line), $error['message']);
            }
        }
        self::assertStringContainsString('ffi.enable=1', $error['message']);
    }

    public function testAnEndpointTakesNotifications(): void
    {
        $fpm = $this->fpm(self::preload(), [], 2);
        $forged = self::$sandbox->forge('1756900030');
        self::assertSame('1756900030', $fpm->get("do=notification&{$forged['query']}")['result'] ?? null);
        $form = $fpm->post('do=notification', 'application/x-www-form-urlencoded', $forged['form']);
        self::assertSame('1756900030', $form['result'] ?? null);
        self::assertSame('1756900030', $fpm->post('do=notification', 'application/json', $forged['json'])['result']);
        $other = self::$sandbox->forge('1756900030', signature: 'flipped');
        self::assertSame('SignatureMismatchError', $fpm->get("do=notification&{$other['query']}")['error']['name']);
    }

    /** @return iterable<string, array{bool}> */
    public static function kills(): iterable
    {
        yield 'by a signal' => [false];
        yield 'by request_terminate_timeout' => [true];
    }

    /** @dataProvider kills */
    public function testReconcileSettlesACreateWhoseWorkerWasKilled(bool $byTimeout): void
    {
        self::$sandbox->balance('100');
        $fpm = $this->fpm(self::preload(), ['ALIKASSA_LEDGER' => $this->ledger()], 1, $byTimeout ? '2s' : '0');
        $pid = $fpm->get('do=balance')['pid'];
        // The provider carries it out, and the response never comes.
        self::$sandbox->fault('stall', path: 'v1/payout', n: 60_000, act: true);
        $killer = $byTimeout ? null : proc_open(
            ['sh', '-c', "sleep 2; kill -KILL $pid"],
            [['file', '/dev/null', 'r'], ['file', '/dev/null', 'w'], ['file', '/dev/null', 'w']],
            $pipes,
        );
        self::assertSame([], $fpm->get('do=create&order_id=K-1'));
        if ($killer !== null) {
            proc_close($killer);
        }
        $row = (new Ledger($this->ledger()))->get('payouts.create', 'K-1');
        self::assertSame('sending', $row?->state);

        // Another worker does not send it again.
        $second = $fpm->get('do=create&order_id=K-1');
        self::assertNotSame($pid, $second['pid']);
        self::assertSame('DuplicateOrderError', $second['error']['name']);
        self::assertSame('unknown', $second['error']['outcome']);

        $command = \dirname(__DIR__, 3) . '/target/debug/alikassa';
        $env = ['ALIKASSA_LEDGER' => $this->ledger()] + self::$sandbox->env() + getenv();
        $process = proc_open([$command, 'reconcile'], [1 => ['pipe', 'w'], 2 => ['pipe', 'w']], $pipes, null, $env);
        $output = stream_get_contents($pipes[1]) . stream_get_contents($pipes[2]);
        self::assertSame(0, proc_close($process), $output);
        $row = (new Ledger($this->ledger()))->get('payouts.create', 'K-1');
        self::assertSame('accepted', $row?->state, $output);
        $creates = array_filter(self::requests(), static fn(string $path): bool => $path === '/v1/payout');
        self::assertCount(1, $creates);
    }
}
