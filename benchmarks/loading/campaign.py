"""A whole run: calibration, steady load with everything that may happen, an end under load."""

import asyncio
import os
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from benchmarks.loading.driving import Driver, Outcome
from benchmarks.loading.ledger import Ledger, Meaning
from benchmarks.loading.probing import Builds, Probes, every, ready
from benchmarks.loading.processes import (
    Server,
    busy_seconds,
    processor_seconds,
    resident,
    served,
    tree,
)
from benchmarks.loading.traffic import Traffic
from benchmarks.loading.wire import Broken, Pool, connect, fresh, request
from lexicon.entries import ConceptEntry

CLIENTS = 16
"""Clients that ask as fast as they are answered, for the capacity."""

SHARE = 0.8
"""Of the capacity, what is asked for afterwards."""

CONNECTIONS = 256
STARTING = 60.0
"""Seconds in which a service or a new worker has to be ready."""

SLOW = 4
"""Long requests that are being answered when the service is told to end."""

GRACE = 30.0
"""Seconds in which a service that was told to end has to have ended."""


@dataclass(frozen=True)
class Plan:
    """What is to be done: ``seconds`` of steady load with a generation, a word to look for and a
    look at the memory each so many seconds."""

    seconds: float
    calibration: float
    workers: int
    seed: int
    warming: float = 5.0
    swapped: float = 20.0
    probed: float = 15.0
    sampled: float = 5.0


@dataclass(frozen=True)
class Cores:
    """How many cores the services used, those who asked and built, and everybody on the machine."""

    services: float
    load: float
    machine: float

    @classmethod
    def now(cls, servers: Sequence[Server]) -> "Cores":
        """Seconds of a core until now."""
        services = sum(
            processor_seconds(pid, pid == server.pid)
            for server in servers
            for pid in tree(server.pid)
        )
        return cls(services, processor_seconds(os.getpid(), True), busy_seconds())

    def since(self, before: "Cores", seconds: float) -> "Cores":
        return Cores(
            (self.services - before.services) / seconds,
            (self.load - before.load) / seconds,
            (self.machine - before.machine) / seconds,
        )


@dataclass(frozen=True)
class Kill:
    """A worker killed ``at``, with the clients' ports it had; ``replaced`` seconds later another
    had taken connections, None if that never happened."""

    at: float
    ports: frozenset[int]
    replaced: float | None


@dataclass
class Record:
    """Everything that was seen."""

    capacity: float = 0.0
    rate: float = 0.0
    seconds: float = 0.0
    begun: float = 0.0
    ended: float = 0.0
    outcomes: list[Outcome] = field(default_factory=list)
    memory: list[tuple[float, int]] = field(default_factory=list)
    kills: list[Kill] = field(default_factory=list)
    builds: Builds | None = None
    probes: Probes | None = None
    exits: list[int | None] = field(default_factory=list)
    ending: float = 0.0
    refusing: bool = False
    orphans: list[int] = field(default_factory=list)
    busy: float = 0.0
    cores: Cores | None = None
    ready: float = 0.0
    written: int = 0
    unsure: int = 0
    lost: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


