<?php

declare(strict_types=1);

namespace AliKassa\Tests;

use AliKassa\Client;
use AliKassa\ConfigurationError;
use AliKassa\DryRun;
use AliKassa\DuplicateOrderError;
use AliKassa\InvalidArgumentError;
use AliKassa\Ledger;
use AliKassa\NotFoundError;
use AliKassa\OutcomeUnknownError;
use AliKassa\PaymentStatus;
use AliKassa\Payout;
use AliKassa\ProtocolError;
use AliKassa\Testing\Sandbox;
use AliKassa\TransportError;

final class ClientTest extends SandboxCase
{
    public function testARecordIsImmutableAndKeepsItsValues(): void
    {
        $payout = $this->client()->payouts->status(id: 100000536);
        self::assertSame(PaymentStatus::PAID, $payout->payment_status);
        self::assertTrue($payout->is_final);
        self::assertEquals($payout, unserialize(serialize($payout)));
        self::assertSame('300.00', json_decode((string) json_encode($payout))->amount);
        self::assertStringContainsString('v1/payout/status', (string) $payout->supportText());
        self::assertNull((clone $payout)->supportText());
        $this->expectException(\Error::class);
        $payout->amount = '1.00';
    }

    public function testAnUnclearAnswerOfACreateIsUnknownAndNeverSentAgain(): void
    {
        $client = $this->client(ledger: $this->ledger());
        self::$sandbox->balance('100');
        self::$sandbox->fault('close_after_act', path: 'v1/payout');
        try {
            $client->payouts->create(self::PAYOUT);
            self::fail('it did not fail');
        } catch (OutcomeUnknownError $error) {
            self::assertSame('unknown', $error->outcome);
            self::assertSame('outcome_unknown', $error->code());
            self::assertInstanceOf(TransportError::class, $error->cause);
            self::assertSame($error->cause, $error->getPrevious());
            self::assertNotNull($error->supportText());
            $copy = unserialize(serialize($error));
            self::assertSame($error->toArray(), $copy->toArray());
            self::assertSame($error->getMessage(), $copy->getMessage());
        }
        try {
            $client->payouts->create(self::PAYOUT);
            self::fail('it was sent again');
        } catch (DuplicateOrderError $error) {
            self::assertSame('unknown', $error->previous?->state);
            self::assertTrue($error->same_body);
        }
        $resolution = $client->payouts->resolve('B-1');
        self::assertTrue($resolution->found);
        self::assertSame('amount', $resolution->matched_by);
        self::assertInstanceOf(Payout::class, $resolution->status);
        self::assertNotNull($resolution->status->supportText());
    }

    public function testADryRunSendsNothing(): void
    {
        $client = $this->client(ledger: $this->ledger());
        $typed = $client->payouts->create(self::PAYOUT, dryRun: true);
        $raw = $client->request('v1/payout', self::PAYOUT, 'payout', dryRun: true);
        self::assertInstanceOf(DryRun::class, $typed);
        self::assertSame($typed->body_sha256, $raw->body_sha256);
        self::assertSame([], self::requests());
    }

    public function testStatusesYieldsAResultForEachOrder(): void
    {
        $results = [];
        foreach ($this->client()->payouts->statuses(ids: [100000536, 1, 1.5]) as $result) {
            $results[] = $result->status?->payment_status ?? $result->error::class;
        }
        self::assertSame(['paid', NotFoundError::class, InvalidArgumentError::class], $results);
        $results = iterator_to_array($this->client()->payments->statuses(order_ids: ['1756900030']));
        self::assertSame('paid', $results[0]->status->payment_status);
        $this->expectException(InvalidArgumentError::class);
        $this->client()->payouts->statuses();
    }

    public function testIterHistoryRequestsEveryPage(): void
    {
        $client = $this->client(digest: 'sha1');
        for ($order = 1; $order <= 4; ++$order) {
            $client->payments->create([
                'amount' => '5.00',
                'order_id' => "H-$order",
                'service' => 'payment_card_rub_hpp',
                'customer_ip' => '18.191.80.10',
            ]);
        }
        $payments = iterator_to_array($client->payments->iterHistory(['paginate' => 2]));
        self::assertCount(5, $payments);
        self::assertCount(5, array_unique(array_map(static fn($payment) => $payment->id, $payments)));
        self::assertCount(3, array_keys(self::requests(), '/v1/payment/history', true));
    }

    public function testReconcileReturnsTheOldestFirst(): void
    {
        $client = $this->client(ledger: $this->ledger(), maxRetries: 0);
        self::$sandbox->balance('100');
        foreach (['R-1', 'R-2', 'R-3'] as $order) {
            $client->payouts->create(['order_id' => $order] + self::PAYOUT);
        }
        self::$sandbox->fault('stall', path: 'v1/payout/status', n: 300);
        $rows = $client->reconcile(concurrency: 2, rate: 100.0);
        self::assertSame(['R-1', 'R-2', 'R-3'], array_map(static fn($row) => $row->order_id, $rows));
        self::$sandbox->fault('http', path: 'v1/payout/status', status: 500);
        foreach ($client->iterReconcile() as $one) {
            $errors[] = $one->error?->code();
        }
        sort($errors);
        self::assertSame([null, null, 'server'], $errors);
        $invalid = [['concurrency' => 0], ['concurrency' => \PHP_INT_MAX], ['rate' => 0.0], ['rate' => -1.0]];
        foreach ($invalid as $arguments) {
            try {
                $client->reconcile(...$arguments);
                self::fail(json_encode($arguments) . ' was accepted');
            } catch (InvalidArgumentError $error) {
                self::assertSame(key($arguments), $error->field);
            }
        }
    }

