"""Asking as fast as answers come, and at a rate that nobody slows down."""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from benchmarks.loading.traffic import Question, Traffic
from benchmarks.loading.wire import Broken, Pool

Failure = Literal["broken", "refused", "overdue"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a question: a status or a failure. By the monotonic clock it was to be asked
    when ``due``, and was when ``begun``; ``port`` is this end's of a broken connection."""

    kind: str
    due: float
    begun: float
    done: float
    result: int | Failure
    retry_after: bool = False
    port: int = 0

    @property
    def seconds(self) -> float:
        """From when it was to be asked: a question that waits for others waits, too."""
        return self.done - self.due


@dataclass
class Driver:
    """Asks what the traffic draws, and keeps what came of it."""

    pool: Pool
    traffic: Traffic
    outcomes: list[Outcome] = field(default_factory=list)

    async def ask(self, question: Question, due: float) -> Outcome:
        begun = time.monotonic()
        result: int | Failure
        retry_after, port = False, 0
        try:
            reply = await self.pool.ask(question.payload)
            result, retry_after = reply.status, reply.retry_after
        except Broken as broken:
            result, port, begun = "broken", broken.port, broken.sent
        except TimeoutError:
            result = "overdue"
        except OSError:
            # Until then it waited for a connection, and nobody had been asked.
            result, begun = "refused", time.monotonic()
        if question.written is not None:
            status = result if isinstance(result, int) else None
            self.traffic.ledger.told(question.written, status)
        done = time.monotonic()
        outcome = Outcome(question.kind, due, begun, done, result, retry_after, port)
        self.outcomes.append(outcome)
        return outcome

    async def closed(self, clients: int, seconds: float) -> None:
        """So many clients, each of which asks again as soon as it is answered."""
        end = time.monotonic() + seconds

        async def client() -> None:
            while (now := time.monotonic()) < end:
                await self.ask(self.traffic.draw(), now)

        await asyncio.gather(*(client() for _ in range(clients)))

    async def steady(self, rate: float, draw: random.Random, ended: Callable[[], bool]) -> None:
        """So many questions a second on average, at random times, however long answers take."""
        due = time.monotonic()
        async with asyncio.TaskGroup() as group:
            while not ended():
                due += draw.expovariate(rate)
                if (ahead := due - time.monotonic()) > 0:
                    await asyncio.sleep(ahead)
                group.create_task(self.ask(self.traffic.draw(), due))
