# Generated from the core's tables by `make bless`; do not edit.
"""The types of texts that are one of a few words, for type checkers.

The sets of statuses and subjects are open: the provider can add a word. With `str` in the union a comparison with any
text and a `match` without a last case for everything else stay valid, and editors still complete the known words.
"""

from __future__ import annotations

from typing import Literal

ClientEventKind = Literal[
    "call_started",
    "attempt_started",
    "attempt_ended",
    "retry",
    "digest_confirmed",
    "ledger_transition",
    "outcome",
    "notification_verified",
    "notification_refused",
]
Digest = Literal["sha1", "sha256"]
EventSource = Literal["call", "notification", "reconcile", "resolve", "release"]
IdSource = Literal["create", "match"]
LedgerState = Literal["sending", "accepted", "rejected", "not_sent", "unknown", "released"]
MatchedBy = Literal["amount", "order_id"]
Outcome = Literal["not_sent", "rejected", "unknown", "created"]
Phase = Literal["dns", "connect", "tls", "proxy", "send", "receive", "answer"]
Status = Literal["wait", "paid", "cancel", "fail"] | str
Subject = Literal["payment", "payout"] | str
