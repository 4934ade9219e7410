<?php

declare(strict_types=1);

namespace AliKassa\Tests;

use AliKassa\AliKassaError;
use AliKassa\Client;
use AliKassa\Ledger;
use AliKassa\SigningKey;

/** What programs print, log and store. */
final class SecretsTest extends SandboxCase
{
    /** Every form in which a program can show a value. */
    private static function shown(mixed $value): string
    {
        ob_start();
        var_dump($value);
        if (!$value instanceof \Throwable) {
            // Those of an exception contain the objects of PHPUnit.
            var_dump((array) $value);
            var_export($value);
        }
        $texts = ob_get_clean() . print_r($value, true) . json_encode($value, \JSON_PARTIAL_OUTPUT_ON_ERROR);
        try {
            $texts .= serialize($value);
        } catch (\LogicException $exception) {
            $texts .= $exception;
        }

        return $value instanceof \Throwable ? "$texts$value" . self::arguments($value) : $texts;
    }

    /** The arguments of the library's functions in the stack trace, and the properties. */
    private static function arguments(\Throwable $error): string
    {
        $frames = array_filter(
            $error->getTrace(),
            static fn(array $frame): bool => preg_match('/^AliKassa.(?!Tests)/', $frame['class'] ?? '') === 1,
        );
        $properties = array_diff_key((array) $error, ["\0Exception\0trace" => 0]);

        return print_r([array_column($frames, 'args'), $properties], true);
    }

    /** @return list<string> */
    private static function secrets(): array
    {
        $folder = self::$sandbox->payout_cert;
        $pem = explode("\n", (string) file_get_contents("$folder/private.pem"));

        return [trim((string) file_get_contents("$folder/password.txt")), $pem[3], '4111111111111111', 'hunter2'];
    }

    private static function assertHidden(mixed $value): void
    {
        $shown = self::shown($value);
        foreach (self::secrets() as $secret) {
            // Without the text in the message, which can be long.
            self::assertFalse(str_contains($shown, $secret), "a secret that begins with $secret[0] is shown");
        }
    }

    public function testObjectsShowNoSecret(): void
    {
        $folder = self::$sandbox->payout_cert;
        $pem = (string) file_get_contents("$folder/private.pem");
        $key = SigningKey::fromPem($pem, (string) file_get_contents("$folder/password.txt"));
        $client = $this->client(payoutCert: $key, baseUrl: null, proxy: 'http://user:hunter2@127.0.0.1:9');
        foreach ([$key, $client, $client->payouts, $client->notifications] as $object) {
            self::assertHidden($object);
        }
        self::assertHidden(new Ledger('postgresql://shop:hunter2@127.0.0.1/shop'));
    }

    public function testStackTracesShowNoSecret(): void
    {
        $before = ini_set('zend.exception_ignore_args', '0');
        ini_set('zend.exception_string_param_max_len', '1000');
        $folder = self::$sandbox->payout_cert;
        $pem = (string) file_get_contents("$folder/private.pem");
        $password = trim((string) file_get_contents("$folder/password.txt"));
        $client = $this->client();
        $failing = [
            static fn() => SigningKey::fromPem(substr($pem, 40), $password),
            static fn() => SigningKey::fromPem($pem, 'hunter2'),
            static fn() => $client->payouts->create(['amount' => 1.5] + self::PAYOUT),
            static fn() => $client->payouts->create(['service' => new \DateTime()] + self::PAYOUT),
            static fn() => $client->request('v1/payout', ['amount' => 1.5] + self::PAYOUT, 'payout'),
            static fn() => $client->request('v1/payout', ['x' => new \DateTime()] + self::PAYOUT, 'payout'),
            static fn() => Client::canonicalJson(['x' => "\xff"] + self::PAYOUT),
            static fn() => new Client('x', proxy: 'http://user:hunter2@'),
            static fn() => new Ledger('postgresql://shop:hunter2@127.0.0.1/shop?sslmode=nonsense'),
        ];
        foreach ($failing as $number => $call) {
            try {
                $call();
                self::fail("call $number did not fail");
            } catch (AliKassaError $error) {
                self::assertHidden($error);
            }
        }
        ini_set('zend.exception_ignore_args', (string) $before);
    }

    public function testAnErrorHidesTheBody(): void
    {
        self::$sandbox->fault('http', status: 400, body: '{"message": "no", "number": "4111111111111111"}');
        try {
            $this->client()->payouts->status(id: 1);
            self::fail('it did not fail');
        } catch (AliKassaError $error) {
            self::assertStringContainsString('4111111111111111', (string) $error->body());
            self::assertHidden($error);
        }
    }

    public function testAReplyHidesTheBody(): void
    {
        $body = '{"id": 1, "payment_status": "wait", "number": "4111111111111111"}';
        self::$sandbox->fault('http', status: 200, body: $body);
        $status = $this->client()->payouts->status(id: 1);
        self::assertSame('4111111111111111', $status->other['number']);
        self::assertStringNotContainsString('4111111111111111', print_r($status, true) . json_encode($status));
    }
}
