<?php

declare(strict_types=1);

namespace AliKassa\Tests;

use AliKassa\Client;
use AliKassa\Internal\KeptName;
use AliKassa\Internal\Tables;
use PHPUnit\Framework\TestCase;

/** How the library is loaded, and what follows from the core's tables. */
final class LibraryTest extends TestCase
{
    private const PACKAGE = __DIR__ . '/../../../target/drivers/php';

    private static function output(string ...$options): string
    {
        $code = "require '" . self::PACKAGE . "/preload.php'; "
            . 'try { new AliKassa\Client(""); } catch (AliKassa\AliKassaError $error) { echo $error->getMessage(); }';
        exec(implode(' ', array_map(escapeshellarg(...), ['php', ...$options, '-r', $code])), $output);

        return implode("\n", $output);
    }

    public function testWithoutFfiTheErrorSaysWhatToWrite(): void
    {
        self::assertStringContainsString('extension=ffi', self::output('-n'));
    }

    public function testWithForbiddenFfiTheErrorSaysWhatToWrite(): void
    {
        $message = self::output('-d', 'ffi.enable=0');
        self::assertStringContainsString('ffi.enable=1', $message);
        self::assertStringContainsString('ffi.preload=', $message);
    }

    public function testTheLibraryHasTheVersionOfThePackage(): void
    {
        $library = \FFI::cdef('const char *alikassa_version(void);', self::PACKAGE . '/lib/libalikassa.so.0');
        self::assertSame(Client::VERSION, $library->alikassa_version());
    }

    public function testEachErrorHasItsClassAndCode(): void
    {
        $file = json_decode((string) file_get_contents(__DIR__ . '/../../../tests/vectors/errors.json'), true);
        foreach ($file['errors'] as $row) {
            $class = Tables::ERRORS[$row['c_status']];
            self::assertSame("AliKassa\\{$row['class']}", $class);
            $error = new $class('text', hint: 'advice');
            self::assertSame($row['code'], $error->code());
            self::assertSame($row['c_status'], $error->getCode());
            self::assertSame('text (advice)', $error->getMessage());
            self::assertSame("AliKassa\\{$row['parent']}", get_parent_class($class));
        }
    }

    public function testTheNameOfAKeptClientFollowsEveryOption(): void
    {
        $folder = sys_get_temp_dir() . '/alikassa-php-' . bin2hex(random_bytes(8));
        mkdir($folder);
        file_put_contents("$folder/private.pem", 'a');
        file_put_contents("$folder/password.txt", 'a');
        $vary = [
            'account' => ['a', 'b'],
            'payout_cert' => [$folder, null],
            'notification_cert' => [[$folder], [$folder, $folder]],
            'ca_file' => ["$folder/private.pem", null],
            'timeout' => [1.0, 2.0],
            'ledger' => ['a', 'b'],
            'limits' => [['payouts.create' => ['maxAmount' => '1']], null],
            'lower_priority' => [true, false],
        ];
        $first = array_map(static fn(array $values): mixed => $values[0], $vary);
        $name = KeptName::of($first);
        self::assertSame($name, KeptName::of($first));
        self::assertMatchesRegularExpression('/^[0-9a-f]{64}$/', $name);
        foreach ($vary as $option => $values) {
            self::assertNotSame($name, KeptName::of([$option => $values[1]] + $first), $option);
        }
        foreach (['private.pem', 'password.txt', 'public.pem'] as $file) {
            file_put_contents("$folder/$file", 'longer');
            self::assertNotSame($name, $name = KeptName::of($first), $file);
        }
        putenv('https_proxy=http://127.0.0.1:9');
        self::assertNotSame($name, $name = KeptName::of($first));
        putenv('https_proxy');
        $name = KeptName::of($first);
        // In another folder, a relative path names another ledger.
        $before = getcwd();
        chdir($folder);
        self::assertNotSame($name, KeptName::of($first));
        chdir($before);
        exec("rm -r $folder");
    }
}
