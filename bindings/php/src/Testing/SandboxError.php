<?php

declare(strict_types=1);

namespace AliKassa\Testing;

/** The sandbox was not found, did not start, or refused a control request. */
final class SandboxError extends \RuntimeException {}