class Campaign:
    """One run against services that share one store."""

    def __init__(
        self,
        plan: Plan,
        environments: Sequence[dict[str, str]],
        builder: dict[str, str],
        entries: Sequence[ConceptEntry],
        key: str,
        folder: Path,
    ) -> None:
        """``builder`` is the environment of whoever builds, ``key`` one that may write."""
        self.record = Record()
        self._plan = plan
        self._environments = list(environments)
        self._builder = builder
        self._key = key
        self._folder = folder
        self._draw = random.Random(plan.seed)
        self._languages = sorted({code for entry in entries for code in entry.forms})
        self._meanings: list[Meaning] = [
            (entry.forms["en"][0], entry.forms["fr"][0])
            for entry in entries
            if "en" in entry.forms and "fr" in entry.forms
        ]
        self._ledger = Ledger(self._meanings, random.Random(plan.seed + 1), key)
        self._traffic = Traffic(entries, self._ledger, plan.seed + 2)

    async def run(self) -> Record:
        self.record.busy = os.getloadavg()[0]
        with served(self._environments, self._plan.workers, self._folder, "load") as servers:
            for server in servers:
                self.record.ready = max(await ready(server.address, STARTING), self.record.ready)
            await self._load(servers)
            self.record.said += [line for server in servers for line in server.complaints()]
        with served(self._environments[:1], 1, self._folder, "after") as [server]:
            await ready(server.address, STARTING)
            await self._verify(server)
            self.record.said += server.complaints()
        return self.record

    async def _load(self, servers: list[Server]) -> None:
        addresses = [server.address for server in servers]
        driver = Driver(Pool(addresses, CONNECTIONS, self._draw), self._traffic)
        await driver.closed(CLIENTS, self._plan.warming)
        driver.outcomes.clear()
        await driver.closed(CLIENTS, self._plan.calibration)
        answered = [one for one in driver.outcomes if one.result in (200, 201, 204)]
        record = self.record
        record.capacity = len(answered) / self._plan.calibration
        record.rate = SHARE * record.capacity
        record.outcomes = driver.outcomes = []
        record.builds = Builds(addresses, self._builder)
        record.probes = Probes(addresses, self._key)
        record.begun = time.monotonic()
        record.seconds = self._plan.seconds
        plan = self._plan
        until = record.begun + plan.seconds
        used = Cores.now(servers)
        over = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(driver.steady(record.rate, self._draw, over.is_set))
            happening = [
                group.create_task(every(plan.sampled, until, self._sampling(servers))),
                group.create_task(every(plan.swapped, until - plan.swapped / 2, self._build)),
                group.create_task(every(plan.probed, until - plan.probed / 2, self._probe)),
                group.create_task(self._kill(servers)),
            ]
            await asyncio.sleep(plan.seconds)
            # A build that the load leaves no time for must not make the load go on for ever.
            _, late = await asyncio.wait(happening, timeout=STARTING)
            for one in late:
                one.cancel()
            await asyncio.gather(*late, return_exceptions=True)
            record.cores = Cores.now(servers).since(used, time.monotonic() - record.begun)
            await self._end(servers, driver)
            over.set()
        driver.pool.close()

    def _sampling(self, servers: list[Server]) -> Callable[[int], Awaitable[None]]:
        async def sample(_number: int) -> None:
            held = resident(pid for server in servers for pid in tree(server.pid))
            self.record.memory.append((time.monotonic() - self.record.begun, held))

        return sample

    async def _build(self, number: int) -> None:
        assert self.record.builds is not None
        await self.record.builds.build(self._languages[number % len(self._languages)])

    async def _probe(self, number: int) -> None:
        assert self.record.probes is not None
        (a, x), (b, y), (c, z) = self._draw.sample(self._meanings, 3)
        await self.record.probes.probe(number, f"{a} {b} {c}", f"{x} {y} {z}")

    async def _kill(self, servers: list[Server]) -> None:
        """One worker at a third of the time, one at two thirds; where there are no workers, there
        is nobody who would replace the process."""
        if self._plan.workers == 1:
            return
        for number in range(2):
            await asyncio.sleep(self._plan.seconds / 3)
            server = servers[number % len(servers)]
            before = set(server.serving())
            _, ports = server.kill_worker()
            at = time.monotonic()
            replaced = await self._replaced(server, before)
            self.record.kills.append(Kill(at, frozenset(ports), replaced))

    async def _replaced(self, server: Server, before: set[int]) -> float | None:
        """Seconds until a worker that was not there before takes connections."""
        begun = time.monotonic()
        tried = []
        try:
            while (spent := time.monotonic() - begun) < STARTING:
                tried.append(await connect(server.address))
                await asyncio.sleep(0.1)
                if any(server.clients(pid) for pid in set(server.serving()) - before):
                    return spent
        except OSError:
            pass
        finally:
            for connection in tried:
                connection.close()
        return None

    async def _end(self, servers: list[Server], driver: Driver) -> None:
        """Tell all to end while they are asked, some of it long."""
        record = self.record
        slow = [
            asyncio.create_task(driver.ask(self._traffic.slow(), time.monotonic()))
            for _ in range(SLOW)
        ]
        await asyncio.sleep(0.1)
        record.ended = time.monotonic()
        for server in servers:
            server.terminate()
        while time.monotonic() < record.ended + GRACE + 5:
            if all(server.process.poll() is not None for server in servers):
                break
            await asyncio.sleep(0.02)
        record.ending = time.monotonic() - record.ended
        record.exits = [server.process.poll() for server in servers]
        record.orphans = [pid for server in servers for pid in server.left()]
        await asyncio.gather(*slow)
        record.refusing = True
        for server in servers:
            try:
                (await connect(server.address)).close()
                record.refusing = False
            except ConnectionRefusedError:
                continue

    async def _verify(self, server: Server) -> None:
        """Whether the store has what was acknowledged, and nothing that was removed."""
        record = self.record
        record.written = sum(one.there is not None for one in self._ledger.written)
        record.unsure = sum(one.unsure for one in self._ledger.written)
        for one in self._ledger.written:
            try:
                reply = await fresh(server.address, request("GET", f"/v1/concepts/{one.key}"))
                there = reply.status == 200
                if one.there is not None and there != one.there:
                    record.lost.append(f"{one.key} after {one.done}: {reply.status}")
                path = f"/v1/translations?q={quote(one.en)}&source=en&target=fr&k=50"
                answer = (await fresh(server.address, request("GET", path))).json()
            except (Broken, OSError) as error:
                record.lost.append(f"{one.key}: {error}")
                continue
            hits = [
                result["lemma"]
                for result in answer["results"]
                if one.key in (concept["key"] for concept in result["concepts"])
            ]
            if one.there is not None and hits != ([one.translation] if one.there else []):
                record.lost.append(f"{one.key} after {one.done}: search finds {hits}")
            elif bool(hits) != there:
                record.lost.append(f"{one.key}: there is {there}, search finds {hits}")
