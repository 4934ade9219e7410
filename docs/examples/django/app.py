"""A shop that receives AliKassa's notifications with Django, in one file: `gunicorn app`.

The environment has the `ALIKASSA_…` variables of `Client.from_env`, and SHOP_LEDGER and SHOP_DB,
two SQLite files. Do not open the ledger with another copy of SQLite: that releases its locks.
"""

from __future__ import annotations

import logging
import os

import django
from alikassa import AliKassaError, Client, Ledger, Notification, NotificationError, PaymentStatus
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, models
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1", "localhost"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["SHOP_DB"]}},
    ROOT_URLCONF=__name__,
)
django.setup()

logging.basicConfig(level=logging.INFO)
log = logging.getLogger("shop")
ledger = Ledger(os.environ["SHOP_LEDGER"])
client = Client.from_env(ledger=ledger, deadline=10)


class Order(models.Model):
    order_id: models.CharField[str, str] = models.CharField(max_length=128, primary_key=True)
    credited: models.CharField[str | None, str | None] = models.CharField(max_length=32, null=True)

    class Meta:
        app_label = "shop"
        db_table = "orders"


class Review(models.Model):
    """A notification that somebody must look at."""

    signed_text: models.TextField[str, str] = models.TextField(primary_key=True)

    class Meta:
        app_label = "shop"
        db_table = "reviews"


# In a larger project a migration does this.
with connection.cursor() as cursor:
    cursor.execute("CREATE TABLE IF NOT EXISTS orders (order_id TEXT PRIMARY KEY, credited TEXT)")
    cursor.execute("CREATE TABLE IF NOT EXISTS reviews (signed_text TEXT PRIMARY KEY)")


@csrf_exempt
@require_http_methods(["GET", "POST"])
def notification(request: HttpRequest) -> HttpResponse:
    try:
        if request.method == "GET":
            event = client.notifications.verify(query=request.META["QUERY_STRING"])
        else:
            # The raw bytes. request.POST is parsed, and empty for JSON.
            event = client.notifications.verify(body=request.body, content_type=request.headers.get("Content-Type"))
    except NotificationError as error:
        log.warning("refused: %s", error)
        return HttpResponse("refused", status=400)
    try:
        settle(event)
    except AliKassaError as error:
        log.warning("to be delivered again: %s", error)
        return HttpResponse("not now", status=503)
    return HttpResponse("OK", content_type="text/plain")


def settle(event: Notification) -> None:
    noted = ledger.note(event)
    log.info("%r: %s", event, noted)
    if noted == "other":
        # It is about another id than the ledger's row of this order. Nothing else stores it, and
        # somebody must look at both.
        Review.objects.get_or_create(signed_text=event.raw.decode())
        return
    # The other results are only for the log: if a process died before it credited, this is "seen"
    # and the credit is still due.
    if event.type != "payment":
        return
    order, _ = Order.objects.get_or_create(order_id=event.order_id)
    if order.credited is None:
        # The event is the reason to read the status; the status says what is true now.
        payment = client.payments.status(id=event.id)
        if payment.payment_status == PaymentStatus.PAID and payment.payment_amount is not None:
            # Of several at the same time only one changes the row. Put what else must happen once
            # into this transaction.
            uncredited = Order.objects.filter(order_id=event.order_id, credited=None)
            uncredited.update(credited=f"{payment.payment_amount:f}")


def order(_: HttpRequest, order_id: str) -> JsonResponse:
    return JsonResponse({"credited": get_object_or_404(Order, order_id=order_id).credited})


urlpatterns = [
    path("alikassa/notification", notification),
    path("orders/<str:order_id>", order),
]
application = get_wsgi_application()
