"""Who may run a query next: clients take turns, none has all places, and the greediest is sent away."""

import asyncio

import pytest

from demarche.graph.errors import Busy
from demarche.service.budgets import Budgets
from demarche.service.settings import Settings
from demarche.service.turns import Door


class Hall:
    """A door with those who are inside, in the order in which they came in."""

    def __init__(self, **settings: float) -> None:
        self._settings = Settings(**settings)  # type: ignore[arg-type]
        self.door = Door(self._settings)
        self.came: list[str] = []
        self._ends: dict[str, asyncio.Event] = {}

    def comes(self, client: str, name: str) -> "asyncio.Task[None]":
        self._ends[name] = asyncio.Event()

        async def stays() -> None:
            with Budgets(self._settings).of({"client": (client, 1)}):
                async with self.door.turn():
                    self.came.append(name)
                    await self._ends[name].wait()

        return asyncio.create_task(stays())

    async def goes(self, name: str) -> None:
        self._ends[name].set()
        await settled()


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_one_client_leaves_a_place_to_others_and_all_take_turns() -> None:
    async def day() -> None:
        hall = Hall(query_workers=3)
        tasks = [hall.comes("1.1.1.1", f"bomb {number}") for number in range(9)]
        await settled()
        assert hall.came == ["bomb 0", "bomb 1"]
        tasks += [hall.comes(f"2.2.2.{number}", f"good {number}") for number in range(3)]
        await settled()
        assert hall.came[2:] == ["good 0"]
        for name in ("bomb 0", "good 0", "bomb 2", "good 1", "good 2"):
            await hall.goes(name)
        assert hall.came[3:] == ["bomb 2", "good 1", "good 2", "bomb 3"]
        assert (hall.door.inside, hall.door.waiting) == (2, 5)
        for task in tasks:
            task.cancel()
        await settled()
        assert (hall.door.inside, hall.door.waiting) == (0, 0)

    asyncio.run(day())


def test_where_too_many_wait_the_last_of_the_greediest_is_sent_away() -> None:
    async def day() -> None:
        hall = Hall(query_workers=1, query_queue=2)
        greedy = [hall.comes("1.1.1.1", f"bomb {number}") for number in range(3)]
        await settled()
        good = hall.comes("2.2.2.2", "good")
        await settled()
        with pytest.raises(Busy, match="too many"):
            await greedy[2]
        await hall.goes("bomb 0")
        await hall.goes("bomb 1")
        assert hall.came == ["bomb 0", "bomb 1", "good"]
        await hall.goes("good")
        assert good.done()

    asyncio.run(day())


def test_who_gives_up_takes_no_place_along() -> None:
    async def day() -> None:
        hall = Hall(query_workers=1, query_patience_seconds=0.05)
        first, second = hall.comes("1.1.1.1", "first"), hall.comes("1.1.1.1", "second")
        with pytest.raises(Busy, match="take too long"):
            await second
        third = hall.comes("1.1.1.1", "third")
        await settled()
        hall._ends["first"].set()
        await asyncio.wait({first})
        third.cancel()  # in the moment in which it is let in
        await settled()
        assert (hall.door.inside, hall.door.waiting) == (0, 0)

    asyncio.run(day())
