<?php

// The PHP driver: executes the runner's requests with the public API of the package.

declare(strict_types=1);

use AliKassa\AliKassaError;
use AliKassa\Client;
use AliKassa\DryRun;
use AliKassa\Ledger;
use AliKassa\LedgerRow;
use AliKassa\Resolution;
use AliKassa\SigningKey;
use AliKassa\VerifyingKey;

require __DIR__ . '/../../../target/drivers/php/preload.php';
require __DIR__ . '/values.php';

/** A request that this client cannot express. */
final class NotExpressible extends Exception {}

final class Driver
{
    private const VERBS = [
        'hello', 'canonical', 'sign', 'verify', 'client', 'for_account', 'call', 'notification', 'redirect', 'note',
        'reconcile', 'iter_reconcile', 'ledger', 'request', 'close', 'notices', 'events', 'support', 'represent',
        'panic',
    ];

    /** @var array<string, Client> */
    private array $clients = [];

    private ?string $support = null;

    /** @var array<string, string> The kind of each option. */
    private array $kinds;

    private string $log;

    public function __construct()
    {
        $options = json_decode(file_get_contents(__DIR__ . '/../../vectors/options.json'), true);
        $this->kinds = array_column($options['options'], 'kind', 'name');
        $this->log = tempnam(sys_get_temp_dir(), 'alikassa-driver-');
        ini_set('error_log', $this->log);
    }

    public function __destruct()
    {
        unlink($this->log);
    }

    public function respond(array $request): array
    {
        if (!in_array($request['do'], self::VERBS, true)) {
            return ['error' => ['class' => 'UnknownVerb']];
        }
        try {
            $handle = lcfirst(str_replace('_', '', ucwords($request['do'], '_')));
            return ['ok' => $this->{$handle}($request)];
        } catch (NotExpressible) {
            return ['error' => ['class' => 'UnknownVerb']];
        } catch (AliKassaError $error) {
            $this->support = $error->supportText();
            return ['error' => errorFields($error)];
        } catch (Throwable $error) {
            return ['error' => ['class' => $error::class, 'message' => $error->getMessage()]];
        }
    }

    private function hello(): array
    {
        return ['language' => 'php', 'version' => Client::VERSION, 'verbs' => self::VERBS];
    }

    private function canonical(array $request): string
    {
        return base64_encode(Client::canonicalJson(untag($request['data'])));
    }

    private function sign(array $request): string
    {
        $password = isset($request['password']) ? base64_decode($request['password'], true) : null;
        $key = isset($request['key'])
            ? SigningKey::load($request['key'])
            : SigningKey::fromPem(base64_decode($request['pem'], true), $password);
        return $key->sign(base64_decode($request['body'], true), $request['digest']);
    }

    private function verify(array $request): string
    {
        $key = isset($request['key'])
            ? VerifyingKey::load($request['key'])
            : VerifyingKey::fromPem(base64_decode($request['pem'], true));
        return $key->verify(base64_decode($request['body'], true), $request['signature'], $request['digest']);
    }

    private function client(array $request): void
    {
        $options = [];
        foreach ($request['options'] as $name => $value) {
            $kind = $this->kinds[$name];
            $options[camelCase($name)] = match (true) {
                $kind === 'duration' && is_numeric($value) => $value / 1000,
                $kind === 'limits' && is_array($value) => array_map(limits(...), $value),
                default => $value,
            };
        }
        $this->clients[$request['client']] = new Client(...$options);
    }

    private function forAccount(array $request): void
    {
        $derived = $this->clients[$request['client']]->forAccount($request['account']);
        $this->clients[$request['derived']] = $derived;
    }

    private function call(array $request): array
    {
        if (isset($request['cancel_after'])) {
            throw new NotExpressible();
        }
        [$resource, $name] = explode('.', $request['operation']);
        $operation = [$this->clients[$request['client']]->{$resource}, $name];
        $input = $request['input'] ?? [];
        $options = times($request, 'interval');
        if ($request['dry_run'] ?? false) {
            $options['dryRun'] = true;
        }
        $takesFields = in_array($name, ['create', 'history'], true);
        $response = $takesFields ? $operation($input, ...$options) : $operation(...$input, ...$options);
        if ($response instanceof Resolution) {
            $this->support = $response->status?->supportText();
            return [
                'type' => 'Resolution',
                'found' => $response->found,
                'matched_by' => $response->matched_by,
                'other_id' => $response->other_id,
                'status' => $response->status === null ? null : record($response->status),
            ];
        }
        $this->support = $response->supportText();
        return record($response);
    }

