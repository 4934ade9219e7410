<?php

declare(strict_types=1);

namespace AliKassa\Tests;

use AliKassa\Client;
use AliKassa\ConfigurationError;
use AliKassa\Internal\Tables;
use AliKassa\InvalidArgumentError;
use AliKassa\KeyLoadError;
use AliKassa\Ledger;
use AliKassa\SigningKey;
use AliKassa\VerifyingKey;

final class OptionsTest extends SandboxCase
{
    protected function tearDown(): void
    {
        foreach (Tables::VARIABLES as $variables) {
            foreach (array_filter($variables) as $variable) {
                putenv($variable);
                unset($_SERVER[$variable]);
            }
        }
        parent::tearDown();
    }

    public function testKeysCanBeObjectsAndTexts(): void
    {
        $folder = self::$sandbox->payout_cert;
        $pem = (string) file_get_contents("$folder/private.pem");
        $password = (string) file_get_contents("$folder/password.txt");
        $public = self::$sandbox->notification_cert;
        $query = self::$sandbox->forge('1756900030')['query'];
        foreach ([SigningKey::load($folder), SigningKey::fromPem($pem, $password)] as $key) {
            $text = (string) file_get_contents("$public/public.pem");
            $keys = [$public, VerifyingKey::load($public), VerifyingKey::fromPem($text)];
            foreach ([$keys, $keys[1]] as $certs) {
                $client = $this->client(payoutCert: $key, notificationCert: $certs);
                self::assertSame('RUB', $client->account->balance()->currency);
                self::assertSame('1756900030', $client->notifications->verify(query: $query)->order_id);
            }
        }
    }

    public function testAnOptionIsNamedAsInPhp(): void
    {
        foreach ([
            'connectTimeout' => 0.0,
            'maxRetries' => -1,
            'maxConnections' => 5000,
            'signatureCache' => \PHP_INT_MAX,
            'baseUrl' => 'http://example.com',
        ] as $name => $value) {
            try {
                $this->client(...[$name => $value]);
                self::fail("$name was accepted");
            } catch (InvalidArgumentError|ConfigurationError $error) {
                self::assertStringContainsString($name, $error->getMessage());
            }
        }
    }

    public function testEveryOptionCanBeSet(): void
    {
        $client = $this->client(
            digest: 'sha256',
            roots: 'system',
            proxy: 'none',
            connectTimeout: 4.0,
            timeout: 20.0,
            deadline: 40.0,
            maxRetries: 1,
            maxConnections: 8,
            signatureCache: 0,
            ledger: new Ledger($this->ledger()),
            limits: ['payouts.create' => ['maxAmount' => '500', 'allowedServices' => ['payment_card_rub']]],
            application: '93d5df06-996c-48c3-9847-348d6b580b80',
            lowerPriority: false,
        );
        self::assertSame('RUB', $client->account->balance()->currency);
        $this->expectException(\AliKassa\GuardError::class);
        $client->payouts->create(['amount' => '501'] + self::PAYOUT);
    }

    public function testALedgerIsTheFileOfItsFirstFolder(): void
    {
        $before = getcwd();
        $folder = sys_get_temp_dir() . '/alikassa-php-' . bin2hex(random_bytes(8));
        mkdir($folder);
        chdir($folder);
        $ledger = new Ledger('ledger.sqlite');
        chdir($before);
        self::assertSame(realpath($folder) . '/ledger.sqlite', $ledger->source());
    }

    public function testAChangedFolderIsAnotherVerifyingKey(): void
    {
        $folder = sys_get_temp_dir() . '/alikassa-php-' . bin2hex(random_bytes(8));
        mkdir($folder);
        copy(self::$sandbox->notification_cert . '/public.pem', "$folder/public.pem");
        $identity = VerifyingKey::load($folder)->identity();
        self::assertSame($identity, VerifyingKey::load($folder)->identity());
        file_put_contents("$folder/public.pem", "\n", \FILE_APPEND);
        self::assertNotSame($identity, VerifyingKey::load($folder)->identity());
    }

    public function testALimitHasOneName(): void
    {
        $this->expectExceptionMessage('limits.payouts.create.max_amount: there is no such limit');
        new Client('93d5df06-996c-48c3-9847-348d6b580b80', limits: [
            'payouts.create' => ['maxAmount' => '1.00', 'max_amount' => '99999'],
        ]);
    }

    public function testAMissingKeyIsTold(): void
    {
        $this->expectException(KeyLoadError::class);
        $this->expectExceptionMessage($this->folder);
        $this->client(payoutCert: $this->folder);
    }

    public function testTheEnvironmentSetsOptions(): void
    {
        foreach (self::$sandbox->env() as $name => $value) {
            putenv("$name=$value");
        }
        self::assertSame('RUB', Client::fromEnv(deadline: 10.0)->account->balance()->currency);

        putenv('ALIKASSA_ACCOUNT');
        $_SERVER['ALIKASSA_ACCOUNT'] = self::$sandbox->account;
        self::assertSame('RUB', Client::fromEnv()->account->balance()->currency);

        unset($_SERVER['ALIKASSA_ACCOUNT']);
        putenv('ALIKASSA_DIGEST=nonsense');
        $client = Client::fromEnv(account: self::$sandbox->account, digest: 'sha1');
        self::assertSame('RUB', $client->account->balance()->currency);
    }

    public function testTheEnvironmentCanHoldAKey(): void
    {
        $folder = self::$sandbox->payout_cert;
        putenv('ALIKASSA_PAYOUT_KEY=' . str_replace("\n", '\n', (string) file_get_contents("$folder/private.pem")));
        putenv('ALIKASSA_PAYOUT_PASSWORD=' . trim((string) file_get_contents("$folder/password.txt")));
        $options = ['payoutCert' => null] + self::$sandbox->options();
        self::assertSame('RUB', Client::fromEnv(...$options)->account->balance()->currency);

        putenv("ALIKASSA_PAYOUT_CERT=$folder");
        $this->expectException(ConfigurationError::class);
        $this->expectExceptionMessage('ALIKASSA_PAYOUT_CERT and ALIKASSA_PAYOUT_KEY');
        Client::fromEnv(...$options);
    }

    public function testTheEnvironmentNeedsAnAccount(): void
    {
        $this->expectException(ConfigurationError::class);
        $this->expectExceptionMessage('ALIKASSA_ACCOUNT');
        Client::fromEnv();
    }
}
