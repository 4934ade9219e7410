<?php

declare(strict_types=1);

namespace AliKassa\Testing;

/**
 * The sandbox's process. It ends when its input does, and so with this process.
 *
 * @internal
 */
final class Process
{
    /** @var resource */
    private $process;

    /** @var array<int, resource> */
    private array $pipes;

    private readonly string $name;

    /** @param non-empty-list<string> $command */
    public function __construct(array $command)
    {
        $this->name = $command[0];
        $pipes = [];
        $process = @proc_open($command, [['pipe', 'r'], ['pipe', 'w'], ['file', '/dev/null', 'w']], $pipes);
        if ($process === false) {
            throw new SandboxError("$this->name cannot be run: set ALIKASSA_SANDBOX to the path of alikassa-sandbox");
        }
        $this->process = $process;
        $this->pipes = $pipes;
    }

    public function __destruct()
    {
        $this->stop();
    }

    /** @return array<array-key, mixed> The JSON object of the first line of output. */
    public function readLine(): array
    {
        $line = fgets($this->pipes[1]);
        $ready = $line === false ? null : json_decode($line, true);

        return \is_array($ready) ? $ready : throw new SandboxError("$this->name did not start");
    }

    public function stop(): void
    {
        if (\is_resource($this->process)) {
            array_map(fclose(...), $this->pipes);
            proc_terminate($this->process);
            proc_close($this->process);
        }
    }
}