    private function notification(array $request): array
    {
        return verified($this->clients[$request['client']]->notifications->verify(...payload($request)));
    }

    private function redirect(array $request): array
    {
        return verified($this->clients[$request['client']]->redirects->verify(...payload($request)));
    }

    private function note(array $request): array
    {
        $event = $this->clients[$request['client']]->notifications->verify(...payload($request));
        $ledger = new Ledger($request['path']);
        $results = [];
        for ($i = 0; $i < $request['times']; ++$i) {
            $results[] = $ledger->note($event);
        }
        return array_count_values($results);
    }

    private function reconcile(array $request): array
    {
        $rows = $this->clients[$request['client']]->reconcile(...times($request));
        return array_map(static fn(LedgerRow $row): array => $row->toArray(), $rows);
    }

    private function iterReconcile(array $request): array
    {
        $options = array_intersect_key($request, ['concurrency' => 0]);
        $results = [];
        foreach ($this->clients[$request['client']]->iterReconcile(...$options, ...times($request)) as $one) {
            $results[] = $one->row->toArray() + ['error' => $one->error?->code(), 'other_id' => $one->other_id];
        }
        return $results;
    }

    private function ledger(array $request): ?array
    {
        $ledger = new Ledger($request['path']);
        $given = static fn(string ...$names): array => array_intersect_key($request, array_flip($names));
        $result = match ($request['act']) {
            'open' => $ledger->open(),
            'get' => $ledger->get(...$given('operation', 'order_id', 'account')),
            'rows' => $ledger->rows(...$given('state', 'since', 'account')),
            'events' => $ledger->events(...$given('operation', 'order_id', 'account', 'since')),
            'release' => $ledger->release(...$given('operation', 'order_id', 'reason', 'account')),
            'backup' => $ledger->backup($request['to']),
            'resume' => $ledger->resume($request['reason']),
        };
        if ($result instanceof Generator) {
            return array_map(static fn($row): array => $row->toArray(), iterator_to_array($result, false));
        }
        return $result?->toArray();
    }

    private function request(array $request): array
    {
        $options = times($request) + array_intersect_key($request, ['read' => 0]);
        if ($request['dry_run'] ?? false) {
            $options['dryRun'] = true;
        }
        $client = $this->clients[$request['client']];
        $response = $client->request($request['path'], untag($request['data']), $request['cert'], ...$options);
        $this->support = $response->supportText();
        return $response instanceof DryRun
            ? record($response)
            : ['status' => $response->status, 'body' => base64_encode($response->body)];
    }

    private function close(array $request): void
    {
        $this->clients[$request['client']]->close();
    }

    private function notices(): array
    {
        $lines = file($this->log, FILE_IGNORE_NEW_LINES);
        file_put_contents($this->log, '');
        return array_map(static fn(string $line): string => explode('alikassa: ', $line, 2)[1], $lines);
    }

    private function events(): never
    {
        throw new NotExpressible();
    }

    private function support(): ?string
    {
        return $this->support;
    }

    private function represent(array $request): string
    {
        $client = $this->clients[$request['client']];
        ob_start();
        var_dump($client, $client->payouts, (array) $client);
        var_export($client);
        $texts = ob_get_clean() . print_r($client, true) . json_encode($client);
        try {
            return $texts . serialize($client);
        } catch (LogicException $exception) {
            return $texts . $exception;
        }
    }

    private function panic(): void
    {
        (new Client('panic'))->request('v1/test-panic', [], 'payout', read: true);
    }
}

$driver = new Driver();
while (($line = fgets(STDIN)) !== false) {
    // The vectors nest deeper than the library accepts.
    $response = $driver->respond(json_decode($line, true, 4096, JSON_THROW_ON_ERROR | JSON_BIGINT_AS_STRING));
    echo json_encode($response, JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE), "\n";
}
