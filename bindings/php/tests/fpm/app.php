<?php

// A program behind nginx and php-fpm: it makes one call and prints what became of it.

declare(strict_types=1);

use AliKassa\AliKassaError;
use AliKassa\Client;

if (!class_exists(Client::class)) {
    require getenv('PACKAGE') . '/preload.php';
}

header('Content-Type: application/json');
try {
    $client = Client::fromEnv();
    $result = match ($_GET['do']) {
        'balance' => $client->account->balance()->balance,
        'create' => $client->payouts->create([
            'amount' => '3.00',
            'number' => '4111111111111111',
            'order_id' => $_GET['order_id'],
            'service' => 'payment_card_rub',
        ])->payment_status,
        'close' => $client->close(),
        'notification' => $client->notifications->verify(
            ...($_SERVER['REQUEST_METHOD'] === 'GET' ? ['query' => $_SERVER['QUERY_STRING']] : [
                'body' => file_get_contents('php://input'),
                'contentType' => $_SERVER['CONTENT_TYPE'],
            ]),
        )->order_id,
    };
    echo json_encode(['pid' => getmypid(), 'result' => $result]);
} catch (AliKassaError $error) {
    echo json_encode(['pid' => getmypid(), 'error' => $error]);
}
