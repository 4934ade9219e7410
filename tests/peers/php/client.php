<?php
// The provider's PHP sample as a JSON-lines program; tests/README.md has the protocol.
//
// PHP is the provider's own language, so this peer also answers `encode` (what json_encode makes of a JSON text) and
// `export_key` (what openssl_pkey_export writes).

declare(strict_types=1);

// A warning on standard output would be read as an answer.
ini_set('display_errors', 'stderr');

while (($line = fgets(STDIN)) !== false) {
    try {
        $answer = ['ok' => answer(json_decode($line, false, 512, JSON_THROW_ON_ERROR))];
    } catch (UnknownVerb) {
        $answer = ['error' => ['class' => 'UnknownVerb']];
    } catch (Throwable $error) {
        $answer = ['error' => ['class' => $error::class, 'message' => $error->getMessage()]];
    }
    echo json_encode($answer, JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE), "\n";
}

class UnknownVerb extends Exception
{
}

function answer(object $request): mixed
{
    return match ($request->do) {
        'hello' => ['language' => 'php', 'version' => PHP_VERSION, 'verbs' => ['hello', 'sign', 'send', 'encode', 'export_key']],
        'sign' => sign(base64_decode($request->body), $request->key, $request->digest),
        'send' => send($request),
        'encode' => base64_encode(serialise(json_decode($request->text, false, 512, JSON_THROW_ON_ERROR))),
        'export_key' => export_key($request->password),
        default => throw new UnknownVerb(),
    };
}

/**
 * What json_encode makes of a merchant's array. Objects stand for the arrays here, since a decoded PHP array could not
 * tell `{}` from `[]`; only the outermost needs turning back, because a merchant's empty array is written `[]`.
 * A key that starts with NUL cannot be an object's property: json_decode reports it as an error.
 */
function serialise(mixed $data): string
{
    $empty = $data instanceof stdClass && get_object_vars($data) === [];
    return json_encode($empty ? [] : $data, JSON_THROW_ON_ERROR);
}

function sign(string $body, string $folder, string $digest): string
{
    $key = openssl_pkey_get_private(
        file_get_contents("$folder/private.pem"),
        file_get_contents("$folder/password.txt"),
    );
    if ($key === false || !openssl_sign($body, $signature, $key, $digest)) {
        throw new RuntimeException('OpenSSL: ' . openssl_error_string());
    }
    return base64_encode($signature);
}

function send(object $request): array
{
    $body = serialise($request->data);
    $options = [
        'http' => [
            'method' => 'POST',
            'protocol_version' => 1.1,
            'header' => [
                'Content-Type: application/json',
                "Account: $request->account",
                'Sign: ' . sign($body, $request->key, $request->digest),
                'Connection: close',
            ],
            'content' => $body,
            'timeout' => 30,
            'follow_location' => 0,
            // An answer that is not 200 is an answer too.
            'ignore_errors' => true,
        ],
    ];
    if (isset($request->ca_file)) {
        $options['ssl'] = ['cafile' => $request->ca_file];
    }
    $answer = file_get_contents($request->url, false, stream_context_create($options));
    if ($answer === false) {
        throw new RuntimeException(error_get_last()['message'] ?? 'no answer');
    }
    // "HTTP/1.1 200 OK"
    $status = (int) explode(' ', $http_response_header[0])[1];
    return ['status' => $status, 'body' => base64_encode($answer)];
}

function export_key(string $password): array
{
    $key = openssl_pkey_new(['private_key_type' => OPENSSL_KEYTYPE_RSA, 'private_key_bits' => 2048]);
    if ($key === false || !openssl_pkey_export($key, $private, $password)) {
        throw new RuntimeException('OpenSSL: ' . openssl_error_string());
    }
    return ['private' => $private, 'public' => openssl_pkey_get_details($key)['key']];
}
