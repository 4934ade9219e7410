<?php
// Reads {"key": PEM, "password": base64|null, "cipher": name of a constant|null}. Writes the PEM of
// openssl_pkey_export as JSON, or null if PHP refuses.

declare(strict_types=1);

ini_set('display_errors', 'stderr');

$request = json_decode(stream_get_contents(STDIN), false, 512, JSON_THROW_ON_ERROR);
$password = $request->password === null ? null : base64_decode($request->password);
$options = $request->cipher === null ? [] : ['encrypt_key_cipher' => constant($request->cipher)];
$written = openssl_pkey_export(openssl_pkey_get_private($request->key), $text, $password, $options);
echo json_encode($written ? $text : null);
