<?php

declare(strict_types=1);

namespace AliKassa\Tests;

use AliKassa\Client;
use AliKassa\InvalidArgumentError;

/** The values of PHP in requests. */
final class ValuesTest extends SandboxCase
{
    public function testAnEmptyArrayIsAnObjectWhereOneBelongs(): void
    {
        $client = $this->client();
        $client->payouts->create(['extra' => [], 'other_fields' => []] + self::PAYOUT);
        $client->payments->history(['other_fields' => []]);
        $client->request('v1/account/balance', [], 'payout', read: true);
        $log = self::$sandbox->log();
        $bodies = array_map(base64_decode(...), array_column($log, 'body'));
        self::assertStringContainsString('"extra":{}', $bodies[1]);
        self::assertSame('[]', $bodies[2]);
        self::assertSame('[]', $bodies[3]);
    }

    public function testAnArrayIsAnObjectUnlessItIsAList(): void
    {
        $body = ['a' => [1, 'x'], 'b' => ['5' => true], 'c' => new \stdClass(), 'd' => []];
        self::assertSame('{"a":[1,"x"],"b":{"5":true},"c":{},"d":[]}', Client::canonicalJson($body));
    }

    /** @dataProvider refusedValues */
    public function testAValueThatCannotBeSentIsRefusedWithItsPath(mixed $value, string $reason): void
    {
        $ledger = ['ledger' => $this->ledger()];
        foreach (['amount' => $value, 'extra' => ['x' => [$value]]] as $field => $invalid) {
            try {
                $this->client(...$ledger)->payouts->create([$field => $invalid] + self::PAYOUT);
                self::fail("$field was accepted");
            } catch (InvalidArgumentError $error) {
                self::assertSame($field === 'amount' ? 'amount' : 'extra.x[0]', $error->field);
                self::assertSame($reason, $error->reason);
                self::assertSame('not_sent', $error->outcome);
                self::assertSame('payouts.create', $error->operation);
                self::assertSame('B-1', $error->order_id);
            }
        }
        self::assertSame([], self::requests());
    }

    /** @return iterable<string, array{mixed, string}> */
    public static function refusedValues(): iterable
    {
        yield 'float' => [300.5, 'float'];
        yield 'whole float' => [300.0, 'float'];
        yield 'not a number' => [\NAN, 'float'];
        yield 'windows-1251' => ["\xcf\xf0\xe8", 'utf8'];
        yield 'object' => [new \DateTimeImmutable(), 'type'];
        yield 'function' => [static fn(): int => 1, 'type'];
        yield 'resource' => [\STDIN, 'type'];
    }

    public function testNothingIsConvertedSilently(): void
    {
        foreach ([1.5, true, ['1']] as $id) {
            try {
                $this->client()->payouts->status(id: $id);
                self::fail('the id was accepted');
            } catch (InvalidArgumentError $error) {
                self::assertSame('id', $error->field);
            }
        }
    }

    public function testAnArrayThatContainsItselfIsTooDeep(): void
    {
        $body = ['a' => 1];
        $body['b'] = &$body;
        $this->expectExceptionObject(new InvalidArgumentError('b'));
        try {
            Client::canonicalJson($body);
        } catch (InvalidArgumentError $error) {
            self::assertSame('too_deep', $error->reason);
            throw new InvalidArgumentError('b');
        }
    }

    public function testDurationsAreSeconds(): void
    {
        self::$sandbox->fault('stall', n: 5000);
        try {
            $this->client(maxRetries: 0)->account->balance(timeout: 0.2);
            self::fail('it did not time out');
        } catch (\AliKassa\TransportError $error) {
            self::assertStringContainsString('0.2 s', $error->getMessage());
        }
    }

    /** @dataProvider refusedDurations */
    public function testADurationThatIsNoneIsRefused(float $seconds): void
    {
        foreach (['timeout', 'deadline'] as $name) {
            try {
                $this->client()->account->balance(...[$name => $seconds]);
                self::fail("$name was accepted");
            } catch (InvalidArgumentError $error) {
                self::assertSame($name, $error->field);
                self::assertStringContainsString('seconds', $error->getMessage());
            }
        }
    }

    /** @return iterable<string, array{float}> */
    public static function refusedDurations(): iterable
    {
        yield 'zero' => [0.0];
        yield 'negative' => [-1.0];
        yield 'not a number' => [\NAN];
        yield 'infinite' => [\INF];
    }
}
