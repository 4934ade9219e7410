<?php

// A shop that receives AliKassa's notifications behind nginx and php-fpm, in one file.
//
// The pool's environment has the `ALIKASSA_…` variables of `Client::fromEnv`, and SHOP_LEDGER and SHOP_DB, two SQLite
// files. Do not open the ledger with PDO: that releases its locks.

declare(strict_types=1);

use AliKassa\AliKassaError;
use AliKassa\Client;
use AliKassa\Ledger;
use AliKassa\Notification;
use AliKassa\NotificationError;
use AliKassa\PaymentStatus;

require getenv('SHOP_AUTOLOAD') ?: __DIR__ . '/vendor/autoload.php';

$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
match (true) {
    $path === '/alikassa/notification' => take(),
    str_starts_with($path, '/orders/') => show(rawurldecode(substr($path, strlen('/orders/')))),
    default => http_response_code(404),
};

function take(): void
{
    $ledger = new Ledger(getenv('SHOP_LEDGER'));
    // The process keeps the client: another request finds it again.
    $client = Client::fromEnv(ledger: $ledger, deadline: 10);
    try {
        // As it arrived: $_GET and $_POST are decoded, and keep one value of a duplicate field.
        $event = $_SERVER['REQUEST_METHOD'] === 'GET'
            ? $client->notifications->verify(query: $_SERVER['QUERY_STRING'])
            : $client->notifications->verify(
                body: file_get_contents('php://input'),
                contentType: $_SERVER['CONTENT_TYPE'] ?? null,
            );
    } catch (NotificationError $error) {
        error_log("refused: {$error->getMessage()}");
        http_response_code(400);
        return;
    }
    try {
        settle($client, $ledger, $event);
    } catch (AliKassaError $error) {
        error_log("to be delivered again: {$error->getMessage()}");
        http_response_code(503);
        return;
    }
    echo 'OK';
}

function settle(Client $client, Ledger $ledger, Notification $event): void
{
    $noted = $ledger->note($event);
    error_log(json_encode(['order_id' => $event->order_id, 'status' => $event->payment_status, 'noted' => $noted]));
    $db = database();
    if ($noted === 'other') {
        // It is about another id than the ledger's row of this order. Nothing else stores it, and somebody must look
        // at both.
        $db->prepare('INSERT INTO reviews (signed_text) VALUES (?) ON CONFLICT DO NOTHING')->execute([$event->raw]);
        return;
    }
    // The other results are only for the log: if a process died before it credited, this is "seen" and the credit is
    // still due.
    if ($event->type !== 'payment') {
        return;
    }
    $db->prepare('INSERT INTO orders (order_id) VALUES (?) ON CONFLICT DO NOTHING')->execute([$event->order_id]);
    if (credited($db, $event->order_id) !== null) {
        return;
    }
    // The event is the reason to read the status; the status says what is true now.
    $payment = $client->payments->status(id: $event->id);
    if ($payment->payment_status === PaymentStatus::PAID) {
        // Of several at the same time only one changes the row. Put what else must happen once into this transaction.
        $db->prepare('UPDATE orders SET credited = ? WHERE order_id = ? AND credited IS NULL')
            ->execute([$payment->payment_amount, $event->order_id]);
    }
}

function show(string $order_id): void
{
    $credited = credited(database(), $order_id);
    if ($credited === false) {
        http_response_code(404);
        return;
    }
    header('Content-Type: application/json');
    echo json_encode(['credited' => $credited]);
}

/** The credited amount; null if nothing was credited, false if there is no such order. */
function credited(PDO $db, string $order_id): string|false|null
{
    $found = $db->prepare('SELECT credited FROM orders WHERE order_id = ?');
    $found->execute([$order_id]);

    return $found->fetchColumn();
}

function database(): PDO
{
    $db = new PDO('sqlite:' . getenv('SHOP_DB'), options: [PDO::ATTR_TIMEOUT => 5]);
    // In a larger project a migration does this.
    $db->exec('CREATE TABLE IF NOT EXISTS orders (order_id TEXT PRIMARY KEY, credited TEXT)');
    $db->exec('CREATE TABLE IF NOT EXISTS reviews (signed_text TEXT PRIMARY KEY)');

    return $db;
}
