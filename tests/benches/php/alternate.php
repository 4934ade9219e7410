<?php

declare(strict_types=1);

/**
 * Seconds per call in each round. In each round every candidate makes its calls, in changing order; the first round is
 * a warm-up and is not counted. A candidate gets the number of its call, which is unique among its calls.
 *
 * @param array<string, callable(int): mixed> $candidates
 *
 * @return array<string, list<float>>
 */
function alternate(array $candidates, int $rounds, int $calls): array
{
    $names = array_keys($candidates);
    $seconds = array_fill_keys($names, []);
    for ($round = 0; $round <= $rounds; ++$round) {
        $first = $round % count($names);
        $order = [...array_slice($names, $first), ...array_slice($names, 0, $first)];
        foreach ($round % 2 === 0 ? $order : array_reverse($order) as $name) {
            $start = hrtime(true);
            for ($n = $round * $calls; $n < ($round + 1) * $calls; ++$n) {
                $candidates[$name]($n);
            }
            $seconds[$name][] = (hrtime(true) - $start) / 1e9 / $calls;
        }
    }

    return array_map(static fn(array $counted): array => array_slice($counted, 1), $seconds);
}
