<?php

declare(strict_types=1);

namespace AliKassa\Tests;

/** A php-fpm with a program, and an nginx in front of it. */
final class Fpm
{
    private readonly string $url;

    /** @var list<resource> */
    private array $processes;

    /**
     * @param list<string> $ini Lines of php.ini.
     * @param array<string, string> $env
     */
    public function __construct(
        private readonly string $folder,
        array $ini,
        array $env,
        int $workers = 1,
        string $terminate = '0',
        string $app = __DIR__ . '/fpm/app.php',
    ) {
        $server = stream_socket_server('tcp://127.0.0.1:0');
        $address = stream_socket_get_name($server, false);
        fclose($server);
        $this->url = "http://$address/";
        foreach (['pool.conf', 'nginx.conf'] as $name) {
            file_put_contents("$folder/$name", strtr((string) file_get_contents(__DIR__ . "/fpm/$name"), [
                '{folder}' => $folder,
                '{workers}' => $workers,
                '{terminate}' => $terminate,
                '{port}' => explode(':', $address)[1],
                '{app}' => $app,
            ]));
        }
        // -R: tests may run as root.
        $fpm = [self::program(), '-R', '-y', "$folder/pool.conf"];
        foreach ($ini as $line) {
            array_push($fpm, '-d', $line);
        }
        $env += getenv() + ['PACKAGE' => \dirname(__DIR__, 3) . '/target/drivers/php'];
        $this->processes = [
            $this->start($fpm, $env),
            $this->start(['/usr/sbin/nginx', '-c', "$folder/nginx.conf"], $env),
        ];
        $this->awaitSocket($address);
    }

    public function __destruct()
    {
        foreach ($this->processes as $process) {
            proc_terminate($process);
            proc_close($process);
        }
    }

    /** @return array<string, mixed> The JSON of the response; empty if there is none. */
    public function get(string $query): array
    {
        return $this->send($query, ['method' => 'GET']);
    }

    /** @return array<string, mixed> */
    public function post(string $query, string $type, string $body): array
    {
        return $this->send($query, ['method' => 'POST', 'header' => "Content-Type: $type", 'content' => $body]);
    }

    /** What php-fpm has written to its log. */
    public function log(): string
    {
        return (string) file_get_contents("$this->folder/fpm.log");
    }

    /**
     * @param array<string, string> $options
     *
     * @return array<string, mixed>
     */
    private function send(string $query, array $options): array
    {
        $context = stream_context_create(['http' => $options + ['ignore_errors' => true, 'timeout' => 20]]);
        $text = (string) file_get_contents("$this->url?$query", false, $context);

        return json_decode($text, true) ?? [];
    }

    /**
     * @param list<string> $command
     * @param array<string, string> $env
     *
     * @return resource
     */
    private function start(array $command, array $env)
    {
        $output = ['file', "$this->folder/output", 'a'];
        $process = proc_open($command, [['file', '/dev/null', 'r'], $output, $output], $pipes, null, $env);

        return $process === false ? throw new \RuntimeException("$command[0] cannot be run") : $process;
    }

    private function awaitSocket(string $address): void
    {
        for ($tries = 0; $tries < 500; ++$tries) {
            if (file_exists("$this->folder/fpm.sock") && @fsockopen("tcp://$address") !== false) {
                return;
            }
            usleep(20_000);
        }
        throw new \RuntimeException('no server: ' . file_get_contents("$this->folder/output") . $this->log());
    }

    private static function program(): string
    {
        return glob('/usr/sbin/php-fpm*')[0] ?? throw new \RuntimeException('php-fpm is not installed');
    }
}
