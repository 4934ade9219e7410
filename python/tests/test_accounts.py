"""Clients of several accounts, which share everything but the account."""

from __future__ import annotations

import asyncio
import pickle
from typing import TYPE_CHECKING, Any

import pytest

import alikassa
from test_threads import fork, forks, wait_for

if TYPE_CHECKING:
    from sandbox import Sandbox

OTHER = "7c9e6679-7425-40de-944b-e07fc1f90ae7"


def test_a_derived_client_is_a_client_of_its_account(client: alikassa.Client, sandbox: Sandbox) -> None:
    other = client.for_account(OTHER)
    assert type(other) is alikassa.Client
    assert other.ledger is client.ledger
    assert OTHER in repr(other)
    with pytest.raises(alikassa.AuthenticationError):
        other.account.balance()
    assert other.for_account(sandbox.options["account"]).account.balance().currency == "RUB"


def test_a_block_closes_a_derived_client_alone(client: alikassa.Client, sandbox: Sandbox) -> None:
    with client.for_account(sandbox.options["account"]) as derived:
        assert derived.account.balance().currency == "RUB"
    with pytest.raises(alikassa.ConfigurationError, match="closed"):
        derived.account.balance()
    assert client.account.balance().currency == "RUB"
    client.close()
    with pytest.raises(alikassa.ConfigurationError, match="closed"):
        client.for_account(sandbox.options["account"]).account.balance()


def test_an_asynchronous_client_derives_asynchronous_ones(sandbox: Sandbox) -> None:
    async def balances() -> None:
        async with alikassa.AsyncClient(**sandbox.options) as client:
            async with client.for_account(sandbox.options["account"]) as derived:
                assert (await derived.account.balance()).currency == "RUB"
            assert (await client.account.balance()).currency == "RUB"

    asyncio.run(balances())


def test_a_copy_of_a_derived_client_has_its_account(client: alikassa.Client) -> None:
    copy = pickle.loads(pickle.dumps(client.for_account(OTHER)))
    assert OTHER in repr(copy)


@forks
def test_a_forked_child_uses_a_derived_client(client: alikassa.Client, sandbox: Sandbox) -> None:
    derived = client.for_account(sandbox.options["account"])
    derived.account.balance()

    def reads_and_closes() -> bool:
        is_read = derived.account.balance().currency == "RUB"
        derived.close()
        return is_read and client.account.balance().currency == "RUB"

    assert wait_for(fork(reads_and_closes)) == 0
    assert derived.account.balance().currency == "RUB"


@pytest.mark.parametrize("account", [None, 5, b"x", "", "a b"])
def test_an_invalid_account_is_refused(client: alikassa.Client, account: Any) -> None:
    with pytest.raises(alikassa.InvalidArgumentError) as raised:
        client.for_account(account)
    assert raised.value.field == "account"