    public function testANotificationIsNotedOnce(): void
    {
        $ledger = new Ledger($this->ledger());
        $client = $this->client(ledger: $ledger);
        $event = $client->notifications->verify(query: self::$sandbox->forge('1756900030')['query']);
        self::assertSame(['new', 'seen'], [$ledger->note($event), $ledger->note($event)]);
        self::assertSame($ledger, $client->ledger);
        $this->expectException(InvalidArgumentError::class);
        $ledger->note(clone $event);
    }

    public function testFieldsOfAFrameworkAreVerified(): void
    {
        $forged = self::$sandbox->forge('1756900030');
        parse_str($forged['query'], $fields);
        $event = $this->client()->notifications->verify(fields: $fields);
        self::assertSame('1756900030', $event->order_id);
        self::assertSame('payment', $event->type);
        $redirect = self::$sandbox->redirect('1756900030');
        $type = 'application/x-www-form-urlencoded';
        $verified = $this->client()->redirects->verify(body: $redirect['form'], contentType: $type);
        self::assertSame('1756900030', $verified->order_id);
        $this->expectException(InvalidArgumentError::class);
        $this->client()->notifications->verify(query: 'a=1', body: 'a=1');
    }

    public function testAClientForAnotherAccountIsClosedAlone(): void
    {
        $client = $this->client();
        $derived = $client->forAccount('00000000-0000-4000-8000-000000000000');
        $derived->close();
        self::assertSame('RUB', $client->account->balance()->currency);
        $this->expectException(ConfigurationError::class);
        $derived->account->balance();
    }

    public function testNoticesAreLogged(): void
    {
        $log = "$this->folder/error.log";
        $before = ini_set('error_log', $log);
        $sandbox = new Sandbox(digest: 'sha256');
        (new Client(...$sandbox->options()))->account->balance();
        ini_set('error_log', (string) $before);
        self::assertStringContainsString('alikassa: ', (string) file_get_contents($log));
    }

    public function testUnknownFieldsAreKeptWhateverTheirNamesAndValues(): void
    {
        $other = '{"": 1, "\u0000x": {"a": {}}, "b": {"c": [], "d": {}, "e": [{"f": 1.50}], "g": {"0": "x"}}}';
        foreach ([$other, strtr($other, ['\u0000' => ''])] as $fields) {
            $body = '{"payment_status": "wait", ' . substr($fields, 1);
            self::$sandbox->fault('http', status: 200, body: $body);
            $status = $this->client(digest: 'sha1')->payouts->status(id: 1);
            self::assertSame(1, $status->other['']);
            self::assertSame([['f' => '1.50']], $status->other['b']['e']);
            self::assertSame($body, $status->raw);
        }
        self::assertSame('{"c":[],"d":{},"e":[{"f":"1.50"}],"g":{"0":"x"}}', json_encode($status->other['b']));
    }

    public function testARawReplyIsReadAsJson(): void
    {
        $client = $this->client();
        $reply = $client->request('v1/payout/status', ['id' => '100000536'], 'payout', read: true);
        self::assertSame('paid', $reply->json()['payment_status']);
        self::$sandbox->fault('http', status: 200, body: 'no JSON');
        $this->expectException(ProtocolError::class);
        $client->request('v1/payout/status', ['id' => '100000536'], 'payout', read: true)->json();
    }

    public function testAChildOfForkUsesTheClient(): void
    {
        $client = $this->client();
        $client->account->balance();
        $child = pcntl_fork();
        if ($child === 0) {
            $is_good = $client->account->balance()->currency === 'RUB';
            // Without the ends of the tests, which are those of the parent.
            posix_kill(posix_getpid(), $is_good ? \SIGUSR1 : \SIGUSR2);
        }
        pcntl_waitpid($child, $status);
        self::assertSame(\SIGUSR1, pcntl_wtermsig($status));
        self::assertSame('RUB', $client->account->balance()->currency);
    }

    public function testASignalHandlerMayUseTheLibrary(): void
    {
        $client = $this->client();
        pcntl_async_signals(true);
        $handled = 0;
        pcntl_signal(\SIGUSR1, static function () use ($client, &$handled): void {
            $handled += (int) ($client->payments->status(id: 112412553)->order_id === '1756900030');
        });
        $parent = posix_getpid();
        $script = "for i in 1 2 3 4 5 6 7 8 9 10; do kill -USR1 $parent; sleep 0.02; done";
        $process = proc_open(['sh', '-c', $script], [], $pipes);
        for ($calls = 0; $calls < 300 || $handled === 0; ++$calls) {
            self::assertSame('6422494', $client->payouts->status(id: 100000536)->order_id);
        }
        proc_close($process);
        self::assertGreaterThan(0, $handled);
    }
}
