"""`aiohttp` with one session and a key that is loaded once. Signs on the event loop, or in asyncio's threads."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

import aiohttp
from peers.cryptography_key import load_key

Call = Callable[[str, dict[str, str]], Awaitable[Any]]


@asynccontextmanager
async def connect(
    server: dict[str, Any], connections: int, *, remembers_signatures: bool = False
) -> AsyncIterator[tuple[Call, Call]]:
    """Two functions that make a call over the same session: one signs on the loop, the other in a thread."""
    sign = load_key(server["payout_cert"])
    if remembers_signatures:
        sign = cache(sign)
    headers = {"Content-Type": "application/json", "Account": server["account"]}
    async with aiohttp.ClientSession(
        server["tls_url"],
        headers=headers,
        connector=aiohttp.TCPConnector(limit=connections),
        timeout=aiohttp.ClientTimeout(30),
        raise_for_status=True,
    ) as session:

        async def post(path: str, body: bytes, signature: str) -> Any:
            async with session.post(f"/{path}", data=body, headers={"Sign": signature}) as response:
                return await response.json()

        async def call(path: str, data: dict[str, str]) -> Any:
            body = json.dumps(data, separators=(",", ":")).encode()
            return await post(path, body, sign(body))

        async def call_with_threads(path: str, data: dict[str, str]) -> Any:
            body = json.dumps(data, separators=(",", ":")).encode()
            return await post(path, body, await asyncio.to_thread(sign, body))

        yield call, call_with_threads
