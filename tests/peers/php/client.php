<?php
// The provider's PHP sample as a JSON-lines program. tests/README.md documents the protocol.
//
// PHP is the provider's own language, so this client also supports `encode` (json_encode of a JSON
// text) and `export_key` (the output of openssl_pkey_export).

declare(strict_types=1);

// A warning on standard output would be read as a response.
ini_set('display_errors', 'stderr');

while (($line = fgets(STDIN)) !== false) {
    try {
        $response = ['ok' => handle(json_decode($line, false, 512, JSON_THROW_ON_ERROR))];
    } catch (UnknownVerb) {
        $response = ['error' => ['class' => 'UnknownVerb']];
    } catch (Throwable $error) {
        $response = ['error' => ['class' => $error::class, 'message' => $error->getMessage()]];
    }
    echo json_encode($response, JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE), "\n";
}

class UnknownVerb extends Exception
{
}

function handle(object $request): mixed
{
    return match ($request->do) {
        'hello' => ['language' => 'php', 'version' => PHP_VERSION, 'verbs' => ['hello', 'sign', 'send', 'encode', 'export_key']],
        'sign' => sign(base64_decode($request->body), $request->key, $request->digest),
        'send' => send($request),
        'encode' => base64_encode(serialize_body(json_decode($request->text, false, 512, JSON_THROW_ON_ERROR))),
        'export_key' => export_key($request->password),
        default => throw new UnknownVerb(),
    };
}

/**
 * json_encode of a merchant's array. Objects represent arrays here, since a decoded PHP array does
 * not distinguish `{}` from `[]`. Only the outermost is converted back, because a merchant's empty
 * array is encoded as `[]`. A key that starts with NUL cannot be an object's property, and
 * json_decode reports an error.
 */
function serialize_body(mixed $data): string
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
    $body = serialize_body($request->data);
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
            // Return the response whatever its status is.
            'ignore_errors' => true,
        ],
    ];
    if (isset($request->ca_file)) {
        $options['ssl'] = ['cafile' => $request->ca_file];
    }
    $response = file_get_contents($request->url, false, stream_context_create($options));
    if ($response === false) {
        throw new RuntimeException(error_get_last()['message'] ?? 'no response');
    }
    // "HTTP/1.1 200 OK"
    $status = (int) explode(' ', $http_response_header[0])[1];
    return ['status' => $status, 'body' => base64_encode($response)];
}

function export_key(string $password): array
{
    $key = openssl_pkey_new(['private_key_type' => OPENSSL_KEYTYPE_RSA, 'private_key_bits' => 2048]);
    if ($key === false || !openssl_pkey_export($key, $private, $password)) {
        throw new RuntimeException('OpenSSL: ' . openssl_error_string());
    }
    return ['private' => $private, 'public' => openssl_pkey_get_details($key)['key']];
}
